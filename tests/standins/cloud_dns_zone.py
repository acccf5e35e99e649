"""A managed zone of Google Cloud DNS and its record sets: what a change may do, and what is refused.

Source: Cloud DNS API v1, changes and resourceRecordSets; quotas and limits of Cloud DNS (2026-11). Statuses and reasons
as Terraform's provider, external-dns and certbot report them: 404 notFound, 409 alreadyExists, 412 conditionNotMet, 400
cnameResourceRecordSetConflict and invalid, 403 quotaExceeded.

Users report that the service writes names in lower case (octodns#322, 2019). Here they stay as they were written, and a
deletion has to write them so: whoever gets on with that gets on with the other.
"""

import ipaddress
import itertools
import re
from collections.abc import Callable, Iterable, Sequence
from typing import Any

from tests.standins.emulation import Change

ADDITIONS, DELETIONS, OCTETS = 1_000, 1_000, 100_000
"""Record sets that a change may add and delete, and octets of data that it may hold."""
RECORDS, RECORD_SETS = 100, 10_000
"""Records of a record set, and record sets of a managed zone."""
MAX_TTL = 2_147_483_647
LOOKS = 1
"""Looks at a change that find it pending."""

Json = Any
Key = tuple[str, str]
_NAME = re.compile(r"(\*\.)?([a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?\.)+", re.IGNORECASE)
_numbers = itertools.count(1)


class RefusedError(Exception):
    """A request that the service refuses: status, and reason and text of each error."""

    def __init__(self, status: int, errors: Sequence[tuple[str, str]]) -> None:
        super().__init__(errors)
        self.status = status
        self.errors = errors


class ManagedZone:
    """One managed zone."""

    def __init__(self, project: str, name: str, dns_name: str, visibility: str, looks: int) -> None:
        self.project = project
        self.name = name
        self.dns_name = dns_name
        self.visibility = visibility
        self._id = str(next(_numbers))
        servers = [f"ns-cloud-a{number}.googledomains.com." for number in range(1, 5)]
        soa = f"{servers[0]} cloud-dns-hostmaster.google.com. 1 21600 3600 259200 300"
        apex = {"name": dns_name, "ttl": 21_600}
        self.rrsets: dict[Key, Json] = {
            (dns_name, "NS"): shown({**apex, "type": "NS", "rrdatas": servers}),
            (dns_name, "SOA"): shown({**apex, "type": "SOA", "rrdatas": [soa]}),
        }
        self._looks = looks
        self._changes: list[int] = []

    def shown(self) -> Json:
        """Return the managed zone as the API shows it."""
        return {
            "kind": "dns#managedZone",
            "id": self._id,
            "name": self.name,
            "dnsName": self.dns_name,
            "description": "",
            "visibility": self.visibility,
            "creationTime": "2026-11-30T09:00:00.000Z",
            "nameServers": self.rrsets[self.dns_name, "NS"]["rrdatas"],
        }

    def carry_out(self, body: Json) -> tuple[Json, list[Change]]:
        """Carry out a change as a whole; return it, and what became of each record set."""
        deletions, additions = (
            [_read(each) for each in body.get(of) or ()] for of in ("deletions", "additions")
        )
        if not deletions and not additions:
            raise RefusedError(
                400, [("required", "The 'entity.change' parameter is required but was missing.")]
            )
        _check_quotas(additions, deletions)
        _refuse(400, "invalid", self._invalid(additions))
        left = dict(self.rrsets)
        _refuse(404, "notFound", self._missing(deletions))
        _refuse(412, "conditionNotMet", self._unlike(deletions))
        for each in deletions:
            del left[_key(each)]
        _refuse(409, "alreadyExists", _present(additions, left))
        left |= {_key(each): shown(each) for each in additions}
        _refuse(400, "cnameResourceRecordSetConflict", _beside_alias(additions, left))
        if len(left) > RECORD_SETS:
            text = "The change would exceed quota for record sets per managed zone."
            raise RefusedError(403, [("quotaExceeded", text)])
        self.rrsets = left
        self._changes.append(self._looks)
        return self._change(len(self._changes) - 1), list(self._noted(deletions, additions))

    def looked_at(self, change: str) -> Json:
        """Return a change, one look nearer to being done."""
        if not change.isdigit() or int(change) >= len(self._changes):
            text = f"The 'parameters.changeId' resource named '{change}' does not exist."
            raise RefusedError(404, [("notFound", text)])
        shown = self._change(int(change))
        self._changes[int(change)] -= 1
        return shown

    def _change(self, number: int) -> Json:
        status = "pending" if self._changes[number] > 0 else "done"
        return {
            "kind": "dns#change",
            "id": str(number),
            "startTime": "2026-11-30T09:00:00.000Z",
            "status": status,
        }

    def _invalid(self, additions: Sequence[Json]) -> Iterable[str]:
        for place, each in _places("additions", additions):
            name = str(each.get("name", ""))
            if not _NAME.fullmatch(name) or not f".{name}".lower().endswith(f".{self.dns_name}"):
                yield f"Invalid value for '{place}.name': '{name}'"
            elif not 0 <= each["ttl"] <= MAX_TTL:
                yield f"Invalid value for '{place}.ttl': '{each['ttl']}'"
            elif "routingPolicy" not in each:
                for number, value in enumerate(each["rrdatas"]):
                    if not _is_valid(each["type"], value):
                        yield f"Invalid value for '{place}.rrdata[{number}]': '{value}'"

    def _missing(self, deletions: Sequence[Json]) -> Iterable[str]:
        for place, each in _places("deletions", deletions):
            if _key(each) not in self.rrsets:
                yield f"The '{place}' resource named '{each['name']} ({each['type']})' does not exist."

    def _unlike(self, deletions: Sequence[Json]) -> Iterable[str]:
        for place, each in _places("deletions", deletions):
            there = self.rrsets[_key(each)]
            given = each["name"], each["ttl"], list(each.get("rrdatas", ()))
            same = given == (there["name"], there["ttl"], there["rrdatas"])
            if not same or each.get("routingPolicy") != there.get("routingPolicy"):
                yield f"Precondition not met for '{place}'"

    def _noted(self, deletions: Sequence[Json], additions: Sequence[Json]) -> Iterable[Change]:
        """Yield what became of each record set: all of it at once, so in an order in which nothing dangles."""
        old, new = {_key(each) for each in deletions}, {_key(each): each for each in additions}
        comes = sorted(new, key=lambda key: key[1] == "SRV")
        goes = sorted(old - new.keys(), key=lambda key: (key[1] != "SRV", key))
        for name, rdtype in [*comes, *goes]:
            now = new.get((name, rdtype), {})
            action = "delete" if not now else "update" if (name, rdtype) in old else "create"
            values = tuple(now.get("rrdatas", ()))
            zone = f"{self.project}/{self.name}"
            yield Change(action, zone, name.removesuffix("."), rdtype, now.get("ttl", 0), values)


