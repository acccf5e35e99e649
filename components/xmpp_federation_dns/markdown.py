"""Markdown for a pull request: tables that fit one comment."""

from collections.abc import Sequence

from xmpp_federation_dns.problems import printable

MOST = 65_536
"""Characters of a comment on GitHub (measured there by others, 2026-11); a summary of a step has room for more."""


def within(head: Sequence[str], rows: Sequence[str], most: int = MOST) -> str:
    """Return *head* and as many *rows* of a Markdown table as *most* characters take, and how many are left out."""
    # Characters outside of the basic plane may count twice.
    room = most - 200 - sum(_length(line) + 1 for line in head)
    kept: list[str] = []
    for row in rows:
        room -= _length(row) + 1
        if room < 0:
            break
        kept.append(row)
    left = len(rows) - len(kept)
    more = (
        ["", f"… and {left:,} more rows, which do not fit here; `--format json` has all of them."]
        if left
        else []
    )
    return "\n".join([*head, *kept, *more])


def table_row(cells: Sequence[str]) -> str:
    """Return one row of a Markdown table."""
    return f"| {' | '.join(map(cell, cells))} |"


def cell(text: str) -> str:
    """Return *text* as a cell of a Markdown table."""
    return printed(text).replace("\\", "\\\\").replace("|", "\\|").replace("\n", "<br>")


def printed(text: str) -> str:
    """Return *text* without what a terminal would obey; its lines stay lines."""
    return "\n".join(map(printable, text.split("\n")))


def _length(text: str) -> int:
    return len(text.encode("utf-16-le")) // 2
