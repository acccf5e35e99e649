"""The command `probe`."""

from typing import Annotated

import typer

from xmpp_federation_dns import names
from xmpp_federation_dns.commands.certificates import (
    CaFile,
    CertificateFile,
    FromDomain,
    KeyFile,
    TrustAnchor,
    asking,
    client_certificate,
)
from xmpp_federation_dns.commands.terminal import cannot
from xmpp_federation_dns.commands.verdicts import Baseline, Form, Source, endpoint, read_expected, run_proof
from xmpp_federation_dns.endpoints import Endpoint, parse_endpoint
from xmpp_federation_dns.problems import printable


def probe(
    source: Source,
    ca_file: CaFile = None,
    from_inside: Annotated[
        bool,
        typer.Option("--from-inside", help="Behind the servers' own firewall or NAT: errors are warnings."),
    ] = False,
    from_domain: FromDomain = None,
    certificate: CertificateFile = None,
    key: KeyFile = None,
    address: Annotated[
        list[str] | None,
        typer.Option(
            metavar="ADDRESS[:PORT]",
            help="Contact this server for all SIP domains, in place of what SOURCE names, before DNS does (C15); "
            "may be repeated.",
        ),
    ] = None,
    resolver: Annotated[
        list[str] | None,
        typer.Option(
            metavar="ADDRESS[:PORT]",
            help="Ask this resolver for TLSA and CAA records, and for targets published elsewhere; may be repeated.",
        ),
    ] = None,
    trust_anchor: TrustAnchor = None,
    timeout: Annotated[float, typer.Option(min=0.1, max=600, help="Seconds for each contact.")] = 10,
    concurrency: Annotated[int, typer.Option(min=1, max=1000, help="Contacts at a time.")] = 100,
    form: Form = "text",
    baseline: Baseline = None,
) -> None:
    """Connect to every server as a peer would: stream, STARTTLS, certificate; no user gets anything.

    Exit status: 0 proven, 1 not, 2 it could not be asked.

    After an update: `pulumi stack output records --json | xmpp-federation-dns probe -`

    Behind the same firewall: `xmpp-federation-dns probe production --from-inside`

    Before DNS says it: `xmpp-federation-dns probe production --address 131.107.155.10`

    As a partner, to an XMPP ping: `xmpp-federation-dns probe production --certificate p.pem --key p.key`
    """
    from xmpp_federation_dns.proof.xmpp import probe as over_xmpp
    from xmpp_federation_dns.proof.xmpp.contact import ORIGIN

    asked_by = asking(from_domain)
    client = client_certificate(certificate, key, asked_by)
    servers = tuple(map(_server, address or ()))
    expected = read_expected(source)
    options = over_xmpp.ProbeOptions(
        timeout,
        ca_file,
        from_inside,
        concurrency,
        client.domain if client else asked_by or ORIGIN,
        tuple(map(endpoint, resolver or ())),
        client,
        servers,
        trust_anchor,
    )
    run_proof(
        "probe",
        "probed",
        expected,
        form,
        lambda steps: over_xmpp.probe(expected, options, steps),
        baseline,
    )


def _server(text: str) -> Endpoint:
    """Return address and port of `--address`; the port is 0 where none is written."""
    try:
        host, port = parse_endpoint(text, 0)
    except ValueError as error:
        raise cannot(f"--address {printable(text)}: {error}") from None
    if not names.is_address(host):
        raise cannot(f"--address {printable(text)}: no address; write ADDRESS, ADDRESS:PORT or [IPV6]:PORT")
    return host, port
