"""What came of histories, kept in a file between runs, and the figures of all of them."""

import json
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict
from pathlib import Path

from pydantic import TypeAdapter, ValidationError
from tests.soak.outcome import Outcome

_OUTCOME = TypeAdapter(Outcome)


class HistoryFileError(Exception):
    """A history file cannot be read, told in one line."""


def read(path: Path) -> dict[int, Outcome]:
    """Return the outcomes of a history file by seed, the last one of each; none where there is no file.

    Raises :class:`HistoryFileError`.
    """
    try:
        lines = path.read_text(encoding="utf-8").splitlines() if path.exists() else []
    except (OSError, UnicodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is not UTF-8"
        raise HistoryFileError(f"{path}: cannot be read: {reason}") from None
    found: dict[int, Outcome] = {}
    for number, line in enumerate(lines, 1):
        outcome = parsed(line)
        if outcome is None:
            raise HistoryFileError(
                f"{path}, line {number}: not the outcome of a history; delete the line, or name another file by FILE="
            )
        found[outcome.seed] = outcome
    return found


def keep(path: Path, outcome: Outcome) -> None:
    """Add an outcome to a history file."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a", encoding="utf-8") as file:
        file.write(json.dumps(asdict(outcome)) + "\n")


def left(kept: Mapping[int, Outcome], first: int, histories: int) -> list[int]:
    """Return the seeds, of so many *histories* from the *first* on, that nothing came of yet."""
    return [seed for seed in range(first, first + histories) if seed not in kept]


def line(outcome: Outcome) -> str:
    """Tell an outcome in a line."""
    faults = sum(outcome.met.values())
    result = f"NOT HELD: {'; '.join(outcome.broken)}" if outcome.broken else "held"
    head = (
        f"seed {outcome.seed}: {outcome.way}, {outcome.steps} steps, {faults} faults, {outcome.seconds:.0f} s"
    )
    return f"{head}: {result}"


def summary(outcomes: Iterable[Outcome]) -> str:
    """Return the figures of all *outcomes*: histories, steps, faults by kind, what held, and what did not."""
    found = sorted(outcomes, key=lambda each: each.seed)
    held = [each for each in found if each.held]
    tried, met = _sum(each.faults for each in found), _sum(each.met for each in found)
    lines = [
        f"{len(found)} {'history' if len(found) == 1 else 'histories'}, {sum(each.steps for each in found)} steps, "
        f"{sum(each.runs for each in found)} runs of pulumi, {sum(each.seconds for each in found) / 3600:.1f} hours",
        *_by_way(found),
        f"{met.total()} faults that a run met, of {tried.total()} tried:",
        *(f"  {met[kind]:5} {kind}" for kind in sorted(tried, key=lambda kind: (-met[kind], kind))),
        "ways out that messages and docs/operations.md say, and that were taken:",
        *(f"  {count:5} {what}" for what, count in _sum(each.ways_out for each in found).most_common()),
        f"all invariants held in {len(held)} of {len(found)}",
        *(f"  {line(each)}" for each in found if not each.held),
    ]
    return "\n".join(lines)


def _by_way(found: Sequence[Outcome]) -> list[str]:
    ways = Counter(each.way for each in found)
    return [
        f"  {count:5} {way}, {sum(each.held for each in found if each.way == way)} held"
        for way, count in sorted(ways.items())
    ]


def _sum(counts: Iterable[Mapping[str, int]]) -> Counter[str]:
    found: Counter[str] = Counter()
    for each in counts:
        found.update(each)
    return found


def parsed(line: str) -> Outcome | None:
    """Return the outcome that a line of JSON is, if it is one."""
    try:
        return _OUTCOME.validate_json(line, strict=True)
    except ValidationError:
        return None
