"""Peers of `bench search`: what a user would pick instead, measured in the same run, each where it is installed.

    pip install 'shopwright[peers]'

    :bm25s      bm25s with PyStemmer's English stemmer and its English stop words
    :lancedb    LanceDB hybrid search: its full-text index and vectors of our encoder, fused by its own RRF reranker
    :sbert      sentence-transformers with all-MiniLM-L6-v2, every vector compared; SHOPWRIGHT_MINILM names the folder
                with its weights, since nothing is ever downloaded here

Each is used as its documentation says and with its own defaults, over the texts that the baselines of `bench.search`
see. LanceDB compares all vectors on judged sets, which is its best, and gets its default vector index (IVF-PQ) where
time is measured. Threads are those that each library takes; ours takes one.
"""

from __future__ import annotations

import os
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np

from shopwright.bench.baselines import best
from shopwright.bench.search_speed import Figure
from shopwright.models.protocols import Encoder, Vectors

WEIGHTS = "SHOPWRIGHT_MINILM"
Search = Callable[[str, int], list[int]]
"""The places of the k best documents, best first."""


@dataclass(frozen=True, slots=True)
class Corpus:
    """What is searched: for each document the words that are matched and the text whose meaning is compared."""

    words: Sequence[str]
    meanings: Sequence[str]
    encoder: Encoder


@dataclass(frozen=True, slots=True)
class Peer:
    """A library.

    Args:
        name: suffix of its rows.
        modules: what it needs, by the name that pip knows first.
        opened: a context that gives its search over a corpus.
    """

    name: str
    modules: tuple[str, ...]
    opened: Callable[[Corpus], Any]

    @property
    def missing(self) -> str | None:
        """Why it takes no part, in a line; None when it does."""
        if not all(map(_is_installed, self.modules)):
            return f"{self.modules[0].replace('_', '-')} is not installed: pip install 'shopwright[peers]'"
        if self.name == "sbert" and not _weights():
            return f"sentence-transformers takes no part: set {WEIGHTS} to a folder with all-MiniLM-L6-v2"
        return None


class Bm25s:
    """bm25s (Lù, 2024) over one text a document."""

    def __init__(self, texts: Sequence[str]) -> None:
        import bm25s
        import Stemmer

        self._bm25s, self._stemmer, self._size = bm25s, Stemmer.Stemmer("english"), len(texts)
        self._index = bm25s.BM25()
        self._index.index(self._tokens(list(texts)), show_progress=False)

    def search(self, query: str, k: int) -> list[int]:
        """The k best documents that have a word of the query, best first."""
        places, scores = self._index.retrieve(self._tokens([query]), k=min(k, self._size), show_progress=False)
        return [int(place) for place, score in zip(places[0], scores[0], strict=True) if score > 0]

    def _tokens(self, texts: list[str]) -> Any:
        return self._bm25s.tokenize(texts, stopwords="en", stemmer=self._stemmer, show_progress=False)


class LanceDb:
    """LanceDB in a folder: full text and vectors in one table.

    Args:
        texts: of the documents.
        vectors: of the documents, shape (N, D).
        encoder: of queries.
        folder: empty.
        approximate: whether vectors get an index, which is for speed.
    """

    def __init__(
        self, texts: Sequence[str], vectors: Vectors, encoder: Encoder, folder: Path, *, approximate: bool = False
    ) -> None:
        os.environ.setdefault("LANCEDB_LOG", "error")  # else two lines a query about columns to come
        import lancedb
        import pyarrow
        from lancedb.index import FTS, IvfPq
        from lancedb.rerankers import RRFReranker

        flat = pyarrow.array(np.ascontiguousarray(vectors, np.float32).reshape(-1))
        columns = {
            "place": pyarrow.array(range(len(texts)), pyarrow.int64()),
            "text": pyarrow.array(texts, pyarrow.string()),
            "vector": pyarrow.FixedSizeListArray.from_arrays(flat, vectors.shape[1]),
        }
        self._encoder, self._reranker = encoder, RRFReranker()
        self._table = lancedb.connect(folder).create_table("products", pyarrow.table(columns))
        self._table.create_index("text", config=FTS())
        if approximate:
            self._table.create_index("vector", config=IvfPq(distance_type="cosine"))

    def search(self, query: str, k: int) -> list[int]:
        """The k best documents by words and meaning together."""
        if not query.strip():
            return []
        found = self._table.search(query_type="hybrid").text(query).vector(self._encoder.encode([query])[0])
        found = found.distance_type("cosine").rerank(self._reranker).limit(k).select(["place"])
        places: list[int] = found.to_arrow()["place"].to_pylist()
        return places


