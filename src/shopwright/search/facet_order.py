"""Which attributes a query is about: facets in the order of its meaning, so that "rain jacket" asks for waterproofness.

The names of the attributes that several products have, and their commonest values ("caffeine: none"), are encoded once
a commit; a shop's encoder remembers them (`models.cached`), so that a commit with the same attributes costs a look-up.
That runs in a thread of its own (0.5 s for 500 new names); facets have their old order until it is done. A query then
takes one product of a matrix and its vector.

An attribute's weight is how well it tells the products apart (`facets`) plus `MEANING` times its cosine. Measured by
`bench search --set related` on queries with a judged facet.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from shopwright.errors import ModelError
from shopwright.models.protocols import Encoder, Vectors
from shopwright.search.columns import Columns
from shopwright.search.counting import Counter

logger = logging.getLogger(__name__)

MEANING = 2.0
"""Weight of the cosine beside the share of products that an attribute tells apart (0 to 0.8)."""

_LEAST_PRODUCTS = 2
_MOST_NAMES, _MOST_VALUES, _VALUES_EACH = 600, 600, 6
_LONGEST_VALUE = 40
_AHEAD = 0.05
_YES_NO = frozenset({"true", "false"})


@dataclass(frozen=True, slots=True)
class FacetOrder:
    """How near a query is to attributes.

    Args:
        names: to each attribute or its nearest value, shape (names,); 0 for those that were not encoded.
        texts: to (name, value), and to (name, "") for the name alone.
    """

    names: NDArray[np.float64]
    texts: dict[tuple[int, str], float]

    def nearest_first(self, name: int, labels: Sequence[str]) -> list[int]:
        """Places of an attribute's values: the one that the query clearly means first, the others as they were.

        It must be nearer than the name alone, and than every other value.
        """
        cosines = [self.texts.get((name, label), -1.0) for label in labels]
        order = list(range(len(labels)))
        best = max(order, key=cosines.__getitem__, default=0)
        rivals = [self.texts.get((name, ""), 1.0), *(cosines[place] for place in order if place != best)]
        if order and cosines[best] > max(rivals) + _AHEAD:
            order.insert(0, order.pop(best))
        return order


@dataclass(frozen=True, slots=True)
class _Encoded:
    fingerprint: str
    names: NDArray[np.int64]
    labels: list[str]
    vectors: Vectors


class Meanings:
    """The attributes of one state as vectors.

    Args:
        columns, counter: of the state.
    """

    def __init__(self, columns: Columns, counter: Counter) -> None:
        self._columns, self._counter = columns, counter
        self._encoded: _Encoded | None = None
        self._thread: threading.Thread | None = None
        self._starting = threading.Lock()

    def order(self, encoder: Encoder, query: Vectors) -> FacetOrder | None:
        """The order of facets for a query's vector, shape (D,); None while the attributes are being encoded."""
        encoded = self._encoded
        if encoded is None or encoded.fingerprint != encoder.fingerprint:
            self._start(encoder)
            return None
        cosines = encoded.vectors @ np.asarray(query, np.float32)
        names = np.zeros(len(self._columns.tables.names))
        np.maximum.at(names, encoded.names, cosines)
        pairs = zip(encoded.names.tolist(), encoded.labels, cosines.tolist(), strict=True)
        return FacetOrder(names, {(name, label): cosine for name, label, cosine in pairs})

    def wait(self, encoder: Encoder) -> None:
        """Encode now, or wait until it is done."""
        self._start(encoder)
        if thread := self._thread:
            thread.join()

    def _start(self, encoder: Encoder) -> None:
        with self._starting:
            if self._thread is None or (not self._thread.is_alive() and self._encoded is None):
                self._thread = threading.Thread(target=self._encode, args=(encoder,), name="facet-meanings")
                self._thread.start()

    def _encode(self, encoder: Encoder) -> None:
        names, labels, texts = self._texts()
        try:
            self._encoded = _Encoded(encoder.fingerprint, names, labels, encoder.encode(texts))
        except ModelError as error:
            logger.warning("facets keep their order: %s", error)

    def _texts(self) -> tuple[NDArray[np.int64], list[str], list[str]]:
        """For each text its attribute, its value ("" for the name alone) and the text itself."""
        columns, tables = self._columns, self._columns.tables
        counted = self._counter.count(np.arange(columns.products), np.arange(columns.offers))
        often = [int(name) for name in np.argsort(-counted.known, kind="stable")[:_MOST_NAMES]]
        often = [name for name in often if counted.known[name] >= _LEAST_PRODUCTS]
        rows = [(name, "", _words(tables.names.values[name])) for name in often]
        left, chosen = dict.fromkeys(often, _VALUES_EACH), 0
        for place in np.argsort(-counted.count, kind="stable").tolist():
            name, value = int(counted.name[place]), tables.values.values[int(counted.text[place])]
            if chosen == _MOST_VALUES or counted.count[place] < _LEAST_PRODUCTS:
                break
            if left.get(name) and len(value) <= _LONGEST_VALUE and value not in _YES_NO:
                left[name] -= 1
                chosen += 1
                rows.append((name, value, f"{_words(tables.names.values[name])}: {value}"))
        return np.array([row[0] for row in rows], np.int64), [row[1] for row in rows], [row[2] for row in rows]


def _words(name: str) -> str:
    return name.replace("_", " ").strip()
