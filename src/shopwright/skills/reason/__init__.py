"""`reason`: a need becomes sub-goals."""
