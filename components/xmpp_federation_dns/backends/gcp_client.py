"""Google Cloud DNS in atomic changes: deletions of what was, additions of what comes.

The service refuses a change where what is to go is not exactly what is there, and where what comes is there already
(Cloud DNS API v1, changes.create, 2026-11).
"""

import time
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from typing import Any, ClassVar
from urllib.parse import quote

from xmpp_federation_dns.backends.client import DeniedError, Right, UpdateError, ZoneClient
from xmpp_federation_dns.backends.gcp_cloud_dns import CloudDns
from xmpp_federation_dns.changes import (
    Batch,
    Change,
    Content,
    Foreign,
    Live,
    Place,
    Weight,
    above,
    canonical_value,
    cuts,
    in_sight,
    values,
    with_hidden,
)

NAMES = 4
"""Names up to which each is asked for; for more of them, the zone is listed page by page."""
LOOK, LOOKS = 0.5, 5.0
"""Seconds before the first look at a change that was not done when it was accepted, and most before a later one."""
DONE = 1_200.0
"""Seconds in which a change is done."""
PERMISSIONS = (
    "dns.managedZones.get",
    "dns.resourceRecordSets.list",
    "dns.changes.create",
    "dns.changes.get",
    "dns.resourceRecordSets.create",
    "dns.resourceRecordSets.update",
    "dns.resourceRecordSets.delete",
)
"""What an update may have to be allowed (Cloud DNS, roles and permissions, 2026-11)."""
_ADDRESS = ("A", "AAAA")
_LISTED = ("SRV", *_ADDRESS, "CNAME")


class ManagedZone(ZoneClient):
    """A public managed zone."""

    atomic: ClassVar = True
    conditional: ClassVar = True
    # Additions, deletions and octets of data a change (limits of Cloud DNS, 2026-11).
    most: ClassVar = (1_000, 1_000, 100_000)

    def __init__(
        self, name: str, project: str, managed_zone: str, *, seen: bool, service_account: str | None
    ) -> None:
        self.name = name
        self.project = project
        self.managed_zone = managed_zone
        self._last: Mapping[str, Any] = {"status": "done"}
        self._written: dict[str, str] = {}
        """The names of what was read, by key, as the service writes them."""
        self._dns = CloudDns(str(self), project, service_account)
        if not seen:
            # A name that the program says may be that of another zone.
            if managed_zone:
                self._confirm()
            else:
                self.managed_zone = self._looked_up()
                self._dns.where = str(self)

    @property
    def place(self) -> Place:
        """Project and managed zone."""
        return self.project, self.managed_zone

    def __str__(self) -> str:
        """Name the zone, its project and its name there."""
        return f"zone {self.name} ({'/'.join(filter(None, (self.project, self.managed_zone)))})"

    def tells(self, tell: Callable[[str], None]) -> None:
        """Let *tell* hear why Google Cloud is waited for."""
        self._dns.tell = tell

    def weight(self, change: Change) -> Weight:
        """Return additions, deletions and octets of data, of what goes and of what comes."""
        # Neither page says whether text or wire form is counted: the longer one is, and an AAAA record has 16 octets.
        octets = sum(max(16, len(value)) for value in [*change.goes, *values(change.new)])
        return int(change.new is not None), int(change.old is not None), octets

    def read(self, expected: Mapping[str, Content | None]) -> dict[str, Live]:
        """Ask for each name where there are few, and list the zone page by page where there are many."""
        names = above(expected, self.name) | {key.partition(" ")[0] for key in expected}
        found = self._found(names if len(names) <= NAMES else None)
        live = {key: _live(key, found) for key in expected}
        return with_hidden(expected, live, self.name, cuts(found))

    def listing(self) -> dict[str, Live]:
        """List the zone page by page."""
        found = self._found(None)
        listed = [key for key in found if key.partition(" ")[2] in _LISTED]
        return in_sight(
            {key: there for key in listed if (there := _live(key, found))}, self.name, cuts(found)
        )

    def access(self, keys: Collection[str], *, one_by_one: bool) -> list[Right]:  # noqa: ARG002 roles know no names
        """Ask what the roles at the zone, the project and above allow."""
        what = "testIamPermissions"
        try:
            answer = self._dns.asked("POST", f"{self._path}:{what}", what, {"permissions": PERMISSIONS})
        except DeniedError as error:
            return [Right(each, "not known", str(error)) for each in PERMISSIONS]
        held = answer.get("permissions", ())
        missing = "no role allows it; roles/dns.admin on the zone does (docs/pipelines.md)"
        return [
            Right(each, "allowed") if each in held else Right(each, "missing", missing)
            for each in PERMISSIONS
        ]

    def send(self, batch: Batch) -> None:
        """Send one change: what goes or changes as a deletion, what comes or has changed as an addition."""
        change = {
            "deletions": [
                _record_set(self._written.get(each.key, f"{each.name}."), each.type, each.old.ttl, each.goes)
                for each in batch
                if each.old
            ],
            "additions": [
                _record_set(f"{each.name}.", each.type, each.new.ttl, each.new.values)
                for each in batch
                if each.new
            ],
        }
        self._last = self._dns.asked("POST", f"{self._path}/changes", "changes.create", change)

    def settle(self) -> None:
        """Wait until the last change is done: the service carries them out one after the other."""
        until, wait = time.monotonic() + DONE, LOOK
        while self._last["status"] != "done":
            if time.monotonic() > until:
                text = f"change {self._last['id']} is accepted, and not done after {DONE / 60:.0f} minutes"
                raise UpdateError(f"{self}: {text}; the next pulumi up has nothing to do once it is")
            time.sleep(wait)
            self._last = self._dns.asked("GET", f"{self._path}/changes/{self._last['id']}", "changes.get")
            wait = min(2 * wait, LOOKS)

    def learnt(self) -> dict[str, Any]:
        """Return the name of the managed zone."""
        return {"managedZoneName": self.managed_zone}

    @property
    def _path(self) -> str:
        return f"/managedZones/{quote(self.managed_zone)}"

    def _confirm(self) -> None:
        """Raise :class:`UpdateError` where the managed zone has another DNS name, or is a private one."""
        zone = self._dns.asked("GET", self._path, "managedZones.get")
        if zone["dnsName"].lower() != f"{self.name}.":
            name = zone["dnsName"].removesuffix(".")
            text = f"{self.managed_zone} is the managed zone of {name}; name that of {self.name}"
            raise UpdateError(f"{self}: {text}, or leave managedZone out")
        if not _is_public(zone):
            text = f"{self.managed_zone} is a private zone, which peers do not see; name the public one"
            raise UpdateError(f"{self}: {text}, or create it")

    def _looked_up(self) -> str:
        listed = list(self._dns.pages("/managedZones", "managedZones.list", dnsName=f"{self.name}."))
        public = [zone["name"] for zone in listed if _is_public(zone)]
        if len(public) == 1:
            return public[0]
        if public:
            text = f"the public managed zones {', '.join(public)} have this DNS name in the project; set managedZone"
        elif listed:
            private = ", ".join(zone["name"] for zone in listed)
            text = (
                f"of this DNS name the project has the private {private} alone, which peers do not see; create a "
                "public zone"
            )
        else:
            text = "no managed zone has this DNS name in the project; create a public one"
        raise UpdateError(f"{self}: {text}, or correct project")

    def _found(self, names: Iterable[str] | None) -> dict[str, Any]:
        """Return the record sets of these *names*, or of all, by key."""
        queries: list[dict[str, str]] = (
            [{}] if names is None else [{"name": f"{name}."} for name in sorted(names)]
        )
        rrsets = (
            each
            for query in queries
            for each in self._dns.pages(f"{self._path}/rrsets", "resourceRecordSets.list", **query)
        )
        found = {key: each for each in rrsets for key in _keys(each)}
        self._written |= {key: each["name"] for key, each in found.items()}
        return found


