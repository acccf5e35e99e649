"""The provider plugin from source, as Pulumi starts it in an environment of its own."""

from xmpp_federation_dns.plugin import main

main()
