"""What `check` and `pulumi up` find wrong with a zone of octoDNS, before anything is asked."""

import sys
from pathlib import Path
from typing import Any

import octodns
import pytest
from tests.standins.octodns_records import RecordProvider
from tests.unit.octodns.lab import POWERDNS, RECORDS

from xmpp_federation_dns import OctodnsZone, Zone
from xmpp_federation_dns.backends import octodns as module
from xmpp_federation_dns.backends.octodns_options import argument_faults
from xmpp_federation_dns.configuration.check import check
from xmpp_federation_dns.configuration.shape import parse
from xmpp_federation_dns.keepers.keeper import Keeper
from xmpp_federation_dns.problems import Problem, Unknown

CONSENT = (
    "sends record sets one by one, as far as is known; set oneByOne: true where an interrupted update may leave half "
    "of them (docs/octodns.md)"
)
ARGUMENTS: dict[str, Any] = {"host": "dns.example.net", "api_key": "env/PDNS_API_KEY", "scheme": "https"}
STANDINS = RECORDS.rpartition(".")[0]


def zone(provider_class: str = POWERDNS, **options: Any) -> OctodnsZone:
    given: Any = {"arguments": ARGUMENTS, **options}
    return OctodnsZone(name="contoso.com", provider_class=provider_class, **given)


def found(each: Zone) -> list[str]:
    return [str(problem) for problem in each.problems(None)]


def test_a_zone_of_powerdns_needs_nothing_but_its_arguments():
    assert found(zone()) == []


def test_bulk_is_implied_and_cannot_be_left():
    assert zone().bulk is True
    assert found(zone(bulk=False)) == [
        "bulk: zones of provider octodns are published in bulk alone; leave bulk out"
    ]


def test_nothing_is_adopted():
    assert found(zone(existing="adopt")) == [
        "existing: octoDNS may read less than is there, so nothing is taken over by what it reads; delete it at the "
        "provider first (docs/octodns.md)"
    ]


def test_a_class_that_is_not_known_to_be_atomic_needs_consent():
    arguments = {"account": "one"}
    assert found(zone(RECORDS, arguments=arguments)) == [f"providerClass: {RECORDS} {CONSENT}"]
    assert found(zone(RECORDS, arguments=arguments, one_by_one=True)) == []


@pytest.mark.parametrize(
    ("provider_class", "why"),
    [
        (
            "octodns_route53.Route53Provider",
            "this package publishes there itself, and promises more; write provider: aws and bulk: true",
        ),
        (
            "octodns_azure.AzureProvider",
            "this package publishes there itself, and promises more; write provider: azure and bulk: true",
        ),
        (
            "octodns_googlecloud.GoogleCloudProvider",
            "this package publishes there itself, and promises more; write provider: gcp",
        ),
        (
            "octodns_cloudflare.CloudflareProvider",
            "this package publishes there itself, and promises more; write provider: cloudflare",
        ),
        (
            "octodns_bind.Rfc2136Provider",
            "this package publishes there itself, and promises more; write provider: rfc2136",
        ),
        (
            "octodns_transip.TransipProvider",
            "it writes the whole zone anew, and would lose what it cannot read; use another way into the zone",
        ),
        (
            "octodns_sakuracloud.SakuraCloudProvider",
            "it writes the whole zone anew, and would lose what it cannot read; use another way into the zone",
        ),
        ("octodns.provider.yaml.YamlProvider", "it writes files, and no DNS server reads them"),
    ],
)
def test_a_class_that_may_not_publish_is_refused_with_the_way_out(provider_class: str, why: str):
    assert found(zone(provider_class, one_by_one=True)) == [f"providerClass: {provider_class}: {why}"]