class SentenceTransformers:
    """sentence-transformers with the weights in a folder, on the processor; every vector is compared."""

    def __init__(self, texts: Sequence[str], folder: Path) -> None:
        from sentence_transformers import SentenceTransformer

        self._model = SentenceTransformer(str(folder), device="cpu", local_files_only=True)
        self._vectors_ND = self._encode(list(texts))

    def search(self, query: str, k: int) -> list[int]:
        """The k nearest documents, nearest first."""
        return best(self._vectors_ND @ self._encode([query])[0], k)

    def _encode(self, texts: list[str]) -> Vectors:
        vectors = self._model.encode(texts, normalize_embeddings=True, show_progress_bar=False)
        return np.asarray(vectors, np.float32)


@contextmanager
def _open_bm25s(corpus: Corpus) -> Iterator[Search]:
    yield Bm25s(corpus.words).search


@contextmanager
def _open_lancedb(corpus: Corpus) -> Iterator[Search]:
    with tempfile.TemporaryDirectory(prefix="bench-lancedb-") as folder:
        vectors = corpus.encoder.encode(corpus.meanings)
        yield LanceDb(corpus.words, vectors, corpus.encoder, Path(folder)).search


@contextmanager
def _open_sbert(corpus: Corpus) -> Iterator[Search]:
    folder = _weights()
    if folder is not None:
        yield SentenceTransformers(corpus.meanings, folder).search


PEERS = (
    Peer("bm25s", ("bm25s", "Stemmer"), _open_bm25s),
    Peer("lancedb", ("lancedb", "pyarrow"), _open_lancedb),
    Peer("sbert", ("sentence_transformers",), _open_sbert),
)


def notes() -> list[str]:
    """A line for each peer that takes no part, with what to do about it."""
    return [reason for peer in PEERS if (reason := peer.missing)]


def peers(ids: Sequence[str], corpus: Corpus, k: int) -> Iterator[tuple[str, Callable[[str], list[str]]]]:
    """The installed peers, one after another, by their suffix (":bm25s"): each ranks the k best ids for a query.

    A ranker is good until the next one is asked for.
    """
    for peer in PEERS:
        if peer.missing is None:
            with peer.opened(corpus) as search:
                yield f":{peer.name}", partial(_ranked, ids, search, k)


def peer_figures(corpus: Corpus, queries: Sequence[str], k: int = 20) -> Iterator[Figure]:
    """Seconds to index, without encoding, and median milliseconds of a query, of the two peers that have an index.

    Args:
        corpus: what is indexed.
        queries: the first half warms up, the second half is measured.
        k: how many documents a query asks for.
    """
    makers: dict[str, Callable[[Path], Bm25s | LanceDb]] = {}
    present = {peer.name for peer in PEERS if peer.missing is None}
    if "bm25s" in present:
        makers["lexical_p50_ms:bm25s"] = lambda _: Bm25s(corpus.words)
    if "lancedb" in present:
        vectors = corpus.encoder.encode(corpus.meanings)
        makers["hybrid_p50_ms:lancedb"] = lambda folder: LanceDb(
            corpus.words, vectors, corpus.encoder, folder, approximate=True
        )
    for metric, maker in makers.items():
        with tempfile.TemporaryDirectory(prefix="bench-peer-") as folder:
            started = time.perf_counter()
            engine = maker(Path(folder))
            yield Figure(f"index_s:{metric.partition(':')[2]}", time.perf_counter() - started, len(corpus.words))
            laps = [_milliseconds(engine, query, k) for query in queries][len(queries) // 2 :]
            yield Figure(metric, float(np.median(laps)), len(laps))


def _milliseconds(engine: Bm25s | LanceDb, query: str, k: int) -> float:
    started = time.perf_counter()
    engine.search(query, k)
    return 1000.0 * (time.perf_counter() - started)


def _ranked(ids: Sequence[str], search: Search, k: int, query: str) -> list[str]:
    return [ids[place] for place in search(query, k)]


def _is_installed(module: str) -> bool:
    try:
        return find_spec(module) is not None
    except ValueError:  # a module that was put into sys.modules by hand
        return True


def _weights() -> Path | None:
    named = os.environ.get(WEIGHTS)
    folder = Path(named) if named else None
    return folder if folder and (folder / "config.json").is_file() else None
