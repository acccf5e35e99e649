"""The wheel builds, installs alone and carries what it should."""

import ast
import json
import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

import xmpp_federation_dns
from xmpp_federation_dns.backends import PROVIDERS

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    directory = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "--no-build-isolation"]
    subprocess.run([*command, "--wheel-dir", directory, ROOT], check=True, capture_output=True)
    [path] = directory.glob("*.whl")
    return path


def test_the_wheel_holds_the_package_and_its_licence_alone(wheel: Path):
    names = zipfile.ZipFile(wheel).namelist()
    assert {name.split("/")[0] for name in names} == {
        "xmpp_federation_dns",
        "xmpp_federation_dns-0.1.0.dist-info",
    }
    assert {"xmpp_federation_dns/py.typed", "xmpp_federation_dns/plugin/schema.json"} <= set(names)
    assert "xmpp_federation_dns-0.1.0.dist-info/licenses/LICENSE" in names


def test_a_program_in_an_empty_environment_can_import_the_wheel_without_a_provider_sdk(
    wheel: Path, tmp_path: Path
):
    # The dependencies are those of the locked environment, without its provider SDKs and this checkout.
    environment = tmp_path / "environment"
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", environment], check=True)
    python = environment / "bin" / "python"
    subprocess.run(
        [sys.executable, "-m", "pip", "--python", python, "install", "--quiet", "--no-deps", wheel],
        check=True,
    )
    linked = environment / "dependencies"
    linked.mkdir()
    [site] = (Path(path) for path in sys.path if path.endswith("site-packages"))
    for entry in site.iterdir():
        if not entry.name.startswith(("pulumi_aws", "pulumi_azure", "xmpp_federation", "_xmpp_federation")):
            (linked / entry.name).symlink_to(entry)
    program = tmp_path / "program.py"
    program.write_text(
        "import xmpp_federation_dns as package\n"
        "from xmpp_federation_dns.configuration.plan import read\n"
        "given = {'domains': ['contoso.com'], 'edge_pools': [{'ipv4': ['131.107.155.10']}],\n"
        "         'zones': [{'provider': 'aws', 'name': 'contoso.com'}]}\n"
        f"print(package.__file__.startswith({str(environment)!r}), len(read(given).homes))\n"
    )
    done = subprocess.run(
        [python, "-P", program],
        env={**os.environ, "PYTHONPATH": str(linked)},
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout == "True 2\n"


def test_the_public_names_are_what_the_package_exports():
    assert sorted(xmpp_federation_dns.__all__) == xmpp_federation_dns.__all__
    assert all(hasattr(xmpp_federation_dns, name) for name in xmpp_federation_dns.__all__)


def test_an_unknown_public_name_is_refused_as_python_does():
    with pytest.raises(AttributeError, match=r"^module 'xmpp_federation_dns' has no attribute 'Zones'$"):
        xmpp_federation_dns.Zones  # noqa: B018  # pyright: ignore[reportUnusedExpression]


@pytest.mark.parametrize("provider", PROVIDERS)
def test_the_plugin_loads_nothing_that_reads_the_configuration_to_keep_record_sets(provider: str):
    program = (
        "import sys, xmpp_federation_dns.plugin, xmpp_federation_dns.keepers.keeper\n"
        "from xmpp_federation_dns.backends import zone_class\n"
        f"zone_class({provider!r})\n"
        "print({each.split('.')[1] for each in sys.modules if each.startswith('xmpp_federation_dns.')})"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    ground = {"changes", "costs", "faults", "names", "problems", "records", "untyped"}
    assert ast.literal_eval(done.stdout) <= {"backends", "keepers", "plugin"} | ground


@pytest.mark.parametrize("lock", sorted(ROOT.glob("requirements*.lock")), ids=lambda lock: lock.name)
def test_a_lock_carries_no_address(lock: Path):
    assert "://" not in lock.read_text()


def test_the_lock_of_npm_says_of_no_package_where_it_was_found():
    lock = json.loads((ROOT / "tests/engine/languages/typescript/package-lock.json").read_text())
    assert lock["packages"]
    assert [name for name, package in lock["packages"].items() if "resolved" in package] == []


def test_no_two_modules_have_one_name_but_for_those_of_commands():
    package = ROOT / "components" / "xmpp_federation_dns"
    modules = [path for path in package.rglob("*.py") if path.stem != "__init__"]
    names = [path.stem for path in modules if path.parent.name != "commands"]
    assert sorted({name for name in names if names.count(name) > 1}) == []
