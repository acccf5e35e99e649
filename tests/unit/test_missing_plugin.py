"""Where a program needs the plugin of this package, and whether the engine will find one."""

import shutil
import sys
from pathlib import Path

import grpc
import pulumi
import pytest
from pulumi.runtime.proto.resource_pb2_grpc import ResourceMonitorStub

from xmpp_federation_dns import Rfc2136Zone, Route53Zone, Zone
from xmpp_federation_dns.prerequisites import missing_plugin

KEPT = Rfc2136Zone(provider="rfc2136", name="contoso.com", server="192.0.2.53")
PUBLISHED = Route53Zone(provider="aws", name="contoso.com")
ENGINE = ResourceMonitorStub(grpc.insecure_channel("127.0.0.1:1"))
"""What a program that the engine runs speaks to; the plugin and mocks have something else."""
PLUGIN = "pulumi-resource-xmpp-federation-dns"


@pytest.fixture(autouse=True)
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a project without the plugin, on a machine without it."""
    monkeypatch.setattr(pulumi, "get_root_directory", lambda: str(tmp_path))
    monkeypatch.setattr(sys, "prefix", str(tmp_path / ".venv"))
    monkeypatch.setenv("PULUMI_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("PATH", str(tmp_path / "bin"))
    monkeypatch.delenv("PULUMI_IGNORE_AMBIENT_PLUGINS", raising=False)
    (tmp_path / "Pulumi.yaml").write_text("name: xmpp-federation-dns\nruntime: python\n")
    return tmp_path


def told(*zones: Zone, operation: object = ENGINE) -> list[tuple[str, str]]:
    return [(problem.severity, str(problem)) for problem in missing_plugin(operation, zones)]


TOLD = [
    (
        "warning",
        "the provider plugin xmpp-federation-dns is named nowhere; in Pulumi.yaml, 'plugins: {providers: "
        "[{name: xmpp-federation-dns, path: .venv/bin}]}' does that (docs/languages.md)",
    )
]


def executable(path: Path) -> None:
    path.parent.mkdir(parents=True)
    shutil.copy("/bin/true", path)


def test_a_program_whose_zones_need_a_plugin_that_nothing_names_is_told_the_lines():
    assert told(KEPT, PUBLISHED) == TOLD


def test_a_project_elsewhere_is_told_the_way_to_the_environment(
    project: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(sys, "prefix", str(project.parent / "environment"))
    [(_, text)] = told(KEPT)
    assert "path: ../environment/bin}" in text


def test_zones_that_published_providers_serve_need_no_plugin():
    assert told(PUBLISHED) == []


def test_neither_mocks_nor_the_plugin_itself_need_it():
    assert told(KEPT, operation=object()) == []


@pytest.mark.parametrize(
    "text",
    [
        "plugins: {providers: [{name: aws, path: a}, {name: xmpp-federation-dns, path: .venv/bin}]}",
        "packages: {xmpp-federation-dns: https://git.example/xmpp.git/plugin@0.1.0}",
    ],
    ids=["plugins", "packages"],
)
def test_a_project_that_names_it_has_it(project: Path, text: str):
    (project / "Pulumi.yaml").write_text(text)
    assert told(KEPT) == []


@pytest.mark.parametrize(
    "text",
    [
        "plugins: {providers: [{name: aws, path: a}, none]}",
        "plugins: {providers: none}",
        "packages: {aws: aws@7.0.0}",
        "packages:",
    ],
)
def test_a_project_that_names_others_does_not_have_it(project: Path, text: str):
    (project / "Pulumi.yaml").write_text(text)
    assert told(KEPT) == TOLD


def test_a_plugin_on_path_is_found(project: Path):
    executable(project / "bin" / PLUGIN)
    assert told(KEPT) == []


def test_a_plugin_on_path_is_not_found_where_pulumi_is_told_not_to_look(
    project: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setenv("PULUMI_IGNORE_AMBIENT_PLUGINS", "true")
    executable(project / "bin" / PLUGIN)
    assert told(KEPT) == TOLD


@pytest.mark.parametrize("home", ["home", "user/.pulumi"], ids=["PULUMI_HOME", "the user's"])
def test_an_installed_plugin_is_found(project: Path, monkeypatch: pytest.MonkeyPatch, home: str):
    if home != "home":
        monkeypatch.delenv("PULUMI_HOME")
        monkeypatch.setenv("HOME", str(project / "user"))
    assert told(KEPT) == TOLD
    (project / home / "plugins" / "resource-xmpp-federation-dns-v0.1.0").mkdir(parents=True)
    assert told(KEPT) == []


def test_what_lies_beside_plugins_is_none(project: Path):
    plugins = project / "home" / "plugins"
    plugins.mkdir(parents=True)
    (plugins / "resource-xmpp-federation-dns-v0.1.0.lock").touch()
    assert told(KEPT) == TOLD
