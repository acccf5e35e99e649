"""What docs/languages.md says is so; its programs run in tests/matrix/languages/test_packages.py."""

import re
import tomllib
from typing import Any

import yaml
from tests.unit.test_docs import README, ROOT, blocks
from tools import package

from xmpp_federation_dns.plugin.inputs import imported

PAGE = (ROOT / "docs" / "languages.md").read_text()
COMMANDS = "".join(blocks("console", PAGE))
NAMED = {"providers": [{"name": "xmpp-federation-dns", "path": ".venv/bin"}]}


def test_the_lines_for_a_project_in_python_are_those_that_pulumi_reads():
    found: list[dict[str, Any]] = [
        loaded
        for text in (*blocks("yaml"), *blocks("yaml", PAGE))
        if "plugins" in (loaded := yaml.safe_load(text))
    ]
    assert found == [{"plugins": NAMED}] * 2
    assert "[docs/languages.md](docs/languages.md)" in README


def test_the_id_of_an_import_is_one_that_the_plugin_reads():
    [id_] = re.findall(r"^pulumi import xmpp-federation-dns:index:RecordSet \w+ '(.*)'$", PAGE, re.MULTILINE)
    assert imported("RecordSet", id_, "c2VjcmV0") == {
        "provider": "rfc2136",
        "zone": "contoso.com",
        "server": "192.0.2.53",
        "port": 53,
        "tsigKeyName": "demo",
        "tsigAlgorithm": "hmac-sha256",
        "existing": "refuse",
        "recordSets": {"xmpp.contoso.com A": ""},
    }


def test_every_extra_is_told():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    [told] = re.findall(r"what its extras say: (.*?);", PAGE)
    assert told == ", ".join(f"`{extra}`" for extra in project["optional-dependencies"])


def test_the_names_of_archives_are_those_that_make_package_gives():
    named = set(re.findall(r"[\w.-]+\.tar\.gz", COMMANDS))
    assert named == {
        f"pulumi-resource-{package.NAME}-v{package.VERSION}-linux-amd64.tar.gz",
        f"{package.NAME}-sdk-nodejs-{package.VERSION}.tar.gz",
        f"{package.NAME}-sdk-go-{package.VERSION}.tar.gz",
    }


def test_the_pythons_of_an_archive_are_those_that_it_brings_packages_for():
    [told] = re.findall(r"needs Python (\S+) to (\S+) on PATH", PAGE)
    assert told == (package.PYTHONS[-1], package.PYTHONS[0])
