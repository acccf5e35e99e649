"""The source plugin in plugin/, without the language host that would start it: that of the tests is too old for it."""

import os
import re
import subprocess
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import grpc
import pytest
import yaml
from google.protobuf.empty_pb2 import Empty
from pulumi.runtime.proto.provider_pb2_grpc import ResourceProviderStub
from tools import package
from tools.lab.stack import CHECKOUT

PLUGIN = CHECKOUT / "plugin"
PROJECT = tomllib.loads((CHECKOUT / "pyproject.toml").read_text())["project"]


@pytest.fixture(scope="module")
def environment(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return an environment with what the host installs, in the versions that are locked."""
    venv = tmp_path_factory.mktemp("source") / "venv"
    subprocess.run([package.uv(), "venv", "--quiet", venv], check=True)
    command = [package.uv(), "pip", "install", "--quiet", "--python", venv / "bin" / "python"]
    lock = ["--constraint", CHECKOUT / "requirements.lock"]
    subprocess.run([*command, *lock, "-r", "requirements.txt"], cwd=PLUGIN, check=True)
    return venv


@pytest.fixture
def port(environment: Path) -> Iterator[str]:
    """Yield what the plugin prints when it is started as the host does."""
    inherited = {key: value for key, value in os.environ.items() if not key.startswith("PYTHON")}
    command = [environment / "bin" / "python", PLUGIN, "127.0.0.1:1"]
    with subprocess.Popen(command, env=inherited, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout
        yield process.stdout.readline()
        process.terminate()


def test_it_runs_in_an_environment_of_its_own_beside_its_files():
    assert yaml.safe_load((PLUGIN / "PulumiPlugin.yaml").read_text()) == {
        "runtime": {"name": "python", "options": {"toolchain": "pip", "virtualenv": "venv"}}
    }


def test_it_carries_every_extra_of_the_checkout_around_it():
    [found] = re.findall(r"^\.\.\[(.*)\]$", (PLUGIN / "requirements.txt").read_text(), re.MULTILINE)
    assert found.split(",") == [*PROJECT["optional-dependencies"]]


def test_it_serves_the_version_of_the_package(port: str):
    with grpc.insecure_channel(f"127.0.0.1:{int(port)}") as channel:
        stub: Any = ResourceProviderStub(channel)
        info = stub.GetPluginInfo(Empty(), timeout=10)
    assert info.version == PROJECT["version"]
