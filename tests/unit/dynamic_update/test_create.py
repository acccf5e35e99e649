import pytest
from tests.unit.dynamic_update.lab import NAME, ZONE, at, record_set, refused, serial, told
from tools.lab.knot import Knot

from xmpp_federation_dns.keepers.keeper import Keeper
from xmpp_federation_dns.keepers.ownership import WAYS_OUT

WAY_OUT = (
    "is not of this resource (renamed: give the component aliases; else "
    "delete it there, or take the SIP domain out of the configuration)"
)


@pytest.mark.parametrize(
    ("rdtype", "name", "values"),
    [
        ("A", NAME, ["131.107.155.10", "131.107.155.11"]),
        ("AAAA", NAME, ["2620:1ec::10"]),
        ("SRV", f"_xmpp-server._tcp.{ZONE}", ["0 0 5269 xmpp.contoso.com.", "10 5 5269 b.contoso.com."]),
        ("SRV", f"_xmpp-server._tcp.{ZONE}", ["0 0 0 ."]),
    ],
)
def test_create_publishes_a_record_set(
    knot: Knot, provider: Keeper, rdtype: str, name: str, values: list[str]
) -> None:
    wanted = record_set(knot.port, *values, rdtype=rdtype, name=name)
    created = provider.create(wanted)
    assert knot.ask(f"{name}.", rdtype) == [f"{name}. 300 IN {rdtype} {value}" for value in values]
    assert str(created.id).startswith(f"{name} {rdtype} ")
    assert created.outs == wanted


def test_create_publishes_all_values_in_one_change(knot: Knot, provider: Keeper) -> None:
    before = serial(knot)
    provider.create(record_set(knot.port, "131.107.155.10", "131.107.155.11"))
    assert serial(knot) == before + 1


def test_create_leaves_the_other_types_of_a_name_alone(knot: Knot, provider: Keeper) -> None:
    knot.change(ZONE, ("add", "xmpp", "60", "TXT", "ours"))
    provider.create(record_set(knot.port, "131.107.155.10"))
    assert knot.ask(f"{NAME}.", "TXT") == [f'{NAME}. 60 IN TXT "ours"']


@pytest.mark.parametrize(
    ("there", "shown"),
    [
        ([("xmpp", 60, "A", "131.107.155.99")], "60 131.107.155.99"),
        (
            [("xmpp", 300, "A", "131.107.155.10"), ("xmpp", 300, "A", "131.107.155.99")],
            "300 131.107.155.10, 131.107.155.99",
        ),
        ([("xmpp", 60, "A", "131.107.155.10")], "60 131.107.155.10"),
        ([("xmpp", 60, "CNAME", "Edge.contoso.com.")], "CNAME 60 edge.contoso.com."),
    ],
    ids=["other values", "more values", "another TTL", "a CNAME"],
)
def test_create_refuses_what_somebody_else_published(
    knot: Knot, provider: Keeper, there: list[tuple[str, int, str, str]], shown: str
) -> None:
    knot.change(ZONE, *(("add", *map(str, record)) for record in there))
    before = serial(knot)
    message = told(provider.create, record_set(knot.port, "131.107.155.10"))
    assert message == refused(knot, f"{NAME} A: '{shown}' {WAY_OUT}")
    assert serial(knot) == before


def test_create_refuses_what_is_equal_and_tells_the_ways_out(knot: Knot, provider: Keeper) -> None:
    wanted = record_set(knot.port, "131.107.155.10", "131.107.155.11")
    provider.create(wanted)
    before = serial(knot)
    equal = f"{NAME} A: what is there is equal, but not of this resource"
    assert told(provider.create, wanted) == refused(knot, equal + WAYS_OUT)
    assert serial(knot) == before


def test_create_adopts_what_is_equal_where_that_is_wanted(
    knot: Knot, provider: Keeper, capsys: pytest.CaptureFixture[str]
) -> None:
    knot.change(ZONE, ("add", "_XMPP-Server._TCP", "300", "SRV", "0 0 5269 XMPP.Contoso.COM."))
    before = serial(knot)
    name = f"_xmpp-server._tcp.{ZONE}"
    wanted = record_set(knot.port, "0 0 5269 xmpp.contoso.com.", name=name, rdtype="SRV", existing="adopt")
    assert provider.create(wanted).outs == wanted
    assert serial(knot) == before
    assert capsys.readouterr().out == f"{at(knot.port)}: adopted {name} SRV\n"


@pytest.mark.parametrize("record", [("A", "131.107.155.99"), ("CNAME", "edge.contoso.com.")])
def test_a_wildcard_is_not_in_the_way(knot: Knot, provider: Keeper, record: tuple[str, str]) -> None:
    knot.change(ZONE, ("add", "*", "300", *record))
    provider.create(record_set(knot.port, "131.107.155.10"))
    assert knot.ask(f"{NAME}.", "A") == [f"{NAME}. 300 IN A 131.107.155.10"]
