"""Record sets that DNSSEC secures (RFC 4035 §5): a resolver brings them, and their signatures are validated here.

The resolver is trusted with nothing, so it does not matter which one it is, or what lies between.
"""

import asyncio
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple, cast

import dns.asyncresolver
import dns.dnssec
import dns.exception
import dns.flags
import dns.message
import dns.name
import dns.rdata
import dns.rdataclass
import dns.rdatatype
import dns.resolver
import dns.rrset
import dns.zone
from dns.nameserver import Do53Nameserver
from dns.rdtypes.ANY.DS import DS

from xmpp_federation_dns.endpoints import Endpoint
from xmpp_federation_dns.problems import one_line
from xmpp_federation_dns.proof.dns.messages import EDNS_PAYLOAD
from xmpp_federation_dns.proof.resolver import IN_FLIGHT, UnresolvedError

Anchors = Mapping[dns.name.Name, Sequence[dns.rdata.Rdata]]
"""DS or DNSKEY records by zone, where a chain of trust begins."""

ROOT_ANCHORS = """\
. DS 20326 8 2 e06d44b80b8f1d39a95c0b0d7c65d08458e880409bbc683457104237c7f8ec8d
. DS 38696 8 2 683d2d0acb8c9b712a1948b27f741219298d0a450d612c483af444a4c0fb2b16
"""
"""The keys of the root zone since 2017 and of 2024 (data.iana.org/root-anchors, 2026-11-30)."""
MOST_SIGNED = 20
"""Keys of a zone, and signatures of a record set; a hostile zone has more, to keep who validates busy."""
_ALGORITHMS = frozenset({8, 10, 13, 14, 15, 16})
_DIGESTS = frozenset({2, 4})
"""What RFC 8624 wants validated; where a zone has nothing else, it counts as unsigned (RFC 4035 §5.2)."""


class Validated(NamedTuple):
    """The values of a record set in zone-file form, lower case, and why DNSSEC does not secure it, if so.

    *bogus*: it ought to, so that resolvers that validate refuse it.
    """

    values: tuple[str, ...]
    insecure: str = ""
    bogus: bool = False


class _InsecureError(Exception):
    """Something that is not signed, or that nothing vouches for; says what."""


class _BogusError(_InsecureError):
    """Something whose signature does not hold; says what."""


def anchors(file: Path | None) -> Anchors:
    """Return the trust anchors of *file*, DS or DNSKEY records in zone-file form; by default those of the root.

    Raises ``OSError`` where it cannot be read, ``ValueError`` where it holds none.
    """
    text = file.read_text(errors="replace") if file else ROOT_ANCHORS
    try:
        found = dns.zone.from_text(f"$TTL 0\n{text}", dns.name.root, relativize=False, check_origin=False)
    except dns.exception.DNSException:
        raise ValueError("no zone file") from None
    by_zone: dict[dns.name.Name, list[dns.rdata.Rdata]] = {}
    for kind in (dns.rdatatype.DNSKEY, dns.rdatatype.DS):
        for name, rdatas in found.iterate_rdatasets(kind):
            by_zone.setdefault(name, []).extend(cast("Iterable[dns.rdata.Rdata]", rdatas))
    if not by_zone:
        raise ValueError("no DS or DNSKEY record in it")
    return by_zone


