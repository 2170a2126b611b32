"""Which sentences of a text to keep first, given a question.

The score of a sentence is BM25 (k1 1.2, b .4) over the sentences of the one text, words cut to six letters, plus the
cosine of an encoder where one is given. Sentences are taken greedily; one of whose words, weighed by rarity, more than
half stand in those taken before loses score, a plain repetition nearly all of it (maximal marginal relevance, Carbonell
and Goldstein 1998, with covered words in place of pairwise similarity, which keeps the cost linear).

Without a question, or where the text has none of its words, the words that the text repeats most stand in for it, and
the beginning of the text counts. What stands beside a good sentence gets nothing: measured, it did not help.
"""

from __future__ import annotations

import heapq
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from shopwright.models.protocols import Encoder
from shopwright.skills.context.compression.words import DATA, FILLER, FUNCTION, MARK, Words, words_of

Floats = NDArray[np.float64]
Places = NDArray[np.int64]

_K1, _B = 1.2, 0.4
_FIRST, _REPEATED = 0.5, 0.95
_STEM = 6
_OWN_TERMS = 12
_ENCODED = 64
"""Sentences of a text that are encoded, those that score best without."""
_ENCODED_CHARACTERS = 400


@dataclass(frozen=True, slots=True)
class Ranked:
    """The sentences of a text in the order in which they are kept.

    Args:
        order: their numbers, shape (S,).
        scores: of each sentence, in the order of the text, 0 or more, shape (S,).
        novelty: share of its words, by rarity, that no sentence before it in `order` has, shape (S,).
        asked: which words are words of the question, shape (W,).
    """

    order: Places
    scores: Floats
    novelty: Floats
    asked: NDArray[np.bool_]


def ranked(words: Words, query: str, encoder: Encoder | None = None) -> Ranked:
    """Score and order the sentences."""
    table = Terms(words)
    wanted = table.of(query)
    asked = np.isin(table.term, wanted) if len(wanted) else np.zeros(len(table.term), np.bool_)
    matched = table.closeness(wanted if len(wanted) else table.repeated())
    scores = _scaled(matched)
    if encoder is not None and query.strip() and words.sentences > 1:
        scores = scores + _cosines(words, query, encoder, scores)
    if len(scores) and not len(wanted):
        scores[0] += _FIRST
    order, novelty = table.greedy(scores)
    return Ranked(order, scores, novelty, asked)


def text_scores(texts: Sequence[str], query: str) -> Floats:
    """BM25 of the best sentence of each text among those of all, shape (N,); 0 where no word is shared."""
    flat = [" ".join(text.split()) or "-" for text in texts]
    words = words_of("\n".join(flat))
    table = Terms(words)
    first = words.starts[np.searchsorted(words.sentence, np.arange(words.sentences))]
    begins = np.cumsum([0, *(len(text) + 1 for text in flat)])
    best = np.zeros(len(texts))
    np.maximum.at(best, np.searchsorted(begins, first, "right") - 1, table.closeness(table.of(query)))
    return best


class Terms:
    """Stems of the words of a text, counted by sentence.

    Args:
        words: the text.
    """

    def __init__(self, words: Words) -> None:
        stems: dict[str, int] = {}
        of_form = np.array([stems.setdefault(_stem(form), len(stems)) for form in words.forms] or [0], np.int64)
        says = ~np.isin(words.kind, (FUNCTION, FILLER, MARK, DATA))
        self.term: Places = np.where(says, of_form[words.form], -1)
        self._stems = stems
        self._sentences = words.sentences
        width = max(len(stems), 1)
        pairs, counts = np.unique(words.sentence[says] * width + self.term[says], return_counts=True)
        self._sentence, self._term, self._count = pairs // width, pairs % width, counts.astype(np.float64)
        frequency = np.bincount(self._term, minlength=width).astype(np.float64)
        self._rarity = np.log1p((self._sentences - frequency + 0.5) / (frequency + 0.5))
        self._frequency = frequency
        self._lengths = np.bincount(self._sentence, self._count, minlength=self._sentences)

    def of(self, query: str) -> Places:
        """The distinct terms of a question that the text has."""
        found = words_of(query)
        forms = {found.forms[form] for form, kind in zip(found.form.tolist(), found.kind.tolist(), strict=True)
                 if kind not in (FUNCTION, FILLER, MARK)}  # fmt: skip
        known = {self._stems[stem] for form in forms if (stem := _stem(form)) in self._stems}
        return np.array(sorted(known), np.int64)

    def repeated(self) -> Places:
        """The terms that stand in most sentences, none that stands in one only."""
        best = np.argsort(-self._frequency, kind="stable")[:_OWN_TERMS]
        return best[self._frequency[best] > 1]

    def closeness(self, wanted: Places) -> Floats:
        """BM25 of each sentence, shape (S,)."""
        hit = np.isin(self._term, wanted)
        count, sentence = self._count[hit], self._sentence[hit]
        mean = float(self._lengths.mean()) if self._sentences else 1.0
        norm = _K1 * (1 - _B + _B * self._lengths[sentence] / max(mean, 1.0))
        gains = self._rarity[self._term[hit]] * count * (_K1 + 1) / (count + norm)
        return np.bincount(sentence, gains, minlength=self._sentences).astype(np.float64)

    def greedy(self, scores: Floats) -> tuple[Places, Floats]:
        """Sentences in the order of score times novelty, then those without a score, and the novelty of each.

        Novelty only falls, so a sentence is valued again when its turn comes, and put back where another is better.
        """
        edges = np.searchsorted(self._sentence, np.arange(self._sentences + 1))
        covered = np.zeros(len(self._rarity), np.bool_)
        novelty = np.ones(self._sentences)
        heap = [(-score, place) for place, score in enumerate(scores.tolist()) if score > 0]
        heapq.heapify(heap)
        order: list[int] = []
        while heap:
            _, place = heapq.heappop(heap)
            terms = self._term[edges[place] : edges[place + 1]]
            weights = self._rarity[terms]
            total = float(weights.sum())
            novelty[place] = float(weights[~covered[terms]].sum()) / total if total else 0.0
            value = -scores[place] * (1 - _REPEATED * max(0.0, 1 - 2 * novelty[place]))
            if heap and value > heap[0][0] + 1e-12:
                heapq.heappush(heap, (value, place))
                continue
            order.append(place)
            covered[terms] = True
        return np.array([*order, *np.flatnonzero(scores <= 0).tolist()], np.int64), novelty


def _stem(form: str) -> str:
    return form if form[:1].isdigit() else form[:_STEM]


def _scaled(values: Floats) -> Floats:
    """Divided by the largest, so that the best is 1."""
    largest = float(values.max()) if len(values) else 0.0
    return values / largest if largest > 0 else values


def _cosines(words: Words, query: str, encoder: Encoder, scores: Floats) -> Floats:
    """Cosines to the question over the largest, 0 for the sentences that are not encoded, shape (S,)."""
    best = np.sort(np.argsort(-scores, kind="stable")[:_ENCODED])
    first = np.searchsorted(words.sentence, best)
    last = np.searchsorted(words.sentence, best, "right") - 1
    texts = [
        words.text[words.starts[low] : words.ends[high]][:_ENCODED_CHARACTERS]
        for low, high in zip(first.tolist(), last.tolist(), strict=True)
    ]
    found = np.zeros(words.sentences)
    found[best] = np.maximum(encoder.encode(texts) @ encoder.encode([query])[0], 0.0)
    return _scaled(found)
