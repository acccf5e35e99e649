"""From what a user wrote to the record sets to publish: all mistakes in one answer."""

import contextlib
import ipaddress
import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from functools import cached_property
from pathlib import Path as FilePath
from typing import Any, cast, get_type_hints

import pulumi
from pulumi.runtime.config import CONFIG, is_config_secret
from pydantic.alias_generators import to_camel

from xmpp_federation_dns import names
from xmpp_federation_dns.addresses import FAMILIES
from xmpp_federation_dns.backends import Zone
from xmpp_federation_dns.configuration import included
from xmpp_federation_dns.configuration.args import Boolean, Integer, XmppFederationDnsArgs
from xmpp_federation_dns.configuration.rules import RULES, View
from xmpp_federation_dns.configuration.rules.reachability import address_faults
from xmpp_federation_dns.configuration.shape import Origin, parse
from xmpp_federation_dns.federation import Federation, Target, federation
from xmpp_federation_dns.problems import (
    SECRETS,
    ConfigurationError,
    NoJson,
    Path,
    Problem,
    Secret,
    StackSecret,
    described,
)
from xmpp_federation_dns.records import PACKAGE, Addresses, RecordSet


@dataclass(frozen=True)
class Plan:
    """What a configuration means: its zones and SIP domains in canonical form, and what is unwise in it."""

    zones: tuple[Zone, ...]
    federations: tuple[Federation, ...]
    warnings: tuple[Problem, ...]
    verify: str
    verify_timeout: int
    max_removed: int | str | None

    @cached_property
    def homes(self) -> dict[RecordSet, Zone]:
        """Every record set once, with the zone that holds it."""
        zones = {zone.name: zone for zone in self.zones}
        return {s: zones[each.zones[s.name]] for each in self.federations for s in each.record_sets}


def findings(view: View, origin: Origin, problems: Iterable[Problem]) -> list[Problem]:
    """Return *problems* and what the rules find, each at its place in what the user wrote."""
    by_rule = (problem for rule in RULES for problem in rule(view))
    fits = (problem for problem in by_rule if not origin.is_blamed(problem.path))
    return [*problems, *(p.at(origin.path(p.path), origin.path(p.other)) for p in fits)]


def read(
    given: XmppFederationDnsArgs | Mapping[str, Any],
    known: Iterable[Problem] = (),
    secret: StackSecret | None = None,
) -> Plan:
    """Return what *given* means; raise :class:`ConfigurationError` with everything that is wrong with it.

    *known* are problems of the files that it comes from; *secret* is what the plugin signs with, where a key of
    *given* has none.
    """
    args, origin, problems = parse(given)
    if args.tsig_secret is None and any(zone.signed_by(secret) is not zone for zone in args.zones):
        args = replace(args, tsig_secret=secret)
    view = View(args)
    found = findings(view, origin, [*known, *problems])
    if errors := [problem for problem in found if problem.severity == "error"]:
        raise ConfigurationError(errors)
    zones = tuple(_zone(zone, args) for zone in args.zones)
    nameservers = {zone.name: zone.nameservers for zone in zones if zone.nameservers is not None}
    addresses = {
        (pool.path, key): _addresses(getattr(pool, key), version, args, origin.path((*pool.path, key)))
        for pool in view.pools
        for key, version in FAMILIES
    }
    federations = tuple(
        replace(
            federation(
                entry.name,
                [
                    Target(target, pool, addresses[pool.path, "ipv4"], addresses[pool.path, "ipv6"])
                    for target, pool in entry.targets
                ],
                (args.srv_ttl, args.address_ttl),
                lambda name: view.zone_of(name) or "",
                nameservers,
            ),
            profile=args.profile,
        )
        for entry in view.entries
    )
    return Plan(zones, federations, tuple(found), args.verify, args.verify_timeout, args.max_removed)


