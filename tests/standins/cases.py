"""What published plugins do, as tables of cases that any `pulumi-resource-*` binary can be held against.

By default the cases run against the stand-ins. Where an environment variable names a published plugin,
they run against that: a stand-in that has drifted from it is then found out.

    pulumi plugin install resource aws 7.51.1
    pulumi plugin install resource azure-native 3.29.0
    plugins=~/.pulumi/plugins
    export PULUMI_RESOURCE_AWS=$plugins/resource-aws-v7.51.1/pulumi-resource-aws
    export PULUMI_RESOURCE_AZURE_NATIVE=$plugins/resource-azure-native-v3.29.0/pulumi-resource-azure-native
    python -m pytest tests/standins

Take the versions from requirements.lock. The plugins reach the same emulations as the stand-ins: Route 53 is
moto behind a strict layer, found through ``AWS_ENDPOINT_URL``; the Azure Resource Manager is found through
``ARM_METADATA_HOSTNAME`` and trusted through ``SSL_CERT_FILE``, which Go reads on Linux. Nothing leaves the
machine. The published AWS plugin waits 15 s after every change, so its table takes some minutes.

In a case, ``ZONE`` and ``GROUP`` stand for the id of a fresh hosted zone contoso.com and for the name of a
fresh resource group with a zone contoso.com, ``CAPITALS`` for that name in capital letters.
"""

from dataclasses import dataclass, field
from typing import Any, cast

from tests.standins.plugin import Properties

Content = dict[tuple[str, str], tuple[int, tuple[str, ...]]]
"""TTL and values of record sets by name and type."""


@dataclass(frozen=True)
class CheckCase:
    """Inputs, the inputs that come back, and a part of each reason why they are refused."""

    behaviour: str
    inputs: Properties
    filled: Properties = field(default_factory=dict[str, Any])
    failures: tuple[str, ...] = ()


@dataclass(frozen=True)
class DiffCase:
    """A record set, what is changed in its inputs, and what that leads to."""

    behaviour: str
    old: Properties
    new: Properties
    changed: bool
    replaces: frozenset[str] = frozenset()


@dataclass(frozen=True)
class CreateCase:
    """Inputs of a new record set, what is there before, and either what comes of it or why not."""

    behaviour: str
    inputs: Properties
    there: Content = field(default_factory=Content)
    id: str = ""
    outputs: Properties = field(default_factory=dict[str, Any])
    published: Content = field(default_factory=Content)
    error: str = ""


def filled(template: Any, **names: str) -> Any:
    """Return *template* with placeholders replaced by *names*, however deep they stand."""
    if isinstance(template, str):
        for placeholder, name in names.items():
            template = template.replace(placeholder, name)
        return template
    if isinstance(template, list):
        return [filled(item, **names) for item in cast("list[Any]", template)]
    if isinstance(template, dict):
        return {key: filled(item, **names) for key, item in cast("dict[Any, Any]", template).items()}
    return template
