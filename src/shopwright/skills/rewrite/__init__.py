"""`rewrite`: a message is read into a Need against the merchant's own vocabulary."""
