import dns.rcode
import pytest
from tests.unit.dynamic_update.lab import (
    GONE,
    NAME,
    ZONE,
    answering,
    at,
    in_turn,
    record_set,
    refreshed,
    says,
    told,
)
from tools.lab.knot import Knot

from xmpp_federation_dns.keepers.keeper import Keeper

ID = f"{NAME} A"


def test_read_of_what_is_as_published_changes_nothing(knot: Knot, provider: Keeper) -> None:
    wanted = record_set(knot.port, "131.107.155.10")
    provider.create(wanted)
    found = provider.read(ID, wanted)
    assert (found.id, found.outs, found.inputs) == (ID, wanted, wanted)


def test_read_tells_what_was_changed_by_hand(knot: Knot, provider: Keeper) -> None:
    wanted = record_set(knot.port, "131.107.155.10")
    knot.change(
        ZONE, ("add", "xmpp", "60", "A", "131.107.155.99"), ("add", "xmpp", "60", "A", "131.107.155.9")
    )
    drifted = record_set(knot.port, "131.107.155.9", "131.107.155.99", ttl=60)
    found = provider.read(ID, wanted)
    assert (found.id, found.outs, found.inputs) == (ID, drifted, drifted)


def test_read_finds_nothing_where_it_was_deleted(knot: Knot, provider: Keeper) -> None:
    found = provider.read(ID, record_set(knot.port, "131.107.155.10"))
    assert (found.id, found.outs) == (None, {})


def test_read_finds_nothing_where_another_type_has_the_name(knot: Knot, provider: Keeper) -> None:
    knot.change(ZONE, ("add", "xmpp", "300", "AAAA", "2620:1ec::10"))
    assert provider.read(ID, record_set(knot.port, "131.107.155.10")).id is None


def test_read_finds_nothing_where_a_cname_took_the_place(knot: Knot, provider: Keeper) -> None:
    knot.change(
        ZONE,
        ("add", "xmpp", "300", "CNAME", "edge.contoso.com."),
        ("add", "edge", "300", "A", "131.107.155.10"),
    )
    assert provider.read(ID, record_set(knot.port, "131.107.155.10")).id is None


def test_read_passes_over_answers_about_other_names(provider: Keeper) -> None:
    records = ["edge.contoso.com. 300 A 131.107.155.99", "xmpp.contoso.com. 300 A 131.107.155.10"]
    with answering(says(dns.rcode.NOERROR, *records, authoritative=True)) as port:
        wanted = record_set(port, "131.107.155.10")
        assert refreshed(provider, wanted) == wanted


def test_read_takes_no_notice_of_the_case_of_names(provider: Keeper) -> None:
    record = "XMPP.Contoso.com. 300 SRV 0 0 5269 XMPP.Contoso.COM."
    with answering(says(dns.rcode.NOERROR, record, authoritative=True)) as port:
        wanted = record_set(port, "0 0 5269 xmpp.contoso.com.", rdtype="SRV")
        assert refreshed(provider, wanted) == wanted


def test_read_believes_no_server_that_is_not_authoritative(provider: Keeper) -> None:
    with answering(says(dns.rcode.NOERROR)) as port:
        assert told(provider.read, ID, record_set(port, "131.107.155.10")) == (
            f"{at(port)}: {NAME} A not read: the server is not authoritative for the zone"
        )


def test_read_takes_no_such_name_for_an_answer(provider: Keeper) -> None:
    with answering(in_turn(says(dns.rcode.NXDOMAIN, authoritative=True), says(dns.rcode.NOERROR))) as port:
        assert provider.read(ID, record_set(port, "131.107.155.10")).id is None


@pytest.mark.parametrize(
    ("code", "cause"),
    [
        (
            dns.rcode.REFUSED,
            "the server does not serve the zone, or its policy refuses this; "
            f"the message was signed by TSIG key 'demo' (REFUSED){GONE}",
        ),
        (dns.rcode.SERVFAIL, "the server failed; its log says why (SERVFAIL)"),
        (dns.rcode.FORMERR, "refused (FORMERR)"),
    ],
)
def test_read_tells_why_a_server_does_not_answer(provider: Keeper, code: dns.rcode.Rcode, cause: str) -> None:
    with answering(says(code)) as port:
        message = told(provider.read, ID, record_set(port, "131.107.155.10"))
    assert message == f"{at(port)}: {NAME} A not read: {cause}"
