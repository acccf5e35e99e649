module engine/language-yaml

go 1.25.11

// The last version that demands pkg/v3 of the engine's version.
require github.com/pulumi/pulumi-yaml v1.38.1

// Pulumi's own replacement: the upstream module does not build without cgo on every platform.
replace github.com/atotto/clipboard => github.com/tgummerer/clipboard v0.0.0-20241001131231-d02d263e614e
