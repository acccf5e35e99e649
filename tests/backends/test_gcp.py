from tests.backends.contract import BackendContract, kept

from xmpp_federation_dns import GoogleZone


class TestGoogle(BackendContract):
    type = "xmpp-federation-dns:index:RecordSet"
    zone = GoogleZone(name="contoso.com", project="dns-production")
    options = {
        "managed_zone": "contoso-com",
        "service_account": "dns@dns-production.iam.gserviceaccount.com",
    }
    inputs = kept(provider="gcp", project="dns-production")
