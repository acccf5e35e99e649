"""Messages as dnspython writes and reads them, and some that it would not write."""

import struct
from collections.abc import Iterable
from typing import cast

import dns.flags
import dns.message
import dns.rdata
import dns.rdataclass
import dns.rdatatype
import dns.rrset

from xmpp_federation_dns.proof.dns.answers import Record

OWNER = "_xmpp-server._tcp.contoso.com."
REAL = [
    (OWNER, "SRV", "0 0 5269 xmpp.contoso.com.", "10 5 5269 XMPP2.contoso.com."),
    (OWNER, "SRV", "0 0 0 ."),
    ("xmpp.contoso.com.", "A", "131.107.155.10", "131.107.155.11"),
    ("xmpp.contoso.com.", "AAAA", "2620:1ec::10"),
    ("contoso.com.", "SOA", "ns1.contoso.com. hostmaster.contoso.com. 7 3600 600 86400 300"),
    ("contoso.com.", "NS", "ns1.contoso.com.", "ns2.contoso.com."),
    ("xmpp.contoso.com.", "CNAME", "edge.fabrikam.com."),
    ("contoso.com.", "TXT", '"Some \\"text\\" \\007"'),
    ("contoso.com.", "DS", "12345 13 2 " + "ab" * 32),
    ("contoso.com.", "TYPE65280", "\\# 3 010203"),
]


def message(name: str, kind: str, *values: str) -> dns.message.Message:
    asked = kind if kind in ("SRV", "A", "AAAA", "SOA", "NS", "DS") else "A"
    found = dns.message.make_response(dns.message.make_query(name, asked))
    found.flags |= dns.flags.AA
    found.answer.append(dns.rrset.from_text(name, 300, "IN", kind, *values))
    return found


def as_dnspython_reads(octets: bytes) -> list[Record]:
    return [
        Record(
            rrset.name.to_text(omit_final_dot=True).lower(),
            dns.rdatatype.to_text(rrset.rdtype),
            rrset.ttl,
            rdata.to_text().lower(),
        )
        for rrset in dns.message.from_wire(octets).answer
        if rrset.rdclass == dns.rdataclass.IN
        for rdata in cast("Iterable[dns.rdata.Rdata]", rrset)
    ]


def with_record(rdata: bytes, kind: int, owner: bytes = b"\x01a\x00", length: int | None = None) -> bytes:
    fixed = struct.pack("!HHIH", kind, 1, 5, len(rdata) if length is None else length)
    return struct.pack("!HHHHHH", 1, 0x8400, 0, 1, 0, 0) + owner + fixed + rdata
