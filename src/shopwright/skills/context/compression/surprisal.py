"""How much a word says, by a language model: its surprisal, the sum over its tokens of -log p (Li et al. 2023).

An option in place of word frequencies: the embedded model reads about 5,000 tokens a second, frequencies need no model.
A text longer than the model's window is read in pieces that overlap by half.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from shopwright.models.language.engine import EmbeddedLanguageModel
from shopwright.skills.context.compression.words import Words


class Surprisal:
    """`says` of `compress` by a language model.

    Args:
        model: the embedded one.
    """

    def __init__(self, model: EmbeddedLanguageModel) -> None:
        self._model = model

    def __call__(self, words: Words) -> NDArray[np.float64]:
        """Surprisal of each word over the largest of the text, shape (W,), from 0 to 1."""
        if not len(words.starts):
            return np.empty(0)
        vocabulary = self._model.vocabulary
        bits = -self._model.logprobs([words.text])[0]
        sizes = [len(vocabulary.bytes_of[token]) for token in vocabulary.encode(words.text)]
        ends = np.cumsum(sizes)
        before = np.concatenate([[0], np.cumsum([len(letter.encode()) for letter in words.text])])
        owner = np.searchsorted(before[words.ends], ends, "left")  # a token belongs to the word in which it ends
        found = np.bincount(np.minimum(owner, len(words.ends) - 1), bits, minlength=len(words.ends))
        return np.asarray(found / max(float(found.max()), 1e-9))
