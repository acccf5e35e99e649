"""Change code in a thousand small ways, and tell which changes its tests do not notice.

mutmut works on a copy of the checkout for each group of modules, since it leaves alone what is decorated: there,
`@rule(…)` before a function has become an assignment after it, which means the same.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
import tomllib
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path

from tools.lab.stack import CHECKOUT
from tools.mutant_copy import OPTIONS, PACKAGE, Group, prepare, selected

UNITS = "tests/unit/test_*.py"
PROCESSES = tuple(
    f"tests/unit/test_{name}.py"
    for name in (
        "cli",
        "cli_completion",
        "cli_export",
        "docs",
        "engine",
        "languages_page",
        "mutants",
        "operations_page",
        "package",
        "packaging",
        "requirements",
        "security_page",
    )
)
"""Tests that start processes or read pages: the others have to do without them."""


GROUPS = {
    "configuration": Group(
        (
            "configuration.args",
            "federation",
            "records",
            "names",
            "configuration.shape",
            "configuration.rules",
        ),
        (UNITS, "tests/unit/included/test_*.py"),
        PROCESSES,
    ),
    "keepers": Group(
        ("keepers", "changes", "backends.client"),
        (
            "tests/unit/keepers/test_*.py",
            *(f"tests/unit/bulk/test_{name}.py" for name in ("batches", "diff", "ownership", "updates")),
            *(f"tests/unit/octodns/test_{name}.py" for name in ("altered", "one_by_one")),
            "tests/unit/cloudflare/test_interrupted.py",
        ),
    ),
    "component": Group(
        ("component", "publishing"),
        (
            UNITS,
            *(f"tests/backends/test_{name}.py" for name in ("bulk", "memory", "rfc2136")),
            *(f"tests/unit/plugin/test_{name}.py" for name in ("construct", "taken_away")),
        ),
        PROCESSES,
    ),
    "proof.dns": Group(
        ("proof.dns",),
        (
            "tests/proof/dns/test_*.py",
            *(f"tests/proof/peer/test_{name}.py" for name in ("delegation", "look", "seen")),
        ),
        ("tests/proof/dns/test_table.py",),
    ),
    "proof.xmpp": Group(
        ("proof.xmpp.probe", "proof.xmpp.visit", "proof.xmpp.contact"), ("tests/proof/xmpp/test_*.py",)
    ),
}
HELD = ("configuration", "keepers", "component")
"""Groups that are tried where none is named; the others were measured by samples alone (docs/dev/mutants.md)."""
LEAST = 95.0
"""Percent of the changes of each group that a test has to notice, or that tools/mutants.toml explains."""
EXPLAINED = CHECKOUT / "tools" / "mutants.toml"
"""Why changes that no test notices do not matter: by function, by what stands there after the change and not before,
or, with a minus sign, before and not after."""
EVERYWHERE = "*"
"""What stands in the place of a function where an explanation holds in all of them."""
PATIENCE = 120
"""Seconds that the tests of one mutant may take where it is tried again."""


def main(arguments: list[str]) -> int:
    """Print what became of the mutants of each module, then survivors as diffs; return 1 where too many live."""
    parser = argparse.ArgumentParser(prog="make mutants", description=__doc__)
    parser.add_argument("--workers", type=int, default=len(os.sched_getaffinity(0)))
    parser.add_argument("--only", help="mutants to try, such as 'xmpp_federation_dns.keepers.run.*'")
    parser.add_argument("groups", nargs="*", help=f"of {', '.join(GROUPS)}; {', '.join(HELD)} by default")
    options = parser.parse_args(arguments)
    if unknown := {*options.groups} - GROUPS.keys():
        parser.error(f"no such group: {', '.join(sorted(unknown))} (there are {', '.join(GROUPS)})")
    why: dict[str, dict[str, str]] = tomllib.loads(EXPLAINED.read_text())
    if lost := sorted(function for function in why if function != EVERYWHERE and not group_of(function)):
        print(f"{EXPLAINED.name}: nothing is changed in {', '.join(lost)}", file=sys.stderr)
        return 1
    print("| module | mutants | noticed | explained | % | minutes |")
    print("|---|---|---|---|---|---|", flush=True)
    done = [tried(name, options.workers, options.only, why) for name in options.groups or HELD]
    for text in (text for _, texts in done for text in texts):
        print(text)
    return 0 if all(well for well, _ in done) else 1


def tried(
    group: str, workers: int, only: str | None, why: Mapping[str, Mapping[str, str]]
) -> tuple[bool, list[str]]:
    """Print the table of a group; return whether it is well, and what is to be told below."""
    modules, begun, below = GROUPS[group].modules, time.monotonic(), list[str]()
    with tempfile.TemporaryDirectory() as directory:
        copy = Path(directory)
        prepare(copy, GROUPS[group])
        done = mutmut(copy, "run", "--max-children", str(workers), *([only] if only else []))
        if done.returncode:
            return False, [done.stdout[-4000:], done.stderr[-4000:]]
        killed = judged(copy, GROUPS[group], workers)
        diffs = {name: mutmut(copy, "show", name).stdout for name in sorted(killed) if not killed[name]}
    reasons = {name: reasons_of(name, diff, why) for name, diff in diffs.items()}
    minutes = (time.monotonic() - begun) / 60
    percent = 0.0
    for module in (*modules, ""):
        found = [name for name in killed if f"{name}.".startswith(prefix(module))]
        if module and not found:
            continue
        noticed, explained = (sum(map(bool, map(each.get, found))) for each in (killed, reasons))
        percent = 100 * (noticed + explained) / max(len(found), 1)
        shown = f"{minutes:.0f}" if not module else ""
        print(
            f"| {module or f'all of {group}'} | {len(found)} | {noticed} | {explained} | {percent:.1f} | {shown} |",
            flush=True,
        )
    if not only:
        used = {each for found in reasons.values() for each in found}
        below += [
            f"{EXPLAINED.name}: {function}: {text!r} explains no mutant that lives"
            for function, becomes in why.items()
            if group_of(function) == group
            for text in becomes
            if (function, text) not in used
        ]
    well = percent >= LEAST and not below
    return well, below + [f"\n{name}\n{diff}" for name, diff in diffs.items() if not reasons[name]]


def group_of(function: str) -> str | None:
    """Return the group in which a function of the package is changed."""
    for name, group in GROUPS.items():
        if any(f"{PACKAGE}.{function}".startswith(prefix(module)) for module in group.modules):
            return name
    return None


def reasons_of(mutant: str, diff: str, why: Mapping[str, Mapping[str, str]]) -> set[tuple[str, str]]:
    """Return the explanations that hold for a mutant: its function, and what comes or goes by the change."""
    function = function_of(mutant)
    lines = diff.splitlines()
    before, after = (
        "\n".join(line[1:] for line in lines if line.startswith(sign) and not line.startswith(sign * 3))
        for sign in "-+"
    )
    return {
        (function if text in why.get(function, {}) else EVERYWHERE, text)
        for text in {**why.get(function, {}), **why.get(EVERYWHERE, {})}
        if (text in after and text not in before)
        or (text.startswith("-") and text[1:] in before and text[1:] not in after)
    }


def function_of(mutant: str) -> str:
    """Return the name of the function that was changed, within the package."""
    module, _, name = mutant.removeprefix(f"{PACKAGE}.").rpartition(".")
    name = name.partition("__mutmut_")[0].removeprefix("x_").removeprefix("xǁ").replace("ǁ", ".")
    return f"{module}.{name}"


def prefix(module: str) -> str:
    """Return how the names of a module's mutants begin."""
    return f"{PACKAGE}.{module}." if module else f"{PACKAGE}."