@pytest.mark.parametrize(
    ("provider_class", "why"),
    [
        (
            "PowerDnsProvider",
            "'PowerDnsProvider' is not the name of a class, such as octodns_powerdns.PowerDnsProvider",
        ),
        ("octodns_powerdns.Nothing", "octodns_powerdns has no class Nothing"),
        (
            "octodns_nowhere.inside.Provider",
            "the Python package octodns_nowhere is not installed where this runs: pip install octodns-nowhere",
        ),
        ("octodns_powerdns.inside.Provider", "octodns_powerdns has no module inside"),
        (
            "octodns.provider.powerdns.PowerDnsProvider",
            "octodns has no module provider.powerdns any more; the class is octodns_powerdns.PowerDnsProvider: pip "
            "install octodns-powerdns",
        ),
        (
            "octodns.provider.azuredns.AzureProvider",
            "octodns has no module provider.azuredns any more; the class is octodns_azure.AzureProvider: this package "
            "publishes there itself, and promises more; write provider: azure and bulk: true",
        ),
        ("os.system", "os.system is no octoDNS provider; os is a part of Python"),
        ("antigravity.x", "antigravity.x is no octoDNS provider; antigravity is a part of Python"),
        (
            f"{STANDINS}.AddressProvider",
            f"{STANDINS}.AddressProvider publishes no SRV records; use another class, or move the zone to where they "
            "are (docs/octodns.md)",
        ),
        (f"{STANDINS}.OnlySource", f"{STANDINS}.OnlySource is no octoDNS provider; a source only reads"),
        (f"{STANDINS}.Unfinished", f"{STANDINS}.Unfinished is no octoDNS provider; a source only reads"),
        (f"{STANDINS}.ACCOUNTS", f"{STANDINS}.ACCOUNTS is no octoDNS provider; a source only reads"),
    ],
)
def test_what_is_no_class_that_publishes_is_told_before_anybody_consents_to_it(provider_class: str, why: str):
    assert found(zone(provider_class)) == [f"providerClass: {why}"]


