"""`/api/recommend`: what somebody might like, as cards with a reason each, and what is never to be shown again.

GET asks with what fits into an address, POST with a body for long histories; both answer the same. A page that shows
recommendations says so with an event `view_item_list` whose `item_list_id` is `recommendations`, and with `select_item`
or `view_item` when one is opened: what was left alone comes less often.

Simplification: ids of sessions and shoppers stand in the address of a GET, so a gateway's log of requests holds them.
"""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Query
from pydantic import BaseModel, ConfigDict, Field

from shopwright.serve.filters import parse_filters
from shopwright.serve.problems import refusals
from shopwright.serve.schemas import SESSION_ID, SHOPPER_ID, View
from shopwright.serve.text import clean
from shopwright.serve.workers import Workers
from shopwright.shop import Shop
from shopwright.types import CandidateSource, Card, Place, Purpose, RecommendRequest

ADVENTURE = RecommendRequest().adventure
"""Where the dial stands when nobody turns it."""
MOST_SEEN, MOST_IN_ADDRESS = 1_000, 50
"""Ids of a list in a body, and in an address."""
MOST_SAID, MOST_FILTERS, MOST_RECOMMENDED = 500, 32, 50
"""Characters of a wish, filters, and recommendations of a request."""

Id = Annotated[str, Field(min_length=1, max_length=200)]
Ids = Annotated[list[Id], Field(max_length=MOST_SEEN)]
ShortIds = Annotated[list[Id], Field(max_length=MOST_IN_ADDRESS)]
_EXAMPLE: dict[str, Any] = {"place": "product", "product": "tarn-2-tent", "seen": ["corrie-1-tent"], "limit": 6}


class RecommendForm(BaseModel):
    """What is known of somebody to whom something shall be recommended."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [_EXAMPLE]})

    place: Place = Field("home", description="where it appears")
    purpose: Purpose | None = Field(None, description="only as this; else whatever suits the place")
    product: Id | None = Field(None, description="id of the product whose page it is", examples=["tarn-2-tent"])
    seen: Ids = Field(default_factory=list, description="ids of products that were looked at, oldest first")
    basket: Ids = Field(default_factory=list, description="ids of products in the basket")
    bought: Ids = Field(default_factory=list, description="ids of products that were bought, oldest first")
    never: Ids = Field(default_factory=list, description="ids of products that are not to be shown")
    said: Annotated[str, Field(max_length=MOST_SAID)] = Field("", description="a wish in the shopper's words")
    adventure: Annotated[float, Field(ge=0, le=1)] | None = Field(
        None, description="from 0, what is expected, to 1, what nobody would have thought of; else as the shop has it"
    )
    limit: Annotated[int, Field(ge=1, le=MOST_RECOMMENDED)] = Field(10, description="how many at most")
    f: Annotated[list[str], Field(max_length=MOST_FILTERS)] = Field(
        default_factory=list, description="conditions as those of a search", examples=[["price:range:..80"]]
    )
    session: Annotated[str, Field(pattern=SESSION_ID)] | None = Field(None, description="of the visit or conversation")
    shopper: Annotated[str, Field(pattern=SHOPPER_ID)] | None = Field(None, description="of one who agreed")
    explain: bool = Field(False, description="say of each how it was found, step by step")

    def request(self) -> RecommendRequest:
        """The same for the library.

        Raises:
            ConfigError: a filter is none of what is allowed.
        """
        return RecommendRequest(
            place=self.place,
            purpose=self.purpose,
            product=clean(self.product) if self.product else None,
            seen=tuple(self.seen),
            basket=tuple(self.basket),
            bought=tuple(self.bought),
            said=clean(self.said),
            limit=self.limit,
            filters=parse_filters(map(clean, self.f)),
            never=tuple(self.never),
            shopper=self.shopper or "",
            session=self.session or "",
            adventure=ADVENTURE if self.adventure is None else self.adventure,
        )


class RecommendQuery(RecommendForm):
    """The same in an address, which holds shorter lists."""

    seen: ShortIds = Field(default_factory=list, description="ids of products that were looked at, oldest first")
    basket: ShortIds = Field(default_factory=list, description="ids of products in the basket")
    bought: ShortIds = Field(default_factory=list, description="ids of products that were bought, oldest first")
    never: ShortIds = Field(default_factory=list, description="ids of products that are not to be shown")


class NeverForm(BaseModel):
    """A product that is not to be shown again: to a shopper who agreed that this is kept, or else in a visit."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [{"session": "v-81", "product": "mug-1"}]})

    product: Id
    session: Annotated[str, Field(pattern=SESSION_ID)] | None = None
    shopper: Annotated[str, Field(pattern=SHOPPER_ID)] | None = None


