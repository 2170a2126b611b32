"""Makes what the recommender runs: the generator of semantic ids."""
