"""Any server that takes dynamic updates (RFC 2136): Knot, BIND, PowerDNS."""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Annotated, Any, ClassVar, Literal, Self

import pulumi
from pydantic import Strict

from xmpp_federation_dns import names
from xmpp_federation_dns.backends import Text, Zone, fault, when_known
from xmpp_federation_dns.problems import Problem, is_like_secret, shown, within
from xmpp_federation_dns.records import PORTS, RecordSet

# Algorithm, name and secret in one text: how nsupdate, dig and kdig take a key.
_KEY = re.compile(
    r"(?=.*:)(?:(?P<algorithm>hmac-[a-z0-9-]+):)?(?P<name>[a-z0-9_.-]+)(?P<secret>:.*)?", re.IGNORECASE
)
ENCRYPT = "pulumi config set --secret tsigSecret"
"""The command that puts a secret where it belongs."""


@dataclass(frozen=True, kw_only=True)
class Rfc2136Zone(Zone):
    """A zone of a DNS server that takes dynamic updates."""

    no_bulk: ClassVar = ""
    adopts: ClassVar = True

    provider: Literal["rfc2136"] = "rfc2136"
    server: Text
    """Address or host name of the primary server."""
    port: Annotated[int, Strict()] = 53
    """TCP port of the server, 1 to 65535."""
    tsig_key_name: str | None = None
    """Name of the TSIG key that signs the updates (RFC 8945); unsigned when left out."""
    tsig_algorithm: Literal["hmac-sha256", "hmac-sha384", "hmac-sha512"] = "hmac-sha256"
    """Algorithm of the TSIG key."""
    tsig_secret: Text | None = None
    """Secret of the TSIG key in base64, where this zone has a key of its own; otherwise the common one."""

    def problems(self) -> Iterator[Problem]:
        """Yield what is wrong with the server, its port or the name of the key."""
        yield from fault("server", self.server, _server)
        yield from within(PORTS, self.port, ("port",))
        yield from fault("tsigKeyName", self.tsig_key_name, _key_name)

    def lookup(self, opts: pulumi.InvokeOptions) -> Self:  # noqa: ARG002 nothing is asked for
        """See that a server from an output is an address or a host name."""
        if isinstance(self.server, str):
            return self
        return replace(self, server=when_known(self, "server", self.server, _server))

    def publish(
        self,
        component: str,
        record_sets: Sequence[RecordSet],
        opts: Callable[[RecordSet], pulumi.ResourceOptions],
    ) -> list[pulumi.Resource]:
        """Declare one resource for all *record_sets*, or one for each."""
        if not self.bulk:
            return super().publish(component, record_sets, opts)
        from xmpp_federation_dns.backends.dynamic_update import DynamicUpdates
        from xmpp_federation_dns.keepers.resource import declare_all

        properties = {**self._primary(), "retainOnDelete": self.retain_on_delete or None}
        return declare_all(DynamicUpdates(), f"{component}-{self.name}", properties, record_sets, opts)

    def record(
        self, resource_name: str, record_set: RecordSet, opts: pulumi.ResourceOptions
    ) -> pulumi.Resource:
        """Declare one record set that one update message creates, changes or deletes."""
        from xmpp_federation_dns.backends.dynamic_update import DynamicUpdates
        from xmpp_federation_dns.keepers.resource import declare

        return declare(DynamicUpdates(), resource_name, self._primary(), record_set, opts)

    def _primary(self) -> dict[str, pulumi.Input[Any]]:
        """Return what leads to the server that takes the updates, and how record sets get there."""
        properties: dict[str, pulumi.Input[Any]] = {
            "server": self.server,
            "port": self.port,
            "zone": self.name,
            "tsigKeyName": self.tsig_key_name,
            "tsigAlgorithm": self.tsig_algorithm,
            "existing": self.existing,
        }
        if self.tsig_secret is not None:
            properties["tsigSecret"] = pulumi.Output.secret(self.tsig_secret)
        return properties


def _server(text: str) -> str:
    """Return the address or host name of a server; raise ``ValueError`` where it is neither."""
    if names.is_host(text):
        return text
    host, port = names.pasted(text)
    hint = f"; write '{host}'{f' and port: {port}' if port else ''}" if host else ""
    raise ValueError(f"{shown(text)} is neither an address nor a host name{hint}")


def _key_name(text: str) -> str:
    """Return the name of a TSIG key; raise ``ValueError``, without any secret in it, where it is none."""
    if ":" not in text and is_like_secret(text):
        raise ValueError(
            f"it looks like the secret of a key; name the key (in lower case), and set its secret: {ENCRYPT}"
        )
    try:
        return names.zone_name(text)
    except ValueError:
        if (key := _KEY.fullmatch(text)) and not is_like_secret(key["name"]):
            raise ValueError(
                f"it holds more than the name of the key; write {shown(key['name'])}"
                + (f" and tsigAlgorithm: {key['algorithm'].lower()}" if key["algorithm"] else "")
                + (f", and the secret apart: {ENCRYPT}" if key["secret"] else "")
            ) from None
        raise ValueError("this is not the name of a key (not shown: it may hold the secret)") from None
