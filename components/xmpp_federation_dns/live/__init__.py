"""Zones that are already alive: what a plan does to them, what is there, and what may be done."""
