"""The benchmark `rewrite`: whether a query that is read as it was meant finds more.

Sets `home_depot`, `chorus`, `esci` (`DIR/search/<name>`), all through the hybrid search of a shop:

    recall@100      queries as people typed them, rewritten by the shop; Home Depot: those that a person corrected
    ...:raw         searched literally; ...:human: Home Depot, the person's correction, searched literally
    ...:lexical     the same three with BM25 alone, where what is added is still chosen by vectors
    ...:bm25_raw    and :bm25_human, plain BM25 over titles, which the published figures are of
    recall@100:S    and :S_raw over a slice S of all queries (`slices`)
    increment       relevant products a query that only rewriting finds
    harmed, helped  share of all queries whose recall falls, or rises, by rewriting
    p50_ms, p99_ms  what rewriting adds to a query: correction, other names, generation, completion

and the sets of `rewrite_pairs`, `rewrite_reading` and `rewrite_dialogue`.
"""

from __future__ import annotations

import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from pathlib import Path

import numpy as np

from shopwright.bench import rewrite_dialogue, rewrite_pairs, rewrite_reading
from shopwright.bench.baselines import Bm25
from shopwright.bench.task import BenchSet, NeededFile, Options, Row, Task, mean_row
from shopwright.bench.vectors import remembering
from shopwright.config import Home
from shopwright.metrics import recall
from shopwright.models.embedded import EmbeddedEncoder
from shopwright.models.protocols import Encoder
from shopwright.search.embedded import EmbeddedIndex
from shopwright.search.lexical import FUNCTION_WORDS, stems_of
from shopwright.train.judged import FILES, JUDGED, Judged, Queries, filled_index, open_store, read_queries, table
from shopwright.types import Mode, Product, SearchRequest

DEEP = 100
CORRECTIONS = "corrections.tsv"
_HEAD_WORDS, _LONG_WORDS = 2, 5
_STAGES = ("rewrite", "expand")


def measure_recall(name: str, options: Options) -> Iterator[Row]:
    """All figures of one judged set."""
    folder = (options.data or Path()) / "search" / name
    judged, queries = JUDGED[name], read_queries(folder)
    relevant = {
        query: [key for key, grade in grades.items() if grade >= judged.relevant]
        for query, grades in queries.grades.items()
    }
    with tempfile.TemporaryDirectory(prefix="shopwright-bench-") as place:
        home = Home(Path(place))
        store = open_store(folder, judged, home.path)
        encoder = remembering(EmbeddedEncoder())
        engine = Engine(filled_index(home.index, store, encoder), encoder)
        products = list(store.all_products())
        corrections = _corrections(folder / CORRECTIONS)
        if corrections:
            yield from _corrected_rows(name, engine, corrections, relevant)
            yield from _plain_rows(name, judged, products, corrections, relevant)
        yield from _all_rows(
            name, engine, queries, relevant, _main_of(corrections), slices(queries, relevant, products)
        )
        engine.index.close()
        store.close()


class Engine:
    """The search under test, as lists of ids."""

    def __init__(self, index: EmbeddedIndex, encoder: Encoder) -> None:
        self.index, self.encoder = index, encoder
        self.milliseconds: list[float] = []

    def search(self, query: str, *, literal: bool = False, mode: Mode = "hybrid") -> list[str]:
        """Ids of the best hundred."""
        request = SearchRequest(query, limit=DEEP, mode=mode, literal=literal)
        vector = self.encoder.encode([query])[0] if mode == "lexical" and query.strip() else None
        page = self.index.search(request, query_vector=vector)
        if not literal:
            self.milliseconds.append(sum(page.timings.get(stage, 0.0) for stage in _STAGES))
        return [hit.id for hit in page.hits]


def slices(
    queries: Queries, relevant: Mapping[str, Sequence[str]], products: Sequence[Product]
) -> dict[str, list[str]]:
    """Queries with something relevant by kind: head (one or two words), long (five and more), and vague: of whose words
    less than half stand in the titles of what is relevant, on average."""
    titles = {product.id: stems_of(product.title) for product in products}
    found: dict[str, list[str]] = {"head": [], "long": [], "vague": []}
    for query, text in queries.texts.items():
        words = stems_of(text) - FUNCTION_WORDS
        own = [titles[key] for key in relevant[query] if key in titles]
        if not own or not words:
            continue
        if len(words) <= _HEAD_WORDS:
            found["head"].append(query)
        if len(words) >= _LONG_WORDS:
            found["long"].append(query)
        if np.mean([len(words & title) / len(words) for title in own]) < 0.5:
            found["vague"].append(query)
    return found


