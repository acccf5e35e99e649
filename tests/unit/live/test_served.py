"""SIP domains as their name servers have them, in a private tree of zones."""

from collections.abc import Callable, Sequence
from pathlib import Path

import dns.exception
import pytest
from tests.proof.dns.cases import ADDRESS, SRV, SRV_NAME, TARGET, run
from tests.proof.dns.conftest import port, resolver, tree
from tests.proof.dns.knots import knot
from tests.proof.dns.tree import SOA, TREE, Resolver
from tools.lab.knot import free_port

from xmpp_federation_dns.changes import DELEGATED, Content, Foreign, Live
from xmpp_federation_dns.endpoints import Endpoint
from xmpp_federation_dns.live.served import served
from xmpp_federation_dns.proof.report import NoResolverError

__all__ = ["port", "resolver", "tree"]

OURS = {f"{SRV_NAME} SRV": Content(3600, (SRV,)), f"{TARGET} A": Content(300, (ADDRESS,))}
LOOPBACK = "127.0.0.1"
NOTHING = Foreign("nothing is served there")
Found = tuple[dict[str, dict[str, Live]], list[str]]


def ask(*domains: str, at: Sequence[Endpoint] = (), steps: list[int] | None = None) -> Found:
    found, faults = run(served(domains, at, (list[int]() if steps is None else steps).append))
    return {zone.name: dict(there) for zone, there in found}, faults


@pytest.fixture
def served_by(tmp_path: Path) -> Callable[..., Found]:
    """Return what serves contoso.com at two servers, and says what is found of SIP domains there."""

    def serve(records: str, *domains: str, more: str | None = None) -> Found:
        zone = SOA + "@ NS ns1\nns1 A 127.0.0.1\n"
        first, second = free_port(), free_port()
        with (
            knot(tmp_path / "1", {"contoso.com.": zone + records}, first),
            knot(tmp_path / "2", {"contoso.com.": zone + (records if more is None else more)}, second),
        ):
            return ask(*domains, at=[(LOOPBACK, first), (LOOPBACK, second)])

    return serve


def test_the_delegation_is_followed_from_the_parents(tree: Resolver) -> None:
    tree.table = {**TREE, ("fabrikam.com", "NS"): ["ns1.contoso.com."]}
    steps: list[int] = []
    assert ask("contoso.com", "fabrikam.com", steps=steps) == (
        {
            "contoso.com": OURS,
            "fabrikam.com": {
                "_xmpp-server._tcp.fabrikam.com SRV": Content(3600, ("0 0 5269 edge.proseware.net.",))
            },
        },
        [],
    )
    assert steps == [2]


def test_a_machine_whose_resolver_fails_tells_whose_zone_is_not_known(tree: Resolver) -> None:
    tree.table = {**TREE, ("adatum.com", "NS"): dns.exception.Timeout()}
    found, faults = ask("contoso.com", "adatum.com")
    assert (found["contoso.com"], faults) == (
        OURS,
        ["adatum.com: nobody tells which zone it lies in; ask again, or with another --nameserver"],
    )


def test_a_machine_whose_resolver_tells_nothing_looks_at_nothing(tree: Resolver) -> None:
    tree.table = {("contoso.com", "NS"): dns.exception.Timeout()}
    assert ask("contoso.com") == (
        {},
        ["contoso.com: nobody tells which zone it lies in; ask again, or with another --nameserver"],
    )


def test_a_resolver_that_knows_the_zone_and_no_parent_ends_it(tree: Resolver) -> None:
    tree.table = {("contoso.com", "NS"): ["ns1.contoso.com."], ("com", "NS"): dns.exception.Timeout()}
    with pytest.raises(NoResolverError, match=r"does not tell NS of com"):
        ask("contoso.com")


def test_a_server_that_says_nothing_is_named_as_the_cause() -> None:
    nobody = free_port()
    because = f"{LOOPBACK} port {nobody}: connection refused: nothing listens there"
    assert ask("contoso.com", at=[(LOOPBACK, nobody)]) == (
        {},
        [
            f"contoso.com: nobody tells which zone it lies in ({because}); ask again, or with another --nameserver"
        ],
    )


