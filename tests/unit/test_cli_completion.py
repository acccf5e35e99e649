"""What shells complete, and which version the command is."""

import os
import subprocess
import tomllib
from functools import cache
from pathlib import Path

import pytest
from tests.unit.cli import COMMAND, CORRECT, call, run

pytestmark = pytest.mark.usefixtures("project")
PROJECT = Path(__file__).parents[2] / "pyproject.toml"
PATH = f"{COMMAND.parent}{os.pathsep}{os.environ['PATH']}"


def bash(text: str) -> str:
    """Return what bash prints, and raise where it prints an error or fails."""
    environment = {"PATH": PATH, "HOME": str(Path().absolute())}
    command = ["bash", "--noprofile", "--norc", "-eu", "-o", "pipefail", "-c", text]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=True)
    assert done.stderr == ""
    return done.stdout


@cache
def script() -> str:
    """Return what the command offers to bash."""
    return bash(f"{COMMAND.name} --show-completion; true")


def completed(*typed: str) -> list[str]:
    """Return what bash makes of the last of the words that are *typed*."""
    words = " ".join(f"'{word}'" for word in (COMMAND.name, *typed))
    return bash(
        f"{script()}\n"
        f"COMP_WORDS=({words}) COMP_CWORD={len(typed)}\n"
        f"_xmpp_federation_dns_completion {COMMAND.name}\n"
        'printf "%s\\n" "${COMPREPLY[@]}"\n'
    ).splitlines()


def test_the_version_is_that_of_the_project():
    version = tomllib.loads(PROJECT.read_text())["project"]["version"]
    assert call("--version") == (0, f"xmpp-federation-dns {version}\n", "")


def test_the_script_for_bash_is_valid_and_stands_for_the_command():
    Path("script").write_text(script())
    assert bash("bash -n script") == ""
    registered = "complete -o default -F _xmpp_federation_dns_completion xmpp-federation-dns\n"
    assert bash(f". ./script\ncomplete -p {COMMAND.name}") == registered


def test_bash_completes_a_subcommand():
    assert completed("ve") == ["verify"]
    assert completed("") == [
        "check",
        "export",
        "schema",
        "verify",
        "probe",
        "peer",
        "review",
        "adopt",
        "access",
        "drift",
        "discover",
    ]


def test_bash_completes_an_option_and_its_values():
    assert completed("verify", "x.json", "--fo") == ["--format"]
    assert completed("verify", "x.json", "--format", "j") == ["json", "junit"]


@pytest.mark.parametrize("command", ["check", "export", "verify", "probe"])
def test_bash_completes_the_stacks_of_the_project(command: str):
    assert completed(command, "") == ["correct", "unwise", "wrong"]


def test_bash_completes_the_stacks_where_the_project_keeps_them():
    Path("Pulumi.yaml").write_text("stackConfigDir: config")
    Path("config").mkdir()
    Path("config/Pulumi.prod.yaml").write_text(CORRECT)
    assert completed("check", "") == ["prod"]


@pytest.mark.parametrize(
    ("shell", "start"), [("zsh", """_arguments '*: :(("verify":"Ask """), ("fish", "verify\tAsk ")]
)
def test_zsh_and_fish_are_offered_a_subcommand(shell: str, start: str):
    asked = {"_XMPP_FEDERATION_DNS_COMPLETE": f"complete_{shell}", "_TYPER_COMPLETE_FISH_ACTION": "get-args"}
    done = run(**asked, _TYPER_COMPLETE_ARGS=f"{COMMAND.name} ve")
    assert done.stderr == b""
    assert done.stdout.decode().startswith(start)
