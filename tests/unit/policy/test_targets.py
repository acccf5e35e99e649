"""What the policy pack says of the targets of SRV records."""

from typing import Any

import pytest
from policy.srv_records import RecordSet, lines, record_sets, target_problems
from tests.unit.policy.resources import (
    AWS,
    AZURE,
    DNS_RECORD,
    GCP,
    LATER,
    OURS,
    RECORD,
    aws,
    azure,
    ours,
    srv,
)

UNREACHED = "peers on the internet cannot reach it (allowPrivateAddresses: true for a lab)"
PRIVATE = f"'10.0.0.5' is a private address; {UNREACHED}"
ALIAS = "V7 the target of an SRV record must be no CNAME (RFC 2782); give it A and AAAA records"
PUT_OUT = {"name": "xmpp", "fqdn": "xmpp.contoso.com."}
TARGETS: dict[str, tuple[str, dict[str, Any], list[str]]] = {
    "of Route 53": (
        AWS,
        {
            "name": "xmpp",
            "fqdn": "xmpp.contoso.com",
            "type": "A",
            "records": ["131.107.155.10", "10.0.0.5", LATER],
        },
        [f"P6 records[1]: {PRIVATE}"],
    ),
    "of Route 53, an alias": (AWS, {"name": "xmpp.contoso.com", "type": "CNAME", "records": ["a"]}, [ALIAS]),
    "of Route 53, of another type": (AWS, {"name": "xmpp.contoso.com", "type": "TXT", "records": ["a"]}, []),
    "of Azure, put in": (
        AZURE,
        {
            "recordType": "A",
            "relativeRecordSetName": "xmpp",
            "zoneName": "contoso.com",
            "aRecords": [{"ipv4Address": LATER}, {"ipv4Address": "10.0.0.5"}, LATER],
        },
        [f"P6 aRecords[1]: {PRIVATE}"],
    ),
    "of Azure, put out": (
        AZURE,
        {
            **PUT_OUT,
            "type": "Microsoft.Network/dnszones/AAAA",
            "aaaaRecords": [{"ipv6Address": "2001:db8::1"}],
        },
        [f"P6 aaaaRecords[0]: '2001:db8::1' is a documentation address; {UNREACHED}"],
    ),
    "of Azure, at the name of the zone": (
        AZURE,
        {"recordType": "CNAME", "relativeRecordSetName": "@", "zoneName": "xmpp.contoso.com"},
        [ALIAS],
    ),
    "of Google": (
        GCP,
        {"type": "A", "name": "xmpp.contoso.com.", "rrdatas": ["10.0.0.5"]},
        [f"P6 rrdatas[0]: {PRIVATE}"],
    ),
    "of Cloudflare": (
        DNS_RECORD,
        {"type": "A", "name": "xmpp.contoso.com", "content": "10.0.0.5"},
        [f"P6 content: {PRIVATE}"],
    ),
    "of Cloudflare as it was": (
        RECORD,
        {"type": "A", "name": "xmpp", "hostname": "xmpp.contoso.com", "value": "10.0.0.5"},
        [f"P6 value: {PRIVATE}"],
    ),
    "of this package": (
        OURS,
        ours({"xmpp.contoso.com A": "300 131.107.155.10, 10.0.0.5"}),
        [f"P6 recordSets.xmpp.contoso.com A[1]: {PRIVATE}"],
    ),
}


def only(resource_type: str, props: dict[str, Any]) -> RecordSet:
    """Return the one record set that a resource publishes."""
    [found] = record_sets(resource_type, props)
    return found


def test_the_targets_are_those_that_are_known_and_valid_of_srv_records_of_xmpp():
    records = ("0 0 5269 A.contoso.com.", "0 0 5269 a_b", "a.contoso.com", LATER, "0 0 5269 b.contoso.com")
    assert only(AWS, aws(*records)).targets == {"a.contoso.com", "b.contoso.com"}
    assert only(AWS, aws(*records, name="_sip._tcp.contoso.com")).targets == set()
    assert only(AZURE, azure(srv(0, 0, 5269, LATER))).targets == set()


@pytest.mark.parametrize("case", TARGETS)
def test_what_is_wrong_at_a_target_is_told(case: str):
    resource_type, props, expected = TARGETS[case]
    found = only(resource_type, props)
    assert found.owner == "xmpp.contoso.com"
    assert list(lines(target_problems(found, allow_private=False))) == expected


def test_a_lab_may_have_private_addresses():
    found = only(GCP, {"type": "A", "name": "xmpp.contoso.com.", "rrdatas": ["10.0.0.5", "0.0.0.0"]})
    told = list(lines(target_problems(found, allow_private=True)))
    assert told == ["P6 rrdatas[1]: '0.0.0.0' is the unspecified address; no server has it"]
