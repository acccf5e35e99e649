"""Findings about somebody else's domain, in sentences that can be sent to its administrator. Pure.

Checks give a way out as what is to be done; here it says who is to do it. What speaks of a configuration, which a
partner does not show us, is said without.
"""

from dataclasses import replace

from xmpp_federation_dns import names
from xmpp_federation_dns.proof.dns.agreement import AGAIN, DISAGREE
from xmpp_federation_dns.proof.report import Finding

_INSTEAD = {
    ("C7", "sign the zone anew; `verify` tells more (V15)"): "sign the zone anew (V15 tells more)",
    ("V2", "have it delegated at the registrar, correct its name, or give a private one nameservers"): (
        "have it delegated at the registrar"
    ),
    ("V5", AGAIN): "delete one or the other",
    ("V6", f"delete it, then {AGAIN}"): "publish the SRV records themselves in its place",
    ("V12", DISAGREE[1]): "see why the zone transfer fails, if it takes longer than minutes",
    ("V12", "wait for the zone transfer"): "see why the zone transfer fails, if it takes longer than minutes",
    ("V13", AGAIN): "give all of them one TTL",
    ("V13", DISAGREE[1]): "see why the zone transfer fails, if it takes longer than minutes",
    ("V13", "change srvTtl or addressTtl"): "publish a sensible one",
    (
        "C5",
        "use a certificate of a public CA and send its whole chain; a CA of your own goes into --ca-file",
    ): (
        "use a certificate of a public CA and send its whole chain (where you trust their CA, name it with --ca-file)"
    ),
}
"""Ways out of what has no configuration here, by check and by what they were."""

_HERE = (
    "ask again where IPv6 works",
    "correct its name",
    "its own delegation is followed",
    "run the probe from ",
    "name a resolver",
)
"""How ways out begin that whoever asks is to go, beside those of what could not be asked."""

_COMPARED = {f"V{number}" for number in range(3, 14)}
"""Checks that compare with what was to be published, which here is what was seen."""


def for_partner(finding: Finding, domain: str) -> Finding:
    """Return *finding*, of a partner's *domain*, with a way out that says who is to do it."""
    way_out = _INSTEAD.get((finding.check, finding.way_out), finding.way_out)
    # What C12 says is about both sides, and names them.
    here = finding.check == "C12" or way_out.startswith(_HERE) or way_out.endswith("out of those to ask")
    if here or finding.severity == "unknown":
        way_out = way_out.replace(" or nameservers of the zone", "").replace(" or nameservers", "")
        way_out = way_out.replace(", with --nameserver", " with --nameserver")
    elif way_out:
        way_out = f"ask the administrator of {names.unicode_form(domain)} to {way_out}"
    return replace(finding, way_out=way_out, expected="" if finding.check in _COMPARED else finding.expected)
