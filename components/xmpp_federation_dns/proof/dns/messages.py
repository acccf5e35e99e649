"""DNS messages (RFC 1035 §4): queries written and answers read as plain values.

dnspython, which reads the rarer types here, takes ten times as long: most of the time of a proof.
"""

import socket
import struct
from functools import lru_cache

import dns.exception
import dns.rcode
import dns.rdata
import dns.rdatatype
from dns.rdataclass import IN
from dns.rdatatype import AAAA, CNAME, DNSKEY, DS, NS, OPT, SOA, SRV, TLSA, A, RdataType

from xmpp_federation_dns.proof.dns.answers import Answer, Record

HEADER = 12
"""Octets of the header of a message."""
EDNS_PAYLOAD = 1232
"""Octets of an answer over UDP that no path fragments (DNS flag day 2020)."""
_COUNTS = struct.Struct("!HHHHHH")
_FIXED = struct.Struct("!HHIH")
_SRV = struct.Struct("!HHH")
_SOA = struct.Struct("!IIIII")
_RECURSION, _TRUNCATED, _AUTHORITATIVE = 0x0100, 0x0200, 0x0400
_POINTER = 0xC0
_MAX_TTL = 2**31 - 1
_TYPES = {t.name: t for t in (A, NS, CNAME, SOA, AAAA, SRV, DS, DNSKEY, TLSA)}
_ENDS = {name: struct.pack("!BHH", 0, number, IN) for name, number in _TYPES.items()}
_NAMES = {int(number): name for name, number in _TYPES.items()}
_STATUSES = [dns.rcode.to_text(dns.rcode.Rcode.make(number)) for number in range(16)]
_PLAIN = frozenset(b"abcdefghijklmnopqrstuvwxyz0123456789-_*")
_SIGNED = 0x8000
_EDNS, _EDNS_SIGNED = (struct.pack("!BHHIH", 0, OPT, EDNS_PAYLOAD, flags, 0) for flags in (0, _SIGNED))


def query(name: str, kind: str, *, recursive: bool, signed: bool) -> tuple[bytes, bytes]:
    """Return a query message with EDNS (RFC 6891), without its id, and its question section."""
    labels = [chr(len(label)) + label for label in name.split(".")] if name else []
    question = "".join(labels).encode() + _ENDS[kind]
    counts = _COUNTS.pack(0, _RECURSION if recursive else 0, 1, 0, 0, 1)
    return counts[2:] + question + (_EDNS_SIGNED if signed else _EDNS), question.lower()


def read(message: bytes) -> Answer:
    """Return what a message says; nothing that a server sends raises an exception."""
    if len(message) < HEADER:
        return Answer(failure="an answer that is no DNS message")
    _, flags, questions, answers, authorities, additional = _COUNTS.unpack_from(message)
    if flags & _TRUNCATED:
        # It ends anywhere, and is asked for again.
        return Answer(truncated=True)
    # What an authority says beside its answer is read by nobody here.
    authority: tuple[Record, ...] = ()
    glue: tuple[Record, ...] = ()
    try:
        place = HEADER
        for _ in range(questions):
            place = _name(message, place)[1] + 4
        records, place = _records(message, place, answers)
        if not flags & _AUTHORITATIVE:
            authority, place = _records(message, place, authorities)
            if authority and authority[0].type == "NS" and not records:
                glue, _ = _records(message, place, additional)
    except (ValueError, IndexError, struct.error, dns.exception.DNSException):
        return Answer(failure="an answer that is no DNS message")
    return Answer(_STATUSES[flags & 0x0F], bool(flags & _AUTHORITATIVE), records, authority, glue)


def _records(message: bytes, place: int, count: int) -> tuple[tuple[Record, ...], int]:
    found: list[Record] = []
    for _ in range(count):
        name, place = _name(message, place)
        kind, rdclass, ttl, length = _FIXED.unpack_from(message, place)
        place += _FIXED.size
        end = place + length
        if end > len(message):
            raise ValueError("the record goes beyond the message")
        if rdclass == IN:
            value = _value(message, place, end, kind)
            kind_name = _NAMES.get(kind) or dns.rdatatype.to_text(RdataType.make(kind))
            found.append(Record(name, kind_name, ttl if ttl <= _MAX_TTL else 0, value))
        place = end
    return tuple(found), place


def _value(message: bytes, place: int, end: int, kind: int) -> str:
    """Return the data of a record in zone-file form, lower case."""
    match _NAMES.get(kind):
        case "A":
            return socket.inet_ntop(socket.AF_INET, message[place:end])
        case "AAAA":
            return socket.inet_ntop(socket.AF_INET6, message[place:end])
        case "SRV":
            priority, weight, port = _SRV.unpack_from(message, place)
            target, place = _name(message, place + _SRV.size)
            value = f"{priority} {weight} {port} {target}."
        case "CNAME" | "NS":
            name, place = _name(message, place)
            value = f"{name}."
        case "SOA":
            primary, place = _name(message, place)
            mailbox, place = _name(message, place)
            numbers = " ".join(map(str, _SOA.unpack_from(message, place)))
            place += _SOA.size
            value = f"{primary}. {mailbox}. {numbers}"
        case "TLSA":
            # dnspython reads none of a record set where one digest is of another length than its type (2.9).
            usage, selector, matching = message[place : place + 3]
            value, place = f"{usage} {selector} {matching} {message[place + 3 : end].hex()}".rstrip(), end
        case _:
            found = dns.rdata.from_wire(IN, RdataType.make(kind), message, place, end - place)
            return found.to_text().lower()
    if place != end:
        raise ValueError("the data of the record has another length")
    return value


def _name(message: bytes, place: int) -> tuple[str, int]:
    """Return the name at *place*, lower case and without final dot, and where it ends (RFC 1035 §4.1.4)."""
    labels: list[str] = []
    octets = 1
    after = 0
    limit = place
    while length := message[place]:
        if length >= _POINTER:
            target = (length - _POINTER) << 8 | message[place + 1]
            after = after or place + 2
            # Back only: what points at itself has no end.
            if target >= limit:
                raise ValueError("a name points forward")
            place = limit = target
            continue
        place += 1
        octets += 1 + length
        if length > 63 or octets > 255 or place + length > len(message):
            raise ValueError("a name that is none")
        labels.append(_label(message[place : place + length]))
        place += length
    return ".".join(labels), after or place + 1


@lru_cache(4096)
def _label(octets: bytes) -> str:
    lower = octets.lower()
    if _PLAIN.issuperset(lower):
        return lower.decode()
    return "".join(chr(octet) if octet in _PLAIN else f"\\{octet:03d}" for octet in lower)
