"""Items as digits made of their texts, and a small decoder that writes the next one's."""
