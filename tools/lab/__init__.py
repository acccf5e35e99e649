"""Real software on loopback for the demo and the tests."""
