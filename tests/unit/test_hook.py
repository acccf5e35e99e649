import asyncio
from collections.abc import Coroutine, Mapping, Sequence
from typing import Any, cast

import pulumi
import pytest
from tests.recorder import Run, hosted_zones, run
from tests.unit.table import BASE

from xmpp_federation_dns import XmppFederationDns, hook
from xmpp_federation_dns.federation import Federation
from xmpp_federation_dns.problems import Secret
from xmpp_federation_dns.proof.dns import verify as over_dns
from xmpp_federation_dns.proof.dns.verify import VerifyOptions
from xmpp_federation_dns.proof.report import Finding, NoResolverError, Subject, Verdict

SRV, A = "_xmpp-server._tcp.contoso.com", "xmpp.contoso.com"
ERROR = Finding("V3", "error", Subject(SRV, "SRV"), "not published", "run it again")
SILENT = Finding("V8", "unknown", Subject(A, "A"), "a name server gives no answer")
WARNING = Finding("V13", "warning", Subject(A, "A"), "the TTL is not as configured")


class Asked:
    """What the hook asked of DNS, and the findings it is answered with."""

    def __init__(self, *findings: Finding) -> None:
        self.findings = findings
        self.expected: list[Federation] = []
        self.named: list[Mapping[str, Sequence[str]]] = []
        self.subjects: set[Subject] = set()

    async def verify(
        self, expected: Sequence[Federation], options: VerifyOptions, progress: Any
    ) -> list[Verdict]:
        progress(len(expected))
        self.expected = list(expected)
        self.named += [each.nameservers for each in expected]
        self.subjects = set(options.subjects or ())
        return [Verdict(each.domain, self.findings) for each in expected]


def hooked(
    monkeypatch: pytest.MonkeyPatch, resource: str, asked: Asked | None = None, **given: Any
) -> tuple[Run, str]:
    """Publish, then run the hook of *resource* as the engine would; return what it raised."""
    hooks: list[pulumi.ResourceHook] = []
    make = pulumi.ResourceHook

    def keep(*arguments: Any) -> pulumi.ResourceHook:
        hooks.append(make(*arguments))
        return hooks[-1]

    monkeypatch.setattr(pulumi, "ResourceHook", keep)
    if asked:
        monkeypatch.setattr(over_dns, "verify", asked.verify)
    done = run(
        lambda: XmppFederationDns("federation", BASE | {"verify": "fail"} | given),
        hosted_zones({"Z1": "contoso.com"}),
    )
    [made] = hooks
    called = made(pulumi.ResourceHookArgs("urn", "id", f"federation-{resource}", "type"))
    # Not asyncio.run(), which takes away the loop that Pulumi goes on with.
    loop = asyncio.new_event_loop()
    try:
        loop.run_until_complete(cast("Coroutine[Any, Any, None]", called))
    except pulumi.RunError as error:
        return done, str(error)
    finally:
        loop.close()
    return done, ""


def test_without_verify_no_resource_has_a_hook():
    done = run(lambda: XmppFederationDns("federation", BASE), hosted_zones({"Z1": "contoso.com"}))
    assert [registration.hooks for registration in done.registrations] == [{}] * 3


@pytest.mark.parametrize(("mode", "ignored"), [("warn", True), ("fail", False)])
def test_every_record_set_has_the_hook_after_create_and_update_and_never_in_a_preview(
    monkeypatch: pytest.MonkeyPatch, mode: str, ignored: bool
):
    made: list[pulumi.ResourceHookOptions] = []
    options = pulumi.ResourceHookOptions

    def keep(**arguments: bool) -> pulumi.ResourceHookOptions:
        made.append(options(**arguments))
        return made[-1]

    monkeypatch.setattr(pulumi, "ResourceHookOptions", keep)
    done, _ = hooked(monkeypatch, f"{A}-A", Asked(), verify=mode)
    binding = {"after_create": ["federation-verify"], "after_update": ["federation-verify"]}
    assert [r.hooks for r in done.registrations if r.type == "aws:route53/record:Record"] == [binding] * 2
    assert [(each.ignore_errors, each.on_dry_run) for each in made] == [(ignored, False)]


