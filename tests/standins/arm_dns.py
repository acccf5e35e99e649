"""A zone of Azure DNS and its record sets as the REST API has them: what is accepted, kept and shown.

Source: the API specification Microsoft.Network/dnsZones 2023-07-01-preview, and the limits and quotas of
Azure DNS (2026-11). Codes and statuses are those of the service; where users have reported its words, the
words are too, and the others say the same thing.
"""

import ipaddress
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import partial
from operator import itemgetter
from typing import Any, NamedTuple

from tests.standins.emulation import Change

MAX_RECORDS = 20
"""Records of a record set."""
MAX_TTL = 2_147_483_647

Json = Any


class RefusedError(Exception):
    """What the API does not do, with the status, code and further headers of its answer."""

    def __init__(
        self, status: int, code: str, message: str, headers: Mapping[str, str] | None = None
    ) -> None:
        super().__init__(message)
        self.status = status
        self.code = code
        self.message = message
        self.headers = headers or {}


class Key(NamedTuple):
    """Type in upper case and relative name in lower case: what Azure tells record sets apart by."""

    type: str
    name: str


@dataclass
class Zone:
    """A public zone: its path, with the spelling that ids of the service have, and its record sets."""

    path: str
    name: str
    record_sets: dict[Key, Json] = field(default_factory=dict[Key, Json])

    def __post_init__(self) -> None:
        """Make the record sets that every zone has."""
        for type_ in ("NS", "SOA"):
            self.record_sets[Key(type_, "@")] = self._shown(type_, "@", {"TTL": 172_800})

    def shown(self) -> Json:
        """Return the zone as a GET answers it."""
        return {
            "id": self.path,
            "name": self.name,
            "type": "Microsoft.Network/dnszones",
            "etag": str(uuid.uuid4()),
            "location": "global",
            "tags": {},
            "properties": {
                "zoneType": "Public",
                "nameServers": ["ns1-01.azure-dns.com.", "ns2-01.azure-dns.net."],
                "maxNumberOfRecordSets": 10_000,
                "numberOfRecordSets": len(self.record_sets),
            },
        }

    def move(self, path: str) -> None:
        """Take on another path, with all record sets, which stay as they are."""
        for record_set in self.record_sets.values():
            record_set["id"] = path + record_set["id"].removeprefix(self.path)
        self.path = path

    def check(self, key: Key, if_match: str | None, if_none_match: str | None) -> None:
        """Refuse what is on condition of another state (RFC 9110 §13.1, "Etags" in the guide to Azure DNS, 2026-11)."""
        etag = self.record_sets[key]["etag"] if key in self.record_sets else None
        for header, condition, holds in (
            ("If-None-Match", if_none_match, etag is None),
            ("If-Match", if_match, etag is not None and if_match in ("*", etag)),
        ):
            if condition and not holds:
                text = f"The condition '{condition}' in the {header} header was not satisfied."
                raise RefusedError(412, "PreconditionFailed", f"{text} The current value is '{etag}'.")

    def put(self, type_: str, name: str, body: Json) -> Change:
        """Create a record set or replace it as a whole, and return what changed."""
        key = Key(type_.upper(), name.lower())
        beside = {other.type for other in self.record_sets if other.name == key.name} - {key.type}
        if "CNAME" in beside or (key.type == "CNAME" and beside):
            raise RefusedError(
                409,
                "Conflict",
                f"The record could not be created because a CNAME record with the same name '{name}' "
                "already exists in this zone.",
            )
        properties = _kept(key.type, body)
        action = "update" if key in self.record_sets else "create"
        self.record_sets[key] = self._shown(key.type, name, properties)
        values = zone_file_values(key.type, properties)
        return Change(action, self.path, self._fqdn(key.name), key.type, properties["TTL"], values)

    def delete(self, key: Key) -> Change:
        """Delete a record set and return what changed."""
        del self.record_sets[key]
        return Change("delete", self.path, self._fqdn(key.name), key.type)

    def _fqdn(self, name: str) -> str:
        return self.name if name == "@" else f"{name.lower()}.{self.name}"

    def _shown(self, type_: str, name: str, properties: Mapping[str, Json]) -> Json:
        return {
            "id": f"{self.path}/{type_}/{name}",
            "name": name,
            "type": f"Microsoft.Network/dnszones/{type_}",
            "etag": str(uuid.uuid4()),
            "properties": {
                "targetResource": {},
                "trafficManagementProfile": {},
                **properties,
                "fqdn": self._fqdn(name) + ".",
                "provisioningState": "Succeeded",
            },
        }


