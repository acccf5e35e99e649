"""Stack files, read as Pulumi reads them, without engine and without secrets.

A scalar at the top reaches a program as text (measured on the engine, 3.255).
"""

import json
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, cast

import yaml

from xmpp_federation_dns.configuration import OPTIONS, from_text
from xmpp_federation_dns.included import joined
from xmpp_federation_dns.problems import Unknown, shown
from xmpp_federation_dns.scalars import as_text
from xmpp_federation_dns.yamlfile import Document, StackFileError, parsed

PROJECT = "xmpp-federation-dns"
PROJECT_FILE = "Pulumi.yaml"


class StackFile(Document):
    """The configuration in a stack file, and where in the file it stands."""

    def __init__(self, path: Path) -> None:
        super().__init__(path)
        if (root := parsed(path)) is None:
            raise StackFileError(f"{path}: not a stack file: it is empty")
        document = self.entries(root, ()) if isinstance(root, yaml.MappingNode) else {}
        environment = document.get("environment")
        config = document.pop("config", None)
        if config is None and environment is None:
            raise StackFileError(f"{path}: not a stack file: it has no 'config'")
        folder = _project_folder(path)
        self.values: dict[str, Any] = {}
        """The configuration as a program gets it from the engine, with what it includes, as far as it is known."""
        self._texts = dict(_defaults(folder))
        others = document
        if isinstance(config, yaml.MappingNode):
            for key, node in self.entries(config, ()).items():
                if (name := self._option(key)) is None:
                    others[key] = node
                else:
                    self._add(name, node)
        elif config is not None and self.value(config, ("config",)) is not None:
            raise StackFileError(f"{path}: not a stack file: 'config' is no mapping")
        own = dict(self.unknown)
        # A mistake of YAML anywhere in the file keeps the engine from reading it.
        for key, node in others.items():
            value = self.value(node, (key,))
            if ":" in key:
                self._texts[key] = _handed(value)
            elif value and node is environment:
                # The engine prefers what the stack itself sets.
                absent = [option for option in OPTIONS if option not in self.values]
                self.values |= dict.fromkeys(absent, Unknown())
                own[key,] = f"it may set {', '.join(absent)}"
        self.unknown = own
        self.values, self.problems = joined(self.values, folder)

    def known(self) -> dict[str, Any]:
        """Return the configuration; raise :class:`StackFileError` where the file alone does not tell all of it."""
        for place, reason in self.unknown.items():
            way_out = "`pulumi stack output records --json` has what an update published"
            raise self.error(place, f"{reason}; this command needs every value in the file: {way_out}")
        return self.values

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
    # What is not known takes no room.
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"), default=lambda _: "")
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
    if Path(PROJECT_FILE).is_file() and path.absolute().parent.resolve() == stack_directory().resolve():
        return Path()
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
