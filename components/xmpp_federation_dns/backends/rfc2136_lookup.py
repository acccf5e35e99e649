"""What a primary server shows of its zone: by a transfer, by many questions in flight, or question by question.

A server may refuse a transfer (RFC 5936 §5), or close a connection after an answer (RFC 7766 §6.2.3). Nothing is said
of that: what is missing then is asked for in the next of the three ways.
"""

import contextlib
import socket
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from itertools import islice
from typing import cast

import dns.exception
import dns.flags
import dns.message
import dns.name
import dns.query
import dns.rcode
import dns.rdata
import dns.rdatatype
import dns.rrset

from xmpp_federation_dns.backends.rfc2136_primary import Primary
from xmpp_federation_dns.changes import Content, Foreign, Live, content, in_sight

FEW = 50
"""Record sets that are asked for one by one."""
OCTETS = 500
"""Octets of a transfer that take about the time of one question: of a larger zone, no more is read."""
WHOLE = 2**28
"""Octets of a transfer that is read whatever is in it: a zone of some million records."""
LISTED = ("SRV", "A", "AAAA", "CNAME")
"""The types that a listing has."""
PAUSE = 0.02
"""Seconds in which what is sent without a pause goes on."""
IN_FLIGHT = 100
"""Questions that wait for an answer on one connection, few enough for the buffers of both ends (RFC 7766 §6.2.1.1)."""

_ANSWERS = (dns.rcode.NOERROR, dns.rcode.NXDOMAIN)
_Shown = dict[str, Live | None]
_Way = Callable[[Primary, Sequence[str]], Iterator[_Shown]]


def look_up(primary: Primary, keys: Iterable[str]) -> _Shown:
    """Return what the server shows under each key: the record set, or a CNAME record in its place."""
    left = list(keys)
    # The first one tells what keeps all from being asked for, and which address of the server answers.
    shown = {key: _one(primary, key) for key in left[:1]}
    left = left[1:]
    ways: Sequence[_Way] = (_transferred, _in_flight) if len(left) > FEW else ()
    for way in ways:
        with contextlib.suppress(OSError, EOFError, dns.exception.DNSException):
            for found in way(primary, left):
                shown |= found
        left = [key for key in left if key not in shown]
        if not left:
            break
    return shown | {key: _one(primary, key) for key in left}


def listing(primary: Primary) -> dict[str, Live]:
    """Return what a transfer shows of the zone; raise :class:`UpdateError` where there is none."""
    # It tells what keeps anything from being asked for, and which address of the server answers.
    _one(primary, f"{primary.zone} SOA")
    question = _question(primary, f"{primary.zone} AXFR")
    try:
        with primary.connected() as connection:
            connection.sendall(question.to_wire(prepend_length=True))
            rrsets = list(_records(question, _arriving(connection, WHOLE)))
    except (OSError, EOFError, dns.exception.DNSException):
        raise primary.error(
            "the server transfers no such zone to here (AXFR): allow it for the TSIG key, or correct the name"
        ) from None
    keys = [key for key in dict.fromkeys(map(_key, rrsets)) if key.rpartition(" ")[2] in LISTED]
    cuts = [_key(rrset).partition(" ")[0] for rrset in rrsets if rrset.rdtype == dns.rdatatype.NS]
    found = {
        key: _alias(there) if key.endswith(" CNAME") and isinstance(there, Content) else there
        for key, there in _found(keys, rrsets).items()
    }
    return in_sight({key: there for key, there in found.items() if there}, primary.zone, cuts)


def _one(primary: Primary, key: str) -> Live | None:
    """Ask for one record set; raise :class:`UpdateError` where the server does not tell."""
    what = f"{key} not read"
    answer, _ = primary.send(_question(primary, key), what)
    code = answer.rcode()
    if code not in _ANSWERS:
        raise primary.refusal(code, what)
    if not _is_authoritative(primary, answer):
        raise primary.error(f"{what}: the server is not authoritative for the zone")
    return _found([key], answer.answer)[key]


def _transferred(primary: Primary, keys: Sequence[str]) -> Iterator[_Shown]:
    """Yield all at once, when a transfer has ended well; nothing else of it is kept."""
    question = _question(primary, f"{primary.zone} AXFR")
    with primary.connected() as connection:
        connection.sendall(question.to_wire(prepend_length=True))
        yield _found(keys, _records(question, _arriving(connection, OCTETS * len(keys))))


def _records(question: dns.message.Message, wires: Iterable[bytes]) -> Iterator[dns.rrset.RRset]:
    """Yield what is transferred, from a SOA record to the same again (RFC 5936 §2.2)."""
    soas, context = 0, None
    for wire in wires:
        answer = dns.message.from_wire(
            wire, question.keyring, question.mac or b"", xfr=True, tsig_ctx=context, multi=True
        )
        context = answer.tsig_ctx
        yield from answer.answer
        soas += sum(rrset.rdtype == dns.rdatatype.SOA for rrset in answer.answer)
        # The last signature is that of all messages before it, too (RFC 8945 §5.3.1).
        signed = soas < 2 or answer.had_tsig == question.had_tsig
        if not (soas and signed and answer.id == question.id and answer.rcode() == dns.rcode.NOERROR):
            raise dns.query.BadResponse
        if soas > 1:
            return
    raise EOFError


