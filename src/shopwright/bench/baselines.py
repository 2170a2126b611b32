"""Baselines of `bench search`, measured in the same run: BM25, zero-shot MiniLM, and the two fused by reciprocal rank.

They share nothing with `shopwright.search` but the encoder's weights and the stemming tokenizer, so that a change in
the engine never moves them.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from shopwright.models.protocols import Encoder


class Bm25:
    """BM25 (Robertson and Zaragoza, 2009) over one text a document, with the inverse document frequency of Lucene.

    Words are lower-cased, English stop words dropped, the rest stemmed (Snowball).

    Args:
        texts: the documents.
        k1: how soon repeated words stop counting.
        b: how much long texts are held back.
    """

    def __init__(self, texts: Sequence[str], k1: float = 1.2, b: float = 0.75) -> None:
        self._analyzer = english_analyzer()
        lists: dict[str, tuple[list[int], list[int]]] = defaultdict(lambda: ([], []))
        lengths_N = np.zeros(len(texts), np.float32)
        for document, text in enumerate(texts):
            counts = Counter(self._analyzer.analyze(text))
            lengths_N[document] = sum(counts.values())
            for word, count in counts.items():
                documents, times = lists[word]
                documents.append(document)
                times.append(count)
        self._size = len(texts)
        norms_N = k1 * (1.0 - b + b * lengths_N / max(float(lengths_N.mean()), 1.0)) if len(texts) else lengths_N
        self._postings: dict[str, tuple[NDArray[np.int32], NDArray[np.float32]]] = {}
        for word, (documents, times) in lists.items():
            places, counts_P = np.array(documents, np.int32), np.array(times, np.float32)
            rarity = np.log(1.0 + (self._size - len(places) + 0.5) / (len(places) + 0.5))
            weights = rarity * counts_P * (k1 + 1.0) / (counts_P + norms_N[places])
            self._postings[word] = (places, weights.astype(np.float32))

    def search(self, query: str, k: int) -> list[int]:
        """The k best documents that have a word of the query, best first."""
        return best(self.scores(query), k, least=0.0)

    def scores(self, query: str) -> NDArray[np.float32]:
        """What every document scores, shape (N,), 0 where it has no word of the query."""
        scores_N = np.zeros(self._size, np.float32)
        for word in self._analyzer.analyze(query):
            if word in self._postings:
                places, weights = self._postings[word]
                scores_N[places] += weights
        return scores_N


def english_analyzer() -> Any:
    """Lower-cases, drops stop words and stems."""
    import tantivy

    builder = tantivy.TextAnalyzerBuilder(tantivy.Tokenizer.simple()).filter(tantivy.Filter.lowercase())
    return builder.filter(tantivy.Filter.stopword("english")).filter(tantivy.Filter.stemmer("english")).build()


class Dense:
    """Exact search by cosine over one vector a document.

    Args:
        texts: the documents.
        encoder: makes the vectors, of documents and queries alike.
    """

    def __init__(self, texts: Sequence[str], encoder: Encoder) -> None:
        self._encoder = encoder
        self._vectors_ND = encoder.encode(texts)

    def search(self, query: str, k: int) -> list[int]:
        """The k nearest documents, nearest first."""
        return best(self.scores(query), k)

    def scores(self, query: str) -> NDArray[np.float32]:
        """The cosine of every document, shape (N,)."""
        cosines_N: NDArray[np.float32] = self._vectors_ND @ self._encoder.encode([query])[0]
        return cosines_N


def reciprocal_rank_fusion(rankings: Sequence[Sequence[int]], k: int = 60) -> list[int]:
    """One ranking out of several (Cormack et al., 2009): a document scores the sum of 1 / (k + rank)."""
    scores: dict[int, float] = defaultdict(float)
    for ranking in rankings:
        for rank, document in enumerate(ranking, 1):
            scores[document] += 1.0 / (k + rank)
    return sorted(scores, key=lambda document: -scores[document])


def best(scores_N: NDArray[np.float32], k: int, least: float | None = None) -> list[int]:
    """Places of the k highest scores (above `least`), highest first, ties in the order of places."""
    places = np.arange(len(scores_N)) if least is None else np.flatnonzero(scores_N > least)
    if len(places) > k:
        cut = np.partition(scores_N[places], len(places) - k)[len(places) - k]
        places = places[scores_N[places] >= cut]
    order = np.argsort(-scores_N[places], kind="stable")[:k]
    return [int(place) for place in places[order]]
