"""A cloud of Azure as it describes itself and lets everybody in, and a call to it."""

from dataclasses import dataclass

from tests.standins.arm_dns import Json
from werkzeug.wrappers import Request

TOKEN = "token-of-this-machine"

Answer = tuple[int, Json]


@dataclass(frozen=True)
class Call:
    """A request and the names in its path."""

    request: Request
    place: dict[str, str]

    @property
    def host(self) -> str:
        """URL of this server."""
        return self.request.host_url.removesuffix("/")

    @property
    def group_path(self) -> str:
        """Path of the resource group, as ids have it."""
        return f"/subscriptions/{self.place['subscription']}/resourceGroups/{self.place['group']}"

    @property
    def zone_path(self) -> str:
        """Path of the zone, as ids have it: not in the case of the API's own paths."""
        return f"{self.group_path}/providers/Microsoft.Network/dnszones/{self.place['zone']}"

    @property
    def zone_name(self) -> str:
        """Name of the zone, as it is kept."""
        return self.place["zone"].lower()


def metadata(_: object, call: Call) -> Answer:
    return 200, {
        "name": "ThisMachine",
        "portal": call.host,
        "authentication": {
            "loginEndpoint": call.host,
            "audiences": [call.host],
            "tenant": "common",
            "identityProvider": "AAD",
        },
        "graph": call.host,
        "graphAudience": call.host,
        "microsoftGraphResourceId": call.host,
        "resourceManager": call.host,
        "batch": call.host,
        "media": call.host,
        "suffixes": {"storage": "invalid", "keyVaultDns": "invalid"},
    }


def openid(_: object, call: Call) -> Answer:
    tenant = f"{call.host}/{call.request.path.split('/')[1]}"
    return 200, {
        "issuer": f"{tenant}/v2.0",
        "token_endpoint": f"{tenant}/oauth2/v2.0/token",
        "authorization_endpoint": f"{tenant}/oauth2/v2.0/authorize",
        "device_authorization_endpoint": f"{tenant}/oauth2/v2.0/devicecode",
    }


def token(_: object, __: Call) -> Answer:
    return 200, {"token_type": "Bearer", "expires_in": 3600, "access_token": TOKEN}
