"""The component in a larger program: other resources deliver addresses and secrets, and take what is published."""

import pytest
from tests.engine.rfc2136.lab import BARE, OTHER_SECRET, SECRET, Lab, Run
from tools.lab.knot import Knot

PROGRAM = """\
import pulumi

from xmpp_federation_dns import EdgePool, Rfc2136Zone, XmppFederationDns, XmppFederationDnsArgs

config = pulumi.Config()


class Machine(pulumi.CustomResource):
    address: pulumi.Output

    def __init__(self, name, planned):
        super().__init__("machine:index:Machine", name, {"planned": planned, "address": None})


federation = XmppFederationDns(
    "federation",
    XmppFederationDnsArgs(
        domains=["contoso.com"],
        edge_pools=[EdgePool(ipv4=["131.107.155.9", Machine("edge", config.require("address")).address])],
        zones=[
            Rfc2136Zone(
                name="contoso.com",
                server="127.0.0.1",
                port=config.require_int("port"),
                tsig_key_name="demo",
            )
        ],
        tsig_secret=config.require_secret("key"),
    ),
)
Machine("monitor", federation.records.apply(str))
"""


@pytest.fixture(scope="module")
def lab(knot: Knot, tmp_path_factory: pytest.TempPathFactory) -> Lab:
    lab = Lab.of(knot, tmp_path_factory.mktemp("pulumi"))
    (lab.stack.project / "__main__.py").write_text(PROGRAM)
    lab.configure(port=knot.port, address="10.0.0.5")
    lab.stack.set_secret("key", SECRET)
    return lab


@pytest.fixture(scope="module")
def previewed(lab: Lab) -> Run:
    return lab.run("preview")


@pytest.fixture(scope="module")
def refused(previewed: Run, lab: Lab) -> Run:
    assert previewed.status == 0
    return lab.run("up", "--yes", "--skip-preview")


@pytest.fixture(scope="module")
def log_of_refused(refused: Run, knot: Knot) -> str:
    assert refused.status == 1
    return (knot.directory / "server.log").read_text()


@pytest.fixture(scope="module")
def published(log_of_refused: str, lab: Lab) -> Run:
    assert log_of_refused
    lab.configure(address="131.107.155.10")
    return lab.run("up", "--yes", "--skip-preview")


@pytest.fixture(scope="module")
def refreshed(published: Run, lab: Lab) -> Run:
    assert published.status == 0
    return lab.run("refresh", "--yes", "--skip-preview", "--expect-no-changes")


@pytest.fixture(scope="module")
def rekeyed(refreshed: Run, lab: Lab, knot: Knot) -> Run:
    assert refreshed.status == 0
    knot.stop()
    knot.secret = OTHER_SECRET
    knot.start()
    lab.stack.set_secret("key", OTHER_SECRET)
    return lab.run("up", "--yes", "--skip-preview")


@pytest.fixture(scope="module")
def destroyed(rekeyed: Run, lab: Lab) -> Run:
    assert rekeyed.status == 0
    return lab.run("destroy", "--yes", "--skip-preview")


def test_preview_shows_record_sets_whose_addresses_are_not_known_yet(previewed: Run) -> None:
    assert previewed.steps == {
        "federation-_xmpp-server._tcp.contoso.com-SRV create",
        "federation-xmpp.contoso.com-A create",
    }


def test_an_address_that_turns_out_bad_is_told_as_if_it_stood_in_the_configuration(refused: Run) -> None:
    first, problem = refused.errors
    assert first == "1 problem in the XMPP federation configuration:"
    assert problem == (
        "edge_pools[0].ipv4[1]: '10.0.0.5' is a private address; peers on the internet cannot reach it "
        "(allowPrivateAddresses: true for a lab)"
    )


def test_an_address_that_turns_out_bad_is_refused_before_the_server_is_asked(log_of_refused: str) -> None:
    assert "server started" in log_of_refused
    assert "DDNS" not in log_of_refused


def test_an_address_that_another_resource_delivers_is_published(published: Run) -> None:
    assert published.zones["contoso.com"] == sorted(
        [
            *BARE,
            "_xmpp-server._tcp 3600 IN SRV 0 0 5269 xmpp",
            "xmpp 300 IN A 131.107.155.10",
            "xmpp 300 IN A 131.107.155.9",
        ]
    )


@pytest.mark.usefixtures("published")
def test_what_takes_the_output_comes_after_every_record_set(lab: Lab) -> None:
    resources = lab.stack.state()["deployment"]["resources"]
    (needed,) = (each["dependencies"] for each in resources if each["urn"].endswith("::monitor"))
    assert {urn.rpartition("::")[2] for urn in needed} == {
        "edge",
        "federation-_xmpp-server._tcp.contoso.com-SRV",
        "federation-xmpp.contoso.com-A",
    }


def test_refresh_finds_no_drift_where_there_is_none(refreshed: Run) -> None:
    assert refreshed.resources == {"unchanged": 6}


def test_a_new_key_from_another_resource_changes_no_record(rekeyed: Run) -> None:
    assert (rekeyed.status, rekeyed.resources) == (0, {"updated": 2, "unchanged": 4})
    assert rekeyed.changes["contoso.com"] == []


def test_destroy_works_with_the_new_key(destroyed: Run) -> None:
    assert destroyed.status == 0
    assert destroyed.zones["contoso.com"] == BARE


@pytest.mark.usefixtures("destroyed")
def test_no_traceback_reaches_the_user(lab: Lab) -> None:
    assert ["Traceback" in run.output for run in lab.runs] == [False] * 6


@pytest.mark.usefixtures("destroyed")
def test_a_secret_argument_is_in_no_output_and_in_plain_text_in_no_state_file(lab: Lab) -> None:
    assert [run.leaks for run in lab.runs] == [[]] * 6
