"""`plan`: a typed graph of tool calls and its executor."""
