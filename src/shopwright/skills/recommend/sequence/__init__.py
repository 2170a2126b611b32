"""What comes next, learned from what was chosen one after the other."""