def zones(project: str, service_account: str | None) -> list[tuple[str, str]]:
    """Return DNS name and name of every public managed zone of a project; raise :class:`UpdateError`."""
    dns = CloudDns(f"Google Cloud DNS, project {project}", project, service_account)
    listed = dns.pages("/managedZones", "managedZones.list")
    return [(zone["dnsName"].lower().removesuffix("."), zone["name"]) for zone in listed if _is_public(zone)]


def _is_public(zone: Mapping[str, Any]) -> bool:
    return zone.get("visibility", "public") == "public"


def _record_set(name: str, rdtype: str, ttl: int, rrdatas: Iterable[str]) -> dict[str, Any]:
    return {"name": name, "type": rdtype, "ttl": ttl, "rrdatas": list(rrdatas)}


def _keys(rrset: Mapping[str, Any]) -> Iterator[str]:
    """Yield the places that a record set takes: an alias at the apex takes those of addresses."""
    name = rrset["name"].lower().removesuffix(".")
    for rdtype in _ADDRESS if rrset["type"] == "ALIAS" else (rrset["type"],):
        yield f"{name} {rdtype}"


def _live(key: str, found: Mapping[str, Any]) -> Live | None:
    """Return what there is in the place of a record set: one of ours, one of another kind, or a CNAME record."""
    name, _, rdtype = key.partition(" ")
    there = found.get(key) or found.get(f"{name} CNAME")
    if there is None:
        return None
    if policy := there.get("routingPolicy"):
        kinds = [kind for kind in ("geo", "wrr", "primaryBackup") if kind in policy]
        return Foreign(f"{there['type']} with routing policy {', '.join(kinds)}")
    if there["type"] != rdtype or rdtype == "CNAME":
        return Foreign(f"{there['type']} {there['ttl']} {', '.join(there['rrdatas'])}")
    written = tuple(there["rrdatas"])
    canonical = tuple(sorted(canonical_value(rdtype, value) for value in written))
    # A deletion has to match exactly what there is; whether order and case are a part of that, the reference of changes
    # does not say (2026-11). Users report that names come back in lower case (octodns#322 and terraform-provider-google
    # #862): what does not is written anew.
    as_wanted = canonical == written and there["name"] == f"{name}."
    return Content(there["ttl"], canonical, () if as_wanted else written)
