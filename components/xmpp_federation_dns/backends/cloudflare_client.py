"""Cloudflare DNS in batches: one database transaction each, without conditions, of single records.

A record set is all records of one name and type. Before each batch they are read and compared with what its changes
say; a record that goes or changes is then named by its id. After it they are read again: of what somebody adds in
between, nothing else would tell (POST /zones/{zone_id}/dns_records/batch, API reference, 2026-11).
"""

import ipaddress
import time
from collections.abc import Callable, Collection, Iterable, Mapping
from typing import Any, ClassVar

from xmpp_federation_dns import names
from xmpp_federation_dns.backends import cloudflare_access
from xmpp_federation_dns.backends.client import RefusedError, Right, UnservedError, UpdateError, ZoneClient
from xmpp_federation_dns.backends.cloudflare_api import Api
from xmpp_federation_dns.changes import (
    Batch,
    Change,
    Content,
    Foreign,
    Live,
    Place,
    Weight,
    cuts,
    in_sight,
    listed,
    values,
    with_hidden,
)
from xmpp_federation_dns.faults import canonical

NAMES = 4
"""Names up to which each is asked for; for more of them, the zone is listed."""
PAGE = 50_000
"""Records of a page: what is listed in one page is of one moment (the number of Cloudflare's own examples, 2026-11)."""
ZONES = 50
"""Zones of a page, at most (API reference, 2026-11)."""
LOOKS = 5
"""Looks at a zone that does not show what was sent, before that is an error."""
PAUSE = 1.0
"""Seconds between two of them."""
AUTOMATIC, SECONDS = 1, 300
"""The TTL that means automatic, and the seconds which that is for what is not proxied (Time to Live, 2026-11)."""

_LISTED = ("SRV", "A", "AAAA", "CNAME")
_NUMBERS = ("priority", "weight", "port")
_PROXIED = (
    "{} is proxied: peers would reach Cloudflare's web proxy, which does not speak XMPP; set the record to DNS only, "
    "or delete it"
)
_PROXIED_ALIAS = (
    "CNAME {} is proxied: peers would reach Cloudflare's web proxy, which does not speak XMPP; DNS only, it would be "
    "in the way all the same: delete the record"
)

_Records = dict[str, list[Any]]


