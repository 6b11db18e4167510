"""Somebody is told: what happened at this desk, and whom it concerns."""
