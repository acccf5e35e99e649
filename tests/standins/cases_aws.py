"""How the AWS plugin treats record sets of Route 53.

Source: the provider code of Route 53 in terraform-provider-aws, which the plugin is built on, behind Pulumi's
bridge, tried against the same emulation (6.48, development), and read in its record resource (6.67 and later).
"""

from tests.standins.cases import CheckCase, CreateCase, DiffCase
from tests.standins.wire import Properties

HOST = ("xmpp.contoso.com", "A")
SERVICE = ("_xmpp-server._tcp.contoso.com", "SRV")
A: Properties = {"zoneId": "ZONE", "name": HOST[0], "type": "A", "ttl": 300, "records": ["131.107.155.10"]}
AAAA: Properties = {**A, "type": "AAAA", "records": ["2620:1ec::10"]}
SRV: Properties = {
    "zoneId": "ZONE",
    "name": SERVICE[0],
    "type": "SRV",
    "ttl": 3600,
    "records": ["0 0 5269 xmpp.contoso.com."],
}
TWO: Properties = {**A, "records": ["131.107.155.10", "131.107.155.11"]}
THERE = (300, ("131.107.155.10",))
REFUSED = (
    "creating Route53 Record: operation error Route 53: ChangeResourceRecordSets, https response error "
    "StatusCode: 400, RequestID: REQUEST, InvalidChangeBatch: "
)

CHECKS = (
    CheckCase("everything that is set is taken as it is", A, A),
    CheckCase(
        "a type has to be in upper case", {**SRV, "type": "srv"}, failures=("expected type to be one of",)
    ),
    CheckCase("an empty zone id is refused", {**A, "zoneId": ""}, failures=("must not be empty",)),
    CheckCase(
        "records or aliases have to be set",
        {key: value for key, value in A.items() if key != "records"},
        failures=("must be specified",),
    ),
    CheckCase("a missing TTL passes", {key: value for key, value in A.items() if key != "ttl"}),
    CheckCase("a negative TTL passes", {**A, "ttl": -1}),
    CheckCase("a malformed SRV value passes", {**SRV, "records": ["not an srv"]}),
    CheckCase("a malformed address passes", {**A, "records": ["999.1.1.1"]}),
)

DIFFS = (
    DiffCase("the same inputs are no change", A, A, changed=False),
    DiffCase("a final dot of the name is no change", A, {**A, "name": "xmpp.contoso.com."}, changed=False),
    DiffCase("the case of the name is no change", A, {**A, "name": "XMPP.Contoso.com"}, changed=False),
    DiffCase(
        "the order of the values is no change", TWO, {**TWO, "records": TWO["records"][::-1]}, changed=False
    ),
    DiffCase("a TTL changes in place", A, {**A, "ttl": 60}, changed=True),
    DiffCase("a value more changes in place", A, TWO, changed=True),
    DiffCase("a type changes in place", A, AAAA, changed=True),
    DiffCase(
        "the final dot of a target is a change",
        SRV,
        {**SRV, "records": ["0 0 5269 xmpp.contoso.com"]},
        changed=True,
    ),
    DiffCase(
        "the case of a target is a change",
        SRV,
        {**SRV, "records": ["0 0 5269 XMPP.contoso.com."]},
        changed=True,
    ),
    DiffCase(
        "a double blank is a change", SRV, {**SRV, "records": ["0 0  5269 xmpp.contoso.com."]}, changed=True
    ),
    DiffCase(
        "an IPv6 address written differently is a change",
        AAAA,
        {**AAAA, "records": ["2620:01ec:0::10"]},
        changed=True,
    ),
    DiffCase(
        "another name replaces, created before the old one goes",
        A,
        {**A, "name": "edge.contoso.com"},
        changed=True,
        replaces=frozenset({"name"}),
    ),
    DiffCase(
        "the same name without its zone replaces",
        A,
        {**A, "name": "xmpp"},
        changed=True,
        replaces=frozenset({"name"}),
    ),
    DiffCase(
        "the zone id with a prefix is another zone id, and replaces",
        A,
        {**A, "zoneId": "/hostedzone/ZONE"},
        changed=True,
        replaces=frozenset({"zoneId"}),
    ),
    DiffCase(
        "the zone id without its prefix is another zone id too, and replaces",
        {**A, "zoneId": "/hostedzone/ZONE"},
        A,
        changed=True,
        replaces=frozenset({"zoneId"}),
    ),
    DiffCase(
        "another zone replaces", A, {**A, "zoneId": "Z0OTHER"}, changed=True, replaces=frozenset({"zoneId"})
    ),
)