class Validator:
    """Asks *servers*, or those of this machine, with *timeout* in seconds for each question.

    Raises :class:`UnresolvedError` where this machine has none.
    """

    def __init__(self, servers: Sequence[Endpoint], timeout: float, trusted: Anchors) -> None:
        self._timeout = timeout
        self._anchors = trusted
        self._values: dict[tuple[str, str], asyncio.Task[list[str]]] = {}
        self._zones: dict[dns.name.Name, asyncio.Task[dns.rrset.RRset]] = {}
        self._slots = asyncio.Semaphore(IN_FLIGHT)
        self._heard = False
        self._silent = ""
        try:
            self._resolver = dns.asyncresolver.Resolver(configure=not servers)
        except dns.resolver.NoResolverConfiguration as error:
            raise UnresolvedError(str(error)) from None
        if servers:
            self._resolver.nameservers = [Do53Nameserver(*server) for server in servers]
        self._resolver.use_edns(0, dns.flags.DO, EDNS_PAYLOAD)
        # What the resolver finds bogus is to be seen as well.
        self._resolver.flags = dns.flags.RD | dns.flags.CD

    async def values(self, name: str, kind: str) -> list[str]:
        """Return the values of a record set, secure or not, which is asked for once; raise :class:`UnresolvedError`."""
        if (name, kind) not in self._values:
            self._values[name, kind] = asyncio.create_task(self._ask_values(name, kind))
        return await self._values[name, kind]

    async def _ask_values(self, name: str, kind: str) -> list[str]:
        message = await self._ask(dns.name.from_text(name), dns.rdatatype.from_text(kind))
        found, _ = _chain_of(message, name, kind)
        return _texts(found) if found else []

    async def look_up(self, name: str, kind: str) -> Validated:
        """Return a record set, also where CNAME records lead to it; raise :class:`UnresolvedError`."""
        message = await self._ask(dns.name.from_text(name), dns.rdatatype.from_text(kind))
        found, aliases = _chain_of(message, name, kind)
        if found is None:
            return Validated(())
        insecure = _InsecureError()
        for rrset in (*aliases, found):
            try:
                await self._validate(message, rrset)
            except _InsecureError as error:
                insecure = insecure if isinstance(insecure, _BogusError) else error
        return Validated(tuple(_texts(found)), str(insecure), isinstance(insecure, _BogusError))

    async def _validate(
        self, message: dns.message.Message, rrset: dns.rrset.RRset, below: dns.name.Name | None = None
    ) -> None:
        """Raise where *rrset*, which lies in a zone above *below*, is not secure."""
        what = f"{rrset.name.to_text(omit_final_dot=True)} {dns.rdatatype.to_text(rrset.rdtype)}"
        signed = _record_set(message, rrset.name, dns.rdatatype.RRSIG, rrset.rdtype)
        if signed is None:
            raise _InsecureError(f"{what} is not signed, or the resolver leaves signatures out")
        signer = cast("Any", signed[0]).signer
        if not rrset.name.is_subdomain(signer) or signer == below or len(signed) > MOST_SIGNED:
            raise _BogusError(f"the signature of {what} is not valid")
        keys = await self._keys(signer)
        _check(rrset, signed, keys, what)

    async def _keys(self, zone: dns.name.Name) -> dns.rrset.RRset:
        """Return the keys of a secure zone; raise where it is none."""
        if zone not in self._zones:
            self._zones[zone] = asyncio.create_task(self._chain(zone))
        return await self._zones[zone]

    async def _chain(self, zone: dns.name.Name) -> dns.rrset.RRset:
        label = zone.to_text(omit_final_dot=True)
        trusted = self._anchors.get(zone)
        if trusted is None:
            if zone == dns.name.root:
                raise _InsecureError("the root zone is not among the trust anchors")
            message = await self._ask(zone, dns.rdatatype.DS)
            found = _record_set(message, zone, dns.rdatatype.DS)
            if found is None:
                raise _InsecureError(f"{label} has no DS record at its parent")
            await self._validate(message, found, below=zone)
            trusted = _rdatas(found)
        known = [each for each in trusted if _is_known(each)]
        if not known:
            raise _InsecureError(f"the algorithms of {label} are none that are validated today")
        message = await self._ask(zone, dns.rdatatype.DNSKEY)
        keys = _record_set(message, zone, dns.rdatatype.DNSKEY)
        signed = _record_set(message, zone, dns.rdatatype.RRSIG, dns.rdatatype.DNSKEY)
        if keys is None or signed is None or max(len(keys), len(signed)) > MOST_SIGNED:
            raise _BogusError(f"{label} has a DS record at its parent, and no signed keys")
        secure = [key for key in _rdatas(keys) if any(_vouches(each, zone, key) for each in known)]
        if not secure:
            raise _BogusError(f"the DS records of {label} match none of its keys")
        _check(keys, signed, dns.rrset.from_rdata_list(zone, keys.ttl, secure), f"{label} DNSKEY")
        return keys

    async def _ask(self, name: dns.name.Name, kind: dns.rdatatype.RdataType) -> dns.message.Message:
        async with self._slots:
            if self._silent:
                raise UnresolvedError(self._silent)
            try:
                answer = await self._resolver.resolve(
                    name, kind, raise_on_no_answer=False, lifetime=self._timeout
                )
            except dns.resolver.NXDOMAIN:
                self._heard = True
                return dns.message.Message()
            except (dns.exception.DNSException, OSError) as error:
                text = one_line(error)
                if isinstance(error, dns.resolver.LifetimeTimeout) and not self._heard:
                    # One that never answers is not waited for again.
                    self._silent = text
                raise UnresolvedError(text) from None
            self._heard = True
            return answer.response


def _chain_of(
    message: dns.message.Message, name: str, kind: str
) -> tuple[dns.rrset.RRset | None, list[dns.rrset.RRset]]:
    """Return the record set that an answer has for a name, if it has one, and the CNAME records that lead there."""
    owner, aliases = dns.name.from_text(name), list[dns.rrset.RRset]()
    # They end: a chain of more than 16 is no answer to dnspython.
    while not (found := _record_set(message, owner, dns.rdatatype.from_text(kind))):
        alias = _record_set(message, owner, dns.rdatatype.CNAME)
        if alias is None:
            return None, aliases
        aliases.append(alias)
        owner = cast("Any", alias[0]).target
    return found, aliases


def _texts(rrset: dns.rrset.RRset) -> list[str]:
    return sorted(rdata.to_text().lower() for rdata in _rdatas(rrset))


def _record_set(
    message: dns.message.Message,
    name: dns.name.Name,
    kind: dns.rdatatype.RdataType,
    covers: dns.rdatatype.RdataType = dns.rdatatype.NONE,
) -> dns.rrset.RRset | None:
    return message.get_rrset(message.answer, name, dns.rdataclass.IN, kind, covers)


def _check(rrset: dns.rrset.RRset, signed: dns.rrset.RRset, keys: dns.rrset.RRset, what: str) -> None:
    try:
        dns.dnssec.validate(rrset, signed, {keys.name: keys})  # pyright: ignore[reportUnknownMemberType] typed as absent without cryptography
    except dns.exception.DNSException:
        raise _BogusError(f"the signature of {what} is not valid") from None


def _is_known(anchor: dns.rdata.Rdata) -> bool:
    """Tell whether a DS or DNSKEY record is of algorithms that are validated."""
    if isinstance(anchor, DS):
        return anchor.algorithm in _ALGORITHMS and anchor.digest_type in _DIGESTS
    return cast("Any", anchor).algorithm in _ALGORITHMS


def _vouches(anchor: dns.rdata.Rdata, zone: dns.name.Name, key: dns.rdata.Rdata) -> bool:
    """Tell whether a DS or DNSKEY record stands for *key* (RFC 4034 §5.1)."""
    if not isinstance(anchor, DS):
        return anchor == key
    return dns.dnssec.make_ds(zone, key, anchor.digest_type, validating=True) == anchor


def _rdatas(rrset: dns.rrset.RRset) -> list[dns.rdata.Rdata]:
    return list(cast("Iterable[dns.rdata.Rdata]", rrset))
