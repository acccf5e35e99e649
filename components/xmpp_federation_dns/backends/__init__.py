"""The seam between federation policy and DNS providers, and the table of these.

A backend is one file with one :class:`Zone` subclass. Its fields are the options that a stack may set; what form
these have, it says in :meth:`Zone.problems`. It has one or both halves of the seam: :meth:`Zone.record` declares a
resource of the published Pulumi provider, and adds no credentials, retries or defaults, since engine and provider own
those; :meth:`Zone.client` returns what reads and changes the zone, through which a keeper of this package publishes.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, fields
from functools import cache
from importlib import import_module
from typing import Annotated, Any, ClassVar, Literal, Self

import pulumi
from pydantic import ConfigDict, Field, Strict
from pydantic.alias_generators import to_camel
from pydantic.json_schema import SkipJsonSchema

from xmpp_federation_dns import costs
from xmpp_federation_dns.backends.client import UpdateError, ZoneClient
from xmpp_federation_dns.backends.options import ExplicitProvider
from xmpp_federation_dns.changes import Content, Place
from xmpp_federation_dns.costs import Budget, Cost
from xmpp_federation_dns.problems import Problem
from xmpp_federation_dns.records import RecordSet

MODEL = ConfigDict(
    extra="forbid",
    alias_generator=to_camel,
    validate_by_name=True,
    validate_by_alias=True,
    use_attribute_docstrings=True,
    arbitrary_types_allowed=True,
)
"""How an object is read: unknown keys refused, camelCase in stack files, snake_case in Python."""

PROVIDERS = {
    "aws": "Route53Zone",
    "azure": "AzureZone",
    "cloudflare": "CloudflareZone",
    "gcp": "GoogleZone",
    "octodns": "OctodnsZone",
    "rfc2136": "Rfc2136Zone",
}
"""The zone class of each provider, which stands in the module of the provider's name."""
OTHER_NAMES = {
    **dict.fromkeys(("amazon", "route53"), "aws"),
    **dict.fromkeys(("azure-native", "azuredns"), "azure"),
    **dict.fromkeys(("gcloud", "google", "google-native", "googlecloud"), "gcp"),
    **dict.fromkeys(("bind", "knot", "nsupdate"), "rfc2136"),
    **dict.fromkeys(
        ("akamai", "desec", "digitalocean", "dnsimple", "gandi", "hetzner", "ns1", "ovh", "powerdns"),
        "octodns",
    ),
}
"""The provider by which a zone is published that people look for under another name."""


