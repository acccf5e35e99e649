"""What published plugins do, as tables of cases that any `pulumi-resource-*` binary can be held against.

By default the cases run against the stand-ins. Where an environment variable names a published plugin,
they run against that: a stand-in that has drifted from it is then found out.

Source: docs/dev/standins.md, which says how that is done.

In a case, ``ZONE`` and ``GROUP`` stand for the id of a fresh hosted zone contoso.com and for the name of a
fresh resource group with a zone contoso.com, ``CAPITALS`` for that name in capital letters.
"""

from dataclasses import dataclass, field
from typing import Any, cast

from tests.standins.wire import Properties

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
