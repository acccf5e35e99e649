package main

import (
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi/config"
)

// Tests put theirs in its place: what any program needs is compiled once.
func program(ctx *pulumi.Context) error {
	ctx.Export("greeting", pulumi.String(config.Get(ctx, "greeting")))
	return nil
}
