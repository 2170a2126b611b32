"""Optimising a policy over all objectives at once."""
