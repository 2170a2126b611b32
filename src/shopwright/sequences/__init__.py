"""What was chosen one after the other, as arrays, and what can be learned of it without torch."""
