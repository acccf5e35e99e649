"""Proof that what was published is what peers see: over DNS, and over XMPP."""
