"""``aws:route53/record:Record`` as the published plugin has it."""
# ruff: noqa: ARG002 what a resource type is given is the same for all

import re

from botocore.exceptions import ClientError
from tests.standins.aws_route53 import Hosted, change_of, code, failed
from tests.standins.plugin import UNKNOWN, Failure, Found, KeptError, RefusedError, Resource
from tests.standins.wire import Properties

TYPES = (
    *("A", "AAAA", "CAA", "CNAME", "DS", "HTTPS", "MX", "NAPTR", "NS", "PTR", "SOA", "SPF", "SRV", "SSHFP"),
    *("SVCB", "TLSA", "TXT"),
)

_PLAIN = re.compile(r"\\[0-7]{3}|[a-z0-9._-]")


class Record(Resource):
    """One record set; names and set of values are compared as the published plugin compares them."""

    identity = frozenset({"name", "zoneId"})
    bridged = True

    def __init__(self, hosted: Hosted) -> None:
        self._hosted = hosted

    def check(self, name: str, inputs: Properties) -> tuple[Properties, list[Failure]]:
        """Look at what is set, and at the type: values and TTL are Route 53's to refuse."""
        failures = [
            Failure(key, f"Missing required argument. The argument {key!r} is required, but was not set.")
            for key in ("name", "type", "zoneId")
            if key not in inputs
        ]
        if ("records" in inputs) == ("aliases" in inputs):
            failures.append(Failure("records", "one of `aliases,records` must be specified"))
        type_ = inputs.get("type", UNKNOWN)
        if type_ not in (*TYPES, UNKNOWN):
            known = " ".join(f'"{each}"' for each in TYPES)
            failures.append(Failure("type", f"expected type to be one of [{known}], got {type_}"))
        if inputs.get("zoneId") == "":
            failures.append(Failure("zoneId", '"zone_id" must not be empty, got '))
        return inputs, failures

    def changed(self, outputs: Properties, old: Properties, new: Properties) -> set[str]:
        """Compare with what there is: names without case and final dot, values as a set, all else as text."""
        before, after = _compared(outputs), _compared(new)
        return {key for key, value in after.items() if value != before.get(key)}

    def preview(self, inputs: Properties) -> Properties:
        """Return the inputs with the name as it will be kept."""
        return {**inputs, "name": _kept(inputs["name"]), "fqdn": UNKNOWN}

    def create(self, inputs: Properties) -> tuple[str, Properties]:
        """Create the record set; only ``allowOverwrite`` takes one over that is there."""
        outputs = self._write("UPSERT" if inputs.get("allowOverwrite") else "CREATE", inputs)
        return outputs["id"], outputs

    def read(self, id_: str, inputs: Properties, outputs: Properties) -> Found | None:
        """Return the record set, of which an import knows nothing but the id.

        Of an id in another form the bridge drops the complaint, and finds nothing.
        """
        known = outputs or _parsed(id_)
        if known is None:
            return None
        with failed(f"reading Route 53 Record ({id_})"):
            now = self._read(known["zoneId"], known["name"], known["type"])
        if now is None:
            return None
        keys = inputs or ("name", "records", "ttl", "type", "zoneId")
        return Found(now["id"], {key: now.get(key, inputs.get(key)) for key in keys}, {**outputs, **now})

    def update(self, outputs: Properties, inputs: Properties) -> Properties:
        """Overwrite the record set; a change of type deletes and creates in one batch."""
        if inputs["type"] == outputs["type"]:
            return self._write("UPSERT", inputs)
        zone_id = _zone_id(inputs["zoneId"])
        with failed(f"updating Route53 Record ({outputs['id']})"):
            name = _expanded(inputs["name"], self._zone_name(zone_id))
            old = change_of("DELETE", name, outputs["type"], outputs["ttl"], outputs["records"])
            new = change_of("CREATE", name, inputs["type"], inputs.get("ttl"), inputs["records"])
            self._hosted.change(zone_id, old, new)
            return self._there(inputs)

    def delete(self, id_: str, outputs: Properties) -> None:
        """Delete what is there now; that a batch is not valid counts as done, for compatibility."""
        zone_id = _zone_id(outputs["zoneId"])
        with failed(f"reading Route 53 Record ({id_})"):
            zone = self._hosted.zone(zone_id)
            name = _expanded(outputs["name"], zone["Name"]) if zone else ""
            there = self._hosted.record_set(zone_id, name, outputs["type"]) if zone else None
        if there is None:
            return
        with failed(f"deleting Route53 Record ({id_})"):
            try:
                change = {"Action": "DELETE", "ResourceRecordSet": there}
                self._hosted.change(zone_id, change, comment="Deleted by Terraform")
            except ClientError as error:
                if code(error) != "InvalidChangeBatch":
                    raise

    def _write(self, action: str, inputs: Properties) -> Properties:
        zone_id = _zone_id(inputs["zoneId"])
        with failed(f"reading Route 53 Hosted Zone ({zone_id})"):
            zone_name = self._zone_name(zone_id)
        name = _expanded(inputs["name"], zone_name)
        with failed("creating Route53 Record"):
            change = change_of(action, name, inputs["type"], inputs.get("ttl"), inputs["records"])
            sent = self._hosted.send(zone_id, change)
        # What fails from here on leaves the record set in the state (resourceRecordCreate of its source, 2026).
        id_ = f"{zone_id}_{_kept(inputs['name'])}_{inputs['type']}"
        try:
            with failed(f"waiting for Route 53 Record ({id_}) synchronize"):
                self._hosted.settle(sent)
            with failed(f"reading Route 53 Record ({id_})"):
                return self._there(inputs)
        except RefusedError as error:
            raise KeptError(str(error), id_, {**inputs, "id": id_, "name": _kept(inputs["name"])}) from None

    def _there(self, inputs: Properties) -> Properties:
        outputs = self._read(inputs["zoneId"], inputs["name"], inputs["type"])
        if outputs is None:
            raise RefusedError("reading Route 53 Record: couldn't find resource")
        return {**inputs, **outputs}

    def _read(self, zone_id: str, given: str, type_: str) -> Properties | None:
        zone = self._hosted.zone(_zone_id(zone_id))
        if zone is None:
            return None
        name = _expanded(given, zone["Name"])
        there = self._hosted.record_set(_zone_id(zone_id), name, type_)
        if there is None:
            return None
        return {
            "id": f"{zone_id}_{_kept(given)}_{type_}",
            "zoneId": zone_id,
            "name": _kept(given),
            "type": type_,
            "ttl": there.get("TTL"),
            "records": [record["Value"] for record in there["ResourceRecords"]],
            "fqdn": re.sub(r"^\\052\.", "*.", name),
        }

    def _zone_name(self, zone_id: str) -> str:
        zone = self._hosted.zone(zone_id)
        if zone is None:
            raise RefusedError(f"reading Route 53 Hosted Zone ({zone_id}): couldn't find resource")
        return zone["Name"]


