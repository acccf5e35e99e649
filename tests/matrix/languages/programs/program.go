package main

import (
	xmpp "example.com/pulumi-xmpp-federation-dns/sdk/go/xmppfederationdns"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi/config"
)

type options struct {
	Provider, Name, Server, TsigKeyName, ZoneId, ResourceGroup string

	Port int
	Bulk bool
}

type explicit struct {
	Package    string
	Properties map[string]string
	Zone       bool
}

type recordSet struct {
	Provider, Zone, Server, TsigKeyName, ZoneId string

	Port       int
	RecordSets map[string]string
}

type machine struct {
	pulumi.CustomResourceState

	Address pulumi.StringOutput `pulumi:"address"`
}

type published struct{ pulumi.ProviderResourceState }

func program(ctx *pulumi.Context) error {
	conf := config.New(ctx, "")
	var inputs map[string]any
	if conf.GetObject("inputs", &inputs); inputs != nil {
		return untyped(ctx, "XmppFederationDns", inputs)
	}
	var wrong map[string]any
	if conf.GetObject("recordSet", &wrong); wrong["sever"] != nil {
		return untyped(ctx, "RecordSet", wrong)
	}
	var kept recordSet
	if conf.GetObject("recordSet", &kept); kept.Zone != "" {
		return imported(ctx, kept)
	}
	var given explicit
	conf.GetObject("provider", &given)
	var provider pulumi.ProviderResource
	if given.Package != "" {
		made, err := built(ctx, given)
		if err != nil {
			return err
		}
		provider = made
	}
	var opts []pulumi.ResourceOption
	if provider != nil && !given.Zone {
		opts = append(opts, pulumi.Providers(provider))
		provider = nil
	}
	var edge machine
	planned := pulumi.Map{"planned": pulumi.String(conf.Require("address"))}
	if err := ctx.RegisterResource("machine:index:Machine", "edge", planned, &edge); err != nil {
		return err
	}
	var zone options
	conf.RequireObject("zone", &zone)
	ttl := conf.RequireInt("srvTtl")
	addresses := pulumi.StringArray{edge.Address, conf.RequireSecret("hidden")}
	federation, err := xmpp.NewXmppFederationDns(ctx, "federation", &xmpp.XmppFederationDnsArgs{
		Domains:   pulumi.Array{pulumi.String(conf.Require("domain"))},
		EdgePools: xmpp.EdgePoolArray{xmpp.EdgePoolArgs{Ipv4: addresses}},
		Zones:     pulumi.Array{zone.args(provider)},
		SrvTtl:    &ttl,
	}, opts...)
	if err != nil {
		return err
	}
	ctx.Export("records", federation.Records)
	return nil
}

func (zone options) args(provider pulumi.ProviderResource) pulumi.Input {
	var own pulumi.Input
	if provider != nil {
		own = pulumi.NewResourceInput(provider)
	}
	switch zone.Provider {
	case "aws":
		id := pulumi.String(zone.ZoneId)
		return xmpp.Route53ZoneArgs{Provider: "aws", Name: zone.Name, ZoneId: id, Bulk: &zone.Bulk, ExplicitProvider: own}
	case "azure":
		group := pulumi.String(zone.ResourceGroup)
		return xmpp.AzureZoneArgs{Provider: "azure", Name: zone.Name, ResourceGroup: group, ExplicitProvider: own}
	default:
		return xmpp.Rfc2136ZoneArgs{
			Provider:         "rfc2136",
			Name:             zone.Name,
			Server:           pulumi.String(zone.Server),
			Port:             &zone.Port,
			TsigKeyName:      &zone.TsigKeyName,
			ExplicitProvider: own,
		}
	}
}

func built(ctx *pulumi.Context, given explicit) (pulumi.ProviderResource, error) {
	if given.Package == "xmpp-federation-dns" {
		secret := pulumi.String(given.Properties["tsigSecret"])
		return xmpp.NewProvider(ctx, "mine", &xmpp.ProviderArgs{TsigSecret: secret})
	}
	provider := &published{}
	properties := pulumi.ToStringMap(given.Properties)
	return provider, ctx.RegisterResource("pulumi:providers:"+given.Package, "mine", properties, provider)
}

// What the compiler would refuse.
func untyped(ctx *pulumi.Context, kind string, inputs map[string]any) error {
	token, properties := "xmpp-federation-dns:index:"+kind, pulumi.ToMap(inputs)
	if kind == "RecordSet" {
		return ctx.RegisterResource(token, "imported", properties, &pulumi.CustomResourceState{})
	}
	return ctx.RegisterRemoteComponentResource(token, "federation", properties, &pulumi.ResourceState{})
}

func imported(ctx *pulumi.Context, kept recordSet) error {
	args := xmpp.RecordSetArgs{
		Provider:   pulumi.String(kept.Provider),
		Zone:       pulumi.String(kept.Zone),
		RecordSets: pulumi.ToStringMap(kept.RecordSets),
	}
	if kept.Server != "" {
		args.Server = pulumi.String(kept.Server)
		args.Port = pulumi.Int(kept.Port)
		args.TsigKeyName = pulumi.String(kept.TsigKeyName)
	} else {
		args.ZoneId = pulumi.String(kept.ZoneId)
	}
	_, err := xmpp.NewRecordSet(ctx, "imported", &args)
	return err
}
