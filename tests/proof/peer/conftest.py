"""A machine whose resolver knows nothing, unless a test gives it a table."""

import dns.asyncresolver
import pytest
from tests.proof.dns.conftest import port
from tests.proof.dns.tree import TREE, Resolver
from tests.proof.xmpp.conftest import authority

from xmpp_federation_dns.proof.dns import server as server_module
from xmpp_federation_dns.proof.dns import verify as module

__all__ = ["authority", "port"]


@pytest.fixture(autouse=True)
def resolver(monkeypatch: pytest.MonkeyPatch) -> Resolver:
    found = Resolver({})
    monkeypatch.setattr(dns.asyncresolver, "default_resolver", found)
    monkeypatch.setattr(module, "PAUSES", (1e9,))
    return found


@pytest.fixture
def tree(resolver: Resolver, port: int, monkeypatch: pytest.MonkeyPatch) -> Resolver:
    monkeypatch.setattr(server_module, "PORT", port)
    resolver.table = TREE
    return resolver
