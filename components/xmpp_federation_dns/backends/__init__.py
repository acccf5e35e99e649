"""The seam between federation policy and DNS providers, and the list of backends.

A backend is one file with one :class:`Zone` subclass. Its fields are the options that a stack may set;
what form these have, it says in :meth:`Zone.problems`; its one duty is :meth:`Zone.record`. It adds no
credentials, retries or defaults: the engine and the provider own those.
"""

import re
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from importlib import metadata
from typing import Annotated, Any, ClassVar, Literal, Self

import pulumi
from pulumi.output import UNKNOWN
from pydantic import ConfigDict, Field, PlainValidator, Strict, WithJsonSchema
from pydantic.alias_generators import to_camel
from pydantic.json_schema import SkipJsonSchema
from pydantic_core import PydanticCustomError

from xmpp_federation_dns.problems import Problem, Unknown
from xmpp_federation_dns.records import RecordSet


def _text_or_output(value: object) -> object:
    if isinstance(value, str | pulumi.Output | Unknown):
        return value  # pyright: ignore[reportUnknownVariableType] an output's type is not known at run time
    raise PydanticCustomError("string_type", "text expected")


Text = Annotated[
    str | pulumi.Output[str],
    PlainValidator(_text_or_output),
    WithJsonSchema({"type": "string"}),
]
"""Text, or the output of another resource that becomes text during the update."""


def _provider(value: object) -> object:
    if isinstance(value, pulumi.ProviderResource):
        return value
    raise PydanticCustomError("provider_type", "a Pulumi provider expected")


ExplicitProvider = Annotated[pulumi.ProviderResource, PlainValidator(_provider)]
"""A provider that the program built, with credentials of its own."""

MODEL = ConfigDict(
    extra="forbid",
    alias_generator=to_camel,
    validate_by_name=True,
    validate_by_alias=True,
    use_attribute_docstrings=True,
    arbitrary_types_allowed=True,
)
"""How an object is read: unknown keys refused, camelCase in stack files, snake_case in Python."""


@dataclass(frozen=True, kw_only=True)
class Zone(ABC):
    """One DNS zone at one provider, and how record sets are published into it."""

    __pydantic_config__: ClassVar[ConfigDict] = MODEL
    sdk: ClassVar[str | None] = None
    """The Python package that the backend loads when it publishes."""
    extra: ClassVar[str | None] = None
    """The extra of this package that installs it."""
    package: ClassVar[str] = ""
    """The Pulumi package that publishes, which is also the namespace of its settings in a stack."""
    no_bulk: ClassVar[str] = "this backend publishes record set by record set"
    """Why all record sets of a zone cannot be one resource; empty where they can."""
    adopts: ClassVar[bool] = False
    """Whether record sets that are there already can be taken over one by one."""
    records_a_set: ClassVar[int | None] = None
    """How many records the provider lets a record set have, unless its limit was raised."""

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
            description="Whether a record set that is there already, and equal, is taken over (`rfc2136`, or `bulk`)."
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

    def problems(self) -> Iterator[Problem]:
        """Yield what only this provider knows to be wrong with its options, each at the option's key."""
        yield from ()

    def credentials(self) -> dict[str, Any]:
        """Return the settings by which an explicit provider reaches the zone; none for the default one."""
        return {}

    def requires(self) -> tuple[str, str] | None:
        """Return the Python package that publishing loads, and the extra of this package that installs it."""
        return (self.sdk, str(self.extra)) if self.sdk else None

    def lookup(self, opts: pulumi.InvokeOptions) -> Self:  # noqa: ARG002 most zones look nothing up
        """Return the zone with what its provider alone knows; asked once per zone."""
        return self

    def publish(
        self,
        component: str,
        record_sets: Sequence[RecordSet],
        opts: Callable[[RecordSet], pulumi.ResourceOptions],
    ) -> list[pulumi.Resource]:
        """Declare *record_sets* of this zone and return the resource that holds each, in their order.

        Logical names are identity: they come from the component, owner name and type, never from a
        position in the configuration.
        """
        return [
            self.record(f"{component}-{record_set.name}-{record_set.type}", record_set, opts(record_set))
            for record_set in record_sets
        ]

    @abstractmethod
    def record(
        self, resource_name: str, record_set: RecordSet, opts: pulumi.ResourceOptions
    ) -> pulumi.Resource:
        """Declare *record_set* as exactly one resource, with *opts* untouched."""


def fault(key: str, value: object, form: Callable[[str], str]) -> Iterator[Problem]:
    """Yield what *form* finds wrong with the text *value* of an option; an output shows it when it is known."""
    if isinstance(value, str):
        try:
            form(value)
        except ValueError as error:
            yield Problem((key,), str(error))


def when_known(
    zone: Zone, key: str, given: pulumi.Input[str], form: Callable[[str], str]
) -> pulumi.Output[str]:
    """Return *given*, of the option *key* of *zone*, in its *form*.

    Where *form* finds it wrong when it is known, the update ends with one line.
    """

    def formed(text: str) -> str:
        try:
            return form(text)
        except ValueError as error:
            place = f"zone {zone.name} of provider {zone.provider}, {key}"
            raise pulumi.RunError(f"{place}: {error}") from None

    return pulumi.Output.from_input(given).apply(formed)


def looked_up(
    token: str, arguments: pulumi.Inputs, zone: Zone, way_out: str, opts: pulumi.InvokeOptions
) -> pulumi.Output[dict[str, Any]]:
    """Return what a provider's function answers about *zone*, once *arguments* are known.

    Where it fails, the update ends with one line, which names the first of them and ends with the *way_out*:
    the functions of the SDKs end it with a traceback.
    """

    async def answer(known: dict[str, Any]) -> Any:
        version = pulumi.InvokeOptions(version=metadata.version(str(zone.sdk).replace("_", "-")))
        try:
            found = await pulumi.runtime.invoke_async(token, known, pulumi.InvokeOptions.merge(version, opts))
        except Exception as error:  # noqa: BLE001 the SDK raises nothing narrower
            # Providers put their text behind those of the engine and of Terraform.
            cause = " ".join(re.split(r"returned an error: |\t\* ", str(error))[-1].split())
            key, value = next(iter(known.items()))
            text = f"zone {zone.name} of provider {zone.provider} could not be looked up by {key} {value}"
            raise pulumi.RunError(f"{text}: {cause}; {way_out}") from None
        # Nothing is known in a preview while the credentials are outputs.
        return found or UNKNOWN

    return pulumi.Output.all(**arguments).apply(lambda known: pulumi.Output.from_input(answer(known)))
