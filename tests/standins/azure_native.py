"""A stand-in for the published azure-native plugin: public zones and record sets of Azure DNS.

It does what pulumi-azure-native 3 does: the same requests in the same order, the same ids and error texts,
inputs compared with inputs. It signs in as a service principal, from the provider's configuration or the
same environment. What it leaves out: other ways to sign in, aliases of record sets, private zones, tags.
"""
# ruff: noqa: ARG002 what a resource type is given is the same for all

import re
from importlib.metadata import version

from tests.standins.azure_client import API_VERSION, Client, Json
from tests.standins.azure_record_set import RecordSet, compared, missing
from tests.standins.plugin import UNKNOWN, Failure, Found, Offer, Plugin, Resource, provider_schema, serve
from tests.standins.wire import Properties

_PATH = re.compile(
    r"/subscriptions/[^/]+/resourceGroups/(?P<resourceGroupName>[^/]+)/providers/Microsoft\.Network/"
    r"dnsZones/(?P<zoneName>[^/]+)",
    re.IGNORECASE,
)
_LOCATION = "Either set it explicitly or configure it with 'pulumi config set azure-native:location <value>'."
_COMPUTED = ("etag", "maxNumberOfRecordSets", "name", "nameServers", "numberOfRecordSets", "type")


def connect(configuration: Properties) -> Offer:
    """Return what the plugin offers in the subscription that *configuration* names."""
    client = Client(configuration)
    return Offer({"azure-native:dns:RecordSet": RecordSet(client), "azure-native:dns:Zone": Zone(client)})


class Zone(Resource):
    """``azure-native:dns:Zone``: a public zone."""

    identity = frozenset({"resourceGroupName", "zoneName"})
    delete_before_replace = True

    def __init__(self, client: Client) -> None:
        self._client = client

    def check(self, name: str, inputs: Properties) -> tuple[Properties, list[Failure]]:
        """Fill in the name of the resource, the configured location and the api-version."""
        location = {"location": self._client.location} if self._client.location else {}
        inputs = {"zoneName": name, **location, "azureApiVersion": API_VERSION, **inputs}
        failures = missing(inputs, "resourceGroupName")
        if "location" not in inputs:
            hint = "'pulumi config set azure-native:location <value>'"
            text = (
                f"missing required property 'location'. Either set it explicitly or configure it with {hint}."
            )
            failures.append(Failure("", text))
        return inputs, failures

    def changed(self, outputs: Properties, old: Properties, new: Properties) -> set[str]:
        """Compare inputs with inputs."""
        return compared(outputs, old, new)

    def preview(self, inputs: Properties) -> Properties:
        """Return the inputs; everything else is the service's to say."""
        return {**dict.fromkeys(_COMPUTED, UNKNOWN), **inputs}

    def create(self, inputs: Properties) -> tuple[str, Properties]:
        """Create the zone, where there is none of this name in the resource group."""
        path = self._path(inputs)
        self._client.check_absent(path)
        shown = self._client.put(path, self._body(inputs))
        return shown["id"], _outputs(shown)

    def read(self, id_: str, inputs: Properties, outputs: Properties) -> Found | None:
        """Return the zone as it is."""
        shown = self._client.get(id_)
        if shown is None:
            return None
        match = _PATH.fullmatch(id_)
        place = match.groupdict() if match else {}
        return Found(id_, inputs or {**place, "location": shown["location"]}, _outputs(shown))

    def update(self, outputs: Properties, inputs: Properties) -> Properties:
        """Replace the zone's properties."""
        return _outputs(self._client.put(self._path(inputs), self._body(inputs)))

    def delete(self, id_: str, outputs: Properties) -> None:
        """Delete the zone with everything in it."""
        self._client.delete(id_)

    def _path(self, inputs: Properties) -> str:
        return (
            f"/subscriptions/{self._client.subscription}/resourceGroups/{inputs['resourceGroupName']}"
            f"/providers/Microsoft.Network/dnsZones/{inputs['zoneName']}"
        )

    def _body(self, inputs: Properties) -> Json:
        return {"location": inputs["location"], "properties": {"zoneType": "Public"}}


def _outputs(shown: Json) -> Properties:
    keys = ("id", "name", "type", "etag", "location", "tags")
    return {**{key: shown[key] for key in keys}, **shown["properties"], "azureApiVersion": API_VERSION}


def main() -> None:
    """Serve under the version of the installed SDK."""
    known = version("pulumi-azure-native")
    serve(Plugin("azure-native", known, connect, provider_schema("azure-native", known, "subscriptionId")))
