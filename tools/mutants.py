"""Change the pure modules in a thousand small ways, and tell which changes tests/unit does not notice.

mutmut works on a copy of the checkout, since it leaves alone what is decorated: there, `@rule(…)` before a
function has become an assignment after it, which means the same.
"""

import ast
import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path

from tools.lab.stack import CHECKOUT

PACKAGE = "xmpp_federation_dns"
MODULES = (
    "configuration.args",
    "federation",
    "records",
    "names",
    "configuration.shape",
    "configuration.rules",
)
"""What is changed: the modules without Pulumi, a file or a terminal."""
LEAST = 90.0
"""Percent of the changes that a test has to notice."""
SLOW = (
    "test_cli.py",
    "test_cli_completion.py",
    "test_cli_export.py",
    "test_docs.py",
    "test_engine.py",
    "test_languages_page.py",
    "test_package.py",
    "test_packaging.py",
    "test_requirements.py",
)
"""Tests that start processes or read pages: the others have to do without them."""
KEPT = ("__main__.py", "Pulumi.yaml", "README.md", "config", "policy", "pyproject.toml", "tests", "tools")
PATIENCE = 60
"""Seconds that the tests of one mutant may take; all of them take less than ten."""
NUMBERED = "def pytest_make_parametrize_id(argname):\n    return argname\n"
"""A conftest.py by which the cases of a test are numbered."""


def main(patterns: list[str]) -> int:
    """Print killed and all mutants of each module, then the survivors as diffs; return 1 where too many live.

    *patterns* choose mutants, such as `xmpp_federation_dns.names*`; all by default.
    """
    with tempfile.TemporaryDirectory() as directory:
        copy = Path(directory)
        prepare(copy)
        done = mutmut(copy, "run", "--max-children", str(len(os.sched_getaffinity(0))), *patterns)
        if done.returncode:
            print(done.stdout[-4000:], done.stderr[-4000:], file=sys.stderr)
            return 2
        killed = judged(copy)
        print("| module | mutants | killed | % |")
        print("|---|---|---|---|")
        percent = 0.0
        for module in (*MODULES, ""):
            found = [kill for name, kill in killed.items() if f"{name}.".startswith(prefix(module))]
            percent = 100 * sum(found) / max(len(found), 1)
            print(f"| {module or 'all'} | {len(found)} | {sum(found)} | {percent:.1f} |")
        for name in sorted(name for name, kill in killed.items() if not kill):
            print(f"\n{name}\n{mutmut(copy, 'show', name).stdout}")
    return 0 if percent >= LEAST else 1


def prefix(module: str) -> str:
    """Return how the names of a module's mutants begin."""
    return f"{PACKAGE}.{module}." if module else f"{PACKAGE}."


def judged(copy: Path) -> dict[str, bool]:
    """Return whether a test noticed each mutant that was tried."""
    statuses: dict[str, int] = {}
    for path in (copy / "mutants").rglob("*.meta"):
        tried: dict[str, int | None] = json.loads(path.read_text())["exit_code_by_key"]
        statuses |= {name: status for name, status in tried.items() if status is not None}
    # A fork of mutmut that ends by a signal has met its limit, which what Pulumi runs in threads can do as
    # well: such a mutant is tried again in a process of its own.
    doubtful = [name for name, status in statuses.items() if status not in (0, 1)]
    with ThreadPoolExecutor(len(os.sched_getaffinity(0))) as pool:
        again = dict(zip(doubtful, pool.map(partial(noticed, copy), doubtful), strict=True))
    return {name: again.get(name, status == 1) for name, status in statuses.items()}


def noticed(copy: Path, mutant: str) -> bool:
    """Tell whether a test fails with *mutant*, or does not come to an end."""
    tests = selected(copy / "mutants")
    command = [sys.executable, "-m", "pytest", "-q", "-x", "-p", "no:cacheprovider", *tests]
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


def selected(copy: Path) -> list[str]:
    """Return the files of tests that have to notice."""
    files = (copy / "tests" / "unit").glob("test_*.py")
    return sorted(str(path.relative_to(copy)) for path in files if path.name not in SLOW)


def prepare(copy: Path) -> None:
    """Lay out the checkout as mutmut wants it."""
    for name in KEPT:
        source = CHECKOUT / name
        if source.is_dir():
            shutil.copytree(source, copy / name, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(source, copy)
    shutil.copytree(CHECKOUT / "components", copy / "src", ignore=shutil.ignore_patterns("__pycache__"))
    # Python passes over a directory of its path that is not there when it starts.
    (copy / "mutants" / "src").mkdir(parents=True)
    package = copy / "src" / PACKAGE
    paths = [package / module.replace(".", "/") for module in MODULES]
    mutated = [path.with_suffix(".py") for path in paths if path.with_suffix(".py").exists()]
    mutated += [path for each in paths for path in sorted(each.glob("*.py"))]
    for path in mutated:
        tree = ast.parse(path.read_text())
        for node in ast.walk(tree):
            if isinstance(node, ast.Module | ast.ClassDef):
                node.body = list(undecorated(node.body))
        path.write_text(ast.unparse(ast.fix_missing_locations(tree)))
    tests = selected(copy)
    for path in tests:
        name_by_number(copy / path)
    (copy / "tests" / "unit" / "conftest.py").write_text(NUMBERED)
    lines = [
        "[tool.mutmut]",
        'source_paths = ["src"]',
        f"only_mutate = {json.dumps([str(path.relative_to(copy)) for path in mutated])}",
        f"also_copy = {json.dumps(KEPT)}",
        f"pytest_add_cli_args_test_selection = {json.dumps(tests)}",
        'pytest_add_cli_args = ["-p", "no:cacheprovider", "-p", "no:xdist"]',
    ]
    with (copy / "pyproject.toml").open("a") as file:
        file.write("\n" + "\n".join(lines) + "\n")


def name_by_number(path: Path) -> None:
    """Take the names from the cases of tests: mutmut cannot pass all of them on to pytest."""
    tree = ast.parse(path.read_text())
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            node.keywords = [keyword for keyword in node.keywords if keyword.arg != "ids"]
    path.write_text(ast.unparse(tree))


def undecorated(body: list[ast.stmt]) -> Iterator[ast.stmt]:
    """Yield statements with decorators of functions as assignments."""
    for node in body:
        yield node
        if isinstance(node, ast.FunctionDef):
            for decorator in reversed(node.decorator_list):
                applied = ast.Call(decorator, [ast.Name(node.name, ast.Load())], [])
                yield ast.Assign([ast.Name(node.name, ast.Store())], applied)
            node.decorator_list = []


def mutmut(copy: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run mutmut on the copy, whose package goes before the installed one."""
    environment = {**os.environ, "PYTHONPATH": str(copy / "mutants" / "src")}
    command = [Path(sys.executable).with_name("mutmut"), *arguments]
    return subprocess.run(command, cwd=copy, env=environment, capture_output=True, text=True, check=False)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
