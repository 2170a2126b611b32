"""Every model behind a small protocol: see `protocols` for the contracts, `embedded` for what ships, `scripted` for tests."""
