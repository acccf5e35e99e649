"""What keeps record sets where no published Pulumi provider does: one at a time, or all of a zone."""
