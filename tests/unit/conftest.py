import gc
from collections.abc import Iterable, Iterator
from pathlib import Path

import pytest
from tests.unit.cli import CORRECT, UNWISE, WRONG
from tests.unit.dynamic_update.lab import SECRET, ZONE, emptied
from tools.lab.knot import Knot

from xmpp_federation_dns.changes import Place
from xmpp_federation_dns.keepers import ownership
from xmpp_federation_dns.keepers.ownership import Claims


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.chdir(tmp_path)
    for name, text in (("correct", CORRECT), ("wrong", WRONG), ("unwise", UNWISE)):
        Path(f"Pulumi.{name}.yaml").write_text(text)
    yield
    gc.enable()  # which the command disables in its process


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Knot]:
    """Yield a Knot server that takes dynamic updates."""
    with Knot.serving([ZONE], tmp_path_factory.mktemp("knot") / "server", SECRET) as knot:
        yield knot


@pytest.fixture
def knot(server: Knot) -> Knot:
    """Return the server with nothing in its zone but what the zone itself needs."""
    return emptied(server)


class Forgetful(Claims):
    """What processes remember that have one operation each."""

    def hold(self, owner: str, place: Place, keys: Iterable[str]) -> None:
        """Forget it."""

    def refuse(self, place: Place, keys: Iterable[str]) -> None:
        """Forget it."""

    @property
    def failed(self) -> bool:
        """Say that nothing did."""
        return False

    @failed.setter
    def failed(self, value: bool) -> None:
        """Forget it."""


@pytest.fixture(autouse=True)
def operations_in_updates_of_their_own(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let each operation of a provider be the only one of its update."""
    monkeypatch.setattr(ownership, "CLAIMS", Forgetful())
