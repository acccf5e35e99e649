"""The command `access`."""

import os
from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import TYPE_CHECKING, Annotated

import typer

from xmpp_federation_dns.commands.progress import progress
from xmpp_federation_dns.commands.reports import Form, Report, Row, Severity, print_report
from xmpp_federation_dns.commands.stack import Stack, read_plan
from xmpp_federation_dns.commands.terminal import ERRORS, IMPOSSIBLE
from xmpp_federation_dns.problems import TSIG_SECRET

if TYPE_CHECKING:
    from xmpp_federation_dns.backends.client import Right
    from xmpp_federation_dns.live.access import Access

STATES = ("allowed", "missing", "in the way", "not known")
_SEVERITIES: dict[str, Severity] = {"allowed": "info", "not known": "warning"}


def access(
    stack: Stack,
    everything: Annotated[bool, typer.Option("--all", help="Show what is allowed, too.")] = False,
    form: Form = "text",
) -> None:
    """Ask the providers of a stack whether an update may change what it will want to, and change nothing.

    By calls that read, with the credentials of the environment and the variable `TSIG_SECRET`, as for `drift`: roles
    and locks of Azure, permissions of Google Cloud, policies of a token of Cloudflare, a simulation by IAM of AWS, a
    message that updates nothing with the TSIG key. What is missing goes by its name at the provider.

    Exit status: 0 all is allowed, 1 something is not, 2 something could not be found out.

    Before an update: `xmpp-federation-dns access production`
    """
    from xmpp_federation_dns.live.access import looked_at

    plan = read_plan(stack)
    zones = {zone.name for zone in plan.homes.values()}
    with progress("access", "zones asked for", len(zones)) as done:
        found = looked_at(plan, os.environ.get(TSIG_SECRET), done)
    report = _report(found, everything=everything)
    print_report(report, form)
    states = {right.state for each in found for right in each.rights}
    if report.faults or "not known" in states:
        raise typer.Exit(IMPOSSIBLE)
    if states - {"allowed"}:
        raise typer.Exit(ERRORS)


def _report(found: "Sequence[Access]", *, everything: bool) -> Report:
    counts = Counter(right.state for each in found for right in each.rights)
    told = [f"{counts[state]:,} {state}" for state in STATES if counts[state]]
    faults = [each.fault for each in found if each.fault]
    if faults:
        told.append(f"{len(faults):,} could not be asked")
    zones = "1 zone" if len(found) == 1 else f"{len(found):,} zones"
    rows = [
        Row(
            _SEVERITIES.get(right.state, "error"),
            (each.zone.name, each.zone.provider, ", ".join(names), right.state, right.note),
        )
        for each in found
        for names, right in _with_one_reason(each.rights)
        if everything or right.state != "allowed"
    ]
    data = [
        {"zone": each.zone.name, "provider": each.zone.provider, "fault": each.fault or None}
        | {"rights": [right._asdict() for right in each.rights]}
        for each in found
    ]
    columns = ("Zone", "Provider", "Right", "State", "Note")
    return Report(
        "XMPP federation: access",
        f"{zones}: {', '.join(told or ['nothing to ask for'])}",
        columns,
        rows,
        data,
        faults,
    )


def _with_one_reason(rights: "Sequence[Right]") -> Iterator[tuple[list[str], "Right"]]:
    """Yield each right with its name; those that are not known for one and the same reason together, with the first."""
    for (state, note), group in groupby(rights, lambda right: (right.state, right.note)):
        same = list(group)
        if state == "not known" and note:
            yield [right.name for right in same], same[0]
        else:
            yield from (([right.name], right) for right in same)
