"""Recommends by writing: the next item's semantic id, digit by digit, after those of the history.

    generator = Generator.load(path)
    items, log_probabilities = generator.propose([17, 4, 912], width=50, allowed=in_stock)

An item is a row of the catalogue that the codes were made of. Rows that are unknown or have no code are passed over, an
item several times in a row counts once, of a long history the latest items are read; without any the generator
proposes what people begin with. An item added since the training is proposed as soon as it has a code (`over`); by
product ids it is `coded.Coded`.

Not covered: what was proposed before or is in the history may be proposed again, which the mask is for. Training is in
`train.recommend.generator`.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from shopwright.errors import ModelError
from shopwright.sequences.archive import Arrays, read_arrays, write_arrays
from shopwright.sequences.log import Ints
from shopwright.skills.recommend.codes.beam import Floats, beam
from shopwright.skills.recommend.codes.codes import Codebook
from shopwright.skills.recommend.codes.decoder import Decoder
from shopwright.skills.recommend.codes.prefixes import Prefixes
from shopwright.skills.recommend.codes.trie import Mask, Trie

_LATEST = 4_096
"""Of a longer history the earlier events are not looked at."""


class Generator:
    """A decoder, what it knows of prefixes, the codebook that it was trained for, and the codes of a catalogue.

    Args:
        decoder: over tokens: the digits of all levels, then the opening token.
        prefixes: with vectors of the decoder's width.
        book: of the codes.
        codes_ND: of the items, made by `distinct`; -1 without one.
        window: items of a history that are read.

    Raises:
        ModelError: the three do not belong together.
    """

    def __init__(self, decoder: Decoder, prefixes: Prefixes, book: Codebook, codes_ND: Ints, window: int) -> None:
        if len(decoder.embedding) != sum(book.sizes) + 1 or codes_ND.shape[1] != len(book.sizes):
            raise ModelError(
                f"a decoder of {len(decoder.embedding)} tokens, codes of {codes_ND.shape[1]} digits and a codebook of "
                f"{book.sizes} values do not belong together: train the generator again"
            )
        if prefixes.vectors.shape[1] != decoder.embedding.shape[1]:
            raise ModelError(
                f"prefixes of {prefixes.vectors.shape[1]} numbers do not belong to a decoder of "
                f"{decoder.embedding.shape[1]}: train the generator again"
            )
        if (codes_ND >= np.array(book.sizes)).any():
            raise ModelError(f"a code has a digit beyond its level's {book.sizes} values: train the generator again")
        self.decoder, self.prefixes, self.book = decoder, prefixes, book
        self.codes_ND, self.window = codes_ND, window
        self.trie = Trie(codes_ND)
        self._offsets = np.cumsum((0, *book.sizes))
        self._rows = prefixes.rows(codes_ND, book.sizes)

    def over(self, codes_ND: Ints) -> Generator:
        """The same generator over a catalogue that has changed.

        Args:
            codes_ND: of its items; those that were there keep theirs, new ones have one by `codes.following`.

        Raises:
            ModelError: the codes are not of this codebook.
            ConfigError: two items have the same code.
        """
        return Generator(self.decoder, self.prefixes, self.book, codes_ND, self.window)

    def propose(self, history: Sequence[int] | Ints, width: int, allowed: Mask | None = None) -> tuple[Ints, Floats]:
        """What is likely to be chosen next.

        Args:
            history: rows of items, oldest first.
            width: beams, and items at most.
            allowed: which items may be proposed, shape (N,); None: all that have a code.

        Returns:
            Rows of items and their log-probabilities, best first.

        Raises:
            ConfigError: the width is below 1.
        """
        opening = self.decoder.embedding[-1:]
        items = self._known(history)
        tokens = [self._embedded(items, level) for level in range(len(self.book.sizes))]
        memory, state = self.decoder.read(np.concatenate([opening, np.stack(tokens, axis=1).reshape(-1, opening.size)]))
        level = 0

        def step(parents: Ints, begun: Ints) -> Floats:
            nonlocal level
            level += 1
            states = self.decoder.write(memory, parents, self._embedded(begun, level - 1))
            return self._log_probabilities(states, level)

        return beam(self._log_probabilities(state[None], 0)[0], step, self.trie, width, allowed)

    def arrays(self) -> Arrays:
        """What `from_arrays` reads: decoder, centroids, codes and prefixes."""
        own: Arrays = {
            "centroids": self.book.centroids,
            "codes": self.codes_ND.astype(np.int32),
            "window": np.array(self.window),
            "prefixes": self.prefixes.keys,
            "of_prefixes": self.prefixes.vectors,
        }
        return {**self.decoder.arrays(), **own}

    def save(self, path: Path) -> None:
        """Write it as one archive without pickled objects."""
        write_arrays(path, self.arrays())

    @classmethod
    def load(cls, path: Path) -> Generator:
        """Read what `save` wrote.

        Raises:
            ModelError: the file is missing, damaged or of something else.
        """
        return cls.from_arrays(read_arrays(path), path)

    @classmethod
    def from_arrays(cls, kept: Arrays, path: Path) -> Generator:
        """A generator out of an archive.

        Raises:
            ModelError: something is missing from it.
        """
        if missing := sorted({"codes", "window", "prefixes", "of_prefixes"} - set(kept)):
            raise ModelError(f"{path}: has no {missing[0]}: train the generator again")
        book = Codebook.from_arrays(kept, path)
        prefixes = Prefixes(kept["prefixes"].astype(np.int64), kept["of_prefixes"].astype(np.float32))
        return cls(Decoder.from_arrays(kept), prefixes, book, kept["codes"].astype(np.int64), int(kept["window"]))

    def _known(self, history: Sequence[int] | Ints) -> Ints:
        """The latest items that have a code."""
        items = np.asarray(history[-_LATEST:], np.int64)
        items = items[(items >= 0) & (items < len(self.codes_ND))]
        return without_repeats(items[self.codes_ND[items, 0] >= 0])[-self.window :]

    def _embedded(self, items: Ints, level: int) -> Floats:
        """What the decoder reads at a digit of some items, shape (items, D)."""
        own = self.decoder.embedding[self._offsets[level] + self.codes_ND[items, level]]
        return np.asarray(own + self.prefixes.vectors[self._rows[items, level]], np.float32)

    def _log_probabilities(self, states_BD: Floats, level: int) -> Floats:
        """Of the digits of a level, shape (B, K)."""
        logits = states_BD @ self.decoder.embedding[self._offsets[level] : self._offsets[level + 1]].T
        logits -= logits.max(axis=1, keepdims=True)
        return np.asarray(logits - np.log(np.exp(logits).sum(axis=1, keepdims=True)), np.float32)


def without_repeats(items: Ints) -> Ints:
    """A history in which an item several times in a row counts once."""
    return np.asarray(items[np.diff(items, prepend=-1) != 0], np.int64)
