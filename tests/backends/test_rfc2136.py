import pulumi
from tests.backends.contract import RECORD_SETS, BackendContract, kept
from tests.recorder import run

from xmpp_federation_dns import Rfc2136Zone
from xmpp_federation_dns.publishing import publish


class TestDynamicUpdate(BackendContract):
    type = "xmpp-federation-dns:index:RecordSet"
    zone = Rfc2136Zone(name="contoso.com", server="192.0.2.53", tsig_key_name="pulumi")
    options = {
        "port": 5353,
        "tsig_key_name": "other",
        "tsig_algorithm": "hmac-sha512",
        "tsig_secret": "c2VjcmV0",
    }
    inputs = kept(
        server="192.0.2.53", port=53, provider="rfc2136", tsigKeyName="pulumi", tsigAlgorithm="hmac-sha256"
    )


def test_a_secret_of_the_zones_own_is_a_secret_input():
    zone = Rfc2136Zone(name="contoso.com", server="192.0.2.53", tsig_key_name="k", tsig_secret="c2VjcmV0")

    def program() -> None:
        publish(zone, "name", [RECORD_SETS["A"]], lambda _: pulumi.ResourceOptions())

    registration = run(program).named("name-a.contoso.com-A")
    assert registration.secrets == {"tsigSecret"}
    assert registration.inputs["tsigSecret"] == "c2VjcmV0"
