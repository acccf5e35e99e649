module engine/language-python

go 1.25.0

// The last version whose Python language host lies inside sdk/v3; it works with CLI 3.255.0.
require github.com/pulumi/pulumi/sdk/v3 v3.79.0
