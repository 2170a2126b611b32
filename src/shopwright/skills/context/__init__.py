"""`context`: what the next message is read against."""
