"""The checks of names that mislead: V17, a wildcard answers for names that nobody published, and V18."""

from collections.abc import Collection, Iterator

from xmpp_federation_dns.federation import Federation
from xmpp_federation_dns.proof.dns.questions import Answers, Question, leftovers, sibling
from xmpp_federation_dns.proof.report import Finding, Subject
from xmpp_federation_dns.records import XMPP_SERVER, XMPPS_SERVER


def leftover(expected: Federation, others: Collection[str], answers: Answers) -> Iterator[Finding]:
    """Yield what is published beside the record sets of a SIP domain and misleads.

    *others*: names where SRV records are expected, of whatever SIP domain.
    """
    wildcards: set[str] = set()
    for question in leftovers(expected, others):
        if not any(answer.status == "NOERROR" for answer in answers.all(question).values()):
            continue
        unused = sibling(question.name)
        wildcard = {kind: any(answers.values(Question(unused, kind)).values()) for kind in ("SRV", "A")}
        covering = f"*.{unused.partition('.')[2]}"
        if any(wildcard.values()) and covering not in wildcards:
            wildcards.add(covering)
            text = "a wildcard answers for names that nobody published: that a name exists proves nothing"
            yield Finding("V17", "info", Subject(covering), text)
        found = {server: values for server, values in answers.values(question).items() if values}
        if found and not wildcard["SRV"]:
            seen = {server: ", ".join(values) for server, values in found.items()}
            text = _misleads(expected, question.name)
            yield Finding("V18", "warning", Subject(*question), text, "delete it", seen=seen)


def _misleads(expected: Federation, name: str) -> str:
    if name.startswith(XMPPS_SERVER):
        return "peers try it first, and this configuration knows of no direct TLS"
    if name.startswith("_jabber."):
        return "a name from before RFC 3920, which old servers alone still ask for"
    if name.startswith(XMPP_SERVER):
        return f"it stands below a target; peers ask at {XMPP_SERVER}.{expected.domain}"
    return f"its labels lack the underscores; peers ask at {XMPP_SERVER}.{expected.domain}"
