"""From what is in zones to a stack: what is taken in, what is left out, and why."""

from collections.abc import Mapping
from typing import Any

import pytest
import yaml

from xmpp_federation_dns import AzureZone, CloudflareZone, Rfc2136Zone, Route53Zone
from xmpp_federation_dns.backends import Zone
from xmpp_federation_dns.changes import Content, Foreign, Live, contents
from xmpp_federation_dns.configuration.plan import read
from xmpp_federation_dns.live.discover import Draft, draft
from xmpp_federation_dns.live.readings import wanted
from xmpp_federation_dns.live.stack import include_file, stack_file

ZONE = Route53Zone(name="contoso.com", zone_id="Z1")
ADDRESS = "300 131.107.155.10"
APEX = {"_xmpp-server._tcp.contoso.com SRV": "3600 0 0 5269 xmpp.contoso.com.", "xmpp.contoso.com A": ADDRESS}


def domain(name: str, *, srv: str = "3600 0 0 5269 xmpp.{}.", address: str = ADDRESS) -> dict[str, str]:
    return {f"_xmpp-server._tcp.{name} SRV": srv.format(name), f"xmpp.{name} A": address}


def drawn(texts: Mapping[str, str], zone: Zone = ZONE, others: Mapping[str, Live] | None = None) -> Draft:
    return draft([(zone, {**contents(texts), **(others or {})})])


def configured(found: Draft) -> dict[str, Any]:
    """Return the stack as its file has it."""
    file = yaml.safe_load(stack_file(found))["config"]
    return {key.removeprefix("xmpp-federation-dns:"): value for key, value in file.items()}


def published(found: Draft) -> dict[str, Content]:
    """Return what the stack publishes."""
    plan = read(configured(found))
    return {key: each for zone in wanted(plan).values() for key, each in zone.items()}


def left(found: Draft) -> list[str]:
    return [str(each) for each in found.left]


def test_the_stack_of_one_domain_is_written_with_its_reasons():
    assert stack_file(drawn(APEX)) == (
        "# Written by xmpp-federation-dns discover.\n"
        "config:\n"
        "  xmpp-federation-dns:srvTtl: 3600\n"
        "  xmpp-federation-dns:addressTtl: 300\n"
        "  xmpp-federation-dns:zones:\n"
        "    - provider: aws\n"
        "      name: contoso.com\n"
        "      zoneId: Z1\n"
        "  xmpp-federation-dns:edgePools:\n"
        "    - ipv4: [131.107.155.10]\n"
        "  xmpp-federation-dns:domains:\n"
        "    - contoso.com\n"
        "\n"
        "# Taken in: 1 SIP domain, 2 record sets\n"
        "#   _xmpp-server._tcp.contoso.com SRV\n"
        "#   xmpp.contoso.com A\n"
        "# Left out: 0\n"
        "# Why: 0 choices\n"
    )


def test_three_hundred_equal_domains_share_one_edge_pool():
    texts = {key: text for n in range(300) for key, text in domain(f"d{n}.contoso.com").items()}
    found = drawn({**texts, **domain("x.contoso.com", address="300 131.107.155.11")})
    config = configured(found)
    assert config["edgePools"] == [{"ipv4": ["131.107.155.10"]}]
    assert [each for each in config["domains"] if not isinstance(each, str)] == [
        {"name": "x.contoso.com", "edgePools": [{"ipv4": ["131.107.155.11"]}]}
    ]
    assert published(found) == contents({**texts, **domain("x.contoso.com", address="300 131.107.155.11")})


def test_domains_that_have_nothing_in_common_keep_their_own_edge_pools():
    texts = {**domain("a.contoso.com"), **domain("b.contoso.com", address="300 131.107.155.11")}
    assert "edgePools" not in configured(drawn(texts))


