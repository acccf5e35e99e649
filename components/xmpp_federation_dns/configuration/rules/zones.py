"""Rules about zones: which holds a name, and how it is reached."""

from collections.abc import Iterator, Sequence

from xmpp_federation_dns import names
from xmpp_federation_dns.configuration.rules.view import View, named, rule, warning
from xmpp_federation_dns.faults import pasted_name
from xmpp_federation_dns.problems import ENCRYPT, Problem, StackSecret, Unknown, described, is_no_base64


@rule("P3", source="RFC 1034 §4.2", example="zones: [{provider: aws, name: corp.example.net}]")
def closest_zones(view: View) -> Iterator[Problem]:
    """Every name to be published lies in one of the zones; the closest enclosing one holds it."""
    if not view.knows_zones:
        return
    there = f"in none of the zones {_listed(list(view.zones))}"
    for entry in view.entries:
        if entry.name and view.zone_of(entry.owner) is None:
            yield Problem((*entry.path, "name"), f"{named(entry.domain.name)} lies {there}")
            continue
        for target, pool in entry.targets:
            relative = pool.target is None and pool.manage_addresses
            if relative and view.zone_of(target) is None:
                text = f"{named(entry.domain.name)} has the target {named(target)}, which lies {there}"
                yield Problem((*entry.path, "name"), text)
    for pool in view.pools:
        target = pool.target
        managed = target is not None and pool.label and pool.manage_addresses
        if managed and view.zone_of(pool.label) is None:
            yield Problem(
                (*pool.path, "target"),
                f"{named(str(target))} lies {there} (manageAddresses: false where its addresses are published "
                "elsewhere)",
            )


@rule("P16", source="RFC 1035 §2.3.4", example="zones: [{provider: aws, name: contoso..com}]")
def zone_names(view: View) -> Iterator[Problem]:
    """A zone has a valid name."""
    for position, zone in enumerate(view.args.zones):
        try:
            names.zone_name(zone.name)
        except ValueError as error:
            hint = pasted_name(zone.name)[0] or pasted_name(zone.name.rpartition("/")[2])[0]
            text = f"is not a zone name; write '{hint}'" if hint else f"is not a zone name: {error}"
            yield Problem(("zones", position, "name"), f"{described(zone.name)} {text}")


@rule(
    "P17",
    source="RFC 2136, RFC 8945",
    example="zones: [{provider: rfc2136, name: contoso.com, server: 192.0.2.53, tsigKeyName: pulumi}]",
)
def dynamic_updates(view: View) -> Iterator[Problem]:
    """Dynamic updates are signed, by a key that has a name and a secret."""
    common = view.args.tsig_secret
    is_there = common is not None and not isinstance(common, Unknown)
    signed = any(zone.signed_by(common) is not zone for zone in view.args.zones)
    if is_there and view.knows_zones and not signed:
        yield Problem(
            ("tsigSecret",), "no zone of provider rfc2136 names the key of this secret in tsigKeyName"
        )
    if is_no_base64(common):
        yield Problem(("tsigSecret",), "the secret is not base64")
    if isinstance(common, StackSecret) and not common.encrypted:
        yield warning(("tsigSecret",), f"the secret stands in plain text in the stack file: {ENCRYPT}")


@rule(
    "P25",
    source="Route 53 API reference, AWS IAM identifiers; Azure Resource Manager, naming rules; Cloudflare API; "
    "Resource Manager of Google Cloud, Cloud DNS API; octoDNS, constructors of providers; RFC 1123 §2.1, RFC 8945",
    example="zones: [{provider: aws, name: contoso.com, zoneId: contoso.com}]",
)
def forms(view: View) -> Iterator[Problem]:
    """The options of a zone have the form that its provider knows: ids, projects, servers, ports, keys, classes."""
    for position, zone in enumerate(view.args.zones):
        for problem in zone.problems(view.args.tsig_secret):
            yield problem.at(("zones", position, *problem.path))


@rule(
    "P18",
    source="design of this component",
    example="zones: [{provider: aws, name: contoso.com}, {provider: aws, name: fabrikam.com}]",
)
def unused_zones(view: View) -> Iterator[Problem]:
    """Every zone holds something."""
    if not view.entries or not view.knows_names:
        return
    used = {view.zone_of(entry.owner) for entry in view.entries}
    used |= {view.zone_of(target) for entry in view.entries for target, _ in entry.targets}
    for name, position in view.zones.items():
        if name not in used:
            yield warning(("zones", position), f"no record falls into the zone {name}")


def _listed(zones: Sequence[str], most: int = 8) -> str:
    more = f" and {len(zones) - most} more" if len(zones) > most else ""
    return ", ".join(zones[:most]) + more
