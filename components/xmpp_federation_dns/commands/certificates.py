"""The options of commands that contact servers: by which certificate, for which domain, and whose keys they trust."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from xmpp_federation_dns import names
from xmpp_federation_dns.commands.terminal import cannot, print_warning
from xmpp_federation_dns.problems import described, printable

if TYPE_CHECKING:
    from xmpp_federation_dns.proof.xmpp.client_certificate import ClientCertificate

CaFile = Annotated[
    Path | None,
    typer.Option(metavar="FILE", help="Trusted roots in PEM, in place of those of the system."),
]
CertificateFile = Annotated[
    Path | None,
    typer.Option(
        "--certificate",
        metavar="FILE",
        help="Prove to the end (C12): authenticate by this certificate of a domain of yours, PEM with its chain.",
    ),
]
KeyFile = Annotated[
    Path | None,
    typer.Option(
        "--key", metavar="FILE", help="The key of the certificate, PEM; by default in the same file."
    ),
]
FromDomain = Annotated[
    str | None,
    typer.Option(
        "--from",
        metavar="DOMAIN",
        help="The XMPP domain that asks; by default that of the certificate, otherwise one that nobody has.",
    ),
]

TrustAnchor = Annotated[
    Path | None,
    typer.Option(
        metavar="FILE", help="DS or DNSKEY records to validate from, in place of those of the root zone."
    ),
]


def asking(text: str | None) -> str | None:
    """Return the domain of `--from` as A-labels; end the command where it is none."""
    if text is None:
        return None
    try:
        return names.host_name(text)
    except ValueError as error:
        raise cannot(f"--from {described(text)}: {error}") from None


def client_certificate(
    certificate: Path | None, key: Path | None, domain: str | None, among: Sequence[str] = ()
) -> "ClientCertificate | None":
    """Return what `--certificate` and `--key` name, which *domain* shows, or one *among* ours; warn of its dates.

    Nothing where none is named; ends the command where it cannot be used.
    """
    from xmpp_federation_dns.proof.xmpp.client_certificate import UnusableError, load

    if certificate is None:
        if key is not None:
            raise cannot("--key without --certificate: name the certificate that it is of")
        return None
    try:
        client = load(certificate, certificate if key is None else key, domain, among)
    except UnusableError as error:
        raise cannot(str(error)) from None
    if outdated := client.outdated():
        print_warning(
            f"{printable(str(certificate))}: the certificate is of no use at this time: {outdated}; "
            "servers are asked what they say of it"
        )
    return client
