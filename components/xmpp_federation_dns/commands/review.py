"""The command `review`."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, cast

import typer

from xmpp_federation_dns.changes import listed
from xmpp_federation_dns.commands.reports import Form, Report, Row, Severity, by_severity, print_report
from xmpp_federation_dns.commands.stack import read_plan, read_zones
from xmpp_federation_dns.commands.terminal import ERRORS, IMPOSSIBLE, cannot
from xmpp_federation_dns.configuration.check import stacks
from xmpp_federation_dns.problems import printable

if TYPE_CHECKING:
    from xmpp_federation_dns.backends import Zone
    from xmpp_federation_dns.backends.client import Right
    from xmpp_federation_dns.live.readings import Reading
    from xmpp_federation_dns.live.review import Review
    from xmpp_federation_dns.live.taken import Taken


def review(
    plan: Annotated[
        str,
        typer.Argument(
            metavar="PLAN", help="The output of `pulumi preview --json`: a file, or `-` for standard input."
        ),
    ],
    allow: Annotated[
        int | None,
        typer.Option(
            min=1,
            metavar="N",
            help="Let through a plan that takes federation, or a target, from just N SIP domains.",
        ),
    ] = None,
    stack: Annotated[
        str | None,
        typer.Option(
            metavar="STACK",
            help="Look into the zones of this stack, too: is a name that the plan creates taken, or a zone locked?",
            autocompletion=stacks,
        ),
    ] = None,
    form: Form = "text",
) -> None:
    """Show what an update does to what peers see, and refuse what takes away too much.

    Refused: more than 3 SIP domains and 10 % of them lose federation, or all of a zone that has more than 3; more
    than 3 and 30 % lose a target; a record set that one resource lets go of and another creates in the same update.

    Exit status: 0 as wanted, 1 refused, 2 it could not be reviewed.

    Before an update: `pulumi preview --json | xmpp-federation-dns review -`

    For a pull request: `xmpp-federation-dns review plan.json --format markdown`

    With the zones as they are now: `xmpp-federation-dns review plan.json --stack production`
    """
    from xmpp_federation_dns.live import preview
    from xmpp_federation_dns.live.review import is_refused
    from xmpp_federation_dns.live.review import review as reviewed
    from xmpp_federation_dns.live.taken import taken

    try:
        found = reviewed(preview.read(_text(plan, preview.MAX_SIZE), _name(plan)))
    except preview.PlanError as error:
        raise cannot(str(error)) from None
    if found.judgement.reasons and found.unseen:
        raise cannot(
            f"{_name(plan)}: the plan leaves out {found.unseen:,} resources that stay as they are, so that what it "
            "takes away has no measure; make it by `pulumi preview --json --show-sames`"
        )
    readings: list[Reading] = []
    faults: list[str] = []
    stops: list[tuple[Zone, Right]] = []
    if stack is not None:
        wanted = read_plan(stack)
        readings = read_zones("review", wanted, stops=True)
        faults = [reading.fault for reading in readings if reading.fault]
        own = {f"{each.name} {each.type}" for each in wanted.homes}
        if others := sorted(found.created.keys() - own):
            told = f"the plan creates {listed(others)}, of which this stack has nothing"
            faults.append(f"--stack {printable(stack)}: {told}: is it the plan of another one?")
        stops = [(reading.zone, right) for reading in readings for right in reading.stops]
    in_the_way = list(taken(readings, found.created))
    print_report(_report(found, in_the_way, stops, allow, faults), form)
    if is_refused(found, allow) or in_the_way or stops:
        raise typer.Exit(ERRORS)
    if faults:
        raise typer.Exit(IMPOSSIBLE)


def _report(
    found: "Review",
    in_the_way: "list[Taken]",
    stops: "list[tuple[Zone, Right]]",
    allow: int | None,
    faults: list[str],
) -> Report:
    from xmpp_federation_dns.live import wording

    rows = [Row(cast("Severity", severity), cells) for severity, cells in wording.cells(found)]
    rows += [
        Row("error", (each.key, "taken", each.found, str(each.wanted), each.text)) for each in in_the_way
    ]
    rows += [
        Row("error", (f"zone {zone.name}", right.state, right.name, "", right.note)) for zone, right in stops
    ]
    lines = wording.summary(found, allow)
    lines += [f"- Cost, zone {zone}: {cost}." for zone, cost in found.costs.items()]
    if in_the_way:
        lines.append(f"- Taken: {len(in_the_way):,} of the names that are created hold something already.")
    columns = ("SIP domain", "change", "before", "after", "danger")
    title = "XMPP federation: what this update does to what peers see"
    data = {
        **_data(found, in_the_way, allow),
        "stopped": [{"zone": zone.name, **right._asdict()} for zone, right in stops],
        "faults": faults,
    }
    return Report(title, "\n".join(lines), columns, by_severity(rows), data, faults)


def _data(found: "Review", in_the_way: "list[Taken]", allow: int | None) -> dict[str, Any]:
    """Return the same for programs."""
    sides = {
        fate.domain: [
            {key: {"ttl": each.ttl, "values": list(each.values)} for key, each in side.record_sets.items()}
            for side in (fate.before, fate.after)
        ]
        for fate in found.fates
    }
    judgement = found.judgement
    return {
        "guard": {
            "lost": list(judgement.lost),
            "moved": list(judgement.moved),
            "reasons": list(judgement.reasons),
            "number": judgement.number,
            "refused": judgement.refuses(allow),
        },
        "domains": [
            {
                "name": fate.domain,
                "change": fate.change,
                "what": list(fate.what),
                "before": sides[fate.domain][0],
                "after": sides[fate.domain][1],
                "dangers": [
                    {"severity": each.severity, "text": each.text, "wayOut": each.way_out}
                    for each in fate.risks
                ],
            }
            for fate in found.fates
        ],
        "costs": [
            {"zone": zone, "text": cost.text, "seconds": round(cost.seconds)}
            for zone, cost in found.costs.items()
        ],
        "taken": [
            {"recordSet": each.key, "wanted": str(each.wanted), "found": each.found, "text": each.text}
            for each in in_the_way
        ],
    }


def _text(plan: str, most: int) -> bytes:
    """Return what PLAN holds; end the command where it cannot be read."""
    try:
        if plan == "-":
            return sys.stdin.buffer.read(most + 1)
        with Path(plan).open("rb") as file:
            return file.read(most + 1)
    except OSError as error:
        raise cannot(f"{_name(plan)}: {error.strerror}") from None


def _name(plan: str) -> str:
    return "standard input" if plan == "-" else printable(plan) or "''"
