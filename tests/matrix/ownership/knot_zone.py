"""A zone of a Knot server, watched from outside by its journal."""

from collections.abc import Iterable, Mapping
from typing import Any

import dns.query
import dns.rdatatype
import dns.rrset
import dns.tsigkeyring
from tests.standins.emulation import Change
from tests.standins.zones import Published, WatchedZone
from tools.lab.knot import KEY_NAME, Knot

Key = tuple[str, str]


class KnotZone(WatchedZone):
    """One zone of *knot*, whose journal is read from here on."""

    def __init__(self, name: str, knot: Knot) -> None:
        super().__init__(name)
        self.knot = knot
        self._there = {_key(rrset): _values(rrset) for rrset in self._transfer("AXFR")}
        self._serial = self._now()
        self._history: list[Change] = []

    @property
    def id(self) -> str:
        """The name: a server has one zone of it."""
        return self.name

    def configuration(self) -> dict[str, Any]:
        """Name the server and the key that it takes updates with."""
        return {
            "provider": "rfc2136",
            "name": self.name,
            "server": self.knot.address,
            "port": self.knot.port,
            "tsigKeyName": KEY_NAME,
        }

    def record_sets(self) -> dict[Key, Published]:
        """Transfer the zone."""
        found: dict[Key, Published] = {}
        for rrset in self._transfer("AXFR"):
            if rrset.rdtype not in (dns.rdatatype.NS, dns.rdatatype.SOA):
                # A transfer has one record after the other.
                before = found.get(_key(rrset), Published(rrset.ttl, ()))
                found[_key(rrset)] = Published(rrset.ttl, tuple(sorted({*before.values, *_values(rrset)})))
        return found

    def put(self, name: str, type_: str, ttl: int, *values: str) -> None:
        """Send an update that deletes what is there and adds *values*."""
        added = [("add", f"{name}.", str(ttl), type_, value) for value in values]
        self.knot.change(self.name, ("delete", f"{name}.", type_), *added)

    def remove(self, name: str, type_: str) -> None:
        """Send an update that deletes what is there."""
        self.knot.change(self.name, ("delete", f"{name}.", type_))

    def history(self) -> list[Change]:
        """Read on in the journal, which keeps the last 20 changes: what went, then what came (RFC 1995 §4)."""
        if self._now() != self._serial:
            rrsets = self._transfer("IXFR", serial=self._serial)
            assert rrsets[1].rdtype == dns.rdatatype.SOA, "the journal does not reach back to the last look"
            before, ttls, coming = dict(self._there), dict[Key, int](), True
            for rrset in rrsets[1:]:
                if rrset.rdtype == dns.rdatatype.SOA:
                    coming = not coming
                    if not coming:
                        self._history += self._changes(before, ttls)
                        before, ttls = dict(self._there), {}
                else:
                    key, values = _key(rrset), _values(rrset)
                    there = self._there.get(key, frozenset())
                    self._there[key] = there | values if coming else there - values
                    ttls[key] = rrset.ttl
            self._serial = int(min(_values(rrsets[0])).split()[2])
        return self._history

    def _changes(self, before: Mapping[Key, frozenset[str]], ttls: Mapping[Key, int]) -> Iterable[Change]:
        for key, ttl in ttls.items():
            values = tuple(sorted(self._there[key]))
            if values:
                yield Change("update" if before.get(key) else "create", self.id, *key, ttl, values)
            else:
                yield Change("delete", self.id, *key)

    def _now(self) -> int:
        return int(self.knot.ask(f"{self.name}.", "SOA")[0].split()[6])

    def _transfer(self, rdtype: str, **options: Any) -> list[dns.rrset.RRset]:
        keyring = dns.tsigkeyring.from_text({KEY_NAME: self.knot.secret})
        messages = dns.query.xfr(
            self.knot.address,
            self.name,
            rdtype,
            port=self.knot.port,
            keyring=keyring,
            relativize=False,
            **options,
        )
        return [rrset for message in messages for rrset in message.answer]


def _key(rrset: dns.rrset.RRset) -> Key:
    return rrset.name.to_text(omit_final_dot=True), dns.rdatatype.to_text(rrset.rdtype)


def _values(rrset: dns.rrset.RRset) -> frozenset[str]:
    return frozenset(line.split(maxsplit=4)[4] for line in rrset.to_text().splitlines())
