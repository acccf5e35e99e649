import json
import runpy
from pathlib import Path
from typing import Any

import pulumi
import pytest
from tests import recorder
from tests.recorder import Run, hosted_zones, run

from xmpp_federation_dns import ConfigurationError, XmppFederationDns

PROGRAM = Path(__file__).parents[2] / "__main__.py"
ZONE = {"provider": "aws", "name": "contoso.com", "zoneId": "Z1"}
LISTS = {
    "zones": json.dumps([ZONE]),
    "domains": json.dumps(["contoso.com"]),
    "edgePools": json.dumps([{"ipv4": ["131.107.155.10"]}]),
}
SIGNED = json.dumps(
    [{"provider": "rfc2136", "name": "contoso.com", "server": "192.0.2.53", "tsigKeyName": "k"}]
)


def program(config: dict[str, str], **options: Any) -> Run:
    return run(
        lambda: runpy.run_path(str(PROGRAM), run_name="__main__"),
        hosted_zones({"Z1": "contoso.com"}),
        config=config,
        **options,
    )


def errors(config: dict[str, str], **options: Any) -> list[str]:
    with pytest.raises(ConfigurationError) as raised:
        program(config, **options)
    return [str(problem) for problem in raised.value.problems]


def test_the_program_publishes_what_the_stack_is_configured_to():
    done = program(LISTS)
    assert done.names == ["federation-_xmpp-server._tcp.contoso.com-SRV", "federation-xmpp.contoso.com-A"]


