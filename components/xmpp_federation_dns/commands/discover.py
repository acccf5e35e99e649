"""The command `discover`."""

import os
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Any, Literal

import typer

from xmpp_federation_dns import names
from xmpp_federation_dns.backends import Zone, zone_class
from xmpp_federation_dns.backends.client import UpdateError
from xmpp_federation_dns.commands.named import by_name
from xmpp_federation_dns.commands.progress import progress
from xmpp_federation_dns.commands.reports import Form, Format, Report, Row, print_report
from xmpp_federation_dns.commands.terminal import ERRORS, IMPOSSIBLE, cannot, print_error
from xmpp_federation_dns.commands.verdicts import Nameservers
from xmpp_federation_dns.endpoints import parse_endpoint
from xmpp_federation_dns.live.discover import Draft, draft
from xmpp_federation_dns.live.services import LeftOut
from xmpp_federation_dns.live.sources import Listing, account, read
from xmpp_federation_dns.live.stack import MANY, counted, include_file, stack_file
from xmpp_federation_dns.problems import TSIG_SECRET, Secret, described, printable

Algorithm = Literal["hmac-sha256", "hmac-sha384", "hmac-sha512"]


def discover(
    aws: Annotated[bool, typer.Option("--aws", help="The public zones of an account of Route 53.")] = False,
    azure: Annotated[
        bool, typer.Option("--azure", help="The public zones of a subscription of Azure DNS.")
    ] = False,
    cloudflare: Annotated[
        bool, typer.Option("--cloudflare", help="The zones that the token in CLOUDFLARE_API_TOKEN may read.")
    ] = False,
    gcp: Annotated[
        bool, typer.Option("--gcp", help="The public zones of a project of Google Cloud.")
    ] = False,
    octodns: Annotated[
        str | None, typer.Option(metavar="CLASS", help="The zones that a provider class of octoDNS lists.")
    ] = None,
    server: Annotated[
        str | None,
        typer.Option(metavar="ADDRESS[:PORT]", help="The zones named at this server, by zone transfer."),
    ] = None,
    domains: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE", help="The SIP domains of this list (.txt, .csv), as their name servers have them."
        ),
    ] = None,
    zone: Annotated[
        list[str] | None, typer.Option(metavar="NAME", help="Only this zone; may be repeated.")
    ] = None,
    profile: Annotated[str | None, typer.Option(help="Profile of the AWS configuration files.")] = None,
    role: Annotated[
        str | None, typer.Option(metavar="ARN", help="Role in the AWS account of the zones.")
    ] = None,
    subscription: Annotated[str | None, typer.Option(metavar="ID", help="Azure subscription.")] = None,
    resource_group: Annotated[
        str | None, typer.Option(metavar="NAME", help="Only the zones of this Azure resource group.")
    ] = None,
    project: Annotated[str | None, typer.Option(metavar="ID", help="Google Cloud project.")] = None,
    service_account: Annotated[
        str | None, typer.Option(metavar="EMAIL", help="Google service account that is impersonated.")
    ] = None,
    tsig_key_name: Annotated[
        str | None,
        typer.Option(metavar="NAME", help="TSIG key of the transfer; its secret stands in TSIG_SECRET."),
    ] = None,
    tsig_algorithm: Annotated[Algorithm, typer.Option(help="Algorithm of that key.")] = "hmac-sha256",
    argument: Annotated[
        list[str] | None,
        typer.Option(
            metavar="NAME=VALUE",
            help="Argument of the class; a secret as env/NAME, which names an environment variable. May be repeated.",
        ),
    ] = None,
    nameserver: Nameservers = None,
    output: Annotated[
        Path | None, typer.Option(metavar="FILE", help="The stack file to write; standard output by default.")
    ] = None,
    include: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="A file of its own for the SIP domains, which the stack includes."),
    ] = None,
    force: Annotated[bool, typer.Option("--force", help="Overwrite files that are there.")] = False,
    form: Form = "text",
) -> None:
    """Write the stack file for federation records that are there already; nothing is changed.

    What breaks a rule, or no stack can say, is left out with its reason, in comments of the file.

    Exit status: 0 everything is taken in, 1 something is left out, 2 something could not be looked at.

    A whole account: `xmpp-federation-dns discover --aws --profile dns --output Pulumi.production.yaml`

    One zone of a DNS server: `xmpp-federation-dns discover --server 192.0.2.53 --zone contoso.com`

    Without credentials: `xmpp-federation-dns discover --domains sip-domains.txt --output Pulumi.production.yaml`

    Then: `xmpp-federation-dns check production`
    """
    given: dict[str, object] = {
        "--aws": aws,
        "--azure": azure,
        "--cloudflare": cloudflare,
        "--gcp": gcp,
        "--octodns": octodns,
        "--server": server,
        "--domains": domains,
    }
    options: dict[str, tuple[str | None, str]] = {
        "--profile": (profile, "--aws"),
        "--role": (role, "--aws"),
        "--subscription": (subscription, "--azure"),
        "--resource-group": (resource_group, "--azure"),
        "--project": (project, "--gcp"),
        "--service-account": (service_account, "--gcp"),
        "--tsig-key-name": (tsig_key_name, "--server"),
        "--argument": (",".join(argument or ()) or None, "--octodns"),
        "--nameserver": (",".join(nameserver or ()) or None, "--domains"),
    }
    source = _source(given, options)
    _check_files(output, include, form, force=force)
    secret = os.environ.get(TSIG_SECRET)
    wanted = list(dict.fromkeys(_name(each) for each in zone or ()))
    if domains is not None:
        _finish(*by_name(domains, wanted, nameserver or ()), [], output, include, form)
        return
    try:
        if source == "--aws":
            zones = account("aws", _set(profile=profile, assume_role_arn=role), wanted)
        elif source == "--azure":
            named = _set(subscription_id=subscription, resource_group=resource_group)
            zones = account("azure", named, wanted)
        elif source == "--cloudflare":
            zones = account("cloudflare", {}, wanted)
        elif source == "--gcp":
            zones = account("gcp", _set(project=project, service_account=service_account), wanted)
        elif octodns is not None:
            zones = account("octodns", _of_octodns(octodns, argument or ()), wanted)
        else:
            zones = _served(str(server), wanted, secret, _set(tsig_key_name=tsig_key_name), tsig_algorithm)
    except UpdateError as error:
        raise cannot(str(error)) from None
    with progress("discover", "zones", len(zones)) as done:
        found, faults, left = read(zones, secret, done)
    _finish(found, faults, left, output, include, form)


