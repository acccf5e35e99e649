"""Delegations are followed from the parents, down a private tree of Knot servers."""

from dataclasses import replace
from typing import Any

import dns.asyncresolver
import dns.exception
import dns.resolver
import pytest
from tests.proof.dns.cases import expected, run
from tests.proof.dns.tree import TREE, Resolver

from xmpp_federation_dns.proof.dns.authority import Delegation
from xmpp_federation_dns.proof.dns.delegation import Parents
from xmpp_federation_dns.proof.dns.server import Servers
from xmpp_federation_dns.proof.dns.verify import VerifyOptions, verify
from xmpp_federation_dns.proof.report import Finding, NoResolverError, Subject, Verdict
from xmpp_federation_dns.proof.resolver import IN_FLIGHT


def proven(*wanted: Any, timeout: float = 20) -> list[Verdict]:
    return run(verify(wanted, VerifyOptions(timeout=timeout), lambda _: None))


def delegation(zone: str) -> Delegation | Finding:
    async def one() -> Delegation | Finding:
        return await Parents(Servers(1e6, 0.3)).delegation(zone)

    return run(one())


def unpublished(zone: str, text: str) -> Finding:
    way_out = "have it delegated at the registrar, correct its name, or give a private one nameservers"
    return Finding("V2", "error", Subject(zone, of="zone"), text, way_out)


def test_a_domain_is_proven_by_the_servers_that_its_parent_names(tree: Resolver):
    assert proven(expected()) == [Verdict("contoso.com")]
    assert ("contoso.com", "NS") not in tree.asked


def test_glue_is_followed_and_not_what_the_resolver_says(tree: Resolver):
    found = delegation("contoso.com")
    assert isinstance(found, Delegation)
    assert [server.label for server in found.servers] == ["ns1.contoso.com (127.0.0.13)"]
    assert (found.names, found.secure) == (frozenset({"ns1.contoso.com"}), ())
    assert ("ns1.contoso.com", "A") not in tree.asked


def test_a_delegation_is_found_from_the_root_where_nothing_closer_is_known(tree: Resolver):
    tree.table = {key: value for key, value in TREE.items() if key[0] in ("", "ns.root")}
    found = delegation("contoso.com")
    assert isinstance(found, Delegation)
    assert found.names == {"ns1.contoso.com"}


def test_a_target_elsewhere_is_asked_for_at_the_servers_of_its_own_zone(tree: Resolver):
    fabrikam = expected("fabrikam.com", srv=("0 0 5269 edge.proseware.net.",), ipv4=(), zone="fabrikam.com")
    assert proven(fabrikam) == [Verdict("fabrikam.com")]
    assert ("edge.proseware.net", "NS") in tree.asked


def test_no_parent_is_looked_up_of_a_zone_whose_servers_the_configuration_names(tree: Resolver, port: int):
    private = replace(expected(), nameservers={"contoso.com": [f"127.0.0.13:{port}"]})
    assert proven(private) == [Verdict("contoso.com")]
    assert tree.asked == []


def test_the_parents_of_the_other_zones_are_followed(tree: Resolver, port: int):
    private = replace(expected(), nameservers={"contoso.com": [f"127.0.0.13:{port}"]})
    fabrikam = expected("fabrikam.com", srv=("0 0 5269 edge.proseware.net.",), ipv4=(), zone="fabrikam.com")
    assert proven(private, fabrikam) == [Verdict("contoso.com"), Verdict("fabrikam.com")]
    assert ("edge.proseware.net", "NS") in tree.asked


def test_a_server_that_the_configuration_names_and_that_does_not_serve_the_zone_is_told(
    tree: Resolver, port: int
):
    private = replace(expected(), nameservers={"contoso.com": [f"127.0.0.11:{port}"]})
    [verdict] = proven(private)
    text, way_out = (
        "a name server is not authoritative for it",
        "serve the zone there, or take the server out of those to ask",
    )
    seen = {"127.0.0.11": "a referral to the name servers of com"}
    assert verdict.findings == (
        Finding("V1", "error", Subject("contoso.com", of="zone"), text, way_out, seen=seen),
    )
    assert tree.asked == []


@pytest.mark.usefixtures("tree")
def test_v8_a_target_elsewhere_that_leads_nowhere_is_named():
    gone = "_xmpp-server._tcp.fabrikam.com"
    fabrikam = expected("fabrikam.com", srv=("0 0 5269 gone.proseware.net.",), ipv4=(), zone="fabrikam.com")
    [verdict] = proven(fabrikam)
    # What the zone has instead is wrong as well, but another matter.
    assert [(each.check, str(each.subject)) for each in verdict.findings] == [
        ("V3", f"{gone} SRV"),
        ("V8", "gone.proseware.net"),
    ]


