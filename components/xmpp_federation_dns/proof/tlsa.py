"""TLSA records (RFC 6698): what they say, and which of them peers pass over."""

from typing import NamedTuple

from xmpp_federation_dns.federation import Federation
from xmpp_federation_dns.names import MAX_NAME
from xmpp_federation_dns.records import ROOT, SrvRecordSet

PKIX_TA, PKIX_EE, DANE_TA, DANE_EE = range(4)
"""Certificate usages (RFC 7218 §2.1): a CA or the certificate itself, beside the trusted roots or in place of them."""
EXACT, SHA256, SHA512 = range(3)
"""Matching types (RFC 6698 §2.1.3)."""
_LENGTHS = {SHA256: 32, SHA512: 64}
_SHOWN = 128


class Tlsa(NamedTuple):
    """One TLSA record: *selector* 0 is the whole certificate, 1 its public key."""

    usage: int
    selector: int
    matching: int
    data: bytes

    @property
    def is_cut(self) -> bool:
        """Whether its digest has another length than the digests of its matching type."""
        return self.matching in _LENGTHS and len(self.data) != _LENGTHS[self.matching]

    @property
    def fault(self) -> str:
        """What makes it unusable, of "it": such records peers pass over (RFC 6698 §4.1); empty where nothing does."""
        if self.usage > DANE_EE:
            return f"usage {self.usage} is none; 3 is that of a certificate of one's own"
        if self.selector > 1:
            return f"selector {self.selector} is none; 1 is the public key"
        if self.matching > SHA512:
            return f"matching type {self.matching} is none; 1 is SHA-256"
        if self.is_cut:
            wanted = _LENGTHS[self.matching]
            return f"a digest of matching type {self.matching} has {wanted} octets, and this {len(self.data)}"
        return "" if self.data else "it has no data"

    def __str__(self) -> str:
        digits = self.data.hex()
        more = "…" if len(digits) > _SHOWN else ""
        return f"{self.usage} {self.selector} {self.matching} {digits[:_SHOWN]}{more}"


def tlsa(value: str) -> Tlsa:
    """Return the record of a *value* in zone-file form."""
    usage, selector, matching, *data = value.split()
    return Tlsa(int(usage), int(selector), int(matching), bytes.fromhex("".join(data)))


def owner(target: str, port: int) -> str:
    """Return where the TLSA records of *target* at *port* are (RFC 7673 §3.3); empty where no name is as long."""
    name = f"_{port}._tcp.{target}"
    return name if len(name) <= MAX_NAME else ""


def owners(expected: Federation) -> list[tuple[SrvRecordSet, str, str]]:
    """Return each SRV record set with its targets, and where the TLSA records of each are."""
    return [
        (record_set, record.target, name)
        for record_set in expected.services
        for record in record_set.records
        if record.target != ROOT and (name := owner(record.target, record.port))
    ]
