"""From what is known of a shopper to hypotheses, and from these to products that few would have thought of."""
