"""A private tree of Knot servers, each on its own address."""

from collections.abc import Generator
from contextlib import ExitStack

import dns.asyncresolver
import pytest
from tests.proof.dns.knots import knot
from tests.proof.dns.tree import COM, CONTOSO, FABRIKAM, LITWARE, NET, PROSEWARE, ROOT, TREE, Resolver
from tools.lab.knot import free_port

from xmpp_federation_dns.proof.dns import server as server_module
from xmpp_federation_dns.proof.dns import verify as module


@pytest.fixture(scope="module")
def port(tmp_path_factory: pytest.TempPathFactory) -> Generator[int]:
    """Return the port of all servers of the tree."""
    found, directory = free_port(), tmp_path_factory.mktemp("tree")
    with ExitStack() as stack:
        for address, zones in {
            "127.0.0.11": {".": ROOT},
            "127.0.0.12": {"com.": COM, "net.": NET},
            "127.0.0.13": {
                "contoso.com.": CONTOSO,
                "fabrikam.com.": FABRIKAM,
                "litware.com.": LITWARE,
                "proseware.net.": PROSEWARE,
            },
        }.items():
            stack.enter_context(knot(directory / address, zones, found, address))
        yield found


@pytest.fixture
def resolver(monkeypatch: pytest.MonkeyPatch) -> Resolver:
    found = Resolver(TREE)
    monkeypatch.setattr(dns.asyncresolver, "default_resolver", found)
    monkeypatch.setattr(module, "PAUSES", (1e9,))
    return found


@pytest.fixture
def tree(resolver: Resolver, port: int, monkeypatch: pytest.MonkeyPatch) -> Resolver:
    monkeypatch.setattr(server_module, "PORT", port)
    return resolver
