from typing import Any

from tests.backends.contract import BackendContract

from xmpp_federation_dns import GoogleZone


def record(name: str, kind: str, ttl: int, *values: str) -> dict[str, Any]:
    return {
        "zone": "contoso.com",
        "provider": "gcp",
        "project": "dns-production",
        "existing": "refuse",
        "recordSets": {f"{name} {kind}": f"{ttl} {', '.join(values)}"},
    }


class TestGoogle(BackendContract):
    type = "xmpp-federation-dns:index:RecordSet"
    zone = GoogleZone(name="contoso.com", project="dns-production")
    options = {
        "managed_zone": "contoso-com",
        "service_account": "dns@dns-production.iam.gserviceaccount.com",
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
