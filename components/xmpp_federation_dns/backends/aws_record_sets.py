"""Record sets as Route 53 writes them: what is ours, and what can be none of ours. Pure."""

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from xmpp_federation_dns.changes import Change, Content, Foreign, Live, canonical_value

if TYPE_CHECKING:
    from mypy_boto3_route53.type_defs import ResourceRecordSetOutputTypeDef

    RecordSets = dict[str, dict[str, ResourceRecordSetOutputTypeDef]]
    """By key, and by the identifier that tells those of a routing policy apart."""


def as_sent(change: Change, ttl: int, record_values: Iterable[str]) -> Any:
    """Return one side of *change* as a request has it."""
    return {
        "Name": change.name,
        "Type": change.type,
        "TTL": ttl,
        "ResourceRecords": [{"Value": value} for value in record_values],
    }


def live(key: str, found: "RecordSets") -> Live | None:
    """Return what there is in the place of a record set: one, several with a routing policy, or a CNAME."""
    name, _, rdtype = key.partition(" ")
    here = list(found.get(key, {}).values())
    if shown := [text for each in here if (text := _foreign(each))]:
        return Foreign(", ".join(shown))
    if here and rdtype != "CNAME":
        return _content(rdtype, here[0])
    aliases = list(found.get(f"{name} CNAME", {}).values())
    return Foreign(f"CNAME {_foreign(aliases[0]) or _content('CNAME', aliases[0])}") if aliases else None


def _foreign(record_set: "ResourceRecordSetOutputTypeDef") -> str:
    """Return what this component never publishes, as a message shows it."""
    if "SetIdentifier" in record_set:
        return f"routing policy {record_set['SetIdentifier']}"
    if alias := record_set.get("AliasTarget"):
        return f"alias of {alias['DNSName']}"
    return ""


def _content(rdtype: str, record_set: "ResourceRecordSetOutputTypeDef") -> Content:
    written = sorted(record["Value"] for record in record_set.get("ResourceRecords", []))
    canonical = sorted(canonical_value(rdtype, value) for value in written)
    # The service keeps values as they were typed: final dots, cases, and long forms of IPv6 addresses.
    spelling = () if canonical == written else tuple(written)
    return Content(record_set.get("TTL", 0), tuple(canonical), spelling)
