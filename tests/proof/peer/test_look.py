"""What DNS says of a partner: read as peers read it, and judged by the checks of `verify`."""

import asyncio

import dns.exception
import pytest
from tests.proof.dns.hostile import SILENT, cname_chain, silent, thousand_records, truncated
from tests.proof.dns.standin import StandIn, authority
from tests.proof.dns.tree import Resolver
from tests.proof.peer.lab import (
    ADDRESS,
    DOMAIN,
    OWNER,
    PUBLISHED,
    SRV,
    TARGET,
    found,
    looked,
    looked_at,
    told,
)

from xmpp_federation_dns.proof.dns import asking
from xmpp_federation_dns.proof.dns import look as look_module
from xmpp_federation_dns.proof.report import Verdict

SENT = f"V3 info {OWNER} SRV: peers are sent to "
NOTHING = (
    f"V3 error {OWNER} SRV: nothing is published: no SRV record, and no address of the domain itself to fall back to; "
    f"publish {OWNER} SRV, and the addresses of its target"
)
WAY = f"{TARGET} port 5269 ({ADDRESS})"
CNAME = "a CNAME, which the target of an SRV record must not be (RFC 2782), though many servers follow it"

CASES = {
    "as it should be": (PUBLISHED, [f"{SENT}{WAY}"]),
    "nothing": ("", [NOTHING]),
    "addresses of the domain alone": (
        "@ 300 A 131.107.155.30\n",
        [
            f"V19 warning {OWNER} SRV: no SRV record: peers fall back to the addresses of the domain itself, port "
            f"5269; publish {OWNER} SRV",
            f"{SENT}{DOMAIN} port 5269 (131.107.155.30)",
        ],
    ),
    "federation switched off": (
        "_xmpp-server._tcp SRV 0 0 0 .\n@ A 131.107.155.30\n",
        [
            f"V5 error {OWNER} SRV: federation is switched off: the only target is '.' (RFC 2782); "
            f"publish a server of {DOMAIN} there, if federation is wanted"
        ],
    ),
    "servers by priority, then by weight": (
        "_xmpp-server._tcp SRV 20 0 5269 c\n_xmpp-server._tcp SRV 10 1 5269 b\n_xmpp-server._tcp SRV 10 5 5269 a\n"
        "a 300 A 131.107.155.1\nb 300 A 131.107.155.2\nc 300 A 131.107.155.3\nc 300 AAAA 2620:1ec::3\n",
        [
            f"{SENT}a.{DOMAIN} port 5269 (131.107.155.1), b.{DOMAIN} port 5269 (131.107.155.2), "
            f"c.{DOMAIN} port 5269 (131.107.155.3, 2620:1ec::3)"
        ],
    ),
    "many servers": (
        "".join(f"_xmpp-server._tcp 300 SRV {n} 0 5269 t{n}\n" for n in range(20))
        + "".join(f"t{n} 300 A 131.107.155.{n}\n" for n in range(20)),
        [
            f"V3 warning {OWNER} SRV: 20 servers are published; the first 16 are looked at; publish fewer",
            f"{SENT}t0.{DOMAIN} port 5269 (131.107.155.0), t1.{DOMAIN} port 5269 (131.107.155.1), "
            f"t2.{DOMAIN} port 5269 (131.107.155.2), t3.{DOMAIN} port 5269 (131.107.155.3) and 12 more",
        ],
    ),
    "many addresses": (
        SRV + "".join(f"xmpp 300 A 131.107.155.{n}\n" for n in range(10, 30)),
        [
            f"{SENT}{TARGET} port 5269 (131.107.155.10, 131.107.155.11, 131.107.155.12, 131.107.155.13 and 4 more)"
        ],
    ),
    "a CNAME in the place of the SRV records": (
        "_xmpp-server._tcp CNAME a\na SRV 0 0 5269 xmpp\n@ A 131.107.155.30\n",
        [
            f"V6 error {OWNER} SRV: a CNAME stands where the SRV records belong; not every server follows it; "
            "delete it, then run `pulumi up --refresh`"
        ],
    ),
    "a target without address": (
        SRV,
        [f"V8 error {TARGET}: the target has no address; publish its addresses where its zone is run"],
    ),
    "a target for want of a final dot": (
        f"_xmpp-server._tcp 3600 SRV 0 0 5269 xmpp.{DOMAIN}\n",
        [
            f"V8 error {TARGET}.{DOMAIN}: the target has no address: the zone was appended to a complete name; "
            f"write {TARGET}. with a final dot"
        ],
    ),
    "a name without underscores": (
        "xmpp-server.tcp 3600 SRV 0 0 5269 xmpp\n",
        [
            NOTHING,
            f"V18 warning xmpp-server.tcp.{DOMAIN} SRV: its labels lack the underscores; peers ask at {OWNER}; "
            "delete it",
        ],
    ),
    "a target that is an address": (
        "_xmpp-server._tcp 300 SRV 0 0 5269 131.107.155.20.\n",
        [f"V8 error {OWNER} SRV: the target '131.107.155.20' is no host name; name a host there"],
    ),
    "port 0": (
        "_xmpp-server._tcp 300 SRV 0 0 0 xmpp\nxmpp 300 A 131.107.155.20\n",
        [f"V4 error {OWNER} SRV: port 0, where no server can listen; publish its port"],
    ),
    "another port": (
        "_xmpp-server._tcp 300 SRV 0 0 15269 xmpp\nxmpp 300 A 131.107.155.20\n",
        [
            f"V4 warning {OWNER} SRV: port 15269; Lync and Skype for Business dial no other than 5269; "
            "listen on port 5269",
            f"{SENT}{TARGET} port 15269 ({ADDRESS})",
        ],
    ),
    "direct TLS beside it": (
        PUBLISHED + "_xmpps-server._tcp 300 SRV 0 0 5270 xmpp\n",
        [f"{SENT}{WAY}, {TARGET} port 5270, direct TLS ({ADDRESS})"],
    ),
    "direct TLS alone": (
        "_xmpps-server._tcp 300 SRV 0 0 5270 edge.example.net.\n",
        [
            f"V3 error {OWNER} SRV: direct TLS alone is published: peers that do not know it (XEP-0368) find nothing; "
            f"publish {OWNER} SRV as well",
            "V8 info edge.example.net A: not asked for: the given name servers do not serve its zone; its own "
            "delegation is followed without --nameserver or nameservers",
            "V8 info edge.example.net AAAA: not asked for: the given name servers do not serve its zone; its own "
            "delegation is followed without --nameserver or nameservers",
            "V8 error edge.example.net: the target has no address; publish its addresses where its zone is run",
        ],
    ),
    "direct TLS beside a target that switches the rest off": (
        "_xmpp-server._tcp 300 SRV 0 0 0 .\n_xmpps-server._tcp 300 SRV 0 0 5270 xmpp\n"
        f"xmpp 300 A {ADDRESS}\n",
        [
            f"V3 error {OWNER} SRV: direct TLS alone is published: peers that do not know it (XEP-0368) find nothing; "
            f"publish {OWNER} SRV as well",
            f"{SENT}{TARGET} port 5270, direct TLS ({ADDRESS})",
        ],
    ),
    "direct TLS below a CNAME": (
        f"{PUBLISHED}_xmpps-server._tcp CNAME a\na SRV 0 0 5270 xmpp\n",
        [
            f"V6 error _xmpps-server._tcp.{DOMAIN} SRV: a CNAME stands where the SRV records belong; not every server "
            "follows it; delete it, then run `pulumi up --refresh`",
            f"{SENT}{WAY}",
        ],
    ),
    "a TTL that is none": (
        f"_xmpp-server._tcp 30 SRV 0 0 5269 xmpp\nxmpp 300 A {ADDRESS}\n",
        [
            f"V13 warning {OWNER} SRV: a TTL of 30 s; 60 to 86400 s are sensible; change srvTtl or addressTtl",
            f"{SENT}{WAY}",
        ],
    ),
    "a name from before RFC 3920": (
        f"{PUBLISHED}_jabber._tcp SRV 0 0 5269 xmpp\n",
        [
            f"V18 warning _jabber._tcp.{DOMAIN} SRV: a name from before RFC 3920, which old servers alone still ask "
            "for; delete it",
            f"{SENT}{WAY}",
        ],
    ),
}