CREATES = (
    CreateCase(
        "an absolute name is taken as it is",
        SRV,
        id="ZONE__xmpp-server._tcp.contoso.com_SRV",
        outputs={"fqdn": SERVICE[0], "name": SERVICE[0], "ttl": 3600, "records": SRV["records"]},
        published={SERVICE: (3600, ("0 0 5269 xmpp.contoso.com.",))},
    ),
    CreateCase(
        "case and final dot of the name are not kept",
        {**A, "name": "XMPP.Contoso.com."},
        id="ZONE_xmpp.contoso.com_A",
        outputs={"name": "xmpp.contoso.com", "fqdn": "xmpp.contoso.com"},
        published={HOST: THERE},
    ),
    CreateCase(
        "the zone is put behind a name that does not end with it",
        {**A, "name": "xmpp"},
        id="ZONE_xmpp_A",
        outputs={"name": "xmpp", "fqdn": "xmpp.contoso.com"},
        published={HOST: THERE},
    ),
    CreateCase(
        "a name of another domain lands in the zone",
        {**A, "name": "x.other.org"},
        id="ZONE_x.other.org_A",
        outputs={"fqdn": "x.other.org.contoso.com"},
        published={("x.other.org.contoso.com", "A"): THERE},
    ),
    CreateCase(
        "a name that ends with the zone's text is sent as it is, which Route 53 refuses",
        {**A, "name": "notcontoso.com"},
        error=REFUSED + "[RRSet with DNS name notcontoso.com. is not permitted in zone contoso.com.]",
    ),
    CreateCase(
        "an empty name is that of the zone",
        {**A, "name": ""},
        id="ZONE__A",
        outputs={"fqdn": "contoso.com"},
        published={("contoso.com", "A"): THERE},
    ),
    CreateCase(
        "an at sign is a label like any other",
        {**A, "name": "@"},
        id="ZONE_@_A",
        outputs={"fqdn": "\\100.contoso.com"},
        published={("\\100.contoso.com", "A"): THERE},
    ),
    CreateCase(
        "a prefix of the zone id stays in the state, and goes into no call",
        {**A, "zoneId": "/hostedzone/ZONE"},
        id="/hostedzone/ZONE_xmpp.contoso.com_A",
        outputs={"zoneId": "/hostedzone/ZONE"},
        published={HOST: THERE},
    ),
    CreateCase(
        "a record set that is there already is not taken over",
        A,
        there={HOST: THERE},
        published={HOST: THERE},
        error=REFUSED
        + "[Tried to create resource record set [name='xmpp.contoso.com.', type='A'] but it already exists]",
    ),
    CreateCase(
        "a record set with other values is not taken over either",
        A,
        there={HOST: (60, ("192.0.2.1",))},
        published={HOST: (60, ("192.0.2.1",))},
        error=REFUSED
        + "[Tried to create resource record set [name='xmpp.contoso.com.', type='A'] but it already exists]",
    ),
    CreateCase(
        "allowOverwrite takes a record set over",
        {**A, "allowOverwrite": True},
        there={HOST: (60, ("192.0.2.1",))},
        id="ZONE_xmpp.contoso.com_A",
        published={HOST: THERE},
    ),
    CreateCase(
        "an alias of the same name is in the way",
        A,
        there={("xmpp.contoso.com", "CNAME"): (60, ("edge.example.net.",))},
        published={("xmpp.contoso.com", "CNAME"): (60, ("edge.example.net.",))},
        error=REFUSED
        + "[RRSet of type A with DNS name xmpp.contoso.com. is not permitted because a conflicting RRSet of "
        "type CNAME with the same DNS name already exists in zone contoso.com.]",
    ),
    CreateCase(
        "a zone that is not there is named by its id",
        {**A, "zoneId": "Z0MISSING"},
        error="reading Route 53 Hosted Zone (Z0MISSING): couldn't find resource",
    ),
    CreateCase(
        "a malformed value is refused by Route 53 alone",
        {**A, "records": ["999.1.1.1"]},
        error=REFUSED
        + "[Invalid Resource Record: 'FATAL problem: ARRDATAIllegalIPv4Address (Value is not a valid IPv4 "
        "address) encountered with '999.1.1.1'']",
    ),
)

NO_IDS = ("xmpp.contoso.com", "Z0123_xmpp.contoso.com", "_xmpp.contoso.com_A")
"""Not the id of a record set: without type, without type, without zone."""