def stack_configuration() -> dict[str, Any]:
    """Return the configuration of the running stack, and of the files that it includes, as arguments of the component.

    Pulumi hands a program text: lists as JSON, numbers as digits, null as nothing. Addresses under a secret
    key stay secret. Raises :class:`ConfigurationError` with everything that is wrong with those files.
    """
    prefix = pulumi.get_project() + ":"
    values = {
        key.removeprefix(prefix): from_text(key.removeprefix(prefix), text, is_config_secret(key))
        for key, text in CONFIG.get().items()
        if key.startswith(prefix) and text
    }
    secret = values.get("tsigSecret")
    if isinstance(secret, StackSecret) and prefix != f"{PACKAGE}:":
        # The plugin has the configuration of its own namespace alone.
        values["tsigSecret"] = StackSecret(secret, encrypted=secret.encrypted, of_plugin=False)
    values, problems = included.joined(values, FilePath(pulumi.get_root_directory() or "."))
    if any(problem.severity == "error" for problem in problems):
        # Raises them, with everything else that is wrong.
        read(values, problems)
    for problem in problems:
        pulumi.log.warn(str(problem))
    return values


def plugin_secret() -> StackSecret | None:
    """Return the TSIG secret in the namespace of the plugin, in the running stack."""
    key = f"{PACKAGE}:tsigSecret"
    text = CONFIG.get().get(key)
    return StackSecret(text, encrypted=is_config_secret(key)) if text else None


def from_text(key: str, text: str, secret: bool) -> object:
    """Return the value of a *key* at the top of a stack's configuration, which Pulumi hands over as *text*."""
    if key == "tsigSecret":
        return StackSecret(text, encrypted=secret)
    kind = OPTIONS.get(key)
    # More digits are no option's value, and Python refuses to convert thousands of them.
    if kind in _NUMBERS and re.fullmatch(r"[+-]?[0-9]{1,19}", text):
        return int(text)
    if kind == Boolean and text in ("true", "false"):
        return text == "true"
    if kind not in (*_NUMBERS, Boolean):
        with contextlib.suppress(ValueError, RecursionError):
            return _hidden(json.loads(text)) if secret else json.loads(text)
        if secret or text[:1] in ("[", "{"):
            return NoJson(text)
    return text


def _hidden(value: object, *, secret: bool = False) -> object:
    """Return *value* with the addresses and secrets in it as secrets."""
    match value:
        case dict():
            items = cast("dict[str, object]", value).items()
            return {key: _hidden(item, secret=key in ("ipv4", "ipv6", *SECRETS)) for key, item in items}
        case list():
            return [_hidden(item, secret=secret) for item in cast("list[object]", value)]
        case str() if secret:
            return Secret(value)
        case _:
            return value


def _addresses(
    values: Sequence[str | pulumi.Output[str]] | pulumi.Output[Sequence[str]],
    version: int,
    args: XmppFederationDnsArgs,
    path: Path,
) -> Addresses:
    """Return the addresses in canonical form and order; later, where an output or a secret is among them."""

    def canonical(known: Sequence[object]) -> list[str]:
        if faults := list(address_faults(known, version, args.allow_private_addresses)):
            raise ConfigurationError([Problem((*path, position), fault) for position, fault in faults])
        parsed = (ipaddress.ip_address(str(value)) for value in known)
        return [str(address) for address in sorted(parsed, key=int)]

    def listed(known: object) -> list[str]:
        # The output of a resource has whatever type the program says it has.
        if not isinstance(known, list):
            raise ConfigurationError([Problem(path, f"expected a list, got {described(known)}")])
        if not known:
            text = "the list is empty when it is known, so the target would lead nowhere"
            raise ConfigurationError([Problem(path, f"{text}; leave {path[-1]} out where there are none")])
        return canonical(cast("list[object]", known))

    if isinstance(values, pulumi.Output):
        return values.apply(listed)
    if any(isinstance(value, pulumi.Output | Secret) for value in values):
        inputs = [
            pulumi.Output.secret(str(value)) if isinstance(value, Secret) else value for value in values
        ]
        return pulumi.Output.all(*inputs).apply(canonical)
    return tuple(canonical(values))


def _zone(zone: Zone, args: XmppFederationDnsArgs) -> Zone:
    zone = replace(zone, name=names.zone_name(zone.name))
    secret = args.tsig_secret
    return zone if isinstance(secret, StackSecret) and secret.of_plugin else zone.signed_by(secret)


_HINTS = get_type_hints(XmppFederationDnsArgs, include_extras=True)
OPTIONS = {to_camel(field.name): _HINTS[field.name] for field in fields(XmppFederationDnsArgs)}
"""The options of a stack, each with its type."""
_NUMBERS: tuple[Any, ...] = (Integer, _HINTS["max_removed"])
