"""`bench search`: relevance on judged queries, and speed at 105,542 products.

    shopwright bench search --data DIR [--set chorus] [--json] [--report FILE.html]

A judged set is a folder `DIR/search/NAME` of `products.jsonl.gz`, `queries.tsv` (id, text) and `qrels.tsv` (query, 0,
product, grade). Products take the real path: feed reader, store, index, in a temporary home. Each query is asked for
100 products; `ndcg@10` and `recall@100` are means over queries with bootstrap intervals. Beside ours, in the same run:

    :lexical  :dense      the engine's two halves by themselves
    :bm25  :rrf           plain BM25, and its reciprocal rank fusion with the encoder (`baselines`)
    :bm25s :lancedb :sbert  what a user would pick instead, where it is installed (`peers`)

Gains and what counts as relevant differ by set (`JUDGED`); any other folder of the layout is read with a guessed column
map, its grade as gain, and every grade above 0 as relevant. The set `hm` measures time and space (see `search_scale`);
`related`, on demand, substitutes, complements and facets over the demo shop (see `search_related`).

Vectors of products and queries are remembered between runs (`vectors`), except where time is measured.
"""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from pathlib import Path

from shopwright.bench.baselines import Bm25, Dense, reciprocal_rank_fusion
from shopwright.bench.peers import Corpus, notes, peers
from shopwright.bench.search_related import measure_related
from shopwright.bench.search_scale import measure_scale
from shopwright.bench.task import BenchSet, NeededFile, Options, Row, Task, mean_row
from shopwright.bench.vectors import remembering
from shopwright.config import Home
from shopwright.metrics import ndcg, recall
from shopwright.models.embedded import EmbeddedEncoder
from shopwright.models.protocols import Encoder
from shopwright.search.embedded import EmbeddedIndex
from shopwright.train.judged import FILES, JUDGED, Judged, Queries, filled_index, open_store, read_queries
from shopwright.types import Mode, Product, SearchRequest

Ranker = Callable[[str], list[str]]

DEEP = 100


def search_sets(data: Path | None) -> tuple[BenchSet, ...]:
    """The known sets, and any other folder below DIR/search with the files of a judged set."""
    folders = sorted((data / "search").glob("*")) if data else []
    others = [folder.name for folder in folders if all((folder / file).is_file() for file in FILES)]
    names = dict.fromkeys((*JUDGED, *others))
    judged = [BenchSet(name, partial(measure_relevance, name), _needed(name, FILES)) for name in names]
    speed = BenchSet("hm", measure_speed, _needed("hm", {"products.jsonl.gz": FILES["products.jsonl.gz"]}))
    related = BenchSet("related", measure_related, default=False)
    return (*judged, speed, related)


def measure_relevance(name: str, options: Options) -> Iterator[Row]:
    """Index the products of a judged set, ask every query, and yield the rows of engine and baselines."""
    folder = (options.data or Path()) / "search" / name
    judged, queries = JUDGED.get(name, Judged()), read_queries(folder)
    with tempfile.TemporaryDirectory(prefix="shopwright-bench-") as place:
        home = Home(Path(place))
        store = open_store(folder, judged, home.path)
        encoder = remembering(EmbeddedEncoder())
        index = filled_index(home.index, store, encoder)
        modes: dict[str, Mode] = {"": "hybrid", ":lexical": "lexical", ":dense": "dense"}
        for suffix, mode in modes.items():
            yield from judge(name, suffix, engine(index, mode), queries, judged)
        index.close()
        products = list(store.all_products())
        store.close()
    for suffix, ranker in baselines(products, judged, encoder).items():
        yield from judge(name, suffix, ranker, queries, judged)
    corpus = Corpus([*map(judged.words, products)], [*map(judged.meaning, products)], encoder)
    for suffix, ranker in peers([product.id for product in products], corpus, DEEP):
        yield from judge(name, suffix, ranker, queries, judged)


def engine(index: EmbeddedIndex, mode: Mode) -> Ranker:
    """The engine as a ranker of ids."""
    return lambda query: [hit.id for hit in index.search(SearchRequest(query, limit=DEEP, mode=mode)).hits]


def baselines(products: list[Product], judged: Judged, encoder: Encoder) -> dict[str, Ranker]:
    """The baselines by their suffix. All search the same products."""
    lexical = Bm25([judged.words(product) for product in products])
    dense = Dense([judged.meaning(product) for product in products], encoder)

    def fused(query: str) -> list[int]:
        return reciprocal_rank_fusion([lexical.search(query, DEEP), dense.search(query, DEEP)])[:DEEP]

    def ids(places: list[int]) -> list[str]:
        return [products[place].id for place in places]

    return {
        ":bm25": lambda query: ids(lexical.search(query, DEEP)),
        ":rrf": lambda query: ids(fused(query)),
    }


def judge(name: str, suffix: str, ranker: Ranker, queries: Queries, judged: Judged) -> Iterator[Row]:
    """nDCG@10 and recall@100 of a ranker over the queries. Queries without anything relevant are left out."""
    started = time.perf_counter()
    ranked = {query: ranker(text) for query, text in queries.texts.items()}
    seconds = time.perf_counter() - started
    gained, recalled = [], []
    for query, ids in ranked.items():
        grades = queries.grades[query]
        gained.append(ndcg(ids, {key: judged.gain(grade) for key, grade in grades.items()}, 10))
        recalled.append(recall(ids, [key for key, grade in grades.items() if grade >= judged.relevant], DEEP))
    yield mean_row("search", name, f"ndcg@10{suffix}", gained, seconds)
    yield mean_row("search", name, f"recall@100{suffix}", recalled, seconds)


def measure_speed(options: Options) -> Iterator[Row]:
    """Time and space at the size of `hm`."""
    return measure_scale("hm", (options.data or Path()) / "search" / "hm" / "products.jsonl.gz")


def _needed(name: str, files: Mapping[str, str]) -> tuple[NeededFile, ...]:
    return tuple(NeededFile(f"search/{name}/{file}", holds) for file, holds in files.items())


TASK = Task("search", search_sets, notes)