class CloudflareDnsZone(ZoneClient):
    """A zone of Cloudflare."""

    atomic: ClassVar = True
    conditional: ClassVar = False
    # Records of any plan but the free one, and of that (Batch record changes, Availability and limits, 2026-11).
    most: ClassVar = (3_500, 200)

    def __init__(self, name: str, zone_id: str, token: str) -> None:
        self.name = name
        self.id = zone_id
        self.api = Api(str(self), token, name)
        self._zone: Any = None
        if not self.id:
            self._zone = self._look_up()
            self.id = self._zone["id"]
            self.api.where = str(self)
        self._records = f"/zones/{self.id}/dns_records"
        self._seen: _Records = {}
        """What was read last."""
        self._fresh: set[str] = set()
        """The keys that were read since the last batch."""

    @property
    def unasked(self) -> str:
        """Why peers would not see what is published in the zone, and the way out; nothing where they would."""
        return _fault(self._known())

    @property
    def place(self) -> Place:
        """The id of the zone."""
        return (self.id,)

    def __str__(self) -> str:
        """Name the zone and its id."""
        return f"zone {self.name} ({self.id})" if self.id else f"zone {self.name}"

    def tells(self, tell: Callable[[str], None]) -> None:
        """Let *tell* hear why Cloudflare is waited for."""
        self.api.tell = tell

    def weight(self, change: Change) -> Weight:
        """Return the records that *change* takes at most: twice, where the plan of the zone is the free one."""
        records = max(len(values(change.old)), len(values(change.new)))
        free = self._known()["plan"]["legacy_id"] == "free"
        return records, records * free

    def read(self, expected: Mapping[str, Content | None]) -> dict[str, Live]:
        """Ask for each name and for the delegations where there are few names, and list the zone for many."""
        owners = {key.partition(" ")[0] for key in expected}
        asked: list[dict[str, str]] = [{}]
        if len(owners) <= NAMES:
            asked = [{"name.exact": owner} for owner in sorted(owners)]
            asked += [{"type": "NS"}] if None in expected.values() else []
        self._seen = _by_key(
            record for query in asked for record in self.api.pages(self._records, "list", PAGE, **query)
        )
        self._fresh = set(expected)
        live = {key: _live(key, self._seen) for key in expected}
        return with_hidden(expected, live, self.name, cuts(self._seen))

    def listing(self) -> dict[str, Live]:
        """List the zone."""
        found = _by_key(self.api.pages(self._records, "list", PAGE))
        keys = [key for key in found if key.rpartition(" ")[2] in _LISTED]
        live = {key: there for key in keys if (there := _live(key, found))}
        return in_sight(live, self.name, cuts(found))

    def access(self, keys: Collection[str], *, one_by_one: bool) -> list[Right]:  # noqa: ARG002 a token knows none
        """Read the zone and its records, and ask what the token may do."""
        return cloudflare_access.rights(self.api, self.id, lambda: self.unasked)

    def stops(self, keys: Collection[str]) -> list[Right]:  # noqa: ARG002 it is about the zone
        """Return why nothing can be published in the zone."""
        return cloudflare_access.stops(self.unasked)

    def send(self, batch: Batch) -> None:
        """Send one batch, where everything is as its changes say."""
        if (fault := self.unasked) and any(change.new for change in batch):
            raise UpdateError(f"{self}: {fault}")
        expected = {change.key: change.old for change in batch}
        # A run has compared its first batch just now.
        if not self._fresh.issuperset(expected):
            self.read(expected)
        self._fresh.clear()
        body: _Records = {"deletes": [], "patches": [], "posts": []}
        for change in batch:
            there = _live(change.key, self._seen)
            if there != change.old and (there or change.new):
                raise RefusedError(f"{self}: {change.key} is not what it was")
            _add(body, change, self._seen.get(change.key, []))
        if any(body.values()):
            what = batch[0].key if len(batch) == 1 else f"{len(batch):,} record sets"
            self.api.call("POST", f"{self._records}/batch", what, body)
            self._confirm(batch)

    def learnt(self) -> dict[str, Any]:
        """Return the id of the zone."""
        return {"zoneTag": self.id}

    def _confirm(self, batch: Batch) -> None:
        """Raise :class:`UpdateError` where the zone does not come to show what was sent."""
        wrong: list[str] = []
        for look in range(LOOKS):
            time.sleep(PAUSE if look else 0)
            self.read({change.key: change.new or change.old for change in batch})
            wrong = [change.key for change in batch if not _done(change, _live(change.key, self._seen))]
            if not wrong:
                return
        # Unanswered, so that the next run knows by the journal what this one has done.
        text = "was sent, and is not what is there: somebody else changed it at the same time; look at it"
        raise UpdateError(f"{self}: {listed(wrong)} {text}", unanswered=True)

    def _known(self) -> Any:
        """Return what the service says of the zone; raise :class:`UpdateError` where it is another one."""
        if self._zone is None:
            found = self.api.call("GET", f"/zones/{self.id}", "GET zone")["result"]
            if canonical(names.zone_name, found["name"]) != self.name:
                text = f"this is the id of zone {found['name']}; correct zoneId, or leave it out"
                raise UpdateError(f"{self}: {text}")
            self._zone = found
        return self._zone

    def _look_up(self) -> Any:
        zones_ = self._named(self.name)
        # Zones are shown by U-labels; whether A-labels find them, users report both (nginx-ui#1914, 2026-09, that they
        # do; cloudflare-go#347, 2019, that they do not).
        if not zones_ and (shown := names.unicode_form(self.name)) != self.name:
            zones_ = self._named(shown)
        if not zones_:
            raise UnservedError(
                f"{self}: the API token may read no zone of this name; create the zone, or give the token "
                "Zone > Zone > Read on it"
            )
        if len(zones_) > 1:
            raise UpdateError(
                f"{self}: {len(zones_)} zones that the token may read have this name; set zoneId"
            )
        return zones_[0]

    def _named(self, name: str) -> list[Any]:
        return list(self.api.pages("/zones", "list zones", ZONES, name=name))


def zones(token: str) -> list[tuple[str, str]]:
    """Return name and id of every zone that a *token* may read and a stack can name; raises :class:`UpdateError`."""
    found = Api("Cloudflare", token).pages("/zones", "list zones", ZONES)
    # Cloudflare takes names that IDNA 2008 does not know, of emoji for example: no SIP domain lies in these.
    named = ((canonical(names.zone_name, each["name"]), each["id"]) for each in found)
    return [(name, id_) for name, id_ in named if name]


