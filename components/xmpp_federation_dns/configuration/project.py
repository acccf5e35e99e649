"""What Pulumi.yaml says of the stacks' configuration, and what keeps the engine from reading it (measured, 3.255)."""

from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import yaml

from xmpp_federation_dns.configuration.yamlfile import Document, StackFileError, parse_yaml
from xmpp_federation_dns.problems import Problem, Source, described
from xmpp_federation_dns.records import PACKAGE
from xmpp_federation_dns.untyped import mapping

PROJECT_FILE = "Pulumi.yaml"
_TYPES = ("array", "boolean", "integer", "object", "string")
_KEYS = ("default", "description", "items", "secret", "type", "value")


class Project(Document):
    """What Pulumi.yaml in *folder* says; nothing where it cannot be read, which is for Pulumi to tell."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder / PROJECT_FILE)
        self.says: dict[str, Any] = {}
        with suppress(StackFileError):
            root = parse_yaml(self.path)
            self.says = self.value(root, ()) if isinstance(root, yaml.MappingNode) else {}

    @property
    def source(self) -> Source:
        """The file, as the first step of a place."""
        return Source(str(self.path), self.line)

    @property
    def config(self) -> dict[str, Any]:
        """What it sets for stacks."""
        return mapping(self.says.get("config"))

    def faults(self) -> Iterator[Problem]:
        """Yield what the engine refuses in it."""
        config = self.says.get("config")
        if isinstance(config, str) and "stackConfigDir" in self.says:
            text = "the directory of the stacks is stackConfigDir already; leave one of the two out"
            yield Problem((self.source, "config"), text, rule="S4")
        if not isinstance(config, dict | str | None):
            yield Problem((self.source, "config"), f"expected a mapping, got {described(config)}", rule="S3")
        for key, given in self.config.items():
            for text in _key_faults(key, mapping(given)):
                yield Problem((self.source, "config", key), text, rule="S4")


def _key_faults(key: str, given: dict[str, Any]) -> Iterator[str]:
    if key.count(":") > 1:
        yield "it is no key of a configuration; write namespace:key"
    if unknown := [each for each in given if each not in _KEYS]:
        yield f"{', '.join(map(described, unknown))} is none of {', '.join(_KEYS)}"
    if {"default", "value"} <= given.keys():
        yield "it has a value and a default; leave one of the two out"
    if ":" in key and not key.startswith(f"{PACKAGE}:") and (own := given.keys() & {"default", "type"}):
        yield f"it is a key of another package, which takes a value and no {' and no '.join(sorted(own))}"
    if given.get("type", "string") not in _TYPES:
        yield f"the type {described(given['type'])} is none of {', '.join(_TYPES)}"
    if not isinstance(given.get("secret", False), bool):
        yield f"secret is {described(given['secret'])}, and neither true nor false"
