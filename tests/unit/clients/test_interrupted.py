"""What the client of every cloud owes where something is in the way, or a run ends early."""

from typing import Any

import pytest
from tests.standins.emulation import Fault
from tests.unit.bulk.lab import OTHER_ADDRESS, domain, domains, failed
from tests.unit.clients.lab import PROVIDER, At, put, update

from xmpp_federation_dns.backends.client import UpdateError
from xmpp_federation_dns.keepers.keeper import UnfinishedError
from xmpp_federation_dns.keepers.ownership import WAYS_OUT

FOREIGN = "is not of this resource (renamed: give the component aliases; else delete it there, or take the SIP domain"


def test_all_conflicts_are_listed_and_nothing_is_changed(at: At):
    put(at.zone, {**domain(1, OTHER_ADDRESS), "xmpp.d3.contoso.com A": "60 192.0.2.1"})
    before = at.published
    assert at.refused(recordSets=domains(1, 2, 3)) == (
        f"{at.told}: nothing was changed because of 3 conflicts:\n"
        f"  xmpp.d1.contoso.com A: '300 131.107.155.11' {FOREIGN} out of the configuration)\n"
        "  _xmpp-server._tcp.d1.contoso.com SRV: what is there is equal, but not of this resource\n"
        f"  xmpp.d3.contoso.com A: '60 192.0.2.1' {FOREIGN} out of the configuration){WAYS_OUT}"
    )
    assert at.published == before


@pytest.mark.usefixtures("small")
def test_a_conflict_in_a_later_batch_keeps_the_first_back_too(at: At):
    put(at.zone, {"xmpp.d9.contoso.com A": "60 192.0.2.1"})
    at.refused(recordSets=domains(*range(1, 10)))
    assert at.published == {"xmpp.d9.contoso.com A": "60 192.0.2.1"}


def test_what_is_equal_is_adopted_where_that_is_wanted(at: At, capsys: pytest.CaptureFixture[str]):
    put(at.zone, domain(2))
    state = at.create(domains(1, 2), existing="adopt")
    assert state["recordSets"] == at.published == domains(1, 2)
    assert (
        capsys.readouterr()
        .out.splitlines()[0]
        .startswith(f"{at.told}: adopted xmpp.d2.contoso.com A, _xmpp-server._tcp.d2.contoso.com SRV")
    )
    PROVIDER.delete("", state)
    assert at.published == {}


def test_what_was_changed_by_hand_is_not_deleted(at: At):
    state = at.create(domain(1))
    at.zone.put("xmpp.d1.contoso.com", "A", 60, "192.0.2.1")
    error = failed(UpdateError, PROVIDER.delete, "", state)
    assert str(error) == (
        f"{at.told}: nothing was changed because of 1 conflict:\n"
        "  xmpp.d1.contoso.com A: '60 192.0.2.1' is not what this stack published (with --refresh it is deleted all "
        "the same)"
    )


@pytest.mark.usefixtures("small")
def test_somebody_who_comes_between_two_batches_is_told_and_what_is_done_stays(
    at: At, monkeypatch: pytest.MonkeyPatch
):
    send = at.kind.client.send

    def and_then_somebody_else(self: Any, batch: Any) -> None:
        send(self, batch)
        at.zone.put("xmpp.d3.contoso.com", "A", 60, "192.0.2.1")

    monkeypatch.setattr(at.kind.client, "send", and_then_somebody_else)
    error = failed(UnfinishedError, PROVIDER.create, at.properties(domains(1, 2, 3)))
    assert str(error) == (
        f"{at.told}: no more was changed because of 1 conflict:\n"
        f"  xmpp.d3.contoso.com A: '60 192.0.2.1' {FOREIGN} out of the configuration) (the state holds what is done)"
    )
    assert error.outs["recordSets"] == domains(1, 2)


@pytest.mark.usefixtures("small")
def test_a_create_that_is_refused_midway_leaves_what_is_done_in_the_state(at: At):
    wanted = domains(*range(1, 6))
    denied = Fault(at.kind.send, match="_tcp.d3", status=403, code=at.kind.denied, message="No.")
    with at.cloud.server.faulty(denied):
        error = failed(UnfinishedError, PROVIDER.create, at.properties(wanted))
    assert "left for the next run: " in str(error)
    assert 0 < len(at.published) < len(wanted)
    assert error.outs == at.outs(at.published)
    assert update(dict(error.outs), at.properties(wanted))["recordSets"] == at.published == wanted


def test_what_was_done_without_an_answer_is_done(at: At):
    old = at.create(domains(1, 2))
    new = at.properties({**domain(1, OTHER_ADDRESS), **domain(3)})
    with at.cloud.server.faulty(Fault(at.kind.send, times=1, match="xmpp.d3", effect="lose")):
        state = update(old, new)
    assert at.published == state["recordSets"] == new["recordSets"]
