"""The command `adopt`."""

import contextlib
import tempfile
from collections import Counter
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from xmpp_federation_dns.changes import listed
from xmpp_federation_dns.commands.reports import Form, Report, Row, Severity, print_report
from xmpp_federation_dns.commands.stack import Stack, read_plan, read_zones
from xmpp_federation_dns.commands.terminal import ERRORS, IMPOSSIBLE, cannot
from xmpp_federation_dns.faults import canonical
from xmpp_federation_dns.names import full_name
from xmpp_federation_dns.problems import described, printable

if TYPE_CHECKING:
    from xmpp_federation_dns.live.adopt import Finding, ImportFile

_SEVERITY: dict[str, Severity] = {
    "adopted": "info",
    "filled": "info",
    "accepted": "notice",
    "unread": "error",
}


def adopt(
    stack: Stack,
    import_file: Annotated[
        Path, typer.Option(metavar="FILE", help="What `pulumi preview --import-file FILE` wrote.")
    ],
    output: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Write here; into the import file when left out.")
    ] = None,
    accept: Annotated[
        list[str] | None,
        typer.Option(
            metavar="NAME",
            help="Take in the record sets of this name though they differ: the next `pulumi up` changes them. "
            "May be repeated.",
        ),
    ] = None,
    form: Form = "text",
) -> None:
    """Find record sets of a stack that are published already, for `pulumi import`.

    Fills the ids of those that are as the stack wants them, and drops the others from the file, with a reason each.
    Zones are read, never changed.

    Exit status: 0 all taken in, 1 some dropped, 2 a file or a zone cannot be read.

    First: `pulumi preview --import-file import.json`

    Then: `xmpp-federation-dns adopt production --import-file import.json`
    """
    from xmpp_federation_dns.live import adopt as adoption

    plan = read_plan(stack)
    file = _import_file(import_file)
    homes = {f"{each.name} {each.type}": zone for each, zone in plan.homes.items()}
    names = {each.name for each in plan.homes}
    accepted = {name: canonical(full_name, name) or name for name in accept or ()}
    for given, name in accepted.items():
        if name not in names:
            raise cannot(f"--accept: {described(given)} is the name of no record set of the stack")
    entries = file.entries()
    whole = {zone.name: zone for zone in plan.zones if zone.bulk}
    if file.resources and not any(entry.key in homes or entry.key in whole for entry in entries.values()):
        text = "nothing in it is a record set of the stack; `pulumi preview --import-file` writes it"
        raise cannot(f"{printable(str(import_file))}: {text}")
    readings = {
        each.zone.name: each for each in read_zones("adopt", plan, adoption.needed(entries.values(), homes))
    }
    found = adoption.judged(entries, homes | whole, readings, accepted.values())
    ids = {position: each.id for position, each in found.items() if each.state in adoption.TAKEN}
    faults = list(dict.fromkeys(each.reason for each in found.values() if each.state == "unread"))
    target = output or import_file
    others = [each.resource for each in found.values() if each.state == "elsewhere"]
    if faults or (others and not ids):
        # What is dropped would be missing where the command is repeated.
        why = "not every zone could be read" if faults else f"{listed(others)}: of another stack"
        ids = {}
        faults.append(f"{printable(str(target))} is not written: {why}")
    else:
        _write(target, file.written(ids))
    print_report(_report(list(found.values()), len(ids), faults), form)
    if ids:
        typer.echo(
            f"next: pulumi import --file {printable(str(target))} --yes --protect=false --generate-code=false\n"
            "then: pulumi up\n"
            "`pulumi destroy` deletes what is imported, unless its zone has retainOnDelete: true",
            err=True,
        )
    if faults:
        raise typer.Exit(IMPOSSIBLE)
    if any(_severity(each) == "warning" for each in found.values()):
        raise typer.Exit(ERRORS)


def _import_file(path: Path) -> "ImportFile":
    from xmpp_federation_dns.live.adopt import ImportFile, ImportFileError

    try:
        return ImportFile(path.read_text(encoding="utf-8-sig"))
    except UnicodeDecodeError:
        fault = "it is no JSON; `pulumi preview --import-file` writes it"
    except OSError as error:
        fault = str(error.strerror)
    except ImportFileError as error:
        fault = f"{error}; `pulumi preview --import-file` writes it"
    raise cannot(f"{printable(str(path))}: {fault}")


def _write(path: Path, text: str) -> None:
    """Replace the file as a whole, or not at all."""
    try:
        with tempfile.NamedTemporaryFile(
            "w", encoding="utf-8", dir=path.parent, prefix=f".{path.name[:100]}-", delete=False
        ) as file:
            try:
                file.write(text)
                file.close()
                Path(file.name).replace(path)
            except OSError:
                with contextlib.suppress(FileNotFoundError):
                    Path(file.name).unlink()
                raise
    except OSError as error:
        raise cannot(f"{printable(str(path))}: {error.strerror}") from None


def _severity(finding: "Finding") -> Severity:
    if finding.state == "kept" and finding.reason.startswith("`pulumi up`"):
        return "info"
    return _SEVERITY.get(finding.state, "warning")


def _report(found: "list[Finding]", taken: int, faults: list[str]) -> Report:
    counts = Counter(each.state for each in found)
    told = ", ".join(f"{count:,} {state}" for state, count in counts.items())
    nothing = (
        "; the file has nothing that an update would create: `pulumi preview --import-file` writes it anew"
    )
    return Report(
        "Record sets that are published already",
        f"{taken:,} of {len(found):,} taken in" + (f": {told}" if found else nothing),
        ("Record set", "Zone", "State", "Reason"),
        [Row(_severity(each), (each.resource, each.zone, each.state, each.reason)) for each in found],
        [asdict(each) for each in found],
        faults,
    )
