"""How far a command is: a bar on a terminal, nothing in a log."""

import io
from functools import partial

import pytest
from rich.console import Console

from xmpp_federation_dns.commands import terminal


@pytest.mark.parametrize("is_terminal", [True, False])
def test_a_bar_is_for_terminals_alone(monkeypatch: pytest.MonkeyPatch, is_terminal: bool):
    text = io.StringIO()
    console = partial(Console, file=text, force_terminal=is_terminal, width=80)

    def made(*, stderr: bool) -> Console:
        assert stderr
        return console()

    monkeypatch.setattr(terminal, "Console", made)
    with terminal.progress("drift", "zones read", 4) as done:
        done(3)
    told = text.getvalue()
    assert ("zones read" in told, "4" in told) == (is_terminal, is_terminal)
