"""The shipped judge: reads a question or claim and a piece of evidence together, in one pass of an int8 ONNX file.

One pass gives how far the evidence answers the question, whether it supports or contradicts the claim, the words of
the evidence that answer, and for every word of the claim whether the evidence lacks it. See `onnx_files` for how the
file is run. Pairs of like length go through together; what was read lately is remembered.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from shopwright.models.onnx_files import WEIGHTS, OnnxModel, clean
from shopwright.types import Judgement

DEFAULT_JUDGE = "judge-l6-int8"
_LONGEST_ASKED, _LONGEST_EVIDENCE = 1_000, 4_000
"""Characters that are given to the tokenizer, which then cuts the pair at the length of the card."""
_TOGETHER = 8
_REMEMBERED = 10_000
_LONGEST_ANSWER = 24
"""Word pieces."""

Floats = NDArray[np.float32]


class EmbeddedJudge:
    """A `Judge` over ONNX Runtime. Safe to share between threads.

    Args:
        name: stem of the model's three files.
        folder: where they are; the shipped weights by default.

    Raises:
        ModelError: a file is missing or is not the one that the card describes.
    """

    def __init__(self, name: str = DEFAULT_JUDGE, folder: Path = WEIGHTS) -> None:
        self._model = OnnxModel(name, folder)
        self._known: OrderedDict[tuple[str, str], Judgement] = OrderedDict()
        self._lock = threading.Lock()

    @property
    def fingerprint(self) -> str:
        """Name, and twelve hex digits that change when the weights or the tokenizer do."""
        return self._model.fingerprint

    def judge(self, pairs: Sequence[tuple[str, str]]) -> list[Judgement]:
        """A judgement of each (question or claim, evidence) pair, in their order."""
        with self._lock:
            found = {pair: self._known[pair] for pair in pairs if pair in self._known}
            for pair in found:
                self._known.move_to_end(pair)
        fresh = [pair for pair in dict.fromkeys(pairs) if pair not in found]
        if fresh:
            texts = [(clean(asked, _LONGEST_ASKED), clean(text, _LONGEST_EVIDENCE)) for asked, text in fresh]
            encoded = self._model.tokenizer.encode_batch(texts)
            order = sorted(range(len(fresh)), key=lambda place: len(encoded[place].ids))
            for start in range(0, len(order), _TOGETHER):
                places = order[start : start + _TOGETHER]
                made = self._read([encoded[place] for place in places])
                found.update(zip([fresh[place] for place in places], made, strict=True))
            with self._lock:
                self._known.update({pair: found[pair] for pair in fresh})
                while len(self._known) > _REMEMBERED:
                    self._known.popitem(last=False)
        return [found[pair] for pair in pairs]

    def _read(self, encoded: Sequence[Any]) -> list[Judgement]:
        pair_B6, words_BT3 = self._model.outputs(encoded)
        return [_judgement(pair, words, each) for pair, words, each in zip(pair_B6, words_BT3, encoded, strict=True)]


def _judgement(pair_6: Floats, words_T3: Floats, encoded: Any) -> Judgement:
    sides = np.array([-1 if side is None else side for side in encoded.sequence_ids])
    answer, answerable = _answer(words_T3[: len(sides)], sides, encoded.offsets)
    return Judgement(
        relevance=float(0.5 * pair_6[1] + pair_6[2]),
        supports=float(pair_6[3]),
        refutes=float(pair_6[5]),
        answer=answer,
        answerable=answerable,
        unsupported=_unsupported(words_T3[: len(sides), 2], sides, encoded),
    )


def _answer(words_T3: Floats, sides: NDArray[np.int64], offsets: Sequence[tuple[int, int]]) -> tuple[Any, float]:
    """Characters of the likeliest answer in the evidence, and its probability against there being none."""
    places = np.flatnonzero(sides == 1)
    if not len(places):
        return (0, 0), 0.0
    begin_N, end_N = words_T3[places, 0], words_T3[places, 1]
    sums_NN = begin_N[:, None] + end_N[None, :]
    within = np.triu(np.ones_like(sums_NN, bool)) & ~np.triu(np.ones_like(sums_NN, bool), _LONGEST_ANSWER)
    sums_NN = np.where(within, sums_NN, -np.inf)
    first, last = np.unravel_index(int(sums_NN.argmax()), sums_NN.shape)
    margin = float(sums_NN[first, last] - words_T3[0, 0] - words_T3[0, 1])
    span = (int(offsets[places[first]][0]), int(offsets[places[last]][1]))
    return span, float(1.0 / (1.0 + np.exp(-np.clip(margin, -30, 30))))


def _unsupported(marks_T: Floats, sides: NDArray[np.int64], encoded: Any) -> tuple[tuple[int, int, float], ...]:
    """Every word of the claim with the highest probability of its pieces."""
    words: dict[int, tuple[int, int, float]] = {}
    for place in np.flatnonzero(sides == 0).tolist():
        word, (start, end) = encoded.word_ids[place], encoded.offsets[place]
        known = words.get(word, (start, end, 0.0))
        words[word] = (min(start, known[0]), max(end, known[1]), max(float(marks_T[place]), known[2]))
    return tuple(words.values())
