"""One program at one number of SIP domains: an emulation, a zone and a stack of its own, step after step."""

from collections import Counter
from collections.abc import Generator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Self

from tests.standins.zones import Published

from tools.bench.programs import Program
from tools.bench.usage import Usage, usage
from tools.bench.workload import Step, wanted

WRITE = "ChangeResourceRecordSets"


@dataclass(frozen=True)
class Cell:
    """What one step of one program took, or why it was not run."""

    program: str
    size: int
    step: Step
    used: Usage | None
    calls: Mapping[str, int]
    """Calls of the provider's API, by operation."""
    not_run: str = ""

    @classmethod
    def median(cls, runs: Sequence[Self]) -> Self:
        """Return what the same step took in several *runs*, which make the same calls."""
        used = [run.used for run in runs if run.used]
        return replace(runs[0], used=Usage.median(used))

    @property
    def writes(self) -> int:
        """How many batches were sent."""
        return self.calls.get(WRITE, 0)


@dataclass
class Session:
    """A program at work."""

    program: Program
    size: int
    others: Mapping[tuple[str, str], Published]
    """What the zone had from the start."""

    @classmethod
    @contextmanager
    def of(cls, program: type[Program], size: int) -> Generator[Self]:
        """Prepare *program* until the block ends."""
        with TemporaryDirectory(prefix="bench-") as directory, program.served(Path(directory)) as at:
            yield cls(program(Path(directory), at), size, at.zone.record_sets())

    def run(self, step: Step) -> Cell:
        """Do *step*; raise :class:`RuntimeError` where the zone is not as it should be afterwards."""
        target = wanted(step, self.size)
        command = self.program.command(step, target)
        before = Counter(self.program.at.calls())
        log = self.program.directory / "log"
        # What an interpreter keeps on disk is there for every program, as on any other machine.
        variables = {k: v for k, v in self.program.environment.items() if not k.startswith("PYTHON")}
        used = usage(command, log, self.program.directory, variables)
        calls = Counter(self.program.at.calls()) - before
        if self.program.zone.record_sets() != {**self.others, **target.record_sets()}:
            raise RuntimeError(f"{self.program.title}: the zone is not as it should be after {step!r}")
        return Cell(self.program.title, self.size, step, used, dict(calls))
