"""The command `verify`."""

from typing import Annotated

import typer

from xmpp_federation_dns.commands.verdicts import (
    Baseline,
    Form,
    Nameservers,
    Source,
    endpoint,
    read_expected,
    run_proof,
)


def verify(
    source: Source,
    nameserver: Nameservers = None,
    resolver: Annotated[
        list[str] | None,
        typer.Option(
            metavar="ADDRESS[:PORT]", help="Ask this recursive resolver too (V14); may be repeated."
        ),
    ] = None,
    timeout: Annotated[
        float, typer.Option(min=0.1, max=86_400, help="Seconds to wait until all name servers agree.")
    ] = 120,
    rate: Annotated[int, typer.Option(min=1, help="Questions per second and server, at most.")] = 5000,
    form: Form = "text",
    baseline: Baseline = None,
) -> None:
    """Ask every name server of every zone whether it says what was published.

    Exit status: 0 proven, 1 not, 2 it could not be asked.

    After an update: `pulumi stack output records --json | xmpp-federation-dns verify -`

    From a stack file, and what caches still say: `xmpp-federation-dns verify production --resolver 9.9.9.9`
    """
    from xmpp_federation_dns.proof.dns import verify as over_dns

    expected = read_expected(source)
    options = over_dns.VerifyOptions(
        tuple(map(endpoint, nameserver or ())), tuple(map(endpoint, resolver or ())), timeout, rate
    )
    run_proof(
        "verify",
        "proven",
        expected,
        form,
        lambda steps: over_dns.verify(expected, options, steps, steps.waits_for),
        baseline,
    )
