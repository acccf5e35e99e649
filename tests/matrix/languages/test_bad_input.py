"""What each language says of what is wrong: our text is one line a problem, and everything beside it is listed."""

import re
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any, ClassVar

import pytest
from tests.matrix.languages.column import RIGHT, Program
from tests.unit.table import NAMES

POOLS = [{"ipv4": ["131.107.155.10"]}]
ZONE = {"provider": "aws", "name": "contoso.com", "zoneId": "Z0123456789ABCDEFGHIJ"}
INPUTS: dict[str, Any] = {"domains": ["contoso.com"], "edgePools": POOLS, "zones": [ZONE]}
ONE = "1 problem in the XMPP federation configuration:"

OF_ANOTHER_PROVIDER = {**INPUTS, "zones": [{**ZONE, "resourceGroup": "dns"}]}
UNKNOWN = (
    "zones[0].resourceGroup: unknown key; known are provider, name, bulk, existing, retainOnDelete, nameservers, "
    "zoneId, assumeRoleArn, profile"
)
RECORD_SET = {
    "provider": "rfc2136",
    "zone": "contoso.com",
    "server": "127.0.0.1",
    "sever": "ns1",
    "recordSets": {"xmpp.contoso.com A": "300 131.107.155.10"},
}
COMPONENT = "xmpp-federation-dns:index:XmppFederationDns"
MONITOR = (
    f"error: Unhandled exception: Error: failed to register new resource federation [{COMPONENT}]: 2 UNKNOWN: resource "
    "monitor shut down"
)

FORM = (
    "'xmpp.contoso.com' is not the id of an import: expected <provider>/<zone>/<name>/<TYPE>?<option>=<value>&…, such "
    "as rfc2136/contoso.com/xmpp.contoso.com/A?server=192.0.2.53&tsigKeyName=pulumi"
)


def plugin(program: Program) -> Path:
    """Return where the plugin is installed."""
    return next((program.project.with_name("pulumi") / "plugins").glob("resource-xmpp-*"))


def age(installed: Path) -> None:
    """Make the plugin one of an earlier version."""
    installed.rename(installed.with_name("resource-xmpp-federation-dns-v0.0.1"))


def said(output: str) -> list[str]:
    """Return the lines that the engine sums up at the end, without colours and without the stack of Node.

    Those of one resource come in the order in which they were said; which resource comes first is a race.
    """
    text = re.sub(r"\x1b\[[0-9;]*m", "", output).rpartition("\nDiagnostics:\n")[2]
    lines = re.split("^(?:Outputs|Resources):$", text, maxsplit=1, flags=re.MULTILINE)[0].splitlines()
    found = [line.strip() for line in lines if not re.match(r"  \S|\s*at |\s*$", line)]
    return list(dict.fromkeys(found))


class BadInput:
    """Previewed, so that what is not refused is not published either."""

    language: ClassVar[str]
    missing: ClassVar[str] = (
        "error: no resource plugin 'pulumi-resource-xmpp-federation-dns' found in the workspace"
    )

    @pytest.fixture
    def program(self, tmp_path: Path, command: Callable[[str], list[str]]) -> Program:
        return Program(tmp_path, self.language, command(self.language), {})

    def preview(self, program: Program, **settings: Any) -> list[str]:
        program.set(settings)
        done = program.pulumi("preview", check=False)
        output = done.stdout + done.stderr
        assert (done.returncode != 0, "Traceback" in output) == (True, False), output
        return said(output)

    def refused(self, problem: str) -> list[str]:
        return [f"error: {COMPONENT} resource 'federation' has a problem: {ONE}", problem]

    def test_a_missing_plugin(self, program: Program):
        shutil.rmtree(plugin(program))
        assert self.missing in self.preview(program, inputs={**INPUTS, "zones": [{**ZONE, "bulk": True}]})

    def test_a_zone_of_an_unknown_provider(self, program: Program):
        inputs = {**INPUTS, "zones": [{**ZONE, "provider": "nsone"}]}
        problem = f"zones[0].provider: 'nsone' is none of the providers {NAMES}"
        assert self.preview(program, inputs=inputs) == self.refused(problem)

    def test_a_provider_of_another_package(self, program: Program):
        provider = {"package": "azure-native", "properties": {"subscriptionId": "x"}, "zone": True}
        problem = (
            "zones[0].explicitProvider: a provider of azure-native does not publish zones of provider aws; this zone "
            "takes one of aws"
        )
        assert self.preview(program, **RIGHT, zone=ZONE, provider=provider) == self.refused(problem)


