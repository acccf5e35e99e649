"""The component as a program in another language asks for it: its inputs, and how it registers."""

from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any, Optional, cast, get_type_hints

import pulumi
from pulumi.provider import ConstructResult
from pulumi.resource import DependencyProviderResource, DependencyResource

from xmpp_federation_dns.backends import zone_classes
from xmpp_federation_dns.backends.options import Text
from xmpp_federation_dns.component import XmppFederationDns
from xmpp_federation_dns.configuration.args import Addresses, EdgePool, XmppFederationDnsArgs
from xmpp_federation_dns.plugin.sdk import OUTPUT, RESOURCE, SECRET, SIGNATURE, UNKNOWN, ProviderServicer
from xmpp_federation_dns.plugin.values import Properties, fields
from xmpp_federation_dns.problems import SECRETS, Secret, StackSecret


class Construction(ProviderServicer):
    """One call of Construct by the engine at *address*; *secret* is the TSIG secret of the provider."""

    def __init__(self, address: str, request: Any, secret: str | None) -> None:
        # What the servicer asks of a provider is the component.
        super().__init__(cast("Any", self), [], address)
        self._request = request
        self._secret = secret

    async def response(self) -> Any:
        """Register the component and return the answer; raises ``RunError``."""
        return await self._construct(self._request, None)  # pyright: ignore[reportUnknownMemberType] untyped

    @staticmethod
    async def _construct_inputs(inputs: Any, input_dependencies: Mapping[str, Any]) -> dict[str, Any]:
        return {
            # Outputs say themselves what they need.
            key: settled(value, frozenset(() if _has_outputs(value) else input_dependencies[key].urns), key)
            for key, value in fields(inputs).items()
        }

    def construct(
        self,
        name: str,
        resource_type: str,  # noqa: ARG002 there is one
        inputs: Mapping[str, Any],
        options: pulumi.ResourceOptions | None = None,
    ) -> ConstructResult:
        """Register the component."""
        operation = _operation(self._request.monitorEndpoint)
        component = _Hosted(name, inputs, options, operation, self._secret)
        return ConstructResult(component.urn, {"records": component.records})


class _Hosted(XmppFederationDns):
    """The component in the plugin: published providers are those that the program has."""

    child_version = ""

    def __init__(
        self,
        name: str,
        args: Mapping[str, Any],
        opts: pulumi.ResourceOptions | None,
        operation: object,
        secret: str | None,
    ) -> None:
        self._operation = operation
        self._secret = secret
        super().__init__(name, args, opts)

    def plugin_secret(self, opts: pulumi.ResourceOptions | None) -> StackSecret | None:  # noqa: ARG002 it is known
        """Return the TSIG secret of the provider."""
        return None if self._secret is None else StackSecret(self._secret, encrypted=True)

    @property
    def operation(self) -> object:
        """What all components of one operation have in common: each has a connection to the engine of its own."""
        return self._operation


class _Operation:
    pass


@cache
def _operation(_monitor: str) -> _Operation:
    """Return the operation whose resource monitor has this address."""
    return _Operation()


_HIDDEN = ("ipv4", "ipv6", *SECRETS)
"""The keys of texts that are secret and judged all the same."""


def settled(
    value: Any,
    needs: frozenset[str] = frozenset(),
    key: str = "",
    *,
    secret: bool = False,
    direct: bool = False,
) -> Any:
    """Return what the protocol says of an input as the component takes it.

    What is secret, not known yet, or *needs* a resource becomes so where the component lets single values be that: in
    the texts within it. *direct*: whether the value itself is secret, and not what it stands in.
    """
    match value:
        case {"value": inner} if value.get(SIGNATURE) == SECRET:
            return settled(inner, needs, key, secret=True, direct=True)
        case dict() if (output := cast("Properties", value)).get(SIGNATURE) == OUTPUT:
            urns = frozenset(cast("list[str]", output.get("dependencies", ())))
            own = bool(output.get("secret"))
            return settled(output.get("value", UNKNOWN), urns, key, secret=secret or own, direct=own)
        case {"urn": str(urn), "id": id_} if (
            value.get(SIGNATURE) == RESOURCE and "::pulumi:providers:" in urn
        ):
            return DependencyProviderResource(f"{urn}::{id_}")
        case dict():
            items = cast("Properties", value).items()
            return {name: settled(item, needs, name, secret=secret) for name, item in items}
        case list():
            return [settled(item, needs, key, secret=secret) for item in cast("list[Any]", value)]
        case _ if value == UNKNOWN or (key in _may_be_later() and needs):
            return _output(value, needs, secret=secret)
        case str() if secret and key in _HIDDEN:
            return Secret(value)
        case str() | int() | float() if secret and (direct or key in _may_be_later()):
            # Where a value cannot be an output, that is told: it would stand in plain text in the state.
            return pulumi.Output.secret(value)
        case _:
            return value


def _has_outputs(value: Any) -> bool:
    match value:
        case dict():
            items = cast("Properties", value)
            return items.get(SIGNATURE) == OUTPUT or any(map(_has_outputs, items.values()))
        case list():
            return any(map(_has_outputs, cast("list[Any]", value)))
        case _:
            return False


def _output(value: Any, needs: frozenset[str], *, secret: bool) -> pulumi.Output[Any]:
    found = pulumi.Output.from_input(pulumi.output.UNKNOWN if value == UNKNOWN else value)
    resources = [DependencyResource(urn) for urn in sorted(needs)]
    if resources:
        found = pulumi.Output.all(found, *(resource.urn for resource in resources)).apply(
            lambda known: known[0]
        )
    return pulumi.Output.secret(found) if secret else found


@cache
def _may_be_later() -> frozenset[str]:
    """Return the keys of what may become known during the update."""
    return frozenset(_later())


def _later() -> Iterator[str]:
    from pydantic.alias_generators import to_camel

    for model in (XmppFederationDnsArgs, EdgePool, *zone_classes()):
        for name, hint in get_type_hints(model, include_extras=True).items():
            if hint in (Text, Optional[Text], Addresses):  # noqa: UP045 an alias of Annotated takes no bar
                yield to_camel(name)