@dataclass(frozen=True, kw_only=True)
class Zone:
    """One DNS zone at one provider, and how record sets are published into it."""

    __pydantic_config__: ClassVar[ConfigDict] = MODEL
    package: ClassVar[str] = ""
    """The Pulumi package of :meth:`record`, which is also the namespace of its settings in a stack."""
    resource: ClassVar[str] = ""
    """The type token of what :meth:`record` declares."""
    existing_record_sets: ClassVar[Literal["refuses", "overwrites", "joins", ""]] = ""
    """What that package does where it creates a record set that exists; what does not refuse publishes nothing."""
    adopts: ClassVar[bool] = True
    """Whether its client reads all that is there, so that an equal record set can be taken over."""
    client_sdk: ClassVar[str] = ""
    """The Python package that :meth:`client` loads; empty where it needs none."""
    learnt: ClassVar[frozenset[str]] = frozenset()
    """What the state may know of a zone beside what the program says."""
    secrets: ClassVar[frozenset[str]] = frozenset()
    """The options that no state shows."""
    rights_to_read: ClassVar[tuple[str, ...]] = ()
    """What whoever reads the zone through its client has to be allowed, as the provider calls it."""
    records_a_set: ClassVar[int | None] = None
    """How many records the provider lets a record set have, unless its limit was raised."""
    where: ClassVar[str] = ""
    """Where the zone is, as a line about its costs says it."""
    budget: ClassVar[Budget | None] = None
    """What changes of record sets may take as one resource each; unknown where there is none."""
    bulk_budget: ClassVar[Budget | None] = None
    """What they may take in bulk."""

    provider: str
    """The provider that hosts the zone."""
    # Annotated, since pydantic finds no docstrings of inherited fields.
    name: Annotated[str, Field(description="Name of the zone, as U-label or A-label.")]
    bulk: Annotated[
        bool, Strict(), Field(description="Publish all record sets of the zone as one resource, in batches.")
    ] = False
    existing: Annotated[
        Literal["refuse", "adopt"],
        Field(
            description="Whether a record set that is there already, and equal, is taken over "
            "(`cloudflare`, `gcp`, `rfc2136`, or `bulk`; never with `octodns`)."
        ),
    ] = "refuse"
    retain_on_delete: Annotated[
        bool,
        Strict(),
        Field(description="Leave record sets in the zone when their resources go, to move them elsewhere."),
    ] = False
    nameservers: Annotated[
        Sequence[str] | None,
        Field(
            description="Servers that `verify` asks, in place of those that the parent delegates to: addresses or "
            "names, with `:port` where that is not 53."
        ),
    ] = None
    explicit_provider: SkipJsonSchema[ExplicitProvider | None] = None
    """The provider of this zone, where it is not the component's; only in programs."""

    @property
    def has_client(self) -> bool:
        """Whether the provider has the second half of the seam."""
        return type(self).client is not Zone.client

    @property
    def is_kept(self) -> bool:
        """Whether a keeper of this package publishes record sets, by way of the client."""
        return self.bulk or (self.has_client and self.existing_record_sets != "refuses")

    @property
    def is_of_the_table(self) -> bool:
        """Whether the process of a keeper, which knows the table alone, makes this very zone again."""
        return self.provider in PROVIDERS and type(self) is zone_class(self.provider)

    @property
    def sdk(self) -> str:
        """The Python package of :attr:`package`; empty where there is none."""
        return f"pulumi_{self.package.replace('-', '_')}" if self.package else ""

    def problems(self, secret: "str | pulumi.Output[str] | None") -> Iterator[Problem]:  # noqa: ARG002 few use it
        """Yield what only this provider knows to be wrong with its options, each at the option's key.

        *secret* is the stack's TSIG secret.
        """
        yield from ()

    def signed_by(self, secret: "str | pulumi.Output[str] | None") -> Self:  # noqa: ARG002 few use it
        """Return the zone with the stack's TSIG *secret*, where it has a key and no secret of its own."""
        return self

    @classmethod
    def client_extra(cls, provider: str) -> str:
        """Return the extra of this package that installs :attr:`client_sdk`: apart from that of a Pulumi package."""
        return f"{provider}-bulk" if cls.package else provider

    def cost(self, record_sets: int, at_a_time: int = costs.AT_A_TIME) -> Cost | None:
        """Return what changes of so many record sets cost, at so many resources *at a time*.

        Nothing where they are few, or where it is not known.
        """
        return self.cost_of(record_sets, at_a_time, bulk=self.bulk)

    @classmethod
    def cost_of(
        cls, record_sets: int, at_a_time: int = costs.AT_A_TIME, *, bulk: bool = False
    ) -> Cost | None:
        """Return the same of any zone of this provider, in *bulk* or not."""
        budget = cls.bulk_budget if bulk else cls.budget
        if budget is None or record_sets < costs.MANY:
            return None
        if bulk:
            return costs.in_bulk(record_sets, cls.where, budget)
        return costs.one_by_one(record_sets, cls.where, budget, cls.bulk_budget, at_a_time)

    def credentials(self) -> dict[str, Any]:
        """Return the settings by which an explicit provider reaches the zone; none for the default one."""
        return {}

    def requires(self) -> tuple[str, str] | None:
        """Return the Python package that publishing loads, and the extra of this package that installs it."""
        sdk, extra = (
            (self.client_sdk, self.client_extra(self.provider)) if self.is_kept else (self.sdk, self.provider)
        )
        return (sdk, extra) if sdk else None

    def lookup(self, opts: pulumi.InvokeOptions) -> Self:  # noqa: ARG002 most zones look nothing up
        """Return the zone with what its provider alone knows; asked once per zone."""
        return self

    def record(
        self, resource_name: str, record_set: RecordSet, opts: pulumi.ResourceOptions
    ) -> pulumi.Resource:
        """Declare *record_set* as exactly one resource of the published provider, with *opts* untouched."""
        raise NotImplementedError(f"{type(self).__name__} has no record()")

    @classmethod
    def declares(cls, token: str) -> bool:
        """Tell whether *token* is the type of what :meth:`record` declares, whatever version it names."""
        return bool(token) and token == cls.resource

    @classmethod
    def held(cls, inputs: Mapping[str, Any]) -> tuple[Place, dict[str, Content]]:
        """Return where :meth:`record` publishes with *inputs*, as a plan has them, and what, by key."""
        raise NotImplementedError(f"{cls.__name__} has no record()")

    def import_id(self, name: str, rdtype: str, learnt: Mapping[str, Any]) -> str:
        """Return the id by which `pulumi import` finds a record set; *learnt* is what the client says of the zone."""
        raise NotImplementedError(f"{type(self).__name__} has no record()")

    def client(self, properties: Mapping[str, Any]) -> ZoneClient:
        """Return what reads and changes the zone; *properties* are those of its resource, with what was learnt."""
        raise NotImplementedError(f"{type(self).__name__} has no client()")

    def opened(self, properties: Mapping[str, Any]) -> ZoneClient:
        """Return :meth:`client`; raise :class:`UpdateError` with the way out where a Python package is missing."""
        try:
            if self.client_sdk:
                # Some clients load it with their first request.
                import_module(self.client_sdk)
            return self.client(properties)
        except ModuleNotFoundError as error:
            raise UpdateError(f"zone {self.name}: {self.needs(self.provider, error)}") from None

    @classmethod
    def needs(cls, provider: str, missing: ModuleNotFoundError) -> str:
        """Return which Python package the client is missing, and the extra that installs it."""
        # What a part of is missing is missing as well.
        package = cls.client_sdk if cls.client_sdk.startswith(str(missing.name)) else missing.name
        extra = f"pip install 'xmpp-federation-dns[{cls.client_extra(provider)}]'"
        return f"provider {provider} needs the Python package {package}: {extra}"

    def properties(self) -> dict[str, pulumi.Input[Any]]:
        """Return the properties of a resource from which a keeper makes the zone again, secrets as such."""
        found: dict[str, pulumi.Input[Any]] = {"zone": self.name, "provider": self.provider}
        for option, key in _options(type(self)).items():
            if (value := getattr(self, option)) is not None:
                found[key] = pulumi.Output.secret(value) if option in self.secrets else value
        return found | {
            "existing": self.existing,
            "retainOnDelete": (self.bulk and self.retain_on_delete) or None,
        }

    @classmethod
    def of(cls, properties: Mapping[str, Any]) -> Self:
        """Return the zone again from the properties of a resource, as far as its client needs it."""
        given = {name: properties[key] for name, key in _options(cls).items() if key in properties}
        return cls(name=properties["zone"], **given)

    @classmethod
    def zones_of_account(cls, account: Mapping[str, str]) -> Sequence[Self]:
        """Return the public zones of an *account*: the options that they have in common.

        Raises :class:`xmpp_federation_dns.backends.client.UpdateError`.
        """
        raise NotImplementedError(f"{cls.__name__} has no zones_of_account()")

    def place(self, properties: Mapping[str, Any]) -> Place:  # noqa: ARG002 most say it themselves
        """Return what tells the zone from another one, as far as its options or *properties* of its resource say it."""
        return (self.name,)

    def left_behind(self, properties: Mapping[str, Any]) -> str:  # noqa: ARG002 most are replaced, or the same zone
        """Return what stays where a resource with *properties* published, and what to do; empty where nothing does."""
        return ""

    def replaced(self, properties: Mapping[str, Any]) -> list[str]:  # noqa: ARG002 most go by the name
        """Return the options by which this is another zone than that of a resource with *properties*."""
        return []


@cache
def _options(kind: type[Zone]) -> dict[str, str]:
    """Return the options that only this kind of zone has, each with its key in properties."""
    common = {field.name for field in fields(Zone)}
    return {field.name: to_camel(field.name) for field in fields(kind) if field.name not in common}


def zone_class(provider: str) -> type[Zone]:
    """Return the zone class of a *provider* of the table."""
    return getattr(import_module(f"{__name__}.{provider}"), PROVIDERS[provider])


def zone_classes() -> list[type[Zone]]:
    """Return the zone classes of all providers."""
    return [zone_class(provider) for provider in PROVIDERS]
