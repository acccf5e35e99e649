"""What the killing of runs rests on: where they are killed, and how messages are read."""

from tools.bench.killed import Length, Moment, elsewhere, grown, moments
from tools.bench.recovery import CONFLICT, EQUAL, OTHER, Kill
from tools.bench.workload import ADDRESS, Wanted

from xmpp_federation_dns.changes import Content
from xmpp_federation_dns.keepers.ownership import Conflict

CREATED = Wanted({f"{each}.contoso.com": ADDRESS for each in ("d0", "d1", "d2")})


def test_half_of_the_moments_are_seconds_and_half_come_while_it_writes():
    lengths = [Length(10, 5, 8), Length(20, 1, 8)]
    found = [[str(moment) for moment in pair] for pair in moments(4, lengths)]
    assert found == [
        ["0.03 s after write 1", "0.03 s after write 1"],
        ["5.82 s after the start", "11.64 s after the start"],
        ["0.08 s after write 3", "0.08 s after write 1"],
        ["8.89 s after the start", "17.77 s after the start"],
    ]


def test_a_moment_that_came_too_late_comes_earlier():
    assert [Moment(1, writes).earlier() for writes in (0, 1, 3)] == [
        Moment(0.5),
        Moment(0.5, 1),
        Moment(0.5, 2),
    ]


def test_what_a_killed_run_deleted_is_wanted_again_and_what_it_published_is_not():
    change = grown(CREATED)
    assert change.addresses == dict.fromkeys(
        ("d0.contoso.com", "d2.contoso.com", "e0000.contoso.com"), ADDRESS
    )
    now = elsewhere(CREATED, change, "e0000.contoso.com", "d2.contoso.com")
    assert now == Wanted(
        {"d0.contoso.com": ADDRESS, "d1.contoso.com": ADDRESS, "d2.contoso.com": "131.107.155.12"}, 7200, 660
    )


def test_a_message_is_read_as_it_is_written():
    found, wanted = Content(300, ("131.107.155.10",)), Content(600, ("131.107.155.10",))
    lines = [
        Conflict("xmpp.d0.contoso.com A", None, found, found),
        Conflict("xmpp.d1.contoso.com A", None, wanted, found),
        Conflict("xmpp.d2.contoso.com A", found, found, wanted),
    ]
    assert CONFLICT.findall("".join(f"      {line}\n" for line in lines)) == [
        ("xmpp.d0.contoso.com", "A", EQUAL),
        ("xmpp.d1.contoso.com", "A", OTHER),
    ]


def test_only_what_the_killed_run_published_for_the_domain_that_is_out_may_be_left():
    published = CREATED.record_sets()
    foreign = {key: content._replace(ttl=1) for key, content in published.items() if key[1] == "SRV"}
    held = {key: content for key, content in published.items() if "d1" in key[0]}
    kill = Kill(CREATED, published | foreign, held, CREATED, "d0.contoso.com", torn=False)
    assert kill.unknown().keys() == {("xmpp.d0.contoso.com", "A")}
    assert Kill(CREATED, published, published, CREATED, "d0.contoso.com", torn=False).unknown() == {}