@pytest.mark.parametrize("case", CASES)
def test_what_is_published_is_judged_without_a_configuration(case: str):
    records, lines = CASES[case]
    [one] = looked({DOMAIN: records})
    assert told(one.findings) == lines
    # What is not contacted is never taken for proven.
    assert one.reached or Verdict(DOMAIN, one.findings).state != "proven"


def test_only_what_peers_on_the_internet_reach_is_contacted():
    records = SRV + "xmpp 300 A 10.0.0.5\nxmpp 300 A 131.107.155.20\nxmpp 300 AAAA ff02::1\n"
    private = (
        "'10.0.0.5' is a private address; peers on the internet cannot reach it; publish the public address"
    )
    multicast = "'ff02::1' is a multicast address; no server has it; publish the public address"
    [one] = looked({DOMAIN: records})
    assert told(one.findings) == [
        f"V10 error {TARGET} A: {private}",
        f"V10 error {TARGET} AAAA: {multicast}",
        f"{SENT}{WAY}",
    ]
    [one] = looked({DOMAIN: records}, allow_private=True)
    assert told(one.findings) == [
        f"V10 warning {TARGET} A: {private}",
        f"V10 error {TARGET} AAAA: {multicast}",
        f"{SENT}{TARGET} port 5269 (10.0.0.5, 131.107.155.20)",
    ]


