"""The SIP domains of a list, as `discover` looks them up by DNS alone."""

import asyncio
from collections.abc import Sequence
from pathlib import Path

from xmpp_federation_dns import names
from xmpp_federation_dns.commands.progress import progress
from xmpp_federation_dns.commands.terminal import cannot
from xmpp_federation_dns.commands.verdicts import endpoint
from xmpp_federation_dns.configuration.included import listed_domains
from xmpp_federation_dns.configuration.yamlfile import StackFileError
from xmpp_federation_dns.live.sources import Listing
from xmpp_federation_dns.problems import described, printable


def by_name(path: Path, zones: list[str], nameservers: Sequence[str]) -> tuple[list[Listing], list[str]]:
    """Return what name servers have of the SIP domains in a list; end the command where it is none."""
    from xmpp_federation_dns.live.served import served
    from xmpp_federation_dns.proof.report import NoResolverError

    if zones:
        raise cannot("--zone: the list of --domains tells what is asked for")
    names_ = [_sip_domain(path, line, text) for line, text in _listed(path)]
    servers = [endpoint(each) for each in nameservers]
    with progress("discover", "SIP domains asked about", len(names_)) as done:
        try:
            return asyncio.run(served(list(dict.fromkeys(names_)), servers, done))
        except NoResolverError as error:
            raise cannot(str(error)) from None


def _listed(path: Path) -> list[tuple[int, str]]:
    try:
        return listed_domains(path)
    except StackFileError as error:
        raise cannot(str(error)) from None


def _sip_domain(path: Path, line: int, text: str) -> str:
    try:
        return names.full_name(text)
    except ValueError as error:
        raise cannot(
            f"{printable(str(path))}:{line}: {described(text)} is not a host name: {error}"
        ) from None
