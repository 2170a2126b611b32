"""A world to align in: requests over a catalogue, answers of mixed skill, objectives scored by program."""