def test_nothing_is_contacted_where_no_address_is_public():
    [one] = looked({DOMAIN: SRV + "xmpp 300 A 10.0.0.5\n"})
    assert one.reached is None


def test_a_cname_at_the_target_is_an_error_and_peers_that_follow_it_are_followed(resolver: Resolver):
    resolver.table = {(TARGET, "A"): ["131.107.155.21"], (TARGET, "AAAA"): ["2620:1ec::21"]}
    assert told(found(SRV + "xmpp CNAME b\nb A 131.107.155.21\n")) == [
        f"V7 error {TARGET}: {CNAME}; delete it, then publish the addresses at the target itself",
        f"{SENT}{TARGET} port 5269 (131.107.155.21, 2620:1ec::21)",
    ]


def test_addresses_behind_a_cname_that_no_resolver_tells_are_unknown(resolver: Resolver):
    resolver.table = {(TARGET, "A"): dns.exception.Timeout()}
    assert told(found(SRV + "xmpp CNAME b\n"))[1] == (
        f"C1 unknown {TARGET}: its addresses cannot be asked for: The DNS operation timed out.; "
        "name a resolver that answers"
    )


def test_peers_fall_back_through_a_cname_too(resolver: Resolver):
    domain = f"chat.{DOMAIN}"
    resolver.table = {(domain, "A"): ["131.107.155.21"]}
    [one] = looked({DOMAIN: "chat CNAME web\nweb A 131.107.155.21\n"}, domain)
    assert [line.partition(":")[0] for line in told(one.findings)] == [
        f"V19 warning _xmpp-server._tcp.{domain} SRV",
        f"V3 info _xmpp-server._tcp.{domain} SRV",
    ]


def test_a_domain_that_does_not_exist_is_one_finding():
    [one] = looked({"com": ""}, DOMAIN)
    assert told(one.findings) == [
        f"V3 error {OWNER} SRV: there is no such domain; "
        f"correct its name, or ask its administrator to publish {OWNER} SRV"
    ]


