"""Proof over XMPP: the command `probe`."""
