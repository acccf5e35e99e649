"""A zone by transfer."""

from typing import Any

import dns.rcode
import pytest
from tests.unit.bulk.lab import domain
from tests.unit.dynamic_update.lab import OTHER_SECRET, SECRET, ZONE, answering, at, says, told
from tools.lab.knot import ADDRESS, KEY_NAME, Knot

from xmpp_federation_dns import Rfc2136Zone
from xmpp_federation_dns.changes import DELEGATED, Content, Foreign, Live, contents


def listing(port: int, **options: Any) -> dict[str, Live]:
    zone = Rfc2136Zone(name=ZONE, server=ADDRESS, port=port, **options)
    return zone.client({}).listing()


def signed(port: int, secret: str = SECRET) -> dict[str, Live]:
    return listing(port, tsig_key_name=KEY_NAME, tsig_secret=secret)


def test_a_zone_is_listed_by_one_transfer(knot: Knot):
    for key, each in contents(domain(1)).items():
        name, _, rdtype = key.partition(" ")
        knot.change(ZONE, ("add", f"{name}.", str(each.ttl), rdtype, each.values[0]))
    knot.change(
        ZONE,
        ("add", "a", "300", "CNAME", "lb.example.net."),
        ("add", "t", "300", "TXT", "none-of-it"),
        ("add", "d2", "300", "NS", "ns1.example.net."),
        ("add", "xmpp.d2", "300", "A", "131.107.155.10"),
    )
    assert signed(knot.port) == {
        **contents(domain(1)),
        "ns1.contoso.com A": Content(300, ("127.0.0.1",)),
        "a.contoso.com CNAME": Foreign("CNAME 300 lb.example.net.", alias="lb.example.net."),
        "xmpp.d2.contoso.com A": Foreign(DELEGATED.format("d2.contoso.com"), hides=True),
    }


def test_a_transfer_that_is_refused_is_told_with_the_way_out(knot: Knot):
    assert told(listing, knot.port) == (
        f"{at(knot.port)}: the server transfers no such zone to here (AXFR): allow it for the TSIG key, or "
        "correct the name"
    )


def test_a_wrong_secret_is_told():
    soa = f"{ZONE}. 300 SOA ns1.{ZONE}. hostmaster.{ZONE}. 1 2 3 4 5"
    with answering(says(dns.rcode.NOERROR, soa, secret=OTHER_SECRET, authoritative=True)) as port:
        assert told(signed, port).startswith(
            f"{at(port)}: {ZONE} SOA not read: the secret of TSIG key 'demo'"
        )


@pytest.mark.parametrize("code", [dns.rcode.REFUSED])
def test_a_zone_that_is_not_served_is_told(code: dns.rcode.Rcode):
    with answering(says(code)) as port:
        assert f"{ZONE} SOA not read: the server does not serve the zone" in told(signed, port)
