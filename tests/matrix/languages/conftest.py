"""The columns of the table, each with a server or zone of its own."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack
from pathlib import Path
from typing import Any, cast

import pytest
from tests.engine.languages.lab import Go, TypeScript
from tests.engine.rfc2136.lab import serving
from tests.matrix.languages.cells import OPERATIONS, PLACES, tried
from tests.matrix.languages.column import PROGRAMS, Column, Program
from tests.matrix.ownership.knot_zone import KnotZone
from tests.standins.clouds import Cloud
from tests.standins.fixtures import aws, azure
from tests.standins.zones import WatchedZone

__all__ = ["aws", "azure", "column", "command", "made", "servers"]


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Try an operation in every cell that has no reason against it."""
    operation = OPERATIONS.get(metafunc.function.__name__)
    if operation:
        language: str = cast("Any", metafunc.cls).language  # pyright: ignore[reportUnknownMemberType] untyped
        metafunc.parametrize("column", list(tried(operation, language)), indirect=True)


@pytest.fixture(scope="session")
def servers() -> Iterator[ExitStack]:
    """Keep servers until the tests end."""
    with ExitStack() as stack:
        yield stack


@pytest.fixture(scope="session")
def command(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], list[str]]:
    """Return what returns the command that runs the program of a language, compiled once."""
    compiled: dict[str, list[str]] = {}
    sdks = {"TypeScript": (TypeScript, "index.ts"), "Go": (Go, "program.go")}

    def of(language: str) -> list[str]:
        if language in sdks and language not in compiled:
            kind, name = sdks[language]
            directory = tmp_path_factory.mktemp(kind.language)
            text = (PROGRAMS / name).read_text()
            compiled[language] = kind(directory).command(directory / "program", text)
        return compiled.get(language, [])

    return of


@pytest.fixture(scope="session")
def made() -> dict[tuple[str, str], Column]:
    """Return the columns that there are already."""
    return {}


@pytest.fixture
def column(
    request: pytest.FixtureRequest,
    tmp_path_factory: pytest.TempPathFactory,
    command: Callable[[str], list[str]],
    servers: ExitStack,
    made: dict[tuple[str, str], Column],
) -> Column:
    """Return one column, as far as it has come."""
    language: str = cast("Any", request.cls).language  # pyright: ignore[reportUnknownMemberType] untyped
    key = language, request.param
    if key not in made:
        directory = tmp_path_factory.mktemp("column")
        provider, options = PLACES[request.param]
        environment: Mapping[str, str] = {}
        if provider == "rfc2136":
            knot = servers.enter_context(serving(directory / "knot", "contoso.com"))
            zone: WatchedZone = KnotZone("contoso.com", knot)
        else:
            cloud: Cloud = request.getfixturevalue(provider)
            zone, environment = cloud.zone("contoso.com"), cloud.environment

        def new(directory: Path) -> Program:
            return Program(directory, language, command(language), environment)

        made[key] = Column(directory, zone, options, new)
    return made[key]
