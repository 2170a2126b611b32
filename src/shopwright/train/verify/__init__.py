"""Trains the judge behind `evidence` and `verify`, calibrates what decides, and teaches facts to a language model."""
