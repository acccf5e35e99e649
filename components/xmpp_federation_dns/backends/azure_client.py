"""Azure DNS record set by record set, with the conditions of its REST API.

The API changes one record set a call. What is new is sent with ``If-None-Match: *``; what changes or goes, with
the ETag under which it was read and found as the state says (REST API of Microsoft.Network/dnsZones, 2026-11).
"""

import ipaddress
from collections.abc import Callable, Collection, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import Any, ClassVar
from urllib.parse import quote, unquote

from xmpp_federation_dns.backends import azure_access, azure_names
from xmpp_federation_dns.backends.azure_resource_manager import WRITERS
from xmpp_federation_dns.backends.azure_sign_in import signed_in
from xmpp_federation_dns.backends.client import RefusedError, Right, UpdateError, ZoneClient
from xmpp_federation_dns.changes import (
    Batch,
    Change,
    Content,
    Foreign,
    Live,
    Place,
    Weight,
    above,
    content,
    cuts,
    in_sight,
    with_hidden,
)

NAMES = 16
"""Names up to which each is asked for; for more of them, the zone is listed page by page."""

_RECORDS = {"A": "ARecords", "AAAA": "AAAARecords", "SRV": "SRVRecords"}
_ADDRESS = {"A": "ipv4Address", "AAAA": "ipv6Address"}
_LISTED = (*_RECORDS, "CNAME")
_NUMBERS = ("priority", "weight", "port")


class AzureDnsZone(ZoneClient):
    """A public zone of Azure DNS."""

    atomic: ClassVar = False
    conditional: ClassVar = True
    writers: ClassVar = WRITERS
    most: ClassVar = (100,)
    adopted: ClassVar = (
        "; where pulumi-azure-native published them and this update takes them from its state, it deletes them now: "
        "retainOnDelete comes first (docs/bulk.md)"
    )

    def __init__(self, name: str, group: str, subscription: str) -> None:
        self.name = name
        self.group = group
        self.subscription = subscription
        if not subscription:
            raise UpdateError(
                f"{self}: no subscription is named; set subscriptionId on the zone, or ARM_SUBSCRIPTION_ID"
            )
        try:
            azure_names.subscription(subscription)
        except ValueError as error:
            raise UpdateError(f"{self}: ARM_SUBSCRIPTION_ID: {error}") from None
        self.path = (
            f"/subscriptions/{quote(self.subscription)}/resourceGroups/{quote(self.group)}"
            f"/providers/Microsoft.Network/dnsZones/{self.name}"
        )
        self.azure = signed_in(str(self))
        self.seen: dict[str, Any] = {}
        """What was read, by its key, as the service shows it."""

    @property
    def place(self) -> Place:
        """Subscription, resource group and zone."""
        return azure_names.place(self.subscription, self.group, self.name)

    def __str__(self) -> str:
        """Name the zone and its resource group."""
        return f"zone {self.name} (resource group {self.group})"

    def tells(self, tell: Callable[[str], None]) -> None:
        """Let *tell* hear why Azure is waited for."""
        self.azure.tell = tell

    def weight(self, change: Change) -> Weight:  # noqa: ARG002 each is one call
        """Return that one change is one."""
        return (1,)

    def read(self, expected: Mapping[str, Content | None]) -> dict[str, Live]:
        """Ask for each name where there are few, and list the zone page by page where there are many."""
        names = {key.partition(" ")[0] for key in expected}
        delegations = (f"{name} NS" for name in above(expected, self.name))
        keys = {*expected, *(f"{name} CNAME" for name in names), *delegations}
        if len(names) > NAMES:
            found = {key: each for each in self._listed() if (key := self._key(each)) in keys}
        else:
            with ThreadPoolExecutor(self.writers) as pool:
                asked = sorted(keys)
                found = {
                    key: each for key, each in zip(asked, pool.map(self._get, asked), strict=True) if each
                }
        for key in keys:
            self.seen.pop(key, None)
        self.seen |= found
        live = {key: _live(key, found) for key in expected}
        return with_hidden(expected, live, self.name, cuts(found))

    def listing(self) -> dict[str, Live]:
        """List the zone page by page."""
        everything = {self._key(each): each for each in self._listed()}
        found = {key: each for key, each in everything.items() if key.rpartition(" ")[2] in _LISTED}
        return in_sight(
            {key: there for key in found if (there := _live(key, found))}, self.name, cuts(everything)
        )

    def access(self, keys: Collection[str], *, one_by_one: bool) -> list[Right]:
        """Ask what the caller may do with the zone, and for locks at, above and below it."""
        return azure_access.rights(self.azure, self.path, self._paths(keys), one_by_one=one_by_one)

    def stops(self, keys: Collection[str]) -> list[Right]:
        """Ask for locks at, above and below the zone."""
        found = azure_access.locks(self.azure, self.path, self._paths(keys))
        return [right for right in found if right.state == "in the way"]

    def send(self, batch: Batch) -> None:
        """Send one change, on condition that what is there is as it says."""
        (change,) = batch
        headers = {"If-None-Match": "*"}
        metadata: dict[str, Any] = {}
        if change.old is not None:
            # A run has read what it changes.
            if (
                self.seen.get(change.key) is None
                and self.read({change.key: change.old}).get(change.key) is None
            ):
                if change.new is None:
                    return
                raise RefusedError(f"{self}: {change.key} is gone")
            there = self.seen[change.key]
            if _live(change.key, self.seen) != change.old:
                raise RefusedError(f"{self}: {change.key} is not what it was")
            headers = {"If-Match": there["etag"]}
            # A PUT replaces everything; what somebody noted beside the records stays.
            metadata = {"metadata": noted} if (noted := there["properties"].get("metadata")) else {}
        method, body = "DELETE", None
        if change.new is not None:
            method, body = "PUT", {"properties": {**metadata, **_properties(change.type, change.new)}}
        answer = self.azure.call(method, self._path(change.key), f"{method} {change.key}", body, headers)
        if not (answer.ok or (change.new is None and answer.missing)):
            raise answer.refusal(str(self), f"{method} {change.key}")

    def learnt(self) -> dict[str, Any]:
        """Return the subscription of the zone, which the environment may have said."""
        return {"subscription": self.subscription}

    def _get(self, key: str) -> Any:
        answer = self.azure.call("GET", self._path(key), f"GET {key}")
        if answer.ok:
            return answer.body
        if answer.missing:
            return None
        raise answer.refusal(str(self), f"GET {key}")

    def _listed(self) -> Iterable[Any]:
        return self.azure.pages(f"{self.path}/recordsets")

    def _paths(self, keys: Collection[str]) -> dict[str, str]:
        """Return keys by the paths that ids have, in lower case."""
        return {unquote(self._path(key)).lower(): key for key in keys}

    def _path(self, key: str) -> str:
        name, _, rdtype = key.partition(" ")
        return f"{self.path}/{rdtype}/{quote(name.removesuffix(self.name).removesuffix('.') or '@')}"

    def _key(self, record_set: Any) -> str:
        name, rdtype = record_set["name"].lower(), record_set["type"].rpartition("/")[2].upper()
        return f"{self.name if name == '@' else f'{name}.{self.name}'} {rdtype}"


