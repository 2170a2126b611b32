"""The route of the merchant's report on searches. Like the rules it can be read by whoever reaches the server.

There is no login, so what few people asked is left out: only texts that were asked `LEAST` times are shown, since a
rarer one may be about a person. `shopwright report` shows all. One report is made at a time.
"""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated

import anyio
from anyio import CapacityLimiter
from fastapi import APIRouter, Query
from pydantic import Field

from shopwright.catalog.searches import DAYS
from shopwright.serve.problems import refusals
from shopwright.serve.schemas import View
from shopwright.shop import Shop

LEAST = 3
"""Times that a text must have been asked to be shown."""


class AskedView(View):
    """A query and what it finds."""

    query: str
    times: int
    results: int | None = Field(description="products found by words when it was last asked; null when not known")
    matching: int | None = Field(description="products that have all that it asks, now; null where not looked at")
    searched: str = Field(description="what was searched in its place, else empty")
    means: str = Field(description="how that came about", examples=["correction"])
    as_typed: int | None = Field(description="products that have all that was typed; null where nothing was changed")
    as_searched: int | None = Field(description="products that have all that was searched in its place")
    counted: bool = Field(description="whether all this was counted now, as nobody's search knew it")


class GapView(View):
    """A word that shoppers use and no product has."""

    word: str
    times: int = Field(description="searches with it")
    queries: tuple[str, ...] = Field(description="the most asked of them")
    near: tuple[str, ...] = Field(description="the nearest words of titles by letters")
    rule: str = Field(
        description="a line of synonyms to consider, else empty", examples=["weed eater | string trimmer"]
    )
    source: str = Field(description="who suggests it: thesaurus (searches use it already), meaning, or nobody")


class BandView(View):
    """Queries that are asked about as often."""

    name: str = Field(examples=["head"])
    queries: int
    searches: int
    unanswered: int


class QueriesReport(View):
    """What shoppers searched for in the last days, and what became of it; lists begin with what was asked most."""

    days: int
    searches: int = Field(description="all that were made")
    queries: int = Field(description="distinct texts among those that are shown here")
    unanswered: int = Field(description="searches that found nothing")
    rescued: int = Field(description="searches that found because their words were changed")
    bands: list[BandView]
    most_asked: list[AskedView]
    without_results: list[AskedView]
    rescues: list[AskedView]
    weak: list[AskedView]
    gaps: list[GapView]


def report_router(shop: Shop) -> APIRouter:
    """The route over a shop's log of searches."""
    router = APIRouter(tags=["report"])
    one_at_a_time: list[CapacityLimiter] = []  # made inside the event loop, on first use

    @router.get("/api/report/queries", responses=refusals(503))
    async def queries(
        days: Annotated[int, Query(ge=1, le=DAYS, description="days to look back, today included")] = 30,
        limit: Annotated[int, Query(ge=1, le=100, description="lines in each list")] = 20,
    ) -> QueriesReport:
        """Queries without results, rescued and weak ones, words that the catalogue lacks, head and tail."""
        if not one_at_a_time:
            one_at_a_time.append(CapacityLimiter(1))
        found = await anyio.to_thread.run_sync(shop.report, days, limit, LEAST, limiter=one_at_a_time[0])
        return QueriesReport.model_validate(asdict(found))

    return router