TAKEN: dict[str, tuple[dict[str, str], dict[str, Any]]] = {
    "the domain itself": (
        {"_xmpp-server._tcp.contoso.com SRV": "3600 0 0 5269 contoso.com.", "contoso.com A": ADDRESS},
        {"host": "@", "ipv4": ["131.107.155.10"]},
    ),
    "elsewhere": (
        {"_xmpp-server._tcp.contoso.com SRV": "3600 0 0 5269 xmpp.example.net."},
        {"target": "xmpp.example.net", "manageAddresses": False},
    ),
    "without addresses": (
        {"_xmpp-server._tcp.contoso.com SRV": "3600 5 6 5222 a.b.contoso.com."},
        {"host": "a.b", "priority": 5, "weight": 6, "port": 5222, "manageAddresses": False},
    ),
    "both families and direct TLS": (
        {
            **APEX,
            "_xmpps-server._tcp.contoso.com SRV": "3600 0 0 5270 xmpp.contoso.com.",
            "xmpp.contoso.com A": "300 131.107.155.9, 131.107.155.10",
            "xmpp.contoso.com AAAA": "300 2620:1ec::",
        },
        {"directTlsPort": 5270, "ipv4": ["131.107.155.9", "131.107.155.10"], "ipv6": ["2620:1ec::"]},
    ),
    "the name of a SIP domain at its end": (
        {
            "_xmpp-server._tcp.contoso.com SRV": "3600 0 0 5269 contoso.com.contoso.com.",
            "contoso.com.contoso.com A": ADDRESS,
        },
        {"target": "contoso.com.contoso.com", "ipv4": ["131.107.155.10"]},
    ),
}


@pytest.mark.parametrize("name", TAKEN)
def test_an_edge_pool_says_where_its_target_is(name: str):
    texts, pool = TAKEN[name]
    found = drawn(texts)
    assert configured(found)["edgePools"] == [pool]
    assert left(found) == []
    assert published(found) == {
        key: Content(each.ttl, tuple(sorted(each.values))) for key, each in contents(texts).items()
    }


def test_a_null_record_disables_federation():
    found = drawn({"_xmpp-server._tcp.contoso.com SRV": "3600 0 0 0 ."})
    assert configured(found)["domains"] == [{"name": "contoso.com", "federation": "disabled"}]
    assert "edgePools" not in configured(found)


LEFT: dict[str, tuple[dict[str, str], dict[str, Live], list[str]]] = {
    "another TTL of a service": (
        {**APEX, **domain("a.contoso.com"), **domain("b.contoso.com", srv="600 0 0 5269 xmpp.{}.")},
        {},
        ["_xmpp-server._tcp.b.contoso.com SRV: its TTL is 600, and a stack has one srvTtl: 3600 here"],
    ),
    "a TTL that no stack has": (
        {**APEX, **domain("b.contoso.com", srv="30 0 0 5269 xmpp.{}.")},
        {},
        ["_xmpp-server._tcp.b.contoso.com SRV: P9: its TTL is 30; 60 to 86400 seconds are allowed"],
    ),
    "another TTL of one family": (
        {**APEX, "xmpp.contoso.com AAAA": "600 2620:1ec::10"},
        {},
        [
            "xmpp.contoso.com AAAA: its TTL is 600, and a stack has one addressTtl: 300 here",
            "xmpp.contoso.com A: the addresses of xmpp.contoso.com are left as they are",
        ],
    ),
    "an alias in the place of addresses": (
        {"_xmpp-server._tcp.contoso.com SRV": "3600 0 0 5269 xmpp.contoso.com."},
        {"xmpp.contoso.com CNAME": Foreign("CNAME 300 lb.example.net.")},
        ["xmpp.contoso.com CNAME: CNAME 300 lb.example.net."],
    ),
    "an alias in the place of a service": (
        APEX,
        {"_xmpp-server._tcp.b.contoso.com CNAME": Foreign("CNAME 300 x.example.net.")},
        ["_xmpp-server._tcp.b.contoso.com CNAME: CNAME 300 x.example.net."],
    ),
    "no service beside others": (
        {
            **APEX,
            "_xmpp-server._tcp.b.contoso.com SRV": "3600 0 0 0 ., 0 0 5269 xmpp.contoso.com.",
            "_xmpps-server._tcp.b.contoso.com SRV": "3600 0 0 5270 xmpp.contoso.com.",
        },
        {},
        [
            "_xmpp-server._tcp.b.contoso.com SRV: P10: a target '.' says that there is no service, by the one record "
            "'0 0 0 .'",
            "_xmpps-server._tcp.b.contoso.com SRV: its SIP domain is left out",
        ],
    ),
    "direct TLS alone": (
        {**APEX, "_xmpps-server._tcp.b.contoso.com SRV": "3600 0 0 5270 xmpp.contoso.com."},
        {},
        [
            "_xmpps-server._tcp.b.contoso.com SRV: direct TLS alone; a SIP domain of a stack has "
            "_xmpp-server._tcp.b.contoso.com in any case"
        ],
    ),
    "direct TLS at other servers": (
        {**APEX, "_xmpps-server._tcp.contoso.com SRV": "3600 1 0 5270 xmpp.contoso.com."},
        {},
        [
            "_xmpps-server._tcp.contoso.com SRV: a server of it is none of _xmpp-server._tcp, with the same priority "
            "and weight"
        ],
    ),
    "a private address": (
        {**APEX, **domain("b.contoso.com", address="300 10.0.0.5")},
        {},
        [
            "_xmpp-server._tcp.b.contoso.com SRV: P6: edgePools[0].ipv4[0]: '10.0.0.5' is a private address; peers on "
            "the internet cannot reach it (allowPrivateAddresses: true for a lab)"
        ],
    ),
}


