"""The process of the plugin: how it begins, and that it ends with its engine."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from importlib.metadata import entry_points

import pytest

from xmpp_federation_dns import plugin


class EndedError(Exception):
    """Stands for the end of the process."""


@pytest.fixture
def ending(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Let the end of the process be one of its call, and leave the signals of this process as they are."""

    def end(status: int) -> None:
        raise EndedError(status)

    monkeypatch.setattr(os, "_exit", end)
    before = signal.getsignal(signal.SIGINT)
    yield
    signal.signal(signal.SIGINT, before)


def test_the_executable_that_the_engine_looks_for_is_installed():
    [found] = entry_points(group="console_scripts", name="pulumi-resource-xmpp-federation-dns")
    assert found.load() is plugin.main


@pytest.mark.usefixtures("ending")
def test_it_tells_its_port_and_ends_when_its_engine_is_gone(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
):
    monkeypatch.setattr(sys, "argv", ["plugin", "--logtostderr", "-v=9", "127.0.0.1:1"])
    monkeypatch.setattr(plugin, "LOOK", 0.01)
    engines = iter([1, 1, 2])
    monkeypatch.setattr(os, "getppid", lambda: next(engines))
    with pytest.raises(EndedError, match="0"):
        plugin.main()
    assert capsys.readouterr().out.strip().isdecimal()


def test_who_starts_it_by_hand_is_told_what_it_is(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(sys, "argv", ["pulumi-resource-xmpp-federation-dns", "--help"])
    with pytest.raises(SystemExit) as raised:
        plugin.main()
    assert raised.value.code == (
        "pulumi-resource-xmpp-federation-dns is started by Pulumi; the command line tool is xmpp-federation-dns"
    )


def test_an_interrupt_ends_it_without_a_word():
    text = "import xmpp_federation_dns.plugin as p, sys; sys.argv = ['plugin', '127.0.0.1:1']; p.main()"
    with subprocess.Popen(
        [sys.executable, "-c", text], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout
        assert process.stdout.readline().strip().isdecimal()
        process.send_signal(signal.SIGINT)
        assert (process.communicate()[1], process.returncode) == ("", 0)


def test_it_ends_by_itself_when_its_engine_was_killed():
    starts = "import subprocess, sys; subprocess.Popen(sys.argv[1:]); sys.stdin.read()"
    text = "import xmpp_federation_dns.plugin as p, sys; sys.argv = ['plugin', '127.0.0.1:1']; p.main()"
    command = [sys.executable, "-c", starts, sys.executable, "-c", text]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as engine:
        assert engine.stdout
        assert engine.stdout.readline().strip().isdecimal()
        engine.kill()
        # What holds the other end of its output is the plugin.
        assert engine.stdout.read() == ""
