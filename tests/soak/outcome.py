"""What came of a history."""

from dataclasses import dataclass, field


class BrokenError(Exception):
    """What did not hold, in a line, and what was said then."""


@dataclass
class Outcome:
    """What came of the history of a *seed*; *broken* is what did not hold."""

    seed: int
    way: str
    finished: bool = True
    """Whether it came to its end, or to what did not hold; otherwise it broke off itself."""
    steps: int = 0
    runs: int = 0
    seconds: float = 0
    faults: dict[str, int] = field(default_factory=dict[str, int])
    """How often each kind of fault was tried."""
    met: dict[str, int] = field(default_factory=dict[str, int])
    """How often a run met with it."""
    ways_out: dict[str, int] = field(default_factory=dict[str, int])
    """What messages said to do, and was done."""
    broken: list[str] = field(default_factory=list[str])

    def tried(self, fault: str, *, met: bool) -> None:
        """Count a fault, and whether a run met with it."""
        self.faults[fault] = self.faults.get(fault, 0) + 1
        self.met[fault] = self.met.get(fault, 0) + met

    def took(self, way_out: str) -> None:
        """Count a way out."""
        self.ways_out[way_out] = self.ways_out.get(way_out, 0) + 1

    @property
    def held(self) -> bool:
        """Tell whether everything held."""
        return not self.broken
