"""Simulated shoppers: what they want and say, what pleases them, and the logs and events that they leave behind."""
