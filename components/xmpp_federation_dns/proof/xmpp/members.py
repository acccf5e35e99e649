"""Whether the members of a pool agree (C13): one that was forgotten fails for some peers, some of the time."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from datetime import timedelta

from xmpp_federation_dns.proof.report import Finding, Subject
from xmpp_federation_dns.proof.xmpp import certificate_checks
from xmpp_federation_dns.proof.xmpp.contact import Contact

APART = timedelta(days=7)
"""How far the ends of certificates may lie apart that were renewed together."""


def differences(contacts: Iterable[Contact]) -> Iterator[Finding]:
    """Yield in what the addresses of each target differ."""
    pools: defaultdict[tuple[str, int, bool], list[Contact]] = defaultdict(list)
    for contact in contacts:
        place = contact.place
        pools[place.target, place.port, place.direct].append(contact)
    for (target, port, direct), members in pools.items():
        subject = Subject(f"{target} port {port}{', direct TLS' if direct else ''}", of="server")
        yield from _certificates(subject, members)
        offers = {each.place.address: each.offers for each in members if each.offers is not None}
        if len(set(offers.values())) > 1:
            seen = {address: f"offers {' and '.join(each) or 'nothing'}" for address, each in offers.items()}
            text = "its addresses do not offer peers the same"
            yield Finding("C13", "warning", subject, text, "configure all members alike", seen=seen)


def _certificates(subject: Subject, members: Sequence[Contact]) -> Iterator[Finding]:
    found = {each.place.address: each.certificate for each in members if each.certificate}
    ends = [each.ends for each in found.values()]
    if len(found) > 1 and (
        max(ends) - min(ends) > APART or len({each.authority for each in found.values()}) > 1
    ):
        seen = {address: certificate_checks.shown(each) for address, each in found.items()}
        text = "its addresses show different certificates"
        way_out = "install the new one on every member, unless each renews its own"
        yield Finding("C13", "warning", subject, text, way_out, seen=seen)
