"""What is wrong or unwise in a configuration, and where."""

import binascii
import re
from base64 import b64decode
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Literal, Self

import pulumi

LINE = 1000
"""Characters of what others said that a message has room for."""


@dataclass(frozen=True, eq=False)
class Source:
    """A file that is included, in which a value stands."""

    name: str
    """Its path, as people write it."""
    line: Callable[["Path"], int]
    """Returns the line of a place in it; the first is 1."""
    places: bool = True
    """Whether people write keys and positions in it."""


Path = tuple[str | int | Source, ...]
"""Where a value stands in the configuration: keys and list positions, after the file where it is not the stack's."""


class Secret(str):
    """Text that no message shows."""

    __slots__ = ()

    def __repr__(self) -> str:
        return "[secret]"


class NoJson(Secret):
    """Text that was to be a list or a mapping: what it holds may be a secret."""

    __slots__ = ()

    def __repr__(self) -> str:
        return "text that is no JSON"


class StackSecret(Secret):
    """A secret of the stack's configuration."""

    encrypted: bool
    """Whether the stack file holds it encrypted."""
    of_plugin: bool
    """Whether the plugin finds it there, so that no resource needs to hold it."""

    def __new__(cls, text: str, *, encrypted: bool, of_plugin: bool = True) -> Self:
        """Mark *text*, as the stack's configuration has it."""
        secret = super().__new__(cls, text)
        secret.encrypted = encrypted
        secret.of_plugin = of_plugin
        return secret


ENCRYPT = "pulumi config set --secret xmpp-federation-dns:tsigSecret"
"""The command that puts the secret of a TSIG key where it belongs."""

TSIG_SECRET = "TSIG_SECRET"  # noqa: S105 the name of it
"""The environment variable with the secret of TSIG keys: for commands, since a stack file holds it encrypted."""

SECRETS = {"tsigSecret": ENCRYPT, "apiToken": "set CLOUDFLARE_API_TOKEN"}
"""The options that are secret wherever they stand, each with where it belongs."""

# Base64 of ten octets or more. No name and no id has letters of both cases, and digits, in one run of that length;
# with slashes and without padding it might be a path.
_SECRET = re.compile(
    r"(?=.*[a-z])(?=.*[A-Z])(?=.*[0-9+/=])([A-Za-z0-9+]{14,}|[A-Za-z0-9+/]{60,}|[A-Za-z0-9+/]{14,}={1,2})"
)

_NOT_SHOWN = "[looks like a secret]"
ELSEWHERE = "\ufffc"
"""Stands in the text of a problem for the place of something else (U+FFFC)."""


class Unknown:
    """A value that is there, or may be, and that only an update knows: encrypted, or from an environment."""


@dataclass(frozen=True, slots=True)
class Problem:
    """One mistake, one warning or one notice: where it is, what it is, and the way out."""

    path: Path
    text: str
    severity: Literal["error", "warning", "notice"] = "error"
    rule: str = ""
    other: Path = ()
    """What :data:`ELSEWHERE` in the text is the place of."""

    def __str__(self) -> str:
        return f"{dotted(self.path)}: {self.text}" if self.path else self.text

    def at(self, path: Path, other: Path = ()) -> Self:
        """Return the same problem at *path*, with the place of what it names beside it."""
        if not other:
            return replace(self, path=path)
        place = dotted(other)
        if path and isinstance(path[0], Source) and not isinstance(other[0], Source):
            place = f"{place} of the stack"
        return replace(self, path=path, text=self.text.replace(ELSEWHERE, place), other=other)


class ConfigurationError(pulumi.RunError):
    """Everything that is wrong with a configuration; Pulumi prints it without a traceback."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        self.problems = tuple(problems)
        count = "1 problem" if len(problems) == 1 else f"{len(problems)} problems"
        lines = "".join(f"\n  {problem}" for problem in problems)
        super().__init__(f"{count} in the XMPP federation configuration:{lines}")


def within(allowed: range, value: int, path: Path, unit: str = "") -> Iterator[Problem]:
    """Yield that *value* is none of the *allowed* ones, where it is so."""
    if value not in allowed:
        yield Problem(path, f"{value} is out of range: {allowed.start} to {allowed.stop - 1}{unit}")


def dotted(path: Path) -> str:
    """Return *path* as people write it: ``edgePools[0].ipv4[1]``, ``config/more.yaml:7: domains[2]``."""
    match path:
        case (Source() as source, *rest):
            place = tuple(rest)
            line = f"{printable(source.name)}:{source.line(place)}"
            return f"{line}: {dotted(place)}" if source.places and place else line
        case _:
            pass
    text = "".join(f"[{step}]" if isinstance(step, int) else f".{_key(str(step))}" for step in path)
    return text.removeprefix(".")


def _key(key: str) -> str:
    return _NOT_SHOWN if is_like_secret(key) else printable(key)


def one_line(text: object) -> str:
    """Return *text* of others in one line of at most :data:`LINE` characters, without what a terminal would obey."""
    line = " ".join(str(text)[: 4 * LINE].split())
    shown = harmless(line)
    return shown if len(shown) <= LINE else shown[: LINE - 1] + "…"


def harmless(text: str) -> str:
    """Return *text* without what a terminal would obey and XML 1.0 has no characters for: servers say anything."""
    return "".join(c if c.isprintable() else "\N{REPLACEMENT CHARACTER}" for c in text)


def printable(text: str) -> str:
    """Return *text* as it is, or quoted where line breaks and terminal sequences would leave the message."""
    return text if text.isprintable() else repr(text)


def is_no_base64(secret: str | pulumi.Output[str] | None) -> bool:
    """Tell whether a TSIG *secret* is known to be none."""
    if not isinstance(secret, str):
        return False
    try:
        return not b64decode(secret, validate=True)
    except (binascii.Error, ValueError):
        return True


def is_like_secret(text: str) -> bool:
    """Tell whether *text* looks like the secret of a TSIG key, or holds one; no message shows it."""
    return any(map(_SECRET.fullmatch, re.split(r"[\s:;,\"']+", text)))


def described(value: object) -> str:
    """Return *value* as a message shows it."""
    match value:
        case None:
            return "nothing"
        case bool():
            return str(value).lower()
        case str() if not isinstance(value, Secret) and is_like_secret(value):
            return _NOT_SHOWN
        case str():
            text = repr(value)
            return text if len(text) <= 80 else text[:77] + "…'"
        case int() | float():
            return str(value)
        case pulumi.Output():
            return "an output"
        case list() | tuple():
            return "a list"
        case dict():
            return "a mapping"
        case _:
            return f"a value of type {type(value).__name__}"