def test_with_an_srv_record_set_the_addresses_of_its_targets_are_verified(monkeypatch: pytest.MonkeyPatch):
    asked = Asked(WARNING)
    pools = [{"ipv4": ["131.107.155.10"], "ipv6": ["2620:1ec::10"]}]
    domains = ["contoso.com", "eu.contoso.com"]
    assert hooked(monkeypatch, f"{SRV}-SRV", asked, edgePools=pools, domains=domains)[1] == ""
    assert [(e.domain, [a.type for a in e.addresses]) for e in asked.expected] == [
        ("contoso.com", ["A", "AAAA"])
    ]
    assert asked.subjects == {
        Subject("contoso.com", of="zone"),
        Subject(SRV, "SRV"),
        Subject(SRV),
        Subject(A, "A"),
        Subject(A, "AAAA"),
        Subject(A),
    }


def test_with_an_address_record_set_it_alone_is_verified(monkeypatch: pytest.MonkeyPatch):
    asked = Asked()
    pools = [{"ipv4": ["131.107.155.10"], "ipv6": ["2620:1ec::10"]}]
    assert hooked(monkeypatch, f"{A}-AAAA", asked, edgePools=pools)[1] == ""
    assert [(e.domain, [a.values for a in e.addresses]) for e in asked.expected] == [
        ("contoso.com", [["2620:1ec::10"]])
    ]
    assert asked.subjects == {
        Subject("contoso.com", of="zone"),
        Subject(A, "AAAA"),
        Subject(A),
    }


def test_with_the_srv_record_set_of_direct_tls_the_sip_domain_is_verified(monkeypatch: pytest.MonkeyPatch):
    asked = Asked()
    pools = [{"ipv4": ["131.107.155.10"], "directTlsPort": 5270}]
    name = "_xmpps-server._tcp.contoso.com"
    assert hooked(monkeypatch, f"{name}-SRV", asked, profile="standard", edgePools=pools)[1] == ""
    [expected] = asked.expected
    assert expected.direct_tls
    assert expected.direct_tls.values == ["0 0 5270 xmpp.contoso.com."]
    assert Subject(SRV, "SRV") not in asked.subjects
    assert Subject(name, "SRV") in asked.subjects


def test_an_address_that_is_an_output_is_verified(monkeypatch: pytest.MonkeyPatch):
    asked = Asked()
    secret = Secret("131.107.155.20")
    assert hooked(monkeypatch, f"{A}-A", asked, edgePools=[{"ipv4": [secret]}])[1] == ""
    assert asked.expected[0].addresses[0].values == ["131.107.155.20"]


def test_the_servers_that_a_zone_names_are_asked(monkeypatch: pytest.MonkeyPatch):
    asked = Asked()
    zones = [
        {"provider": "aws", "name": "Contoso.com.", "nameservers": ["192.0.2.53:5300"]},
        {"provider": "rfc2136", "name": "fabrikam.com", "server": "192.0.2.53"},
    ]
    domains = ["contoso.com", "fabrikam.com"]
    for resource in (f"{A}-A", "xmpp.fabrikam.com-A"):
        assert hooked(monkeypatch, resource, asked, zones=zones, domains=domains)[1] == ""
        monkeypatch.undo()
    assert asked.named == [{"contoso.com": ["192.0.2.53:5300"]}, {}]


def test_a_server_of_a_zone_whose_name_does_not_resolve_is_told(monkeypatch: pytest.MonkeyPatch):
    zones = [{"provider": "aws", "name": "contoso.com", "nameservers": ["ns1.contoso.invalid:5300"]}]
    assert hooked(monkeypatch, f"{A}-A", zones=zones)[1] == (
        "not verified: ns1.contoso.invalid:5300: the name of the server does not resolve"
    )


def test_a_list_of_addresses_that_is_an_output_is_verified(monkeypatch: pytest.MonkeyPatch):
    asked = Asked()
    later = pulumi.Output.from_input(["131.107.155.21", "131.107.155.20"])
    assert hooked(monkeypatch, f"{A}-A", asked, edgePools=[{"ipv4": later}])[1] == ""
    assert asked.expected[0].addresses[0].values == ["131.107.155.20", "131.107.155.21"]


