from collections.abc import Iterator
from contextlib import ExitStack

import pytest
from tests.unit.dynamic_update.lab import OTHER_SECRET, SECRET, ZONE
from tools.lab import knot as lab
from tools.lab.knot import Knot

from xmpp_federation_dns.backends import rfc2136_client, rfc2136_primary
from xmpp_federation_dns.keepers.keeper import Keeper

MORE_KEYS = f"""\
  - id: long
    algorithm: hmac-sha384
    secret: {SECRET}
  - id: longer
    algorithm: hmac-sha512
    secret: {SECRET}
  - id: stranger
    algorithm: hmac-sha256
    secret: {SECRET}
  - id: narrow
    algorithm: hmac-sha256
    secret: {SECRET}
acl:
  - id: others
    key: [long, longer]
    action: update
  - id: text
    key: narrow
    action: update
    update-type: TXT
  - id: unsigned
    address: 127.0.0.1
    action: update
    update-owner: name
    update-owner-match: sub
    update-owner-name: open
"""


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Knot]:
    """Yield a Knot server with several keys, and names below open.contoso.com that anybody may change."""
    text = lab.CONFIGURATION.replace("acl:\n", MORE_KEYS, 1).replace(
        "    acl: update\n", "    acl: [update, others, text, unsigned]\n"
    )
    directory = tmp_path_factory.mktemp("knot") / "server"
    with ExitStack() as stack:
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(lab, "CONFIGURATION", text)
            knot = stack.enter_context(Knot.serving([ZONE], directory, SECRET))
        yield knot


@pytest.fixture(autouse=True)
def at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Do not wait between two looks."""
    monkeypatch.setattr(rfc2136_client, "PAUSE", 0)


@pytest.fixture
def provider() -> Keeper:
    """Return the provider of a stack that knows the secret."""
    return Keeper(SECRET)


@pytest.fixture
def stranger() -> Keeper:
    """Return the provider of a stack that has another secret."""
    return Keeper(OTHER_SECRET)


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Shorten the time-outs."""
    monkeypatch.setattr(rfc2136_primary, "TIMEOUT", 0.3)
    monkeypatch.setattr(rfc2136_primary, "ATTEMPTS", 2)
