"""What a key will be allowed at a server, asked by a message that updates nothing."""

from pathlib import Path
from typing import Any

import dns.message
import dns.opcode
import dns.rcode
import pytest
from tests.unit.bulk.lab import domain, failed
from tests.unit.dynamic_update.lab import OTHER_SECRET, SECRET, ZONE, answering, at, says, serial
from tools.lab.knot import ADDRESS, KEY_NAME, Knot, free_port

from xmpp_federation_dns import Rfc2136Zone
from xmpp_federation_dns.backends.client import Right, UpdateError


def access(port: int, key: str | None = KEY_NAME, secret: str = SECRET, **keys: Any) -> list[Right]:
    signed: dict[str, Any] = {"tsig_key_name": key, "tsig_secret": secret} if key else {}
    zone = Rfc2136Zone(name=ZONE, server=ADDRESS, port=port, **signed)
    return zone.client({}).access(keys or domain(1), one_by_one=False)


def test_a_key_that_may_update_the_zone_is_told_and_nothing_is_changed(knot: Knot):
    before = serial(knot)
    assert access(knot.port) == [
        Right("query", "allowed"),
        Right("update, signed by the key 'demo'", "allowed"),
    ]
    assert serial(knot) == before


def test_what_is_there_already_is_no_refusal(knot: Knot):
    assert {right.state for right in access(knot.port, **{"ns1.contoso.com A": ""})} == {"allowed"}


def test_a_key_that_may_not_update_the_zone_misses_that(knot: Knot):
    [query, update] = access(knot.port, "stranger")
    # Knot lets such a key not even ask.
    assert (query.state, update) == (
        "missing",
        Right(
            "update, signed by the key 'stranger'",
            "missing",
            f"{at(knot.port)}: no updates from here: TSIG key 'stranger' is unknown there, is of another "
            "algorithm, or may not change this name and type (pulumi refresh, destroy and up --refresh begin with the "
            "key of the last up)",
        ),
    )


def test_another_secret_lets_nothing_be_asked(knot: Knot):
    assert [right.state for right in access(knot.port, secret=OTHER_SECRET)] == ["missing", "missing"]


def test_without_a_key_the_update_is_what_is_missing(tmp_path: Path):
    with Knot.serving([ZONE], tmp_path / "knot", SECRET) as knot:
        [query, update] = access(knot.port, None)
    assert (query.state, update.name, update.state) == ("allowed", "update, not signed", "missing")


@pytest.mark.parametrize("code", [dns.rcode.NOTIMP, dns.rcode.REFUSED, dns.rcode.NOTAUTH])
def test_a_server_that_takes_no_updates_is_no_failure_of_the_question(code: dns.rcode.Rcode):
    query, update = says(dns.rcode.NOERROR, authoritative=True), says(code)

    def answer(wire: bytes) -> bytes | None:
        is_update = dns.message.from_wire(wire, keyring=False).opcode() == dns.opcode.UPDATE
        return (update if is_update else query)(wire)

    with answering(answer) as port:
        assert [right.state for right in access(port)] == ["allowed", "missing"]


@pytest.mark.usefixtures("impatient")
def test_a_server_that_does_not_answer_leaves_it_open():
    error = failed(UpdateError, access, port := free_port())
    assert str(error).startswith(
        f"{at(port)}: _xmpp-server._tcp.d1.contoso.com SRV not read: connection refused"
    )
