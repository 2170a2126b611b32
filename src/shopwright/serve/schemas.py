"""What the API says and hears, as pydantic models around the dataclasses of `shopwright.types`.

Prices, stock and attribute values appear twice: typed (inside `product`) for programs, and as strings rendered by code
(cards, offers, attribute lines) for people. A page shows the second kind and never formats an amount itself.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field

from shopwright.types import Card, Document, Product, Reason, Review, Sort

MAX_QUERY = 500
"""Characters of a query that are read; the rest is cut off with a note."""
MAX_MESSAGE = 4000
"""Characters of a chat message; a longer one is refused. The reader reads fewer, and the answer says so."""
SHOPPER_ID, SESSION_ID = r"^[A-Za-z0-9_-]{16,64}$", r"^[A-Za-z0-9_-]{1,64}$"
"""What the ids of a shopper and of a conversation look like."""


class View(BaseModel):
    """Base of every response: frozen, and closed to fields that the schema does not name."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class ActiveFilter(View):
    """A filter that took part: its compact form and its words."""

    f: str = Field(examples=["price:range:10..80"])
    field: str = Field(examples=["price"])
    label: str = Field(examples=["Price 10 to 80"])


class FacetValueView(View):
    """A value that can be ticked: `f` is the filter that selects it alone."""

    label: str
    value: str = Field(description="the value to write into an `is` filter; empty for a range")
    count: int
    f: str = Field(examples=["brand:is:Fellrunner"])


class FacetView(View):
    """A field by which to narrow the results: values to tick, ranges to pick, the bounds of a number in `unit`."""

    field: str = Field(examples=["brand"])
    label: str = Field(examples=["Brand"])
    values: list[FacetValueView] = []
    low: float | None = None
    high: float | None = None
    unit: str | None = None


class Result(View):
    """One product found, as a card, with the pieces of text that matched."""

    id: str
    variant_id: str | None = None
    card: Card
    highlights: Mapping[str, tuple[tuple[str, bool], ...]] = Field(
        default_factory=dict, description="per field, pieces of plain text as [text, matched]"
    )
    ranks: Mapping[str, int] = Field(default_factory=dict, description="rank in each half that found it")
    score: float
    why: list[Reason] = Field(default_factory=list, description="the parts of the score, with `explain`")
    instead: list[Card] = Field(default_factory=list, description="what can be bought in place of one that is gone")


class SearchResponse(View):
    """A page of results. `notes` says what was changed about the request."""

    query: str
    searched: str = Field(default="", description="the query as corrected, where that is not what was typed")
    total: int
    offset: int
    limit: int
    sort: Sort
    results: list[Result]
    facets: list[FacetView] = []
    filters: list[ActiveFilter] = []
    notes: list[str] = []
    timings: Mapping[str, float] = Field(default_factory=dict, description="milliseconds by stage")
    dense_coverage: float = 1.0


class SuggestionView(View):
    """A query to offer: its text, and the same in pieces as [text, typed]."""

    text: str = Field(examples=["two-person tent"])
    products: int = Field(description="products that it was counted from; a search may find more")
    parts: tuple[tuple[str, bool], ...] = Field(examples=[[["two-person t", True], ["ent", False]]])


class SuggestResponse(View):
    """What the shopper may be about to ask, best first; empty when nothing fits."""

    query: str
    suggestions: list[SuggestionView]


class RelatedProduct(View):
    """A product beside another, with what speaks for it."""

    id: str
    card: Card
    why: list[Reason]


class RelatedResponse(View):
    """What can be bought in place of a product, and what goes with it; either may be empty."""

    substitutes: list[RelatedProduct]
    complements: list[RelatedProduct]


class Line(View):
    """A property of a product in words: name "attr:weight", label "Weight", value "2.1 kg"."""

    name: str
    label: str
    value: str


class Offer(View):
    """A sellable item: the options that pick it, its price and stock in words, and what sets it apart."""

    variant_id: str | None = None
    options: Mapping[str, str] = Field(default_factory=dict)
    card: Card
    attributes: list[Line] = []


class RelatedGroup(View):
    """Products that stand in one relation to this one."""

    relation: str = Field(examples=["accessory"])
    label: str = Field(examples=["Goes with it"])
    cards: list[Card]


class ProductResponse(View):
    """Everything that the shop says about a product."""

    product: Product
    card: Card
    attributes: list[Line]
    offers: list[Offer]
    reviews: list[Review]
    related: list[RelatedGroup]


class DocumentEntry(View):
    """A document without its text."""

    id: str
    title: str
    kind: str = Field(examples=["policy"])
    category: tuple[str, ...] = ()
    updated: str | None = None


class DocumentList(View):
    """The shop's policies, answers and guides."""

    documents: list[DocumentEntry]


class DocumentResponse(View):
    """A document with its text (plain, Markdown headings kept)."""

    document: Document


class Department(View):
    """A top level of the catalogue and how many products it holds."""

    name: str
    count: int


class ShopResponse(View):
    """The shop at a glance."""

    name: str
    products: int
    documents: int
    reviews: int
    dense_coverage: float = Field(description="share of products that already have a vector")
    departments: list[Department]
    currency: str | None
    model: str | None = Field(description="the language model that takes part; null when none does")
    examples: list[str] = Field(description="questions that this shop can answer")
    events: bool = Field(description="whether it takes what shoppers do at /api/events")


class Health(View):
    """Whether the shop answers."""

    status: str = Field(examples=["ok"])
    products: int


class ChatRequest(BaseModel):
    """A shopper's message. Without `session_id` a conversation begins; the answer says its id."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={"examples": [{"message": "a light tent for two under 300", "stream": True}]},
    )

    message: Annotated[str, Field(min_length=1, max_length=MAX_MESSAGE)]
    session_id: Annotated[str, Field(pattern=SESSION_ID)] | None = None
    shopper: (
        Annotated[str, Field(pattern=SHOPPER_ID, description="id of who talks, a secret; their profile counts")] | None
    ) = None
    stream: bool = Field(default=True, strict=True, description="false: one JSON `Turn` instead of server-sent events")


SEARCH_EXAMPLE: dict[str, Any] = {
    "query": "two-person tent",
    "total": 4,
    "offset": 0,
    "limit": 1,
    "sort": "relevance",
    "results": [
        {
            "id": "tarn-2-tent",
            "variant_id": "tarn-2-tent-rust",
            "card": {
                "product_id": "tarn-2-tent",
                "title": "Tarn 2 two-person trekking tent",
                "price": "€249.00",
                "regular_price": "€289.00",
                "stock": "in stock",
                "variant_id": "tarn-2-tent-rust",
                "options": "rust",
                "brand": "Fellrunner",
            },
            "highlights": {
                "title": [
                    ["Tarn 2 ", False],
                    ["two", True],
                    ["-", False],
                    ["person", True],
                    [" trekking ", False],
                    ["tent", True],
                ]
            },
            "ranks": {"lexical": 1, "dense": 1},
            "score": 1.005,
        }
    ],
    "filters": [{"f": "price:range:..300", "field": "price", "label": "Price up to 300"}],
}

CHAT_EXAMPLE = """event: need
data: {"text": "a light tent for two under 300", "goal": "light tent", ...}

event: decision
data: {"strategy": "search", "propensity": 1.0, "policy": "rules-1", "reason": "..."}

event: sentence
data: {"text": "Tarn 2 two-person trekking tent: €249.00, capacity 2 persons and weight 2.1 kg.", "citations": ["e2"]}

event: done
data: {"session_id": "...", "message": "...", "answer": {...}, "trace": {...}}
"""
