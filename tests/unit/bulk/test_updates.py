"""The dynamic provider for dynamic updates against Knot: what it publishes, changes, deletes and reads."""

from collections.abc import Iterator
from typing import Any

import dns.rcode
import dns.update
import pytest
from pulumi.dynamic import Config, ConfigureRequest
from tests.unit.bulk.lab import ADDRESS, OTHER_ADDRESS, ZONE, domain, domains, failed, service
from tests.unit.dynamic_update.lab import SECRET, answering, says
from tools.lab.knot import ADDRESS as LOOPBACK
from tools.lab.knot import KEY_NAME, Knot

from xmpp_federation_dns.backends import primary
from xmpp_federation_dns.backends.dynamic_update import PrimaryZone
from xmpp_federation_dns.backends.primary import Outcome, Primary
from xmpp_federation_dns.keepers.batches import batches, contents, difference
from xmpp_federation_dns.keepers.dynamic import JournalProvider, RecordSetProvider
from xmpp_federation_dns.keepers.errors import UnfinishedError, UpdateError
from xmpp_federation_dns.keepers.journal import packed
from xmpp_federation_dns.keepers.keeper import Keeper
from xmpp_federation_dns.keepers.ownership import WAYS_OUT


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Knot]:
    with Knot.serving([ZONE], tmp_path_factory.mktemp("knot") / "server", SECRET) as knot:
        yield knot


@pytest.fixture
def knot(server: Knot) -> Knot:
    """Return the server with nothing in its zone but what the zone itself needs."""
    for name, rdtype in server.names(ZONE):
        if name not in ("@", "ns1"):
            server.change(ZONE, ("delete", name, rdtype))
    return server


@pytest.fixture
def provider() -> Keeper:
    return Keeper(SECRET)


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    """Make batches of two new SIP domains each."""
    monkeypatch.setattr(PrimaryZone, "most", (900,))


def properties(port: int, record_sets: dict[str, str], **others: Any) -> dict[str, Any]:
    """Return the inputs of the resource; the engine delivers whole numbers as floats."""
    return {
        "server": LOOPBACK,
        "port": float(port),
        "zone": ZONE,
        "provider": "rfc2136",
        "tsigKeyName": KEY_NAME,
        "tsigAlgorithm": "hmac-sha256",
        "existing": "refuse",
        "recordSets": record_sets,
        "journal": [],
        **others,
    }


def create(knot: Knot, provider: Keeper, record_sets: dict[str, str], **others: Any) -> dict[str, Any]:
    """Return the state that a create leaves."""
    return provider.create(properties(knot.port, record_sets, **others)).outs or {}


def serial(knot: Knot) -> int:
    """Return the serial of the zone, which every message that changes something raises."""
    return int(knot.ask(f"{ZONE}.", "SOA")[0].split()[6])


def names(knot: Knot) -> set[str]:
    """Return the keys of all record sets that the zone does not need itself."""
    return {f"{name}.{ZONE} {rdtype}" for name, rdtype in knot.names(ZONE) if name not in ("@", "ns1")}


def test_a_zone_is_created_in_one_message(knot: Knot, provider: Keeper):
    before = serial(knot)
    state = create(knot, provider, domains(1, 2))
    assert state == properties(knot.port, domains(1, 2))
    assert provider.read(ZONE, state).outs == state
    assert serial(knot) == before + 1


