"""Benchmarks: one module a word, run by `run.run_bench`; each proves itself with a gold and an empty answer."""
