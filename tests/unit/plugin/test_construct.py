"""The component for programs in other languages: its inputs as the protocol carries them, and what it registers."""

from typing import Any

import grpc
import pytest
from tests.unit.dynamic_update.lab import SECRET as KEY
from tests.unit.plugin.lab import UNKNOWN, Plugin, RefusedError, secret

from xmpp_federation_dns.plugin.sdk import OUTPUT, RESOURCE, SECRET, SIGNATURE

ZONE = {"provider": "rfc2136", "name": "contoso.com", "server": "192.0.2.53", "tsigKeyName": "pulumi"}
ARGS: dict[str, Any] = {
    "domains": ["contoso.com"],
    "edgePools": [{"ipv4": ["131.107.155.10"]}],
    "zones": [ZONE],
}
A, SRV = "federation-xmpp.contoso.com-A", "federation-_xmpp-server._tcp.contoso.com-SRV"
EIP = "urn:pulumi:test::project::aws:ec2/eip:Eip::edge"


def output(value: Any = None, *needs: str, secret: bool = False) -> dict[str, Any]:
    """Return an output of other resources as the protocol carries it; one without a value is not known yet."""
    known = {} if value is None else {"value": value}
    return {SIGNATURE: OUTPUT, "secret": secret, "dependencies": list(needs), **known}


def provider(package: str, kind: str = "pulumi:providers:") -> dict[str, Any]:
    """Return a resource as the protocol carries it: an explicit provider, or some other."""
    return {SIGNATURE: RESOURCE, "urn": f"urn:pulumi:test::project::{kind}{package}::mine", "id": "1"}


def refused(plugin: Plugin, inputs: dict[str, Any], **others: Any) -> list[str]:
    """Return the lines with which a component is refused."""
    with pytest.raises(RefusedError) as raised:
        plugin.construct(inputs, **others)
    assert raised.value.code == grpc.StatusCode.INVALID_ARGUMENT
    return raised.value.text.splitlines()


def test_a_component_registers_its_record_sets_and_returns_them(configured: Plugin):
    assert configured.construct(ARGS) == {
        "records": [
            {
                "name": "_xmpp-server._tcp.contoso.com",
                "type": "SRV",
                "ttl": 3600,
                "values": ["0 0 5269 xmpp.contoso.com."],
                "zone": "contoso.com",
                "provider": "rfc2136",
                "component": "federation",
            },
            {
                "name": "xmpp.contoso.com",
                "type": "A",
                "ttl": 300,
                "values": ["131.107.155.10"],
                "zone": "contoso.com",
                "provider": "rfc2136",
                "component": "federation",
            },
        ]
    }
    assert configured.registered(A) == {
        "zone": "contoso.com",
        "provider": "rfc2136",
        "server": "192.0.2.53",
        "port": 53,
        "tsigKeyName": "pulumi",
        "tsigAlgorithm": "hmac-sha256",
        "existing": "refuse",
        "recordSets": {"xmpp.contoso.com A": "300 131.107.155.10"},
    }


def test_whole_numbers_arrive_as_such(configured: Plugin):
    configured.construct({**ARGS, "srvTtl": 600.0, "zones": [{**ZONE, "port": 5353.0}]})
    assert configured.registered(SRV)["recordSets"] == {
        "_xmpp-server._tcp.contoso.com SRV": "600 0 0 5269 xmpp.contoso.com."
    }
    assert configured.registered(SRV)["port"] == 5353


def test_everything_that_is_wrong_is_told_in_lines_without_a_traceback(configured: Plugin):
    wrong = {
        "domains": ["contoso_com"],
        "edgePools": [{"ipv4": ["10.0.0.5"]}],
        "zones": [ZONE],
        "srvTTL": 1.5,
    }
    assert refused(configured, wrong) == [
        "3 problems in the XMPP federation configuration:",
        "  srvTTL: unknown key; did you mean 'srvTtl'?",
        "  domains[0]: 'contoso_com' is not a host name: labels hold letters, digits and hyphens",
        "  edgePools[0].ipv4[0]: '10.0.0.5' is a private address; peers on the internet cannot reach it "
        "(allowPrivateAddresses: true for a lab)",
    ]
    assert configured.monitor.registered == {}


def test_the_secret_of_the_provider_signs_and_is_an_input_of_no_record_set(configured: Plugin):
    configured.construct(ARGS)
    assert "tsigSecret" not in configured.registered(A)


def test_a_component_may_have_a_secret_of_its_own(plugin: Plugin):
    plugin.construct({**ARGS, "tsigSecret": secret(KEY)})
    assert plugin.registered(A)["tsigSecret"] == secret(KEY)


def test_a_key_without_any_secret_is_refused(plugin: Plugin):
    assert refused(plugin, ARGS) == [
        "1 problem in the XMPP federation configuration:",
        "  zones[0].tsigKeyName: this key has no secret: pulumi config set --secret xmpp-federation-dns:tsigSecret",
    ]


@pytest.mark.parametrize(
    "pools",
    [
        secret([{"ipv4": ["131.107.155.10"], "host": "xmpp"}]),
        [secret({"ipv4": ["131.107.155.10"], "host": "xmpp"})],
        [{"ipv4": secret(["131.107.155.10"])}],
        [{"ipv4": [secret("131.107.155.10")]}],
        [{"ipv4": [output("131.107.155.10", secret=True)]}],
    ],
    ids=["all pools", "a pool", "a list", "an address", "an output"],
)
def test_an_address_is_secret_by_whatever_holds_it(configured: Plugin, pools: Any):
    records = configured.construct({**ARGS, "edgePools": pools})["records"]
    assert configured.registered(A)["recordSets"] == {"xmpp.contoso.com A": secret("300 131.107.155.10")}
    assert records[SIGNATURE] == SECRET


