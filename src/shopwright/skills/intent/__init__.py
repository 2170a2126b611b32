"""`intent`: which strategy answers a need."""
