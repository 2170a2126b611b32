"""From raw text to a packed corpus: read, clean, score, deduplicate, decontaminate, mix, tokenise, pack."""