def test_servers_that_are_named_are_asked_for_the_zone_too(served_by: Callable[..., Found]) -> None:
    records = f"_xmpp-server._tcp 3600 SRV {SRV}\nxmpp 300 A {ADDRESS}\nxmpp AAAA 2620:1ec::10\n"
    found, faults = served_by(records, "contoso.com", "d1.contoso.com", "fabrikam.com")
    assert found == {
        "contoso.com": {
            **OURS,
            f"{TARGET} AAAA": Content(300, ("2620:1ec::10",)),
            "_xmpp-server._tcp.d1.contoso.com SRV": NOTHING,
        }
    }
    assert faults == [
        "fabrikam.com: nobody tells which zone it lies in; ask again, or with another --nameserver"
    ]


def test_direct_tls_is_asked_for_and_the_root_is_no_target(served_by: Callable[..., Found]) -> None:
    found, _ = served_by(
        "_xmpp-server._tcp SRV 0 0 0 .\n_xmpps-server._tcp SRV 0 0 5270 xmpp\n", "contoso.com"
    )
    assert found["contoso.com"] == {
        f"{SRV_NAME} SRV": Content(300, ("0 0 0 .",)),
        "_xmpps-server._tcp.contoso.com SRV": Content(300, ("0 0 5270 xmpp.contoso.com.",)),
    }


def test_an_alias_stands_in_the_place_of_a_record_set(served_by: Callable[..., Found]) -> None:
    records = (
        "_xmpp-server._tcp CNAME a\na SRV 0 0 5269 xmpp\n_xmpps-server._tcp SRV 0 0 5270 lb\nlb CNAME a\n"
    )
    found, _ = served_by(records, "contoso.com")
    assert found["contoso.com"] == {
        f"{SRV_NAME} CNAME": Foreign("CNAME 300 a.contoso.com.", alias="a.contoso.com."),
        "_xmpps-server._tcp.contoso.com SRV": Content(300, ("0 0 5270 lb.contoso.com.",)),
        "lb.contoso.com CNAME": Foreign("CNAME 300 a.contoso.com.", alias="a.contoso.com."),
    }


def test_name_servers_that_disagree_leave_it_out(served_by: Callable[..., Found]) -> None:
    found, faults = served_by(f"_xmpp-server._tcp SRV {SRV}\n", "contoso.com", more="")
    text = "the name servers of its zone disagree; `verify` tells who says what"
    assert (found["contoso.com"], faults) == ({f"{SRV_NAME} SRV": Foreign(text)}, [])


def test_what_lies_below_a_delegation_is_seen_by_nobody_here(served_by: Callable[..., Found]) -> None:
    found, faults = served_by("_tcp.d1 NS ns.example.net.\n", "d1.contoso.com")
    hidden = Foreign(DELEGATED.format("_tcp.d1.contoso.com"), hides=True)
    assert (found["contoso.com"], faults) == (
        {f"_xmpp{s}-server._tcp.d1.contoso.com SRV": hidden for s in ("", "s")},
        [],
    )


def test_targets_elsewhere_keep_their_addresses(served_by: Callable[..., Found]) -> None:
    found, _ = served_by("_xmpp-server._tcp SRV 0 0 5269 xmpp.example.net.\n", "contoso.com")
    assert list(found["contoso.com"]) == [f"{SRV_NAME} SRV"]


def test_a_zone_without_name_servers_that_answer_is_told(tree: Resolver) -> None:
    tree.table = {**TREE, ("adatum.com", "NS"): ["ns.adatum.net."]}
    assert ask("adatum.com") == (
        {"adatum.com": {"_xmpp-server._tcp.adatum.com SRV": NOTHING}},
        [
            "adatum.com NS: name servers without address: ns.adatum.net; publish their addresses, or take them out of "
            "the delegation"
        ],
    )
