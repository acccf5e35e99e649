"""What the policy pack says of SRV records that a program writes by hand."""

from collections.abc import Mapping
from typing import Any

import pytest
from policy.srv_records import lines, record_sets, srv_problems
from tests.unit.policy.resources import (
    AWS,
    AZURE,
    DNS_RECORD,
    GCP,
    LATER,
    OURS,
    OWNER,
    RECORD,
    aws,
    azure,
    ours,
    srv,
)

OTHERS = "(profile: standard for other servers)"
ADDRESS = "is an IP address; a target is a name, and its addresses are A and AAAA records (ipv4, ipv6)"
ALREADY = f" already; give each Edge pool its own, the one to use first the lowest {OTHERS}"
OUTSIDE = f"lies outside the zone of SIP domain 'contoso.com', which Lync peers refuse {OTHERS}"


def told(resource_type: str, props: Mapping[str, Any], profile: str = "lync") -> list[str]:
    """Return what is said of a resource as it is registered."""
    found = [each for each in record_sets(resource_type, props) if each.service]
    return [line for each in found for line in lines(srv_problems(each, profile))]


RIGHT: dict[str, tuple[str, dict[str, Any]]] = {
    "one record": (AWS, aws("0 0 5269 xmpp.contoso.com")),
    "a name with a final dot and in capitals": (
        AWS,
        aws("0 0 5269 XMPP.contoso.com.", name=f"{OWNER}.".upper()),
    ),
    "a name relative to the zone": (AWS, aws("0 0 5269 xmpp.contoso.com", name="_xmpp-server._tcp")),
    "a target in a zone that the resource does not name": (AWS, aws("0 0 5269 xmpp.fabrikam.com")),
    "two servers": (AWS, aws("0 0 5269 a.contoso.com", "10 0 5269 b.contoso.com")),
    "no XMPP": (AWS, aws("0 0 0 .")),
    "an alias": (AWS, {"type": "SRV", "name": OWNER, "aliases": [{}]}),
    "another service": (AWS, aws("0 0 1 10.0.0.5", name="_sip._tcp.contoso.com")),
    "another service of a longer name": (AWS, aws("0 0 1 10.0.0.5", name="_xmpp-server._tcpx.contoso.com")),
    "another type": (AWS, {"type": "TXT", "name": OWNER, "ttl": 1, "records": ["0 0 1 10.0.0.5"]}),
    "a name that is none": (AWS, aws("0 0 1 10.0.0.5", name=f"{OWNER}..")),
    "a name that is not known": (AWS, aws("0 0 1 10.0.0.5", name=LATER)),
    "records that are not known": (AWS, {**aws(ttl=1), "records": LATER}),
    "a record that is not known": (AWS, aws(LATER)),
    "of Azure": (AZURE, azure(srv(0, 0, 5269, "xmpp.contoso.com"))),
    "of Azure, for a domain below its zone": (
        AZURE,
        azure(srv(0, 0, 5269, "xmpp.contoso.com"), label="_xmpp-server._tcp.eu"),
    ),
    "of Azure, in a zone that is not known": (
        AZURE,
        {**azure(srv(0, 0, 5222, "10.0.0.5")), "zoneName": LATER},
    ),
    "of Google": (
        GCP,
        {"type": "SRV", "name": f"{OWNER}.", "ttl": 3600, "rrdatas": ["0 0 5269 xmpp.contoso.com."]},
    ),
    "of Cloudflare": (
        DNS_RECORD,
        {"type": "SRV", "name": OWNER, "ttl": 3600, "data": srv(0, 0, 5269, "xmpp.contoso.com")},
    ),
    "of Cloudflare, with its TTL": (
        DNS_RECORD,
        {"type": "SRV", "name": OWNER, "ttl": 1, "data": srv(0, 0, 5269, "xmpp.contoso.com")},
    ),
    "of this package": (OURS, ours({f"{OWNER} SRV": "3600 0 0 5269 xmpp.contoso.com."})),
    "of this package, not known": (OURS, ours({f"{OWNER} SRV": LATER})),
    "of this package, all of it not known": (OURS, {"zone": "contoso.com", "recordSets": LATER}),
    "of no provider that is known": ("other:index:Record", aws("0 0 1 10.0.0.5")),
}