class ChainStepView(View):
    """A step of the way to a product, and where it stands: file and line, a product, or what was counted."""

    text: str = Field(examples=["sourdough → bench scraper"])
    source: str = Field(examples=["beyond-home.tsv:12"])


class RecommendedProduct(View):
    """A recommended product. `relevance`, `unexpectedness` and `timeliness`, 0 to 1, are what it was ordered by."""

    id: str
    card: Card
    purpose: Purpose
    source: CandidateSource
    reason: str = Field(description="one sentence for the shopper", examples=["Made for two-person tents."])
    relevance: float
    unexpectedness: float
    timeliness: float
    chain: list[ChainStepView] = Field(default_factory=list, description="how it was found, with `explain`")


class RecommendResponse(View):
    """Recommendations, best first. `policy` says what set the dial, `propensity` with which probability."""

    place: Place
    adventure: float
    policy: str = Field(examples=["default"])
    propensity: float
    items: list[RecommendedProduct]
    notes: list[str] = Field(default_factory=list, description="what is to be known of how they were found")


class NeverResponse(View):
    """What is not shown again to whoever was named."""

    never: list[str] = Field(examples=[["mug-1"]])


def recommend_router(shop: Shop, workers: Workers) -> APIRouter:
    """The routes of recommendations."""
    router = APIRouter(tags=["recommend"])

    @router.get("/api/recommend", responses=refusals(404, 503))
    async def recommend(asked: Annotated[RecommendQuery, Query()]) -> RecommendResponse:
        """What somebody might like in a place of the page, each with its reason."""
        return await workers.look_up(_recommended, shop, asked)

    @router.post("/api/recommend", responses=refusals(404, 413, 503))
    async def recommend_by_body(asked: RecommendForm) -> RecommendResponse:
        """The same with a body, for long histories."""
        return await workers.look_up(_recommended, shop, asked)

    @router.post("/api/recommend/never", responses=refusals(404, 413, 503))
    async def never(refused: NeverForm) -> NeverResponse:
        """Do not recommend a product again."""
        return await workers.look_up(_never, shop, refused)

    @router.delete("/api/recommend/never", responses=refusals(404, 503))
    async def again(allowed: Annotated[NeverForm, Query()]) -> NeverResponse:
        """Undo that; nothing happens where it was not refused."""
        return await workers.look_up(_again, shop, allowed)

    return router


def _recommended(shop: Shop, asked: RecommendForm) -> RecommendResponse:
    found = shop.recommend(asked.request())
    products = shop.products([one.id for one in found.items])
    return RecommendResponse(
        place=found.place,
        adventure=found.adventure,
        policy=found.policy,
        propensity=found.propensity,
        notes=list(found.notes),
        items=[
            RecommendedProduct(
                id=one.id,
                card=shop.card(products[one.id]),
                purpose=one.purpose,
                source=one.source,
                reason=one.reason,
                relevance=one.relevance,
                unexpectedness=one.unexpectedness,
                timeliness=one.timeliness,
                chain=[ChainStepView(text=step.text, source=step.source) for step in one.chain if asked.explain],
            )
            for one in found.items
            if one.id in products
        ],
    )


def _never(shop: Shop, refused: NeverForm) -> NeverResponse:
    whose = {"shopper": refused.shopper or "", "session": refused.session or ""}
    shop.never(clean(refused.product), **whose)
    return NeverResponse(never=sorted(shop.nevers(**whose)))


def _again(shop: Shop, allowed: NeverForm) -> NeverResponse:
    whose = {"shopper": allowed.shopper or "", "session": allowed.session or ""}
    shop.again(clean(allowed.product), **whose)
    return NeverResponse(never=sorted(shop.nevers(**whose)))
