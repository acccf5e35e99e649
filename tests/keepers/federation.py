"""Programs as their authors write them, and the resources that they become."""

import itertools
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace

from tests.keepers.engine import Goal, Properties, Urn
from tests.standins.primary import Place, RecordSets

from xmpp_federation_dns.keepers import journal, ownership
from xmpp_federation_dns.keepers.keeper import JournalKeeper, Keeper

BULK = "RecordSets"
"""The type of a resource that holds all record sets of a zone."""
SERVERS = {"contoso.com": ("127.0.0.1", "127.1"), "emea.contoso.com": ("127.0.0.2", "127.2")}
"""The zones that there may be, and how the address of the server of each may be written."""
DOMAINS = ("d1.contoso.com", "d2.contoso.com", "emea.contoso.com")
"""The SIP domains that there may be."""
KEEPER = Keeper()
NOTES = JournalKeeper(KEEPER)
_PROCESSES = itertools.count()
ADDRESSES = ("131.107.155.10", "131.107.155.11")


@dataclass(frozen=True)
class Zone:
    """The options of a zone."""

    bulk: bool = False
    adopt: bool = False
    retain: bool = False
    respelled: bool = False
    """The address of the server is written otherwise."""


@dataclass(frozen=True)
class Component:
    """A component, with the place of the address of each of its SIP domains."""

    domains: Mapping[str, int] = field(default_factory=dict[str, int])
    zones: Mapping[str, Zone] = field(default_factory=lambda: {"contoso.com": Zone()})
    parent: str = ""
    """The type of the component around it, with what separates types."""
    aliases: tuple[tuple[str, str], ...] = ()
    """Names and parents that it had."""

    def published(self) -> RecordSets:
        """Return what the component is to publish."""
        return {
            (self.zone(name), name, type_): text
            for domain, address in self.domains.items()
            for (name, type_), text in record_sets(domain, address).items()
        }

    def zone(self, name: str) -> str:
        """Return the zone that *name* falls into."""
        return max((zone for zone in self.zones if name.endswith(zone)), key=len)


Program = Mapping[str, Component]
"""The components of a stack by their names."""


def record_sets(domain: str, address: int) -> dict[tuple[str, str], str]:
    """Return the record sets of a SIP domain, addresses first."""
    return {
        (f"xmpp.{domain}", "A"): f"300 {ADDRESSES[address]}",
        (f"_xmpp-server._tcp.{domain}", "SRV"): f"3600 0 0 5269 xmpp.{domain}.",
    }


def places(properties: Properties) -> RecordSets:
    """Return the record sets that the properties of a resource name; a journal holds none."""
    texts: str | dict[str, str] = properties["recordSets"]
    if isinstance(texts, str):
        return {}
    return {(properties["zone"], *_split(key)): text for key, text in texts.items()}


def refused(program: Program) -> bool:
    """Tell whether the program itself refuses that two components publish the same record set in the same place."""
    seen = [
        (place, component.zones[place[0]].respelled)
        for component in program.values()
        for place in component.published()
    ]
    return len(seen) > len(set(seen))


def adopts(properties: Properties) -> bool:
    """Tell whether a resource takes over what is there."""
    return properties["existing"] == "adopt"


def new_process() -> None:
    """Begin a process of the provider, which knows nothing of the one before."""
    ownership.CLAIMS = ownership.Claims()
    journal.PROCESS = str(next(_PROCESSES))


def goals(stack: str, program: Program) -> Iterator[Goal]:
    """Yield the resources of *program* as components register them."""
    for name, component in program.items():
        yield from _Declared(stack, name, component).goals()


class _Declared:
    """The resources of one component."""

    def __init__(self, stack: str, name: str, component: Component) -> None:
        self.stack = stack
        self.name = name
        self.component = component
        self.published = component.published()

    def goals(self) -> Iterator[Goal]:
        one_by_one = [place for place in self.published if not self.component.zones[place[0]].bulk]
        yield from (self._one(place) for place in one_by_one if place[2] == "A")
        for zone, options in self.component.zones.items():
            if options.bulk and any(place[0] == zone for place in self.published):
                yield from self._all(zone)
        yield from (self._one(place) for place in one_by_one if place[2] == "SRV")

    def _one(self, place: Place) -> Goal:
        """Return the resource of one record set; a service depends on the addresses of its target."""
        zone, name, type_ = place
        inputs = {**self._zone(zone), "recordSets": {f"{name} {type_}": self.published[place]}}
        goal = self._goal(f"RecordSet::{name}-{type_}", KEEPER, lambda _: inputs, zone)
        target = f"RecordSet::xmpp.{name.split('.', 2)[-1]}-A"
        return replace(goal, needs=(self._urn(target),)) if type_ == "SRV" else goal

    def _all(self, zone: str) -> Iterator[Goal]:
        """Yield the journal of a zone, and the resource of all its record sets, which takes its output."""
        texts = {f"{name} {type_}": text for (of, name, type_), text in self.published.items() if of == zone}
        inputs = self._zone(zone) | ({"retainOnDelete": True} if self.component.zones[zone].retain else {})
        noted = {**inputs, "recordSets": journal.packed(texts)}
        notes = self._goal(f"Journal::{zone}-journal", NOTES, lambda _: noted, zone)
        yield replace(notes, retain=False)

        def kept(outs: Mapping[Urn, Properties]) -> Properties:
            told = {"journal": outs[notes.urn]["runs"]} if notes.urn in outs else {}
            return {**inputs, **told, "recordSets": texts}

        yield replace(self._goal(f"{BULK}::{zone}", KEEPER, kept, zone), needs=(notes.urn,))

    def _zone(self, zone: str) -> Properties:
        options = self.component.zones[zone]
        return {
            "provider": "rfc2136",
            "server": SERVERS[zone][options.respelled],
            "port": 53.0,
            "zone": zone,
            "tsigAlgorithm": "hmac-sha256",
            "existing": "adopt" if options.adopt else "refuse",
        }

    def _goal(
        self,
        name: str,
        keeper: Keeper | JournalKeeper,
        inputs: Callable[[Mapping[Urn, Properties]], Properties],
        zone: str,
    ) -> Goal:
        aliases = tuple(self._urn(name, *alias) for alias in self.component.aliases)
        retain = self.component.zones[zone].retain
        return Goal(self._urn(name), keeper, inputs, aliases=aliases, retain=retain)

    def _urn(self, name: str, component: str | None = None, parent: str | None = None) -> Urn:
        """Return the URN of a child (``type::name``) of the component, as it is called or was called."""
        type_, _, own = name.partition("::")
        above = self.component.parent if parent is None else parent
        return f"urn:pulumi:{self.stack}::dns::{above}Federation${type_}::{component or self.name}-{own}"


def _split(key: str) -> tuple[str, str]:
    name, _, type_ = key.partition(" ")
    return name, type_
