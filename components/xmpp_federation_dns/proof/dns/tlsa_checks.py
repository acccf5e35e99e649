"""The check of DANE (RFC 7673, RFC 7712): V16, TLSA records of the targets, which the zone of a target may have."""

from collections.abc import Iterator, Mapping

from xmpp_federation_dns.federation import Federation
from xmpp_federation_dns.names import closest
from xmpp_federation_dns.proof.dns.agreement import DISAGREE, as_texts
from xmpp_federation_dns.proof.dns.answers import Answer
from xmpp_federation_dns.proof.dns.authority import ZoneView
from xmpp_federation_dns.proof.dns.questions import Question
from xmpp_federation_dns.proof.dns.round import Round
from xmpp_federation_dns.proof.report import Finding, Subject
from xmpp_federation_dns.proof.tlsa import DANE_TA, owners, tlsa

MOST_FAULTS = 4
"""Records of one record set that are told of; a server may send thousands."""


def questions(expected: Federation, views: Mapping[str, ZoneView]) -> list[Question]:
    """Return what every server is asked where the zone of a target is signed: elsewhere peers ignore the answer."""
    found = [(target, Question(owner, "TLSA")) for _, target, owner in owners(expected)]
    return [*dict.fromkeys(each for target, each in found if (view := _view(target, views)) and view.signed)]


def findings(expected: Federation, asking: Round) -> Iterator[Finding]:
    """Yield what is wrong with the TLSA records of the targets of *expected*."""
    asked = set(questions(expected, asking.views))
    seen: set[Question] = set()
    for record_set, target, owner in owners(expected):
        question = Question(owner, "TLSA")
        if question not in asked - seen:
            continue
        seen.add(question)
        answers = asking.answers.all(question)
        if any(answer.cut for answer in answers.values()):
            text = "TLSA records would lie in a zone of its own, which is not looked at"
            yield Finding("V16", "info", Subject(*question), text, seen=as_texts(answers))
            continue
        usable = asking.answers.usable(question)
        found = {server: _records(answer) for server, answer in usable.items()}
        if len({tuple(values) for values in found.values()}) > 1:
            yield Finding("V12", "error", Subject(*question), *DISAGREE, seen=as_texts(usable))
        values = sorted({value for values in found.values() for value in values})
        unread = any(tlsa(value).is_cut for value in values)
        # Signatures over digests of another length are not validated: dnspython does not read these.
        yield from (each for each in asking.about(question) if each.check != "V15" or not unread)
        if not values:
            continue
        zones = {record_set.name: f"SRV record set {record_set.name}", target: f"target {target}"}
        insecure = [text for name, text in zones.items() if not _is_secure(name, asking.views)]
        if insecure:
            text = f"peers ignore TLSA records here: DNSSEC does not secure the {' and the '.join(insecure)}"
            way_out = (
                "sign these zones and hand their DS records to the registrar, or delete the TLSA records"
            )
            yield Finding("V16", "info", Subject(*question), text, way_out)
        yield from _faults(question, values)


def _records(answer: Answer) -> list[str]:
    """Return the TLSA records in an answer, also where a CNAME leads to them (RFC 7671 §7)."""
    return sorted(record.value for record in answer.records if record.type == "TLSA")


def _faults(question: Question, values: list[str]) -> Iterator[Finding]:
    records = [tlsa(value) for value in values]
    unusable = [record for record in records if record.fault]
    for record in unusable[:MOST_FAULTS]:
        text = f"a TLSA record that peers pass over: {record.fault}"
        way_out = "publish `3 1 1` and the SHA-256 digest of the server's public key in its place"
        yield Finding("V16", "warning", Subject(*question), text, way_out, seen={"record": str(record)})
    if (more := len(unusable) - MOST_FAULTS) > 0:
        text = f"{more} more TLSA records that peers pass over"
        yield Finding("V16", "warning", Subject(*question), text, "delete them")
    pkix = sorted({record.usage for record in records if not record.fault and record.usage < DANE_TA})
    if pkix:
        text = (
            f"TLSA records of usage {' and '.join(map(str, pkix))} want a trusted root beside DNSSEC, which fails with "
            "peers that trust other roots (RFC 7671 §4.1)"
        )
        yield Finding(
            "V16", "warning", Subject(*question), text, "publish usage 3, or 2 for a CA of your own"
        )


def _is_secure(name: str, views: Mapping[str, ZoneView]) -> bool:
    view = _view(name, views)
    return view is not None and view.keys is not None


def _view(name: str, views: Mapping[str, ZoneView]) -> ZoneView | None:
    zone = closest(name, views)
    return views[zone] if zone is not None else None
