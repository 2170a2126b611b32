"""Sums that code makes: what goods cost together, the best basket under a budget, delivery, the cart."""