def test_a_domain_that_no_given_server_serves_is_unknown_and_says_who_did_not_answer():
    [one] = looked({"example.net": ""}, DOMAIN)
    assert told(one.findings) == [
        f"V1 unknown {DOMAIN}: none of the given name servers serves it; name another one with --nameserver"
    ]
    one = looked_at(silent, timeout=0.5)
    assert (told(one.findings), [*one.findings[0].seen.values()]) == (
        [
            f"V1 unknown {DOMAIN}: none of the given name servers serves it; name another one with --nameserver"
        ],
        [SILENT],
    )


def test_a_target_in_a_zone_that_the_given_servers_have_too_is_asked_there():
    zones = {
        DOMAIN: "_xmpp-server._tcp SRV 0 0 5269 edge.example.net.\n",
        "example.net": "edge A 131.107.155.40\n",
    }
    [one] = looked(zones)
    assert told(one.findings) == [f"{SENT}edge.example.net port 5269 (131.107.155.40)"]


def test_names_that_are_expected_of_another_domain_do_not_mislead():
    domain = f"xmpp.{DOMAIN}"
    zone = f"{PUBLISHED}_xmpp-server._tcp.xmpp SRV 0 0 5269 xmpp\n"
    first, second = looked({DOMAIN: zone}, DOMAIN, domain)
    assert (told(first.findings), [each.check for each in second.findings]) == ([f"{SENT}{WAY}"], ["V3"])
    assert [each.check for each in found(zone)] == ["V18", "V3"]


def test_each_name_is_asked_once_of_each_type():
    server: list[StandIn] = []
    looked({DOMAIN: PUBLISHED}, asked=server)
    services = [each for each in server[0].asked if each[0] == OWNER]
    assert [each for each in services if each[1] == "SRV"] == [(OWNER, "SRV", "UDP")]


def test_a_target_that_many_share_is_asked_for_once(monkeypatch: pytest.MonkeyPatch, resolver: Resolver):
    monkeypatch.setattr(look_module, "AT_A_TIME", 1)
    records = (
        "_xmpp-server._tcp SRV 0 0 5269 edge.example.net.\n_xmpp-server._tcp SRV 5 0 5269 far.example.org.\n"
    )
    zones = {"a.example": records, "b.example": records, "example.net": "edge A 131.107.155.40\n"}
    server: list[StandIn] = []
    looked(zones, "a.example", "b.example", asked=server)
    assert [each for each in server[0].asked if each[:2] == ("edge.example.net", "A")] == [
        ("edge.example.net", "A", "UDP")
    ]
    assert resolver.asked == [("far.example.org", "A"), ("far.example.org", "AAAA")]


def test_a_server_that_takes_its_time_is_left_in_time(monkeypatch: pytest.MonkeyPatch):
    async def late(query: bytes, tcp: bool) -> list[bytes]:
        del query, tcp
        await asyncio.sleep(3600)
        return []

    monkeypatch.setattr(asking, "CONTACTS", 0.02)
    one = looked_at(authority("fabrikam.com.", PUBLISHED, only=late), timeout=5)
    assert told(one.findings) == [
        f"V3 unknown {owner} SRV: the time limit came first; raise --timeout"
        for owner in (OWNER, f"_xmpps-server._tcp.{DOMAIN}")
    ]


def test_of_a_thousand_records_sixteen_are_looked_at():
    records = thousand_records(OWNER)
    one = looked_at(authority("fabrikam.com.", PUBLISHED, only=truncated(records)), timeout=5)
    assert [each.text for each in one.findings if each.severity == "warning"] == [
        "1000 servers are published; the first 16 are looked at"
    ]
    assert one.reached is None


def test_a_chain_of_cnames_without_end_is_no_server():
    one = looked_at(authority("fabrikam.com.", PUBLISHED, only=truncated(cname_chain)), timeout=5)
    assert one.reached is None
    assert {each.check for each in one.findings} == {"V3"}