@pytest.mark.parametrize("name", LEFT)
def test_what_no_stack_can_say_is_left_out_with_the_reason(name: str):
    texts, others, reasons = LEFT[name]
    found = drawn(texts, others=others)
    assert left(found) == reasons
    assert published(found).items() <= contents(texts).items()


def test_what_breaks_a_rule_is_commented_out_with_the_id_of_the_rule():
    text = stack_file(drawn({**APEX, **domain("b.contoso.com", address="300 10.0.0.5")}))
    assert (
        "    # P6: edgePools[0].ipv4[0]: '10.0.0.5' is a private address; peers on the internet cannot reach it "
        "(allowPrivateAddresses: true for a lab)\n"
        "    # - name: b.contoso.com\n"
        "    #   edgePools:\n"
        "    #     - ipv4: [10.0.0.5]\n"
    ) in text


def test_the_profile_is_standard_where_records_need_it_and_that_is_said():
    port = "3600 0 0 5222 xmpp.{}."
    found = drawn({**domain("a.contoso.com", srv=port), **domain("b.contoso.com", srv=port)})
    assert configured(found)["profile"] == "standard"
    assert found.why == [
        "profile: standard for a.contoso.com: P7: edgePools[0].port: 5222 is not the port of Lync, 5269, and 1 more "
        "SIP domains need it"
    ]


def test_where_addresses_are_published_elsewhere_is_said():
    texts = {"_xmpp-server._tcp.contoso.com SRV": "3600 0 0 5269 x.contoso.com., 1 0 5269 y.example.net."}
    assert drawn(texts).why[:2] == [
        "manageAddresses: false for x.contoso.com: it has none in its zone contoso.com",
        "manageAddresses: false for y.example.net: it lies in none of the zones",
    ]


def test_a_name_that_another_zone_holds_is_left_out():
    child = Route53Zone(name="corp.contoso.com", zone_id="Z2")
    there = contents(domain("corp.contoso.com"))
    found = draft([(ZONE, {**contents(APEX), **there}), (child, {})])
    assert left(found) == [
        "_xmpp-server._tcp.corp.contoso.com SRV: it stands in the zone contoso.com, and peers look into "
        "corp.contoso.com"
    ]
    assert [zone["name"] for zone in found.options["zones"]] == ["contoso.com"]


