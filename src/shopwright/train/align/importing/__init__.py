"""Readers of reward data: each turns one source into the rows of `train.align.examples`."""
