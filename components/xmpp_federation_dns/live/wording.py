"""What becomes of SIP domains, in words. Pure."""

from collections.abc import Iterator, Mapping

from xmpp_federation_dns.changes import Content, listed
from xmpp_federation_dns.live.preview import PENDING
from xmpp_federation_dns.live.review import Change, Review, is_refused

_VERBS: dict[Change, tuple[str, str]] = {
    "loses federation": ("loses federation", "lose federation"),
    "left in the zone": (
        "is left in its zone without a resource",
        "are left in their zones without a resource",
    ),
    "added": ("is added", "are added"),
    "changed": ("changes", "change"),
    "moved": ("moves", "move"),
}
"""What becomes of one SIP domain and of several; what matters most comes first."""


def summary(found: Review, allowed: int | None) -> list[str]:
    """Return what matters most, a line each: what becomes of SIP domains, dangers, and the word of the guard."""
    refused = "Refused. " if is_refused(found, allowed) else ""
    lines = [f"{refused}{_counted(found)}."]
    for danger, domains in found.risks.items():
        lines.append(
            f"- {len(domains):,} {_noun(len(domains))} {danger.text} ({listed(domains)}). {danger.way_out}."
        )
    if reasons := "; ".join(found.judgement.reasons):
        number = found.judgement.number
        lines.append(
            f"- Let through by --allow {number}: {reasons}."
            if allowed == number
            else f"- Refused: {reasons}. If that is meant, --allow {number} lets this plan through."
        )
    return lines


def _counted(found: Review) -> str:
    stay = len(found.of("unchanged"))
    counts = [(len(found.of(change)), verbs) for change, verbs in _VERBS.items() if found.of(change)]
    if not counts:
        return (
            f"Nothing changes for peers: {stay:,} {_noun(stay)} as before"
            if stay
            else "Nothing changes for peers"
        )
    (first, verbs), *others = counts
    parts = [f"{first:,} {_noun(first)} {verbs[first > 1]}"]
    parts += [f"{number:,} {verbs[number > 1]}" for number, verbs in others]
    if stay:
        parts.append(f"{stay:,} {'stay as they are' if stay > 1 else 'stays as it is'}")
    return ", ".join(parts)


def _noun(number: int) -> str:
    return "SIP domain" if number == 1 else "SIP domains"


def servers(record_sets: Mapping[str, Content]) -> str:
    """Return the servers with their addresses, and TTLs in seconds, a line each; then names that no server has."""
    pointed: set[str] = set()
    lines: list[str] = []
    for key, content in record_sets.items():
        if key.endswith(" SRV"):
            for value in content.values:
                name, text = _server(value)
                own = [each for each in (f"{name} A", f"{name} AAAA") if each in record_sets]
                pointed.update(own)
                lines.append(f"{text}{_ttl(content)}{_addresses(record_sets, own)}")
    lines += [
        f"{key}{_addresses(record_sets, [key])}"
        for key in record_sets
        if key not in pointed and not key.endswith(" SRV")
    ]
    return "\n".join(lines)


def _server(value: str) -> tuple[str, str]:
    """Return the name of a server, and the text for it."""
    if value in PENDING:
        return "", PENDING[value]
    priority, weight, port, target = value.split()
    name = target.removesuffix(".")
    rank = "" if (priority, weight) == ("0", "0") else f" (priority {priority}, weight {weight})"
    return name, f"{name}:{port}{rank}" if name else "no service"


def _addresses(record_sets: Mapping[str, Content], keys: list[str]) -> str:
    by_ttl: dict[str, list[str]] = {}
    for each in map(record_sets.__getitem__, keys):
        by_ttl.setdefault(_ttl(each), []).extend(PENDING.get(value, value) for value in each.values)
    return "".join(f"; {', '.join(values)}{ttl}" for ttl, values in by_ttl.items())


def _ttl(content: Content) -> str:
    return f" (TTL {content.ttl})" if content.ttl else ""


def cells(found: Review) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Yield severity and cells of a row for each SIP domain with which something happens, worst first."""
    refused = bool(found.judgement.reasons)
    severities = {"loses federation": "error" if refused else "warning", "left in the zone": "warning"}
    for fate in found.fates:
        if fate.change == "unchanged" and not fate.risks:
            continue
        worst = min((danger.severity for danger in fate.risks), default=severities.get(fate.change, "notice"))
        change = f"{fate.change}: {', '.join(fate.what)}" if fate.what else fate.change
        risks = "\n".join(danger.text for danger in fate.risks)
        yield (
            worst,
            (fate.domain, change, servers(fate.before.record_sets), servers(fate.after.record_sets), risks),
        )
