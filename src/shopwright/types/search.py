"""What is asked of search, and what it answers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

Mode = Literal["hybrid", "lexical", "dense"]
"""Which halves of search take part."""

Sort = Literal["relevance", "price_asc", "price_desc", "rating", "newest"]


@dataclass(frozen=True, slots=True)
class Filter:
    """One condition on products; a list of filters means all of them.

    Args:
        field: "price", "brand", "category", "availability", "rating", "on_sale", or "attr:NAME".
        op: "is" (any of `values`), "not" (none of `values`; a product without the field passes), "range".
        values: for "is" and "not". Text compares without case. A category value is one level's name or a path
            joined by " > ". Booleans are "true" / "false".
        low, high: inclusive bounds for "range", in `unit` (a currency code for price; None = as stored).
    """

    field: str
    op: Literal["is", "not", "range"] = "is"
    values: tuple[str, ...] = ()
    low: float | None = None
    high: float | None = None
    unit: str | None = None


@dataclass(frozen=True, slots=True)
class SearchRequest:
    """A query with its filters. `offset` + `limit` may not exceed 10,000; `mode` picks the halves that take part.

    `rerank_ms` is the time that the cross-encoder may take to read the best results once more (0: it does not), and
    `explain` asks for `Hit.why`. With `literal` the query is searched as it was typed, misspelled or not.
    """

    query: str = ""
    filters: tuple[Filter, ...] = ()
    sort: Sort = "relevance"
    offset: int = 0
    limit: int = 20
    facets: bool = False
    mode: Mode = "hybrid"
    rerank_ms: float = 0.0
    explain: bool = False
    literal: bool = False


@dataclass(frozen=True, slots=True)
class Reason:
    """A part of a result's score: `part` is words, meaning, category ..., reread or rule; `value` is what it adds.

    `note` says it in words where the number does not ("pinned by rule 'autumn'", "P(exact) 0.93").
    """

    part: str
    value: float
    note: str = ""


@dataclass(frozen=True, slots=True)
class Hit:
    """One search result.

    Args:
        score: fused score, comparable within one result list only.
        ranks: 1-based rank in each half that found it, e.g. {"lexical": 3, "dense": 1}.
        highlights: per field, pieces of plain text as (text, matched) pairs.
        variant_id: the sellable item that fits the filters best (None: the product itself).
        why: the parts that the score is the sum of, when the request asked for them.
        instead: ids of products to buy in place of one that is out of stock, nearest first.
    """

    id: str
    score: float
    ranks: Mapping[str, int] = field(default_factory=dict)
    highlights: Mapping[str, tuple[tuple[str, bool], ...]] = field(default_factory=dict)
    variant_id: str | None = None
    why: tuple[Reason, ...] = ()
    instead: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class FacetValue:
    """One value of a facet: `label` as shown, `count` of matching products, `filter` that selects it."""

    label: str
    count: int
    filter: Filter


@dataclass(frozen=True, slots=True)
class Facet:
    """A field by which a result list can be narrowed. `low` / `high` are set for numeric fields, in `unit`."""

    field: str
    label: str
    values: tuple[FacetValue, ...] = ()
    low: float | None = None
    high: float | None = None
    unit: str | None = None


@dataclass(frozen=True, slots=True)
class SearchPage:
    """A page of results. `total` counts every match of the lexical half and filters (dense adds none to it).

    `timings` holds milliseconds by stage: encode, lexical, dense, fuse, reread, facets. `dense_coverage` is the share
    of products that already have a vector (1.0 when indexing is done). `searched` is the query as corrected where that
    is not what was typed, else "".
    """

    hits: tuple[Hit, ...] = ()
    total: int = 0
    facets: tuple[Facet, ...] = ()
    timings: Mapping[str, float] = field(default_factory=dict)
    dense_coverage: float = 1.0
    searched: str = ""
