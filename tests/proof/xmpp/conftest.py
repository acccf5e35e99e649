"""The authority of the stand-in servers, and a DNS that has neither TLSA nor CAA records."""

import pytest
from tests.proof.xmpp.authority import Authority

from xmpp_federation_dns.proof.validator import Validated
from xmpp_federation_dns.proof.xmpp import probe


class Empty:
    """A stand-in for who asks the resolver of this machine, which tests leave alone."""

    def __init__(self, *_: object) -> None: ...

    async def look_up(self, *_: str) -> Validated:
        return Validated(())

    async def values(self, *_: str) -> list[str]:
        return []


@pytest.fixture(scope="session")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    """Make a throw-away certification authority."""
    return Authority(tmp_path_factory.mktemp("authority"))


@pytest.fixture(autouse=True)
def empty_dns(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(probe, "Validator", Empty)
