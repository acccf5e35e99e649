"""What a proof found: a verdict for each SIP domain, and what led to it."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal, NamedTuple

Severity = Literal["error", "unknown", "warning", "info"]
"""`error`: federation fails for some peer. `unknown`: the check could not be made."""
State = Literal["proven", "failed", "unknown"]

PROVEN, FAILED, UNKNOWN = 0, 1, 2
"""Exit statuses of a proof: everything proven; something not; or only that something could not be asked."""


class Subject(NamedTuple):
    """What a finding is about: a name, or the record set of a *type* there, unless it is *of* something else.

    `zone`: a zone as a whole, whatever the type. `domain`: a SIP domain. `server`: an address and port.
    """

    name: str
    type: str = ""
    of: Literal["name", "zone", "domain", "server"] = "name"

    def __str__(self) -> str:
        return f"{self.name} {self.type}" if self.type else self.name

    def is_among(self, subjects: Collection["Subject"]) -> bool:
        """Tell whether it is one of *subjects*, which are names and zones; what is neither always is."""
        subject = self._replace(type="") if self.of == "zone" else self
        return self.of not in ("name", "zone") or subject in subjects


@dataclass(frozen=True, slots=True)
class Finding:
    """What one check found: about what, what is wrong, and the way out, each in one line."""

    check: str
    severity: Severity
    subject: Subject
    text: str
    way_out: str = ""
    expected: str = ""
    seen: Mapping[str, str] = field(default_factory=dict[str, str])
    """What each server said, by its name and address."""

    def __str__(self) -> str:
        return f"{self.subject}: {self.text}" + (f"; {self.way_out}" if self.way_out else "")

    @property
    def lines(self) -> list[str]:
        """All of it: what is wrong, what was expected, and the answers of the servers, those that agree together."""
        expected = [f"expected {self.expected}"] if self.expected else []
        return [str(self), *expected, *self.answers]

    @property
    def answers(self) -> list[str]:
        """What the servers answered, in one line for all that answered the same."""
        by_answer: dict[str, list[str]] = {}
        for server, answer in self.seen.items():
            by_answer.setdefault(answer, []).append(server)
        return [f"{', '.join(servers)}: {answer}" for answer, servers in by_answer.items()]


@dataclass(frozen=True, slots=True)
class Verdict:
    """What is known of one SIP domain."""

    domain: str
    findings: tuple[Finding, ...] = ()
    expiries: Mapping[str, datetime] = field(default_factory=dict[str, datetime], compare=False)
    """When the certificate of each server ends that showed one."""

    @property
    def state(self) -> State:
        """Whether federation is proven, failed, or could not be asked about."""
        severities = {finding.severity for finding in self.findings}
        if "error" in severities:
            return "failed"
        return "unknown" if "unknown" in severities else "proven"


class NoResolverError(Exception):
    """The resolver of this machine does not answer, told in one line."""


def exit_status(verdicts: Iterable[Verdict]) -> int:
    """Return the exit status of a proof: what failed weighs more than what could not be asked."""
    states = {verdict.state for verdict in verdicts}
    return FAILED if "failed" in states else UNKNOWN if "unknown" in states else PROVEN
