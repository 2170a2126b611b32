"""Trains the shipped reward model: groups of responses, the network, the objectives, the aspects, the files."""
