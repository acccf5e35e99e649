"""The copy of the checkout that mutmut works on, laid out as it wants it."""

import ast
import json
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from tools.lab.stack import CHECKOUT

PACKAGE = "xmpp_federation_dns"
KEPT = (
    "__main__.py",
    "Pulumi.yaml",
    "README.md",
    "config",
    "docs",
    "policy",
    "pyproject.toml",
    "tests",
    "tools",
)
PLUGIN = """\
import signal

import pytest


def pytest_make_parametrize_id(argname):
    return argname


def late(*_):
    pytest.fail("takes too long")


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol():
    signal.signal(signal.SIGALRM, late)
    signal.setitimer(signal.ITIMER_REAL, 45, 1)
    try:
        return (yield)
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
"""
"""What numbers the cases of a test, and ends one that waits for ever: the longest takes a few seconds."""
OPTIONS = ("-p", "no:cacheprovider", "-p", "no:xdist", "-p", "numbered")


class Group(NamedTuple):
    """Modules of the package, and the tests that have to notice what is changed there."""

    modules: tuple[str, ...]
    tests: tuple[str, ...]
    without: tuple[str, ...] = ()
    """Tests among them that are too slow to run for each mutant."""


def selected(copy: Path, group: Group) -> list[str]:
    """Return the files of tests that have to notice."""
    files = {str(path.relative_to(copy)) for pattern in group.tests for path in copy.glob(pattern)}
    return sorted(files - {*group.without})


def prepare(copy: Path, group: Group) -> None:
    """Lay out the checkout as mutmut wants it."""
    for name in KEPT:
        source = CHECKOUT / name
        if source.is_dir():
            shutil.copytree(source, copy / name, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(source, copy)
    shutil.copytree(CHECKOUT / "components", copy / "src", ignore=shutil.ignore_patterns("__pycache__"))
    (copy / "src" / "numbered.py").write_text(PLUGIN)
    # Python passes over a directory of its path that is not there when it starts.
    (copy / "mutants" / "src").mkdir(parents=True)
    package = copy / "src" / PACKAGE
    paths = [package / module.replace(".", "/") for module in group.modules]
    mutated = [path.with_suffix(".py") for path in paths if path.with_suffix(".py").exists()]
    mutated += [path for each in paths for path in sorted(each.glob("*.py"))]
    for path in mutated:
        tree = Uncast().visit(ast.parse(path.read_text()))
        for node in ast.walk(tree):
            if isinstance(node, ast.Module | ast.ClassDef):
                node.body = list(undecorated(node.body))
            elif isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                # What describes an attribute would be changed as if it were a value.
                node.body = [each for each in node.body if each is node.body[0] or not is_text(each)]
        path.write_text(ast.unparse(ast.fix_missing_locations(tree)))
    tests = selected(copy, group)
    for path in tests:
        name_by_number(copy / path)
    lines = [
        "[tool.mutmut]",
        'source_paths = ["src"]',
        'process_isolation = "forkserver"',
        f"only_mutate = {json.dumps([str(path.relative_to(copy)) for path in mutated])}",
        f"also_copy = {json.dumps(KEPT)}",
        f"pytest_add_cli_args_test_selection = {json.dumps(tests)}",
        f"pytest_add_cli_args = {json.dumps(OPTIONS)}",
    ]
    with (copy / "pyproject.toml").open("a") as file:
        file.write("\n" + "\n".join(lines) + "\n")


def name_by_number(path: Path) -> None:
    """Take the names from the cases of tests: mutmut cannot pass all of them on to pytest."""
    tree = ast.parse(path.read_text())
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            names = {"ids", "id"} if ast.unparse(node.func) == "pytest.param" else {"ids"}
            node.keywords = [keyword for keyword in node.keywords if keyword.arg not in names]
    path.write_text(ast.unparse(tree))


class Uncast(ast.NodeTransformer):
    """Takes away casts, which do nothing when the program runs."""

    def visit_Call(self, node: ast.Call) -> ast.expr:
        """Replace a cast by its value."""
        self.generic_visit(node)
        return node.args[1] if ast.unparse(node.func) == "cast" else node


def is_text(statement: ast.stmt) -> bool:
    """Tell whether a statement is a text and nothing else."""
    return isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant)


def undecorated(body: list[ast.stmt]) -> Iterator[ast.stmt]:
    """Yield statements with decorators of functions as assignments."""
    for node in body:
        yield node
        if isinstance(node, ast.FunctionDef):
            for decorator in reversed(node.decorator_list):
                applied = ast.Call(decorator, [ast.Name(node.name, ast.Load())], [])
                yield ast.Assign([ast.Name(node.name, ast.Store())], applied)
            node.decorator_list = []
