"""What record sets hold, how a line names them, and which of them nobody can see."""

import pytest

from xmpp_federation_dns.changes import (
    Change,
    Content,
    Foreign,
    above,
    canonical_value,
    content,
    cuts,
    in_sight,
    is_made_of,
    listed,
    out_of_sight,
    planned,
    with_hidden,
)

ZONE = "contoso.com"
KEY = "xmpp.emea.contoso.com A"
THERE = content(300, ["131.107.155.10"])
HIDDEN = Foreign(
    "it lies in a zone of its own, which is delegated to other name servers (publish it in the zone emea.contoso.com)",
    hides=True,
)


@pytest.mark.parametrize(
    ("rdtype", "value", "canonical"),
    [
        ("SRV", "0 05 5269 XMPP.Contoso.com", "0 5 5269 xmpp.contoso.com."),
        ("SRV", "0 0 5269 xmpp.contoso.com.", "0 0 5269 xmpp.contoso.com."),
        ("A", "131.107.155.10", "131.107.155.10"),
        ("AAAA", "2620:01EC:0::10", "2620:1ec::10"),
        ("CNAME", "LB.Example.net", "LB.Example.net"),
    ],
    ids=["numbers and case", "as it is", "address", "IPv6 address", "another type"],
)
def test_a_value_is_compared_as_every_name_server_sends_it(rdtype: str, value: str, canonical: str):
    assert canonical_value(rdtype, value) == canonical


@pytest.mark.parametrize(
    ("ttl", "values", "known"),
    [
        (300, ["131.107.155.11", "131.107.155.10"], "300 131.107.155.10, 131.107.155.11"),
        (300, "[secret]", "300 [secret]"),
        ("output<string>", ["131.107.155.10"], "0 131.107.155.10"),
    ],
    ids=["known", "values unknown", "TTL unknown"],
)
def test_what_a_plan_does_not_know_is_a_text_in_the_place_of_values(ttl: object, values: object, known: str):
    assert str(planned(ttl, values)) == known


def test_a_plan_without_values_has_none():
    assert planned(300, None) == Content(300, ())


def test_what_goes_is_named_as_the_server_writes_it():
    change = Change(KEY, THERE, None, ("131.107.155.010",))
    assert (change.name, change.type) == ("xmpp.emea.contoso.com", "A")
    assert (change.goes, Change(KEY, THERE, None).goes) == (("131.107.155.010",), ("131.107.155.10",))


@pytest.mark.parametrize(
    ("found", "made"),
    [
        (content(300, ["131.107.155.10"]), True),
        (content(60, ["131.107.155.10", "131.107.155.11"]), True),
        (content(300, ["131.107.155.10", "192.0.2.1"]), False),
        (Foreign("alias of lb.example.net."), False),
        (None, False),
    ],
    ids=["what was there", "both", "one more value", "an alias", "nothing"],
)
def test_a_record_set_is_made_of_a_change_where_it_has_no_other_value(
    found: Content | Foreign | None, made: bool
):
    assert is_made_of(found, Change(KEY, THERE, content(300, ["131.107.155.11"]))) is made


def test_below_a_delegation_nobody_sees_a_record_set():
    other = {"xmpp.contoso.com A": THERE}
    assert in_sight({KEY: THERE, **other}, ZONE, ["emea.contoso.com"]) == {KEY: HIDDEN, **other}
    assert str(HIDDEN) == HIDDEN.shown


def test_the_name_servers_of_the_zone_itself_hide_nothing():
    assert in_sight({KEY: THERE}, ZONE, [ZONE]) == {KEY: THERE}


def test_a_delegation_hides_its_own_name_and_what_is_below_and_nothing_beside():
    delegated = {"emea.contoso.com"}
    assert out_of_sight("emea.contoso.com A", ZONE, delegated) == HIDDEN
    assert out_of_sight("a.b.emea.contoso.com A", ZONE, delegated) == HIDDEN
    assert out_of_sight("asia.contoso.com A", ZONE, delegated) is None


def test_delegations_are_the_names_with_ns_records():
    assert cuts(["contoso.com NS", "emea.contoso.com NS", "emea.contoso.com DS"]) == {
        "contoso.com",
        "emea.contoso.com",
    }


def test_a_delegation_is_looked_for_above_what_is_thought_not_to_be_there_alone():
    expected = {KEY: None, "xmpp.asia.contoso.com A": THERE}
    assert above(expected, ZONE) == {"xmpp.emea.contoso.com", "emea.contoso.com"}


def test_what_is_thought_not_to_be_there_may_be_hidden_and_what_is_there_is_shown_as_it_is():
    delegated = {"emea.contoso.com"}
    known, gone = "known.emea.contoso.com A", "gone.emea.contoso.com A"
    live = {known: THERE, KEY: None, gone: None}
    assert with_hidden({KEY: None, known: None, gone: THERE}, live, ZONE, delegated) == {
        KEY: HIDDEN,
        known: THERE,
    }


@pytest.mark.parametrize(
    ("count", "line"),
    [
        (8, "0, 1, 2, 3, 4, 5, 6, 7"),
        (9, "0, 1, 2, 3, 4, 5, 6, 7 and 1 more"),
        (2009, "0, 1, 2, 3, 4, 5, 6, 7 and 2,001 more"),
    ],
)
def test_a_line_names_eight_and_counts_the_rest(count: int, line: str):
    assert listed([str(number) for number in range(count)]) == line