def _arriving(connection: socket.socket, most: int) -> Iterator[bytes]:
    """Yield messages of about *most* octets at most.

    What has come is taken in before any of it is looked at: Knot 3.2 gives a transfer up that it cannot go on with for
    half a second (``tcp-io-timeout``).
    """
    arrived = bytearray()
    while most > 0 and (burst := _burst(connection, most)):
        most -= len(burst)
        arrived += burst
        while len(arrived) > 1 and len(arrived) >= (end := 2 + int.from_bytes(arrived[:2])):
            yield bytes(arrived[2:end])
            del arrived[:end]


def _burst(connection: socket.socket, most: int) -> bytearray:
    """Return what comes, and what follows at once until there are *most* octets; nothing at the end."""
    timeout = connection.gettimeout()
    burst = bytearray(connection.recv(2**16))
    connection.settimeout(PAUSE)
    with contextlib.suppress(TimeoutError):
        while len(burst) < most and (more := connection.recv(2**16)):
            burst += more
    connection.settimeout(timeout)
    return burst


def _in_flight(primary: Primary, keys: Sequence[str]) -> Iterator[_Shown]:
    """Yield what is answered, in whichever order, as long as the server keeps the connection open.

    Services come first: the addresses of their targets come with them (RFC 2782), and are not asked for then.
    """
    wanted = set(keys)
    left = enumerate(key for key in sorted(keys, key=_is_address) if key in wanted)
    waiting: dict[int, tuple[str, dns.message.Message]] = {}
    with primary.connected() as connection, connection.makefile("rb") as stream:
        while True:
            for number, key in islice(left, IN_FLIGHT - len(waiting)):
                question = _question(primary, key)
                question.id = number % 2**16
                waiting[question.id] = key, question
                connection.sendall(question.to_wire(prepend_length=True))
            if not waiting:
                break
            wire = stream.read(int.from_bytes(stream.read(2)))
            if (number := int.from_bytes(wire[:2])) not in waiting:
                raise dns.query.BadResponse
            key, question = waiting.pop(number)
            answer = dns.message.from_wire(wire, question.keyring, question.mac or b"")
            # Any other answer is left to the question that is asked alone, and tells why.
            if (
                question.is_response(answer)
                and answer.had_tsig == question.had_tsig
                and answer.rcode() in _ANSWERS
                and _is_authoritative(primary, answer)
            ):
                found = {key, *(wanted & {_key(rrset) for rrset in answer.additional})}
                wanted -= found
                yield _found(found, [*answer.answer, *answer.additional])


def _is_address(key: str) -> bool:
    return not key.endswith(" SRV")


def _question(primary: Primary, key: str) -> dns.message.QueryMessage:
    name, _, rdtype = key.partition(" ")
    question = dns.message.make_query(name + ".", rdtype, flags=0)
    if primary.signed:
        question.use_tsig(primary.signed["keyring"], algorithm=primary.signed["keyalgorithm"])
    return question


def _is_authoritative(primary: Primary, answer: dns.message.Message) -> bool:
    """Tell whether the server answers for the zone: also by a referral to the name servers of a name in it."""
    if answer.flags & dns.flags.AA:
        return True
    zone = dns.name.from_text(primary.zone)
    owners = [rrset.name for rrset in answer.authority if rrset.rdtype == dns.rdatatype.NS]
    return any(owner != zone and owner.is_subdomain(zone) for owner in owners)


def _found(keys: Collection[str], rrsets: Iterable[dns.rrset.RRset]) -> _Shown:
    """Return what *rrsets*, which may be parts of record sets, have under each of *keys*."""
    aliases = {key: f"{key.partition(' ')[0]} CNAME" for key in keys}
    wanted = {*keys, *aliases.values()}
    ttls: dict[str, int] = {}
    values: defaultdict[str, list[str]] = defaultdict(list)
    for rrset in rrsets:
        if (key := _key(rrset)) in wanted:
            ttls[key] = min(rrset.ttl, ttls.get(key, rrset.ttl))
            values[key] += [rdata.to_text().lower() for rdata in cast("Iterable[dns.rdata.Rdata]", rrset)]
    there = {key: content(ttl, values[key]) for key, ttl in ttls.items()}
    return {key: there.get(key) or _alias(there.get(aliases[key])) for key in keys}


def _key(rrset: dns.rrset.RRset) -> str:
    return f"{rrset.name.to_text(omit_final_dot=True).lower()} {dns.rdatatype.to_text(rrset.rdtype)}"


def _alias(there: Content | None) -> Foreign | None:
    return Foreign(f"CNAME {there}", alias=there.values[0]) if there else None
