"""Own validation of DNSSEC: chains from trust anchors through zones that dnspython signs and Knot serves."""

import asyncio
import datetime
import io
import re
from collections.abc import Callable, Generator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, cast

import dns.asyncresolver
import dns.dnssec
import dns.name
import dns.rdata
import dns.resolver
import dns.zone
import pytest
from tests.proof.dns.cases import run
from tests.proof.dns.hostile import rcode, silent
from tests.proof.dns.knots import knot
from tests.proof.dns.standin import serving
from tests.proof.dns.test_dnssec import new_key
from tests.proof.xmpp.signed import HOST, ZONE
from tools.lab.knot import free_port

from xmpp_federation_dns.proof import validator as module
from xmpp_federation_dns.proof.resolver import UnresolvedError
from xmpp_federation_dns.proof.validator import ROOT_ANCHORS, Validated, Validator, anchors

SRV = "_xmpp-server._tcp.contoso.com"
VALUE = "0 0 5269 xmpp.contoso.com."
CONTENT = {
    ".": "com. NS ns1.com.\n",
    "com.": "contoso NS ns1.contoso\n",
    "contoso.com.": f"_xmpp-server._tcp SRV {VALUE}\nxmpp A 131.107.155.10\nalias CNAME xmpp\n",
}
PARENTS = {"contoso.com.": "com.", "com.": "."}
KEYS = {zone: new_key(257) for zone in CONTENT}


def ds(zone: str) -> str:
    return dns.dnssec.make_ds(zone, KEYS[zone][1], "SHA256").to_text()


def zone_text(zone: str, delegations: Mapping[str, str]) -> str:
    """Return a zone, signed with its key, with a DS record for each delegation."""
    text = ZONE.replace("ns1 A", "ns1 300 A") + CONTENT[zone]
    text += "".join(f"{child} DS {each}\n" for child, each in delegations.items() if each)
    found = dns.zone.from_text(f"$TTL 300\n{text}", zone, relativize=False)
    now = datetime.datetime.now(datetime.UTC)
    with found.writer() as writer:
        dns.dnssec.sign_zone(
            found,
            writer,
            keys=[KEYS[zone]],
            inception=now - datetime.timedelta(days=1),
            expiration=now + datetime.timedelta(days=9),
        )
    written = io.StringIO()
    cast("Any", found).to_file(written, want_origin=False)
    return written.getvalue()


Change = Callable[[str], str]


@contextmanager
def tree(
    directory: Path, secure: Mapping[str, str] | None = None, change: Mapping[str, Change] | None = None
) -> Generator[int]:
    """Serve the root, com and contoso.com, with other DS records and texts that were changed after signing."""
    texts: dict[str, str] = {}
    for zone in CONTENT:
        delegations = {
            child: (secure or {}).get(child, ds(child)) for child, parent in PARENTS.items() if parent == zone
        }
        texts[zone] = (change or {}).get(zone, str)(zone_text(zone, delegations))
    port = free_port()
    with knot(directory / "knot", texts, port):
        yield port


def trust(*zones: str) -> module.Anchors:
    return {dns.name.from_text(zone): [dns.rdata.from_text("IN", "DS", ds(zone))] for zone in zones or (".",)}


def looked_up(port: int, name: str = SRV, kind: str = "SRV", trusted: Any = None) -> Validated:
    async def one() -> Validated:
        validator = Validator(((HOST, port),), 5, trust() if trusted is None else trusted)
        found = await asyncio.gather(*(validator.look_up(name, kind) for _ in range(2)))
        assert found[0] == found[1]
        return found[0]

    return run(one())


def test_a_chain_from_the_root_secures_a_record_set(tmp_path: Path):
    with tree(tmp_path) as port:
        assert looked_up(port) == Validated((VALUE,))
        assert looked_up(port, "alias.contoso.com", "A") == Validated(("131.107.155.10",))
        assert looked_up(port, "none.contoso.com", "A") == Validated(())
        assert looked_up(port, "contoso.com", "A") == Validated(())


