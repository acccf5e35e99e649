package main

import (
	"context"
	"encoding/json"
	"log"
	"os"

	"github.com/pulumi/pulumi/sdk/v3/go/auto"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

func main() {
	ctx := context.Background()
	stack, err := auto.UpsertStackInlineSource(ctx, "demo", "hosts", program)
	if err != nil {
		log.Fatal(err)
	}
	if _, err = stack.Up(ctx); err != nil {
		log.Fatal(err)
	}
	outputs, err := stack.Outputs(ctx)
	if err != nil {
		log.Fatal(err)
	}
	if err := json.NewEncoder(os.Stdout).Encode(outputs); err != nil {
		log.Fatal(err)
	}
}

func program(ctx *pulumi.Context) error {
	ctx.Export("greeting", pulumi.String("hello from Go"))
	return nil
}
