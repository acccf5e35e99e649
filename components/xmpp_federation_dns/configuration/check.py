"""The rules, applied to stack files: what the command `check` finds."""

import os
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from xmpp_federation_dns.configuration.included import KEYS
from xmpp_federation_dns.configuration.plan import findings
from xmpp_federation_dns.configuration.project import PROJECT_FILE
from xmpp_federation_dns.configuration.rules import View
from xmpp_federation_dns.configuration.shape import parse
from xmpp_federation_dns.configuration.stackfile import StackFile, opened, stack_directory
from xmpp_federation_dns.configuration.yamlfile import StackFileError
from xmpp_federation_dns.problems import Problem, Source, described
from xmpp_federation_dns.records import XMPPS_SERVER, owner_name

ROOM = {"win32": 32_767, "darwin": 1_048_576}.get(sys.platform, 131_072)
"""Octets that this system lets an environment variable have: Linux measured, the others by their manuals."""


@dataclass(frozen=True)
class Located:
    """One problem in one stack file, with its line there."""

    path: Path
    line: int
    problem: Problem


def check(path: Path) -> list[Located]:
    """Return what is wrong, unwise or not known in a stack file and those that it includes, from top to bottom.

    Raises :class:`StackFileError` where it cannot be read.
    """
    with opened(path) as file:
        args, origin, problems = parse(file.values)
        unknown = (
            Problem(place, f"{why}; not checked", "notice", "S5") for place, why in file.unknown.items()
        )
        view = View(args)
        known = findings(view, origin, [*size(file.octets, file.largest), *file.problems, *problems])
        notices = (problem.at(origin.path(problem.path)) for problem in costs(view))
        found = [located(file, problem) for problem in [*known, *unknown, *notices]]
        return sorted(found, key=lambda finding: (finding.path != path, str(finding.path), finding.line))


def size(octets: int, largest: str, room: int = ROOM) -> Iterator[Problem]:
    """Yield what is wrong or unwise in a configuration that takes so many *octets* of the *room* that there is.

    *largest* is the key that takes most of them.

    Pulumi cannot hand more to a program, which then does not start (pulumi/pulumi#20402).
    """
    if octets * 2 > room:
        what = "does not start here" if octets > room else "will not start here with twice as many"
        way = "move its items into files under 'include'" if largest in KEYS else "make it shorter"
        text = (
            f"the program {what}: Pulumi hands over all configuration in one environment variable, which takes "
            f"{octets:,} of {room:,} octets; the largest key is {described(largest)}: {way}"
        )
        yield Problem((), text, "error" if octets > room else "warning", "S7")


def costs(view: View) -> Iterator[Problem]:
    """Yield what it costs to publish all record sets of a zone, where these are many."""
    zones = Counter(view.zone_of(name) for name, _ in set(_record_sets(view)))
    for name, position in view.zones.items():
        if cost := view.args.zones[position].cost(zones[name]):
            yield Problem(("zones", position), str(cost), "notice", "cost")


def _record_sets(view: View) -> Iterator[tuple[str, str]]:
    """Yield name and type of what is published, as far as names are valid; some more than once."""
    for entry in view.entries:
        if entry.name:
            yield entry.owner, "SRV"
        for target, pool in entry.targets:
            if pool.direct_tls_port is not None:
                yield owner_name(entry.name, XMPPS_SERVER), "SRV"
            for family, type_ in (("ipv4", "A"), ("ipv6", "AAAA")):
                if getattr(pool, family):
                    yield target, type_


def located(file: StackFile, problem: Problem) -> Located:
    """Return where *problem* is: in the stack file, or in one that it includes."""
    match problem.path:
        case (Source() as source, *rest):
            place = tuple(rest)
            here = problem.at(place if source.places else ())
            return Located(Path(source.name), source.line(place), here)
        case _:
            return Located(file.path, file.line(problem.path), problem)


def stack_files(names: Sequence[str]) -> list[Path]:
    """Return the stack files of *names*, each a path or a stack of the project here; of all stacks by default.

    Raises :class:`StackFileError` where there is no such stack, or neither a project nor a stack file here.
    """
    directory = stack_directory()
    if not names:
        found = _all(directory)
        if not found and not Path(PROJECT_FILE).exists():
            raise StackFileError("no project and no stack files here; name a stack file")
        return found
    return [_stack_file(name, directory) for name in names]


def stacks() -> list[str]:
    """Return the names of all stacks of the project here."""
    return [file.name.removeprefix("Pulumi.").removesuffix(".yaml") for file in _all(stack_directory())]


def _all(directory: Path) -> list[Path]:
    return sorted(directory.glob("Pulumi.*.yaml"))


def _stack_file(name: str, directory: Path) -> Path:
    if _is_there(name) or name.endswith((".yaml", ".yml")):
        return Path(name)
    of_stack = directory / f"Pulumi.{name}.yaml"
    if _is_there(of_stack):
        return of_stack
    raise StackFileError(
        f"{described(name)} is neither a file nor a stack: there is no {described(str(of_stack))}"
    )


def _is_there(path: str | Path) -> bool:
    return os.path.exists(path)  # noqa: PTH110 to pathlib, a name that is too long for a file is an error