def test_zones_of_one_name_are_left_out():
    found = draft([(ZONE, contents(APEX)), (Route53Zone(name="contoso.com", zone_id="Z2"), {})])
    assert left(found) == [
        "_xmpp-server._tcp.contoso.com SRV: 2 zones are named contoso.com: which of them peers see is unclear"
    ]


def test_what_is_wrong_with_a_zone_is_told_of_its_domains():
    bad = Route53Zone(name="contoso.com", zone_id="no id")
    [told] = left(drawn(APEX, bad))
    assert told.startswith(
        "_xmpp-server._tcp.contoso.com SRV: P25: zoneId: 'no id' is not the id of a hosted zone"
    )


def test_nothing_foreign_is_in_the_file():
    others: dict[str, Live] = {
        "www.contoso.com A": Content(300, ("131.107.155.99",)),
        "_xmpp-server._tcp.contoso.com A": Content(300, ("131.107.155.99",)),
        "x.contoso.com CNAME": Foreign("CNAME"),
    }
    assert stack_file(drawn(APEX, others=others)) == stack_file(drawn(APEX))


def test_a_zone_that_is_kept_adopts_what_is_there_and_its_secret_is_not_written():
    zone = Rfc2136Zone(
        name="contoso.com", server="192.0.2.53", port=5300, tsig_key_name="pulumi", tsig_secret="c2VjcmV0"
    )
    assert configured(drawn(APEX, zone))["zones"] == [
        {
            "provider": "rfc2136",
            "name": "contoso.com",
            "existing": "adopt",
            "server": "192.0.2.53",
            "port": 5300,
            "tsigKeyName": "pulumi",
        }
    ]


def test_no_secret_is_written():
    zone = CloudflareZone(name="contoso.com", zone_id="023e105f4ecef8ad9ca31a8372d0c353", api_token="token")
    assert yaml.safe_load(stack_file(drawn(APEX, zone)))["config"]["xmpp-federation-dns:zones"] == [
        {
            "provider": "cloudflare",
            "name": "contoso.com",
            "existing": "adopt",
            "zoneId": "023e105f4ecef8ad9ca31a8372d0c353",
        }
    ]


def test_what_yaml_would_take_for_something_else_is_quoted():
    zone = AzureZone(
        name="contoso.com", resource_group="on", subscription_id="00000000-0000-0000-0000-000000000001"
    )
    text = stack_file(drawn(APEX, zone))
    assert '      resourceGroup: "on"\n' in text
    assert '      subscriptionId: "00000000-0000-0000-0000-000000000001"\n' in text


def test_what_servers_say_stays_in_its_line():
    others: dict[str, Live] = {
        "_xmpp-server._tcp.b.contoso.com SRV": Foreign("alias of \x1b[31m\nconfig: {}")
    }
    text = stack_file(drawn(APEX, others=others))
    assert "\x1b" not in text
    assert [line for line in text.splitlines() if line.startswith("config:")] == ["config:"]


def test_sip_domains_go_into_a_file_of_their_own():
    found = drawn(APEX)
    assert yaml.safe_load(stack_file(found, "sip-domains.yaml"))["config"]["xmpp-federation-dns:include"] == [
        "sip-domains.yaml"
    ]
    assert "domains" not in yaml.safe_load(stack_file(found, "sip-domains.yaml"))["config"]
    assert yaml.safe_load(include_file(found)) == {"domains": ["contoso.com"]}


def test_of_what_breaks_rules_of_both_profiles_those_are_told_that_no_profile_lifts():
    texts = domain("b.contoso.com", srv="3600 0 0 5222 xmpp.{}.", address="300 10.0.0.5")
    found = drawn({**APEX, **texts})
    assert [each.rule for each in found.left] == ["P6"]
    assert [[rule for rule, _ in each.problems] for each in found.broken] == [["P6"]]
    assert "profile" not in configured(found)
