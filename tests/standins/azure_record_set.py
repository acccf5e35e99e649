"""``azure-native:dns:RecordSet`` as the published plugin has it."""
# ruff: noqa: ARG002 what a resource type is given is the same for all

import re
from collections.abc import Mapping
from itertools import zip_longest
from typing import Any, cast

from tests.standins.azure_client import API_VERSION, Client, Json
from tests.standins.plugin import UNKNOWN, Failure, Found, Resource
from tests.standins.wire import Properties

BODY = {
    "ttl": "TTL",
    "metadata": "metadata",
    "targetResource": "targetResource",
    "trafficManagementProfile": "trafficManagementProfile",
    "aRecords": "ARecords",
    "aaaaRecords": "AAAARecords",
    "caaRecords": "caaRecords",
    "cnameRecord": "CNAMERecord",
    "dsRecords": "DSRecords",
    "mxRecords": "MXRecords",
    "naptrRecords": "NAPTRRecords",
    "nsRecords": "NSRecords",
    "ptrRecords": "PTRRecords",
    "soaRecord": "SOARecord",
    "srvRecords": "SRVRecords",
    "tlsaRecords": "TLSARecords",
    "txtRecords": "TXTRecords",
}
"""Properties that can be set, as the SDK and as the API names them."""
PATH = ("recordType", "relativeRecordSetName", "resourceGroupName", "zoneName")
MAX_GROUP_NAME = 90

_COMPUTED = ("etag", "fqdn", "name", "provisioningState", "systemData", "type")
_PATH = re.compile(
    r"/subscriptions/[^/]+/resourceGroups/(?P<resourceGroupName>[^/]+)/providers/Microsoft\.Network/"
    r"dnsZones/(?P<zoneName>[^/]+)/(?P<recordType>[^/]+)/(?P<relativeRecordSetName>[^/]+)",
    re.IGNORECASE,
)


class RecordSet(Resource):
    """One record set; inputs are compared with inputs, lists by position."""

    identity = frozenset(PATH)
    delete_before_replace = True

    def __init__(self, client: Client) -> None:
        self._client = client

    def check(self, name: str, inputs: Properties) -> tuple[Properties, list[Failure]]:
        """Fill in the name of the Pulumi resource and the api-version; look at types and lengths."""
        inputs = {"relativeRecordSetName": name, "azureApiVersion": API_VERSION, **inputs}
        failures = missing(inputs, "recordType", "resourceGroupName", "zoneName")
        if (length := len(inputs.get("resourceGroupName", ""))) > MAX_GROUP_NAME:
            text = f"'resourceGroupName' is too long ({length}): at most {MAX_GROUP_NAME} characters allowed"
            failures.append(Failure("", text))
        if isinstance(inputs.get("ttl"), str) and inputs["ttl"] != UNKNOWN:
            failures.append(Failure("", "'ttl' should be of type 'number' but got a string"))
        return inputs, failures

    def changed(self, outputs: Properties, old: Properties, new: Properties) -> set[str]:
        """Compare inputs with inputs: what the service makes of them is no difference."""
        return compared(outputs, old, new)

    def preview(self, inputs: Properties) -> Properties:
        """Return the inputs; everything that is not among them is not known."""
        return {**dict.fromkeys((*BODY, *_COMPUTED), UNKNOWN), **inputs}

    def create(self, inputs: Properties) -> tuple[str, Properties]:
        """Look whether the record set exists, put it, and read it back."""
        path = self._path(inputs)
        self._client.check_absent(path)
        shown = self._client.put(path, _body(inputs))
        return shown["id"], _outputs(shown)

    def read(self, id_: str, inputs: Properties, outputs: Properties) -> Found | None:
        """Return the record set as it is; what changed since the last time goes into the inputs too."""
        shown = self._client.get(id_)
        if shown is None:
            return None
        now = _outputs(shown)
        if not inputs:
            match = _PATH.fullmatch(id_)
            place = match.groupdict() if match else {}
            return Found(id_, {**place, **_without_empty(_settable(now))}, now)
        return Found(id_, _merged(inputs, _settable(outputs), _settable(now)), now)

    def update(self, outputs: Properties, inputs: Properties) -> Properties:
        """Put the record set as a whole, whatever is there."""
        return _outputs(self._client.put(self._path(inputs), _body(inputs)))

    def delete(self, id_: str, outputs: Properties) -> None:
        """Delete the record set, whatever is in it."""
        self._client.delete(id_)

    def _path(self, inputs: Properties) -> str:
        return (
            f"/subscriptions/{self._client.subscription}/resourceGroups/{inputs['resourceGroupName']}"
            f"/providers/Microsoft.Network/dnsZones/{inputs['zoneName']}"
            f"/{inputs['recordType']}/{inputs['relativeRecordSetName']}"
        )


def missing(inputs: Properties, *required: str) -> list[Failure]:
    """Return a failure for each of *required* that is not set."""
    return [Failure("", f"missing required property '{key}'") for key in required if key not in inputs]


def compared(outputs: Properties, old: Properties, new: Properties) -> set[str]:
    """Return the names of inputs that differ; the api-version, which an import has not, is that of the state.

    The case of a resource group is no difference (pulumi-azure-native PR #2910, 2023-11).
    """
    old = {"azureApiVersion": outputs.get("azureApiVersion"), **old}
    old, new = ({**each, "resourceGroupName": each["resourceGroupName"].lower()} for each in (old, new))
    return {key for key in old.keys() | new.keys() if old.get(key) != new.get(key)}


def _body(inputs: Properties) -> Json:
    properties = {BODY[key]: _whole(value) for key, value in inputs.items() if key in BODY}
    return {"properties": properties}


def _outputs(shown: Json) -> Properties:
    own = {key: shown[key] for key in ("id", "name", "type", "etag")}
    properties: Mapping[str, Json] = shown["properties"]
    body = {key: properties[name] for key, name in BODY.items() if name in properties}
    computed = {key: properties[key] for key in ("fqdn", "provisioningState")}
    return {**own, **body, **computed, "azureApiVersion": API_VERSION}


def _settable(outputs: Properties) -> Properties:
    return {key: value for key, value in outputs.items() if key in BODY}


def _without_empty(properties: Properties) -> Properties:
    return {key: value for key, value in properties.items() if value not in ({}, [])}


def _whole(value: Any) -> Any:
    """Return *value* with whole numbers as integers: the wire knows only floats."""
    match value:
        case float():
            return int(value) if value.is_integer() else value
        case list():
            return [_whole(item) for item in cast("list[Any]", value)]
        case dict():
            return {key: _whole(item) for key, item in cast("dict[str, Any]", value).items()}
        case _:
            return value


def _merged(base: Any, old: Any, new: Any) -> Any:
    """Return *base* with what changed from *old* to *new*, and nothing else."""
    if old == new:
        return base
    if all(isinstance(each, dict) for each in (base, old, new)):
        kept = {key: value for key, value in base.items() if key in new or key not in old}
        changed = {
            key: _merged(base.get(key), old.get(key), new[key]) for key in new if old.get(key) != new[key]
        }
        return {**kept, **changed}
    if all(isinstance(each, list) for each in (base, old, new)):
        triples = zip_longest(base[: len(new)], old[: len(new)], new)
        return [_merged(*triple) for triple in triples]
    return new