WRONG: dict[str, tuple[str, dict[str, Any], list[str]]] = {
    "a port": (
        AWS,
        aws("0 0 5222 xmpp.contoso.com"),
        [f"P7 records[0].port: 5222 is not the port of Lync, 5269 {OTHERS}"],
    ),
    "numbers out of range": (
        AWS,
        aws("65536 -1 65536 xmpp.contoso.com", ttl=30),
        [
            "P7 records[0].port: 65536 is out of range: 1 to 65535",
            "P8 records[0].priority: 65536 is out of range: 0 to 65535",
            "P8 records[0].weight: -1 is out of range: 0 to 65535",
            "P9 ttl: 30 is out of range: 60 to 86400 seconds",
        ],
    ),
    "a target that is an address": (
        AWS,
        aws("0 0 5269 131.107.155.10"),
        [
            f"P4 records[0].target: '131.107.155.10' {ADDRESS}",
        ],
    ),
    "a target that is no host name": (
        AWS,
        aws("0 0 5269 xmpp_1.contoso.com"),
        [
            "P4 records[0].target: 'xmpp_1.contoso.com' is not a host name: labels hold letters, digits and hyphens",
        ],
    ),
    "equal priorities": (
        AWS,
        aws("0 0 5269 a.contoso.com", "0 0 5269 b.contoso.com"),
        [
            f"P8 records[1].priority: 0 is the priority of records[0]{ALREADY}",
        ],
    ),
    "one target twice": (
        AWS,
        aws("0 0 5269 a.contoso.com", "10 0 5269 A.contoso.com."),
        [
            "P2 records[1].target: 'A.contoso.com.' is the target of records[0] already",
        ],
    ),
    "what is no SRV record": (
        AWS,
        aws("5269 xmpp.contoso.com", "x 0 5269 xmpp.contoso.com"),
        [
            "S3 records[0]: '5269 xmpp.contoso.com' is no SRV record; write priority, weight, port and target",
            "S3 records[1].priority: expected a whole number, got 'x'",
        ],
    ),
    "no XMPP beside a server": (
        AWS,
        aws("0 0 0 .", "10 0 5222 xmpp.contoso.com"),
        [
            f"P7 records[1].port: 5222 is not the port of Lync, 5269 {OTHERS}",
            "P10 records: federation is disabled for this SIP domain; leave one of the two out",
        ],
    ),
    "no XMPP at a port": (
        AWS,
        aws("0 0 5269 ."),
        [
            "P10 records[0]: priority, weight and port are 0 where the target '.' disables federation",
        ],
    ),
    "what is known beside what is not": (
        AWS,
        aws(LATER, "0 0 5222 xmpp.contoso.com", ttl=LATER),
        [
            f"P7 records[1].port: 5222 is not the port of Lync, 5269 {OTHERS}",
        ],
    ),
    "direct TLS": (
        AWS,
        aws("0 0 5270 xmpp.contoso.com", name="_xmpps-server._tcp.contoso.com"),
        [
            f"P20 records[0].port: Lync has no direct TLS; leave it out {OTHERS}",
        ],
    ),
    "of Azure": (
        AZURE,
        azure(srv(0, 0, 5222.5, "xmpp.fabrikam.com"), srv(0, LATER, 5223, LATER), ttl=86401),
        [
            "S3 srvRecords[0].port: expected a whole number, got 5222.5",
            f"P5 srvRecords[0].target: 'xmpp.fabrikam.com' {OUTSIDE}",
            f"P7 srvRecords[1].port: 5223 is not the port of Lync, 5269 {OTHERS}",
            f"P8 srvRecords[1].priority: 0 is the priority of srvRecords[0]{ALREADY}",
            "P9 ttl: 86401 is out of range: 60 to 86400 seconds",
        ],
    ),
    "of Azure, no XMPP": (
        AZURE,
        azure(srv(0, None, 5269, ".")),
        [
            "P10 srvRecords[0]: priority, weight and port are 0 where the target '.' disables federation",
        ],
    ),
    "of Azure, for no domain": (
        AZURE,
        azure(srv(0, 0, 5269, "xmpp.contoso.com"), label="_xmpp-server._tcp._x"),
        [
            "P1 relativeRecordSetName: '_x.contoso.com' is the owner of a record; write the SIP domain, 'contoso.com'",
        ],
    ),
    "of Google": (
        GCP,
        {"type": "SRV", "name": f"{OWNER}.", "ttl": 30, "rrdatas": ["0 0 5222 10.0.0.5"]},
        [
            f"P4 rrdatas[0].target: '10.0.0.5' {ADDRESS}",
            f"P7 rrdatas[0].port: 5222 is not the port of Lync, 5269 {OTHERS}",
            "P9 ttl: 30 is out of range: 60 to 86400 seconds",
        ],
    ),
    "of Cloudflare": (
        DNS_RECORD,
        {"type": "SRV", "name": OWNER, "ttl": 30, "data": srv(0, 0, 5222, "xmpp.contoso.com")},
        [
            f"P7 data.port: 5222 is not the port of Lync, 5269 {OTHERS}",
            "P9 ttl: 30 is out of range: 60 to 86400 seconds",
        ],
    ),
    "of this package": (
        OURS,
        ours(
            {
                f"{OWNER} SRV": "30 0 0 5222 xmpp.contoso.com., 10 0 5269 xmpp.fabrikam.com.",
                "_xmpp-server._tcp._x.contoso.com SRV": "3600 0 0 5269 xmpp.contoso.com.",
            }
        ),
        [
            f"P5 recordSets.{OWNER} SRV[1].target: 'xmpp.fabrikam.com.' {OUTSIDE}",
            f"P7 recordSets.{OWNER} SRV[0].port: 5222 is not the port of Lync, 5269 {OTHERS}",
            f"P9 recordSets.{OWNER} SRV.ttl: 30 is out of range: 60 to 86400 seconds",
            "P1 recordSets._xmpp-server._tcp._x.contoso.com SRV: '_x.contoso.com' is the owner of a record; write the "
            "SIP domain, 'contoso.com'",
        ],
    ),
    "of Cloudflare as it was": (
        RECORD,
        {
            "type": "SRV",
            "name": "_xmpp-server._tcp",
            "data": {
                "service": "_xmpp-server",
                "proto": "_tcp",
                "name": "@",
                **srv(0, 0, 5222, "x.contoso.com"),
            },
        },
        [
            f"P7 data.port: 5222 is not the port of Lync, 5269 {OTHERS}",
        ],
    ),
}


@pytest.mark.parametrize("case", RIGHT)
def test_nothing_is_said_of(case: str):
    assert told(*RIGHT[case]) == []


@pytest.mark.parametrize("case", WRONG)
def test_all_that_is_wrong_is_told_in_a_line_each_of(case: str):
    resource_type, props, expected = WRONG[case]
    assert told(resource_type, props) == expected


def test_under_the_standard_profile_the_rules_of_lync_do_not_hold():
    props = aws("0 0 5222 a.contoso.com", "0 0 5269 b.contoso.com")
    assert told(AWS, props, "standard") == []
    direct = aws("0 0 5270 a.contoso.com", name="_xmpps-server._tcp.contoso.com")
    assert told(AWS, direct, "standard") == []