def _finish(
    found: Sequence[Listing],
    faults: Sequence[str],
    left: Sequence[LeftOut],
    output: Path | None,
    include: Path | None,
    form: Format,
) -> None:
    """Write what was found, report it, and end the command with its exit status."""
    if faults and not found:
        for fault in faults:
            print_error(fault)
        raise typer.Exit(IMPOSSIBLE)
    drawn = draft(found)
    drawn.left[:0] = left
    if drawn.taken or output is None:
        _write(drawn, output, include)
    _report(drawn, faults, len(found) + len(left), output, include, form)
    if faults:
        raise typer.Exit(IMPOSSIBLE)
    if drawn.left or not drawn.taken:
        raise typer.Exit(ERRORS)


def _source(given: dict[str, object], options: dict[str, tuple[str | None, str]]) -> str:
    """Return the one source that is named; end the command where there is none, or an option is of another."""
    sources = [name for name, value in given.items() if value]
    if len(sources) != 1:
        raise cannot(f"name one source: {', '.join(given)}")
    for name, (value, belongs) in options.items():
        if value is not None and belongs != sources[0]:
            raise cannot(f"{name} belongs to {belongs}, and not to {sources[0]}")
    return sources[0]


def _check_files(output: Path | None, include: Path | None, form: str, *, force: bool) -> None:
    """End the command where what it finds cannot be written as asked."""
    if output is None and form != "text":
        raise cannot("--format is the form of the report; name a file for the stack with --output")
    if output is None and include is not None:
        raise cannot("--include is a second file; name the first with --output")
    if include is not None and include.suffix.lower() not in (".yaml", ".yml"):
        raise cannot(f"--include: {described(str(include))} is to end with .yaml")
    if output is not None and include is not None and output.resolve() == include.resolve():
        raise cannot("--include and --output name the same file")
    for path in (output, include):
        if path is not None and path.exists() and not force:
            raise cannot(f"{printable(str(path))} is there already; --force overwrites it")


