"""Every model behind a small protocol: `protocols` has the contracts, `embedded` what ships, `scripted` stand-ins."""
