"""The rule of ownership, case by case: equal is not ours."""

import pytest
from tests.unit.bulk.lab import ADDRESS

from xmpp_federation_dns.changes import Content, Foreign, Live, content
from xmpp_federation_dns.keepers.ownership import Claims, Conflict, recognised

KEY = "xmpp.contoso.com A"
OLD, NEW, OTHER = content(300, [ADDRESS]), content(600, [ADDRESS]), content(300, ["192.0.2.1"])
ALIAS = Foreign("alias of lb.example.net.")
HIDDEN = Foreign("it lies in a zone of its own (publish it in the zone x)", hides=True)


def judged(
    mine: Content | None,
    aim: Content | None,
    found: Live | None,
    left: Content | None = None,
    adopt: bool = False,
) -> Content | str | None:
    """Return what counts as ours of what is *found*, or the conflict."""
    own, conflicts = recognised(
        [KEY],
        {KEY: mine} if mine else {},
        {KEY: aim} if aim else {},
        {KEY: found} if found else {},
        left={KEY: [left]} if left else {},
        adopt=adopt,
    )
    return str(conflicts[0]) if conflicts else own.get(KEY)


CHANGED = f"{KEY}: '300 192.0.2.1' is not what this stack published "
FOREIGN = (
    "is not of this resource (renamed: give the component aliases; else "
    "delete it there, or take the SIP domain out of the configuration)"
)


@pytest.mark.parametrize(
    ("mine", "aim", "found", "said"),
    [
        (None, NEW, None, None),
        (None, NEW, NEW, f"{KEY}: what is there is equal, but not of this resource"),
        (None, NEW, OLD, f"{KEY}: '300 {ADDRESS}' {FOREIGN}"),
        (None, NEW, ALIAS, f"{KEY}: 'alias of lb.example.net.' {FOREIGN}"),
        (None, NEW, HIDDEN, f"{KEY}: it lies in a zone of its own (publish it in the zone x)"),
        (OLD, NEW, OLD, OLD),
        (OLD, NEW, NEW, NEW),
        (OLD, NEW, None, None),
        (OLD, NEW, OTHER, f"{CHANGED}(pulumi up --refresh replaces it)"),
        (OLD, NEW, ALIAS, f"{KEY}: 'alias of lb.example.net.' {FOREIGN}"),
        (OLD, None, OLD, OLD),
        (OLD, None, OTHER, f"{CHANGED}(with --refresh it is deleted all the same)"),
        (OLD, None, ALIAS, None),
        (None, None, OTHER, None),
    ],
)
def test_a_record_set_is_judged_by_the_state_alone(
    mine: Content | None, aim: Content | None, found: Live | None, said: Content | str | None
):
    assert judged(mine, aim, found) == said


@pytest.mark.parametrize("found", [OLD, NEW], ids=["other than wanted", "as wanted"])
def test_what_an_interrupted_run_may_have_left_is_ours(found: Content):
    assert judged(None, NEW, found, left=found) == found
    assert judged(None, None, found, left=found) == found


def test_what_is_equal_is_adopted_and_nothing_else():
    assert judged(None, NEW, NEW, adopt=True) == NEW
    assert judged(None, NEW, OLD, adopt=True) == f"{KEY}: '300 {ADDRESS}' {FOREIGN}"


WHOLE = content(300, [ADDRESS, "192.0.2.1"])


@pytest.mark.parametrize(
    ("found", "ours"),
    [
        (OLD, True),
        (NEW, False),
        (content(300, [ADDRESS, "192.0.2.2"]), False),
    ],
    ids=["a part", "another TTL", "another value"],
)
def test_a_part_of_what_a_run_may_have_left_is_ours_where_a_change_may_be_half_done(
    found: Content, ours: bool
):
    whole = {KEY: WHOLE}
    conflict = Conflict(KEY, None, WHOLE, found)
    assert recognised([KEY], {}, whole, {KEY: found}, left={KEY: [WHOLE]}, adopt=False) == ({}, [conflict])
    assert recognised([KEY], {}, whole, {KEY: found}, left={KEY: [WHOLE]}, adopt=False, partial=True) == (
        ({KEY: found}, []) if ours else ({}, [conflict])
    )


def test_of_a_change_that_may_be_half_done_what_was_there_before_is_ours_too():
    held, live = {KEY: OLD}, {KEY: content(600, [ADDRESS, "192.0.2.1"])}
    left = {KEY: [content(600, ["192.0.2.1"])]}
    assert recognised([KEY], held, {}, live, left=left, adopt=False, partial=True) == (live, [])
    assert recognised([KEY], held, {}, live, left={"other A": [OTHER]}, adopt=False, partial=True)[0] == {}


HERE = ("ns1.contoso.com", 53, "contoso.com")
THERE = ("ns2.contoso.com", 53, "contoso.com")


def test_what_another_resource_holds_in_the_same_place_is_known():
    claims = Claims()
    claims.hold("one", HERE, [KEY])
    assert claims.held([KEY, "other A"], HERE.__eq__, "two") == [KEY]
    assert claims.held([KEY], THERE.__eq__, "two") == []
    assert claims.held([KEY], HERE.__eq__, "one") == []


def test_a_resource_that_is_gone_holds_nothing():
    claims = Claims()
    claims.hold("one", HERE, [KEY])
    claims.release("one")
    assert claims.held([KEY], HERE.__eq__, "two") == []


def test_what_was_refused_in_the_same_place_is_known():
    claims = Claims()
    claims.refuse(HERE, [KEY])
    assert claims.refused([KEY, "other A"], HERE.__eq__) == [KEY]
    assert claims.refused([KEY], THERE.__eq__) == []
