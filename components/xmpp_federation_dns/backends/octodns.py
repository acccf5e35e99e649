"""Whatever octoDNS has a provider package for: NS1, DigitalOcean, OVH, Hetzner, Gandi, PowerDNS's API and more."""

import ipaddress
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from importlib.util import find_spec
from typing import TYPE_CHECKING, Annotated, Any, ClassVar, Literal, NamedTuple, Self

from pydantic import Field, PlainValidator, Strict, WithJsonSchema
from pydantic_core import PydanticCustomError

from xmpp_federation_dns.backends import Zone
from xmpp_federation_dns.changes import Place
from xmpp_federation_dns.costs import Budget, Cost, in_bulk
from xmpp_federation_dns.problems import Problem, Unknown, described

if TYPE_CHECKING:
    from xmpp_federation_dns.backends.octodns_client import OctodnsClient


class Known(NamedTuple):
    """What was found of one octoDNS package."""

    refused: str = ""
    """Why its classes publish nothing, and the way out."""
    atomic: bool = False
    """Whether a plan happens as a whole or not at all."""
    ttl: int = 0
    """The smallest TTL in seconds that the service takes."""


_OURS = "this package changes such zones under conditions itself; write {}"
_WHOLE = "it writes the whole zone anew, and would lose what it cannot read; use another way into the zone"
KNOWN = {
    # One PATCH, of which a 422 in the middle leaves nothing (octodns-powerdns 1.2.0 on PowerDNS 4.7.3, 2026-11).
    "octodns_powerdns": Known(atomic=True),
    # Not below minimum_ttl of the domain, usually 3600, unless the account may (deSEC, limits of RRsets, 2026-11).
    "octodns_desec": Known(ttl=3600),
    "octodns_route53": Known(_OURS.format("provider: aws and bulk: true")),
    "octodns_azure": Known(_OURS.format("provider: azure and bulk: true")),
    "octodns_googlecloud": Known(_OURS.format("provider: gcp")),
    "octodns_cloudflare": Known(_OURS.format("provider: cloudflare")),
    "octodns_bind": Known(_OURS.format("provider: rfc2136")),
    # dns.replace() of all that is desired: foreign HTTPS and URI records were lost (1.0.1, 2026-11).
    "octodns_transip": Known(_WHOLE),
    "octodns_sakuracloud": Known(_WHOLE),
    "octodns.provider.yaml": Known("it writes files, and no DNS server reads them"),
}
"""The packages about which something is to be said, by the beginning of their classes; others send one by one."""

_CLASS = re.compile(r"[A-Za-z_]\w*(\.[A-Za-z_]\w*)+")
_SECRET = re.compile(r"key|token|secret|passw", re.IGNORECASE)
_VARIABLE = re.compile(r"env/[A-Za-z_]\w*")


def _argument(value: object) -> object:
    if isinstance(value, str | int | Unknown):
        return value
    raise PydanticCustomError("argument_type", "text, a whole number or a switch expected")


Argument = Annotated[
    str | int | bool,
    PlainValidator(_argument),
    WithJsonSchema({"type": ["string", "integer", "boolean"]}),
]


@dataclass(frozen=True, kw_only=True)
class OctodnsZone(Zone):
    """A zone at whatever provider octoDNS has a package for."""

    client_sdk: ClassVar = "octodns"
    adopts: ClassVar = False
    rights_to_read: ClassVar = ("whatever the octoDNS package of the provider reads a zone with",)
    where: ClassVar = "through octoDNS"
    # A request a record set, one after another, at a quarter of a second each.
    bulk_budget: ClassVar = Budget(each=0.25)
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

    @property
    def known(self) -> Known:
        """What was found of the package."""
        parts = self.provider_class.split(".")
        beginnings = (".".join(parts[:length]) for length in range(len(parts), 0, -1))
        return next((KNOWN[each] for each in beginnings if each in KNOWN), Known())

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
        elif self.known.refused:
            yield Problem(("providerClass",), f"{self.provider_class}: {self.known.refused}")
        else:
            if not (self.known.atomic or self.one_by_one):
                text = f"{self.provider_class} sends record sets one by one, as far as is known"
                way_out = (
                    "set oneByOne: true where an interrupted update may leave half of them (docs/octodns.md)"
                )
                yield Problem(("providerClass",), f"{text}; {way_out}")
            if find_spec("octodns"):
                from xmpp_federation_dns.backends.octodns_package import faults

                yield from faults(self.provider_class, self.arguments)
        yield from self._secrets()

    def _secrets(self) -> Iterator[Problem]:
        for name, value in self.arguments.items():
            path = ("arguments", name)
            is_variable = isinstance(value, str) and value.startswith("env/")
            if is_variable and not _VARIABLE.fullmatch(str(value)):
                yield Problem(
                    path, f"{described(value)} names no environment variable, such as env/DNS_TOKEN"
                )
            elif not is_variable and isinstance(value, str | Unknown) and _SECRET.search(name):
                text = "the state would hold this secret"
                yield Problem(path, f"{text}; write env/NAME, the environment variable that has it")
        host = str(self.arguments.get("host", ""))
        is_powerdns = self.provider_class.startswith("octodns_powerdns.")
        if is_powerdns and self.arguments.get("scheme", "http") == "http" and not _is_loopback(host):
            text = "the key of the API goes unencrypted; set scheme: https"
            yield Problem(("arguments",), text, "warning")

    def cost(self, record_sets: int, at_a_time: int = 1) -> Cost | None:
        """Return what changes cost: less where a plan is one request."""
        found = super().cost(record_sets, at_a_time)
        return in_bulk(record_sets, self.where, self.atomic_budget) if found and self.known.atomic else found

    @classmethod
    def zones_of_account(cls, account: Mapping[str, str]) -> Sequence[Self]:
        """Return the zones that a `class` of octoDNS lists; all else in *account* are its arguments."""
        from xmpp_federation_dns.backends.octodns_package import Package

        arguments = {name: value for name, value in account.items() if name != "class"}
        whole = cls(name="", provider_class=account["class"], arguments=arguments)
        names = Package(f"octoDNS ({whole.provider_class})", whole.provider_class, arguments).zones()
        # To read is no consent; without it the stack that is written would publish nothing.
        return [
            cls(
                name=name,
                provider_class=whole.provider_class,
                arguments=arguments,
                one_by_one=not whole.known.atomic,
            )
            for name in names
        ]

    def client(self, properties: Mapping[str, Any]) -> "OctodnsClient":  # noqa: ARG002 nothing is learnt
        """Return what reads and changes the zone through the class."""
        from xmpp_federation_dns.backends.octodns_client import AtomicOctodnsClient, OctodnsClient
        from xmpp_federation_dns.backends.octodns_package import Package

        package = Package(f"zone {self.name} ({self.provider_class})", self.provider_class, self.arguments)
        kind = AtomicOctodnsClient if self.known.atomic else OctodnsClient
        return kind(self.name, package, self.place({}), self.known.ttl)

    def place(self, properties: Mapping[str, Any]) -> Place:  # noqa: ARG002 the options say it
        """Return class, zone and arguments but those that are secret: another key opens the same zone."""
        said = (
            f"{name}={value}" for name, value in sorted(self.arguments.items()) if not _SECRET.search(name)
        )
        return self.provider_class, self.name, *said


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
