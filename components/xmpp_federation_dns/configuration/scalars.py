"""What a scalar of a YAML file means: text, a whole number, true, false or nothing.

Whatever else readers of YAML take for a number or a date is refused with what to write: `010` is 8 to the one
of Pulumi (Go's yaml.v3), and 10 to others.
"""

import re

import yaml

from xmpp_federation_dns.problems import described

UNTAGGED = "untagged"
"""The tag of a scalar that has none in the file."""
_TAG = "tag:yaml.org,2002:"
_NULL = ("", "~", "null", "Null", "NULL")
_TRUE = ("true", "True", "TRUE")
_FALSE = ("false", "False", "FALSE")
# Up to 18 digits fit into 64 bits.
_DECIMAL = re.compile(r"0|-?[1-9][0-9]{0,17}")
_NUMBER = re.compile(
    r"[-+]?(0x[0-9a-f]+|0o[0-7]+|0b[01]+|(\.[0-9]+|[0-9]+(\.[0-9]*)?)(e[-+]?[0-9]+)?)", re.IGNORECASE
)
_DATE = re.compile(r"[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}([Tt \t].*)?")
_NOT_A_NUMBER = re.compile(r"[-+]?\.(inf|Inf|INF)|\.(nan|NaN|NAN)")


class AmbiguousError(ValueError):
    """A scalar that Pulumi reads, and that does not say what is meant."""


def scalar(node: yaml.ScalarNode) -> str | int | bool | None:
    """Return what a scalar means.

    Raises :class:`AmbiguousError`, or ``ValueError`` where Pulumi may read no such file.
    """
    text: str = node.value
    if node.tag not in (UNTAGGED, f"{_TAG}str"):
        raise ValueError(f"the tag {described(node.tag.replace(_TAG, '!!'))} is not read; leave it out")
    if node.tag != UNTAGGED or node.style:
        return text
    if text in _NULL:
        return None
    if text in _TRUE or text in _FALSE:
        return text in _TRUE
    if _DECIMAL.fullmatch(text):
        return int(text)
    if _NOT_A_NUMBER.fullmatch(text):
        raise ValueError(f"{text} is no number that a stack can hold")
    if _DATE.fullmatch(text):
        raise _ambiguous("a date: write", text)
    digits = text.replace("_", "")
    if _NUMBER.fullmatch(digits):
        raise _number(text, digits)
    return text


def _number(text: str, digits: str) -> AmbiguousError:
    try:
        number = int(digits, 8 if re.fullmatch(r"[-+]?0[0-7]+", digits) else 0)
    except ValueError:
        number = float(digits)
    if abs(number) < 2**53 and number == int(number):
        return _ambiguous(f"{int(number)}: write {int(number)}, or", text)
    return _ambiguous("a number that is not whole: write", text)


def _ambiguous(what: str, text: str) -> AmbiguousError:
    return AmbiguousError(f"YAML takes this for {what} {described(text)} where text is meant")
