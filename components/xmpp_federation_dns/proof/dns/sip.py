"""The check of the Access Edge in the profile `lync`: V20, XMPP goes where SIP goes."""

from collections.abc import Iterator

from xmpp_federation_dns.federation import Federation
from xmpp_federation_dns.proof.dns.questions import FAMILIES, Answers, Question, targets
from xmpp_federation_dns.proof.report import Finding, Subject

SIP_PORT = 5061
"""TCP port of SIP federation over TLS."""
MOST_TARGETS = 4
"""Targets of SIP federation that are looked at; a server may send thousands."""


def question(expected: Federation) -> list[Question]:
    """Return what one server is asked in the profile `lync`: where SIP federation goes."""
    return [_service(expected)] if expected.profile == "lync" else []


def further(expected: Federation, answers: Answers) -> list[Question]:
    """Return what one server is asked in addition: the addresses of the targets of SIP federation."""
    found = [Question(target, kind) for target in _targets(expected, answers) for kind in FAMILIES]
    return [each for each in found if not answers.all(each)]


def sip(expected: Federation, answers: Answers) -> Iterator[Finding]:
    """Yield that no target of XMPP has the addresses of the Access Edge, where these are published.

    XMPP federation of Lync and Skype for Business runs on the Access Edge, whose addresses `xmpp.<SIP domain>` gets
    in the guide to setting it up.
    """
    edges = {target: _addresses(target, answers) for target in _targets(expected, answers)}
    edges = {target: addresses for target, addresses in edges.items() if any(addresses.values())}
    own = {target: _addresses(target, answers) for target in targets(expected)}
    own = {target: addresses for target, addresses in own.items() if any(addresses.values())}
    if not (edges and own) or any(_agree(a, b) for a in edges.values() for b in own.values()):
        return
    service = _service(expected).name
    text = f"the Access Edge that {service} leads to has other addresses, and XMPP federation runs there"
    way_out = "publish the same addresses for both; the last step is `Test-CsXmppIM`, end to end through the gateway"
    seen = {target: _text(addresses) for target, addresses in own.items()}
    wanted = "; ".join(f"{_text(addresses)} of {target}" for target, addresses in edges.items())
    yield Finding("V20", "warning", Subject(next(iter(own))), text, way_out, wanted, seen)


def _service(expected: Federation) -> Question:
    return Question(f"_sipfederationtls._tcp.{expected.domain}", "SRV")


def _targets(expected: Federation, answers: Answers) -> list[str]:
    found: dict[str, None] = {}
    for values in answers.values(_service(expected)).values():
        for value in values:
            _, _, port, target = value.split()
            name = target.removesuffix(".")
            if int(port) == SIP_PORT and name and "\\" not in name:
                found[name] = None
    return [*found][:MOST_TARGETS]


def _addresses(target: str, answers: Answers) -> dict[str, set[str]]:
    """Return the addresses of a name by family."""
    return {kind: set[str]().union(*answers.values(Question(target, kind)).values()) for kind in FAMILIES}


def _agree(one: dict[str, set[str]], other: dict[str, set[str]]) -> bool:
    """Tell whether the addresses are the same, in those families that both have."""
    common = [kind for kind in FAMILIES if one[kind] and other[kind]]
    return bool(common) and all(one[kind] == other[kind] for kind in common)


def _text(addresses: dict[str, set[str]]) -> str:
    return ", ".join(address for kind in FAMILIES for address in sorted(addresses[kind]))
