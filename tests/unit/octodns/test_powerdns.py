"""Through octodns-powerdns into a real PowerDNS."""

from typing import Any

import pytest
from octodns_powerdns import PowerDnsProvider
from requests import ReadTimeout
from tests.unit.bulk.lab import ADDRESS, OTHER_ADDRESS, ZONE, domain, domains, failed
from tests.unit.octodns.lab import WHERE, Stack, on_powerdns
from tools.lab.powerdns import KEY, PowerDns

from xmpp_federation_dns.backends.client import DeniedError, UnservedError, UpdateError
from xmpp_federation_dns.changes import DELEGATED
from xmpp_federation_dns.keepers.keeper import UnfinishedError
from xmpp_federation_dns.keepers.ownership import WAYS_OUT

TARGET = f"xmpp.d1.{ZONE}"
MISSING = (
    f"{WHERE}: no such zone, as far as octodns_powerdns.PowerDnsProvider can tell; create it there, or correct its "
    "name or the arguments of the class (docs/octodns.md)"
)
FOREIGN = {
    (f"*.{ZONE}", "A"): (60, ("192.0.2.1",)),
    (f"*.web.{ZONE}", "CNAME"): (60, (f"www.{ZONE}.",)),
    (ZONE, "MX"): (60, (f"10 mail.{ZONE}.",)),
    (ZONE, "TXT"): (60, ('"v=spf1; \\"quoted\\" -all"',)),
    (ZONE, "CAA"): (60, ('0 issue "ca.example.net"',)),
    (f"_sip._tls.{ZONE}", "SRV"): (60, ("0 0 443 sip.contoso.com.", "1 0 443 sip2.contoso.com.")),
    (f"_443._tcp.{ZONE}", "TLSA"): (60, ("3 1 1 " + "ab" * 32,)),
    (f"old.{ZONE}", "HINFO"): (60, ('"pc" "dos"',)),
    (f"ptr.{ZONE}", "PTR"): (60, ("a.example.net.", "b.example.net.")),
}


def interrupt(monkeypatch: pytest.MonkeyPatch, before: Any = None, after: Any = None) -> None:
    """Do something between what is read and what is written, or after it, once."""
    provider: Any = PowerDnsProvider
    apply, once = provider._apply, [True]

    def applied(self: Any, plan: Any) -> None:
        first = once and once.pop()
        if first and before:
            before()
        apply(self, plan)
        if first and after:
            after()

    monkeypatch.setattr(provider, "_apply", applied)


def conflict(line: str, ways: str = "") -> str:
    return f"{WHERE}: nothing was changed because of 1 conflict:\n  {line}{ways}"


def test_record_sets_come_change_and_go_and_nothing_else_does(server: PowerDns, stack: Stack):
    for (name, rdtype), (ttl, values) in FOREIGN.items():
        server.put(ZONE, name, rdtype, ttl, values)
    before = server.record_sets(ZONE)
    assert {key: before[key] for key in FOREIGN} == FOREIGN
    stack.up({**domains(1, 2), f"xmpp.d1.{ZONE} AAAA": "300 2620:1ec::10"})
    assert server.record_sets(ZONE) == before | {
        (f"_xmpp-server._tcp.d1.{ZONE}", "SRV"): (3600, (f"0 0 5269 {TARGET}.",)),
        (f"_xmpp-server._tcp.d2.{ZONE}", "SRV"): (3600, (f"0 0 5269 xmpp.d2.{ZONE}.",)),
        (TARGET, "A"): (300, (ADDRESS,)),
        (TARGET, "AAAA"): (300, ("2620:1ec::10",)),
        (f"xmpp.d2.{ZONE}", "A"): (300, (ADDRESS,)),
    }
    none = {f"_xmpp-server._tcp.d3.{ZONE} SRV": "600 0 0 0 ."}
    stack.up(domain(1, OTHER_ADDRESS) | none)
    assert server.record_sets(ZONE) == before | {
        (f"_xmpp-server._tcp.d1.{ZONE}", "SRV"): (3600, (f"0 0 5269 {TARGET}.",)),
        (f"_xmpp-server._tcp.d3.{ZONE}", "SRV"): (600, ("0 0 0 .",)),
        (TARGET, "A"): (300, (OTHER_ADDRESS,)),
    }
    assert stack.refreshed() == domain(1, OTHER_ADDRESS) | none
    stack.destroy()
    assert server.record_sets(ZONE) == before


def test_a_name_in_another_script_is_published_as_its_a_label(server: PowerDns, stack: Stack):
    owner, target = f"_xmpp-server._tcp.xn--mnchen-3ya.{ZONE}", f"xmpp.xn--mnchen-3ya.{ZONE}"
    wanted = {f"{owner} SRV": f"3600 0 0 5269 {target}.", f"{target} A": f"300 {ADDRESS}"}
    stack.up(wanted)
    assert server.record_sets(ZONE)[owner, "SRV"] == (3600, (f"0 0 5269 {target}.",))
    assert stack.refreshed() == wanted
    before = server.serial(ZONE)
    stack.up(wanted)
    assert server.serial(ZONE) == before


def test_what_is_there_already_is_refused_and_the_way_out_is_no_adoption(server: PowerDns, stack: Stack):
    server.put(ZONE, TARGET, "A", 300, [ADDRESS])
    before = server.record_sets(ZONE)
    error = failed(UpdateError, stack.up, domain(1))
    ways = WAYS_OUT.replace("existing: adopt on the zone for one pulumi up", "delete it at the provider")
    assert "delete it at the provider" in ways
    assert str(error) == conflict(f"{TARGET} A: what is there is equal, but not of this resource", ways)
    assert server.record_sets(ZONE) == before