def shown(given: Json) -> Json:
    """Return a record set as the API shows it: with data, or with a routing policy."""
    policy = {"routingPolicy": given["routingPolicy"]} if "routingPolicy" in given else {}
    return {
        "kind": "dns#resourceRecordSet",
        "name": given["name"],
        "type": given["type"],
        "ttl": given["ttl"],
        "rrdatas": list(given.get("rrdatas", ())),
        "signatureRrdatas": [],
        **policy,
    }


def kinds(body: Json) -> set[str]:
    """Return what a change does to record sets, as permissions name it."""
    old = {_key(each) for each in body.get("deletions") or ()}
    new = {_key(each) for each in body.get("additions") or ()}
    found = {"create": new - old, "update": new & old, "delete": old - new}
    return {kind for kind, keys in found.items() if keys}


def _read(given: Json) -> Json:
    """Return a record set as it was given: a number may be text (JSON of protocol buffers)."""
    return {**given, "ttl": int(given.get("ttl", 0))}


def _key(each: Json) -> Key:
    return each["name"].lower(), each["type"]


def _places(of: str, entries: Sequence[Json]) -> Iterable[tuple[str, Json]]:
    for number, each in enumerate(entries):
        yield f"entity.change.{of}[{number}]", each


def _refuse(status: int, reason: str, texts: Iterable[str]) -> None:
    if errors := [(reason, text) for text in texts]:
        raise RefusedError(status, errors)


def _check_quotas(additions: Sequence[Json], deletions: Sequence[Json]) -> None:
    octets = sum(len(value) for each in (*additions, *deletions) for value in each.get("rrdatas", ()))
    over = {
        "additions per change": len(additions) > ADDITIONS,
        "deletions per change": len(deletions) > DELETIONS,
        "total rrdata size per change": octets > OCTETS,
        "resource records per record set": any(len(each.get("rrdatas", ())) > RECORDS for each in additions),
    }
    texts = (f"The change would exceed quota for {what}." for what, exceeded in over.items() if exceeded)
    _refuse(403, "quotaExceeded", texts)


def _present(additions: Sequence[Json], left: dict[Key, Json]) -> Iterable[str]:
    for place, each in _places("additions", additions):
        if _key(each) in left:
            yield f"The resource '{place}' named '{each['name']} ({each['type']})' already exists"


def _beside_alias(additions: Sequence[Json], left: dict[Key, Json]) -> Iterable[str]:
    types: dict[str, set[str]] = {}
    for name, rdtype in left:
        types.setdefault(name, set()).add(rdtype)
    for place, each in _places("additions", additions):
        here = types[each["name"].lower()]
        if "CNAME" in here and len(here) > 1:
            yield (
                f"The resource record set '{place}' is invalid because the DNS name '{each['name']}' may have either "
                "one CNAME resource record set or resource record sets of other types, but not both."
            )


def _address(version: int) -> Callable[[str], bool]:
    def is_valid(value: str) -> bool:
        try:
            return ipaddress.ip_address(value).version == version
        except ValueError:
            return False

    return is_valid


def _is_srv(value: str) -> bool:
    *numbers, target = value.split(" ")
    fit = len(numbers) == 3 and all(number.isdigit() and int(number) < 65_536 for number in numbers)
    return fit and (target == "." or bool(_NAME.fullmatch(target)))


_FORMS: dict[str, Callable[[str], bool]] = {
    "A": _address(4),
    "AAAA": _address(6),
    "SRV": _is_srv,
    "CNAME": lambda value: bool(_NAME.fullmatch(value)),
}


def _is_valid(rdtype: str, value: str) -> bool:
    return rdtype not in _FORMS or _FORMS[rdtype](value)
