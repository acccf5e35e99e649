"""DNS names: one canonical form, and which zone a name lies in."""

import ipaddress
import re
from collections.abc import Collection

import idna

MAX_LABEL = 63
MAX_NAME = 253
"""Octets of a label and characters of a name in text form (RFC 1035 §2.3.4)."""

_HOST_LABEL = re.compile(r"[a-z0-9]([a-z0-9-]*[a-z0-9])?")
_ZONE_LABEL = re.compile(r"[a-z0-9_]([a-z0-9_-]*[a-z0-9])?")
# What people paste: URL, host with port (as in URLs, dig and Knot), address in brackets or with a prefix length.
_PASTED = re.compile(
    r"\s*(?:[a-z][a-z0-9+.-]*://)?@?"
    r"(?:\[(?P<bracketed>[^\]]*)\]|(?P<host>[^\s:/#@\[\]]+)|(?P<address>[0-9a-f:.]+))"
    r"(?:[:#@ ](?P<port>[0-9]+))?(?:/.*)?\s*",
    re.IGNORECASE,
)


def host_name(text: str) -> str:
    """Return *text* absolute, lower case, as A-labels, without final dot.

    Raises ``ValueError`` with the reason where it is no host name (RFC 1123 §2.1, RFC 5891).
    """
    return _canonical(text, _HOST_LABEL, "labels hold letters, digits and hyphens")


def full_name(text: str) -> str:
    """Return *text* in the form of :func:`host_name`, and refuse what ends like an address (RFC 1123 §2.1)."""
    name = host_name(text)
    if name.rpartition(".")[2].isdigit():
        raise ValueError("its last label is a number, so it could only be an IP address")
    return name


def zone_name(text: str) -> str:
    """Return *text* in the form of :func:`host_name`; a zone may also be named ``_tcp.example.com``."""
    return _canonical(text, _ZONE_LABEL, "labels hold letters, digits, hyphens and underscores")


def is_address(text: str) -> bool:
    """Tell whether *text* is an address of IPv4 or IPv6."""
    try:
        ipaddress.ip_address(text)
    except ValueError:
        return False
    return True


def is_host(text: str) -> bool:
    """Tell whether *text* is an address or a host name: what a connection can be made to."""
    try:
        return is_address(text) or bool(full_name(text))
    except ValueError:
        return False


def pasted(text: str) -> tuple[str, str]:
    """Return address or host name, and port, of *text* where more stands around them; empty where there are none."""
    if not (found := _PASTED.fullmatch(text)):
        return "", ""
    host = found["bracketed"] or found["host"] or found["address"] or ""
    return (host, found["port"] or "") if is_host(host) else ("", "")


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


def a_label_form(text: str) -> str:
    """Return a name that a server shows in lower case, as A-labels, without final dot.

    Labels that IDNA 2008 does not know, and what no name has at all, stay as they are: nobody's name of ours.
    """

    def encoded(label: str) -> str:
        try:
            return label if label.isascii() else _a_labels(label)
        except ValueError:
            return label

    return ".".join(map(encoded, text.lower().removesuffix(".").split(".")))


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
