#!/usr/bin/env -S sh -c 'p="${0%/*}/../.venv-policy/bin/python"; [ -x "$p" ] && exec "$p" "$0" "$@"; echo "$0: there is no .venv-policy beside policy/: make policy" >&2; exit 1'
"""Policy pack: what programs write by hand for XMPP federation is held to the rules of the component.

The engine runs this file: `pulumi up --policy-pack policy/srv_records.py`. docs/policy.md says what is judged.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from importlib import import_module
from typing import Any, cast

from pydantic import TypeAdapter

from xmpp_federation_dns import names
from xmpp_federation_dns.component import TYPE
from xmpp_federation_dns.configuration.args import XmppFederationDnsArgs
from xmpp_federation_dns.configuration.rules import RULES, View
from xmpp_federation_dns.configuration.rules.reachability import address_faults
from xmpp_federation_dns.configuration.shape import parse
from xmpp_federation_dns.faults import canonical
from xmpp_federation_dns.problems import Path, Problem, Unknown, described
from xmpp_federation_dns.records import XMPP_SERVER, XMPPS_SERVER

OURS = ("xmpp-federation-dns:index:RecordSet", "xmpp-federation-dns:index:RecordSets")
"""Resources of this package that keep record sets of a program's own."""
FIELDS = ("priority", "weight", "port", "target")
"""Of an SRV record, in the order of its text (RFC 2782)."""


@dataclass(frozen=True, slots=True)
class RecordSet:
    """What a resource says of a record set, or of one record in it; `Unknown` is what only an update knows."""

    type: object
    name: object
    """As the resource has it: some providers let it be relative to a zone that the resource does not name."""
    ttl: object
    place: str
    """The property that has the records."""
    records: list[object]
    """Addresses; SRV records as text or as mappings; none where the list is not known."""
    zone: str | None = None
    """The name of the zone, where the resource has it; *name* is absolute then."""
    single: bool = False
    """Whether *place* has one record, and not a list."""
    within: Path = ()
    """Where *place* stands, where the resource has several record sets."""

    @property
    def owner(self) -> str:
        """The name in canonical form; nothing where it is not known."""
        return canonical(names.zone_name, self.name) if isinstance(self.name, str) else ""

    @property
    def service(self) -> str:
        """The service of XMPP federation whose SRV records these are; nothing for all others."""
        services = (XMPP_SERVER, XMPPS_SERVER) if self.type == "SRV" else ()
        return next((each for each in services if f"{self.owner}.".startswith(f"{each}.")), "")

    @property
    def targets(self) -> set[str]:
        """The targets of SRV records of XMPP federation that are known and valid."""
        found = [record["target"] for record in map(_fields, self.records) if isinstance(record, dict)]
        known = {canonical(names.host_name, target) for target in found if isinstance(target, str)}
        return known - {""} if self.service else set()

    def at(self, position: int) -> Path:
        """Return where the record at *position* stands."""
        return (*self.within, self.place) if self.single else (*self.within, self.place, position)


def srv_problems(given: RecordSet, profile: str) -> Iterator[Problem]:
    """Yield what is wrong with SRV records of XMPP federation, by the rules of a *profile*."""
    pools: dict[int, object] = {}
    disabled = False
    for position, record in enumerate(map(_fields, given.records)):
        match record:
            case str():
                text = f"{described(record)} is no SRV record; write priority, weight, port and target"
                yield Problem(given.at(position), text, rule="S3")
            case {"target": "."}:
                disabled = True
                if any(isinstance(value, int) and value for value in record.values()):
                    text = "priority, weight and port are 0 where the target '.' disables federation"
                    yield Problem(given.at(position), text, rule="P10")
            case dict():
                port = "directTlsPort" if given.service == XMPPS_SERVER else "port"
                renamed = {port if key == "port" else key: value for key, value in record.items()}
                pools[position] = {**renamed, "manageAddresses": False}
            case _:
                pools[position] = record
    if pools or disabled:
        yield from _by_rules(given, pools, profile, disabled=disabled)


