"""Offers of one or several shops: which is the very product, what fits, what stands in, and the cart."""
