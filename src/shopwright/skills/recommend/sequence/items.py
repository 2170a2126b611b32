"""What is known of items besides what was done with them: the vectors of their texts, and attributes.

An attribute is any value that items share: a brand, a category, each part of a category's path. Items without a text
have a zero vector; without attributes, none. Nothing else is needed, so any log with any texts will do.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from shopwright.errors import CorpusError
from shopwright.sequences.encoder import Vectors
from shopwright.sequences.log import Floats, Ints


@dataclass(frozen=True, eq=False)
class Items:
    """N items, 0 to N - 1.

    Args:
        vectors: N x D, unit length or zero.
        starts: place of each item's first attribute in `attributes`, and at the end the number of them.
        attributes: number of each attribute, item after item.
    """

    vectors: Vectors
    starts: Ints
    attributes: Ints

    @classmethod
    def of(cls, vectors_ND: Vectors, attributes: Sequence[Sequence[str]]) -> Items:
        """Items with their attributes in words.

        Raises:
            CorpusError: there are not as many vectors as lists of attributes.
        """
        if len(vectors_ND) != len(attributes):
            raise CorpusError(f"{len(vectors_ND)} vectors for {len(attributes)} items: must be as many")
        numbers: dict[str, int] = {}
        own = [sorted({numbers.setdefault(name, len(numbers)) for name in names}) for names in attributes]
        starts = np.concatenate([[0], np.cumsum([len(each) for each in own])]).astype(np.int64)
        return cls(vectors_ND.astype(np.float32), starts, np.array([one for each in own for one in each], np.int64))

    def __len__(self) -> int:
        return len(self.vectors)

    @cached_property
    def item_of(self) -> Ints:
        """Item of each entry of `attributes`."""
        return np.repeat(np.arange(len(self)), np.diff(self.starts))

    @cached_property
    def rarity(self) -> Floats:
        """Of each attribute: the logarithm of how few items have it."""
        return np.log(len(self) / np.maximum(np.bincount(self.attributes, minlength=1), 1))

    def profile(self, items: Ints, weights: Floats) -> Floats:
        """How much some items have of each attribute, by its rarity; one number an attribute."""
        lengths = self.starts[items + 1] - self.starts[items]
        first = np.cumsum(lengths) - lengths
        at = np.arange(lengths.sum()) - np.repeat(first, lengths) + np.repeat(self.starts[items], lengths)
        shares = np.bincount(self.attributes[at], weights=np.repeat(weights, lengths), minlength=len(self.rarity))
        return np.asarray(shares * self.rarity, np.float64)

    def matching(self, items: Ints, profile: Floats) -> Floats:
        """How well each of some items fits a profile: the sum over its attributes."""
        lengths = self.starts[items + 1] - self.starts[items]
        first = np.cumsum(lengths) - lengths
        at = np.arange(lengths.sum()) - np.repeat(first, lengths) + np.repeat(self.starts[items], lengths)
        owner = np.repeat(np.arange(len(items)), lengths)
        return np.bincount(owner, weights=profile[self.attributes[at]], minlength=len(items)).astype(np.float64)

    @property
    def with_text(self) -> NDArray[np.bool_]:
        """Which items have a text."""
        return np.asarray(np.abs(self.vectors).sum(axis=1) > 0)
