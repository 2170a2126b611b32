"""`bench search --set related`: substitutes, complements and facets over the demo shop, against judgements by hand.

    shopwright bench search --set related [--json]

Rows have the set "related-dev", on which weights were chosen, or "related-held", which was looked at last:

    substitute_p@3  complement_p@3   share of the right ones among the first three
    ...:mined                        the same without the merchant's own relations: a feed that has none
    ...:dense                        baseline: the nearest vectors of any kind
    facet_hit@3  :coverage           whether a facet that the query is about is among the first three attributes;
                                     baseline: the attributes that tell the products apart best

What is shown counts: of three products one of which is right, the precision is 1/3, and 1 when only that one is right
and shown. Nothing shown is 0. The files `related/*.jsonl` are described in `related/DATASHEET.md`.
"""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import orjson

from shopwright.bench.task import Options, Row, mean_row
from shopwright.search.related import Related
from shopwright.search.texts import encoder_text
from shopwright.shop import Shop
from shopwright.types import Mode, Product, SearchRequest

FOLDER = Path(__file__).parent / "related"
SPLITS = ("dev", "held")
SHOWN = 3

Lists = Callable[[Product], Sequence[str]]
"""Gives ids for a product, best first."""


@dataclass(frozen=True, slots=True)
class Case:
    """A product, and what may stand in for it and go with it; an empty list is not judged."""

    product: str
    substitutes: frozenset[str]
    complements: frozenset[str]


@dataclass(frozen=True, slots=True)
class FacetCase:
    """A query, and the attributes by which somebody who types it would narrow the list."""

    query: str
    facets: frozenset[str]


def cases(split: str) -> list[Case]:
    """The judged products of a split."""
    return [
        Case(row["product"], frozenset(row["substitutes"]), frozenset(row["complements"]))
        for row in _lines(FOLDER / f"products-{split}.jsonl")
    ]


def facet_cases(split: str) -> list[FacetCase]:
    """The judged queries of a split."""
    return [FacetCase(row["query"], frozenset(row["facets"])) for row in _lines(FOLDER / f"facets-{split}.jsonl")]


def precision_shown(shown: Sequence[str], right: Collection[str], k: int = SHOWN) -> float:
    """The right ones among the first `k`, of as many as are shown or could have been right; NaN without any right."""
    if not right:
        return float("nan")
    first = list(dict.fromkeys(shown))[:k]
    return sum(one in right for one in first) / max(len(first), min(k, len(right)))


def measure_related(_: Options) -> Iterator[Row]:
    """Fill a demo shop in a temporary folder and yield the rows of both splits."""
    with tempfile.TemporaryDirectory(prefix="bench-") as folder, Shop.open(folder) as shop:
        shop.ingest_demo()
        shop.wait()
        yield from measure_in(shop)


def measure_in(shop: Shop) -> Iterator[Row]:
    """The rows of both splits over a demo shop."""
    products = {product.id: product for product in shop.store.all_products()}
    shop.index.state.meanings.wait(shop.encoder)
    for split in SPLITS:
        judged = cases(split)
        for metric, right in (
            ("substitute_p@3", {case.product: case.substitutes for case in judged}),
            ("complement_p@3", {case.product: case.complements for case in judged}),
        ):
            for suffix, lists in rankers(shop, metric).items():
                yield judge(f"related-{split}", metric + suffix, lists, right, products)
        yield from judge_facets(f"related-{split}", shop, facet_cases(split))


def rankers(shop: Shop, metric: str) -> dict[str, Lists]:
    """What is measured, by its suffix."""
    related = Related(shop.index.state, shop.store.products, shop.encoder)
    ours = related.substitutes if metric.startswith("substitute") else related.complements

    def nearest(product: Product) -> list[str]:
        vector = shop.encoder.encode([encoder_text(product)])[0]
        page = shop.index.search(SearchRequest(mode="dense", limit=SHOWN + 1), query_vector=vector)
        return [hit.id for hit in page.hits if hit.id != product.id]

    return {
        "": lambda product: [hit.id for hit in ours(product, SHOWN)],
        ":mined": lambda product: [hit.id for hit in ours(replace(product, related={}), SHOWN)],
        ":dense": nearest,
    }


def judge(
    name: str, metric: str, lists: Lists, right: Mapping[str, Collection[str]], products: Mapping[str, Product]
) -> Row:
    """The mean precision of the lists over judged products."""
    started = time.perf_counter()
    figures = [precision_shown(lists(products[key]), wanted) for key, wanted in right.items()]
    return mean_row("search", name, metric, figures, time.perf_counter() - started)


def judge_facets(name: str, shop: Shop, judged: Iterable[FacetCase]) -> Iterator[Row]:
    """The share of queries with a right attribute among the first three, in our order and in that of coverage."""
    judged = list(judged)
    modes: dict[str, Mode] = {"": "hybrid", ":coverage": "lexical"}
    for suffix, mode in modes.items():
        started = time.perf_counter()
        figures = []
        for case in judged:
            # without its vector a query has no meaning, and facets their order by coverage
            page = shop.index.search(SearchRequest(case.query, facets=True, mode=mode))
            figures.append(hit([facet.field for facet in page.facets], case.facets))
        yield mean_row("search", name, f"facet_hit@3{suffix}", figures, time.perf_counter() - started)


def hit(fields: Sequence[str], right: Collection[str], k: int = SHOWN) -> float:
    """1 when one of the first `k` attributes among the fields is right."""
    attributes = [field.removeprefix("attr:") for field in fields if field.startswith("attr:")][:k]
    return float(any(name in right for name in attributes))


def _lines(path: Path) -> Iterator[Any]:
    with path.open("rb") as lines:
        for line in lines:
            yield orjson.loads(line)
