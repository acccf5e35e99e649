"""Our SIP domains and their partners: whether each of ours federates with each of theirs, and what decides. Pure."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, NamedTuple

from rich.table import Table
from rich.text import Text

from xmpp_federation_dns import names
from xmpp_federation_dns.changes import listed
from xmpp_federation_dns.markdown import MOST, table_row, within
from xmpp_federation_dns.proof.report import Severity, State, Verdict

MOST_COLUMNS = 8
"""SIP domains of ours that have a column each; more are listed, those with the same outcome together."""
_COLOURS: Mapping[str, str] = {"proven": "green", "failed": "red", "unknown": "yellow"}
_ORDER: Mapping[State, int] = {"failed": 0, "unknown": 1, "proven": 2}
_SHOWN = 3


class Cell(NamedTuple):
    """What is known of two domains: the verdict, and which *check* on whose side decides where it is not proven."""

    state: State
    check: str = ""
    side: Literal["", "ours", "theirs"] = ""

    def __str__(self) -> str:
        return " ".join(filter(None, (self.state, self.check, self.side and f"({self.side})")))


@dataclass(frozen=True, slots=True)
class Matrix:
    """The outcome for each of *ours* with each of *theirs*; *cells* has one for each pair, in this order."""

    ours: tuple[str, ...]
    theirs: tuple[str, ...]
    cells: Mapping[tuple[str, str], Cell]

    @property
    def summary(self) -> str:
        """In one line how many pairs have which verdict."""
        states = [cell.state for cell in self.cells.values()]
        words = (("proven", "proven"), ("failed", "not"), ("unknown", "could not be asked about"))
        parts = [f"{states.count(s):,} {word}" for s, word in words if s == "proven" or s in states]
        return f"{len(states):,} {'pair' if len(states) == 1 else 'pairs'} of domains: {', '.join(parts)}"


def cell(ours: Verdict, theirs: Verdict) -> Cell:
    """Return what decides between a verdict on our SIP domain and one on a partner, as ours asked it.

    What failed decides before what could not be asked, and on our side first: that is for us to repair.
    """
    sides: tuple[tuple[Literal["ours", "theirs"], Verdict], ...] = (("ours", ours), ("theirs", theirs))
    weights: tuple[tuple[Severity, State], ...] = (("error", "failed"), ("unknown", "unknown"))
    for severity, state in weights:
        for side, verdict in sides:
            for finding in verdict.findings:
                if finding.severity == severity:
                    return Cell(state, finding.check, side)
    return Cell("proven")


def as_table(matrix: Matrix) -> Table:
    """Return a row for each partner, and a column for each of ours as long as these are few."""
    columns, rows = _rows(matrix)
    table = Table(*columns)
    for row in rows:
        table.add_row(*(_coloured(text) for text in row))
    return table


def as_markdown(matrix: Matrix, most: int = MOST) -> str:
    """Return the same as a Markdown table, in at most so many characters."""
    columns, rows = _rows(matrix)
    head = [matrix.summary, "", table_row(columns), "|" + "---|" * len(columns)]
    return within(head, [table_row(row) for row in rows], most)


def _rows(matrix: Matrix) -> tuple[Sequence[str], Iterator[Sequence[str]]]:
    if len(matrix.ours) <= MOST_COLUMNS:
        columns = ["Partner", *map(names.unicode_form, matrix.ours)]
        rows = (
            [names.unicode_form(their), *(str(matrix.cells[our, their]) for our in matrix.ours)]
            for their in matrix.theirs
        )
        return columns, rows
    return ("Partner", "Outcome", "SIP domains"), _listed(matrix)


def _listed(matrix: Matrix) -> Iterator[Sequence[str]]:
    """Yield for each partner the outcomes, and for which of ours each is so: the worst first."""
    for their in matrix.theirs:
        by_cell: dict[Cell, list[str]] = {}
        for our in matrix.ours:
            by_cell.setdefault(matrix.cells[our, their], []).append(our)
        name = names.unicode_form(their)
        for outcome, some in sorted(by_cell.items(), key=lambda item: _ORDER[item[0].state]):
            yield name, str(outcome), _first_of(some, len(matrix.ours))
            name = ""


def _first_of(ours: Sequence[str], all_: int) -> str:
    if len(ours) == all_:
        return f"all {all_:,}"
    return listed([*map(names.unicode_form, ours)], _SHOWN)


def _coloured(text: str) -> Text:
    return Text(text, _COLOURS.get(text.partition(" ")[0], ""), overflow="fold")
