"""The secrets of arguments in what a package says: hidden in every spelling that requests and answers have."""

import base64
import html
import json
import re
from collections.abc import Iterator
from urllib.parse import quote, quote_plus

LEAST = 6
"""Characters of base64, below which what is alike may be chance."""

_RUNS = re.compile(rf"[A-Za-z0-9+/_%-]{{{LEAST},}}=*")
_ESCAPES = re.compile(r"%[0-9A-F]{2}")


class Secrets:
    """Secrets, each with the name that is shown in its place."""

    def __init__(self) -> None:
        self._plain: dict[str, str] = {}
        self._encoded: dict[str, str] = {}

    def add(self, secret: str, name: str) -> None:
        """Hide *secret* from now on."""
        for text in {secret, secret.strip()} - {""}:
            self._plain |= dict.fromkeys(_spellings(text), name)
            self._encoded |= dict.fromkeys(_inside_base64(text.encode()), name)

    def hidden(self, text: str) -> str:
        """Return *text* with names in the place of secrets.

        Verbatim, in a URL, in JSON, Python or HTML, and anywhere within base64, as `user:password` is in a header.
        """
        if not self._plain:
            return text
        longest_first = sorted(self._plain, key=len, reverse=True)
        plain = re.compile("|".join(map(re.escape, longest_first)))
        return _RUNS.sub(self._run, plain.sub(lambda found: f"[{self._plain[found[0]]}]", text))

    def _run(self, found: re.Match[str]) -> str:
        names = (name for core, name in self._encoded.items() if core in found[0])
        name = next(names, None)
        return f"[{name}]" if name else found[0]


def _spellings(secret: str) -> Iterator[str]:
    yield secret
    for escaped in (quote(secret, safe=""), quote(secret), quote_plus(secret)):
        yield escaped
        yield _ESCAPES.sub(lambda found: found[0].lower(), escaped)
    yield json.dumps(secret)[1:-1]
    yield json.dumps(secret, ensure_ascii=False)[1:-1]
    yield repr(secret)[1:-1]
    yield html.escape(secret)


def _inside_base64(secret: bytes) -> Iterator[str]:
    """Yield what base64 has of *secret* after any number of octets: all characters that are of it alone."""
    for before in range(3):
        first, end = -(-before * 8 // 6), (before + len(secret)) * 8 // 6
        core = base64.b64encode(bytes(before) + secret).decode()[first:end]
        if len(core) >= LEAST:
            yield core
            yield core.replace("+", "-").replace("/", "_")
            yield quote(core, safe="")
