"""A zone of Cloudflare and its records as the API has them: what is accepted, kept and shown.

Zones are shown by U-labels, records by A-labels, however they were given (cloudflare-docs#1991 and one of Cloudflare's
own tests in cloudflare-go#690, 2021; nginx-ui#1914, 2026). Users also report records that are shown by U-labels
(python-cloudflare#22, 2016), and zones that A-labels do not find (cloudflare-go#347, 2019): a zone can be told to.

Sources: the API reference of DNS records; "Availability and limits" of Batch record changes; "Time to Live (TTL)";
"Record quotas" (developers.cloudflare.com/dns, 2026-11). Codes and words are those that users report (81044, 81045,
81053, 81058, 1004 with 9005 to 9021 below it).
"""

import ipaddress
import uuid
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any, NamedTuple

from tests.standins.emulation import Change

Json = Any


class Plan(NamedTuple):
    """What a plan of a zone allows: records of a batch, records of the zone, and the least TTL in seconds."""

    batch: int
    records: int
    ttl: int


PLANS = {"free": Plan(200, 200, 60), "pro": Plan(3_500, 3_500, 60), "enterprise": Plan(3_500, 1_000_000, 30)}


class RefusedError(Exception):
    """What the API does not do, with the status, the errors and further headers of its answer."""

    def __init__(
        self,
        status: int,
        code: int,
        message: str,
        headers: Mapping[str, str] | None = None,
        *,
        chain: Json = None,
    ) -> None:
        super().__init__(message)
        self.status = status
        self.errors = [{"code": code, "message": message} | ({"error_chain": chain} if chain else {})]
        self.headers = headers or {}


@dataclass
class Zone:
    """A zone, and its records by their ids, in the order in which they were made; names are kept as A-labels."""

    name: str
    account: str
    type: str = "full"
    status: str = "pending"
    paused: bool = False
    plan: str = "free"
    found_by_a_labels: bool = True
    records_by_u_labels: bool = False
    id: str = field(default_factory=lambda: uuid.uuid4().hex)
    records: dict[str, Json] = field(default_factory=dict[str, Json])
    names: dict[str, tuple[str, ...]] = field(default_factory=dict[str, tuple[str, ...]])
    """The ids of the records of each name."""
    touched: dict[tuple[str, str], None] = field(default_factory=dict[tuple[str, str], None])
    """Name and type of what was changed since it is a draft, in order."""

    def draft(self) -> "Zone":
        """Return a copy that may be changed, or forgotten."""
        return replace(self, records=dict(self.records), names=dict(self.names), touched={})

    def __post_init__(self) -> None:
        self.name = _a_labels(self.name)

    def goes_by(self, name: str) -> bool:
        """Tell whether a list of zones by *name* has this one."""
        return name == _u_labels(self.name) or (self.found_by_a_labels and name == self.name)

    def record_shown(self, record: Json) -> Json:
        """Return a record as a GET answers it."""
        if not self.records_by_u_labels:
            return record
        shown = {**record, "name": _u_labels(record["name"])}
        if record["type"] == "SRV":
            shown["data"] = {**record["data"], "target": _u_labels(record["data"]["target"])}
        return shown

    def set(self, **given: Json) -> None:
        """Become what tests want."""
        for key, value in given.items():
            setattr(self, key, value)

    def shown(self) -> Json:
        """Return the zone as a GET answers it."""
        return {
            "id": self.id,
            "name": _u_labels(self.name),
            "status": self.status,
            "paused": self.paused,
            "type": self.type,
            "development_mode": 0,
            "name_servers": ["ada.ns.cloudflare.com", "bob.ns.cloudflare.com"],
            "original_name_servers": None,
            "original_registrar": None,
            "original_dnshost": None,
            "created_on": "2026-11-30T00:00:00.000000Z",
            "modified_on": "2026-11-30T00:00:00.000000Z",
            "activated_on": None,
            "meta": {"step": 2},
            "owner": {"id": None, "type": "user", "email": None},
            "account": {"id": self.account, "name": "account"},
            "permissions": ["#dns_records:edit", "#dns_records:read", "#zone:read"],
            "plan": {"id": uuid.uuid5(uuid.NAMESPACE_DNS, self.plan).hex, "legacy_id": self.plan},
        }

    def carry_out(self, body: Json) -> Json:
        """Carry out deletes, patches, puts and posts, in this order, and return what came of each."""
        return {
            "deletes": [self._delete(each) for each in body.get("deletes") or ()],
            "patches": [self._put({**self._there(each), **each}) for each in body.get("patches") or ()],
            "puts": [self._put({"id": self._there(each)["id"], **each}) for each in body.get("puts") or ()],
            "posts": [self._put({**each, "id": uuid.uuid4().hex}) for each in body.get("posts") or ()],
        }

    def record_set(self, name: str, type_: str) -> tuple[int, tuple[str, ...]] | None:
        """Return TTL and values, in zone-file form, of what has this name and type."""
        here = [each for each in self.named(name) if each["type"] == type_]
        return (here[-1]["ttl"], tuple(map(zone_file_value, here))) if here else None

    def changes_since(self, before: "Zone") -> Iterator[Change]:
        """Yield how the record sets that were touched differ from those of *before*."""
        for key in self.touched:
            old, new = before.record_set(*key), self.record_set(*key)
            if old == new:
                continue
            if new is None:
                yield Change("delete", self.id, *key)
            else:
                yield Change("update" if old else "create", self.id, *key, *new)

    def named(self, name: str) -> list[Json]:
        """Return the records of a name."""
        return [self.records[id_] for id_ in self.names.get(name, ())]

    def _take(self, record: Json) -> Json:
        del self.records[record["id"]]
        self.names[record["name"]] = tuple(id_ for id_ in self.names[record["name"]] if id_ != record["id"])
        self.touched[record["name"], record["type"]] = None
        return record

    def _there(self, given: Json) -> Json:
        if given["id"] not in self.records:
            raise RefusedError(404, 81044, "Record does not exist.")
        return self.records[given["id"]]

    def _delete(self, given: Json) -> Json:
        return self._take(self._there(given))

    def _put(self, given: Json) -> Json:
        record = self._kept(given)
        here = [each for each in self.named(record["name"]) if each["id"] != record["id"]]
        addresses = {"A", "AAAA", "CNAME"}
        if record["type"] == "CNAME" and any(each["type"] in addresses for each in here):
            raise RefusedError(400, 81053, "An A, AAAA, or CNAME record with that host already exists.")
        if record["type"] in addresses and any(each["type"] == "CNAME" for each in here):
            raise RefusedError(400, 81053, "An A, AAAA, or CNAME record with that host already exists.")
        if any((each["type"], each["content"]) == (record["type"], record["content"]) for each in here):
            raise RefusedError(400, 81058, "An identical record already exists.")
        if record["id"] not in self.records and len(self.records) >= PLANS[self.plan].records:
            raise RefusedError(400, 81045, "Record quota exceeded.")
        if there := self.records.get(record["id"]):
            self._take(there)
        self.records[record["id"]] = record
        self.names[record["name"]] = (*self.names.get(record["name"], ()), record["id"])
        self.touched[record["name"], record["type"]] = None
        return record

    def _kept(self, given: Json) -> Json:
        """Return a record as the service keeps it."""
        ttl, type_, name = given.get("ttl", 1), given.get("type"), str(given.get("name", "")).lower()
        proxied = bool(given.get("proxied"))
        if ttl != 1 and not PLANS[self.plan].ttl <= ttl <= 86_400:
            raise _invalid(
                9021, f"Invalid TTL. Must be between {PLANS[self.plan].ttl} and 86400 seconds, or 1."
            )
        if type_ not in _CONTENT:
            raise _invalid(9020, "Invalid DNS record type")
        name = self.name if name == "@" else _a_labels(name.removesuffix("."))
        if name != self.name and not name.endswith(f".{self.name}"):
            name = f"{name}.{self.name}"
        if proxied and type_ not in ("A", "AAAA", "CNAME"):
            raise _invalid(9004, "This record type cannot be proxied.")
        shown = _CONTENT[type_](given)
        return {
            "id": given["id"],
            "name": name,
            "type": type_,
            **shown,
            "proxiable": type_ in ("A", "AAAA", "CNAME"),
            "proxied": proxied,
            # What is proxied has the TTL that the proxy chooses.
            "ttl": 1 if proxied else ttl,
            "settings": {},
            "meta": {},
            "comment": given.get("comment"),
            "tags": given.get("tags", []),
            "created_on": "2026-11-30T00:00:00.000000Z",
            "modified_on": "2026-11-30T00:00:00.000000Z",
        }