def _by_rules(
    given: RecordSet, pools: Mapping[int, object], profile: str, *, disabled: bool
) -> Iterator[Problem]:
    """Yield what the rules say of a configuration that publishes these records: each is an Edge pool there."""
    # Where the zone is not known, rules conclude nothing from this SIP domain.
    domain = given.owner.removeprefix(f"{given.service}.") if given.zone else "contoso.com"
    args, origin, found = parse(
        {
            "domains": [
                {
                    "name": domain,
                    "federation": "disabled" if disabled else "enabled",
                    "edgePools": list(pools.values()) or None,
                }
            ],
            "zones": [{"provider": "aws", "name": given.zone or Unknown()}],
            "srvTtl": _number(given.ttl),
            "profile": profile,
        }
    )
    found += [each for rule in RULES for each in rule(View(args)) if not origin.is_blamed(each.path)]
    positions = list(pools)

    def place(path: Path) -> Path:
        match path:
            case ("domains", 0, "edgePools", int(pool), *rest):
                return (
                    *given.at(positions[pool]),
                    *("port" if key == "directTlsPort" else key for key in rest),
                )
            case ("domains", 0, "edgePools"):
                return (*given.within, given.place)
            case ("srvTtl",):
                return (*given.within, given.place, "ttl") if given.within else ("ttl",)
            case _:
                # Of the SIP domain, which is known with its zone alone: in Azure and of this package.
                return (*given.within, given.place) if given.within else ("relativeRecordSetName",)

    for problem in found:
        if problem.severity == "error":
            yield problem.at(place(problem.path), place(problem.other) if problem.other else ())


def target_problems(given: RecordSet, allow_private: bool) -> Iterator[Problem]:
    """Yield what is wrong with the addresses of a target, or with an alias in their place."""
    if given.type == "CNAME":
        text = "the target of an SRV record must be no CNAME (RFC 2782); give it A and AAAA records"
        yield Problem((), text, rule="V7")
    for type_, version in (("A", 4), ("AAAA", 6)):
        if given.type == type_:
            for position, fault in address_faults(given.records, version, allow_private):
                yield Problem(given.at(position), fault, rule="P6")


def _fields(record: object) -> dict[str, object] | str | Unknown:
    """Return priority, weight, port and target of an SRV record; text as it is where it is none."""
    match record:
        case str() if len(texts := record.split()) == len(FIELDS):
            return {key: _number(text) for key, text in zip(FIELDS, texts, strict=True)}
        case str():
            return record
        case dict():
            fields = cast("dict[str, object]", record)
            return {key: _number(fields.get(key)) for key in FIELDS}
        case _:
            return Unknown()


def _number(value: object) -> object:
    # More digits are no number of an SRV record, and Python refuses to convert thousands of them.
    return int(value) if isinstance(value, str) and re.fullmatch("-?[0-9]{1,19}", value) else value


def _aws(props: Mapping[str, Any]) -> RecordSet:
    name = _first_known(props, "fqdn", "name")
    return RecordSet(props.get("type"), name, props.get("ttl"), "records", _list(props.get("records")))


def _azure(props: Mapping[str, Any]) -> RecordSet:
    # What such a resource puts out has type and name in other properties than what is put in.
    kind = str(_first_known(props, "recordType", "type")).rpartition("/")[2]
    zone, label = _first_known(props, "zoneName"), _first_known(props, "relativeRecordSetName")
    name = f"{label}.{zone}".removeprefix("@.") if zone and label else props.get("fqdn")
    place, key = {"A": ("aRecords", "ipv4Address"), "AAAA": ("aaaaRecords", "ipv6Address")}.get(
        kind, ("srvRecords", "")
    )
    records = _list(props.get(place))
    if key:
        records = [
            cast("dict[str, object]", each).get(key) if isinstance(each, dict) else each for each in records
        ]
    return RecordSet(kind, name, props.get("ttl"), place, records, zone)


def _gcp(props: Mapping[str, Any]) -> RecordSet:
    records = _list(props.get("rrdatas"))
    return RecordSet(props.get("type"), props.get("name"), props.get("ttl"), "rrdatas", records)


def _cloudflare(props: Mapping[str, Any]) -> RecordSet:
    kind = props.get("type")
    place = "data" if kind == "SRV" else "content" if props.get("content") else "value"
    # 1 leaves it to Cloudflare (its API reference, 2026-11).
    ttl = None if props.get("ttl") == 1 else props.get("ttl")
    name = _first_known(props, "hostname", "name")
    return RecordSet(kind, name, ttl, place, [props.get(place)], single=True)


