import dns.rcode
import pytest
from tests.unit.dynamic_update.lab import (
    NAME,
    ZONE,
    answering,
    at,
    in_turn,
    record_set,
    refreshed,
    refused,
    says,
    serial,
    told,
)
from tools.lab.knot import Knot

from xmpp_federation_dns.keepers.keeper import Keeper


def test_delete_removes_the_record_set_and_nothing_else(knot: Knot, provider: Keeper) -> None:
    knot.change(ZONE, ("add", "xmpp", "300", "TXT", "theirs"))
    wanted = record_set(knot.port, "131.107.155.10", "131.107.155.11")
    provider.create(wanted)
    provider.delete("", wanted)
    assert knot.names(ZONE) == {("@", "SOA"), ("@", "NS"), ("ns1", "A"), ("xmpp", "TXT")}


def test_delete_succeeds_where_nothing_is_there(knot: Knot, provider: Keeper) -> None:
    before = serial(knot)
    provider.delete("", record_set(knot.port, "131.107.155.10"))
    assert serial(knot) == before


@pytest.mark.parametrize("record", [("A", "131.107.155.99"), ("CNAME", "edge.contoso.com.")])
def test_delete_succeeds_where_a_wildcard_answers_in_place_of_what_was_deleted_by_hand(
    knot: Knot, provider: Keeper, record: tuple[str, str]
) -> None:
    knot.change(ZONE, ("add", "*", "300", *record))
    before = serial(knot)
    provider.delete("", record_set(knot.port, "131.107.155.10"))
    assert serial(knot) == before


def test_delete_leaves_a_cname_that_took_the_place(knot: Knot, provider: Keeper) -> None:
    knot.change(ZONE, ("add", "xmpp", "300", "CNAME", "edge.contoso.com."))
    provider.delete("", record_set(knot.port, "131.107.155.10"))
    assert ("xmpp", "CNAME") in knot.names(ZONE)


def test_delete_removes_values_whose_ttl_was_changed_by_hand(knot: Knot, provider: Keeper) -> None:
    knot.change(ZONE, ("add", "xmpp", "60", "A", "131.107.155.10"))
    provider.delete("", record_set(knot.port, "131.107.155.10"))
    assert ("xmpp", "A") not in knot.names(ZONE)


@pytest.mark.parametrize(
    ("there", "shown"),
    [
        (["131.107.155.99"], "300 131.107.155.99"),
        (["131.107.155.10", "131.107.155.99"], "300 131.107.155.10, 131.107.155.99"),
    ],
    ids=["other values", "more values"],
)
def test_delete_leaves_values_that_were_changed_by_hand(
    knot: Knot, provider: Keeper, there: list[str], shown: str
) -> None:
    knot.change(ZONE, *(("add", "xmpp", "300", "A", value) for value in there))
    before = serial(knot)
    assert told(provider.delete, "", record_set(knot.port, "131.107.155.10")) == refused(
        knot,
        f"{NAME} A: '{shown}' is not what this stack published (with --refresh it is deleted all the same)",
    )
    assert serial(knot) == before


def test_delete_removes_what_was_changed_by_hand_once_a_refresh_has_seen_it(
    knot: Knot, provider: Keeper
) -> None:
    knot.change(ZONE, ("add", "xmpp", "300", "A", "131.107.155.99"))
    provider.delete("", refreshed(provider, record_set(knot.port, "131.107.155.10")))
    assert ("xmpp", "A") not in knot.names(ZONE)


def test_what_a_server_has_and_does_not_show_is_left_as_it_is(provider: Keeper) -> None:
    look = [says(dns.rcode.NOERROR, authoritative=True), *[says(dns.rcode.YXRRSET)] * 6]
    with answering(in_turn(says(dns.rcode.NXRRSET), *look * 5)) as port:
        assert told(provider.delete, "", record_set(port, "131.107.155.10")) == (
            f"{at(port)}: {NAME} A: the server has something else there than it shows; try again later"
        )
