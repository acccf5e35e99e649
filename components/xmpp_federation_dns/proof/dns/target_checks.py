"""The checks of the targets of SRV records: V7 to V13."""

from collections.abc import Iterator
from dataclasses import dataclass

from xmpp_federation_dns.addresses import faults
from xmpp_federation_dns.federation import Federation
from xmpp_federation_dns.names import is_within
from xmpp_federation_dns.proof.dns.agreement import AGAIN, DISAGREE, agreement, as_texts, redirected, ttl
from xmpp_federation_dns.proof.dns.answers import Answer
from xmpp_federation_dns.proof.dns.questions import FAMILIES, Answers, Question, targets
from xmpp_federation_dns.proof.report import Finding, Severity, Subject
from xmpp_federation_dns.records import AddressSet

_VERSIONS = {"A": 4, "AAAA": 6}


@dataclass(frozen=True, slots=True)
class _Target:
    """A target, the address sets that are expected of it, all answers, and the *current* ones by family."""

    name: str
    expected: dict[str, AddressSet]
    current: dict[str, dict[str, Answer]]
    answers: Answers

    def finding(self, check: str, severity: Severity, text: str, way_out: str) -> Finding:
        wanted = ", ".join(value for record_set in self.expected.values() for value in record_set.values)
        texts: dict[str, list[str]] = {}
        for answers in self.current.values():
            for server, answer in as_texts(answers).items():
                texts.setdefault(server, []).append(answer)
        seen = {server: "; ".join(dict.fromkeys(each)) for server, each in texts.items()}
        return Finding(check, severity, Subject(self.name), text, way_out, wanted, seen)

    def having(self, kind: str) -> set[str]:
        """Return the servers that have addresses of a family."""
        return {server for server, answer in self.current[kind].items() if answer.of(self.name, kind)}

    def family(self, kind: str) -> Iterator[Finding]:
        """Compare the addresses of one family with what is expected."""
        question = Question(self.name, kind)
        subject = Subject(*question)
        answers = self.current[kind]
        record_set = self.expected.get(kind)
        values = {server: set(answer.values(*question)) for server, answer in answers.items()}
        found = set[str]().union(*values.values())
        wanted = set[str](record_set.values) if record_set else set[str]()
        if self.expected and any(some != wanted for some in values.values()):
            text = "other addresses are published" if found else "not published"
            way_out = AGAIN if record_set else "configure them, or delete them; peers try them as well"
            yield Finding("V9", "error", subject, text, way_out, ", ".join(sorted(wanted)), as_texts(answers))
        if self.expected:
            yield from agreement(question, self.answers.usable(question))
        if record_set:
            yield from ttl(record_set, answers)
        published = sorted(found)
        for position, text, _ in faults(published, _VERSIONS[kind], allow_private=False):
            # Only an option that says so lets them be published.
            severity = "warning" if published[position] in wanted else "error"
            yield Finding("V10", severity, subject, text, "publish the public address")


def target(expected: Federation, name: str, answers: Answers) -> Iterator[Finding]:
    """Yield what is wrong with *name*, a target of *expected*."""
    own: dict[str, AddressSet] = {s.type: s for s in expected.addresses if s.name == name}
    current: dict[str, dict[str, Answer]] = {}
    for kind in FAMILIES:
        question, wanted = Question(name, kind), own[kind].values if kind in own else ()
        current[kind] = answers.current(question, wanted) if own else answers.usable(question)
    it = _Target(name, own, current, answers)
    every = [answer for by_server in current.values() for answer in by_server.values()]
    ipv4, ipv6 = it.having("A"), it.having("AAAA")
    if any(answer.of(name, "CNAME") for answer in every) and (own or not ipv4 | ipv6):
        text = (
            "a CNAME, which the target of an SRV record must not be (RFC 2782), though many servers follow it"
        )
        fault = text, "delete it, then publish the addresses at the target itself"
        yield it.finding("V7", "error", *(redirected(name, every) or fault))
        return
    answering = current["A"].keys() & current["AAAA"].keys()
    if answering and not ipv4 | ipv6:
        way_out = AGAIN if own else _elsewhere(expected, name)
        yield it.finding("V8", "error", "the target has no address", way_out)
    elif not own and not answering <= ipv4 | ipv6:
        yield it.finding("V12", "error", *DISAGREE)
    if ipv4 or ipv6:
        for kind in FAMILIES:
            yield from it.family(kind)
    if ipv6 and not ipv4 and "A" not in own and current["A"]:
        text = "IPv6 addresses alone; peers without IPv6 cannot reach it"
        yield it.finding("V11", "warning", text, "add IPv4")


def _elsewhere(expected: Federation, name: str) -> str:
    if name in targets(expected):
        return "publish its addresses where its zone is run"
    if is_within(name, expected.zones[expected.service.name]):
        return "point the SRV record to its own target"
    return "make the SRV record name an existing target"
