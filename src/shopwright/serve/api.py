"""The JSON routes: search, products, documents, the shop, health."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Path, Query

from shopwright.errors import ConfigError
from shopwright.search.suggest import MAX_SUGGESTIONS
from shopwright.serve.examples import examples
from shopwright.serve.filters import parse_filters
from shopwright.serve.problems import refusals
from shopwright.serve.schemas import (
    MAX_QUERY,
    SEARCH_EXAMPLE,
    Department,
    DocumentEntry,
    DocumentList,
    DocumentResponse,
    Health,
    ProductResponse,
    RelatedResponse,
    SearchResponse,
    ShopResponse,
    SuggestResponse,
)
from shopwright.serve.text import clean, cut, typed
from shopwright.serve.views import product_view, related_view, search_view, suggest_view
from shopwright.serve.workers import Workers
from shopwright.shop import Shop
from shopwright.types import SearchRequest, Sort

MAX_DEPTH = 10_000
"""Results that can be paged through: `offset` + `limit` may not exceed it."""
MAX_FILTERS = 32

Id = Annotated[str, Path(min_length=1, max_length=200, examples=["tarn-2-tent"])]
FILTER_HELP = """A condition in compact form, repeatable; all of them hold.
`brand:is:Fellrunner|Tarn` any of two brands, `attr:material:not:leather` none of the values,
`price:range:10..80` inclusive bounds, `attr:weight:range:..2kg` with a unit.
Fields: price, brand, category, availability, rating, on_sale, attr:NAME."""


def api_router(shop: Shop, workers: Workers) -> APIRouter:
    """The JSON routes over a shop."""
    router = APIRouter()

    @router.get(
        "/api/search",
        tags=["search"],
        responses={200: {"content": {"application/json": {"example": SEARCH_EXAMPLE}}}, **refusals(503)},
    )
    async def search(
        q: Annotated[str, Query(description=f"read up to {MAX_QUERY} characters", examples=["two-person tent"])] = "",
        f: Annotated[
            list[str], Query(description=FILTER_HELP, max_length=MAX_FILTERS, examples=[["price:range:10..80"]])
        ] = [],  # noqa: B006  FastAPI copies it
        sort: Annotated[Sort, Query(description="order of the results")] = "relevance",
        offset: Annotated[int, Query(ge=0, le=MAX_DEPTH, description="results to skip")] = 0,
        limit: Annotated[int, Query(ge=1, le=100, description="results to return")] = 20,
        facets: Annotated[bool, Query(description="count values to narrow the results by")] = False,
        explain: Annotated[bool, Query(description="say of each result what its score is made of")] = False,
        rerank_ms: Annotated[float, Query(ge=0, le=1000, description="time to read the best results once more")] = 0.0,
        literal: Annotated[bool, Query(description="search for what was typed, without correcting it")] = False,
        log: Annotated[bool, Query(description="a shopper asks this: count it in the merchant's report")] = False,
    ) -> SearchResponse:
        """Find products by words, filters or both; without either, the whole catalogue."""
        if offset + limit > MAX_DEPTH:
            raise ConfigError(f"offset {offset} + limit {limit} exceeds {MAX_DEPTH:,}; narrow the search with filters")
        query, note = cut(clean(q), MAX_QUERY)
        filters = parse_filters(map(clean, f))
        request = SearchRequest(
            query, filters, sort, offset, limit, facets, rerank_ms=rerank_ms, explain=explain, literal=literal
        )
        return await workers.look_up(_search, shop, request, [note] if note else [], log)

    @router.get("/api/suggest", tags=["search"], responses=refusals(503))
    async def suggest(
        q: Annotated[str, Query(description="what was typed so far", examples=["two-person t"])] = "",
        limit: Annotated[int, Query(ge=1, le=MAX_SUGGESTIONS, description="suggestions to return")] = 8,
    ) -> SuggestResponse:
        """Queries that what was typed may become, each of which finds something; departments for nothing typed."""
        return await workers.look_up(suggest_view, shop, typed(q), limit)

    @router.get("/api/products/{id:path}/related", tags=["search"], responses=refusals(404, 503))
    async def related(id: Id) -> RelatedResponse:
        """What can be bought in place of a product, and what goes with it, with what speaks for each."""
        return await workers.look_up(related_view, shop, clean(id))

    @router.get("/api/products/{id:path}", tags=["search"], responses=refusals(404, 503))
    async def product(id: Id) -> ProductResponse:
        """A product with its offers, reviews and relatives; a variant's id opens its product."""
        return await workers.look_up(product_view, shop, clean(id))

    @router.get("/api/documents", tags=["shop"], responses=refusals(503))
    async def documents(
        kind: Annotated[str | None, Query(max_length=40, examples=["policy"], description="only of this kind")] = None,
    ) -> DocumentList:
        """The shop's policies, answers to frequent questions and guides, without their text."""
        found = await workers.look_up(shop.documents, kind)
        return DocumentList(
            documents=[
                DocumentEntry(id=one.id, title=one.title, kind=one.kind, category=one.category, updated=one.updated)
                for one in found
            ]
        )

    @router.get("/api/documents/{id:path}", tags=["shop"], responses=refusals(404, 503))
    async def document(id: Annotated[str, Path(min_length=1, max_length=200)]) -> DocumentResponse:
        """A document with its text."""
        return DocumentResponse(document=await workers.look_up(shop.document, clean(id)))

    @router.get("/api/shop", tags=["shop"], responses=refusals(503))
    async def status() -> ShopResponse:
        """The shop at a glance, with questions that it can answer."""
        return await workers.look_up(_status, shop)

    @router.get("/health", tags=["shop"], responses=refusals(503))
    async def health() -> Health:
        """Whether the store answers: 200 or 503."""
        return Health(status="ok", products=await workers.look_up(shop.store.count))

    return router


def _search(shop: Shop, request: SearchRequest, notes: list[str], log: bool) -> SearchResponse:
    page = shop.search(
        request.query,
        filters=request.filters,
        sort=request.sort,
        offset=request.offset,
        limit=request.limit,
        facets=request.facets,
        explain=request.explain,
        rerank_ms=request.rerank_ms,
        literal=request.literal,
        log=log,
    )
    return search_view(shop, request, page, notes)


def _status(shop: Shop) -> ShopResponse:
    now = shop.status()
    return ShopResponse(
        name=now.name,
        products=now.products,
        documents=now.documents,
        reviews=now.reviews,
        dense_coverage=now.dense_coverage,
        departments=[Department(name=name, count=count) for name, count in now.departments],
        currency=now.currency,
        model=now.model,
        examples=examples(shop, [name for name, _ in now.departments]),
        events=shop.events.kept.days > 0,
    )
