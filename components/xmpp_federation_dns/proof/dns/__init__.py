"""Proof over DNS: the command `verify`."""
