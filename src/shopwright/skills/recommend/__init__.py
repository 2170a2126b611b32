"""Products that surprise and make sense: what proposes them, what orders them, and the reason."""
