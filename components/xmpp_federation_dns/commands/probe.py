"""The command `probe`."""

from pathlib import Path
from typing import Annotated

import typer

from xmpp_federation_dns import names
from xmpp_federation_dns.commands.terminal import cannot
from xmpp_federation_dns.commands.verdicts import Form, Source, endpoint, read_expected, run_proof
from xmpp_federation_dns.problems import described


def probe(
    source: Source,
    ca_file: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="Trusted roots in PEM, in place of those of the system."),
    ] = None,
    from_inside: Annotated[
        bool,
        typer.Option("--from-inside", help="Behind the servers' own firewall or NAT: errors are warnings."),
    ] = False,
    from_domain: Annotated[
        str | None,
        typer.Option(
            "--from", metavar="DOMAIN", help="The XMPP domain that asks; by default one that nobody has."
        ),
    ] = None,
    resolver: Annotated[
        list[str] | None,
        typer.Option(
            metavar="ADDRESS[:PORT]",
            help="Ask this resolver for TLSA and CAA records, and for targets published elsewhere; may be repeated.",
        ),
    ] = None,
    trust_anchor: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE", help="DS or DNSKEY records to validate from, in place of those of the root zone."
        ),
    ] = None,
    timeout: Annotated[float, typer.Option(min=0.1, max=600, help="Seconds for each contact.")] = 10,
    concurrency: Annotated[int, typer.Option(min=1, max=1000, help="Contacts at a time.")] = 100,
    form: Form = "text",
) -> None:
    """Connect to every server as a peer would: stream, STARTTLS, certificate; nothing is sent to anybody.

    Exit status: 0 proven, 1 not, 2 it could not be asked.

    After an update: `pulumi stack output records --json | xmpp-federation-dns probe -`

    Behind the same firewall: `xmpp-federation-dns probe production --from-inside`
    """
    from xmpp_federation_dns.proof.xmpp import probe as over_xmpp

    expected = read_expected(source)
    asked_by = over_xmpp.ORIGIN if from_domain is None else _domain(from_domain)
    resolvers = tuple(map(endpoint, resolver or ()))
    options = over_xmpp.ProbeOptions(
        timeout, ca_file, from_inside, concurrency, asked_by, resolvers, trust_anchor
    )
    run_proof(
        "probe", "probed", expected, form, lambda progress: over_xmpp.probe(expected, options, progress)
    )


def _domain(text: str) -> str:
    try:
        return names.host_name(text)
    except ValueError as error:
        raise cannot(f"--from {described(text)}: {error}") from None
