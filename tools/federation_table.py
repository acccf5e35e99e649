"""The tables of docs/verification.md: what the federation test sets up, and who says what of it."""

from collections.abc import Sequence

from tests.federation.rows import PONG, ROWS, Row

HEAD = ("what was set up for fabrikam.com", "`verify`", "`probe`", "Prosody", "ejabberd")


def tables() -> str:
    """Return the tables of what is broken and of what is not."""
    broken = [row for row in ROWS if row.broken]
    sound = [row for row in ROWS if not row.broken]
    return f"Broken:\n\n{_table(broken)}\n\nNot broken, though it may look so:\n\n{_table(sound)}\n"


def _table(rows: Sequence[Row]) -> str:
    lines = [HEAD, ["---"] * len(HEAD), *map(_cells, rows)]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def _cells(row: Row) -> tuple[str, ...]:
    return (row.title, _found(row.verify), _found(row.probe), _said(row.prosody), _said(row.ejabberd))


def _found(findings: Sequence[str]) -> str:
    return ", ".join(findings) or "clean"


def _said(answer: str) -> str:
    return "federates" if answer == PONG else f"“{answer}”"
