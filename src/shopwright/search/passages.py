"""A small hybrid index over the shop's texts: policies, frequent questions, buying guides.

Up to a few thousand passages, so everything is compared: BM25 over stems and cosines, both in NumPy. The score of a hit
is made to be judged against a threshold, not only to sort: 0.6 cosine + 0.4 share of the query's words (weighted by
how rare they are) that the passage holds, so that 1 means "says it all" and under 0.3 "is about something else".

Simplification: rebuilt as a whole when a document changes, which takes seconds.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from functools import cached_property
from pathlib import Path

import numpy as np
import orjson
from numpy.typing import NDArray

from shopwright.errors import StoreError
from shopwright.models.protocols import Encoder, Vectors
from shopwright.search.commits import write_durably
from shopwright.search.lexical import FUNCTION_WORDS, MAX_CHARACTERS, MAX_WORDS, stem
from shopwright.search.sections import Passage, passages
from shopwright.types import Document

_COSINE_WEIGHT = 0.6
_RANKED_BY_BM25 = 0.15
_K1, _B = 1.2, 0.75
_TITLE_WEIGHT = 2
_WORD = re.compile(r"[^\W_]+")
_FILE = "passages.json"
_VECTORS = "passages.npy"


@dataclass(frozen=True, slots=True)
class PassageHit:
    """A passage that a search found. `score` is 0 to 1 and comparable between queries."""

    document_id: str
    title: str
    kind: str
    heading: str
    text: str
    score: float


class PassageIndex:
    """Passages with their vectors. Make one with `build` or `load`. Safe for many readers.

    Args:
        entries: the passages, N of them.
        vectors: their vectors and those of the T titles in order of appearance, shape (N + T, D).
        encoder: the one that made the vectors.
    """

    def __init__(self, entries: Sequence[Passage], vectors: Vectors, encoder: Encoder) -> None:
        self._entries = list(entries)
        self._vectors = vectors[: len(self._entries)]
        self._titles = vectors[len(self._entries) :]
        places = {title: i for i, title in enumerate(_titles_of(self._entries))}
        self._title_of_N = np.array([places[entry.title] for entry in self._entries], np.int64)
        self._encoder = encoder

    def __len__(self) -> int:
        return len(self._entries)

    @classmethod
    def build(cls, documents: Iterable[Document], encoder: Encoder) -> PassageIndex:
        """Cut the documents into passages and encode them with their titles and headings."""
        entries = [passage for document in documents for passage in passages(document)]
        return cls(entries, _encoded(entries, encoder), encoder)

    def save(self, folder: Path) -> None:
        """Write the index into a folder; `load` refuses a mixture of two versions."""
        folder.mkdir(parents=True, exist_ok=True)
        head = {"encoder": self._encoder.fingerprint, "passages": [asdict(entry) for entry in self._entries]}
        write_durably(folder / _VECTORS, np.concatenate([self._vectors, self._titles]).tobytes())
        write_durably(folder / _FILE, orjson.dumps(head))

    @classmethod
    def load(cls, folder: Path, encoder: Encoder) -> PassageIndex:
        """The index that `save` wrote; encoded again when it was made with another encoder.

        Raises:
            StoreError: the folder has no index, or a damaged one.
        """
        try:
            head = orjson.loads((folder / _FILE).read_bytes())
            entries = [Passage(**entry) for entry in head["passages"]]
            if head["encoder"] != encoder.fingerprint:
                return cls(entries, _encoded(entries, encoder), encoder)
            vectors = np.frombuffer((folder / _VECTORS).read_bytes(), np.float32).reshape(-1, encoder.dimensions)
            if len(vectors) != len(entries) + len(_titles_of(entries)):
                raise ValueError(f"{len(vectors)} vectors for {len(entries)} passages")
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise StoreError(f"passages in {folder}: {error}. Build them again from the documents.") from error
        return cls(entries, vectors, encoder)

    def search(self, query: str, k: int = 5, kinds: Sequence[str] | None = None) -> list[PassageHit]:
        """The passages that bear on a query, best first.

        Args:
            query: a question or words.
            k: how many at most.
            kinds: only documents of these kinds; None for all.
        """
        places = [i for i, entry in enumerate(self._entries) if kinds is None or entry.kind in kinds]
        if not places or not query.strip() or k <= 0:
            return []
        query_D = self._encoder.encode([query[:MAX_CHARACTERS]])[0]
        titled_N = (self._titles @ query_D)[self._title_of_N]  # the title of an answer is the question
        cosines_N = np.maximum(np.maximum(self._vectors @ query_D, titled_N), 0.0)
        bm25_N, covered_N = self._lexical(query)
        scores_N = _COSINE_WEIGHT * cosines_N + (1.0 - _COSINE_WEIGHT) * covered_N
        order_N = scores_N + _RANKED_BY_BM25 * bm25_N / max(float(bm25_N.max(initial=0.0)), 1e-9)
        best = sorted(places, key=lambda i: -order_N[i])[:k]
        return [PassageHit(**asdict(self._entries[i]), score=float(min(scores_N[i], 1.0))) for i in best]

    def _lexical(self, query: str) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """BM25 of each passage, and the share of the query's weight that it holds; both shape (N,)."""
        counts, lengths_N = self._terms
        total = len(self._entries)
        bm25_N, held_N, whole = np.zeros(total), np.zeros(total), 0.0
        norm_N = _K1 * (1 - _B + _B * lengths_N / max(float(lengths_N.mean()), 1.0))
        for term in dict.fromkeys(_terms_of(query[:MAX_CHARACTERS])[:MAX_WORDS]):
            found = counts.get(term, {})
            weight = float(np.log(1 + (total - len(found) + 0.5) / (len(found) + 0.5)))
            whole += weight
            if found:
                rows = np.fromiter(found, np.int64)
                often = np.fromiter(found.values(), np.float64)
                bm25_N[rows] += weight * often * (_K1 + 1) / (often + norm_N[rows])
                held_N[rows] += weight
        return bm25_N, held_N / whole if whole else held_N

    @cached_property
    def _terms(self) -> tuple[dict[str, dict[int, int]], NDArray[np.float64]]:
        """For each term the passages that have it and how often, and the passages' lengths."""
        counts: dict[str, dict[int, int]] = {}
        lengths = np.zeros(len(self._entries))
        for row, entry in enumerate(self._entries):
            terms = _terms_of(" ".join([*(f"{entry.title} {entry.heading}",) * _TITLE_WEIGHT, entry.text]))
            lengths[row] = len(terms)
            for term, often in Counter(terms).items():
                counts.setdefault(term, {})[row] = often
        return counts, lengths


def _titles_of(entries: Sequence[Passage]) -> list[str]:
    return list(dict.fromkeys(entry.title for entry in entries))


def _encoded(entries: Sequence[Passage], encoder: Encoder) -> Vectors:
    """Vectors of the passages, then of their titles, shape (N + T, D)."""
    texts = [f"{entry.title}. {entry.heading}. {entry.text}" for entry in entries]
    return encoder.encode([*texts, *_titles_of(entries)]) if texts else np.zeros((0, encoder.dimensions), np.float32)


def _terms_of(text: str) -> list[str]:
    """The stems of a text without function words."""
    return [stem(word) for word in _WORD.findall(text.lower()) if word not in FUNCTION_WORDS]
