"""The set `hm` of `bench search`: how long until 105,542 products can be found, how fast, and in how much space.

    lexical_ready_s             from the feed file to the first lexical answer (`:store` until the store has committed)
    dense_ready_s               from the feed file until every product has its vector (`:noencode` without the encoder)
    hybrid_p50_ms ... qps       queries made from the data, one after another (`search_speed`)
    restart_s, rss_mb           a fresh process over the same home, to its first answer (`restart`; `:chat` to its first
                                turn of conversation) and its memory by then
    disk_mb                     the whole home (`:index` only the index, `:vectors` only the file of known vectors)
    index_s                     all of it indexed again from the store, which encodes nothing (`models.cached`)
    index_s, hybrid_p50_ms, lexical_p50_ms   of peers where they are installed (`peers`), from the same products

Everything is done as a merchant would have it done: the cache of vectors begins empty, so encoding takes its minutes.
"""

from __future__ import annotations

import shutil
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from shopwright.bench.peers import Corpus, peer_figures
from shopwright.bench.restart import restart
from shopwright.bench.search_speed import MEASURED, Figure, disk_megabytes, make_queries, measure_queries
from shopwright.bench.task import Row
from shopwright.catalog.ingest import ingest
from shopwright.catalog.store import Store
from shopwright.config import Home
from shopwright.knowledge.synonyms import Synonyms
from shopwright.models.cached import CachedEncoder
from shopwright.models.embedded import EmbeddedEncoder
from shopwright.models.protocols import Encoder, Vectors
from shopwright.search.answer import Relevance
from shopwright.search.embedded import EmbeddedIndex
from shopwright.search.texts import encoder_text
from shopwright.types import Product, SearchRequest


@dataclass(slots=True)
class TimedEncoder:
    """An `Encoder` that adds up the seconds it works."""

    encoder: Encoder
    seconds: float = 0.0

    @property
    def dimensions(self) -> int:
        """Length of a vector."""
        return self.encoder.dimensions

    @property
    def fingerprint(self) -> str:
        """That of the encoder behind it."""
        return self.encoder.fingerprint

    def encode(self, texts: Sequence[str], *, batch_size: int = 32) -> Vectors:
        """What the encoder behind it gives."""
        started = time.perf_counter()
        vectors = self.encoder.encode(texts, batch_size=batch_size)
        self.seconds += time.perf_counter() - started
        return vectors


def measure_scale(name: str, feed: Path, encoder: Encoder | None = None) -> Iterator[Row]:
    """Fill a home from a feed and yield every figure as soon as it is known.

    Args:
        name: of the set.
        feed: the products.
        encoder: another one than the shipped one, which a restart could not use: then nothing is restarted.
    """
    begun = time.perf_counter()

    def row(metric: str, value: float, n: int) -> Row:
        return Row("search", name, metric, value, n, None, time.perf_counter() - begun)

    with tempfile.TemporaryDirectory(prefix="bench-") as folder:
        home, timed = Home(Path(folder)), TimedEncoder(encoder or EmbeddedEncoder())
        remembering = CachedEncoder(timed, home.vectors)
        started = time.perf_counter()
        store = Store.open(home.path / "store.db")
        index = EmbeddedIndex(home.index, remembering, relevance=Relevance(thesaurus=Synonyms.packaged()))
        with index.updating() as update:
            ingest(store, feed, written=update.change)
            stored = time.perf_counter() - started
            update.commit(store.sequence)
        index.search(SearchRequest("shirt", mode="lexical"))
        ready = time.perf_counter() - started
        yield row("lexical_ready_s", ready, index.count)
        yield row("lexical_ready_s:store", stored, index.count)
        timed.seconds = 0.0
        index.fill(store.products)
        filled = time.perf_counter() - started
        yield row("dense_ready_s", filled, index.count)
        yield row("dense_ready_s:noencode", filled - timed.seconds, index.count)
        products = list(store.all_products())
        for figure in measure_queries(index, timed.encoder, products):
            yield row(figure.metric, figure.value, figure.n)
        query = make_queries(products, 1)[0]
        index.close()
        yield row("index_s", _indexed_again(Path(folder) / "again", store, remembering), len(products))
        store.close()
        for figure in _figures_of_peers(products, remembering):
            yield row(figure.metric, figure.value, figure.n)
        remembering.close()
        del products, index
        yield row("disk_mb", disk_megabytes(home.path), 1)
        yield row("disk_mb:index", disk_megabytes(home.index), 1)
        yield row("disk_mb:vectors", home.vectors.stat().st_size / 1e6, 1)
        if encoder is None:
            restart(home.path, query)  # the first opening learns the catalogue's words, which a restart finds there
            seen = restart(home.path, query)
            yield row("restart_s", seen.search_s, 1)
            yield row("restart_s:chat", seen.chat_s, 1)
            yield row("rss_mb", seen.rss_mb, 1)


def _indexed_again(folder: Path, store: Store, encoder: Encoder) -> float:
    """Seconds to make an index of what the store holds, as after the index's folder was lost."""
    started = time.perf_counter()
    index = EmbeddedIndex(folder, encoder, relevance=Relevance(thesaurus=Synonyms.packaged()))
    index.apply(store.changes(0), store.sequence)
    index.fill(store.products)
    seconds = time.perf_counter() - started
    index.close()
    shutil.rmtree(folder)
    return seconds


def _figures_of_peers(products: Sequence[Product], encoder: Encoder) -> Iterator[Figure]:
    """Those of `peers.peer_figures`: over the same products, with the same vectors."""
    words = [" ".join((item.title, item.brand or "", *item.category, item.description)) for item in products]
    corpus = Corpus(words, [*map(encoder_text, products)], encoder)
    return peer_figures(corpus, make_queries(products, 2 * MEASURED, seed=3))  # new ones, so that no cache helps
