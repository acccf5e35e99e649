"""Stack files, read as Pulumi reads them, without engine and without secrets.

A scalar at the top reaches a program as text (measured on the engine, 3.255).
"""

import json
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, cast

import yaml

from xmpp_federation_dns.configuration import from_text
from xmpp_federation_dns.included import joined
from xmpp_federation_dns.problems import shown
from xmpp_federation_dns.yamlfile import Document, StackFileError, as_text, parsed

PROJECT = "xmpp-federation-dns"
PROJECT_FILE = "Pulumi.yaml"


class StackFile(Document):
    """The configuration in a stack file, and where in the file it stands."""

    def __init__(self, path: Path) -> None:
        super().__init__(path)
        if (root := parsed(path)) is None:
            raise StackFileError(f"{path}: not a stack file: it is empty")
        document = self.entries(root, ()) if isinstance(root, yaml.MappingNode) else {}
        if (config := document.pop("config", None)) is None:
            raise StackFileError(f"{path}: not a stack file: it has no 'config'")
        self.values: dict[str, Any] = {}
        """The configuration as a program gets it from the engine, with what the stack includes."""
        self._texts: dict[str, str] = {}
        others = document
        if isinstance(config, yaml.MappingNode):
            for key, node in self.entries(config, ()).items():
                if (name := self._option(key)) is None:
                    others[key] = node
                else:
                    self._add(name, node)
        elif self.value(config, ("config",)) is not None:
            raise StackFileError(f"{path}: not a stack file: 'config' is no mapping")
        folder = _project_folder(path)
        self._texts = dict(_defaults(folder)) | self._texts
        self.values, self.problems = joined(self.values, folder)
        for place in self.encrypted:
            raise self.error(place, "it is encrypted, and this command reads no secrets")
        # A mistake of YAML anywhere in the file keeps the engine from reading it.
        for key, node in others.items():
            value = self.value(node, (key,))
            if ":" in key:
                self._texts[key] = _handed(value)

    @property
    def octets(self) -> int:
        """How much the environment variable takes in which Pulumi hands the configuration to a program."""
        return len(f"PULUMI_CONFIG={_as_json(self._texts)}\0".encode())

    def _option(self, key: str) -> str | None:
        """Return the option that a *key* of the configuration sets, or nothing where it is another package's."""
        match key.split(":"):
            case [name]:
                return name
            case [namespace, name] | [namespace, "config", name]:
                return name if namespace == PROJECT else None
            case _:
                text = f"{shown(key)} is no key of a configuration; write namespace:key"
                raise StackFileError(f"{self.path}: {text}")

    def _add(self, name: str, node: yaml.Node) -> None:
        if (name,) in self._lines:
            raise self.error((name,), "given twice, with and without its namespace")
        value = self.value(node, (name,))
        self._texts[f"{PROJECT}:{name}"] = _handed(value)
        if isinstance(node, yaml.ScalarNode):
            value = from_text(name, as_text(value), secret=False) if value not in (None, "") else None
        if value is not None:
            self.values[name] = value


def _handed(value: object) -> str:
    """Return a value of the configuration as the text that Pulumi makes of it."""
    return as_text(value) if isinstance(value, str | float | bool | None) else _as_json(value)


def _as_json(value: Any) -> str:
    """Return JSON as Go's encoding/json writes it."""
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    for character in "<>&\u2028\u2029":
        text = text.replace(character, f"\\u{ord(character):04x}")
    return text


@contextmanager
def opened(path: Path) -> Generator[StackFile]:
    """Read a stack file; where nothing can follow how deep its values lie, tell that in one line."""
    try:
        yield StackFile(path)
    except RecursionError:
        raise StackFileError(f"{path}: its values lie too deep in one another") from None


def _project_folder(path: Path) -> Path:
    """Return the folder of the project that a stack file belongs to: with Pulumi.yaml, around the file or here."""
    around = path.absolute().parents
    return next((folder for folder in around if (folder / PROJECT_FILE).is_file()), Path())


def stack_directory() -> Path:
    """Return where the project in this directory keeps its stack files."""
    directory = _project(Path()).get("stackConfigDir")
    return Path(directory) if isinstance(directory, str) else Path()


def _project(folder: Path) -> dict[str, Any]:
    """Return what Pulumi.yaml in *folder* says; nothing where it cannot be read."""
    document = Document(folder / PROJECT_FILE)
    try:
        root = parsed(document.path)
        return document.value(root, ()) if isinstance(root, yaml.MappingNode) else {}
    except StackFileError:
        return {}


def _defaults(folder: Path) -> Iterator[tuple[str, str]]:
    """Yield what a project configures for all of its stacks, by key."""
    config = _project(folder).get("config")
    for key, value in cast("dict[str, Any]", config).items() if isinstance(config, dict) else ():
        default = cast("dict[str, Any]", value).get("default") if isinstance(value, dict) else value
        if default is not None:
            yield key if ":" in key else f"{PROJECT}:{key}", _handed(default)
