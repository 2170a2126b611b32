"""The generator of codes as a recommender of one shop: it writes rows of the catalogue as that stands now.

    coded = Coded.load(path)
    generator = coded.over(ids, vectors_of)         # once for each state of the catalogue
    rows, log_probabilities = generator.propose([17, 4, 912], width=50, allowed=in_stock)

A product that was there when it was trained keeps its code, also when its text has changed since: vectors of prefixes
stand for codes. One that came in later gets a code from its text, behind the others of its cell, and can be proposed at
once. One that is gone keeps its code to itself, so that no other is taken for it.

Not covered: what the generator knows of products that came in later are the digits of their codes alone, until it is
trained again.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np

from shopwright.errors import ModelError
from shopwright.sequences.archive import read_arrays, write_arrays
from shopwright.sequences.log import Ints
from shopwright.skills.recommend.codes.codes import Vectors, following
from shopwright.skills.recommend.codes.generator import Generator


class Coded:
    """A generator, and the ids of the products that it was trained with. Safe to share between threads.

    Args:
        generator: over these products.
        ids: of them, in their order.

    Raises:
        ModelError: there are not as many ids as codes.
    """

    def __init__(self, generator: Generator, ids: Sequence[str]) -> None:
        if len(ids) != len(generator.codes_ND):
            raise ModelError(f"{len(ids)} ids, {len(generator.codes_ND)} codes: train the generator again")
        self.generator, self.ids = generator, tuple(ids)
        self._rows = {key: row for row, key in enumerate(self.ids)}

    def over(self, ids: Sequence[str], vectors_of: Callable[[Ints], Vectors]) -> Generator:
        """The generator over a catalogue as it is now; its items are the places in `ids`.

        Args:
            ids: of the N products.
            vectors_of: gives the vectors of the texts of some places, shape (M, V), zero where there is no text; asked
                for those without a code only.

        Raises:
            CorpusError: the vectors are not those of the codebook's encoder.
        """
        kept_ND = self.generator.codes_ND
        known = np.fromiter((self._rows.get(each, -1) for each in ids), np.int64, len(ids))
        codes_ND = np.full((len(ids), kept_ND.shape[1]), -1, np.int64)
        codes_ND[known >= 0] = kept_ND[known[known >= 0]]
        if len(new := np.flatnonzero(codes_ND[:, 0] < 0)):
            codes_ND[new] = following(kept_ND, self.generator.book.encode(vectors_of(new)))
        return self.generator.over(codes_ND)

    def save(self, path: Path) -> None:
        """Keep it as one NumPy archive without pickled objects."""
        ids = np.frombuffer("\n".join(self.ids).encode(), np.uint8)
        write_arrays(path, {**self.generator.arrays(), "ids": ids})

    @classmethod
    def load(cls, path: Path) -> Coded:
        """What `save` kept.

        Raises:
            ModelError: there is no such file, or it holds no generator of products.
        """
        kept = read_arrays(path)
        if "ids" not in kept:
            raise ModelError(f"{path}: has no ids: train the generator again")
        return cls(Generator.from_arrays(kept, path), kept["ids"].tobytes().decode().split("\n"))
