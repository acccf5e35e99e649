"""The command `peer`."""

from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer

from xmpp_federation_dns import changes, names
from xmpp_federation_dns.commands.certificates import (
    CaFile,
    CertificateFile,
    FromDomain,
    KeyFile,
    TrustAnchor,
    asking,
    client_certificate,
)
from xmpp_federation_dns.commands.named import canonical, listed
from xmpp_federation_dns.commands.terminal import cannot
from xmpp_federation_dns.commands.verdicts import (
    Baseline,
    Form,
    concluded,
    earlier,
    endpoint,
    proved,
    read_expected,
    report,
)
from xmpp_federation_dns.configuration.check import stacks
from xmpp_federation_dns.federation import Federation
from xmpp_federation_dns.problems import printable


def peer(
    domains: Annotated[
        list[str] | None, typer.Argument(metavar="DOMAIN", help="Domains of partners, such as fabrikam.com.")
    ] = None,
    file: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE",
            help="More of them: one a line in .txt, a column `Name` in .csv, or `-` for lines on standard input.",
        ),
    ] = None,
    ours: Annotated[
        str | None,
        typer.Option(
            metavar="SOURCE",
            help="A stack, or the output `records`: each of its SIP domains asks each partner, for a matrix.",
            autocompletion=stacks,
        ),
    ] = None,
    nameserver: Annotated[
        list[str] | None,
        typer.Option(
            metavar="ADDRESS[:PORT]",
            help="Ask this server about all zones, in place of those that they are delegated to; may be repeated.",
        ),
    ] = None,
    resolver: Annotated[
        list[str] | None,
        typer.Option(
            metavar="ADDRESS[:PORT]",
            help="Ask this resolver for parents of zones and addresses of hosts, in place of this machine's; may be "
            "repeated.",
        ),
    ] = None,
    ca_file: CaFile = None,
    certificate: CertificateFile = None,
    key: KeyFile = None,
    from_domain: FromDomain = None,
    trust_anchor: TrustAnchor = None,
    from_inside: Annotated[
        bool,
        typer.Option(
            "--from-inside",
            help="With --ours, behind the same firewall or NAT as our servers: their errors are warnings.",
        ),
    ] = False,
    allow_private: Annotated[
        bool,
        typer.Option("--allow-private", help="Contact private and loopback addresses as well, as in a lab."),
    ] = False,
    timeout: Annotated[
        float,
        typer.Option(
            min=0.1, max=600, help="Seconds for each contact; the name servers of a zone get six times that."
        ),
    ] = 10,
    rate: Annotated[int, typer.Option(min=1, help="Questions per second and name server, at most.")] = 5000,
    concurrency: Annotated[int, typer.Option(min=1, max=1000, help="Contacts at a time.")] = 100,
    form: Form = "text",
    baseline: Baseline = None,
) -> None:
    """Ask of any domain what `verify` and `probe` ask of ours: DNS, stream, TLS, certificate; no user gets anything.

    Each finding says what to ask of the partner's administrator.

    Exit status: 0 proven, 1 not, 2 it could not be asked.

    Does it federate? `xmpp-federation-dns peer fabrikam.com`

    A list of partners: `xmpp-federation-dns peer --file partners.txt --format markdown`

    Which of ours with which of theirs: `xmpp-federation-dns peer --file partners.txt --ours production`

    To an XMPP ping: `xmpp-federation-dns peer fabrikam.com --certificate our.pem --key our.key`
    """
    from xmpp_federation_dns.proof import peer as proof
    from xmpp_federation_dns.proof.dns.asking import LookOptions
    from xmpp_federation_dns.proof.xmpp.contact import ORIGIN

    if ours is not None and from_domain is not None:
        raise cannot(
            "--from names who asks, and with --ours each of our SIP domains does; leave one of the two out"
        )
    if ours is None and from_inside:
        raise cannot("--from-inside is about our own servers; name them with --ours")
    if file is not None and ours is not None and str(file) == ours == "-":
        raise cannot("--file and --ours cannot both be standard input")
    written = [("", each) for each in domains or ()] + (listed(file) if file else [])
    if not written:
        where = "standard input" if str(file) == "-" else file and printable(str(file))
        missing = "name a domain, such as fabrikam.com, or a list of them with --file"
        raise cannot(f"{where}: no domain in it" if where else missing)
    partners = _once(canonical(written))
    own = _federating(ours) if ours is not None else []
    partners = _others(partners, {each.domain for each in own})
    asking_dns = LookOptions(
        tuple(map(endpoint, nameserver or ())),
        tuple(map(endpoint, resolver or ())),
        timeout,
        rate,
        allow_private,
    )
    asked_by = asking(from_domain)
    if asked_by in partners:
        name = names.unicode_form(asked_by)
        raise cannot(f"--from {name}: no domain federates with itself; leave one of the two out")
    client = client_certificate(certificate, key, asked_by, [each.domain for each in own])
    origin = client.domain if client and not own else asked_by or ORIGIN
    options = proof.PeerOptions(asking_dns, ca_file, concurrency, origin, from_inside, client, trust_anchor)
    before = earlier("peer", form, baseline)
    total = proof.steps(len(partners), len(own))
    if own:
        verdicts, matrix = proved(
            "peer", "asked", total, lambda done: proof.pairs(own, partners, options, done)
        )
    else:
        verdicts = proved("peer", "asked", total, lambda done: proof.peer(partners, options, done))
        matrix = None
    result = concluded("peer", verdicts, before, matrix)
    report(result, form)
    raise typer.Exit(result.exit_status)


def _once(domains: Sequence[str]) -> list[str]:
    """Return each domain once, and tell which were given more often."""
    again = [names.unicode_form(domain) for domain, count in Counter(domains).items() if count > 1]
    if again:
        typer.echo(f"given more than once, and asked about once: {changes.listed(again, 3)}", err=True)
    return list(dict.fromkeys(domains))


def _federating(source: str) -> list[Federation]:
    """Return our SIP domains that federate."""
    found = [each for each in read_expected(source) if each.servers]
    if not found:
        raise cannot("--ours: federation is disabled for each of its SIP domains")
    return found


def _others(partners: Sequence[str], own: set[str]) -> list[str]:
    """Return the partners that are not ours, and tell which are: no domain federates with itself."""
    others = [each for each in partners if each not in own]
    if not others:
        raise cannot("all of these are ours; name domains of partners")
    if len(others) < len(partners):
        both = ", ".join(names.unicode_form(each) for each in partners if each in own)
        typer.echo(f"ours, and asked about as such: {both}", err=True)
    return others
