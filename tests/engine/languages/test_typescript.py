"""The example in TypeScript, and what the compiler says of a wrong key."""

from pathlib import Path

import pytest
from tests.engine.languages import lab as labs
from tests.engine.languages.examples import Example
from tests.engine.languages.lab import TypeScript
from tests.engine.rfc2136.lab import SECRET, Lab
from tools.lab.knot import Knot

WRONG = """\
import { XmppFederationDns } from "xmpp-federation-dns";

const domains = ["contoso.com"];
const edgePools = [{ ipv4: ["131.107.155.10"] }];
const provider = "aws" as const;
const name = "contoso.com";
new XmppFederationDns("right", { domains, edgePools, zones: [{ provider, name, zoneId: "Z1" }] });
new XmppFederationDns("zone", { domains, edgePools, zones: [{ provider, name, resourceGroup: "dns" }] });
new XmppFederationDns("pool", { domains, edgePools: [{ ipv5: [] }], zones: [] });
new XmppFederationDns("top", { domains, edgePools, zones: [], srvTTL: 3600 });
"""
ERRORS = """\
index.ts(8,79): error TS2353: Object literal may only specify known properties, and 'resourceGroup' does not exist in \
type 'Route53ZoneArgs | Promise<Route53ZoneArgs | AzureZoneArgs | CloudflareZoneArgs | GoogleZoneArgs | \
OctodnsZoneArgs | Rfc2136ZoneArgs> | OutputInstance<...>'.
index.ts(9,56): error TS2353: Object literal may only specify known properties, and 'ipv5' does not exist in type \
'Input<EdgePoolArgs>'.
index.ts(10,63): error TS2561: Object literal may only specify known properties, but 'srvTTL' does not exist in type \
'XmppFederationDnsArgs'. Did you mean to write 'srvTtl'?
"""


@pytest.fixture(scope="module")
def lab(typescript: TypeScript, knot: Knot, tmp_path_factory: pytest.TempPathFactory) -> Lab:
    directory = tmp_path_factory.mktemp("typescript")
    command = typescript.command(directory / "program", TypeScript.example.read_text())
    return labs.example(directory, "typescript", knot, SECRET, command)


class TestExample(Example):
    def test_the_compiler_refuses_keys_that_a_zone_of_its_provider_a_pool_and_the_component_do_not_have(
        self, typescript: TypeScript, tmp_path: Path
    ):
        said, _ = typescript.compile(tmp_path / "program", WRONG)
        assert said == ERRORS