def _ours(props: Mapping[str, Any]) -> Iterator[RecordSet]:
    zone, given = _first_known(props, "zone"), props.get("recordSets")
    for key, text in cast("dict[str, object]", given if isinstance(given, dict) else {}).items():
        name, _, kind = key.partition(" ")
        ttl, _, values = text.partition(" ") if isinstance(text, str) else (None, "", "")
        records: list[object] = list(filter(None, values.split(", ")))
        yield RecordSet(kind, name, _number(ttl), key, records, zone, within=("recordSets",))


_READERS: Mapping[str, Callable[[Mapping[str, Any]], RecordSet]] = {
    "aws:route53/record:Record": _aws,
    "azure-native:dns:RecordSet": _azure,
    "gcp:dns/recordSet:RecordSet": _gcp,
    "cloudflare:index/dnsRecord:DnsRecord": _cloudflare,
    "cloudflare:index/record:Record": _cloudflare,
}


def record_sets(resource_type: str, props: Mapping[str, Any]) -> list[RecordSet]:
    """Return what a resource publishes, by the properties that are put in or out."""
    if resource_type in OURS:
        return list(_ours(props))
    read = _READERS.get(resource_type)
    return [read(props)] if read else []


def _first_known(props: Mapping[str, Any], *keys: str) -> str | None:
    return next((props[key] for key in keys if isinstance(props.get(key), str)), None)


def _list(value: object) -> list[object]:
    return cast("list[object]", value) if isinstance(value, list) else []


def is_ours(urn: str) -> bool:
    """Tell whether a resource is a part of XmppFederationDns, which keeps the rules by itself."""
    return TYPE in urn.split("::")[2].split("$")


def settled(value: Any, unknown: type[Exception]) -> Any:
    """Return properties as plain values: whole numbers as integers, and `Unknown` for what raises *unknown*."""

    def item(of: Any, key: Any) -> Any:
        try:
            return settled(of[key], unknown)
        except unknown:
            return Unknown()

    match value:
        case Mapping():
            return {key: item(value, key) for key in cast("Mapping[str, Any]", value)}
        case str():
            return value
        case Sequence():
            return [item(value, position) for position in range(len(cast("Sequence[Any]", value)))]
        case float() if value.is_integer():
            return int(value)
        case _:
            return value


def lines(problems: Iterable[Problem]) -> Iterator[str]:
    """Yield one line for each problem: its rule, its place, what is wrong and the way out."""
    for problem in problems:
        yield f"{problem.rule} {problem}"


def main() -> None:
    """Serve both policies until the engine ends this process."""
    # It wants an older protobuf than Pulumi's SDK, so it is in no environment but that of this file.
    sdk: Any = import_module("pulumi_policy")
    unknown = import_module("pulumi_policy.proxy").UnknownValueError

    def published(resource: Any) -> list[RecordSet]:
        return record_sets(resource.resource_type, settled(resource.props, unknown))

    def srv_records(resource: Any, report: Callable[..., None]) -> None:
        profile = resource.get_config()["profile"]
        found = [each for each in published(resource) if each.service and not is_ours(resource.urn)]
        for line in lines(problem for each in found for problem in srv_problems(each, profile)):
            report(line)

    def targets(stack: Any, report: Callable[..., None]) -> None:
        found = [(each.urn, record_set) for each in stack.resources for record_set in published(each)]
        names_of_targets = {target for _, each in found for target in each.targets}
        allow_private = stack.get_config()["allowPrivateAddresses"]
        for urn, each in found:
            if each.owner in names_of_targets and not is_ours(urn):
                for line in lines(target_problems(each, allow_private)):
                    report(line, urn)

    options = TypeAdapter(XmppFederationDnsArgs).json_schema()["properties"]

    def option(key: str) -> Any:
        return sdk.PolicyConfigSchema({key: options[key]})

    srv_policy = sdk.ResourceValidationPolicy(
        "srv-records",
        "SRV records of XMPP federation keep the rules of XmppFederationDns (docs/rules.md)",
        srv_records,
        config_schema=option("profile"),
    )
    target_policy = sdk.StackValidationPolicy(
        "targets",
        "Targets of XMPP federation have addresses that peers on the internet reach, and no CNAME record",
        targets,
        config_schema=option("allowPrivateAddresses"),
    )
    sdk.PolicyPack("xmpp-federation-dns", [srv_policy, target_policy], sdk.EnforcementLevel.MANDATORY)


if __name__ == "__main__":
    main()