def test_everything_that_is_not_proven_is_told_at_once(monkeypatch: pytest.MonkeyPatch):
    assert hooked(monkeypatch, f"{SRV}-SRV", Asked(ERROR, WARNING, SILENT))[1] == (
        "published, and not proven:\n"
        f"  V3 {SRV} SRV: not published; run it again\n"
        f"  V8 {A} A: a name server gives no answer"
    )


def test_what_is_wrong_with_a_zone_is_told_once_for_all_its_sip_domains(monkeypatch: pytest.MonkeyPatch):
    assert hooked(monkeypatch, f"{SRV}-SRV", Asked(ERROR, ERROR))[1] == (
        f"published, and not proven:\n  V3 {SRV} SRV: not published; run it again"
    )


def test_a_machine_without_resolver_is_told(monkeypatch: pytest.MonkeyPatch):
    async def fail(*_: object) -> list[Verdict]:
        raise NoResolverError("the resolver of this machine does not tell NS of com")

    monkeypatch.setattr(over_dns, "verify", fail)
    assert (
        hooked(monkeypatch, f"{SRV}-SRV")[1]
        == "not verified: the resolver of this machine does not tell NS of com"
    )


def test_with_a_zone_in_bulk_everything_in_it_is_verified(monkeypatch: pytest.MonkeyPatch):
    asked = Asked()
    zones = [{"provider": "rfc2136", "name": "contoso.com", "server": "192.0.2.53", "bulk": True}]
    domains = ["contoso.com", "eu.contoso.com"]
    done, told = hooked(monkeypatch, "contoso.com", asked, zones=zones, domains=domains)
    binding = {"after_create": ["federation-verify"], "after_update": ["federation-verify"]}
    assert (done.named("federation-contoso.com").hooks, told) == (binding, "")
    assert [(e.domain, [a.name for a in e.addresses]) for e in asked.expected] == [
        ("contoso.com", ["xmpp.contoso.com"]),
        ("eu.contoso.com", ["xmpp.eu.contoso.com"]),
    ]


def demanded(monkeypatch: pytest.MonkeyPatch, *, satisfied: bool) -> list[str]:
    """Publish on an engine that is new enough or not; return what was demanded of it."""
    ranges: list[str] = []

    def demand(wanted: str) -> None:
        ranges.append(wanted)
        if not satisfied:
            raise Exception(f"version 3.200.0 does not satisfy {wanted}")  # noqa: TRY002 so does the SDK

    monkeypatch.setattr(hook, "get_engine", object)
    monkeypatch.setattr(pulumi, "require_pulumi_version", demand)
    run(
        lambda: XmppFederationDns("federation", BASE | {"verify": "warn"}),
        hosted_zones({"Z1": "contoso.com"}),
    )
    return ranges


def test_the_engine_is_asked_whether_its_hooks_end_an_update(monkeypatch: pytest.MonkeyPatch):
    assert demanded(monkeypatch, satisfied=True) == [">=3.238.0"]


def test_an_engine_whose_hooks_do_not_is_refused(monkeypatch: pytest.MonkeyPatch):
    with pytest.raises(pulumi.RunError) as raised:
        demanded(monkeypatch, satisfied=False)
    assert str(raised.value) == (
        "verify: warn needs the Pulumi CLI >=3.238.0: version 3.200.0 does not satisfy >=3.238.0"
    )


def test_a_secret_address_is_not_shown(monkeypatch: pytest.MonkeyPatch):
    served = Finding("V9", "error", Subject(A, "A"), "other addresses", "expected 131.107.155.10")
    pools = [{"ipv4": [Secret("131.107.155.10"), Secret("131.107.155.1")]}]
    _, shown = hooked(monkeypatch, f"{A}-A", Asked(served), edgePools=pools)
    assert shown.splitlines()[1:] == ["  V9 xmpp.contoso.com A: other addresses; expected [secret]"]
    _, open_ = hooked(monkeypatch, f"{A}-A", Asked(served))
    assert open_.splitlines()[-1] == "  V9 xmpp.contoso.com A: other addresses; expected 131.107.155.10"
