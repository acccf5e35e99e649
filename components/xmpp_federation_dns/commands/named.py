"""The domains that a command is given by name, on the command line or in a list."""

import asyncio
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path

import typer

from xmpp_federation_dns import names
from xmpp_federation_dns.commands.progress import progress
from xmpp_federation_dns.commands.terminal import IMPOSSIBLE, cannot, print_error
from xmpp_federation_dns.commands.verdicts import endpoint
from xmpp_federation_dns.configuration.included import listed_domains, names_in
from xmpp_federation_dns.configuration.yamlfile import MAX_SIZE, StackFileError
from xmpp_federation_dns.faults import domain_fault
from xmpp_federation_dns.live.sources import Listing
from xmpp_federation_dns.problems import described, printable

Written = tuple[str, str]
"""Where a domain is named, and how it is written there."""
MOST_FAULTS = 50
"""Mistakes of a list that are told; the others are counted."""


def by_name(path: Path, zones: list[str], nameservers: Sequence[str]) -> tuple[list[Listing], list[str]]:
    """Return what name servers have of the SIP domains in a list; end the command where it is none."""
    from xmpp_federation_dns.live.served import served
    from xmpp_federation_dns.proof.report import NoResolverError

    if zones:
        raise cannot("--zone: the list of --domains tells what is asked for")
    found = list(dict.fromkeys(canonical(listed(path))))
    servers = [endpoint(each) for each in nameservers]
    with progress("discover", "SIP domains asked about", len(found)) as done:
        try:
            return asyncio.run(served(found, servers, done))
        except NoResolverError as error:
            raise cannot(str(error)) from None


def listed(path: Path) -> list[Written]:
    """Return the domains of a list, or with `-` of standard input; end the command where there is no list."""
    try:
        found = _from_standard_input() if str(path) == "-" else listed_domains(path)
    except StackFileError as error:
        raise cannot(str(error)) from None
    name = "standard input" if str(path) == "-" else printable(str(path))
    return [(f"{name}:{line}: ", text) for line, text in found]


def _from_standard_input() -> list[tuple[int, str]]:
    octets = sys.stdin.buffer.read(MAX_SIZE + 1)
    if len(octets) > MAX_SIZE:
        raise StackFileError(f"standard input: more than {MAX_SIZE} octets")
    try:
        return names_in(octets.decode("utf-8-sig").splitlines())
    except UnicodeDecodeError:
        raise StackFileError("standard input: not UTF-8 text") from None


def canonical(written: Iterable[Written]) -> list[str]:
    """Return domains in canonical form, as often as they are named; end the command with all that are none."""
    faults: list[str] = []
    found: list[str] = []
    for place, text in written:
        if fault := domain_fault(text):
            faults.append(f"{place}{described(text)} {fault}")
        else:
            found.append(names.full_name(text))
    if not faults:
        return found
    for fault in faults[:MOST_FAULTS]:
        print_error(fault)
    if len(faults) > MOST_FAULTS:
        print_error(f"{len(faults) - MOST_FAULTS:,} more")
    raise typer.Exit(IMPOSSIBLE)
