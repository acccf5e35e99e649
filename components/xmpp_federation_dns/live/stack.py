"""A draft as a stack file, with what is left out and why in comments. Pure."""

import json
import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, cast

from xmpp_federation_dns.live.discover import Draft
from xmpp_federation_dns.problems import printable
from xmpp_federation_dns.records import PACKAGE

MANY = 500
"""SIP domains from which a stack file is better off with a file that it includes."""
_LISTS = ("zones", "edgePools")
_PLAIN = re.compile(r"[A-Za-z][A-Za-z0-9._-]*|[0-9]+(\.[0-9]+){3}|[0-9a-z-]+(\.[a-z0-9-]+)*\.[a-z][a-z0-9-]*")
_WORDS = ("true", "false", "yes", "no", "on", "off", "y", "n", "null")
"""What readers of YAML take for something else than text (YAML 1.1)."""


def stack_file(draft: Draft, include: str = "") -> str:
    """Return the stack file; its SIP domains stand in the file *include* where that is named."""
    lines = ["# Written by xmpp-federation-dns discover.", "config:"]
    for key, value in draft.options.items():
        if key not in _LISTS:
            lines.append(f"  {PACKAGE}:{key}: {_scalar(value)}")
    for key in _LISTS:
        if listed := draft.options.get(key):
            lines += [f"  {PACKAGE}:{key}:", *_items(listed, "    ")]
    if include:
        lines += [f"  {PACKAGE}:include:", f"    - {_scalar(include)}"]
    else:
        lines += [f"  {PACKAGE}:domains:", *_domains(draft, "    ")]
    lines += ["", *_comments(_told(draft))]
    return "\n".join(lines) + "\n"


def include_file(draft: Draft) -> str:
    """Return the file with the SIP domains that a stack file includes."""
    return (
        "\n".join(["# Written by xmpp-federation-dns discover.", "domains:", *_domains(draft, "  ")]) + "\n"
    )


def _domains(draft: Draft, indent: str) -> Iterator[str]:
    yield from _items(draft.domains, indent)
    for each in draft.broken:
        yield from (
            f"{indent}{line}" for line in _comments(f"{rule}: {text}" for rule, text in each.problems)
        )
        yield from (f"{indent}# {line}" for line in _items([each.domain], ""))


def _items(items: Sequence[Any], indent: str) -> Iterator[str]:
    """Yield the lines of a list of names and mappings."""
    for item in items:
        if isinstance(item, str):
            yield f"{indent}- {_scalar(item)}"
            continue
        lead = f"{indent}- "
        for key, value in cast("dict[str, Any]", item).items():
            if isinstance(value, list) and isinstance(value[0], dict):
                yield f"{lead}{key}:"
                yield from _items(cast("list[Any]", value), f"{indent}    ")
            else:
                yield f"{lead}{key}: {_value(value)}"
            lead = f"{indent}  "


def _value(value: Any) -> str:
    if isinstance(value, list):
        return f"[{', '.join(map(_scalar, cast('list[Any]', value)))}]"
    return _scalar(value)


def _scalar(value: Any) -> str:
    """Return a scalar, in quotes where YAML could take it for something else than text."""
    if isinstance(value, str) and _PLAIN.fullmatch(value) and value.lower() not in _WORDS:
        return value
    return json.dumps(value)


def _told(draft: Draft) -> Iterator[str]:
    yield f"Taken in: {counted(len(draft.domains), 'SIP domain')}, {counted(len(draft.taken), 'record set')}"
    yield from (f"  {key}" for key in draft.taken)
    yield f"Left out: {len(draft.left):,}"
    yield from (f"  {each}" for each in draft.left)
    yield f"Why: {counted(len(draft.why), 'choice')}"
    yield from (f"  {each}" for each in draft.why)


def _comments(lines: Iterable[str]) -> Iterator[str]:
    return (f"# {printable(line)}" for line in lines)


def counted(number: int, noun: str) -> str:
    """Return so many of what *noun* is the singular of."""
    return f"{number:,} {noun}{'' if number == 1 else 's'}"
