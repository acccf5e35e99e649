"""What `make package` makes, and the plugin archive in use, for a program that names no plugin."""

import json
import platform
import re
import subprocess
import sys
import tarfile
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from tests.engine.rfc2136.lab import BARE, SECRET, Lab, Run, serving
from tests.unit.test_requirements import NEEDED
from tools import package
from tools.lab.knot import ADDRESS, Knot
from tools.lab.stack import CHECKOUT

VERSION = tomllib.loads((CHECKOUT / "pyproject.toml").read_text())["project"]["version"]
THIS = package.this_platform()
NAMES = {
    f"pulumi-resource-xmpp-federation-dns-v{VERSION}-{THIS}.tar.gz",
    f"xmpp-federation-dns-sdk-go-{VERSION}.tar.gz",
    f"xmpp-federation-dns-sdk-nodejs-{VERSION}.tar.gz",
    f"xmpp-federation-dns-sdk-python-{VERSION}.tar.gz",
    f"xmpp_federation_dns-{VERSION}-py3-none-any.whl",
    f"xmpp_federation_dns-{VERSION}.tar.gz",
}
_, FIRST, EXPLICIT = re.findall(
    r"^```yaml\n(.*?)^```$", (CHECKOUT / "docs" / "languages.md").read_text(), re.DOTALL | re.MULTILINE
)
PUBLISHED = ["_xmpp-server._tcp 3600 IN SRV 0 0 5269 xmpp", "xmpp 300 IN A 131.107.155.10"]


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the folder with all packages, for the Python that runs alone."""
    folder = tmp_path_factory.mktemp("packages") / "dist"
    python = ".".join(platform.python_version_tuple()[:2])
    package.main(["--into", str(folder), "--python", python])
    return folder


@pytest.fixture(scope="module")
def knot(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Knot]:
    with serving(tmp_path_factory.mktemp("knot"), "contoso.com") as knot:
        yield knot


@pytest.fixture(scope="module")
def lab(made: Path, knot: Knot, tmp_path_factory: pytest.TempPathFactory) -> Lab:
    """Return a stack in whose Pulumi home the archive is installed, of a project that names no plugin."""
    lab = Lab.of(knot, tmp_path_factory.mktemp("pulumi"))
    file = lab.stack.project / "Pulumi.yaml"
    file.write_text(re.sub(r"(?m)^plugins:\n(?: .*\n)+", "", file.read_text()))
    archive = made / f"pulumi-resource-xmpp-federation-dns-v{VERSION}-{THIS}.tar.gz"
    install = ["pulumi", "plugin", "install", "resource", "xmpp-federation-dns", VERSION, "--file", archive]
    subprocess.run(install, env=lab.stack.environment, check=True)
    lab.stack.set_secret("xmpp-federation-dns:tsigSecret", SECRET)
    return lab


@pytest.fixture(scope="module")
def published(lab: Lab) -> Run:
    lab.configure(
        zones=[lab.zone("contoso.com")], edgePools=[{"ipv4": ["131.107.155.10"]}], domains=["contoso.com"]
    )
    return lab.run("up", "--yes", "--skip-preview")


def write_program(lab: Lab, program: dict[str, Any]) -> None:
    """Make *program* of docs/languages.md that of the stack, for the server of the test."""
    [zone] = program["resources"]["federation"]["properties"]["zones"]
    zone |= {"server": ADDRESS, "port": lab.knot.port}
    own = {"name": "xmpp-federation-dns", "stackConfigDir": "config"}
    (lab.stack.project / "Pulumi.yaml").write_text(yaml.safe_dump({**program, **own}))


@pytest.fixture(scope="module")
def published_by_yaml(published: Run, lab: Lab) -> Run:
    """Go on with the first program in YAML, of which the engine asks the plugin for its schema."""
    assert published.status == 0
    write_program(lab, yaml.safe_load(FIRST))
    return lab.run("up", "--yes", "--skip-preview")


@pytest.fixture(scope="module")
def published_by_a_provider(published_by_yaml: Run, lab: Lab) -> Run:
    """Begin anew with an explicit provider, which alone has the secret."""
    assert published_by_yaml.status == 0
    assert lab.run("destroy", "--yes", "--skip-preview").status == 0
    lab.stack.pulumi("config", "rm", "xmpp-federation-dns:tsigSecret")
    lab.stack.set_secret("keyOfContoso", SECRET)
    program, with_provider = yaml.safe_load(FIRST), yaml.safe_load(EXPLICIT)
    program["config"] = with_provider["config"]
    program["resources"]["contoso"] = with_provider["resources"]["contoso"]
    program["resources"]["federation"] |= with_provider["resources"]["federation"]
    write_program(lab, program)
    return lab.run("up", "--yes", "--skip-preview")


def test_the_packages_are_those_of_the_version_and_their_sums_are_right(made: Path):
    sums = dict(line.split("  ")[::-1] for line in (made / "SHA256SUMS").read_text().splitlines())
    assert sums.keys() == NAMES
    assert sums == {name: package.digest(made / name) for name in NAMES}


def test_the_version_of_the_package_is_that_of_the_schema_and_of_the_sdks(made: Path):
    def read(language: str, file: str) -> str:
        with tarfile.open(made / f"xmpp-federation-dns-sdk-{language}-{VERSION}.tar.gz") as tar:
            content = tar.extractfile(file)
            assert content
            return content.read().decode()

    assert json.loads(package.SCHEMA.read_text())["version"] == VERSION
    assert json.loads(read("nodejs", "package/package.json"))["version"] == VERSION
    plugin = f"xmpp-federation-dns-sdk-go-{VERSION}/xmppfederationdns/pulumi-plugin.json"
    assert json.loads(read("go", plugin))["version"] == VERSION
    project = f"xmpp-federation-dns-sdk-python-{VERSION}/pyproject.toml"
    assert tomllib.loads(read("python", project))["project"]["version"] == VERSION


def test_an_archive_says_nothing_of_the_machine_that_made_it(made: Path):
    found: list[str] = []
    for archive in made.glob("*.tar.gz"):
        with tarfile.open(archive) as tar:
            for entry in tar:
                content = tar.extractfile(entry)
                assert content
                if str(CHECKOUT).encode() in content.read():
                    found.append(entry.name)
    assert found == []


def test_the_archive_brings_the_sdks_of_every_extra(lab: Lab):
    lib = lab.directory / "pulumi" / "plugins" / f"resource-xmpp-federation-dns-v{VERSION}" / "lib"
    # As the launcher starts it: nothing is found but what lies there.
    program = f"import sys; sys.path.insert(0, {str(lib)!r}); import {', '.join(NEEDED.values())}"
    subprocess.run([sys.executable, "-I", "-S", "-c", program], check=True)


def test_a_python_program_publishes_by_the_installed_archive_and_is_not_warned(published: Run):
    assert (published.status, published.resources) == (0, {"created": 4})
    assert published.zones["contoso.com"] == sorted([*BARE, *PUBLISHED])
    assert "warning" not in published.output


def test_the_first_program_in_yaml_finds_what_the_one_in_python_published(published_by_yaml: Run):
    assert (published_by_yaml.status, published_by_yaml.resources) == (0, {"unchanged": 4})


def test_an_explicit_provider_has_the_secret_for_what_the_component_publishes(published_by_a_provider: Run):
    assert (published_by_a_provider.status, published_by_a_provider.resources) == (0, {"created": 5})
    assert published_by_a_provider.zones["contoso.com"] == sorted([*BARE, *PUBLISHED])
    assert published_by_a_provider.leaks == []