@pytest.mark.parametrize(
    ("rdtype", "value", "shown"),
    [
        ("CNAME", "edge.example.net.", "CNAME 60 edge.example.net."),
        ("ALIAS", "edge.example.net.", "ALIAS record"),
        ("LUA", "A \"ifportup(443, {'192.0.2.1'})\"", "PowerDnsProvider/LUA record"),
    ],
)
def test_what_would_answer_in_the_place_of_an_address_is_in_the_way(
    server: PowerDns, stack: Stack, rdtype: str, value: str, shown: str
):
    server.put(ZONE, TARGET, rdtype, 60, [value])
    assert str(failed(UpdateError, stack.up, domain(1))) == conflict(
        f"{TARGET} A: '{shown}' is not of this resource (renamed: give the component aliases; else delete it there, "
        "or take the SIP domain out of the configuration)"
    )


def test_what_lies_below_a_delegation_is_told(server: PowerDns, stack: Stack):
    server.put(ZONE, f"d1.{ZONE}", "NS", 60, ["ns.example.net."])
    hidden = DELEGATED.format(f"d1.{ZONE}")
    assert str(failed(UpdateError, stack.up, domain(1))) == (
        f"{WHERE}: nothing was changed because of 2 conflicts:\n"
        f"  {TARGET} A: {hidden}\n  _xmpp-server._tcp.d1.{ZONE} SRV: {hidden}"
    )


def test_a_disabled_record_set_reads_as_published(server: PowerDns, stack: Stack):
    stack.up(domain(1))
    server.put(ZONE, TARGET, "A", 300, [ADDRESS], disabled=True)
    assert (TARGET, "A") not in server.record_sets(ZONE)
    assert stack.refreshed() == domain(1)


def test_what_somebody_changed_is_refused(server: PowerDns, stack: Stack):
    stack.up(domain(1))
    server.put(ZONE, TARGET, "A", 60, ["192.0.2.1"])
    assert str(failed(UnfinishedError, stack.up, domain(1, OTHER_ADDRESS))) == conflict(
        f"{TARGET} A: '60 192.0.2.1' is not what this stack published (pulumi up --refresh replaces it)"
    )


def test_what_comes_between_read_and_write_is_overwritten(
    server: PowerDns, stack: Stack, monkeypatch: pytest.MonkeyPatch
):
    interrupt(monkeypatch, before=lambda: server.put(ZONE, TARGET, "A", 60, ["192.0.2.1"]))
    stack.up(domain(1))
    assert server.record_sets(ZONE)[TARGET, "A"] == (300, (ADDRESS,))


def test_of_a_plan_that_is_refused_in_the_middle_nothing_is_done(
    server: PowerDns, stack: Stack, monkeypatch: pytest.MonkeyPatch
):
    before = server.record_sets(ZONE)
    interrupt(monkeypatch, before=lambda: server.put(ZONE, TARGET, "CNAME", 60, ["edge.example.net."]))
    assert str(failed(UnfinishedError, stack.up, domains(1, 2))) == conflict(
        f"{TARGET} A: 'CNAME 60 edge.example.net.' is not of this resource (renamed: give the component aliases; "
        "else delete it there, or take the SIP domain out of the configuration)"
    )
    assert server.record_sets(ZONE) == before | {(TARGET, "CNAME"): (60, ("edge.example.net.",))}


def test_what_was_done_without_an_answer_is_found_done(stack: Stack, monkeypatch: pytest.MonkeyPatch):
    def lost() -> None:
        raise ReadTimeout("read timed out")

    interrupt(monkeypatch, after=lost)
    stack.up(domains(1, 2))
    assert stack.state["resource"]["recordSets"] == stack.refreshed() == domains(1, 2)


def test_what_is_wiped_after_it_was_sent_is_sent_again(
    server: PowerDns, stack: Stack, monkeypatch: pytest.MonkeyPatch
):
    interrupt(monkeypatch, after=lambda: server.put(ZONE, TARGET, "A", 0, []))
    stack.up(domains(1, 2))
    assert stack.refreshed() == domains(1, 2)


def test_the_serial_rises_where_the_zone_says_so_and_only_there(server: PowerDns, stack: Stack):
    first = server.serial(ZONE)
    stack.up(domain(1))
    second = server.serial(ZONE)
    server.call("PUT", f"/zones/{ZONE}.", {"soa_edit_api": ""})
    stack.up(domain(1, OTHER_ADDRESS))
    assert first < second == server.serial(ZONE)


def test_a_wrong_key_is_told_without_it(server: PowerDns, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("PDNS_API_KEY", "127.0.0.1")
    error = failed(DeniedError, on_powerdns(server).up, domain(1))
    assert str(error) == (
        f"{WHERE}: not read: Exception: PowerDNS unauthorized host=[env/PDNS_API_KEY]; see what its key is allowed "
        "(docs/octodns.md)"
    )


def test_a_zone_that_is_not_there_is_told_and_not_made(server: PowerDns, stack: Stack):
    server.delete(ZONE)
    error = failed(UnservedError, stack.up, domain(1))
    assert str(error) == MISSING
    assert server.call("GET", "/zones") == []


def test_a_zone_that_went_has_a_way_out(server: PowerDns, stack: Stack):
    stack.up(domain(1))
    server.delete(ZONE)
    assert str(failed(UpdateError, stack.destroy)) == (
        f"{MISSING}; where the zone is gone for good: retainOnDelete: true on it for one pulumi up without --refresh, "
        "or pulumi state delete"
    )


def test_the_state_has_no_key(stack: Stack):
    stack.up(domain(1))
    assert KEY not in str(stack.state)
    assert stack.state["resource"]["arguments"]["api_key"] == "env/PDNS_API_KEY"
