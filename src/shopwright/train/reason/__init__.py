"""Grows the graph of common sense: an endpoint proposes, rules and a critic refuse, a person accepts."""
