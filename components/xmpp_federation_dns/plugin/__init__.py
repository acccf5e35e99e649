"""The Pulumi provider plugin of this package."""
