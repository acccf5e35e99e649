"""What the options of zones have in common: their types, their faults, and what is known during the update alone."""

import re
from collections.abc import Callable, Iterator
from importlib import metadata
from typing import TYPE_CHECKING, Annotated, Any

import pulumi
from pulumi.output import UNKNOWN
from pydantic import PlainValidator, WithJsonSchema
from pydantic_core import PydanticCustomError

from xmpp_federation_dns.problems import Problem, Unknown, one_line

if TYPE_CHECKING:
    from xmpp_federation_dns.backends import Zone


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


def fault(key: str, value: object, form: Callable[[str], str]) -> Iterator[Problem]:
    """Yield what *form* finds wrong with the text *value* of an option; an output shows it when it is known."""
    if isinstance(value, str):
        try:
            form(value)
        except ValueError as error:
            yield Problem((key,), str(error))


def when_known(
    zone: "Zone", key: str, given: pulumi.Input[str], form: Callable[[str], str]
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
    token: str, arguments: pulumi.Inputs, zone: "Zone", way_out: str, opts: pulumi.InvokeOptions
) -> pulumi.Output[dict[str, Any]]:
    """Return what a provider's function answers about *zone*, once *arguments* are known.

    Where it fails, the update ends with one line, which names the first of them and ends with the *way_out*:
    the functions of the SDKs end it with a traceback.
    """

    async def answer(known: dict[str, Any]) -> Any:
        if opts.version is None:
            opts.version = metadata.version(zone.sdk.replace("_", "-"))
        try:
            found = await pulumi.runtime.invoke_async(token, known, opts)
        except Exception as error:  # noqa: BLE001 the SDK raises nothing narrower
            # Providers put their text behind those of the engine and of Terraform.
            cause = one_line(re.split(r"returned an error: |\t\* ", str(error))[-1])
            key, value = next(iter(known.items()))
            text = f"zone {zone.name} of provider {zone.provider} could not be looked up by {key} {value}"
            raise pulumi.RunError(f"{text}: {cause}; {way_out}") from None
        # Nothing is known in a preview while the credentials are outputs.
        return found or UNKNOWN

    return pulumi.Output.all(**arguments).apply(lambda known: pulumi.Output.from_input(answer(known)))
