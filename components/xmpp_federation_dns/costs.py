"""What it costs to change many record sets, before it is paid. Pure.

What a provider lets changes take stands in its file under backends/; what Pulumi itself takes stands here.
"""

import math
from dataclasses import dataclass

MANY = 200
"""Record sets of a zone from which on it is told what they cost."""
AT_A_TIME = 8
"""Resources that Pulumi changes at a time on two cores, unless `--parallel` says otherwise (engine 3.255, 2026-11)."""
FEW = 90
"""Seconds below which nobody wants to know how many."""
STEP, WRITE = 0.034, 7.2e-5
"""Seconds that Pulumi takes for a resource, and for each that is in the state which it then writes anew.

From the rows "create all" of 100 and 1,000 SIP domains one by one in docs/benchmarks.md (2026-11-26), with the state
in files.
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Budget:
    """What a provider lets the changes of record sets take, in one way of publishing them."""

    each: float = 0
    """Seconds that a record set takes, one after another."""
    waits: float = 0
    """Seconds that a record set waits, as many at a time as Pulumi changes resources."""
    calls: int = 1
    """Calls that a record set takes, of those that are counted."""
    a_second: float = math.inf
    """Calls a second and account."""
    a_minute: float = math.inf
    """Record sets a minute and zone; the first minute's go at once."""
    once: float = 0
    """Seconds that an update waits in the end."""

    def seconds(self, record_sets: int, at_a_time: int) -> tuple[float, str]:
        """Return how long so many changes take at least, and what it is that they wait for."""
        bounds = {
            "one after another": record_sets * self.each,
            f"{at_a_time:,} at a time": record_sets * self.waits / at_a_time,
            f"{self.a_second:,g} calls a second": record_sets * self.calls / self.a_second,
            f"{self.a_minute:,g} a minute": 60 * max(0, record_sets / self.a_minute - 1),
        }
        why, most = max(bounds.items(), key=lambda bound: bound[1])
        return most + self.once, why


@dataclass(frozen=True, slots=True)
class Cost:
    """How long changes take, as a line and in seconds; both are estimates."""

    text: str
    seconds: float

    def __str__(self) -> str:
        return self.text


def one_by_one(
    record_sets: int, where: str, budget: Budget, bulk: Budget | None, at_a_time: int = AT_A_TIME
) -> Cost:
    """Return what changes cost with one resource a record set, and what they would cost in *bulk*, where that helps."""
    paced = budget.seconds(record_sets, at_a_time)
    kept = record_sets * (STEP + WRITE * record_sets), "with Pulumi's state in files"
    seconds, why = max(paced, kept)
    text = f"{record_sets:,} record sets one by one {where}: {_span(seconds)}"
    if seconds < FEW:
        return Cost(text, seconds)
    quick = bulk.seconds(record_sets, 1)[0] if bulk else math.inf
    advice = f"; bulk: true takes {_span(quick)}" if quick < seconds / 2 else ""
    return Cost(f"{text}, {why}{advice}", seconds)


def in_bulk(record_sets: int, where: str, budget: Budget) -> Cost:
    """Return what changes cost with one resource for all record sets of a zone."""
    seconds, why = budget.seconds(record_sets, 1)
    reason = "" if seconds < FEW else f", {why}"
    return Cost(f"{record_sets:,} record sets in bulk {where}: {_span(seconds)}{reason}", seconds)


def _span(seconds: float) -> str:
    return "seconds" if seconds < FEW else f"about {seconds / 60:,.0f} min"
