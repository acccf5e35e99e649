"""What is wrong with a name, in words for the person who wrote it."""

import re
from collections.abc import Callable

from xmpp_federation_dns import names
from xmpp_federation_dns.records import owner_name


def canonical(form: Callable[[str], str], name: str) -> str:
    """Return *name* in canonical *form*, or nothing where it is not valid."""
    try:
        return form(name)
    except ValueError:
        return ""


def domain_fault(text: str) -> str | None:
    """Return what is wrong with a SIP domain, with a hint at what was meant."""
    if "://" in text:
        return f"is a URL; write the domain alone{_such_as(re.sub(r'^.*://|[:/].*$', '', text))}"
    if text.lower().startswith(("sip:", "sips:", "xmpp:")):
        return f"is a URI; write the domain alone{_such_as(re.split('[:@]', text)[-1])}"
    if "@" in text:
        return f"is the address of a user; write the domain alone{_such_as(text.rpartition('@')[2])}"
    if text.startswith("*."):
        return f"is a wildcard; list every SIP domain{_such_as(text[2:])}"
    if text.startswith("_"):
        return f"is the owner of a record; write the SIP domain{_such_as(re.sub(r'^(_[^.]*[.])+', '', text))}"
    if _is_address(text):
        return "is an IP address; a SIP domain is a name, such as contoso.com"
    try:
        name = names.full_name(text)
    except ValueError as error:
        inside, _ = pasted_name(text)
        return f"is not a host name; write '{inside}'" if inside else f"is not a host name: {error}"
    if "." not in name:
        return "has one label; a SIP domain has at least two, such as contoso.com"
    if len(owner := owner_name(name)) > names.MAX_NAME:
        return (
            f"is too long: with _xmpp-server._tcp. in front it has {len(owner)} characters, "
            f"more than {names.MAX_NAME}"
        )
    return None


def target_fault(text: str) -> str | None:
    """Return what is wrong with the absolute name of a target."""
    if _is_address(text):
        return "is an IP address; a target is a name, and its addresses are A and AAAA records (ipv4, ipv6)"
    try:
        name = names.full_name(text)
    except ValueError as error:
        inside, port = pasted_name(text)
        if not inside:
            return f"is not a host name: {error}"
        return f"is not a host name; write '{inside}'" + (f" and port: {port}" if port else "")
    if name == "localhost" or name.endswith(".localhost"):
        return "is the peer's own machine; name the host that peers reach"
    if "." not in name:
        return "has one label; write the target in full, or its label as host"
    return None


def host_fault(text: str) -> str | None:
    """Return what is wrong with the labels of a host below a SIP domain."""
    if text == "@":
        return None
    if _is_address(text):
        return "is an IP address; a host is a label such as 'xmpp', and its addresses stand in ipv4 and ipv6"
    try:
        name = names.host_name(text)
    except ValueError as error:
        return f"is not a host label: {error}"
    if text.endswith("."):
        return f"has a final dot, but a host is relative to the SIP domain; write '{name}', or target in full"
    return None


def pasted_name(text: str) -> tuple[str, str]:
    """Return host name and port of *text* where more stands around them; empty where there are none."""
    host, port = names.pasted(text)
    return ("", "") if names.is_address(host) else (host, port)


def _is_address(text: str) -> bool:
    literal = text.removesuffix(".").strip("[]")
    if ":" not in literal and not literal[-1:].isdigit():
        return False
    return names.is_address(literal)


def _such_as(rest: str) -> str:
    name = canonical(names.host_name, rest)
    return f", '{name}'" if name else ""
