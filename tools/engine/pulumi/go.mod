module engine/pulumi

go 1.25.11

require (
	github.com/pulumi/pulumi/pkg/v3 v3.255.0
	github.com/pulumi/pulumi/sdk/v3 v3.255.0
)

// Pulumi's own replacement: the upstream module does not build without cgo on every platform.
replace github.com/atotto/clipboard => github.com/tgummerer/clipboard v0.0.0-20241001131231-d02d263e614e
