"""How the azure-native plugin treats record sets of Azure DNS.

Source: pulumi-azure-native 3, read in its provider, crud and convert packages.
"""

from tests.standins.cases import CheckCase, CreateCase, DiffCase
from tests.standins.wire import Properties

HOST = ("xmpp.contoso.com", "A")
SERVICE = ("_xmpp-server._tcp.contoso.com", "SRV")
PATH = "/subscriptions/00000000-0000-0000-0000-000000000001/resourceGroups/GROUP/providers/Microsoft.Network"
A: Properties = {
    "resourceGroupName": "GROUP",
    "zoneName": "contoso.com",
    "relativeRecordSetName": "xmpp",
    "recordType": "A",
    "ttl": 300,
    "aRecords": [{"ipv4Address": "131.107.155.10"}],
}
TWO: Properties = {**A, "aRecords": [{"ipv4Address": "131.107.155.10"}, {"ipv4Address": "131.107.155.11"}]}
AAAA: Properties = {
    **{key: value for key, value in A.items() if key != "aRecords"},
    "recordType": "AAAA",
    "aaaaRecords": [{"ipv6Address": "2620:1ec::10"}],
}
SRV: Properties = {
    "resourceGroupName": "GROUP",
    "zoneName": "contoso.com",
    "relativeRecordSetName": "_xmpp-server._tcp",
    "recordType": "SRV",
    "ttl": 3600,
    "srvRecords": [{"priority": 0, "weight": 0, "port": 5269, "target": "xmpp.contoso.com"}],
}
THERE = (300, ("131.107.155.10",))

CHECKS = (
    CheckCase("the api-version is filled in", A, {**A, "azureApiVersion": "2023-07-01-preview"}),
    CheckCase(
        "a name that is left out becomes that of the Pulumi resource",
        {key: value for key, value in A.items() if key != "relativeRecordSetName"},
        {"relativeRecordSetName": "case"},
    ),
    CheckCase(
        "the zone has to be named",
        {key: value for key, value in A.items() if key != "zoneName"},
        failures=("missing required property 'zoneName'",),
    ),
    CheckCase(
        "a resource group has a name of 90 characters at most",
        {**A, "resourceGroupName": "g" * 91},
        failures=("'resourceGroupName' is too long (91): at most 90 characters allowed",),
    ),
    CheckCase(
        "a TTL is a number",
        {**A, "ttl": "300"},
        failures=("'ttl' should be of type 'number' but got a string",),
    ),
    CheckCase("a malformed address passes", {**A, "aRecords": [{"ipv4Address": "999.1.1.1"}]}),
)

DIFFS = (
    DiffCase("the same inputs are no change", A, A, changed=False),
    DiffCase("a TTL changes in place", A, {**A, "ttl": 60}, changed=True),
    DiffCase("a record more changes in place", A, TWO, changed=True),
    DiffCase(
        "another order of the records is a change",
        TWO,
        {**TWO, "aRecords": TWO["aRecords"][::-1]},
        changed=True,
    ),
    DiffCase(
        "an IPv6 address written differently is a change",
        AAAA,
        {**AAAA, "aaaaRecords": [{"ipv6Address": "2620:01ec:0::10"}]},
        changed=True,
    ),
    DiffCase(
        "what the service makes of an address is no change",
        {**AAAA, "aaaaRecords": [{"ipv6Address": "2620:01EC:0::10"}]},
        {**AAAA, "aaaaRecords": [{"ipv6Address": "2620:01EC:0::10"}]},
        changed=False,
    ),
    DiffCase(
        "a target changes in place",
        SRV,
        {**SRV, "srvRecords": [{**SRV["srvRecords"][0], "target": "edge.contoso.com"}]},
        changed=True,
    ),
    DiffCase(
        "a resource group in another case is no change",
        A,
        {**A, "resourceGroupName": "CAPITALS"},
        changed=False,
    ),
    DiffCase(
        "a TTL beside it changes in place",
        A,
        {**A, "resourceGroupName": "CAPITALS", "ttl": 60},
        changed=True,
    ),
    *(
        DiffCase(
            f"another {key} replaces, deleted before the new one comes",
            A,
            {**A, key: value},
            changed=True,
            replaces=frozenset({key}),
        )
        for key, value in (
            ("relativeRecordSetName", "edge"),
            ("zoneName", "fabrikam.com"),
            ("resourceGroupName", "other"),
            ("recordType", "AAAA"),
        )
    ),
)

