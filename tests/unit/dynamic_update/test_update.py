import pytest
from tests.unit.dynamic_update.lab import NAME, ZONE, record_set, refreshed, refused, serial, told
from tools.lab.knot import Knot, free_port

from xmpp_federation_dns.keepers.keeper import Keeper


@pytest.mark.parametrize(
    ("values", "ttl"),
    [
        (["131.107.155.11"], 300),
        (["131.107.155.10", "131.107.155.11"], 300),
        (["131.107.155.10"], 600),
        (["131.107.155.12"], 600),
    ],
    ids=["another value", "one more value", "another TTL", "another value and TTL"],
)
def test_update_changes_values_and_ttl_in_one_change(
    knot: Knot, provider: Keeper, values: list[str], ttl: int
) -> None:
    old = record_set(knot.port, "131.107.155.10")
    new = record_set(knot.port, *values, ttl=float(ttl))
    provider.create(old)
    before = serial(knot)
    assert provider.update("", old, new).outs == new
    assert knot.ask(f"{NAME}.", "A") == [f"{NAME}. {ttl} IN A {value}" for value in values]
    assert serial(knot) == before + 1


def test_update_creates_again_what_was_deleted_by_hand(knot: Knot, provider: Keeper) -> None:
    old, new = record_set(knot.port, "131.107.155.10"), record_set(knot.port, "131.107.155.11")
    provider.update("", old, new)
    assert knot.ask(f"{NAME}.", "A") == [f"{NAME}. 300 IN A 131.107.155.11"]


def test_update_creates_again_what_was_deleted_by_hand_below_a_wildcard(knot: Knot, provider: Keeper) -> None:
    knot.change(ZONE, ("add", "*", "300", "A", "131.107.155.99"))
    provider.update("", record_set(knot.port, "131.107.155.11"), record_set(knot.port, "131.107.155.10"))
    assert knot.ask(f"{NAME}.", "A") == [f"{NAME}. 300 IN A 131.107.155.10"]


def test_update_succeeds_where_the_new_values_are_there_already(knot: Knot, provider: Keeper) -> None:
    old, new = record_set(knot.port, "131.107.155.10"), record_set(knot.port, "131.107.155.11", ttl=600.0)
    provider.create(new)
    before = serial(knot)
    provider.update("", old, new)
    assert serial(knot) == before


def test_update_refuses_what_was_changed_by_hand(knot: Knot, provider: Keeper) -> None:
    old, new = record_set(knot.port, "131.107.155.10"), record_set(knot.port, "131.107.155.11")
    knot.change(ZONE, ("add", "xmpp", "60", "A", "131.107.155.99"))
    before = serial(knot)
    assert told(provider.update, "", old, new) == refused(
        knot,
        f"{NAME} A: '60 131.107.155.99' is not what this stack published (pulumi up --refresh replaces it)",
    )
    assert serial(knot) == before


def test_update_replaces_what_was_changed_by_hand_once_a_refresh_has_seen_it(
    knot: Knot, provider: Keeper
) -> None:
    wanted = record_set(knot.port, "131.107.155.10")
    knot.change(ZONE, ("add", "xmpp", "60", "A", "131.107.155.99"))
    provider.update("", refreshed(provider, wanted), wanted)
    assert knot.ask(f"{NAME}.", "A") == [f"{NAME}. 300 IN A 131.107.155.10"]


def test_a_new_key_asks_no_server(provider: Keeper) -> None:
    old = record_set(free_port(), "131.107.155.10", tsigSecret="b2xk")
    new = {**old, "tsigSecret": "bmV3", "tsigKeyName": "new", "tsigAlgorithm": "hmac-sha512"}
    assert provider.update("", old, new).outs == new


def test_a_new_server_is_given_the_record_set(knot: Knot, provider: Keeper) -> None:
    old = record_set(free_port(), "131.107.155.10")
    provider.update("", old, {**old, "port": float(knot.port)})
    assert knot.ask(f"{NAME}.", "A") == [f"{NAME}. 300 IN A 131.107.155.10"]


def test_the_same_server_by_another_name_sees_no_change(knot: Knot, provider: Keeper) -> None:
    old = record_set(knot.port, "131.107.155.10")
    provider.create(old)
    before = serial(knot)
    provider.update("", old, {**old, "server": "localhost"})
    assert serial(knot) == before
    assert knot.ask(f"{NAME}.", "A") == [f"{NAME}. 300 IN A 131.107.155.10"]
