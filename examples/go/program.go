package main

import (
	xmpp "example.com/pulumi-xmpp-federation-dns/sdk/go/xmppfederationdns"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi/config"
)

func program(ctx *pulumi.Context) error {
	conf := config.New(ctx, "")
	port := 53
	if given, err := conf.TryInt("port"); err == nil {
		port = given
	}
	key := conf.Require("tsigKeyName")

	network, err := pulumi.NewStackReference(ctx, conf.Require("network"), nil)
	if err != nil {
		return err
	}
	address := network.GetStringOutput(pulumi.String("edgeAddress"))

	federation, err := xmpp.NewXmppFederationDns(ctx, "federation", &xmpp.XmppFederationDnsArgs{
		Domains:   pulumi.Array{pulumi.String("contoso.com")},
		EdgePools: xmpp.EdgePoolArray{xmpp.EdgePoolArgs{Ipv4: pulumi.StringArray{address}}},
		Zones: pulumi.Array{
			xmpp.Rfc2136ZoneArgs{
				Provider:    "rfc2136",
				Name:        "contoso.com",
				Server:      pulumi.String(conf.Require("server")),
				Port:        &port,
				TsigKeyName: &key,
			},
		},
	})
	if err != nil {
		return err
	}
	ctx.Export("records", federation.Records)
	ctx.Export("srv", federation.Records.Index(pulumi.Int(0)).Values().Index(pulumi.Int(0)))
	return nil
}