def judged(copy: Path, group: Group, workers: int) -> dict[str, bool]:
    """Return whether a test noticed each mutant that was tried."""
    statuses: dict[str, int] = {}
    for path in (copy / "mutants").rglob("*.meta"):
        tried: dict[str, int | None] = json.loads(path.read_text())["exit_code_by_key"]
        statuses |= {name: status for name, status in tried.items() if status is not None}
    # A fork of mutmut that ends by a signal has met its limit, which what Pulumi runs in threads can do as
    # well: such a mutant is tried again in a process of its own. So is what runs while modules are imported.
    doubtful = [name for name, status in statuses.items() if status not in (0, 1)]
    all_tests = selected(copy / "mutants", group)
    stats = json.loads((copy / "mutants" / "mutmut-stats.json").read_text())["tests_by_mangled_function_name"]
    tests = [stats.get(name.partition("__mutmut_")[0]) or all_tests for name in doubtful]
    with ThreadPoolExecutor(workers) as pool:
        again = dict(zip(doubtful, pool.map(partial(noticed, copy), doubtful, tests), strict=True))
    return {name: again.get(name, status == 1) for name, status in statuses.items()}


def noticed(copy: Path, mutant: str, tests: list[str]) -> bool:
    """Tell whether one of *tests* fails with *mutant*, or does not come to an end."""
    command = [sys.executable, "-m", "pytest", "-q", "-x", *OPTIONS, *tests]
    environment = {**os.environ, "PYTHONPATH": str(copy / "mutants" / "src"), "MUTANT_UNDER_TEST": mutant}
    try:
        done = subprocess.run(
            command,
            cwd=copy / "mutants",
            env=environment,
            capture_output=True,
            check=False,
            timeout=PATIENCE,
        )
    except subprocess.TimeoutExpired:
        return True
    return done.returncode == 1


def mutmut(copy: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run mutmut on the copy, whose package goes before the installed one."""
    environment = {**os.environ, "PYTHONPATH": str(copy / "mutants" / "src")}
    command = [Path(sys.executable).with_name("mutmut"), *arguments]
    return subprocess.run(command, cwd=copy, env=environment, capture_output=True, text=True, check=False)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