def zone_file_value(record: Json) -> str:
    """Return the value of a record in zone-file form."""
    if record["type"] == "SRV":
        data = record["data"]
        target = data["target"].removesuffix(".")
        return f"{data['priority']} {data['weight']} {data['port']} {target}."
    return record["content"]


def _a_labels(name: str) -> str:
    labels = name.split(".")
    return ".".join(
        label if label.isascii() else f"xn--{label.encode('punycode').decode()}" for label in labels
    )


def _u_labels(name: str) -> str:
    labels = name.split(".")
    return ".".join(
        label[4:].encode().decode("punycode") if label.startswith("xn--") else label for label in labels
    )


def _invalid(code: int, message: str) -> RefusedError:
    return RefusedError(400, 1004, "DNS Validation Error", chain=[{"code": code, "message": message}])


def _address(version: int, given: Json) -> Json:
    text = str(given.get("content", ""))
    try:
        address = ipaddress.ip_address(text)
    except ValueError:
        address = None
    if address is None or address.version != version:
        code = 9005 if version == 4 else 9006
        raise _invalid(
            code,
            f"Content for {'A' if version == 4 else 'AAAA'} record must be a valid IPv{version} address.",
        )
    return {"content": text.lower()}


def _name(given: Json) -> Json:
    return {"content": str(given["content"]).lower().removesuffix(".")}


def _srv(given: Json) -> Json:
    """Keep what is in ``data``; the priority is shown beside it, and the rest is the content."""
    data: Json = given.get("data") or {}
    numbers: list[Any] = [data.get(key) for key in ("priority", "weight", "port")]
    if not all(isinstance(number, int) and 0 <= number <= 65_535 for number in numbers):
        raise _invalid(9101, "priority, weight and port of an SRV record are required, 0 to 65535.")
    target = str(data.get("target", ""))
    if not target or " " in target:
        raise _invalid(9101, "target is a required data field.")
    target = target if target == "." else _a_labels(target.lower().removesuffix("."))
    priority, weight, port = numbers
    kept = {"priority": priority, "weight": weight, "port": port, "target": target}
    return {"content": f"{weight} {port} {target}", "priority": priority, "data": kept}


def _text(given: Json) -> Json:
    return {"content": str(given["content"])}


_CONTENT: dict[str, Callable[[Json], Json]] = {
    "A": partial(_address, 4),
    "AAAA": partial(_address, 6),
    "SRV": _srv,
    "CNAME": _name,
    "NS": _name,
    "TXT": _text,
}
