"""Training and conversion of every model that Shopwright ships. Needs the extra `train`."""