def test_a_chain_may_begin_at_any_zone_and_with_its_key(tmp_path: Path):
    key = {dns.name.from_text("contoso.com."): [KEYS["contoso.com."][1]]}
    with tree(tmp_path, {"com.": ""}) as port:
        assert looked_up(port, trusted=trust("contoso.com.")) == Validated((VALUE,))
        assert looked_up(port, trusted=key) == Validated((VALUE,))
        assert looked_up(port) == Validated((VALUE,), "com has no DS record at its parent")


@pytest.mark.parametrize(
    ("secure", "why", "bogus"),
    [
        ("", "contoso.com has no DS record at its parent", False),
        (f"1 99 2 {'00' * 32}", "the algorithms of contoso.com are none that are validated today", False),
        (f"1 13 1 {'00' * 20}", "the algorithms of contoso.com are none that are validated today", False),
        (f"1 13 2 {'00' * 32}", "the DS records of contoso.com match none of its keys", True),
    ],
)
def test_a_ds_record_decides_whether_a_zone_is_secure_insecure_or_bogus(
    tmp_path: Path, secure: str, why: str, bogus: bool
):
    with tree(tmp_path, {"contoso.com.": secure}) as port:
        assert looked_up(port) == Validated((VALUE,), why, bogus)


def signer(kind: str, name: str) -> Change:
    """Name another zone as the one that signed the record sets of a kind."""
    return lambda text: re.sub(rf"(RRSIG {kind} (?:\S+ ){{6}})\S+", rf"\g<1>{name}", text)


def replaced(old: str, new: str) -> Change:
    return lambda text: text.replace(old, new)


def without(kind: str) -> Change:
    return lambda text: "".join(line for line in text.splitlines(True) if f" {kind} " not in line)


@pytest.mark.parametrize(
    ("zone", "change", "why", "bogus"),
    [
        pytest.param(
            "contoso.com.",
            without("RRSIG SRV"),
            f"{SRV} SRV is not signed, or the resolver leaves signatures out",
            False,
            id="unsigned",
        ),
        pytest.param(
            "contoso.com.",
            replaced("SRV 0 0", "SRV 1 0"),
            f"the signature of {SRV} SRV is not valid",
            True,
            id="changed",
        ),
        pytest.param(
            "contoso.com.",
            signer("SRV", "net."),
            f"the signature of {SRV} SRV is not valid",
            True,
            id="signed by a zone that it does not lie in",
        ),
        pytest.param(
            "com.",
            signer("DS", "contoso.com."),
            "the signature of contoso.com DS is not valid",
            True,
            id="a zone that vouches for itself",
        ),
        pytest.param(
            "contoso.com.",
            without("RRSIG DNSKEY"),
            "contoso.com has a DS record at its parent, and no signed keys",
            True,
            id="keys without signature",
        ),
    ],
)
def test_what_is_not_signed_is_insecure_and_what_is_signed_wrongly_is_bogus(
    tmp_path: Path, zone: str, change: Change, why: str, bogus: bool
):
    with tree(tmp_path, change={zone: change}) as port:
        found = looked_up(port)
    assert (found.insecure, found.bogus) == (why, bogus)


def test_a_bogus_alias_makes_what_it_leads_to_bogus(tmp_path: Path):
    def change(text: str) -> str:
        return without("RRSIG A")(text).replace("CNAME xmpp", "CNAME ns1")

    with tree(tmp_path, change={"contoso.com.": change}) as port:
        found = looked_up(port, "alias.contoso.com", "A")
    assert found == Validated(("127.0.0.1",), "the signature of alias.contoso.com CNAME is not valid", True)


def test_a_root_that_is_not_trusted_secures_nothing(tmp_path: Path):
    with tree(tmp_path) as port:
        assert looked_up(port, trusted={}) == Validated(
            (VALUE,), "the root zone is not among the trust anchors"
        )


