"""Trains the planner of tool calls that `skills/plan/planner.py` runs."""