def _name(text: str) -> str:
    try:
        return names.zone_name(text)
    except ValueError as error:
        raise cannot(f"--zone: {described(text)} is not a zone name: {error}") from None


def _set(**options: str | None) -> dict[str, str]:
    return {name: value for name, value in options.items() if value is not None}


def _of_octodns(provider_class: str, arguments: Sequence[str]) -> dict[str, str]:
    """Return a class of octoDNS with its arguments; end the command where one is wrong, before anybody is asked."""
    pairs = (each.partition("=") for each in arguments)
    named = {name: value for name, _, value in pairs}
    kind: Any = zone_class("octodns")
    given = kind.arguments_of(named)
    zone = kind(name="", provider_class=provider_class, arguments=given, one_by_one=True)
    errors = [problem for problem in zone.problems(None) if problem.severity == "error"]
    for problem in errors:
        print_error(f"--octodns: {problem}")
    if errors:
        raise typer.Exit(IMPOSSIBLE)
    return {"class": provider_class, **named}


def _served(
    server: str, wanted: list[str], secret: str | None, key: dict[str, str], algorithm: Algorithm
) -> list[Zone]:
    """Return the zones of a server; end the command where an option is wrong."""
    if not wanted:
        raise cannot("--server: a server does not tell its zones; name them with --zone")
    try:
        host, port = parse_endpoint(server)
    except ValueError as error:
        raise cannot(f"--server: {described(server)}: {error}") from None
    kind: Any = zone_class("rfc2136")
    zones = [kind(name=name, server=host, port=port, tsig_algorithm=algorithm, **key) for name in wanted]
    if key and secret is None:
        raise cannot(f"--tsig-key-name: set the secret of the key in the environment variable {TSIG_SECRET}")
    for problem in zones[0].problems(None if secret is None else Secret(secret)):
        if problem.severity == "error":
            raise cannot(str(problem))
    return zones


def _write(drawn: Draft, output: Path | None, include: Path | None) -> None:
    """Write the files, or the stack to standard output."""
    if output is None:
        typer.echo(stack_file(drawn), nl=False)
        return
    files = {output: stack_file(drawn, str(include or ""))}
    if include is not None:
        files[include] = include_file(drawn)
    for path, text in files.items():
        try:
            path.write_text(text, encoding="utf-8")
        except OSError as error:
            raise cannot(f"{printable(str(path))}: {error.strerror}") from None


def _report(
    drawn: Draft, faults: Sequence[str], zones: int, output: Path | None, include: Path | None, form: Format
) -> None:
    """Tell what was found; beside a stack on standard output, in one line."""
    taken = f"{counted(len(drawn.domains), 'SIP domain')}, {counted(len(drawn.taken), 'record set')}"
    summary = f"{taken} of {counted(zones, 'zone')} taken in, {len(drawn.left):,} left out"
    if len(drawn.domains) > MANY and include is None:
        summary += "\nThese are many for a stack file: --include FILE puts SIP domains into one of their own"
    if output is None:
        typer.echo(summary, err=True)
        for fault in faults:
            print_error(fault)
        return
    rows = [Row("warning", (each.what, each.rule, each.why)) for each in drawn.left]
    data = {
        "taken": drawn.taken,
        "left": [each._asdict() for each in drawn.left],
        "why": drawn.why,
        "faults": faults,
    }
    print_report(Report("Discovered", summary, ("Left out", "Rule", "Why"), rows, data, faults), form)
