"""Whole lists of addresses from elsewhere: from another stack, and from a resource of the same program."""

from copy import copy

import pytest
from tests.engine.rfc2136.lab import BARE, SECRET, Lab, Run
from tools.lab.knot import Knot
from tools.lab.stack import Stack

PROGRAM = """\
import pulumi

from xmpp_federation_dns import EdgePool, Rfc2136Zone, XmppFederationDns, XmppFederationDnsArgs

config = pulumi.Config()


class Machine(pulumi.CustomResource):
    address: pulumi.Output

    def __init__(self, name, planned):
        super().__init__("machine:index:Machine", name, {"planned": planned, "address": None})


def zone(name, **options):
    port = config.require_int("port")
    return Rfc2136Zone(name=name, server="127.0.0.1", port=port, tsig_key_name="demo", **options)


def federation():
    network = pulumi.StackReference("organization/xmpp-federation-dns/network")
    edge = Machine("edge", ["2620:1ec::11", "2620:1EC::10"])
    pool = EdgePool(ipv4=network.require_output("addresses"), ipv6=edge.address)
    args = XmppFederationDnsArgs(
        domains=["contoso.com", "fabrikam.com"],
        edge_pools=[pool],
        zones=[zone("contoso.com"), zone("fabrikam.com", bulk=True)],
        tsig_secret=config.require_secret("key"),
    )
    pulumi.export("records", XmppFederationDns("federation", args).records)


if pulumi.get_stack() == "network":
    pulumi.export("addresses", config.require_object("addresses"))
else:
    federation()
"""
PUBLISHED = sorted(
    [
        *BARE,
        "_xmpp-server._tcp 3600 IN SRV 0 0 5269 xmpp",
        "xmpp 300 IN A 131.107.155.10",
        "xmpp 300 IN A 131.107.155.9",
        "xmpp 300 IN AAAA 2620:1ec::10",
        "xmpp 300 IN AAAA 2620:1ec::11",
    ]
)


@pytest.fixture(scope="module")
def lab(knot: Knot, tmp_path_factory: pytest.TempPathFactory) -> Lab:
    lab = Lab.of(knot, tmp_path_factory.mktemp("pulumi"))
    (lab.stack.project / "__main__.py").write_text(PROGRAM)
    lab.configure(port=knot.port)
    lab.stack.set_secret("key", SECRET)
    return lab


@pytest.fixture(scope="module")
def network(lab: Lab) -> Stack:
    stack = copy(lab.stack)
    stack.name = "network"
    stack.pulumi("stack", "init")
    return stack


def deliver(network: Stack, addresses: str) -> None:
    network.pulumi("config", "set", "addresses", addresses)
    network.pulumi("up", "--yes", "--skip-preview")


@pytest.fixture(scope="module")
def previewed(lab: Lab, network: Stack) -> Run:
    deliver(network, '["131.107.155.10", "131.107.155.9"]')
    return lab.run("preview")


@pytest.fixture(scope="module")
def published(previewed: Run, lab: Lab) -> Run:
    assert previewed.status == 0
    return lab.run("up", "--yes", "--skip-preview")


@pytest.fixture(scope="module")
def emptied(published: Run, lab: Lab, network: Stack) -> Run:
    assert published.status == 0
    deliver(network, "[]")
    return lab.run("up", "--yes", "--skip-preview")


def test_preview_shows_the_record_sets_of_lists_that_are_not_known_yet(previewed: Run):
    assert previewed.steps == {
        "federation-_xmpp-server._tcp.contoso.com-SRV create",
        "federation-xmpp.contoso.com-A create",
        "federation-xmpp.contoso.com-AAAA create",
    }


def test_lists_from_elsewhere_are_published_one_by_one_and_in_bulk(published: Run):
    assert dict(published.zones) == {"contoso.com": PUBLISHED, "fabrikam.com": PUBLISHED}


@pytest.mark.usefixtures("published")
def test_the_records_have_the_values_of_the_lists(lab: Lab):
    rows = {(row["name"], row["type"]): row["values"] for row in lab.stack.outputs()["records"]}
    assert rows["xmpp.fabrikam.com", "A"] == ["131.107.155.9", "131.107.155.10"]
    assert rows["xmpp.contoso.com", "AAAA"] == ["2620:1ec::10", "2620:1ec::11"]


def test_a_list_that_turns_out_empty_ends_the_update_and_changes_nothing(emptied: Run):
    assert emptied.status != 0
    assert emptied.errors == [
        "1 problem in the XMPP federation configuration:",
        "edge_pools[0].ipv4: the list is empty when it is known, so the target would lead nowhere; leave ipv4 out "
        "where there are none",
    ]
    assert dict(emptied.changes) == {"contoso.com": [], "fabrikam.com": []}
    assert "Traceback" not in emptied.output
