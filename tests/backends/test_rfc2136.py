from typing import Any

import pulumi
from tests.backends.contract import RECORD_SETS, BackendContract
from tests.recorder import run

from xmpp_federation_dns import Rfc2136Zone
from xmpp_federation_dns.publishing import publish


def record(name: str, kind: str, ttl: int, *values: str) -> dict[str, Any]:
    return {
        "server": "192.0.2.53",
        "port": 53,
        "zone": "contoso.com",
        "provider": "rfc2136",
        "tsigKeyName": "pulumi",
        "tsigAlgorithm": "hmac-sha256",
        "existing": "refuse",
        "recordSets": {f"{name} {kind}": f"{ttl} {', '.join(values)}"},
    }


class TestDynamicUpdate(BackendContract):
    type = "xmpp-federation-dns:index:RecordSet"
    zone = Rfc2136Zone(name="contoso.com", server="192.0.2.53", tsig_key_name="pulumi")
    options = {
        "port": 5353,
        "tsig_key_name": "other",
        "tsig_algorithm": "hmac-sha512",
        "tsig_secret": "c2VjcmV0",
    }
    inputs = {
        "SRV": record(
            "_xmpp-server._tcp.contoso.com",
            "SRV",
            3600,
            "0 0 5269 a.contoso.com.",
            "10 5 5269 b.contoso.com.",
        ),
        "SRV of a child domain": record(
            "_xmpp-server._tcp.corp.contoso.com", "SRV", 600, "0 0 5269 xmpp.corp.contoso.com."
        ),
        "SRV of a domain without XMPP": record("_xmpp-server._tcp.contoso.com", "SRV", 3600, "0 0 0 ."),
        "A": record("a.contoso.com", "A", 300, "131.107.155.10", "131.107.155.9"),
        "A of the apex": record("contoso.com", "A", 300, "131.107.155.10"),
        "AAAA": record("a.contoso.com", "AAAA", 300, "2620:1ec::10"),
    }


def test_a_secret_of_the_zones_own_is_a_secret_input():
    zone = Rfc2136Zone(name="contoso.com", server="192.0.2.53", tsig_key_name="k", tsig_secret="c2VjcmV0")

    def program() -> None:
        publish(zone, "name", [RECORD_SETS["A"]], lambda _: pulumi.ResourceOptions())

    registration = run(program).named("name-a.contoso.com-A")
    assert registration.secrets == {"tsigSecret"}
    assert registration.inputs["tsigSecret"] == "c2VjcmV0"
