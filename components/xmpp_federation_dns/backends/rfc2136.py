"""Any server that takes dynamic updates (RFC 2136): Knot, BIND, PowerDNS."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Annotated, Any, ClassVar, Literal, Self

import pulumi
from pydantic import Strict

from xmpp_federation_dns import names
from xmpp_federation_dns.backends import Zone
from xmpp_federation_dns.backends.options import Text, fault, when_known
from xmpp_federation_dns.changes import Place
from xmpp_federation_dns.costs import Budget
from xmpp_federation_dns.faults import canonical
from xmpp_federation_dns.problems import (
    ENCRYPT,
    Problem,
    Secret,
    described,
    is_like_secret,
    is_no_base64,
    within,
)
from xmpp_federation_dns.records import PORTS

if TYPE_CHECKING:
    from xmpp_federation_dns.backends.rfc2136_client import PrimaryZone

# Algorithm, name and secret in one text: how nsupdate, dig and kdig take a key.
_KEY = re.compile(
    r"(?=.*:)(?:(?P<algorithm>hmac-[a-z0-9-]+):)?(?P<name>[a-z0-9_.-]+)(?P<secret>:.*)?", re.IGNORECASE
)


@dataclass(frozen=True, kw_only=True)
class Rfc2136Zone(Zone):
    """A zone of a DNS server that takes dynamic updates."""

    secrets: ClassVar = frozenset({"tsig_secret"})
    rights_to_read: ClassVar = (
        "queries to the primary server",
        "update with the key: what is there is confirmed by messages with prerequisites and no update (RFC 2136 §2.4)",
        "transfer with the key, which makes reading many record sets fast",
    )
    where: ClassVar = "at the DNS server"
    # No limit but the round trips, which Pulumi's own work hides.
    budget: ClassVar = Budget()
    # 30,000 record sets in 27 s (Knot beside Pulumi, docs/benchmarks.md, 2026-11-30).
    bulk_budget: ClassVar = Budget(each=0.001)

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

    def problems(self, secret: str | pulumi.Output[str] | None) -> Iterator[Problem]:
        """Yield what is wrong with the server, its port, or the key and its secret."""
        yield from fault("server", self.server, _server)
        yield from within(PORTS, self.port, ("port",))
        yield from fault("tsigKeyName", self.tsig_key_name, _key_name)
        yield from (replace(problem, rule="P17") for problem in self._signing(secret))

    def _signing(self, secret: str | pulumi.Output[str] | None) -> Iterator[Problem]:
        if self.tsig_key_name is None:
            if self.tsig_secret is not None:
                yield Problem(("tsigSecret",), "the secret is of no key; name it in tsigKeyName")
            else:
                text = "updates go unsigned: whoever reaches the server can send them; name a tsigKeyName"
                yield Problem((), text, "warning")
        elif (
            self.tsig_secret is None
            and secret is None
            # A provider of this package has a secret of its own.
            and self.explicit_provider is None
            and canonical(names.zone_name, self.tsig_key_name)
        ):
            # Its name may be the secret itself.
            yield Problem(("tsigKeyName",), f"this key has no secret: {ENCRYPT}")
        if is_no_base64(self.tsig_secret):
            yield Problem(("tsigSecret",), "the secret is not base64")
        elif isinstance(self.tsig_secret, str) and not isinstance(self.tsig_secret, Secret):
            text = "the secret stands in plain text; encrypt it with --secret --path"
            yield Problem(("tsigSecret",), text, "warning")

    def signed_by(self, secret: str | pulumi.Output[str] | None) -> Self:
        """Return the zone with the stack's *secret* for its key, where it has none of its own."""
        named = self.tsig_key_name is not None and self.tsig_secret is None
        return replace(self, tsig_secret=secret) if named else self

    def lookup(self, opts: pulumi.InvokeOptions) -> Self:  # noqa: ARG002 nothing is asked for
        """See that a server from an output is an address or a host name."""
        if isinstance(self.server, str):
            return self
        return replace(self, server=when_known(self, "server", self.server, _server))

    def client(self, properties: Mapping[str, Any]) -> "PrimaryZone":  # noqa: ARG002 nothing is learnt
        """Return what sends dynamic updates to the primary server."""
        from xmpp_federation_dns.backends.rfc2136_client import PrimaryZone
        from xmpp_federation_dns.backends.rfc2136_primary import Key, Primary

        key = None
        if self.tsig_key_name:
            key = Key(self.tsig_key_name, self.tsig_algorithm, str(self.tsig_secret or ""))
        return PrimaryZone(Primary(str(self.server), int(self.port), self.name, key))

    def place(self, properties: Mapping[str, Any]) -> Place:  # noqa: ARG002 the options say it
        """Return server, port and zone."""
        return str(self.server), int(self.port), self.name


def _server(text: str) -> str:
    """Return the address or host name of a server; raise ``ValueError`` where it is neither."""
    if names.is_host(text):
        return text
    host, port = names.pasted(text)
    hint = f"; write '{host}'{f' and port: {port}' if port else ''}" if host else ""
    raise ValueError(f"{described(text)} is neither an address nor a host name{hint}")


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
                f"it holds more than the name of the key; write {described(key['name'])}"
                + (f" and tsigAlgorithm: {key['algorithm'].lower()}" if key["algorithm"] else "")
                + (f", and the secret apart: {ENCRYPT}" if key["secret"] else "")
            ) from None
        raise ValueError("this is not the name of a key (not shown: it may hold the secret)") from None
