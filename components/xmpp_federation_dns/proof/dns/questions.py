"""What name servers are asked about a SIP domain, and what they answer."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from typing import NamedTuple

from xmpp_federation_dns.federation import Federation
from xmpp_federation_dns.proof.dns.answers import Answer
from xmpp_federation_dns.records import ROOT, XMPP_SERVER, XMPPS_SERVER

FAMILIES = ("A", "AAAA")
FOREIGN_TARGETS = 16
"""Published targets beside the expected ones that are looked at; a server may send thousands."""
_UNUSED = "x7f3k9-xmpp-federation-dns"


class Question(NamedTuple):
    """A name and a type to ask about."""

    name: str
    type: str


class Answers:
    """The answers of name servers, by question and by server."""

    def __init__(self) -> None:
        self._answers: defaultdict[Question, dict[str, Answer]] = defaultdict(dict)

    def add(self, question: Question, server: str, answer: Answer) -> None:
        """Keep what *server* answered."""
        self._answers[question][server] = answer

    def all(self, question: Question) -> Mapping[str, Answer]:
        """Return every answer to a question; none where it was not asked."""
        return self._answers.get(question, {})

    def usable(self, question: Question) -> dict[str, Answer]:
        """Return the answers of authorities to a question."""
        return {server: answer for server, answer in self.all(question).items() if answer.usable}

    def current(self, question: Question, wanted: Iterable[str]) -> dict[str, Answer]:
        """Return what holds for the zone as a whole, where *wanted* is expected: what servers say that have it.

        The others lag behind these, which is a matter of its own (V12); where none has it, all of them count.
        """
        found, values = self.usable(question), sorted(wanted)
        having = {server for server, answer in found.items() if answer.only(*question) == values}
        return {server: answer for server, answer in found.items() if server in having or not having}

    def values(self, question: Question) -> dict[str, list[str]]:
        """Return the values that each authority has at the name, sorted."""
        return {server: answer.values(*question) for server, answer in self.usable(question).items()}


def questions(expected: Federation) -> list[Question]:
    """Return what every server is asked."""
    return [
        *(Question(service.name, "SRV") for service in expected.services),
        *(Question(target, kind) for target in targets(expected) for kind in FAMILIES),
    ]


def leftovers(expected: Federation, others: Collection[str]) -> list[Question]:
    """Return what one server is asked: names that mislead peers, or people, where they have SRV records.

    *others*: names where SRV records are expected, of whatever SIP domain.
    """
    domain = expected.domain
    # A target outside the zone has a zone of its own, and its own domains perhaps.
    below = sorted(target for target in targets(expected) if target.endswith(f".{domain}"))
    found = [f"_jabber._tcp.{domain}", f"xmpp-server.tcp.{domain}", f"{XMPPS_SERVER}.{domain}"]
    found += [f"{XMPP_SERVER}.{target}" for target in below]
    return [Question(name, "SRV") for name in found if name not in others]


def further(expected: Federation, others: Collection[str], answers: Answers) -> list[Question]:
    """Return what the answers so far make one ask every server in addition."""
    service = Question(expected.service.name, "SRV")
    found = [Question(target, kind) for target in foreign_targets(expected, answers) for kind in FAMILIES]
    published = answers.values(service).values()
    if published and not any(published):
        found += [Question(expected.domain, kind) for kind in FAMILIES]
    for leftover in leftovers(expected, others):
        # Where a name does not exist, no wildcard covers it (RFC 4592).
        if any(answer.status == "NOERROR" for answer in answers.all(leftover).values()):
            found += [Question(sibling(leftover.name), kind) for kind in ("SRV", "A")]
    return [question for question in dict.fromkeys(found) if not answers.all(question)]


def sibling(name: str) -> str:
    """Return a name that nobody publishes and the wildcard covers that covers *name*, a leftover."""
    parent = name.partition(".")[2]
    # `tcp` exists no more than what is below it.
    return f"{_UNUSED}.{parent.removeprefix('tcp.')}"


def targets(expected: Federation) -> list[str]:
    """Return the targets that peers have to be sent to."""
    return list(dict.fromkeys(record.target for record in expected.servers))


def foreign_targets(expected: Federation, answers: Answers) -> list[str]:
    """Return the other targets that peers are sent to, as far as they are names that can be asked for."""
    service = Question(expected.service.name, "SRV")
    current = answers.current(service, expected.service.values).values()
    values = [value for answer in current for value in answer.values(*service)]
    found = dict.fromkeys(value.split()[-1].removesuffix(".") for value in values)
    known = {ROOT, *targets(expected)}
    return [target for target in found if target not in known and "\\" not in target][:FOREIGN_TARGETS]
