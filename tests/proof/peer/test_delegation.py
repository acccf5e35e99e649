"""Partners are found by the delegations of their zones: a private tree of Knot servers."""

import asyncio
from datetime import timedelta
from pathlib import Path
from typing import Any

import dns.asyncresolver
import dns.exception
import pytest
from tests.proof.dns.cases import run
from tests.proof.dns.hostile import rcode
from tests.proof.dns.knots import knot
from tests.proof.dns.standin import serving
from tests.proof.dns.test_dnssec import TEXT, now, presigned
from tests.proof.dns.tree import TREE, Resolver
from tests.proof.peer.lab import told
from tools.lab.knot import free_port

from xmpp_federation_dns.proof.dns import asking
from xmpp_federation_dns.proof.dns.asking import LookOptions
from xmpp_federation_dns.proof.dns.look import Look, look
from xmpp_federation_dns.proof.report import NoResolverError

CONTOSO = "_xmpp-server._tcp.contoso.com"
FABRIKAM = "_xmpp-server._tcp.fabrikam.com"
KNOWN = {**TREE, ("fabrikam.com", "NS"): ["ns1.contoso.com."]}


def delegated(*domains: str) -> list[Look]:
    return run(look(domains, LookOptions(), lambda _: None))


def test_the_parents_tell_whose_zone_it_is_and_targets_elsewhere_are_followed(tree: Resolver):
    tree.table = KNOWN
    first, second = delegated("contoso.com", "fabrikam.com")
    assert told(first.findings) == [
        f"V3 info {CONTOSO} SRV: peers are sent to xmpp.contoso.com port 5269 (131.107.155.10)"
    ]
    assert told(second.findings) == [
        f"V3 info {FABRIKAM} SRV: peers are sent to edge.proseware.net port 5269 (131.107.155.10)"
    ]


def test_progress_is_told_as_it_is_made(tree: Resolver):
    tree.table = KNOWN
    steps: list[int] = []
    run(look(["contoso.com", "fabrikam.com"], LookOptions(), steps.append))
    assert steps == [2]


@pytest.mark.usefixtures("tree")
def test_a_top_level_domain_that_does_not_exist_is_told():
    first, second = delegated("contoso.corp", "contoso.com")
    assert told(first.findings) == [
        "V2 error contoso.corp: there is no top-level domain 'corp': no peer on the internet finds it; correct its name"
    ]
    assert first.reached is None
    assert second.reached is not None


@pytest.mark.usefixtures("tree")
def test_a_domain_that_nobody_registered_is_told_by_its_parent_and_the_parent_is_not_blamed():
    [one] = delegated("northwind.com")
    owner = "_xmpp-server._tcp.northwind.com"
    assert told(one.findings) == [
        f"V3 error {owner} SRV: there is no such domain; "
        f"correct its name, or ask its administrator to publish {owner} SRV"
    ]


def test_a_domain_of_which_the_resolver_tells_nothing_is_unknown(tree: Resolver):
    tree.table = {**TREE, (f"{FABRIKAM}", "NS"): dns.exception.Timeout()}
    first, second = delegated("fabrikam.com", "contoso.com")
    assert told(first.findings) == [
        "V1 unknown fabrikam.com: no resolver tells which zone it lies in; "
        "ask again, or name the servers to ask, with --nameserver"
    ]
    assert second.reached is not None


def test_a_zone_without_name_servers_that_answer_is_told(tree: Resolver):
    tree.table = {**TREE, ("adatum.com", "NS"): ["ns.adatum.net."]}
    [one] = delegated("adatum.com")
    assert told(one.findings) == [
        "V1 error adatum.com NS: name servers without address: ns.adatum.net; "
        "publish their addresses, or take them out of the delegation"
    ]


def test_a_target_in_a_zone_that_nobody_serves_is_not_taken_for_fine(tree: Resolver):
    tree.table = {**KNOWN, ("net", "NS"): ["ns.net."]}
    [one] = delegated("fabrikam.com")
    assert [(each.check, each.severity) for each in one.findings] == [("V1", "unknown")]


def test_a_resolver_that_answers_nothing_ends_it(tree: Resolver):
    tree.table = {("com", "NS"): dns.exception.Timeout()}
    with pytest.raises(NoResolverError, match="the resolver of this machine does not tell NS of com: "):
        delegated("contoso.com", "fabrikam.com")


def test_given_resolvers_are_asked_in_place_of_that_of_the_machine(tree: Resolver):
    async def ask() -> None:
        async with serving(rcode(2)) as server:
            await look(
                ["contoso.com"], LookOptions(resolvers=((server.address, server.port),)), lambda _: None
            )

    with pytest.raises(NoResolverError, match="the given resolver does not tell NS of com: "):
        run(ask())
    assert tree.asked == []


@pytest.mark.usefixtures("tree")
def test_a_resolver_that_takes_its_time_over_a_target_is_left_in_time(monkeypatch: pytest.MonkeyPatch):
    class Late(Resolver):
        async def resolve(self, name: str, kind: str, **options: Any) -> Any:
            if name == "edge.proseware.net." and kind == "NS":
                await asyncio.sleep(3600)
            return await super().resolve(name, kind, **options)

    monkeypatch.setattr(dns.asyncresolver, "default_resolver", Late(KNOWN))
    monkeypatch.setattr(asking, "CONTACTS", 0.2)
    [one] = delegated("fabrikam.com")
    assert told(one.findings) == [
        f"V8 unknown edge.proseware.net {kind}: the resolver of this machine does not tell whose zone it lies in; "
        "ask again, or name the servers to ask, with --nameserver or nameservers of the zone"
        for kind in ("A", "AAAA")
    ]


def test_a_zone_that_is_signed_validates(tmp_path: Path):
    with knot(tmp_path / "k", {"contoso.com.": TEXT}, port := free_port(), signing=True):
        [one] = run(look(["contoso.com"], LookOptions((("127.0.0.1", port),)), lambda _: None))
    assert [(each.check, each.severity) for each in one.findings] == [("V3", "info")]


def test_v16_a_tlsa_record_that_peers_pass_over_is_told(tmp_path: Path):
    text = f"{TEXT}_5269._tcp.xmpp 300 TLSA 3 1 9 abcd\n"
    with knot(tmp_path / "k", {"contoso.com.": text}, port := free_port(), signing=True):
        [one] = run(look(["contoso.com"], LookOptions((("127.0.0.1", port),)), lambda _: None))
    assert {(each.check, each.severity) for each in one.findings} == {("V16", "warning"), ("V3", "info")}


def test_v22_a_port_of_servers_that_clients_are_sent_to_is_told(tmp_path: Path):
    text = f"{TEXT}_xmpp-client._tcp 300 SRV 0 0 5269 xmpp\n"
    with knot(tmp_path / "k", {"contoso.com.": text}, port := free_port()):
        [one] = run(look(["contoso.com"], LookOptions((("127.0.0.1", port),)), lambda _: None))
    assert {(each.check, each.severity) for each in one.findings} == {("V22", "warning"), ("V3", "info")}


def test_v15_a_zone_that_was_changed_after_it_was_signed_is_told(tmp_path: Path):
    text = presigned(
        now() - timedelta(1), 10, changed=("_xmpp-server._tcp", "SRV 1 0 5269 other.contoso.com.")
    )
    with knot(tmp_path / "k", {"contoso.com.": text}, port := free_port()):
        [one] = run(look(["contoso.com"], LookOptions((("127.0.0.1", port),)), lambda _: None))
    [finding] = [each for each in one.findings if each.check == "V15"]
    assert (finding.severity, finding.text) == ("error", "resolvers that validate refuse it")
