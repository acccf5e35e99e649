"""Whatever octoDNS has a provider package for: NS1, DigitalOcean, OVH, Hetzner, Gandi, PowerDNS's API and more."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from importlib.util import find_spec
from typing import TYPE_CHECKING, Annotated, Any, ClassVar, Literal, Self

from pydantic import Field, Strict

from xmpp_federation_dns.backends import Zone
from xmpp_federation_dns.backends.octodns_options import SECRET, Argument, argument_faults, known
from xmpp_federation_dns.changes import Place
from xmpp_federation_dns.costs import Budget, Cost, in_bulk
from xmpp_federation_dns.problems import Problem, described

if TYPE_CHECKING:
    from xmpp_federation_dns.backends.octodns_client import OctodnsClient


_NUMBER = re.compile(r"[0-9]{1,18}")
_MANNERS = {"scheme", "ssl_verify", "timeout"}
"""Arguments that say how a service is asked, and not which."""
_CLASS = re.compile(r"[A-Za-z_]\w*(\.[A-Za-z_]\w*)+")


@dataclass(frozen=True, kw_only=True)
class OctodnsZone(Zone):
    """A zone at whatever provider octoDNS has a package for."""

    client_sdk: ClassVar = "octodns"
    adopts: ClassVar = False
    rights_to_read: ClassVar = ("whatever the octoDNS package of the provider reads a zone with",)
    where: ClassVar = "through octoDNS"
    # A request a record set, one after another, at a quarter of a second each; where a program registers record sets
    # itself, each reads the whole zone besides.
    budget: ClassVar = Budget(each=0.25)
    bulk_budget: ClassVar = budget
    # 2,000 record sets in 0.6 s (octodns-powerdns on PowerDNS 4.7.3 beside it, 2026-11).
    atomic_budget: ClassVar = Budget(each=0.001)

    provider: Literal["octodns"] = "octodns"
    provider_class: str
    """Class of octoDNS that publishes, such as `octodns_powerdns.PowerDnsProvider`."""
    arguments: Mapping[str, Argument] = field(default_factory=dict[str, Argument])
    """Arguments of the class, by octoDNS's own names; `env/NAME` is the text of an environment variable."""
    one_by_one: Annotated[bool, Strict()] = False
    """Consent that an update which is interrupted leaves record sets half published."""
    bulk: Annotated[
        bool,
        Strict(),
        Field(description="All record sets of the zone are one resource: there is no other way."),
    ] = True

    def problems(self, secret: object) -> Iterator[Problem]:  # noqa: ARG002 no TSIG here
        """Yield what is wrong with the class, its arguments, or how the zone is to be published."""
        if not self.bulk:
            yield Problem(("bulk",), "zones of provider octodns are published in bulk alone; leave bulk out")
        if self.existing == "adopt":
            text = "octoDNS may read less than is there, so nothing is taken over by what it reads"
            yield Problem(("existing",), f"{text}; delete it at the provider first (docs/octodns.md)")
        if not _CLASS.fullmatch(self.provider_class):
            text = f"{described(self.provider_class)} is not the name of a class"
            yield Problem(("providerClass",), f"{text}, such as octodns_powerdns.PowerDnsProvider")
        elif refused := known(self.provider_class).refused:
            yield Problem(("providerClass",), f"{self.provider_class}: {refused}")
        else:
            found = list(self._faults())
            is_there = not any(each.severity == "error" and each.path == ("providerClass",) for each in found)
            if is_there and not (known(self.provider_class).atomic or self.one_by_one):
                text = f"{self.provider_class} sends record sets one by one, as far as is known"
                way_out = "set oneByOne: true where an interrupted update may leave half of them"
                yield Problem(("providerClass",), f"{text}; {way_out} (docs/octodns.md)")
            yield from found
        yield from argument_faults(self.provider_class, self.arguments)

    def _faults(self) -> Iterator[Problem]:
        """Yield what is wrong with the class and the names of its arguments, where octoDNS can tell."""
        if find_spec("octodns"):
            from xmpp_federation_dns.backends.octodns_package import faults

            yield from faults(self.provider_class, self.arguments)
        else:
            text = "octoDNS is not installed here, so neither the class nor what its arguments are called was looked at"
            way_out = f"pip install 'xmpp-federation-dns[{self.client_extra(self.provider)}]'"
            yield Problem(("providerClass",), f"{text}: {way_out}", "notice")

    def cost(self, record_sets: int, at_a_time: int = 1) -> Cost | None:
        """Return what changes cost: less where a plan is one request."""
        found = super().cost(record_sets, at_a_time)
        atomic = known(self.provider_class).atomic
        return in_bulk(record_sets, self.where, self.atomic_budget) if found and atomic else found

    @staticmethod
    def arguments_of(texts: Mapping[str, str]) -> dict[str, Argument]:
        """Return the arguments that somebody writes as *texts*, numbers as such."""
        return {name: int(text) if _NUMBER.fullmatch(text) else text for name, text in texts.items()}

    @classmethod
    def zones_of_account(cls, account: Mapping[str, str]) -> Sequence[Self]:
        """Return the zones that a `class` of octoDNS lists; all else in *account* are its arguments."""
        from xmpp_federation_dns.backends.octodns_package import Package

        kind = account["class"]
        arguments = cls.arguments_of({name: value for name, value in account.items() if name != "class"})
        # Without consent, the stack that is written would publish nothing.
        consent = not known(kind).atomic
        return [
            cls(name=name, provider_class=kind, arguments=arguments, one_by_one=consent)
            for name in Package(f"octoDNS ({kind})", kind, arguments).zones()
        ]

    def client(self, properties: Mapping[str, Any]) -> "OctodnsClient":  # noqa: ARG002 nothing is learnt
        """Return what reads and changes the zone through the class."""
        from xmpp_federation_dns.backends.octodns_client import AtomicOctodnsClient, OctodnsClient
        from xmpp_federation_dns.backends.octodns_package import Package

        package = Package(f"zone {self.name} ({self.provider_class})", self.provider_class, self.arguments)
        found = known(self.provider_class)
        kind = AtomicOctodnsClient if found.atomic else OctodnsClient
        return kind(self.name, package, self.place({}), found.ttl)

    def left_behind(self, properties: Mapping[str, Any]) -> str:
        """Tell by class and arguments: whether another host is another server, or a name of the same, nobody knows."""
        before: Mapping[str, Any] = properties.get("arguments") or {}
        other = [
            name
            for name in sorted({*before, *self.arguments})
            if before.get(name) != self.arguments.get(name) and not (SECRET.search(name) or name in _MANNERS)
        ]
        if properties["providerClass"] != self.provider_class:
            other = ["providerClass", *other]
        if not other:
            return ""
        text = f"{' and '.join(other)} changed: where that is another server or account"
        return f"{text}, what was published before stays there; delete it there (docs/octodns.md)"

    def place(self, properties: Mapping[str, Any]) -> Place:  # noqa: ARG002 the options say it
        """Return class, zone and arguments but those that are secret: another key opens the same zone."""
        said = (
            f"{name}={value}" for name, value in sorted(self.arguments.items()) if not SECRET.search(name)
        )
        return self.provider_class, self.name, *said
