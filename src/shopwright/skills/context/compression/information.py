"""How much a word says, from 0 to 1: words that every text has say little.

The rank of a whole word in the vocabulary of the shipped encoder (BERT's, whose whole words stand in the order of their
frequency) stands for its frequency: log(rank) over log(size), as a self-information up to a constant (Li et al. 2023,
Selective Context, uses that of a language model: see `surprisal`). A word that the vocabulary has only in pieces says
most. Function words and fillers have fixed small values.
"""

from __future__ import annotations

import json
import math
from functools import cache

import numpy as np
from numpy.typing import NDArray

from shopwright.errors import ModelError
from shopwright.models.embedded import DEFAULT_ENCODER
from shopwright.models.onnx_files import WEIGHTS
from shopwright.skills.context.compression.words import CONTENT, DATA, FILLER, FUNCTION, Words

_FUNCTION, _FILLER, _DATA, _LEAST = 0.1, 0.05, 0.02, 0.3


def information(words: Words) -> NDArray[np.float64]:
    """Of each word, shape (W,); numbers, negations and ids say as much as the rarest word."""
    ranks, size = _ranks()
    forms = np.array([_of_rank(ranks.get(form, size), size) for form in words.forms] or [1.0])
    values = np.where(words.kind == CONTENT, forms[words.form], 1.0)
    values[words.kind == FUNCTION] = _FUNCTION
    values[words.kind == FILLER] = _FILLER
    values[words.kind == DATA] = _DATA
    return values


def _of_rank(rank: int, size: int) -> float:
    return max(_LEAST, math.log(rank + 2) / math.log(size + 2))


@cache
def _ranks() -> tuple[dict[str, int], int]:
    """Whole words of lower-case letters with their rank from 0, and how many there are."""
    path = WEIGHTS / f"{DEFAULT_ENCODER}.tokenizer.json"
    try:
        vocabulary: dict[str, int] = json.loads(path.read_bytes())["model"]["vocab"]
    except (OSError, ValueError, KeyError) as error:
        raise ModelError(f"{path}: no vocabulary ({error}): install shopwright again") from error
    whole = sorted((word for word in vocabulary if len(word) > 1 and word.isalpha()), key=vocabulary.__getitem__)
    return {word: rank for rank, word in enumerate(whole)}, len(whole)
