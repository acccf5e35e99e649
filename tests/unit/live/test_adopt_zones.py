"""What `adopt` needs of the zones of a stack: those that it names are read, and no others."""

import pytest
from tests.unit.keepers import memory
from tests.unit.live.import_files import SRV, A, Client, adopted, record, stack, write

from xmpp_federation_dns.backends.aws import Route53Zone

pytestmark = pytest.mark.usefixtures("project")


def test_a_zone_of_which_the_file_has_nothing_is_not_read(monkeypatch: pytest.MonkeyPatch):
    read: list[str] = []

    def client(self: Route53Zone, properties: object) -> Client:  # noqa: ARG001 nothing is learnt before
        read.append(self.name)
        return Client(memory.Zone(), (self.name,))

    monkeypatch.setattr(Route53Zone, "client", client)
    stack(
        "config:\n  zones: [{provider: aws, name: contoso.com}, {provider: aws, name: fabrikam.com}]\n"
        "  domains: [contoso.com, fabrikam.com]\n  edgePools: [{ipv4: [131.107.155.10]}]\n"
    )
    top = {"type": "xmpp-federation-dns:index:XmppFederationDns", "name": "federation", "component": True}
    write(top, record(f"{SRV} SRV"), record(f"{A} A"))
    assert (adopted()[0], read) == (1, ["contoso.com"])
