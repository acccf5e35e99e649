"""Where a stack, its providers and the name servers of its zones do not say the same: read, and compared."""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, get_args

from xmpp_federation_dns.changes import Content, Foreign, Live
from xmpp_federation_dns.federation import Federation
from xmpp_federation_dns.live.readings import Reading
from xmpp_federation_dns.metrics import gauge
from xmpp_federation_dns.proof.report import Severity, Verdict

State = Literal[
    "in order",
    "changed",
    "missing",
    "in the way",
    "not served",
    "served, not reached",
    "served, not published",
    "unknown",
]
"""What became of a record set: the last four are said where the name servers were asked, or something could not be."""
STATES: tuple[State, ...] = get_args(State)

_Severity = Severity | Literal["target"]

NEXT: Mapping[State, str] = {
    "in order": "",
    "changed": "`pulumi up --refresh` repairs what this stack published; what it did not is refused",
    "missing": "`pulumi up` publishes what is new, `pulumi up --refresh` what was deleted",
    "in the way": "`pulumi up` is refused until it is gone",
    "not served": "no `up` changes that: see to the name servers, or to the delegation",
    "served, not reached": "no `up` changes that: what it points to is at fault",
    "served, not published": "`pulumi up --refresh` publishes it; until then it may go at any time",
    "unknown": "",
}
"""What the next update does about it."""


@dataclass(frozen=True, slots=True)
class Drift:
    """One record set: what is *wanted*, what its provider has, and what name servers said that is wrong."""

    zone: str
    provider: str
    key: str
    state: State
    wanted: Content
    found: Live | None
    said: tuple[str, ...] = ()


def compared(
    readings: Iterable[Reading], expected: Iterable[Federation], verdicts: Sequence[Verdict]
) -> list[Drift]:
    """Return what became of every record set; *verdicts* on what is *expected* are those of the name servers asked."""
    keys = {each.domain: _keys(each) for each in expected}
    said = _said(keys, verdicts)
    # Without its SRV record set, nobody was asked about the addresses of a SIP domain.
    served = {key for each in verdicts if each.state == "proven" for key in keys[each.domain]}
    return [
        Drift(
            reading.zone.name,
            reading.zone.provider,
            key,
            _state(reading, key, said.get(key, {}).values(), served=key in served),
            aim,
            reading.live.get(key),
            tuple(filter(None, [reading.fault, reading.unasked, *said.get(key, ())])),
        )
        for reading in readings
        for key, aim in sorted(reading.wanted.items())
    ]


def counted(drifts: Iterable[Drift]) -> dict[tuple[str, str], Counter[State]]:
    """Return how many record sets of each zone are in which state, by zone and provider."""
    found: defaultdict[tuple[str, str], Counter[State]] = defaultdict(Counter)
    for each in drifts:
        found[each.zone, each.provider][each.state] += 1
    return dict(found)


def as_metrics(drifts: Sequence[Drift], readings: Iterable[Reading], now: float) -> str:
    """Return gauges in the text format of Prometheus (exposition format 0.0.4); *now* is in seconds since 1970."""
    looked_at = [
        ({"zone": each.zone.name, "provider": each.zone.provider}, not each.fault) for each in readings
    ]
    lines = [
        *gauge(
            "record_sets",
            "Record sets of the stack, by what became of them.",
            (
                ({"zone": zone, "provider": provider, "state": state}, states[state])
                for (zone, provider), states in sorted(counted(drifts).items())
                for state in STATES
            ),
        ),
        *gauge("zone_read", "Whether the zone could be read at its provider.", looked_at),
        *gauge("drift_timestamp_seconds", "When this was looked at.", [({}, now)]),
    ]
    return "\n".join(lines)


def _keys(federation: Federation) -> dict[str, str]:
    """Return the record sets of a SIP domain by key, each with its zone."""
    return {f"{each.name} {each.type}": federation.zones[each.name] for each in federation.record_sets}


def _said(
    keys: Mapping[str, Mapping[str, str]], verdicts: Iterable[Verdict]
) -> dict[str, dict[str, _Severity]]:
    """Return what is wrong with each record set, or could not be asked: lines, each with its severity.

    What is wrong with a zone is wrong with everything in it, what is wrong with a name with all that is there, and
    anything else with the whole SIP domain: nobody sees more of it.
    """
    found: defaultdict[str, dict[str, _Severity]] = defaultdict(dict)
    for verdict in verdicts:
        own = keys[verdict.domain]
        for finding in verdict.findings:
            if finding.severity in ("error", "unknown"):
                name, _, of = finding.subject
                if of == "zone":
                    about = [key for key, zone in own.items() if zone == name]
                elif str(finding.subject) in own:
                    about = [str(finding.subject)]
                else:
                    about = [key for key in own if of == "name" and key.startswith(f"{name} ")]
                # A name that is none of ours is a target.
                severity = (
                    "target"
                    if of == "name" and not about and finding.severity == "error"
                    else finding.severity
                )
                for key in about or own:
                    found[key] |= dict.fromkeys(finding.lines, severity)
    return dict(found)


def _state(reading: Reading, key: str, said: Collection[_Severity], *, served: bool) -> State:
    found = reading.live.get(key)
    if reading.fault:
        return "unknown"
    if found == reading.wanted[key]:
        if reading.unasked or "error" in said:
            return "not served"
        return "served, not reached" if "target" in said else "unknown" if said else "in order"
    if isinstance(found, Foreign):
        return "in the way"
    return "served, not published" if served else "missing" if found is None else "changed"
