"""Pre-training of a causal language model on a packed corpus, from scratch or from a checkpoint, and forgetting."""
