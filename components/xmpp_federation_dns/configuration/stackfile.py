"""Stack files, and what the project adds to them, without engine and without secrets.

A scalar at the top reaches a program as text, and what the project sets where the stack has no such key
(measured on the engine, 3.255).
"""

import json
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, cast

import yaml

from xmpp_federation_dns.configuration.included import joined
from xmpp_federation_dns.configuration.plan import OPTIONS, from_text
from xmpp_federation_dns.configuration.project import PROJECT_FILE, Project
from xmpp_federation_dns.configuration.yamlfile import Document, parse_yaml, refused
from xmpp_federation_dns.problems import Problem, StackSecret, Unknown, described
from xmpp_federation_dns.records import PACKAGE


class StackFile(Document):
    """The configuration in a stack file, and where in the file it stands."""

    def __init__(self, path: Path) -> None:
        super().__init__(path)
        if (root := parse_yaml(path)) is None:
            raise refused(path, "not a stack file: it is empty")
        document = self.entries(root, ()) if isinstance(root, yaml.MappingNode) else {}
        environment = document.get("environment")
        line, config = document.pop("config", (0, None))
        if config is None and environment is None:
            raise refused(path, "not a stack file: it has no 'config'")
        self.values: dict[str, Any] = {}
        """The configuration as a program gets it from the engine, with what it includes, as far as it is known."""
        self._texts: dict[str, str] = {}
        others = document
        if isinstance(config, yaml.MappingNode):
            for key, (line, node) in self.entries(config, ()).items():
                if (name := self._option(key)) is None:
                    others[key] = (line, node)
                else:
                    self._add(name, node, line)
        elif config is not None and self.value(config, ("config",), (), line) is not None:
            raise refused(path, "not a stack file: 'config' is no mapping")
        unknown, problems = dict(self.unknown), list(self.problems)
        # A mistake of YAML anywhere in the file keeps the engine from reading it.
        for key, (line, node) in others.items():
            value = self.value(node, (key,), (), line)
            if ":" in key:
                self._texts[key] = _handed(value)
            elif value and (line, node) == environment:
                # The engine prefers what the stack itself sets.
                absent = [option for option in OPTIONS if option not in self.values]
                self.values |= dict.fromkeys(absent, Unknown())
                unknown[key,] = f"it may set {', '.join(absent)}"
        folder = _project_folder(path)
        problems += self._inherit(Project(folder))
        self.unknown = unknown
        self.values, found = joined(self.values, folder)
        self.problems = problems + found

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

    @property
    def largest(self) -> str:
        """The key that takes most of it."""
        key = max(self._texts, key=lambda key: len(self._texts[key].encode()), default="")
        return key.removeprefix(f"{PACKAGE}:")

    def _option(self, key: str) -> str | None:
        """Return the option that a *key* of the configuration sets, or nothing where it is another package's."""
        match key.split(":"):
            case [name]:
                return name
            case [namespace, name] | [namespace, "config", name]:
                return name if namespace == PACKAGE else None
            case _:
                raise refused(
                    self.path, f"{described(key)} is no key of a configuration; write namespace:key"
                )

    def _add(self, name: str, node: yaml.Node, line: int) -> None:
        if f"{PACKAGE}:{name}" in self._texts:
            text = str(Problem((name,), "given twice, with and without its namespace"))
            raise refused(self.path, text, line)
        self._set(name, self.value(node, (name,), (), line))

    def _set(self, name: str, value: Any) -> None:
        self._texts[f"{PACKAGE}:{name}"] = text = _handed(value)
        if isinstance(value, str | int | bool) and not isinstance(value, StackSecret):
            value = from_text(name, text, secret=False) if value != "" else None
        if value is not None:
            self.values[name] = value

    def _inherit(self, project: Project) -> Iterator[Problem]:
        """Add what the project sets and the stack does not, and yield what is wrong with it."""
        yield from project.faults()
        wrong = [*project.problems, *project.encrypted()]
        for key, given in project.config.items():
            options = cast("dict[str, Any]", given) if isinstance(given, dict) else {"value": given}
            value = options.get("default", options.get("value"))
            name = key.removeprefix(f"{PACKAGE}:")
            if ":" in name:
                self._texts.setdefault(key, _handed(value))
            elif f"{PACKAGE}:{name}" in self._texts or name in self.values:
                continue
            elif value is None:
                yield Problem((name,), f"{PROJECT_FILE} leaves its value to the stack", rule="S2")
            else:
                self._set(name, value)
                yield from (p.at((project.source, *p.path)) for p in wrong if p.path[:2] == ("config", key))


def _handed(value: Any) -> str:
    """Return a value of the configuration as the text that Pulumi makes of it."""
    match value:
        case None:
            return "<nil>"
        case str():
            return value
        case bool():
            return str(value).lower()
        case _:
            return _as_json(value)


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
        raise refused(path, "its values lie too deep in one another") from None


def _project_folder(path: Path) -> Path:
    """Return the folder of the project that a stack file belongs to: with Pulumi.yaml, around the file or here."""
    if Path(PROJECT_FILE).is_file() and path.absolute().parent.resolve() == stack_directory().resolve():
        return Path()
    around = path.absolute().parents
    return next((folder for folder in around if (folder / PROJECT_FILE).is_file()), Path())


def stack_directory() -> Path:
    """Return where the project in this directory keeps its stack files."""
    directory = Project(Path()).says.get("stackConfigDir")
    return Path(directory) if isinstance(directory, str) else Path()