def test_a_journal_is_written_where_nothing_is_there_by_a_message_that_changes_nothing(
    knot: Knot, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr("traceback.format_exc", None)
    writer = JournalProvider()
    writer.configure(ConfigureRequest(Config({"federation:tsigSecret": SECRET}, "federation")))
    before = serial(knot)
    given = properties(knot.port, {}) | {"recordSets": packed(domain(1))}
    created = writer.create(given)
    assert (created.id, (created.outs or {})["recordSets"], serial(knot)) == (
        ZONE,
        given["recordSets"],
        before,
    )


@pytest.mark.usefixtures("small")
def test_several_messages_show_how_far_they_are(
    knot: Knot, provider: Keeper, capsys: pytest.CaptureFixture[str]
):
    create(knot, provider, domains(1, 2, 3))
    assert names(knot) == set(domains(1, 2, 3))
    assert capsys.readouterr().out.splitlines() == [
        f"DNS server 127.0.0.1 port {knot.port}, zone contoso.com: {done} of 6 record sets" for done in (4, 6)
    ]


def test_an_update_is_one_message_with_the_difference(knot: Knot, provider: Keeper):
    old = create(knot, provider, domains(1, 2))
    before = serial(knot)
    new = properties(knot.port, {**domain(1, OTHER_ADDRESS), **domain(3)})
    state = provider.update("", old, new).outs
    assert state == new
    assert provider.read(ZONE, new).outs == new
    assert (names(knot), serial(knot)) == (set(domains(1, 3)), before + 1)


def test_another_ttl_is_published(knot: Knot, provider: Keeper):
    old = create(knot, provider, domain(1))
    new = properties(knot.port, {**service("d1.contoso.com", 60), "xmpp.d1.contoso.com A": f"60 {ADDRESS}"})
    provider.update("", old, new)
    assert provider.read(ZONE, old).outs == new


def test_a_new_key_sends_nothing(knot: Knot, provider: Keeper):
    old = create(knot, provider, domain(1))
    new = {**old, "tsigKeyName": "other"}
    assert provider.update("", old, new).outs == new


def test_a_delete_takes_what_is_in_the_state_alone(knot: Knot, provider: Keeper):
    state = create(knot, provider, domains(1, 2))
    knot.change(ZONE, ("add", "www.contoso.com.", "300", "A", "192.0.2.1"))
    provider.delete("", state)
    assert names(knot) == {"www.contoso.com A"}


@pytest.mark.usefixtures("small")
def test_all_conflicts_are_listed_and_nothing_is_changed(knot: Knot, provider: Keeper):
    knot.change(
        ZONE,
        ("add", "xmpp.d1.contoso.com.", "300", "A", ADDRESS),
        ("add", "xmpp.d2.contoso.com.", "60", "CNAME", "edge.example.net."),
        ("add", "xmpp.d3.contoso.com.", "60", "A", "192.0.2.1"),
    )
    before = serial(knot)
    error = failed(UpdateError, provider.create, properties(knot.port, domains(1, 2, 3)))
    assert str(error) == (
        f"DNS server 127.0.0.1 port {knot.port}, zone contoso.com: nothing was changed because of 3 conflicts:\n"
        f"  xmpp.d1.contoso.com A: '300 {ADDRESS}' is equal, but not of this resource\n"
        "  xmpp.d2.contoso.com A: 'CNAME 60 edge.example.net.' is not of this resource (renamed: give the component "
        "aliases; else delete it there, or take the SIP domain out of the configuration)\n"
        "  xmpp.d3.contoso.com A: '60 192.0.2.1' is not of this resource (renamed: give the component aliases; else "
        "delete it there, or take the SIP domain "
        f"out of the configuration){WAYS_OUT}"
    )
    assert serial(knot) == before


def test_what_is_equal_is_adopted_where_that_is_wanted(knot: Knot, provider: Keeper):
    knot.change(ZONE, ("add", "xmpp.d1.contoso.com.", "300", "A", ADDRESS))
    state = create(knot, provider, domain(1), existing="adopt")
    provider.delete("", state)
    assert names(knot) == set()


@pytest.mark.usefixtures("small")
def test_a_delete_goes_on_where_an_interrupted_one_ended(knot: Knot, provider: Keeper):
    state = create(knot, provider, domains(1, 2, 3))
    provider.delete("", {**state, "recordSets": domains(1, 2)})
    provider.delete("", state)
    assert names(knot) == set()


def test_the_records_of_a_wildcard_are_no_conflict(knot: Knot, provider: Keeper):
    knot.change(ZONE, ("add", "*.contoso.com.", "60", "A", "192.0.2.1"))
    state = create(knot, provider, domain(1))
    knot.change(
        ZONE, ("delete", "xmpp.d1.contoso.com.", "A"), ("delete", "_xmpp-server._tcp.d1.contoso.com.")
    )
    outs = provider.read(ZONE, state).outs
    assert outs is not None
    assert outs["recordSets"] == {}


def test_a_refresh_shows_what_was_edited_and_what_is_gone(knot: Knot, provider: Keeper):
    state = create(knot, provider, domains(1, 2))
    knot.change(ZONE, ("replace", "xmpp.d1.contoso.com.", "60", "A", OTHER_ADDRESS))
    knot.change(ZONE, ("delete", "xmpp.d2.contoso.com.", "A"))
    result = provider.read(ZONE, state)
    expected = properties(
        knot.port,
        {**domain(1), **service("d2.contoso.com"), "xmpp.d1.contoso.com A": f"60 {OTHER_ADDRESS}"},
    )
    assert (result.id, result.outs, result.inputs) == (ZONE, expected, expected)


def test_another_server_gets_what_it_lacks(knot: Knot, provider: Keeper):
    old = create(knot, provider, domains(1, 2))
    knot.change(ZONE, ("delete", "xmpp.d1.contoso.com.", "A"))
    new = properties(knot.port, {**domain(1), **domain(3)})
    assert provider.update("", {**old, "server": "192.0.2.53"}, new).outs == new
    assert names(knot) == set(domains(1, 3))


def test_a_server_that_fails_is_told_with_what_is_left(provider: Keeper):
    with answering(says(dns.rcode.SERVFAIL)) as port:
        error = failed(UpdateError, provider.create, properties(port, domain(1)))
    assert str(error) == (
        f"DNS server 127.0.0.1 port {port}, zone contoso.com: 2 record sets not sent: the server failed; its log "
        "says why (SERVFAIL); 0 of 2 record sets are done, left for the next run: xmpp.d1.contoso.com A, "
        "_xmpp-server._tcp.d1.contoso.com SRV"
    )


@pytest.mark.usefixtures("small")
def test_a_server_that_goes_away_midway_leaves_what_is_done_in_the_state(
    knot: Knot, provider: Keeper, monkeypatch: pytest.MonkeyPatch
):
    send = Primary.update

    def and_no_more(self: Primary, message: Any, what: str) -> Outcome:
        if "not sent" in what and names(knot):
            raise self.error(f"{what}: connection refused")
        return send(self, message, what)

    monkeypatch.setattr(Primary, "update", and_no_more)
    error = failed(UnfinishedError, provider.create, properties(knot.port, domains(1, 2, 3)))
    assert error.outs == properties(knot.port, domains(1, 2))
    assert names(knot) == set(domains(1, 2))


def test_a_condition_that_the_server_does_not_explain_is_told(provider: Keeper):
    def refuses(wire: bytes) -> bytes | None:
        update = wire[2] >> 3 & 0xF == 5
        return says(dns.rcode.YXRRSET if update else dns.rcode.NXDOMAIN, authoritative=True)(wire)

    with answering(refuses) as port:
        error = failed(UpdateError, provider.create, properties(port, domain(1)))
    assert str(error) == (
        f"DNS server 127.0.0.1 port {port}, zone contoso.com: xmpp.d1.contoso.com A, "
        "_xmpp-server._tcp.d1.contoso.com SRV: the server has something else there than it shows; try again later"
    )


def test_a_silent_server_is_told_in_bounded_time(provider: Keeper, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(primary, "TIMEOUT", 0.2)

    def silent(_: bytes) -> None:
        return None

    with answering(silent) as port:
        error = failed(UpdateError, provider.read, ZONE, properties(port, domain(1)))
    assert str(error) == (
        f"DNS server 127.0.0.1 port {port}, zone contoso.com: _xmpp-server._tcp.d1.contoso.com SRV not read: no "
        "answer in 3 attempts of 0.2 s"
    )


@pytest.mark.parametrize("address", [ADDRESS, OTHER_ADDRESS, None], ids=["same", "change", "delete"])
def test_a_full_message_is_no_longer_than_tcp_allows(
    provider: Keeper, address: str | None, monkeypatch: pytest.MonkeyPatch
):
    client = provider.client(properties(53, {}))
    long = {
        f"_xmpp-server._tcp.{'a' * 63}.{n:04d}.contoso.com SRV": f"60 0 0 1 {'b' * 63}.{n:04d}.contoso.com."
        for n in range(900)
    }
    new = {key: text.replace("60", "61") for key, text in long.items()} if address else {}
    old = {} if address == ADDRESS else long
    made = list(batches(difference(contents(old), contents(new)), client.weight, client.most))
    lengths: list[int] = []

    def measured(_: Primary, message: dns.update.UpdateMessage, what: str) -> Outcome:
        assert what.endswith(" record sets not sent")
        lengths.append(len(message.to_wire(max_size=65_535)))
        return Outcome(done=True, unanswered=False)

    monkeypatch.setattr(Primary, "update", measured)
    for batch in made:
        provider.client(properties(53, {})).send(batch)
    assert all(length <= 65_535 for length in lengths)
    assert all(length >= 20_000 for length in lengths[:-1])


@pytest.mark.parametrize(
    ("config", "secret"), [({"federation:tsigSecret": SECRET}, SECRET), ({}, None)], ids=["set", "not set"]
)
def test_the_secret_comes_from_the_configuration_of_the_stack(
    config: dict[str, str], secret: str | None, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr("traceback.format_exc", None)
    provider = RecordSetProvider()
    provider.configure(ConfigureRequest(Config(config, "federation")))
    assert provider.keeper.secret == secret
