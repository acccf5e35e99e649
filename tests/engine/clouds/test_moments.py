"""The watch over services and their addresses sees what it is to see."""

from tests.engine.clouds.lab import dangling
from tests.standins.emulation import Change

SRV = ("Z", "_xmpp-server._tcp.contoso.com", "SRV")
CREATED = Change("create", *SRV, 3600, ("0 0 5269 xmpp.contoso.com.",))
MOVED = Change("update", *SRV, 3600, ("0 0 5269 edge.contoso.com.",))
GONE = Change("delete", *SRV)


def address(action: str, host: str, type_: str = "A") -> Change:
    return Change(
        "delete" if action == "delete" else "create", "Z", f"{host}.contoso.com", type_, 300, ("1.2.3.4",)
    )


def test_addresses_before_the_service_and_after_it_are_in_order():
    history = [
        address("create", "xmpp"),
        CREATED,
        address("create", "edge"),
        MOVED,
        address("delete", "xmpp"),
    ]

    assert dangling([*history, GONE, address("delete", "edge")]) == []


def test_a_service_before_its_addresses_is_seen():
    assert dangling([CREATED, address("create", "xmpp")]) == [(1, SRV[1], "xmpp.contoso.com")]


def test_addresses_that_go_before_the_service_are_seen():
    history = [
        address("create", "xmpp"),
        CREATED,
        address("create", "edge"),
        address("delete", "xmpp"),
        MOVED,
    ]

    assert dangling(history) == [(4, SRV[1], "xmpp.contoso.com")]


def test_addresses_that_are_left_of_one_family_are_enough():
    history = [address("create", "xmpp"), address("create", "xmpp", "AAAA"), CREATED]

    assert dangling([*history, address("delete", "xmpp")]) == []


def test_a_target_elsewhere_is_no_concern():
    assert dangling([Change("create", *SRV, 3600, ("0 0 5269 edge.example.net.",))]) == []
