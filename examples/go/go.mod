module larger-stack

go 1.25

require (
	example.com/pulumi-xmpp-federation-dns/sdk/go v0.0.0
	github.com/pulumi/pulumi/sdk/v3 v3.255.0
)

replace example.com/pulumi-xmpp-federation-dns/sdk/go => ./sdks/xmpp-federation-dns
