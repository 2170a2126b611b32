"""Prompts as text files, read by `assistant.remote`."""