def _fault(zone: Any) -> str:
    """Return why peers would not see what is published in *zone*, and the way out; nothing where they would."""
    if zone["type"] != "full":
        text = (
            "its records are not, or not only, kept here; publish them where they are, or make it a full zone"
        )
        return f"the zone is of type {zone['type']}: {text}"
    if zone["paused"]:
        return "the zone is paused; enable Cloudflare on it (Overview, Advanced Actions)"
    if zone["status"] != "active":
        servers = " and ".join(zone.get("name_servers") or ()) or "those of Cloudflare"
        return f"the zone is {zone['status']}: nobody asks for it here; make {servers} its name servers first"
    return ""


def _by_key(records: Iterable[Any]) -> _Records:
    found: _Records = {}
    for record in records:
        # By A-labels in general, by U-labels at times (cloudflare-docs#1991, 2021; python-cloudflare#22, 2016).
        found.setdefault(f"{names.a_label_form(record['name'])} {record['type']}", []).append(record)
    return found


def _live(key: str, found: _Records) -> Live | None:
    """Return what there is in the place of a record set: one of ours, something proxied, or a CNAME record.

    A CNAME record at the apex is flattened into addresses, and is in the place of ours all the same.
    """
    name, _, rdtype = key.partition(" ")
    here, aliases = found.get(key, []), found.get(f"{name} CNAME", [])
    for record in (*here, *aliases):
        if record.get("proxied"):
            text = _PROXIED_ALIAS if record["type"] == "CNAME" else _PROXIED
            return Foreign(text.format(record["content"]), hides=True)
    if here and rdtype != "CNAME":
        ttls = sorted({_seconds(record) for record in here})
        if len(ttls) > 1:
            return Foreign(f"records with the TTLs {', '.join(map(str, ttls))}")
        there = tuple(sorted(_value(record) for record in here))
        # Peers see no difference between automatic and its seconds; ours is written, and stays what it is.
        return Content(ttls[0], there, there if any(record["ttl"] == AUTOMATIC for record in here) else ())
    return Foreign(f"CNAME {_seconds(aliases[0])} {aliases[0]['content']}") if aliases else None


def _done(change: Change, there: Live | None) -> bool:
    """Tell whether *there* is what *change* makes; what comes into the place of what went is somebody else's."""
    return there == change.new if change.new else there != change.old


def _seconds(record: Any) -> int:
    return SECONDS if record["ttl"] == AUTOMATIC else record["ttl"]


def _value(record: Any) -> str:
    """Return a record in canonical zone-file form."""
    if record["type"] != "SRV":
        return str(ipaddress.ip_address(record["content"]))
    data = record["data"]
    numbers = " ".join(str(int(data[number])) for number in _NUMBERS)
    return f"{numbers} {names.a_label_form(data['target'])}."


def _add(body: _Records, change: Change, there: Iterable[Any]) -> None:
    """Add to *body* what turns the records that are *there* into those of *change*.

    What changes keeps its record, and with it comment and tags that somebody noted (PATCH leaves them).
    """
    wanted = {value: _record(change, value) for value in values(change.new)}
    goes: list[Any] = []
    for record in there:
        new = wanted.pop(_value(record), None)
        if new is None:
            goes.append(record)
        elif record["ttl"] != new["ttl"]:
            body["patches"].append({"id": record["id"], **new})
    comes = list(wanted.values())
    body["patches"] += [{"id": old["id"], **new} for old, new in zip(goes, comes, strict=False)]
    body["deletes"] += [{"id": record["id"]} for record in goes[len(comes) :]]
    body["posts"] += comes[len(goes) :]


def _record(change: Change, value: str) -> dict[str, Any]:
    """Return one record as the API takes it; an SRV record has its priority at the top as well.

    Without that, a plan of Terraform would change it without end (terraform-provider-cloudflare#6684, 2026-11).
    """
    ttl = change.new.ttl if change.new else 0
    common = {"name": change.name, "type": change.type, "ttl": ttl, "proxied": False}
    if change.type != "SRV":
        return {**common, "content": value}
    *numbers, target = value.split()
    data = dict(zip(_NUMBERS, map(int, numbers), strict=True))
    return {
        **common,
        "priority": data["priority"],
        "data": {**data, "target": target.removesuffix(".") or "."},
    }
