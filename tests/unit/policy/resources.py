"""Resources that a program writes by hand, as the policy pack reads them."""

from typing import Any

from xmpp_federation_dns.problems import Unknown

AWS = "aws:route53/record:Record"
AZURE = "azure-native:dns:RecordSet"
GCP = "gcp:dns/recordSet:RecordSet"
DNS_RECORD = "cloudflare:index/dnsRecord:DnsRecord"
RECORD = "cloudflare:index/record:Record"
OURS = "xmpp-federation-dns:index:RecordSets"
OWNER = "_xmpp-server._tcp.contoso.com"
LATER = Unknown()


def srv(priority: object, weight: object, port: object, target: object) -> dict[str, object]:
    return {"priority": priority, "weight": weight, "port": port, "target": target}


def aws(*records: object, name: object = OWNER, ttl: object = 3600) -> dict[str, Any]:
    return {"type": "SRV", "name": name, "ttl": ttl, "records": list(records)}


def azure(*records: object, label: str = "_xmpp-server._tcp", ttl: object = 3600) -> dict[str, Any]:
    place = {"zoneName": "contoso.com", "relativeRecordSetName": label}
    return {**place, "recordType": "SRV", "ttl": ttl, "srvRecords": list(records)}


def ours(record_sets: dict[str, object]) -> dict[str, Any]:
    return {"provider": "rfc2136", "zone": "contoso.com", "recordSets": record_sets}
