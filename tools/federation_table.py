"""The tables of docs/verification.md: what the federation test sets up, and who says what of it."""

from collections.abc import Sequence

from tests.federation.ends import ENDS, End, Said
from tests.federation.rows import PONG, ROWS, Row

ENDS_HEAD = ("what contoso.com shows, and fabrikam.com demands", "Prosody", "ejabberd")
HEAD = ("what was set up for fabrikam.com", "`verify`", "`probe`", "Prosody", "ejabberd")


def tables() -> str:
    """Return the tables of what is broken and of what is not."""
    broken = [row for row in ROWS if row.broken]
    sound = [row for row in ROWS if not row.broken]
    return f"Broken:\n\n{_table(broken)}\n\nNot broken, though it may look so:\n\n{_table(sound)}\n"


def ends() -> str:
    """Return the table of how far a certificate gets."""
    return f"\n{_lines(ENDS_HEAD, [_end(end) for end in ENDS])}\n"


def _table(rows: Sequence[Row]) -> str:
    return _lines(HEAD, [*map(_cells, rows)])


def _lines(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    return "\n".join(f"| {' | '.join(line)} |" for line in [head, ["---"] * len(head), *rows])


def _end(end: End) -> tuple[str, ...]:
    return (end.title, _outcome(end.prosody), _outcome(end.ejabberd))


def _outcome(said: Said | None) -> str:
    return f"{said.severity}: {said.words}" if said else ""


def _cells(row: Row) -> tuple[str, ...]:
    return (row.title, _found(row.verify), _found(row.probe), _said(row.prosody), _said(row.ejabberd))


def _found(findings: Sequence[str]) -> str:
    return ", ".join(findings) or "clean"


def _said(answer: str) -> str:
    return "federates" if answer == PONG else f"“{answer}”"
