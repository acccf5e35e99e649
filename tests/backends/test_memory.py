"""The contract can be met in ten lines: by a backend that keeps the lines of its zone."""

from dataclasses import dataclass

import pulumi
from tests.backends.contract import BackendContract

from xmpp_federation_dns.backends import Zone
from xmpp_federation_dns.records import RecordSet


@dataclass(frozen=True, kw_only=True)
class MemoryZone(Zone):
    provider: str = "memory"

    def record(
        self, resource_name: str, record_set: RecordSet, opts: pulumi.ResourceOptions
    ) -> pulumi.Resource:
        inputs = {"owner": record_set.name, "type": record_set.type, "ttl": record_set.ttl}
        return pulumi.CustomResource(
            "memory:index:RecordSet", resource_name, {**inputs, "values": record_set.rdata}, opts
        )


def line(owner: str, kind: str, ttl: int, *values: str) -> dict[str, object]:
    return {"owner": owner, "type": kind, "ttl": ttl, "values": list(values)}


class TestMemory(BackendContract):
    type = "memory:index:RecordSet"
    zone = MemoryZone(name="contoso.com")
    inputs = {
        "SRV": line(
            "_xmpp-server._tcp.contoso.com",
            "SRV",
            3600,
            "0 0 5269 a.contoso.com.",
            "10 5 5269 b.contoso.com.",
        ),
        "SRV of a child domain": line(
            "_xmpp-server._tcp.corp.contoso.com", "SRV", 600, "0 0 5269 xmpp.corp.contoso.com."
        ),
        "SRV of a domain without XMPP": line("_xmpp-server._tcp.contoso.com", "SRV", 3600, "0 0 0 ."),
        "A": line("a.contoso.com", "A", 300, "131.107.155.9", "131.107.155.10"),
        "A of the apex": line("contoso.com", "A", 300, "131.107.155.10"),
        "AAAA": line("a.contoso.com", "AAAA", 300, "2620:1ec::10"),
    }