@pytest.mark.usefixtures("tree")
def test_v1_a_parent_that_names_more_servers_than_the_zone_is_a_warning():
    [verdict] = proven(expected("litware.com", zone="litware.com"))
    label = "ns1.contoso.com (127.0.0.13)"
    assert verdict.findings == (
        Finding(
            "V1",
            "warning",
            Subject("litware.com", "NS", "zone"),
            "the parent delegates to other name servers than the zone names",
            "make both the same at the registrar",
            "ns1.contoso.com, ns2.contoso.com",
            {label: "ns1.contoso.com"},
        ),
    )


@pytest.mark.usefixtures("tree")
def test_v2_a_zone_without_delegation_is_not_public():
    assert delegation("woodgrove.com") == unpublished(
        "woodgrove.com", "com has no delegation of it: the zone is not public"
    )
    assert delegation("invalid") == unpublished(
        "invalid", "the root has no delegation of it: the zone is not public"
    )


@pytest.mark.usefixtures("tree")
def test_v2_its_domains_are_not_looked_at_further():
    [verdict] = proven(expected("woodgrove.com", zone="woodgrove.com"))
    assert verdict.findings == (
        unpublished("woodgrove.com", "com has no delegation of it: the zone is not public"),
    )


@pytest.mark.usefixtures("tree")
def test_v1_name_servers_without_address_are_named():
    [verdict] = proven(expected("adatum.com", zone="adatum.com"))
    assert verdict.findings == (
        Finding(
            "V1",
            "error",
            Subject("adatum.com", "NS", "zone"),
            "name servers without address: ns.adatum.net",
            "publish their addresses, or take them out of the delegation",
        ),
    )


@pytest.mark.usefixtures("tree")
def test_a_record_below_another_delegation_is_told_with_the_zone_to_configure():
    [verdict] = proven(expected("sub.contoso.com"))
    text = "it lies in a zone of its own, which is delegated to other name servers"
    way_out = "publish it in the zone sub.contoso.com"
    seen = {"ns1.contoso.com (127.0.0.13)": "a referral to the name servers of sub.contoso.com"}
    assert verdict.findings == tuple(
        Finding(check, "error", Subject(name, kind), text, way_out, seen=seen)
        for check, name, kind in (
            ("V3", "_xmpp-server._tcp.sub.contoso.com", "SRV"),
            ("V8", "xmpp.sub.contoso.com", "A"),
            ("V8", "xmpp.sub.contoso.com", "AAAA"),
        )
    )


def test_the_same_is_looked_up_once(tree: Resolver):
    proven(expected(), expected("litware.com", zone="litware.com"))
    assert sorted(tree.asked) == sorted(set(tree.asked))


def test_the_resolver_is_asked_many_questions_at_a_time_and_not_too_many(tree: Resolver):
    wanted = [
        expected(f"d{number}.contoso.com", srv=(f"0 0 5269 t{number}.proseware.net.",), ipv4=())
        for number in range(100)
    ]
    found = proven(*wanted)
    assert {verdict.state for verdict in found} == {"failed"}
    assert tree.most_open == IN_FLIGHT


def test_a_resolver_that_does_not_tell_leaves_only_its_zones_unknown(tree: Resolver):
    tree.table = {**TREE, ("net", "NS"): dns.exception.Timeout(), ("a.net", "NS"): []}
    good, bad = proven(expected(), expected("a.net", zone="a.net"))
    assert good == Verdict("contoso.com")
    assert bad.findings == (
        Finding(
            "V1",
            "unknown",
            Subject("a.net", of="zone"),
            "the resolver of this machine does not tell NS of net: The DNS operation timed out.",
            "ask again, or name the servers to ask, with --nameserver or nameservers of the zone",
        ),
    )


def test_a_target_whose_zone_the_resolver_does_not_tell_is_not_asked_for(tree: Resolver):
    tree.table = {**TREE, ("edge.proseware.net", "NS"): OSError("network is unreachable")}
    fabrikam = expected("fabrikam.com", srv=("0 0 5269 edge.proseware.net.",), ipv4=(), zone="fabrikam.com")
    [verdict] = proven(fabrikam)
    assert [(each.check, each.severity) for each in verdict.findings] == [("V8", "unknown")] * 2
    assert verdict.findings[0].text == "the resolver of this machine does not tell whose zone it lies in"


def test_a_machine_without_resolver_is_told(monkeypatch: pytest.MonkeyPatch):
    def none() -> None:
        raise dns.resolver.NoResolverConfiguration

    monkeypatch.setattr(dns.asyncresolver, "get_default_resolver", none)
    with pytest.raises(NoResolverError) as caught:
        proven(expected())
    assert (
        str(caught.value)
        == "this machine has no resolver; name the servers to ask, with --nameserver or nameservers of the zone"
    )


def test_a_resolver_that_tells_nothing_ends_the_proof_at_once(resolver: Resolver):
    resolver.table = {("com", "NS"): dns.exception.Timeout(), ("", "NS"): OSError("closed")}
    with pytest.raises(NoResolverError) as caught:
        proven(expected(), expected("invalid", zone="invalid"))
    assert str(caught.value) == "the resolver of this machine does not tell NS of .: closed"
