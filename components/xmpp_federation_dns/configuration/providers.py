"""Several accounts from stack configuration alone: one explicit provider for each set of credentials.

The component builds no provider. This is for programs that are all configuration.
"""

import importlib
import inspect
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from importlib.util import find_spec
from typing import Any, cast

import pulumi
from pulumi.runtime.config import CONFIG, is_config_secret

from xmpp_federation_dns.backends import Zone
from xmpp_federation_dns.configuration.included import in_place_of
from xmpp_federation_dns.configuration.plan import read
from xmpp_federation_dns.configuration.shape import parse


def with_providers(given: Mapping[str, Any]) -> dict[str, Any]:
    """Return *given* with an explicit provider on each zone that has credentials of its own.

    Zones with the same credentials share one. What the stack configures for the provider (``aws:region``)
    holds for it too. Raises :class:`ConfigurationError` before anything is registered.
    """
    args, _, _ = parse(given)
    # The component reads all of it anyway.
    if not any(zone.credentials() for zone in args.zones):
        return dict(given)
    read(given)
    made: dict[tuple[str, str], pulumi.ProviderResource] = {}
    zones: list[Any] = list(given["zones"])
    for position, zone in enumerate(args.zones):
        # A missing SDK is the component's to tell.
        if (credentials := zone.credentials()) and zone.sdk and find_spec(zone.sdk):
            key = (zone.package, json.dumps(credentials, sort_keys=True))
            if key not in made:
                made[key] = _provider(zone, credentials)
            item = zones[position]
            zones[position] = (
                {**item, "explicitProvider": made[key]}
                if isinstance(item, Mapping)
                else replace(item, explicit_provider=made[key])
            )
    return {**given, "zones": in_place_of(given["zones"], zones)}


def _provider(zone: Zone, credentials: Mapping[str, Any]) -> pulumi.ProviderResource:
    """Declare the explicit provider; its name comes from the credentials, so no order matters."""
    kind = cast("Any", importlib.import_module(str(zone.sdk))).Provider
    known = inspect.signature(kind._internal_init).parameters  # noqa: SLF001 the one place with all settings
    settings = {key: value for key, value in _stack_settings(zone.package).items() if key in known}
    # Nothing that names of resources cannot have, such as the "::" of an ARN.
    words = re.findall(r"[A-Za-z0-9_.]+", " ".join(_texts(credentials)))
    return kind("-".join([zone.package, *words]), **{**settings, **credentials})


def _texts(value: object) -> Iterator[str]:
    """Yield every text in the values of *value*."""
    match value:
        case dict():
            yield from _texts(list(cast("dict[str, object]", value).values()))
        case list():
            for item in cast("list[object]", value):
                yield from _texts(item)
        case _:
            yield str(value)


def _stack_settings(package: str) -> dict[str, Any]:
    """Return what the stack configures for a provider package, by its names in Python."""
    settings: dict[str, Any] = {}
    for key, text in CONFIG.get().items():
        namespace, _, name = key.partition(":")
        if namespace == package:
            value = _parsed(text)
            snake = re.sub(r"(?<=[a-z0-9])([A-Z])", r"_\1", name).lower()
            settings[snake] = pulumi.Output.secret(value) if is_config_secret(key) else value
    return settings


def _parsed(text: str) -> Any:
    """Return a list, mapping or switch that Pulumi handed over as text."""
    return json.loads(text) if text in ("true", "false") or text[:1] in ("[", "{") else text
