"""Time and space of a search index: pure functions from an index and queries to figures.

    for figure in measure_queries(index, encoder, products): print(figure.metric, figure.value)

Queries are made from the data, seeded: a fragment of a title, a title with its brand or narrowest category, a category
with a text attribute such as the colour, and a few of them with a typing error. Other queries are asked before the
clock starts (files are read, code is warm); no measured query was encoded before, so no cache of query vectors helps,
except in `faceted` and `:noencode`.

Not here: what takes seconds (ingest, filling) and the memory of a fresh process; whoever runs those measures them.
"""

from __future__ import annotations

import random
import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from shopwright.models.protocols import Encoder, Vectors
from shopwright.search.dense import DenseIndex
from shopwright.search.embedded import EmbeddedIndex
from shopwright.search.protocols import Index
from shopwright.types import Filter, Product, SearchRequest

MEASURED = 300
_TYPO_SHARE = 0.05
_TIE = 1e-5


@dataclass(frozen=True, slots=True)
class Figure:
    """One figure and how many queries it rests on."""

    metric: str
    value: float
    n: int


def make_queries(products: Sequence[Product], count: int = MEASURED, seed: int = 0) -> list[str]:
    """Queries as shoppers might type them, made from randomly drawn products; the same seed gives the same ones."""
    generator = random.Random(seed)
    return [_query(generator.choice(products), generator) for _ in range(count)]


def make_filters(products: Sequence[Product], count: int = MEASURED, seed: int = 0) -> list[tuple[Filter, ...]]:
    """For each query one or two filters that a randomly drawn product passes: category, text attribute, price."""
    generator = random.Random(seed)
    return [_filters(generator.choice(products), generator) for _ in range(count)]


def measure_queries(
    index: EmbeddedIndex, encoder: Encoder, products: Sequence[Product], count: int = MEASURED, seed: int = 0
) -> list[Figure]:
    """Latency and throughput of whole pages of 20, hybrid, one request after another on one thread.

    Args:
        index: filled with the products.
        encoder: the index's encoder.
        products: what queries and filters are made from.
        count: how many queries each figure rests on.
        seed: of the queries.
    """
    warm, plain, filtered = (make_queries(products, count, seed + offset) for offset in (1, 0, 2))
    filters = make_filters(products, count, seed)
    for query in warm:
        index.search(SearchRequest(query))
    requests = [SearchRequest(query) for query in plain]
    narrowed = [SearchRequest(query, chosen) for query, chosen in zip(filtered, filters, strict=True)]
    words = [_milliseconds(index, replace(request, mode="lexical")) for request in requests]
    whole = [_milliseconds(index, request) for request in requests]
    narrow = [_milliseconds(index, request) for request in narrowed]
    faceted = [_milliseconds(index, replace(request, facets=True)) for request in requests]
    vectors = encoder.encode(plain)
    encoded = [_milliseconds(index, *pair) for pair in zip(requests, vectors, strict=True)]
    return [
        *_percentiles("lexical", "", words),
        *_percentiles("hybrid", "", whole),
        *_percentiles("hybrid", ":noencode", encoded),
        *_percentiles("filtered", "", narrow),
        *_percentiles("faceted", "", faceted),
        Figure("qps", 1000.0 * count / sum(whole), count),
        Figure("qps:noencode", 1000.0 * count / sum(encoded), count),
        Figure("ann_recall@10", ann_recall(index.state.dense, vectors), count),
    ]


def ann_recall(dense: DenseIndex, vectors: Vectors, k: int = 10) -> float:
    """Share of the k nearest that the approximate search finds, against comparing every stored vector.

    Products with the same text have the same vector, so a result counts when it is as near as the k-th nearest.

    Args:
        dense: the dense half.
        vectors: of the queries, shape (Q, D).
    """
    shares = []
    for vector in vectors:
        _, exact = dense.exact(vector, k)
        _, found = dense.search(vector, k)
        shares.append(np.count_nonzero(found >= exact[-1] - _TIE) / len(exact))
    return float(np.mean(shares))


def disk_megabytes(folder: Path) -> float:
    """Size of all files below a folder in MB (10^6 bytes)."""
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file()) / 1e6


def _query(product: Product, generator: random.Random) -> str:
    """One of four forms, now and then with two letters swapped."""
    words = product.title.split()
    narrowest = product.category[-1:] and product.category[-1]
    texts = [value for value in product.attributes.values() if isinstance(value, str) and len(value) < 30]
    form = generator.randrange(4)
    if form == 0 or not narrowest:
        start = generator.randrange(max(len(words) - 2, 1))
        text = " ".join(words[start : start + generator.randint(1, 4)])
    elif form == 1:
        text = f"{' '.join(words[:3])} {product.brand or narrowest}"
    elif form == 2 or not texts:
        text = f"{narrowest}"
    else:
        text = f"{generator.choice(texts)} {narrowest}"
    text = text.lower()
    if len(text) > 6 and generator.random() < _TYPO_SHARE:
        place = generator.randrange(1, len(text) - 2)
        text = text[:place] + text[place + 1] + text[place] + text[place + 2 :]
    return text or product.title


def _filters(product: Product, generator: random.Random) -> tuple[Filter, ...]:
    chosen: list[Filter] = []
    if product.category:
        chosen.append(Filter("category", values=(generator.choice(product.category),)))
    texts = [(name, value) for name, value in product.attributes.items() if isinstance(value, str)]
    if texts:
        name, value = generator.choice(texts)
        chosen.append(Filter(f"attr:{name}", values=(value,)))
    if product.price:
        chosen.append(Filter("price", "range", high=float(product.price.amount) * 1.2))
    return tuple(generator.sample(chosen, min(len(chosen), generator.randint(1, 2))))


def _milliseconds(index: Index, request: SearchRequest, vector: Vectors | None = None) -> float:
    started = time.perf_counter()
    index.search(request, query_vector=vector)
    return 1000.0 * (time.perf_counter() - started)


def _percentiles(stage: str, suffix: str, laps: Sequence[float]) -> list[Figure]:
    middle, late = np.percentile(laps, [50, 99]).tolist()
    return [Figure(f"{stage}_p50_ms{suffix}", middle, len(laps)), Figure(f"{stage}_p99_ms{suffix}", late, len(laps))]
