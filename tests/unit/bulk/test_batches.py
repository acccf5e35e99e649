"""Which changes go together, and in which order."""

from collections.abc import Mapping

from tests.unit.bulk.lab import ADDRESS, OTHER_ADDRESS, domain, domains, name

from xmpp_federation_dns.changes import Change, Content, content, contents, texts, values
from xmpp_federation_dns.keepers.batches import batches, difference

MOST = (4, 1000)


def weight(change: Change) -> tuple[int, int]:
    both = [*change.goes, *values(change.new)]
    return len(both), sum(map(len, both))


def changes(old: Mapping[str, str], new: Mapping[str, str]) -> list[Change]:
    return difference(contents(old), contents(new))


def plan(old: Mapping[str, str], new: Mapping[str, str], most: tuple[int, int] = MOST) -> list[list[str]]:
    """Return the batches, as keys with the sign of their change."""
    return [
        [("+" if c.old is None else "-" if c.new is None else "~") + c.key for c in batch]
        for batch in batches(changes(old, new), weight, most)
    ]


def test_a_record_set_is_written_as_its_ttl_and_its_sorted_values():
    assert str(content(300, ["131.107.155.11", "131.107.155.10"])) == "300 131.107.155.10, 131.107.155.11"


def test_what_is_written_is_read_back():
    assert texts(contents(domain(1))) == domain(1)


def test_a_missing_record_set_has_no_values():
    assert values(None) == ()


def test_equal_record_sets_are_no_difference():
    assert changes(domain(1), domain(1)) == []


def test_every_record_set_is_in_a_difference_that_has_to_look():
    both = contents(domain(1))
    assert [change.key for change in difference(both, both, every=True)] == list(domain(1))


def test_what_is_equal_and_written_otherwise_is_written_anew():
    there = Content(300, ("2620:1ec::10",), ("2620:01EC:0::10",))
    wanted = content(300, ["2620:1ec::10"])
    assert there == wanted
    [change] = difference({"xmpp.contoso.com AAAA": there}, {"xmpp.contoso.com AAAA": wanted})
    assert change.goes == ("2620:01EC:0::10",)


def test_the_addresses_and_the_service_of_a_domain_go_together():
    assert plan({}, domains(1, 2, 3)) == [
        [
            "+xmpp.d1.contoso.com A",
            "+_xmpp-server._tcp.d1.contoso.com SRV",
            "+xmpp.d2.contoso.com A",
            "+_xmpp-server._tcp.d2.contoso.com SRV",
        ],
        ["+xmpp.d3.contoso.com A", "+_xmpp-server._tcp.d3.contoso.com SRV"],
    ]


def test_a_service_goes_before_its_addresses_go():
    assert plan(domain(1), {}) == [["-_xmpp-server._tcp.d1.contoso.com SRV", "-xmpp.d1.contoso.com A"]]


def test_a_domain_changes_its_target_in_one_batch():
    assert plan(domain(1), domain(1, host="edge")) == [
        [
            "+edge.d1.contoso.com A",
            "~_xmpp-server._tcp.d1.contoso.com SRV",
            "-xmpp.d1.contoso.com A",
        ]
    ]


def test_both_services_of_a_domain_go_together():
    both = {**domain(1), "_xmpps-server._tcp.d1.contoso.com SRV": "3600 0 0 5270 xmpp.d1.contoso.com."}
    assert plan(domain(2), {**domain(2), **both}) == [
        [
            "+xmpp.d1.contoso.com A",
            "+_xmpp-server._tcp.d1.contoso.com SRV",
            "+_xmpps-server._tcp.d1.contoso.com SRV",
        ]
    ]


def shared(*numbers: int) -> dict[str, str]:
    """Return the services of some domains that have one target."""
    services = {
        f"_xmpp-server._tcp.{name(number)} SRV": "3600 0 0 5269 edge.contoso.com." for number in numbers
    }
    return {**services, "edge.contoso.com A": f"300 {ADDRESS}"}


def test_a_shared_target_comes_with_the_first_service_that_points_to_it():
    assert plan({}, shared(1, 2, 3, 4)) == [
        [
            "+edge.contoso.com A",
            *(f"+_xmpp-server._tcp.d{number}.contoso.com SRV" for number in (1, 2, 3)),
        ],
        ["+_xmpp-server._tcp.d4.contoso.com SRV"],
    ]


def test_a_shared_target_goes_with_the_last_service_that_points_to_it():
    assert plan(shared(1, 2, 3, 4), {}) == [
        [f"-_xmpp-server._tcp.d{number}.contoso.com SRV" for number in (1, 2, 3)],
        ["-_xmpp-server._tcp.d4.contoso.com SRV", "-edge.contoso.com A"],
    ]


def test_addresses_that_nothing_here_points_to_come_first_and_go_last():
    old, new = {"a.contoso.com A": f"300 {ADDRESS}"}, {"b.contoso.com A": f"300 {ADDRESS}"}
    assert plan({**old, **domain(1)}, {**new, **domain(2)}) == [
        [
            "+b.contoso.com A",
            "-_xmpp-server._tcp.d1.contoso.com SRV",
            "-xmpp.d1.contoso.com A",
        ],
        [
            "+xmpp.d2.contoso.com A",
            "+_xmpp-server._tcp.d2.contoso.com SRV",
            "-a.contoso.com A",
        ],
    ]


def test_a_changed_record_set_counts_with_what_goes_and_with_what_comes():
    old, new = domains(1, 2, address=ADDRESS), domains(1, 2, address=OTHER_ADDRESS)
    assert plan(old, new, (2, 1000)) == [["~xmpp.d1.contoso.com A"], ["~xmpp.d2.contoso.com A"]]


def test_characters_are_a_limit_of_their_own():
    length = sum(len(value) for each in contents(domain(1)).values() for value in each.values)
    assert [len(batch) for batch in plan({}, domains(1, 2, 3), (100, 2 * length))] == [4, 2]
    assert [len(batch) for batch in plan({}, domains(1, 2, 3), (100, 2 * length - 1))] == [2, 2, 2]


def test_a_domain_that_no_batch_can_hold_is_published_in_the_order_of_its_parts():
    hosts = [f"h{number}.d1.contoso.com" for number in range(4)]
    text = "3600 " + ", ".join(f"0 0 5269 {host}." for host in hosts)
    new = {
        "_xmpp-server._tcp.d1.contoso.com SRV": text,
        **{f"{host} A": f"300 {ADDRESS}" for host in hosts},
    }
    assert plan({}, new) == [[f"+{host} A" for host in hosts], ["+_xmpp-server._tcp.d1.contoso.com SRV"]]


def test_a_domain_without_xmpp_has_no_target_to_wait_for():
    assert plan({}, {"_xmpp-server._tcp.d1.contoso.com SRV": "3600 0 0 0 ."}) == [
        ["+_xmpp-server._tcp.d1.contoso.com SRV"]
    ]