@pytest.mark.parametrize(
    "server",
    [secret("192.0.2.53"), output("192.0.2.53", secret=True), output("192.0.2.53", EIP, secret=True)],
    ids=["a secret", "an output", "of a resource"],
)
@pytest.mark.parametrize("bulk", [False, True], ids=["one by one", "in bulk"])
def test_what_may_be_an_output_stays_secret(configured: Plugin, server: Any, bulk: bool):
    configured.construct({**ARGS, "zones": [{**ZONE, "server": server, "bulk": bulk}]})
    name = "federation-contoso.com" if bulk else A
    assert configured.registered(name)["server"] == secret("192.0.2.53")


@pytest.mark.parametrize(
    "given", [secret("xmpp"), output("xmpp", secret=True)], ids=["a secret", "an output"]
)
def test_what_cannot_be_secret_is_refused_where_it_is(configured: Plugin, given: Any):
    pools = [{"host": given, "ipv4": ["131.107.155.10"]}]
    assert refused(configured, {**ARGS, "edgePools": pools})[1] == (
        "  edgePools[0].host: expected text, got an output (it has to be known before the update)"
    )


def test_a_secret_address_that_is_wrong_is_not_shown(configured: Plugin):
    assert refused(configured, {**ARGS, "edgePools": [{"ipv4": [secret("10.0.0.5")]}]})[1] == (
        "  edgePools[0].ipv4[0]: [secret] is a private address; peers on the internet cannot reach it "
        "(allowPrivateAddresses: true for a lab)"
    )


@pytest.mark.parametrize(
    ("pools", "needs"),
    [
        ([{"ipv4": [output("131.107.155.10", EIP)]}], {}),
        ([{"ipv4": output(["131.107.155.10"], EIP)}], {}),
        (output([{"ipv4": ["131.107.155.10"]}], EIP), {}),
        ([{"ipv4": ["131.107.155.10"]}], {"edgePools": EIP}),
    ],
    ids=["an address", "a list", "all pools", "an input"],
)
def test_the_addresses_of_another_resource_depend_on_it(
    configured: Plugin, pools: Any, needs: dict[str, str]
):
    configured.construct({**ARGS, "edgePools": pools}, needs=needs)
    assert configured.registered(A)["recordSets"] == {"xmpp.contoso.com A": "300 131.107.155.10"}
    assert EIP in configured.monitor.registered[A].dependencies


@pytest.mark.parametrize(
    "pools",
    [[{"ipv4": [output()]}], [{"ipv4": output()}], [{"ipv4": UNKNOWN}]],
    ids=["an address", "a list", "without outputs"],
)
def test_an_address_that_is_not_known_yet_is_no_mistake(configured: Plugin, pools: Any):
    records = configured.construct({**ARGS, "edgePools": pools}, dryRun=True)["records"]
    assert records == UNKNOWN
    assert configured.registered(A)["recordSets"] == {"xmpp.contoso.com A": UNKNOWN}


def test_what_has_to_be_known_before_the_update_is_told(configured: Plugin):
    assert refused(configured, {**ARGS, "domains": [output()]}, dryRun=True)[1] == (
        "  domains[0]: expected a name or a mapping, got an output (it has to be known before the update)"
    )


def test_zones_that_are_no_list_are_told(configured: Plugin):
    assert [refused(configured, {**ARGS, "zones": given})[1] for given in (output(), 5, [5])] == [
        "  zones: expected a list, got an output (it has to be known before the update)",
        "  zones: expected a list, got 5",
        "  zones[0]: expected a mapping with provider and name, got 5",
    ]


def test_what_is_known_is_known_although_it_comes_from_another_resource(configured: Plugin):
    configured.construct({**ARGS, "domains": output(["contoso.com"], EIP)})
    assert A in configured.monitor.registered


def test_resources_of_published_providers_ask_for_no_version(configured: Plugin):
    zone = {"provider": "aws", "name": "contoso.com"}
    configured.construct({**ARGS, "zones": [zone]})
    registered = configured.monitor.registered[A]
    assert (registered.type, registered.version) == ("aws:route53/record:Record", "")
    assert [(each.tok, each.version) for each in configured.monitor.invoked] == [
        ("aws:route53/getZone:getZone", "")
    ]


def test_a_zone_may_have_a_provider_of_its_own(configured: Plugin):
    zone = {"provider": "aws", "name": "contoso.com", "explicitProvider": provider("aws")}
    configured.construct({**ARGS, "zones": [zone]})
    assert (
        configured.monitor.registered[A].provider == "urn:pulumi:test::project::pulumi:providers:aws::mine::1"
    )


def test_another_resource_is_no_provider(configured: Plugin):
    zone = {**ZONE, "explicitProvider": provider("Eip", "aws:ec2/eip:")}
    assert refused(configured, {**ARGS, "zones": [zone]})[1] == (
        "  zones[0].explicitProvider: expected a Pulumi provider, got a mapping"
    )


def test_two_components_of_one_operation_do_not_publish_the_same(configured: Plugin):
    configured.construct(ARGS, "one")
    assert refused(configured, ARGS, name="two") == [
        "1 problem in the XMPP federation configuration:",
        "  component 'two' publishes xmpp.contoso.com A and 1 more in zone contoso.com, and component 'one' does "
        "too; a record set belongs to one of them",
    ]
