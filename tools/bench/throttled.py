"""Publish a zone of Azure DNS in bulk, at the rate that the service takes of a zone, and hold the time against it.

The stand-in has the limits of the service. Exit status 1 where publishing takes more than a tenth longer than they
allow.
"""

import argparse
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import yaml
from tests.standins.arm_throttling import A_MINUTE
from tests.standins.clouds import Azure

from tools.bench import table
from tools.bench.workload import ZONE, wanted
from tools.lab.stack import NAMESPACE, Stack

SIZE = 1_000
"""SIP domains, with two record sets each."""
SLACK = 1.1
HEAD = (
    "| SIP domains | record sets | at least | `pulumi up` | calls that were refused | |",
    "|---|---|---|---|---|---|",
)


@dataclass(frozen=True)
class Measured:
    """How long a create of *size* SIP domains took, in minutes of the service, and calls that it had to repeat."""

    size: int
    minutes: float
    refused: int

    @property
    def least(self) -> float:
        """Minutes in which the service takes as many creations: those of the first minute at once."""
        return max(2 * self.size - A_MINUTE["create"], 0) / A_MINUTE["create"]

    @property
    def kept(self) -> bool:
        """Whether it took at most a tenth longer than that."""
        return self.minutes <= SLACK * self.least

    def __str__(self) -> str:
        """Say all of it in one row of a table."""
        kept = "kept" if self.kept else "**missed**"
        cells = (
            f"{self.size:,}",
            f"{2 * self.size:,}",
            f"{self.least:.1f} min",
            f"{self.minutes:.2f} min",
            f"{self.refused:,}",
            f"at most {SLACK * self.least:.1f} min: {kept}",
        )
        return f"| {' | '.join(cells)} |"


def measured(size: int, faster: float = 1, *, full: bool = True) -> Measured:
    """Create *size* SIP domains while the service's clock runs so much *faster*; raise where the zone is not so.

    *full*: whether the service takes those of a minute at once first.
    """
    with TemporaryDirectory(prefix="bench-") as directory, Azure.running(Path(directory)) as azure:
        stack = Stack(Path(directory), "bench", azure.environment)
        stack.pulumi("stack", "select", "--create")
        zone, aim = azure.zone(ZONE), wanted("create all", size)
        options = {"zones": [{**zone.configuration(), "bulk": True}], **aim.configuration()}
        file: dict[str, Any] = yaml.safe_load(stack.file.read_text())
        file["config"] = {f"{NAMESPACE}:{key}": value for key, value in options.items()}
        stack.file.write_text(yaml.safe_dump(file))
        azure.server.request("POST", "/-/throttle", {"speed": faster, "full": full})
        began = time.monotonic()
        stack.pulumi("up", "--yes", "--skip-preview")
        minutes = (time.monotonic() - began) * faster / 60
        if zone.record_sets() != aim.record_sets():
            raise RuntimeError("the zone is not as it should be")
        calls = azure.server.calls()["RecordSets_CreateOrUpdate"]
    return Measured(size, minutes, calls - 2 * size)


def main(arguments: list[str]) -> int:
    """Return 1 where it takes longer than it should."""
    parser = argparse.ArgumentParser(prog="make bench-azure", description=__doc__)
    parser.add_argument("--write", action="store_true", help="write docs/benchmarks.md")
    given = parser.parse_args(arguments)
    done = measured(SIZE)
    rows = "\n".join([*HEAD, str(done)])
    print(rows)
    if given.write:
        table.write([f"Measured on {time.strftime('%Y-%m-%d')}.", rows], "azure")
    return 0 if done.kept else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
