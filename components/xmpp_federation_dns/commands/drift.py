"""The command `drift`."""

import asyncio
import time
from collections import Counter
from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from xmpp_federation_dns import endpoints
from xmpp_federation_dns.commands.progress import progress
from xmpp_federation_dns.commands.reports import Report, Row, print_report
from xmpp_federation_dns.commands.stack import Stack, read_plan, read_zones
from xmpp_federation_dns.commands.terminal import ERRORS, IMPOSSIBLE, cannot, print_error
from xmpp_federation_dns.commands.verdicts import Nameservers, endpoint

if TYPE_CHECKING:
    from xmpp_federation_dns.configuration.plan import Plan
    from xmpp_federation_dns.live.drift import Drift
    from xmpp_federation_dns.proof.report import Verdict

Format = Literal["text", "json", "markdown", "github", "prometheus"]


def drift(
    stack: Stack,
    dns: Annotated[
        bool, typer.Option("--dns/--no-dns", help="Ask the name servers of the zones too, as `verify` does.")
    ] = True,
    nameserver: Nameservers = None,
    everything: Annotated[bool, typer.Option("--all", help="Show what is in order, too.")] = False,
    rights: Annotated[
        bool, typer.Option("--rights", help="Print what this command has to be allowed, and do nothing else.")
    ] = False,
    form: Annotated[
        Format,
        typer.Option(
            "--format",
            help="`markdown` for an issue, `github` annotates a workflow run, `prometheus` for the textfile collector.",
        ),
    ] = "text",
) -> None:
    """Compare a stack file with what its providers have and what its name servers say, and change nothing.

    No state and no engine: it reads by the credentials of the providers, of which those of an SDK are taken from the
    environment, and the secret of TSIG keys from the variable `TSIG_SECRET`.

    Exit status: 0 all in order, 1 something is not, 2 something could not be read.

    Every night: `TSIG_SECRET=$(pulumi config get xmpp-federation-dns:tsigSecret) xmpp-federation-dns drift production`
    """
    from xmpp_federation_dns.live.drift import as_metrics, compared

    plan = read_plan(stack)
    if rights:
        _print_rights(plan)
        return
    servers = tuple(map(endpoint, nameserver or ()))
    readings = read_zones("drift", plan)
    drifts = compared(readings, plan.federations, _asked(plan, servers) if dns else [])
    faults = [reading.fault for reading in readings if reading.fault]
    if form == "prometheus":
        typer.echo(as_metrics(drifts, readings, time.time()))
        for fault in faults:
            print_error(fault)
    else:
        print_report(_report(drifts, faults, everything=everything), form)
    states = {each.state for each in drifts}
    if faults or "unknown" in states:
        raise typer.Exit(IMPOSSIBLE)
    if states - {"in order"}:
        raise typer.Exit(ERRORS)


def _asked(plan: "Plan", servers: tuple[endpoints.Endpoint, ...]) -> "list[Verdict]":
    """Return what the name servers say; once, since nothing was published that they would have to take over."""
    from xmpp_federation_dns.proof.dns.verify import VerifyOptions, verify
    from xmpp_federation_dns.proof.report import NoResolverError

    options = VerifyOptions(servers, timeout=1.0)
    expected = sorted(plan.federations, key=lambda federation: federation.domain)
    with progress("drift", "SIP domains asked about", len(expected)) as done:
        try:
            return asyncio.run(verify(expected, options, done))
        except NoResolverError as error:
            raise cannot(f"{error}; --no-dns leaves the name servers out") from None


def _report(drifts: "Sequence[Drift]", faults: Sequence[str], *, everything: bool) -> Report:
    from xmpp_federation_dns.live.drift import NEXT, STATES

    counts = Counter(each.state for each in drifts)
    told = [f"{counts[state]:,} {state}" for state in STATES if counts[state]]
    noun = "record set" if len(drifts) == 1 else "record sets"
    rows = [
        Row(
            "info" if each.state == "in order" else "warning" if each.state == "unknown" else "error",
            (
                each.zone,
                each.key,
                each.state,
                str(each.wanted),
                str(each.found or ""),
                "\n".join(filter(None, [NEXT[each.state], *each.said])),
            ),
        )
        for each in drifts
        if everything or each.state != "in order"
    ]
    data = [
        {
            "zone": each.zone,
            "provider": each.provider,
            "recordSet": each.key,
            "state": each.state,
            "wanted": str(each.wanted),
            "found": None if each.found is None else str(each.found),
            "servers": list(each.said),
            "next": NEXT[each.state],
        }
        for each in drifts
    ]
    columns = ("Zone", "Record set", "State", "Wanted", "At the provider", "Next")
    return Report(
        "XMPP federation: drift", f"{len(drifts):,} {noun}: {', '.join(told)}", columns, rows, data, faults
    )


def _print_rights(plan: "Plan") -> None:
    for zone in plan.zones:
        typer.echo(f"{zone.name} ({zone.provider}):")
        for right in zone.rights_to_read:
            typer.echo(f"  {right}")
