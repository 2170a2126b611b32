"""`train verify --facts`: a language model learns what a catalogue states, and to say what it does not know."""