def test_more_signatures_or_keys_than_anybody_has_are_not_validated(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(module, "MOST_SIGNED", 0)
    with tree(tmp_path) as port:
        assert looked_up(port).insecure == f"the signature of {SRV} SRV is not valid"


def test_more_keys_than_anybody_has_are_not_validated(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(module, "MOST_SIGNED", 1)
    key = new_key(256)[1].to_text()

    def change(text: str) -> str:
        return f"{text}contoso.com. 300 IN DNSKEY {key}\n"

    with tree(tmp_path, change={"contoso.com.": change}) as port:
        assert looked_up(port).insecure == "contoso.com has a DS record at its parent, and no signed keys"


def test_a_name_server_that_refuses_is_told():
    async def one() -> None:
        async with serving(rcode(5)) as it:
            validator = Validator(((it.address, it.port),), 2, {})
            with pytest.raises(UnresolvedError, match="REFUSED"):
                await validator.look_up(SRV, "SRV")

    run(one())


def test_a_resolver_that_never_answers_is_waited_for_once():
    async def one() -> int:
        async with serving(silent) as it:
            validator = Validator(((it.address, it.port),), 0.2, {})
            for _ in range(20):
                with pytest.raises(UnresolvedError, match="lifetime"):
                    await validator.values("contoso.com", "CAA")
                with pytest.raises(UnresolvedError, match="lifetime"):
                    await validator.look_up(SRV, "SRV")
            return len(it.asked)

    assert run(one()) < 5


def test_values_are_asked_for_once_whether_secure_or_not(tmp_path: Path):
    with tree(tmp_path, {"contoso.com.": ""}) as port:

        async def one() -> list[list[str]]:
            validator = Validator(((HOST, port),), 5, {})
            return [await validator.values(name, "A") for name in ("alias.contoso.com", "x.contoso.com") * 2]

        assert run(one()) == [["131.107.155.10"], []] * 2


def test_a_machine_without_resolver_is_told(monkeypatch: pytest.MonkeyPatch):
    def none(**_: object) -> None:
        raise dns.resolver.NoResolverConfiguration

    monkeypatch.setattr(dns.asyncresolver, "Resolver", none)
    with pytest.raises(UnresolvedError, match="Resolver configuration could not be read"):
        Validator((), 5, {})


def test_the_resolver_of_the_machine_is_asked_where_none_is_named(monkeypatch: pytest.MonkeyPatch):
    made: list[bool] = []

    class Resolver:
        def __init__(self, *, configure: bool) -> None:
            made.append(configure)

        def use_edns(self, *_: object) -> None: ...

    monkeypatch.setattr(dns.asyncresolver, "Resolver", Resolver)
    Validator((), 5, {})
    assert made == [True]


@pytest.mark.parametrize(
    "text",
    [
        pytest.param(ROOT_ANCHORS, id="DS"),
        pytest.param(f". 172800 IN DNSKEY {KEYS['.'][1].to_text()}\n", id="DNSKEY"),
        pytest.param(f"; of a lab\n. IN DS {ds('.')}\n", id="with class and comment"),
    ],
)
def test_trust_anchors_are_read_as_zone_files_have_them(tmp_path: Path, text: str):
    file = tmp_path / "anchors"
    file.write_text(text)
    assert [*anchors(file)] == [dns.name.root]


def test_without_a_file_the_keys_of_the_root_zone_are_trusted():
    [root] = anchors(None).values()
    assert [cast("Any", each).key_tag for each in root] == [20326, 38696]


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", "no DS or DNSKEY record in it"),
        ("contoso.com. A 131.107.155.10\n", "no DS or DNSKEY record in it"),
        ("127.0.0.1 localhost\n", "no zone file"),
        ("\0\xff\n", "no zone file"),
        ("$INCLUDE /etc/passwd\n", "no zone file"),
    ],
)
def test_a_file_without_trust_anchors_is_refused(tmp_path: Path, text: str, why: str):
    file = tmp_path / "anchors"
    file.write_text(text)
    with pytest.raises(ValueError, match=why):
        anchors(file)
