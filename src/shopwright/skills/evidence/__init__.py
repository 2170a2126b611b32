"""`evidence`: facts pulled out of tool results."""
