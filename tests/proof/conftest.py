"""A DNS that has neither TLSA nor CAA records, for tests that leave the resolver of this machine alone."""

import pytest

from xmpp_federation_dns.proof.validator import Validated
from xmpp_federation_dns.proof.xmpp import probe


class Empty:
    """A stand-in for who asks the resolver of this machine."""

    def __init__(self, *_: object) -> None: ...

    async def look_up(self, *_: str) -> Validated:
        return Validated(())

    async def values(self, *_: str) -> list[str]:
        return []


@pytest.fixture(autouse=True)
def empty_dns(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(probe, "Validator", Empty)