class NotCompiled(BadInput):
    """Languages in which what the package says of a property is first heard of at run time, or may be passed over."""

    def test_an_unknown_property_of_the_component(self, program: Program):
        problem = "srvTTL: unknown key; did you mean 'srvTtl'?"
        assert self.preview(program, inputs={**INPUTS, "srvTTL": 60}) == self.refused(problem)

    def test_an_unknown_property_of_a_zone(self, program: Program):
        assert self.preview(program, inputs=OF_ANOTHER_PROVIDER) == self.refused(UNKNOWN)

    def test_an_unknown_property_of_a_record_set(self, program: Program):
        assert self.preview(program, recordSet=RECORD_SET) == [
            "error: xmpp-federation-dns:index:RecordSet resource 'imported' has a problem: sever: unknown property; "
            "did you mean 'server'?"
        ]


class TestPython(NotCompiled):
    language = "Python"

    def test_a_missing_plugin(self, program: Program):
        shutil.rmtree(plugin(program))
        error, warning = sorted(self.preview(program, inputs={**INPUTS, "zones": [{**ZONE, "bulk": True}]}))
        assert re.fullmatch(
            r"warning: the provider plugin xmpp-federation-dns is named nowhere; in Pulumi\.yaml, 'plugins: "
            r"\{providers: \[\{name: xmpp-federation-dns, path: \S+/bin\}\]\}' does that \(docs/languages\.md\)",
            warning,
        )
        assert error == self.missing

    def refused(self, problem: str) -> list[str]:
        return [
            f"error: {ONE}",
            problem,
            "error: an unhandled error occurred: program exited with non-zero exit code: 1",
        ]


class TestGo(NotCompiled):
    """Its compiler refuses unknown properties; here the program registers by tokens, without the SDK."""

    language = "Go"

    def test_a_plugin_of_another_version_than_the_package(self, program: Program):
        age(plugin(program))
        assert self.preview(program, **RIGHT, zone=ZONE) == [f"{self.missing} at version v0.1.0"]


class TestTypeScript(BadInput):
    """Its compiler refuses unknown properties; of the component and of a record set its SDK passes on none."""

    language = "TypeScript"
    missing = f"{BadInput.missing} at version v0.1.0"

    def preview(self, program: Program, **settings: Any) -> list[str]:
        # Node adds it where the program still waits when the engine gives up.
        return [line for line in super().preview(program, **settings) if line != MONITOR]

    def test_an_unknown_property_of_a_zone(self, program: Program):
        assert self.preview(program, inputs=OF_ANOTHER_PROVIDER) == self.refused(UNKNOWN)

    def test_a_plugin_of_another_version_than_the_package(self, program: Program):
        age(plugin(program))
        assert self.missing in self.preview(program, **RIGHT, zone=ZONE)


class TestYaml(BadInput):
    """Its host reads the package schema, and refuses what does not fit before the plugin hears of it."""

    language = "YAML"
    missing = (
        'Error: error resolving type of resource federation: internal error loading package "xmpp-federation-dns": rpc '
        "error: code = Unknown desc = no resource plugin 'pulumi-resource-xmpp-federation-dns' found in the workspace"
    )

    def test_an_unknown_property_of_the_component(self, program: Program):
        first, *_ = self.preview(program, inputs={**INPUTS, "srvTTL": 60})
        assert first == f"Error: Property srvTTL does not exist on '{COMPONENT}'"

    def test_an_unknown_property_of_a_zone(self, program: Program):
        first, *_ = self.preview(program, inputs=OF_ANOTHER_PROVIDER)
        assert first.startswith(f"Error: {COMPONENT} is not assignable from {{domains: List<string>, ")

    def test_an_unknown_property_of_a_record_set(self, program: Program):
        first, *_ = self.preview(program, recordSet=RECORD_SET)
        assert first == "Error: Property sever does not exist on 'xmpp-federation-dns:index:RecordSet'"

    def test_an_import_id_of_another_form(self, program: Program):
        arguments = ("xmpp-federation-dns:index:RecordSet", "imported", "xmpp.contoso.com")
        done = program.pulumi("import", *arguments, "--yes", "--generate-code=false", check=False)
        assert "Traceback" not in done.stdout + done.stderr
        assert sorted(said(done.stdout)) == [
            f"error: Preview failed: {FORM}",
            f"error: preview failed: step application failed: {FORM}",
        ]
