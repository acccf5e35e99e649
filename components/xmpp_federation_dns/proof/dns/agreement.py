"""What holds for record sets of every type: V12, name servers agree, and V13, the TTL is as configured."""

from collections.abc import Iterable, Iterator, Mapping

from xmpp_federation_dns.proof.dns.answers import Answer
from xmpp_federation_dns.proof.report import Finding
from xmpp_federation_dns.records import RecordSet
from xmpp_federation_dns.rules.numbers import TTLS

AGAIN = "run `pulumi up --refresh`"
"""The way out where somebody changed what this program had published."""


def redirected(name: str, answers: Iterable[Answer]) -> tuple[str, str] | None:
    """Return what is wrong, and the way out, where a DNAME record is why a CNAME stands at *name*."""
    for above in filter(None, (answer.redirect(name) for answer in answers)):
        text = f"it lies below {above}, which a DNAME record leads elsewhere"
        return text, "delete that record, or publish where it leads"
    return None


def told(answers: Mapping[str, Answer]) -> dict[str, str]:
    """Return what each server said, as text."""
    return {server: str(answer) for server, answer in answers.items()}


def agreement(record_set: RecordSet, answers: Mapping[str, Answer]) -> Iterator[Finding]:
    """Yield where the servers differ, and what TTL is not the expected one."""
    subject = f"{record_set.name} {record_set.type}"
    found = {server: answer.of(record_set.name, record_set.type) for server, answer in answers.items()}
    if len({frozenset(record.value for record in records) for records in found.values()}) > 1:
        text = "the name servers of the zone do not agree"
        way_out = "wait for the zone transfer; if that takes longer than minutes, read its log"
        yield Finding("V12", "error", subject, text, way_out, seen=told(answers))
    ttls = {
        server: sorted({record.ttl for record in records}) for server, records in found.items() if records
    }
    seen = {server: ", ".join(map(str, each)) for server, each in ttls.items()}
    if any(len(each) > 1 for each in ttls.values()):
        text = "its records have several TTLs, which no record set may have (RFC 2181 §5.2)"
        yield Finding("V13", "warning", subject, text, AGAIN, str(record_set.ttl), seen)
    elif any(each != [record_set.ttl] for each in ttls.values()):
        text = "the TTL is not as configured"
        yield Finding("V13", "warning", subject, text, AGAIN, str(record_set.ttl), seen)
    elif record_set.ttl not in TTLS:
        text = f"a TTL of {record_set.ttl} s; {TTLS.start} to {TTLS.stop - 1} s are sensible"
        yield Finding("V13", "warning", subject, text, "change srvTtl or addressTtl")
