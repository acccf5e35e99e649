"""How long it takes, and how many calls, to keep the record sets of many SIP domains at Route 53."""
