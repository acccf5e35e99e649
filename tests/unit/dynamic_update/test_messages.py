"""Messages with many record sets: how long they are, and servers that fail, are silent, or go away midway."""

from typing import Any

import dns.rcode
import dns.update
import pytest
from tests.unit.bulk.lab import ADDRESS, OTHER_ADDRESS, domain, domains, failed
from tests.unit.dynamic_update.lab import ZONE, answering, record_set, says
from tools.lab.knot import Knot

from xmpp_federation_dns.backends import rfc2136_primary
from xmpp_federation_dns.backends.client import UpdateError
from xmpp_federation_dns.backends.rfc2136_client import PrimaryZone
from xmpp_federation_dns.backends.rfc2136_primary import Outcome, Primary
from xmpp_federation_dns.changes import contents
from xmpp_federation_dns.keepers.batches import batches, difference
from xmpp_federation_dns.keepers.keeper import Keeper, UnfinishedError


def properties(port: int, record_sets: dict[str, str]) -> dict[str, Any]:
    """Return the inputs of the resource of a zone in bulk."""
    return record_set(port, recordSets=record_sets, journal=[])


def published(knot: Knot) -> set[str]:
    """Return the keys of all record sets that the zone does not need itself."""
    return {f"{name}.{ZONE} {rdtype}" for name, rdtype in knot.names(ZONE) if name not in ("@", "ns1")}


def test_a_server_that_fails_is_told_with_what_is_left(provider: Keeper):
    with answering(says(dns.rcode.SERVFAIL)) as port:
        error = failed(UpdateError, provider.create, properties(port, domain(1)))
    assert str(error) == (
        f"DNS server 127.0.0.1 port {port}, zone contoso.com: 2 record sets not sent: the server failed; its log "
        "says why (SERVFAIL); 0 of 2 record sets are done, left for the next run: xmpp.d1.contoso.com A, "
        "_xmpp-server._tcp.d1.contoso.com SRV"
    )


def test_a_server_that_goes_away_midway_leaves_what_is_done_in_the_state(
    knot: Knot, provider: Keeper, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(PrimaryZone, "most", (900,))
    send = Primary.update

    def and_no_more(self: Primary, message: Any, what: str) -> Outcome:
        if "not sent" in what and published(knot):
            raise self.error(f"{what}: connection refused")
        return send(self, message, what)

    monkeypatch.setattr(Primary, "update", and_no_more)
    error = failed(UnfinishedError, provider.create, properties(knot.port, domains(1, 2, 3)))
    assert error.outs == properties(knot.port, domains(1, 2))
    assert published(knot) == set(domains(1, 2))


def test_a_condition_that_the_server_does_not_explain_is_told(provider: Keeper):
    def refuses(wire: bytes) -> bytes | None:
        update = wire[2] >> 3 & 0xF == 5
        return says(dns.rcode.YXRRSET if update else dns.rcode.NXDOMAIN, authoritative=True)(wire)

    with answering(refuses) as port:
        error = failed(UpdateError, provider.create, properties(port, domain(1)))
    assert str(error) == (
        f"DNS server 127.0.0.1 port {port}, zone contoso.com: xmpp.d1.contoso.com A, "
        "_xmpp-server._tcp.d1.contoso.com SRV: the server has something else there than it shows; try again later"
    )


def test_a_silent_server_is_told_in_bounded_time(provider: Keeper, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(rfc2136_primary, "TIMEOUT", 0.2)

    def silent(_: bytes) -> None:
        return None

    with answering(silent) as port:
        error = failed(UpdateError, provider.read, ZONE, properties(port, domain(1)))
    assert str(error) == (
        f"DNS server 127.0.0.1 port {port}, zone contoso.com: _xmpp-server._tcp.d1.contoso.com SRV not read: no "
        "answer in 3 attempts of 0.2 s"
    )


@pytest.mark.parametrize("address", [ADDRESS, OTHER_ADDRESS, None], ids=["same", "change", "delete"])
def test_a_full_message_is_no_longer_than_tcp_allows(
    provider: Keeper, address: str | None, monkeypatch: pytest.MonkeyPatch
):
    client = provider.client(properties(53, {}))
    long = {
        f"_xmpp-server._tcp.{'a' * 63}.{n:04d}.contoso.com SRV": f"60 0 0 1 {'b' * 63}.{n:04d}.contoso.com."
        for n in range(900)
    }
    new = {key: text.replace("60", "61") for key, text in long.items()} if address else {}
    old = {} if address == ADDRESS else long
    made = list(batches(difference(contents(old), contents(new)), client.weight, client.most))
    lengths: list[int] = []

    def measured(_: Primary, message: dns.update.UpdateMessage, what: str) -> Outcome:
        assert what.endswith(" record sets not sent")
        lengths.append(len(message.to_wire(max_size=65_535)))
        return Outcome(done=True, unanswered=False)

    monkeypatch.setattr(Primary, "update", measured)
    for batch in made:
        provider.client(properties(53, {})).send(batch)
    assert all(length <= 65_535 for length in lengths)
    assert all(length >= 20_000 for length in lengths[:-1])
