"""Learns what a good answer is from preferences and scores, and teaches it to a language model."""
