"""What the component refuses to take away, by what the last update exported."""

from typing import Any

import pytest
from tests.unit.plugin.lab import Plugin
from tests.unit.plugin.test_construct import ARGS, refused

from xmpp_federation_dns.configuration import exported

WRITING = "invocation of pulumi:pulumi:readStackOutputs returned an error: failed to load checkpoint: EOF"
DOMAINS = [f"d{number}.contoso.com" for number in range(10)]


def row(domain: str, **more: Any) -> dict[str, Any]:
    """Return what the last update exported of the SRV record set of *domain*."""
    return {
        "name": f"_xmpp-server._tcp.{domain}",
        "type": "SRV",
        "ttl": 3600,
        "values": [f"0 0 5269 xmpp.{domain}."],
        "zone": "contoso.com",
        "provider": "rfc2136",
        "component": "federation",
    } | more


def rows(**more: Any) -> list[dict[str, Any]]:
    return [row(domain, **more) for domain in DOMAINS]


def test_a_list_cut_short_is_refused_before_anything_is_registered(configured: Plugin):
    configured.monitor.exported = {"records": rows()}
    assert refused(configured, {**ARGS, "domains": DOMAINS[:5]}) == [
        "1 problem in the XMPP federation configuration:",
        "  5 of 10 SIP domains lose federation: d5.contoso.com, d6.contoso.com, d7.contoso.com, d8.contoso.com, "
        "d9.contoso.com; where that is meant, maxRemoved: 5 for this update",
    ]
    assert configured.monitor.registered == {}


def test_addresses_that_go_take_their_sip_domains_with_them(configured: Plugin):
    addresses = [row(each, name=f"xmpp.{each}", type="A", values=["131.107.155.10"]) for each in DOMAINS]
    configured.monitor.exported = {"records": [*rows(), *addresses]}
    given = {"edgePools": [{"manageAddresses": False}], "domains": DOMAINS}
    assert refused(configured, {**ARGS, **given})[1].startswith("  10 of 10 SIP domains lose federation: d0.")


def test_a_preview_shows_the_whole_plan_and_warns(configured: Plugin):
    configured.monitor.exported = {"records": rows()}
    configured.construct({**ARGS, "domains": DOMAINS[:5]}, dryRun=True)
    [text] = [line.text for line in configured.lines if "lose federation" in line.text]
    assert text.startswith(
        "`pulumi up` will refuse this: 5 of 10 SIP domains lose federation: d5.contoso.com, "
    )


def test_the_exact_number_lets_an_update_through(configured: Plugin):
    configured.monitor.exported = {"records": rows()}
    configured.construct({**ARGS, "domains": DOMAINS[:5], "maxRemoved": 5.0})


def test_any_other_number_does_not(configured: Plugin):
    configured.monitor.exported = {"records": rows()}
    text = refused(configured, {**ARGS, "domains": DOMAINS[:5], "maxRemoved": 6})[1]
    assert text.endswith("; where that is meant, maxRemoved: 5 for this update (it is 6)")


def test_off_lets_everything_through(configured: Plugin):
    configured.monitor.exported = {"records": rows()}
    configured.construct({**ARGS, "domains": DOMAINS[:1], "maxRemoved": "off"})


def test_what_is_disabled_loses_federation_and_goes_without_a_word_later(configured: Plugin):
    disabled = [{"name": domain, "federation": "disabled"} for domain in DOMAINS[5:]]
    configured.monitor.exported = {"records": rows()}
    text = refused(configured, {**ARGS, "domains": [*DOMAINS[:5], *disabled]})[1]
    assert text.startswith("  5 of 10 SIP domains lose federation: d5.contoso.com")
    configured.monitor.exported = {
        "records": rows()[:5] + [row(domain, values=["0 0 0 ."]) for domain in DOMAINS[5:]]
    }
    configured.construct({**ARGS, "domains": DOMAINS[:5]})


def test_records_of_the_component_alone_count_wherever_the_program_exports_them(configured: Plugin):
    others = [row(f"x{number}.contoso.com", component="other") for number in range(90)]
    configured.monitor.exported = {
        "dns": {"all": [others, rows()]},
        "address": "131.107.155.10",
        "count": 2.0,
    }
    text = refused(configured, {**ARGS, "domains": DOMAINS[:5]})[1]
    assert text.startswith("  5 of 10 SIP domains lose federation")


def test_what_stays_when_its_resource_goes_is_not_lost(configured: Plugin):
    configured.monitor.exported = {"records": rows(retainOnDelete=True)}
    configured.construct({**ARGS, "domains": DOMAINS[:5]})


def test_a_target_that_is_misspelt_for_all_is_refused(configured: Plugin):
    configured.monitor.exported = {"records": rows(retainOnDelete=True)}
    pools = [{"host": "xmp", "ipv4": ["131.107.155.10"]}]
    text = refused(configured, {**ARGS, "domains": DOMAINS, "edgePools": pools})[1]
    assert text.startswith("  10 of 10 SIP domains lose a target that they had: d0.contoso.com, ")
    assert text.endswith(" and 2 more; where that is meant, maxRemoved: 10 for this update")


def test_rows_without_a_component_and_addresses_are_not_counted(configured: Plugin):
    without = [{key: value for key, value in each.items() if key != "component"} for each in rows()]
    addresses = [
        row(domain, name=f"xmpp.{domain}", type="A", values=["131.107.155.10"]) for domain in DOMAINS
    ]
    configured.monitor.exported = {"records": without + addresses}
    configured.construct({**ARGS, "domains": DOMAINS[:1]})


def test_a_state_that_the_engine_is_writing_is_read_again(
    configured: Plugin, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(exported, "PAUSE", 0)
    configured.monitor.unread = [WRITING] * (exported.LOOKS - 1)
    configured.construct(ARGS)
    assert configured.monitor.unread == []


@pytest.mark.parametrize(
    ("failures", "told"),
    [([WRITING] * exported.LOOKS, "failed to load checkpoint: EOF"), (["no permission"], "no permission")],
    ids=["writing", "refused"],
)
def test_what_cannot_be_read_ends_the_update_in_one_line(
    configured: Plugin, monkeypatch: pytest.MonkeyPatch, failures: list[str], told: str
):
    monkeypatch.setattr(exported, "PAUSE", 0)
    configured.monitor.unread = failures
    assert refused(configured, ARGS) == [
        f"what the last update published is not known: {told}; maxRemoved: off goes on without"
    ]
