"""All that a proof found at one time, and what of it is new since another one."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, NamedTuple

from xmpp_federation_dns.proof.matrix import Matrix
from xmpp_federation_dns.proof.report import Finding, State, Verdict, exit_status

Mark = Literal["", "new", "gone"]
"""What became of a finding since the baseline; nothing where there is none."""

NOT_ASKED: Literal["not asked"] = "not asked"
"""In place of the verdict on a SIP domain about which nobody was asked."""


@dataclass(frozen=True, slots=True)
class Change:
    """What has changed about one SIP domain: its verdict *before* and *now*, and findings.

    A finding is *gone* only where the SIP domain could be asked about now.
    """

    domain: str
    before: State | None
    now: State | None
    new: tuple[Finding, ...] = ()
    gone: tuple[Finding, ...] = ()

    @property
    def state(self) -> str:
        """The verdict in words, and which one it was before, where that was another."""
        before, now = self.before or NOT_ASKED, self.now or NOT_ASKED
        return now if before == now else f"{before} → {now}"


@dataclass(frozen=True, slots=True)
class Since:
    """What has changed since a baseline, *asked* at that time, and how many SIP domains are *as before*."""

    asked: datetime
    changes: tuple[Change, ...]
    as_before: int


class Entry(NamedTuple):
    """What a report says of one SIP domain: its verdict, the same in words, and findings."""

    domain: str
    state: State | Literal["not asked"]
    text: str
    findings: tuple[tuple[Mark, Finding], ...]

    @property
    def outcome(self) -> State:
        """The verdict on what is new of it; without a baseline, on all of it."""
        return Verdict(self.domain, tuple(found for mark, found in self.findings if mark != "gone")).state


@dataclass(frozen=True, slots=True)
class Result:
    """The verdicts of a *proof*, by the name of its command, and what has changed *since* a baseline, if there is one.

    *matrix*: what comes of our SIP domains with those of partners, where that was asked.
    """

    proof: str
    asked: datetime
    verdicts: Sequence[Verdict]
    since: Since | None = None
    matrix: Matrix | None = None

    @property
    def entries(self) -> list[Entry]:
        """What is to be reported: all of it, or what has changed."""
        if self.since is None:
            return [
                Entry(each.domain, each.state, each.state, tuple(("", f) for f in each.findings))
                for each in self.verdicts
            ]
        return [
            Entry(
                each.domain,
                each.now or NOT_ASKED,
                each.state,
                (*(("new", f) for f in each.new), *(("gone", f) for f in each.gone)),
            )
            for each in self.since.changes
        ]

    @property
    def exit_status(self) -> int:
        """That of the verdicts; with a baseline that of the new findings, where anything could be asked."""
        if self.since is None or self.is_unanswered:
            return exit_status(self.verdicts)
        return exit_status(Verdict(each.domain, each.new) for each in self.since.changes)

    @property
    def is_unanswered(self) -> bool:
        """Whether nothing at all could be asked."""
        return all(verdict.state == "unknown" for verdict in self.verdicts)


def compared(before: Result, now: Iterable[Verdict]) -> Since:
    """Return what has changed from the verdicts of *before* to those of *now*.

    A finding is the same by check, severity, subject and text, whatever the servers say in detail.
    """
    old = {verdict.domain: verdict for verdict in before.verdicts}
    changes: list[Change] = []
    as_before = 0
    for verdict in now:
        was = old.pop(verdict.domain, None)
        known, found = _by_key(was), _by_key(verdict)
        new = tuple(each for key, each in found.items() if key not in known)
        gone = tuple(each for key, each in known.items() if key not in found and verdict.state != "unknown")
        change = Change(verdict.domain, was.state if was else None, verdict.state, new, gone)
        if new or gone or change.before != change.now:
            changes.append(change)
        else:
            as_before += 1
    changes += [Change(domain, was.state, None) for domain, was in old.items()]
    return Since(before.asked, tuple(changes), as_before)


def _by_key(verdict: Verdict | None) -> dict[tuple[str, str, str, str], Finding]:
    findings = verdict.findings if verdict else ()
    return {(f.check, f.severity, str(f.subject), f.text): f for f in findings}
