"""What hostile and broken name servers do, as behaviours of the stand-in."""

import itertools
from collections.abc import Sequence
from typing import Any

import dns.flags
import dns.message
import dns.rcode
import dns.rrset
from tests.proof.dns.cases import RECORDS, SRV_NAME
from tests.proof.dns.standin import WAIT, Behaviour, authority, sent

TIMEOUT = 1.0
"""Seconds, where something is silent: an attempt waits for a tenth of it."""
SILENT = "no answer in 3 attempts of 0.1 s"
JUNK = "an answer that is no DNS message"


def silent(query: bytes, tcp: bool) -> Sequence[bytes]:
    del query, tcp
    return []


def rcode(code: int) -> Behaviour:
    def behave(query: bytes, tcp: bool) -> Sequence[bytes]:
        reply = dns.message.make_response(dns.message.from_wire(query))
        octets = bytearray(reply.to_wire())
        octets[3] = octets[3] & 0xF0 | code
        return sent(bytes(octets), tcp)

    return behave


def changed(place: int, value: int) -> Behaviour:
    """Answer well, but for one octet."""
    good: Any = authority("contoso.com.", RECORDS)

    def behave(query: bytes, tcp: bool) -> Sequence[bytes]:
        [message] = good(query, False)
        octets = bytearray(message)
        octets[place] ^= value
        return sent(bytes(octets), tcp)

    return behave


def no_name(query: bytes, tcp: bool) -> Sequence[bytes]:
    reply = dns.message.make_response(dns.message.from_wire(query))
    reply.flags |= dns.flags.AA
    reply.set_rcode(dns.rcode.NXDOMAIN)
    return sent(reply.to_wire(), tcp)


def no_authority(query: bytes, tcp: bool) -> Sequence[bytes]:
    return sent(dns.message.make_response(dns.message.from_wire(query)).to_wire(), tcp)


def truncated(over_tcp: Behaviour) -> Behaviour:
    def behave(query: bytes, tcp: bool) -> Sequence[bytes]:
        if tcp:
            return over_tcp(query, tcp)  # pyright: ignore[reportReturnType] it does not wait
        reply = dns.message.make_response(dns.message.from_wire(query))
        reply.flags |= dns.flags.TC | dns.flags.AA
        return sent(reply.to_wire(), tcp)

    return behave


def endless_tc(query: bytes, tcp: bool) -> Sequence[bytes]:
    reply = dns.message.make_response(dns.message.from_wire(query))
    reply.flags |= dns.flags.TC | dns.flags.AA
    return sent(reply.to_wire(), tcp)


def junk(query: bytes, tcp: bool) -> Sequence[bytes]:
    """Answer the question, and send nonsense after it."""
    end = query.index(b"\0", 12) + 5
    return sent(query[:2] + b"\x84\0\0\1\0\5\0\0\0\0" + query[12:end] + b"\xff" * 50, tcp)


def trickle(query: bytes, tcp: bool) -> Sequence[bytes]:
    """Promise 64 KiB, and send an octet at a time."""
    del query, tcp
    return [b"\xff\xff", *[b"x"] * 100, WAIT]


def cname_chain(query: bytes, tcp: bool) -> Sequence[bytes]:
    """Send the owner round in circles."""
    reply = dns.message.make_response(dns.message.from_wire(query))
    reply.flags |= dns.flags.AA
    names = [SRV_NAME, *(f"c{number}.contoso.com" for number in range(200)), SRV_NAME]
    for name, target in itertools.pairwise(names):
        reply.answer.append(dns.rrset.from_text(f"{name}.", 60, "IN", "CNAME", f"{target}."))
    return sent(reply.to_wire(max_size=65535), tcp)


def thousand_records(owner: str = SRV_NAME) -> Behaviour:
    reply = dns.message.make_response(dns.message.make_query(f"{owner}.", "SRV"))
    reply.flags |= dns.flags.AA
    values = [f"{number} 0 5269 t{number}.fabrikam.com." for number in range(1000)]
    reply.answer.append(dns.rrset.from_text(f"{owner}.", 3600, "IN", "SRV", *values))
    octets = reply.to_wire(max_size=65535)
    return lambda query, tcp: sent(query[:2] + octets[2:], tcp)


def chaos_class(query: bytes, tcp: bool) -> Sequence[bytes]:
    reply = dns.message.make_response(dns.message.from_wire(query))
    reply.flags |= dns.flags.AA
    reply.answer.append(dns.rrset.from_text(f"{SRV_NAME}.", 3600, "CH", "TXT", "a"))
    return sent(reply.to_wire(), tcp)