def _compared(properties: Properties) -> Properties:
    records = properties.get("records")
    return {
        "name": _kept(properties["name"]),
        "zoneId": properties["zoneId"],
        "type": properties["type"],
        "ttl": properties.get("ttl"),
        "records": frozenset(records) if isinstance(records, list) else records,  # pyright: ignore[reportUnknownArgumentType]
    }


def _zone_id(given: str) -> str:
    """Return a zone id as calls have it; the state keeps it as it was given."""
    return given.removeprefix("/hostedzone/")


def _kept(name: str) -> str:
    """Return a name as the state has it."""
    return name.removesuffix(".").lower()


def _api_name(name: str) -> str:
    """Return a name as Route 53 writes it: lower case, special characters in octal."""
    name = _kept(name)
    wildcard = "*" if name.startswith("*.") else ""
    tokens = re.findall(r"\\[0-7]{3}|.", name.removeprefix(wildcard))
    return wildcard + "".join(t if _PLAIN.fullmatch(t) else f"\\{ord(t):03o}" for t in tokens)


def _expanded(given: str, zone: str) -> str:
    """Return *given* with the zone behind it, unless its text ends with that of the zone."""
    name, zone = _api_name(given), zone.removesuffix(".")
    if name.endswith(zone):
        return name
    return f"{name}.{zone}" if name else zone


def _parsed(id_: str) -> Properties | None:
    """Take the id of an import apart, where it is that of a record set."""
    parts = id_.split("_")
    position = next((at for at, part in enumerate(parts) if at > 1 and part in TYPES), None)
    if position is None or not parts[0]:
        return None
    return {"zoneId": parts[0], "name": "_".join(parts[1:position]), "type": parts[position]}
