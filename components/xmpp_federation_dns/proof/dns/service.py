"""The checks of SRV record sets: V3 to V6, V12, V13 and V19."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from xmpp_federation_dns.federation import Federation
from xmpp_federation_dns.proof.dns.agreement import AGAIN, agreement, as_texts, redirected, ttl
from xmpp_federation_dns.proof.dns.questions import FAMILIES, Answers, Question
from xmpp_federation_dns.proof.report import Finding, Severity, Subject
from xmpp_federation_dns.records import XMPP_PORT, XMPP_SERVER, SrvRecordSet

_DISABLED = {"0 0 0 ."}


@dataclass(frozen=True, slots=True)
class _Published:
    """An SRV record set that is expected, what each server has in its place, and its answer."""

    expected: SrvRecordSet
    values: dict[str, list[str]]
    seen: dict[str, str]

    def finding(self, check: str, severity: Severity, text: str, way_out: str) -> Finding:
        wanted = ", ".join(self.expected.values)
        return Finding(check, severity, Subject(self.expected.name, "SRV"), text, way_out, wanted, self.seen)

    def content(self) -> Iterator[Finding]:
        """Compare what is published with what is expected."""
        wanted = set(self.expected.values)
        found = {value for values in self.values.values() for value in values}
        more = found - wanted
        off = {value for value in found if value.endswith(" .")}
        if wanted != _DISABLED and off:
            text = "the target is '.': no XMPP here" if off == found else "a target '.' stands beside others"
            yield self.finding("V5", "error", text, AGAIN)
        elif wanted == _DISABLED and found != off:
            yield self.finding("V5", "error", "federation is disabled, and servers are published", AGAIN)
        elif any(values and not wanted <= set(values) for values in self.values.values()):
            yield self.finding("V3", "error", "other values are published", doubled(more) or AGAIN)
        elif more:
            text = f"more than expected is published: {', '.join(sorted(more))}"
            yield self.finding("V3", "warning", text, "delete what is not yours")

    def ports(self) -> Iterator[Finding]:
        """Find ports that are not as configured, or that Lync does not dial."""
        wanted = _ports(self.expected.values)
        for port in self._foreign_ports():
            instead = " or ".join(map(str, sorted(wanted)))
            yield self.finding("V4", "error", f"port {port} instead of {instead}", AGAIN)
        for port in sorted(wanted - {XMPP_PORT}):
            text = f"port {port}; Lync and Skype for Business dial no other than {XMPP_PORT}"
            yield self.finding("V4", "warning", text, f"listen on port {XMPP_PORT}")

    def _foreign_ports(self) -> list[int]:
        found = {port for values in self.values.values() for port in _ports(values)}
        wanted = _ports(self.expected.values)
        return sorted(found - wanted) if wanted else []


def service(expected: Federation, record_set: SrvRecordSet, answers: Answers) -> Iterator[Finding]:
    """Yield what is wrong with *record_set*, of a service of *expected*."""
    question = Question(record_set.name, "SRV")
    current = answers.current(question, record_set.values)
    values = {server: answer.values(*question) for server, answer in current.items()}
    published = _Published(record_set, values, as_texts(current))
    if any(answer.of(question.name, "CNAME") for answer in current.values()):
        text = "a CNAME stands where the SRV records belong; not every server follows it"
        fault = redirected(question.name, current.values()) or (text, f"delete it, then {AGAIN}")
        yield published.finding("V6", "error", *fault)
        return
    if values and not any(values.values()):
        way_out = f"{AGAIN}; if it has run, it published into another zone than the one that peers ask"
        yield published.finding("V3", "error", "not published", way_out)
        yield from _fallback(expected, answers)
    yield from published.content()
    if record_set.name.startswith(XMPP_SERVER):
        yield from published.ports()
    yield from agreement(question, answers.usable(question))
    yield from ttl(record_set, current)


def _fallback(expected: Federation, answers: Answers) -> Iterator[Finding]:
    """Find where peers go that see no SRV record."""
    found = [answers.values(Question(expected.domain, kind)) for kind in FAMILIES]
    seen = {
        server: ", ".join(values) for by_server in found for server, values in by_server.items() if values
    }
    if seen:
        text = f"peers that see no SRV record go to the addresses of the SIP domain itself, port {XMPP_PORT}"
        yield Finding(
            "V19", "error", Subject(expected.service.name, "SRV"), text, "publish the SRV record", seen=seen
        )


def _ports(values: Iterable[str]) -> set[int]:
    return {int(value.split()[2]) for value in values if not value.endswith(" .")}


def doubled(values: Iterable[str]) -> str:
    """Return what is wrong, and the way out, where the owner's domain was appended to a complete name."""
    for target in (value.split()[-1].removesuffix(".") for value in values):
        labels = target.split(".")
        for length in range(2, len(labels) // 2 + 1):
            if labels[-length:] == labels[-2 * length : -length]:
                return f"the zone was appended to a complete name: write {'.'.join(labels[:-length])}. with a final dot"
    return ""
