"""DNS names: one canonical form, and which zone a name lies in."""

import re
from collections.abc import Collection

import idna

MAX_LABEL = 63
MAX_NAME = 253
"""Octets of a label and characters of a name in text form (RFC 1035 §2.3.4)."""

_HOST_LABEL = re.compile(r"[a-z0-9]([a-z0-9-]*[a-z0-9])?")
_ZONE_LABEL = re.compile(r"[a-z0-9_]([a-z0-9_-]*[a-z0-9])?")


def host_name(text: str) -> str:
    """Return *text* absolute, lower case, as A-labels, without final dot.

    Raises ``ValueError`` with the reason where it is no host name (RFC 1123 §2.1, RFC 5891).
    """
    return _canonical(text, _HOST_LABEL, "labels hold letters, digits and hyphens")


def zone_name(text: str) -> str:
    """Return *text* in the form of :func:`host_name`; a zone may also be named ``_tcp.example.com``."""
    return _canonical(text, _ZONE_LABEL, "labels hold letters, digits, hyphens and underscores")


def closest(name: str, zones: Collection[str]) -> str | None:
    """Return the longest of *zones* that *name* lies in, compared label by label."""
    while name:
        if name in zones:
            return name
        name = name.partition(".")[2]
    return None


def is_within(name: str, parent: str) -> bool:
    """Tell whether *name* is *parent* or lies below it."""
    return name == parent or name.endswith("." + parent)


def unicode_form(name: str) -> str:
    """Return the U-label form of a canonical *name*: what a person reads, what XMPP streams carry."""
    # Label by label, since idna knows no service labels.
    labels = name.split(".")
    return ".".join(idna.decode(label) if label.startswith("xn--") else label for label in labels)


def _canonical(text: str, label_form: re.Pattern[str], rule: str) -> str:
    name = text.removesuffix(".").lower()
    if not name:
        raise ValueError("it is empty")
    if not name.isascii():
        name = _a_labels(name)
    for label in name.split("."):
        if not label:
            raise ValueError("it has an empty label")
        if len(label) > MAX_LABEL:
            raise ValueError(f"label '{label[:20]}…' has {len(label)} octets, more than {MAX_LABEL}")
        if not label_form.fullmatch(label):
            raise ValueError(rule)
        if label.startswith("xn--"):
            _check_a_label(label)
    if len(name) > MAX_NAME:
        raise ValueError(f"it has {len(name)} characters, more than {MAX_NAME}")
    return name


def _a_labels(name: str) -> str:
    try:
        return idna.encode(name, uts46=True).decode()
    except idna.IDNAError as error:
        raise ValueError(f"not valid in IDNA 2008: {error}") from None


def _check_a_label(label: str) -> None:
    try:
        idna.decode(label)
    except (idna.IDNAError, UnicodeError) as error:
        raise ValueError(f"label '{label}' is not valid in IDNA 2008: {error}") from None
