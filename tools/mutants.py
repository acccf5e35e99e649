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
from pathlib import Path

from tools.lab.stack import CHECKOUT

PACKAGE = "xmpp_federation_dns"
MODULES = ("args", "federation", "records", "names", "shape", "rules")
"""What is changed: the modules without Pulumi, a file or a terminal."""
LEAST = 90.0
"""Percent of the changes that a test has to notice."""
SLOW = ("dynamic_update", "test_cli.py", "test_docs.py", "test_package.py", "test_properties.py")
"""Tests that start processes or try hundreds of examples: the others have to do without them."""
KEPT = ("__main__.py", "Pulumi.yaml", "README.md", "config", "pyproject.toml", "tests", "tools")
KILLED = {1, 3, 24, -24, 36, 152, 255}
"""Exit statuses of tests that noticed: a failure, or no end."""

NUMBERED = "def pytest_make_parametrize_id(argname):\n    return argname\n"
"""A conftest.py by which the cases of a test are numbered."""


def main() -> int:
    """Print killed and all mutants of each module, then the survivors as diffs; return 1 where too many live."""
    with tempfile.TemporaryDirectory() as directory:
        copy = Path(directory)
        prepare(copy)
        done = mutmut(copy, "run", "--max-children", str(len(os.sched_getaffinity(0))))
        if done.returncode:
            print(done.stdout[-4000:], done.stderr[-4000:], file=sys.stderr)
            return 2
        statuses = dict(results(copy))
        survivors = sorted(name for name, status in statuses.items() if status not in KILLED)
        percent = 0.0
        print("| module | mutants | killed | % |")
        print("|---|---|---|---|")
        for module in (*MODULES, ""):
            found = [
                s for name, s in statuses.items() if f"{name}.".startswith(f"{PACKAGE}.{module}".rstrip("."))
            ]
            killed = sum(status in KILLED for status in found)
            percent = 100 * killed / len(found) if found else 100.0
            print(f"| {module or 'all'} | {len(found)} | {killed} | {percent:.1f} |")
        for name in survivors:
            print(f"\n{name} ({statuses[name]})")
            print(mutmut(copy, "show", name).stdout)
    return 0 if percent >= LEAST else 1


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
    mutated = [package / f"{module}.py" for module in MODULES if (package / f"{module}.py").exists()]
    mutated += [path for module in MODULES for path in sorted((package / module).glob("*.py"))]
    for path in mutated:
        tree = ast.parse(path.read_text())
        for node in ast.walk(tree):
            if isinstance(node, ast.Module | ast.ClassDef):
                node.body = list(undecorated(node.body))
        path.write_text(ast.unparse(ast.fix_missing_locations(tree)))
    tests = sorted(
        path.relative_to(copy)
        for path in (copy / "tests" / "unit").iterdir()
        if path.name.startswith("test_") and path.name not in SLOW
    )
    for path in tests:
        name_by_number(copy / path)
    (copy / "tests" / "unit" / "conftest.py").write_text(NUMBERED)
    lines = [
        "[tool.mutmut]",
        'source_paths = ["src"]',
        f"only_mutate = {json.dumps([str(path.relative_to(copy)) for path in mutated])}",
        f"also_copy = {json.dumps(KEPT)}",
        f"pytest_add_cli_args_test_selection = {json.dumps([str(path) for path in tests])}",
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


def results(copy: Path) -> Iterator[tuple[str, int | None]]:
    """Yield each mutant with the exit status of its tests."""
    for path in (copy / "mutants").rglob("*.meta"):
        yield from json.loads(path.read_text())["exit_code_by_key"].items()


if __name__ == "__main__":
    sys.exit(main())
