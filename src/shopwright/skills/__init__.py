"""The eight run-time words, a package each. They know the types and the floors below, never one another."""
