"""The shipped cross-encoder: reads query and product together and says how likely it is what was asked for.

An int8 ONNX file run by ONNX Runtime on one thread, without torch (see `onnx_files`). It costs about as much for each
product as the encoder does for a text, so it reads the best few of a list and not the catalogue.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from shopwright.models.onnx_files import WEIGHTS, OnnxModel, clean
from shopwright.models.protocols import Probabilities

DEFAULT_RERANKER = "reranker-l6-int8"
GAINS = np.array([1.0, 0.1, 0.01, 0.0], np.float32)
"""What exact, substitute, complement and irrelevant products are worth to a shopper."""

_LONGEST_QUERY, _LONGEST_TEXT = 512, 1024
_TOGETHER = 8
_REMEMBERED = 20_000


class EmbeddedPairScorer:
    """A `PairScorer` over ONNX Runtime. Safe to share between threads.

    Pairs that were read lately are remembered, so that a page that is asked for again, or the next page, costs nothing.

    Args:
        name: stem of the model's three files.
        folder: where they are; the shipped weights by default.

    Raises:
        ModelError: a file is missing or is not the one that the card describes.
    """

    def __init__(self, name: str = DEFAULT_RERANKER, folder: Path = WEIGHTS) -> None:
        self._model = OnnxModel(name, folder)
        self._known: OrderedDict[tuple[str, str], Probabilities] = OrderedDict()
        self._lock = threading.Lock()

    @property
    def fingerprint(self) -> str:
        """Name, and twelve hex digits that change when the weights or the tokenizer do."""
        return self._model.fingerprint

    def probabilities(self, query: str, texts: Sequence[str]) -> Probabilities:
        """P(exact), P(substitute), P(complement), P(irrelevant) of each text, shape (N, 4)."""
        parts = [self._read(query, texts[start : start + _TOGETHER]) for start in range(0, len(texts), _TOGETHER)]
        return np.concatenate(parts) if parts else np.zeros((0, len(GAINS)), np.float32)

    def _read(self, query: str, texts: Sequence[str]) -> Probabilities:
        with self._lock:
            found = {text: self._known[query, text] for text in texts if (query, text) in self._known}
        fresh = [text for text in dict.fromkeys(texts) if text not in found]
        if fresh:
            pairs = [(clean(query, _LONGEST_QUERY), clean(text, _LONGEST_TEXT)) for text in fresh]
            read = self._model.run(self._model.tokenizer.encode_batch(pairs))
            found.update(zip(fresh, read, strict=True))
            with self._lock:
                self._known.update({(query, text): row for text, row in zip(fresh, read, strict=True)})
                while len(self._known) > _REMEMBERED:
                    self._known.popitem(last=False)
        return np.stack([found[text] for text in texts])


def relevance(probabilities: Probabilities) -> NDArray[np.float32]:
    """The gain that is to be expected of each product, shape (N,), 0 to 1."""
    expected: NDArray[np.float32] = probabilities @ GAINS
    return expected