class _Form(NamedTuple):
    """How the records of one type stand in a body, and in zone-file form."""

    key: str
    keep: Callable[[Json], dict[str, Any]]
    value: Callable[[dict[str, Any]], str]


def zone_file_values(type_: str, properties: Mapping[str, Json]) -> tuple[str, ...]:
    """Return the records of a record set in zone-file form; none of a type that is not known here."""
    form = _FORMS.get(type_)
    return tuple(form.value(record) for record in properties.get(form.key, ())) if form else ()


def _kept(type_: str, body: Json) -> dict[str, Json]:
    """Return the properties of a record set as the service keeps them, from the *body* of a PUT."""
    given: Mapping[str, Json] = body.get("properties") or {}
    ttl = given.get("TTL")
    if not isinstance(ttl, int | float) or not 1 <= ttl <= MAX_TTL:
        raise _bad(f"The TTL value '{ttl}' of the record set is not between 1 and {MAX_TTL}.")
    other_forms = [form.key for form in _FORMS.values()]
    properties: dict[str, Json] = {key: given[key] for key in given if key not in other_forms}
    properties["TTL"] = int(ttl)
    for other, form in _FORMS.items():
        records = given.get(form.key)
        if records is None:
            continue
        if other != type_:
            raise _bad(f"The record set of type '{type_}' has records of type '{other}'.")
        if len(records) > MAX_RECORDS:
            raise _bad(f"The number of records {len(records)} exceeds the limit of {MAX_RECORDS}.")
        kept = [form.keep(record) for record in records]
        if len(set(map(form.value, kept))) != len(kept):
            raise _bad("The record set has the same record twice.")
        properties[form.key] = kept
    return properties


def _address(key: str, version: int, record: Json) -> dict[str, Any]:
    text = record.get(key)
    try:
        address = ipaddress.ip_address(text)
    except ValueError:
        address = None
    if address is None or address.version != version:
        raise _bad(f"The value '{text}' is not a valid IPv{version} address.")
    return {key: str(address)}


def _srv(record: Json) -> dict[str, Any]:
    for key in ("priority", "weight", "port"):
        number = record.get(key)
        if not isinstance(number, int | float) or number != int(number) or not 0 <= number <= 65_535:
            raise _bad(f"The {key} '{number}' of an SRV record is not between 0 and 65535.")
    target = record.get("target")
    if not isinstance(target, str) or not target or " " in target:
        raise _bad(f"The target '{target}' of an SRV record is not a domain name.")
    return {**{key: int(record[key]) for key in ("priority", "weight", "port")}, "target": target}


def _srv_value(record: dict[str, Any]) -> str:
    target = record["target"].removesuffix(".")
    return f"{record['priority']} {record['weight']} {record['port']} {target}."


def _txt(record: Json) -> dict[str, Any]:
    return {"value": list(record["value"])}


def _txt_value(record: dict[str, Any]) -> str:
    return " ".join(f'"{text}"' for text in record["value"])


def _bad(message: str) -> RefusedError:
    return RefusedError(400, "BadRequest", message)


_FORMS: dict[str, _Form] = {
    "A": _Form("ARecords", partial(_address, "ipv4Address", 4), itemgetter("ipv4Address")),
    "AAAA": _Form("AAAARecords", partial(_address, "ipv6Address", 6), itemgetter("ipv6Address")),
    "SRV": _Form("SRVRecords", _srv, _srv_value),
    "TXT": _Form("TXTRecords", _txt, _txt_value),
}