CREATES = (
    CreateCase(
        "the id is the path, in the service's spelling",
        SRV,
        id=f"{PATH}/dnszones/contoso.com/SRV/_xmpp-server._tcp",
        outputs={
            "name": "_xmpp-server._tcp",
            "fqdn": "_xmpp-server._tcp.contoso.com.",
            "ttl": 3600,
            "srvRecords": SRV["srvRecords"],
            "type": "Microsoft.Network/dnszones/SRV",
            "azureApiVersion": "2023-07-01-preview",
        },
        published={SERVICE: (3600, ("0 0 5269 xmpp.contoso.com.",))},
    ),
    CreateCase(
        "an at sign is the zone itself",
        {**A, "relativeRecordSetName": "@"},
        id=f"{PATH}/dnszones/contoso.com/A/@",
        outputs={"fqdn": "contoso.com."},
        published={("contoso.com", "A"): THERE},
    ),
    CreateCase(
        "an IPv6 address comes back as the service writes it",
        {**AAAA, "aaaaRecords": [{"ipv6Address": "2620:01EC:0::10"}]},
        id=f"{PATH}/dnszones/contoso.com/AAAA/xmpp",
        outputs={"aaaaRecords": [{"ipv6Address": "2620:1ec::10"}]},
        published={("xmpp.contoso.com", "AAAA"): (300, ("2620:1ec::10",))},
    ),
    CreateCase(
        "a record set that is there already is not taken over",
        A,
        there={HOST: THERE},
        published={HOST: THERE},
        error=f"cannot create already existing resource '{PATH}/dnsZones/contoso.com/A/xmpp'",
    ),
    CreateCase(
        "a record set with other values is not taken over either",
        A,
        there={HOST: (60, ("192.0.2.1",))},
        published={HOST: (60, ("192.0.2.1",))},
        error=f"cannot create already existing resource '{PATH}/dnsZones/contoso.com/A/xmpp'",
    ),
    CreateCase(
        "a record set that is there already is found in whichever case its resource group is written",
        {**A, "resourceGroupName": "CAPITALS"},
        there={HOST: THERE},
        published={HOST: THERE},
        error=f"cannot create already existing resource '{PATH}/dnsZones/contoso.com/A/xmpp'".replace(
            "GROUP", "CAPITALS"
        ),
    ),
    CreateCase(
        "an alias of the same name is in the way",
        A,
        there={("xmpp.contoso.com", "CNAME"): (60, ("edge.example.net",))},
        published={("xmpp.contoso.com", "CNAME"): (60, ())},
        error='Status=409 Code="Conflict" Message="The record could not be created because a CNAME record '
        "with the same name 'xmpp' already exists in this zone.\"",
    ),
    CreateCase(
        "a resource group that is not there is named",
        {**A, "resourceGroupName": "missing"},
        error='Status=404 Code="ResourceGroupNotFound" '
        "Message=\"Resource group 'missing' could not be found.\"",
    ),
    CreateCase(
        "a zone that is not there is named by its path",
        {**A, "zoneName": "fabrikam.com"},
        error='Status=404 Code="ParentResourceNotFound" Message="Failed to perform \'write\' on resource(s) of '
        "type 'dnszones/A', because the parent resource "
        f"'{PATH}/dnszones/fabrikam.com' could not be found.\"",
    ),
    CreateCase(
        "a malformed address is refused by Azure alone",
        {**A, "aRecords": [{"ipv4Address": "999.1.1.1"}]},
        error='Status=400 Code="BadRequest" Message="The value \'999.1.1.1\' is not a valid IPv4 address."',
    ),
    CreateCase(
        "a TTL of nothing is refused by Azure alone",
        {**A, "ttl": 0},
        error='Status=400 Code="BadRequest" Message="The TTL value \'0\' of the record set is not between '
        '1 and 2147483647."',
    ),
)
