"""What a scalar of a stack file means to Pulumi.

Pulumi follows YAML as Go's yaml.v3 has it, then JSON: `yes` and `on` are text, `010` is 8, `5269.0` inside a
list is 5269 (measured on the engine, 3.255).
"""

import math
import re
from datetime import date
from decimal import Decimal

import yaml

from xmpp_federation_dns.problems import shown

_TAG = "tag:yaml.org,2002:"
UNTAGGED = "untagged"
"""The tag of a scalar that has none in the file."""
_INTEGER = re.compile(r"[-+]?(0[xX][0-9a-fA-F]+|0[oO][0-7]+|0[bB][01]+|[0-9]+)")
_FLOAT = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?")
_NOT_A_NUMBER = re.compile(r"[-+]?\.(inf|Inf|INF)|\.(nan|NaN|NAN)")
_DATE = re.compile(r"([0-9]{4})-([0-9]{1,2})-([0-9]{1,2})")
_NULL = ("", "~", "null", "Null", "NULL")
_TRUE = ("true", "True", "TRUE")
_FALSE = ("false", "False", "FALSE")
_TAGGED = {
    "int": _INTEGER,
    "float": re.compile(f"{_INTEGER.pattern}|{_FLOAT.pattern}"),
    "bool": re.compile("|".join((*_TRUE, *_FALSE))),
    "null": re.compile("|".join(_NULL)),
    "timestamp": _DATE,
}
"""What text may carry a tag that says what it is."""


def scalar(node: yaml.ScalarNode) -> str | int | float | bool | None:
    """Return what Go's yaml.v3 and JSON make of a scalar."""
    text: str = node.value
    tag = node.tag.removeprefix(_TAG)
    if kind := _TAGGED.get(tag):
        if not kind.fullmatch(text.replace("_", "")):
            raise ValueError(f"{shown(text)} is no !!{tag}")
    elif tag == "binary":
        raise ValueError("the tag !!binary is not read; write text")
    elif tag not in (UNTAGGED, "!") or node.style:
        return text
    if text in _NULL:
        return None
    if text in _TRUE or text in _FALSE:
        return text in _TRUE
    if _NOT_A_NUMBER.fullmatch(text):
        raise ValueError(f"{text} is no number that a stack can hold")
    if day := _DATE.fullmatch(text):
        return _day(*map(int, day.groups())) or text
    return _number(text)


def _day(year: int, month: int, day: int) -> str | None:
    # With a time of day, text is no name either way.
    try:
        return f"{date(year, month, day)} 00:00:00 +0000 UTC"
    except ValueError:
        return None


def _number(text: str) -> str | int | float:
    digits = "" if text.startswith("_") else text.replace("_", "")
    if _INTEGER.fullmatch(digits) and len(digits) <= len("-0b") + 64:
        sign, magnitude = ("-", digits[1:]) if digits[0] == "-" else ("", digits.removeprefix("+"))
        if re.fullmatch(r"0[0-7]+", magnitude):
            magnitude = "0o" + magnitude[1:]
        base = 0 if magnitude[:1] == "0" and magnitude[1:2].isalpha() else 10
        number = int(sign + magnitude, base)
        if -(2**63) <= number < 2**63:
            return number
        if 0 < number < 2**64:
            return _rounded(float(number))
    if _FLOAT.fullmatch(digits) and math.isfinite(number := float(digits)):
        return _rounded(number)
    return text


def _rounded(number: float) -> int | float:
    """Return a number as JSON carries it, in the digits that tell it from its neighbours."""
    return int(Decimal(repr(number))) if number.is_integer() and abs(number) < 1e21 else number


def as_text(value: str | float | bool | None) -> str:
    """Return a scalar at the top, or a key, as a program gets it."""
    if value is None:
        return "<nil>"
    return str(value).lower() if isinstance(value, bool) else str(value)
