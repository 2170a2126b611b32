"""One turn of conversation: the tools, the session, the turn, the wording, the trace."""