def zones(subscription: str, group: str | None) -> list[tuple[str, str]]:
    """Return name and resource group of every public zone of a subscription, or of one of its resource groups.

    Raises :class:`UpdateError`.
    """
    inside = f"/resourceGroups/{quote(group)}" if group else ""
    path = f"/subscriptions/{quote(subscription)}{inside}/providers/Microsoft.Network/dnsZones"
    found = list(signed_in("Azure DNS").pages(path))
    public = [each for each in found if each.get("properties", {}).get("zoneType", "Public") == "Public"]
    return [(each["name"].lower(), each["id"].split("/")[4]) for each in public]


def _properties(rdtype: str, record_set: Content) -> dict[str, Any]:
    """Return a record set as a PUT takes it."""
    if rdtype in _ADDRESS:
        records: list[dict[str, Any]] = [{_ADDRESS[rdtype]: value} for value in record_set.values]
    else:
        records = []
        for value in record_set.values:
            *numbers, target = value.split()
            fields = dict(zip(_NUMBERS, map(int, numbers), strict=True))
            records.append({**fields, "target": target.removesuffix(".") or "."})
    return {"TTL": record_set.ttl, _RECORDS[rdtype]: records}


def _live(key: str, found: Mapping[str, Any]) -> Live | None:
    """Return what there is in the place of a record set: one of ours, an alias, or a CNAME record."""
    name, _, rdtype = key.partition(" ")
    if key in found and rdtype != "CNAME":
        there: Any = found[key]["properties"]
        for target in ("targetResource", "trafficManagementProfile"):
            link: Any = there.get(target) or {}
            if path := link.get("id"):
                return Foreign(f"alias of {path}")
        values = [_value(rdtype, record) for record in there.get(_RECORDS[rdtype]) or ()]
        return content(there["TTL"], values) if values else Foreign("a record set without records")
    if alias := found.get(f"{name} CNAME"):
        there = alias["properties"]
        record: Any = there.get("CNAMERecord") or {}
        return Foreign(f"CNAME {there['TTL']} {record.get('cname', '')}")
    return None


def _value(rdtype: str, record: Mapping[str, Any]) -> str:
    """Return a record in canonical zone-file form: the service keeps final dots and cases as they were typed."""
    if rdtype in _ADDRESS:
        return str(ipaddress.ip_address(record[_ADDRESS[rdtype]]))
    numbers = " ".join(str(int(record[number])) for number in _NUMBERS)
    return f"{numbers} {record['target'].lower().removesuffix('.')}."