@pytest.fixture
def files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return the folder of the project, from which the program runs."""
    monkeypatch.setattr(pulumi, "get_root_directory", lambda: str(tmp_path))
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_what_the_stack_includes_is_published_too_and_what_is_not_read_is_told(files: Path):
    (files / "domains.csv").write_text("Identity,Name\nx,eu.contoso.com\n")
    done = program(LISTS | {"include": '["domains.csv"]'})
    assert "federation-xmpp.eu.contoso.com-A" in done.names
    assert done.warnings == [
        "domains.csv:1: not read but for the column Name: Identity (Edge pools stand in YAML)"
    ]


def test_what_is_wrong_in_files_that_cannot_be_included_is_told_at_once(files: Path):
    (files / "more.yaml").write_text("domains: eu.contoso.com\n")
    assert errors(LISTS | {"include": '["more.yaml", "none.txt"]'}) == [
        "more.yaml:1: domains: expected a list, got 'eu.contoso.com'",
        "include[1]: none.txt: No such file or directory",
    ]


def test_a_zone_that_is_included_gets_its_provider_and_keeps_its_place(files: Path):
    (files / "zones.yaml").write_text(
        "zones:\n- {provider: aws, name: fabrikam.com, zoneId: Z2, profile: other}\ndomains: [fabrikam.com]\n"
    )
    done = run(
        lambda: runpy.run_path(str(PROGRAM), run_name="__main__"),
        hosted_zones({"Z1": "contoso.com", "Z2": "fabrikam.com"}),
        config=LISTS | {"include": '["zones.yaml"]'},
    )
    assert done.named("federation-xmpp.fabrikam.com-A").provider.split("::")[3] == "aws-other"


def test_numbers_and_switches_arrive_as_text_at_the_top():
    config = LISTS | {
        "srvTtl": "600",
        "allowPrivateAddresses": "true",
        "edgePools": '[{"ipv4": ["10.0.0.5"]}]',
        "profile": "standard",
    }
    done = program(config)
    assert done.named("federation-_xmpp-server._tcp.contoso.com-SRV").inputs["ttl"] == 600
    assert done.named("federation-xmpp.contoso.com-A").inputs["records"] == ["10.0.0.5"]


def test_text_that_is_no_number_or_switch_is_refused():
    assert errors(LISTS | {"srvTtl": "soon", "allowPrivateAddresses": "yes"}) == [
        "srvTtl: expected a whole number, got 'soon'",
        "allowPrivateAddresses: expected true or false, got 'yes' (write true without quotes, or pulumi config "
        "rm --path 'allowPrivateAddresses' && pulumi config set --path 'allowPrivateAddresses' true)",
    ]


def test_text_where_a_list_is_needed_is_refused():
    assert errors(LISTS | {"domains": "contoso.com"}) == ["domains: expected a list, got 'contoso.com'"]


def test_a_misspelt_key_of_the_stack_is_refused():
    assert errors(LISTS | {"edgePool": "[]"}) == ["edgePool: unknown key; did you mean 'edgePools'?"]


def test_an_empty_stack_is_told_what_it_lacks():
    assert errors({}) == [
        "domains: no SIP domain is configured; list at least one, such as contoso.com",
        "zones: no zone is configured; list at least one, with its provider and name",
    ]


def test_the_tsig_secret_of_the_stack_is_in_no_input():
    done = program(LISTS | {"zones": SIGNED, "tsigSecret": "c2VjcmV0"}, secret_keys=["tsigSecret"])
    for registration in done.registrations:
        assert "c2VjcmV0" not in str(registration.inputs)
    assert done.warnings == []


def test_in_a_project_of_another_name_the_plugin_does_not_have_the_secret_of_the_stack(
    monkeypatch: pytest.MonkeyPatch,
):
    monkeypatch.setattr(recorder, "PROJECT", "platform")
    done = program(LISTS | {"zones": SIGNED, "tsigSecret": "c2VjcmV0"}, secret_keys=["tsigSecret"])
    assert done.named("federation-xmpp.contoso.com-A").secrets == {"tsigSecret"}


def test_the_secret_in_the_namespace_of_the_plugin_serves_programs_of_every_project():
    zone = {"provider": "rfc2136", "name": "contoso.com", "server": "192.0.2.53", "tsigKeyName": "pulumi"}
    args = {"domains": ["contoso.com"], "zones": [zone], "edge_pools": [{"ipv4": ["131.107.155.10"]}]}
    key = "xmpp-federation-dns:tsigSecret"
    done = run(lambda: XmppFederationDns("federation", args), other={key: "c2VjcmV0"}, secret=[key])
    assert done.warnings == []
    assert "tsigSecret" not in done.named("federation-xmpp.contoso.com-A").inputs


def test_a_tsig_secret_in_plain_text_is_warned_of():
    done = program(LISTS | {"zones": SIGNED, "tsigSecret": "c2VjcmV0"})
    assert done.warnings == [
        "tsigSecret: the secret stands in plain text in the stack file: "
        "pulumi config set --secret xmpp-federation-dns:tsigSecret"
    ]


def test_the_api_token_of_a_zone_under_a_secret_key_is_a_secret_input():
    zones = '[{"provider": "cloudflare", "name": "contoso.com", "apiToken": "c2VjcmV0"}]'
    done = program(LISTS | {"zones": zones}, secret_keys=["zones"])
    assert done.named("federation-xmpp.contoso.com-A").secrets == {"apiToken"}
    assert done.warnings == []


def test_addresses_under_a_secret_key_stay_secret():
    config = LISTS | {"edgePools": '[{"ipv4": ["131.107.155.10"], "host": "sip", "priority": 5}]'}
    done = program(config, secret_keys=["edgePools"])
    assert done.named("federation-sip.contoso.com-A").secrets == {"records"}
    assert done.named("federation-_xmpp-server._tcp.contoso.com-SRV").secrets == set()


def test_no_message_shows_a_secret_address():
    assert errors(LISTS | {"edgePools": '[{"ipv4": ["10.0.0.5"]}]'}, secret_keys=["edgePools"]) == [
        "edgePools[0].ipv4[0]: [secret] is a private address; peers on the internet cannot reach it "
        "(allowPrivateAddresses: true for a lab)"
    ]


def test_the_configuration_of_other_packages_is_not_ours():
    done = program(LISTS, other={"aws:region": "eu-central-1"})
    assert len(done.names) == 2


def test_a_key_that_is_null_in_the_stack_file_counts_as_absent():
    done = program(LISTS | {"srvTtl": "", "tsigSecret": ""})
    assert done.named("federation-_xmpp-server._tcp.contoso.com-SRV").inputs["ttl"] == 3600


def test_a_number_of_thousands_of_digits_is_refused():
    assert errors(LISTS | {"srvTtl": "9" * 5000}) == [f"srvTtl: expected a whole number, got '{'9' * 76}…'"]


def test_a_secret_that_is_no_json_is_not_shown():
    text = '[{"provider": "rfc2136", "tsigSecret": "' + "c2VjcmV0" * 12 + '",}]'
    assert errors(LISTS | {"zones": text}, secret_keys=["zones"])[0] == (
        "zones: expected a list, got text that is no JSON"
    )


def test_a_list_of_endless_depth_is_refused():
    assert errors(LISTS | {"domains": "[" * 100_000}) == [
        "domains: expected a list, got text that is no JSON"
    ]