def test_a_class_whose_types_only_an_object_of_it_knows_is_let_through(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(RecordProvider, "SUPPORTS", property(lambda _: {"A"}))
    assert found(zone(RECORDS, arguments={"account": "one"}, one_by_one=True)) == []


@pytest.mark.parametrize(
    ("code", "told"),
    [
        ("raise RuntimeError('not today')", "RuntimeError: not today"),
        ("raise AttributeError('a part of it')", "AttributeError: a part of it"),
        ("raise SystemExit(3)", "SystemExit: 3"),
    ],
)
def test_a_package_that_cannot_be_loaded_is_told(
    code: str, told: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    (tmp_path / "octodns_broken.py").write_text(code)
    monkeypatch.setattr(sys, "path", [str(tmp_path), *sys.path])
    assert found(zone("octodns_broken.Provider", one_by_one=True)) == [
        f"providerClass: octodns_broken cannot be loaded: {told}"
    ]


def test_whoever_stops_the_command_while_a_package_is_loaded_stops_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    (tmp_path / "octodns_slow.py").write_text("raise KeyboardInterrupt")
    monkeypatch.setattr(sys, "path", [str(tmp_path), *sys.path])
    with pytest.raises(KeyboardInterrupt):
        found(zone("octodns_slow.Provider"))


def test_what_a_package_prints_when_it_is_loaded_reaches_no_result(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
):
    (tmp_path / "octodns_loud.py").write_text("import sys\nprint('out')\nprint('error', file=sys.stderr)\n")
    monkeypatch.setattr(sys, "path", [str(tmp_path), *sys.path])
    assert found(zone("octodns_loud.Provider")) == ["providerClass: octodns_loud has no class Provider"]
    assert capsys.readouterr() == ("", "")


@pytest.mark.parametrize("version", ["1.21.3", "2.0.0"])
def test_another_version_of_octodns_is_told(version: str, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(octodns, "__version__", version)
    assert found(zone()) == [f"providerClass: octoDNS {version} is installed: pip install 'octodns>=1.22,<2'"]


def test_without_octodns_its_classes_are_not_looked_at_and_check_says_so(monkeypatch: pytest.MonkeyPatch):
    def nothing(_: str) -> None:
        return None

    monkeypatch.setattr(module, "find_spec", nothing)
    [problem] = zone("octodns_nowhere.Provider", one_by_one=True).problems(None)
    text = (
        "octoDNS is not installed here, so neither the class nor what its arguments are called was looked at: pip "
        "install 'xmpp-federation-dns[octodns]'"
    )
    assert problem == Problem(("providerClass",), text, "notice")


@pytest.mark.parametrize(
    ("name", "hint"),
    [
        ("api_kye", "did you mean 'api_key'?"),
        (
            "strict_supports",
            "known are api_key, delete_pcent_threshold, enable_dynamic, host, mode_of_operation, nameserver_ttl, "
            "nameserver_values, notify, port, root_ns_warnings, scheme, server_id, soa_edit_api, ssl_verify, timeout, "
            "update_pcent_threshold",
        ),
    ],
)
def test_an_argument_that_the_class_does_not_have_is_told(name: str, hint: str):
    assert found(zone(arguments={**ARGUMENTS, name: True})) == [
        f"arguments.{name}: octodns_powerdns.PowerDnsProvider has no such argument; {hint}"
    ]


@pytest.mark.parametrize(
    "value", ["s3cr3t", "", 12345, Unknown()], ids=["clear", "empty", "digits", "encrypted"]
)
def test_a_secret_belongs_into_the_environment(value: object):
    [problem] = zone(arguments={**ARGUMENTS, "api_key": value}).problems(None)
    assert str(problem) == (
        "arguments.api_key: the state would hold this secret; write env/NAME, the environment variable that has it"
    )


def test_what_looks_like_a_secret_is_one_by_whatever_name():
    [problem] = zone(arguments={**ARGUMENTS, "server_id": "eG1wcCBmZWRlcmF0aW9u"}).problems(None)
    assert str(problem) == (
        "arguments.server_id: the state would hold this secret; write env/NAME, the environment variable that has it"
    )


@pytest.mark.parametrize(
    "value",
    [
        "user:hunter2@127.0.0.1",
        "https://user:hunter2@dns.example.net/api",
        "user:hun/t@r2@127.0.0.1",
        ":pw@host",
    ],
)
def test_a_password_in_whatever_argument_belongs_into_the_environment(value: str):
    [problem] = zone(arguments={**ARGUMENTS, "host": value}).problems(None)
    assert str(problem) == (
        "arguments.host: the state would hold this secret; write env/NAME, the environment variable that has it"
    )


@pytest.mark.parametrize(
    ("name", "value", "told"),
    [
        ("port", "abc", "'abc' is no port: 1 to 65535"),
        ("port", True, "true is no port: 1 to 65535"),
        ("port", 0, "0 is no port: 1 to 65535"),
        ("port", 65536, "65536 is no port: 1 to 65535"),
        ("timeout", "5", "'5' is no time: whole seconds, without quotes"),
        ("timeout", False, "false is no time: whole seconds, without quotes"),
        ("timeout", 0, "0 is no time: whole seconds, without quotes"),
        ("scheme", "ftp", "'ftp' is neither http nor https"),
        (
            "host",
            "https://dns.example.net:8443/api",
            "'https://dns.example.net:8443/api' is neither an address nor a host name as a URL has it; write "
            "'dns.example.net' and port: 8443",
        ),
        ("host", "::1", "'::1' is neither an address nor a host name as a URL has it; write '[::1]'"),
        ("host", "two words", "'two words' is neither an address nor a host name as a URL has it"),
    ],
)
def test_an_argument_that_cannot_be_what_its_name_says_is_told(name: str, value: object, told: str):
    arguments = {**ARGUMENTS, name: value}
    assert [str(each) for each in argument_faults(POWERDNS, arguments) if each.severity == "error"] == [
        f"arguments.{name}: {told}"
    ]


@pytest.mark.parametrize(
    "arguments",
    [
        {"port": 8443},
        {"port": "8443"},
        {"port": "env/PORT", "timeout": "env/SECONDS", "host": "env/HOST"},
        {"port": Unknown(), "timeout": Unknown(), "scheme": "https"},
        {"host": "[2620:1ec::10]", "timeout": 5},
    ],
)
def test_an_argument_that_may_be_what_its_name_says_is_let_through(arguments: dict[str, Any]):
    assert list(argument_faults(POWERDNS, {**ARGUMENTS, **arguments})) == []


def test_what_host_and_scheme_are_to_other_classes_these_alone_know():
    assert list(argument_faults(RECORDS, {"host": "https://x.example/api", "scheme": "grpc"})) == []


def test_what_names_no_variable_is_told():
    assert found(zone(arguments={**ARGUMENTS, "api_key": "env/PDNS/API"})) == [
        "arguments.api_key: 'env/PDNS/API' names no environment variable, such as env/DNS_TOKEN"
    ]


@pytest.mark.parametrize(
    ("options", "warned"),
    [
        ({"host": "dns.example.net"}, True),
        ({"host": "192.0.2.53", "scheme": "http"}, True),
        ({"host": "127.0.0.1"}, False),
        ({"host": "[::1]"}, False),
        ({"host": "localhost"}, False),
        ({"host": "dns.example.net", "scheme": "https"}, False),
    ],
)
def test_a_key_that_goes_unencrypted_is_a_warning(options: dict[str, Any], warned: bool):
    problems = list(zone(arguments={"api_key": "env/KEY", **options}).problems(None))
    text = "the key of the API goes unencrypted; set scheme: https"
    assert problems == ([Problem(("arguments",), text, "warning")] if warned else [])


def test_another_key_opens_the_same_zone_and_another_host_is_another_place():
    here = zone().place({})
    assert here == (POWERDNS, "contoso.com", "host=dns.example.net", "scheme=https")
    assert zone(arguments={**ARGUMENTS, "api_key": "env/OTHER"}).place({}) == here
    assert zone(arguments={**ARGUMENTS, "host": "ns2.example.net"}).place({}) != here


@pytest.mark.parametrize(
    ("changed", "named"),
    [
        ({}, ""),
        ({"api_key": "env/OTHER", "timeout": 9, "scheme": "http", "ssl_verify": False}, ""),
        ({"host": "ns2.example.net"}, "host"),
        ({"host": "ns2.example.net", "port": 8443}, "host and port"),
    ],
)
def test_what_stays_at_another_host_is_told_in_preview(changed: dict[str, Any], named: str):
    told: list[str] = []

    def tell(line: str, *, passing: bool = False) -> None:  # noqa: ARG001 it stays
        told.append(line)

    keeper = Keeper(tell=tell)
    old = {
        "zone": "contoso.com",
        "provider": "octodns",
        "providerClass": POWERDNS,
        "arguments": ARGUMENTS,
        "recordSets": {"xmpp.contoso.com A": "300 131.107.155.10"},
    }
    keeper.diff("id", old, {**old, "arguments": {**ARGUMENTS, **changed}})
    keeper.diff("id", {**old, "recordSets": {}}, {**old, "providerClass": RECORDS})
    text = (
        f"zone contoso.com: {named} changed: where that is another server or account, what was published before stays "
        "there; delete it there (docs/octodns.md)"
    )
    assert told == ([text] if named else [])


def test_what_stays_where_another_class_published_is_told():
    before = {"providerClass": RECORDS, "arguments": ARGUMENTS}
    assert zone().left_behind(before).startswith("providerClass changed: where that is another server")


def test_it_costs_a_request_a_record_set_unless_a_plan_is_one_request():
    assert str(zone().cost(2_000)) == "2,000 record sets in bulk through octoDNS: seconds"
    assert str(zone(RECORDS).cost(2_000)) == (
        "2,000 record sets in bulk through octoDNS: about 8 min, one after another"
    )
    assert zone().cost(10) is None


def test_a_stack_file_has_the_options_of_the_class(tmp_path: Path):
    stack = tmp_path / "Pulumi.test.yaml"
    stack.write_text(
        f"""\
config:
  xmpp-federation-dns:edgePools: [{{ipv4: [131.107.155.10]}}]
  xmpp-federation-dns:domains: [contoso.com]
  xmpp-federation-dns:zones:
  - provider: octodns
    name: contoso.com
    providerClass: {POWERDNS}
    arguments:
      host: dns.example.net
      port: 8443
      scheme: https
      ssl_verify: true
      api_key: {{secure: v1:abc}}
      timeout: [5]
"""
    )
    assert [(each.line, str(each.problem)) for each in check(stack)] == [
        (
            13,
            "zones[0].arguments.api_key: the state would hold this secret; write env/NAME, the environment variable "
            "that has it",
        ),
        (13, "zones[0].arguments.api_key: it is encrypted; not checked"),
        (14, "zones[0].arguments.timeout: expected text, a whole number, true or false, got a list"),
    ]


def test_arguments_are_a_mapping():
    [problem] = parse(
        {
            "domains": [],
            "zones": [{"provider": "octodns", "name": "a.example", "providerClass": "a.B", "arguments": 5}],
        }
    )[2]
    assert str(problem) == "zones[0].arguments: expected a mapping, got 5"


def test_a_class_is_missing():
    problems = parse({"domains": [], "zones": [{"provider": "octodns", "name": "a.example"}]})[2]
    assert [str(problem) for problem in problems] == ["zones[0]: 'providerClass' is missing"]
