"""The table of docs/lifecycle.md: ways in that lose record sets elsewhere, and how each ends."""

from tests.matrix.ownership.rows import COLUMNS, ENDINGS, NOTES, ROWS, Row

_MARKS = dict(zip(NOTES, "¹²", strict=True))


def table() -> str:
    """Return the table, and what has to be said of its exceptions."""
    lines = [("what is changed", *COLUMNS), ["---"] * (1 + len(COLUMNS)), *map(_cells, ROWS.values())]
    rows = "\n".join(f"| {' | '.join(line)} |" for line in lines)
    notes = "\n\n".join(f"{mark} {NOTES[words]}" for words, mark in _MARKS.items())
    return f"\n{rows}\n\n{notes}\n"


def _cells(row: Row) -> tuple[str, ...]:
    words = [ENDINGS[row.cells[column]] if column in row.cells else "" for column in COLUMNS]
    return (row.title, *(f"{each} {_MARKS.get(each, '')}".strip() for each in words))
