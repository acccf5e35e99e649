"""What holds for record sets of every type: V12, name servers agree, and V13, the TTL is as configured."""

from collections.abc import Iterable, Iterator, Mapping

from xmpp_federation_dns.proof.dns.answers import Answer
from xmpp_federation_dns.proof.dns.questions import Question
from xmpp_federation_dns.proof.report import Finding, Subject
from xmpp_federation_dns.records import TTLS, RecordSet

AGAIN = "run `pulumi up --refresh`"
"""The way out where somebody changed what this program had published."""
DISAGREE = (
    "the name servers of the zone do not agree",
    "wait for the zone transfer; if that takes longer than minutes, read its log",
)
"""What is wrong where some servers have it and others do not, and the way out."""


def redirected(name: str, answers: Iterable[Answer]) -> tuple[str, str] | None:
    """Return what is wrong, and the way out, where a DNAME record is why a CNAME stands at *name*."""
    for above in filter(None, (answer.redirect(name) for answer in answers)):
        text = f"it lies below {above}, which a DNAME record leads elsewhere"
        return text, "delete that record, or publish where it leads"
    return None


def as_texts(answers: Mapping[str, Answer]) -> dict[str, str]:
    """Return the answer of each server as text."""
    return {server: str(answer) for server, answer in answers.items()}


def agreement(question: Question, answers: Mapping[str, Answer]) -> Iterator[Finding]:
    """Yield that the servers of a zone do not agree on what they were asked."""
    found = {frozenset(answer.values(*question)) for answer in answers.values()}
    if len(found) > 1:
        yield Finding("V12", "error", Subject(*question), *DISAGREE, seen=as_texts(answers))


def ttl(record_set: RecordSet, answers: Mapping[str, Answer]) -> Iterator[Finding]:
    """Yield what is wrong with the TTL of a record set."""
    subject, wanted = Subject(record_set.name, record_set.type), [record_set.ttl]
    found = {server: answer.of(record_set.name, record_set.type) for server, answer in answers.items()}
    ttls = {
        server: sorted({record.ttl for record in records}) for server, records in found.items() if records
    }
    if any(len(each) > 1 for each in ttls.values()):
        fault = "its records have several TTLs, which no record set may have (RFC 2181 §5.2)", AGAIN
    elif wanted not in ttls.values() and ttls:
        fault = "the TTL is not as configured", AGAIN
    elif any(each != wanted for each in ttls.values()):
        fault = "its TTL differs between the name servers", DISAGREE[1]
    elif record_set.ttl not in TTLS:
        text = f"a TTL of {record_set.ttl} s; {TTLS.start} to {TTLS.stop - 1} s are sensible"
        yield Finding("V13", "warning", subject, text, "change srvTtl or addressTtl")
        return
    else:
        return
    seen = {server: ", ".join(map(str, each)) for server, each in ttls.items()}
    yield Finding("V13", "warning", subject, *fault, str(record_set.ttl), seen)
