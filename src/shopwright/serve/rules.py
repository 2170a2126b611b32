"""The routes of the merchant's rules: see those in force, and what others would do to a query.

Nothing here changes the shop: the server has no login, so rules are set by who can write the shop's folder.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Literal

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict, Field

from shopwright.search.merchandising import Preview
from shopwright.search.rules import ACTIONS, LONGEST_NAME, Action, Rules
from shopwright.serve.problems import refusals
from shopwright.serve.schemas import MAX_QUERY, View
from shopwright.serve.text import clean
from shopwright.serve.workers import Workers
from shopwright.shop import Shop
from shopwright.types import Hit, Product

SHOWN = 20
"""Results of a preview."""
MAX_PREVIEWED = 200
"""Rules of a preview; a file may hold more."""
_DAY = r"^\d{4}-\d{2}-\d{2}$"
_EXAMPLE: dict[str, Any] = {
    "query": "teapot",
    "rules": [
        {"name": "autumn", "action": "boost", "amount": 0.2, "filters": [{"field": "brand", "values": ["Veil"]}]},
        {"name": "gifts", "action": "pin", "query": "teapot", "ids": ["POT-01"]},
    ],
}


class Form(BaseModel):
    """Base of what is sent: closed to other fields, and "0.2" is no number."""

    model_config = ConfigDict(extra="forbid", strict=True)


class FilterForm(Form):
    """A condition of a rule: values for `is` and `not`, bounds for `range`."""

    field: str = Field(examples=["brand"])
    op: Literal["is", "not", "range"] = "is"
    values: list[str] | None = None
    low: float | None = None
    high: float | None = None
    unit: str | None = None


class RuleForm(Form):
    """A rule as it stands in `rules.json`; a field that says nothing is null."""

    name: Annotated[str, Field(min_length=1, max_length=LONGEST_NAME)]
    action: Action = Field(description=f"one of {', '.join(ACTIONS)}")
    query: str | None = Field(None, description="words that must all stand in the query; null for every query")
    ids: list[str] | None = Field(None, description="products; of a pin in the order in which to show them")
    filters: list[FilterForm] | None = None
    amount: float | None = Field(None, gt=0, le=1, description="of boost and bury: a share of the list's best score")
    since: Annotated[str, Field(pattern=_DAY)] | None = None
    until: Annotated[str, Field(pattern=_DAY)] | None = None


class RulesResponse(View):
    """The rules in force, in the order in which they apply."""

    rules: list[RuleForm]


class PreviewRequest(Form):
    """A query, and the rules under which to look at it."""

    model_config = ConfigDict(extra="forbid", strict=True, json_schema_extra={"examples": [_EXAMPLE]})

    query: Annotated[str, Field(max_length=MAX_QUERY)]
    rules: Annotated[list[RuleForm], Field(max_length=MAX_PREVIEWED)]


class Ranked(View):
    """A result at its rank. `was` is the rank without rules: null when the query had not found it so far up."""

    id: str
    title: str
    rank: int
    was: int | None
    score: float
    reasons: list[str] = Field(
        default_factory=list, description="what the rules did to it", examples=[["pinned by 'gifts'"]]
    )


class PreviewResponse(View):
    """The first results without rules and with them; `notes` says what looks wrong about the rules in this shop."""

    query: str
    before: list[Ranked]
    after: list[Ranked]
    notes: list[str]


def rules_router(shop: Shop, workers: Workers) -> APIRouter:
    """The routes over a shop's rules."""
    router = APIRouter(tags=["rules"])

    @router.get("/api/rules", responses=refusals(503))
    async def rules() -> RulesResponse:
        """The rules for result lists that are in force."""
        found = await workers.look_up(lambda: shop.rules.entries())
        return RulesResponse(rules=[RuleForm.model_validate(entry) for entry in found])

    @router.post("/api/rules/preview", responses=refusals(413, 503))
    async def preview(request: PreviewRequest) -> PreviewResponse:
        """What rules would do to a query's first results, without setting them."""
        wanted = Rules.parse([rule.model_dump(exclude_none=True) for rule in request.rules])
        return await workers.look_up(_preview, shop, clean(request.query), wanted)

    return router


def _preview(shop: Shop, query: str, rules: Rules) -> PreviewResponse:
    seen = shop.preview_rules(query, rules, limit=SHOWN)
    products = shop.products(sorted({hit.id for hit in (*seen.before, *seen.after)}))
    return PreviewResponse(
        query=query,
        before=_ranked(seen.before, seen, products),
        after=_ranked(seen.after, seen, products),
        notes=shop.doubt_rules(rules),
    )


def _ranked(hits: tuple[Hit, ...], seen: Preview, products: Mapping[str, Product]) -> list[Ranked]:
    return [
        Ranked(
            id=hit.id,
            title=products[hit.id].title,
            rank=rank,
            was=seen.ranks.get(hit.id),
            score=hit.score,
            reasons=[reason.note for reason in hit.why if reason.part == "rule"],
        )
        for rank, hit in enumerate(hits, 1)
        if hit.id in products
    ]
