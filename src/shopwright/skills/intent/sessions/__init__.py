"""What an anonymous session is after, learned from the clicks of earlier sessions."""
