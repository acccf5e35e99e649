from typing import Any

from tests.backends.contract import BackendContract

from xmpp_federation_dns import AzureZone


def record(relative: str, kind: str, ttl: int, **records: Any) -> dict[str, Any]:
    return {
        "resourceGroupName": "dns",
        "zoneName": "contoso.com",
        "relativeRecordSetName": relative,
        "recordType": kind,
        "ttl": ttl,
        **records,
    }


def srv(priority: int, weight: int, port: int, target: str) -> dict[str, Any]:
    return {"priority": priority, "weight": weight, "port": port, "target": target}


class TestAzureDns(BackendContract):
    type = "azure-native:dns:RecordSet"
    zone = AzureZone(name="contoso.com", resource_group="dns")
    options = {"subscription_id": "00000000-0000-0000-0000-000000000001"}
    inputs = {
        "SRV": record(
            "_xmpp-server._tcp",
            "SRV",
            3600,
            srvRecords=[srv(0, 0, 5269, "a.contoso.com"), srv(10, 5, 5269, "b.contoso.com")],
        ),
        "SRV of a child domain": record(
            "_xmpp-server._tcp.corp", "SRV", 600, srvRecords=[srv(0, 0, 5269, "xmpp.corp.contoso.com")]
        ),
        "SRV of a domain without XMPP": record(
            "_xmpp-server._tcp", "SRV", 3600, srvRecords=[srv(0, 0, 0, ".")]
        ),
        "A": record(
            "a", "A", 300, aRecords=[{"ipv4Address": "131.107.155.9"}, {"ipv4Address": "131.107.155.10"}]
        ),
        "A of the apex": record("@", "A", 300, aRecords=[{"ipv4Address": "131.107.155.10"}]),
        "AAAA": record("a", "AAAA", 300, aaaaRecords=[{"ipv6Address": "2620:1ec::10"}]),
    }