def _all_rows(
    name: str,
    engine: Engine,
    queries: Queries,
    relevant: Mapping[str, Sequence[str]],
    metric: str,
    parts: Mapping[str, Sequence[str]],
) -> Iterator[Row]:
    """Recall of all queries with and without rewriting, and what rewriting changes."""
    asked = {query: text for query, text in queries.texts.items() if relevant[query]}
    started = time.perf_counter()
    raw = {query: _found(engine.search(text, literal=True), relevant[query]) for query, text in asked.items()}
    literal_seconds = time.perf_counter() - started
    engine.milliseconds.clear()
    started = time.perf_counter()
    ours = {query: _found(engine.search(text), relevant[query]) for query, text in asked.items()}
    seconds = time.perf_counter() - started
    times = list(engine.milliseconds)
    for part, chosen in {
        metric: list(asked),
        **{f"recall@100:{each}": listed for each, listed in parts.items()},
    }.items():
        raw_name = f"{part}_raw" if ":" in part else f"{part}:raw"
        yield mean_row("rewrite", name, part, [_share(ours, relevant, query) for query in chosen], seconds)
        yield mean_row("rewrite", name, raw_name, [_share(raw, relevant, query) for query in chosen], literal_seconds)
    gained = [float(len(ours[query] - raw[query])) for query in asked]
    changed = [_share(ours, relevant, query) - _share(raw, relevant, query) for query in asked]
    yield mean_row("rewrite", name, "increment", gained, seconds)
    yield mean_row("rewrite", name, "harmed", [float(change < -1e-9) for change in changed], seconds)
    yield mean_row("rewrite", name, "helped", [float(change > 1e-9) for change in changed], seconds)
    for percent in (50, 99):
        yield Row("rewrite", name, f"p{percent}_ms", float(np.percentile(times, percent)), len(times), None, seconds)


def _corrected_rows(
    name: str, engine: Engine, corrections: Mapping[str, tuple[str, str]], relevant: Mapping[str, Sequence[str]]
) -> Iterator[Row]:
    """The queries that a person corrected: as typed, as corrected, and as the shop reads them."""
    modes: dict[Mode, str] = {"hybrid": "", "lexical": "lexical"}
    for mode, suffix in modes.items():
        for way in ("", "raw", "human"):
            started = time.perf_counter()
            values = [
                recall(engine.search(meant if way == "human" else typed, literal=bool(way), mode=mode), right, DEEP)
                for query, (typed, meant) in corrections.items()
                if (right := relevant.get(query))
            ]
            metric = "_".join(filter(None, (suffix, way)))
            seconds = time.perf_counter() - started
            yield mean_row("rewrite", name, f"recall@100:{metric}".rstrip(":"), values, seconds)


def _plain_rows(
    name: str,
    judged: Judged,
    products: Sequence[Product],
    corrections: Mapping[str, tuple[str, str]],
    relevant: Mapping[str, Sequence[str]],
) -> Iterator[Row]:
    """The same queries with plain BM25."""
    engine = Bm25([judged.words(product) for product in products])
    for place, way in enumerate(("raw", "human")):
        started = time.perf_counter()
        values = [
            recall([products[row].id for row in engine.search(texts[place], DEEP)], relevant[query], DEEP)
            for query, texts in corrections.items()
            if relevant.get(query)
        ]
        yield mean_row("rewrite", name, f"recall@100:bm25_{way}", values, time.perf_counter() - started)


def _main_of(corrections: Mapping[str, tuple[str, str]]) -> str:
    return "recall@100:all" if corrections else "recall@100"


def _found(ids: Sequence[str], relevant: Sequence[str]) -> set[str]:
    return set(ids) & set(relevant)


def _share(found: Mapping[str, set[str]], relevant: Mapping[str, Sequence[str]], query: str) -> float:
    return len(found[query]) / len(set(relevant[query]))


def _corrections(path: Path) -> dict[str, tuple[str, str]]:
    """Query id -> as typed, as a person corrected it; {} where there is no such file."""
    if not path.is_file():
        return {}
    return {query: (typed, meant) for query, typed, meant in table(path, 3)}


def sets(data: Path | None) -> tuple[BenchSet, ...]:
    """All sets; which files each needs it says itself."""
    del data
    found = []
    for name in ("home_depot", "chorus", "esci"):
        files = tuple(NeededFile(f"search/{name}/{file}", holds) for file, holds in FILES.items())
        if name == "home_depot":
            files += (NeededFile(f"search/{name}/{CORRECTIONS}", "query id, as typed, as a person corrected it"),)
        found.append(BenchSet(name, partial(measure_recall, name), files))
    return (*found, *rewrite_pairs.SETS, *rewrite_reading.SETS, *rewrite_dialogue.SETS)


TASK = Task("rewrite", sets)
