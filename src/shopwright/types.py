"""The vocabulary of Shopwright: the values that every other module speaks in.

Plain frozen dataclasses without behaviour beyond small derived properties, and without imports outside the standard
library. What crosses a process boundary (HTTP, a model endpoint, the store) goes through `pydantic.TypeAdapter` or the
codec of `catalog.codec`; these classes know nothing about it.

In order: money and quantities · products · search · conversation (need, plan, evidence, answer, trace) · events.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum
from typing import Any, Literal

# ── money and quantities ────────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class Money:
    """An amount in a currency: `Money(Decimal("12.50"), "EUR")`. Currency is an ISO 4217 code, upper case."""

    amount: Decimal
    currency: str


@dataclass(frozen=True, slots=True)
class Quantity:
    """A measured value as the merchant wrote it, e.g. `Quantity(2.4, "kg")`. Unit is a symbol of `catalog.units`."""

    value: float
    unit: str


AttributeValue = str | bool | float | Quantity | tuple[str, ...]
"""A typed attribute: text, yes or no, a plain number, a measured quantity, or several texts."""

# ── products ────────────────────────────────────────────────────────────────────────────────────────────────────────

Availability = Literal["in_stock", "out_of_stock", "preorder", "backorder", "unknown"]
Relation = Literal["accessory", "substitute", "required_part", "part_of_set", "often_bought_with"]


@dataclass(frozen=True, slots=True)
class Rating:
    """Mean of shoppers' ratings on a scale of 1 to 5, and how many there are."""

    value: float
    count: int


@dataclass(frozen=True, slots=True)
class Variant:
    """One sellable item of a product: the values of its options, its own price and stock.

    `price` and `sale_price` fall back to the product's when None; `attributes` override the product's.
    """

    id: str
    options: Mapping[str, str] = field(default_factory=dict)
    price: Money | None = None
    sale_price: Money | None = None
    availability: Availability = "unknown"
    stock: int | None = None
    attributes: Mapping[str, AttributeValue] = field(default_factory=dict)
    title: str | None = None
    gtin: str | None = None
    image: str | None = None
    url: str | None = None


@dataclass(frozen=True, slots=True)
class Product:
    """What a merchant sells. A product without variants is itself the sellable item.

    All text is plain text (no HTML). `category` is a path from the broadest level to the narrowest.
    `price` is the regular price, `sale_price` the one charged while a sale runs; with variants they are the lowest.
    """

    id: str
    title: str
    description: str = ""
    highlights: tuple[str, ...] = ()
    brand: str | None = None
    category: tuple[str, ...] = ()
    attributes: Mapping[str, AttributeValue] = field(default_factory=dict)
    price: Money | None = None
    sale_price: Money | None = None
    availability: Availability = "unknown"
    stock: int | None = None
    variants: tuple[Variant, ...] = ()
    images: tuple[str, ...] = ()
    url: str | None = None
    rating: Rating | None = None
    gtin: str | None = None
    mpn: str | None = None
    condition: str | None = None
    related: Mapping[Relation, tuple[str, ...]] = field(default_factory=dict)
    released: str | None = None


@dataclass(frozen=True, slots=True)
class Document:
    """A text of the shop that is not a product: a policy, an answer to a frequent question, a buying guide.

    `text` is plain text with Markdown headings kept; `kind` is one of policy, faq, guide, page.
    """

    id: str
    title: str
    text: str
    kind: str = "page"
    category: tuple[str, ...] = ()
    updated: str | None = None
    url: str | None = None


@dataclass(frozen=True, slots=True)
class Review:
    """A shopper's words about a product. `rating` is 1 to 5; `date` is ISO 8601."""

    id: str
    product_id: str
    rating: int
    text: str
    title: str = ""
    author: str = ""
    date: str = ""
    variant_id: str | None = None


# ── search ──────────────────────────────────────────────────────────────────────────────────────────────────────────

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


# ── conversation ────────────────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class Constraint:
    """A condition that the shopper stated, with the words it was read from.

    Args:
        filter: the condition in the shop's own fields.
        span: (start, end) character offsets in the message; (0, 0) when carried over from an earlier turn.
        confidence: 0 to 1, of the reading.
    """

    filter: Filter
    span: tuple[int, int] = (0, 0)
    confidence: float = 1.0


@dataclass(frozen=True, slots=True)
class Need:
    """What a message asks for: the reading of `rewrite`, the input of every later step.

    Args:
        text: the message as typed.
        goal: what to look for, without the constraints ("trekking tent"); "" when nothing is to be found.
        product_type: the words of the goal that name a kind of thing ("tent"), when there are such.
        constraints: conditions that hold, including those carried over from earlier turns.
        negations: words that results must not be about ("leather", "nickel").
        budget: the most the shopper will spend in all.
        recipient, occasion: who and what it is for ("my father", "retirement").
        quantity: how many are wanted.
        sort: an order that was asked for ("cheapest").
        references: ids of products that the message refers to ("the first two", "it"), resolved in the session.
        asks: what is asked about: attribute names, "price", "stock", "reviews", "count:<field>", "max:price"
            ... (the codes are those of `skills.rewrite.asks`); empty for a plain search.
        interrogative: whether a question word or an auxiliary verb stands in it ("decaf coffee?" has neither).
        follow_up: whether the message only makes sense after the earlier ones.
        language: ISO 639-1 code of the message.
    """

    text: str
    goal: str = ""
    product_type: str = ""
    constraints: tuple[Constraint, ...] = ()
    negations: tuple[str, ...] = ()
    budget: Money | None = None
    recipient: str | None = None
    occasion: str | None = None
    quantity: int | None = None
    sort: Sort | None = None
    references: tuple[str, ...] = ()
    asks: tuple[str, ...] = ()
    interrogative: bool = False
    follow_up: bool = False
    language: str = "en"

    @property
    def filters(self) -> tuple[Filter, ...]:
        """The constraints as search filters, in the order they were read."""
        return tuple(constraint.filter for constraint in self.constraints)

    @property
    def category(self) -> tuple[str, ...]:
        """The categories that are asked for; () when none is."""
        return next((wanted.values for wanted in self.filters if wanted.field == "category"), ())

    @property
    def aggregates(self) -> tuple[str, ...]:
        """Those asks that are about many products at once: counts, lists, ranges, extremes."""
        return tuple(ask for ask in self.asks if ask.startswith(("min:", "max:", "count", "list:", "range:")))


@dataclass(frozen=True, slots=True)
class Context:
    """What the conversation so far gives to the reading of the next message.

    Args:
        shown: products last shown, in the order in which the shopper sees them.
        focus: products last talked about; "it" is the only one, or the first.
        need: the last need that looked for something.
        candidates: products that a quick search for the message found, among which a named product is recognised.
        turns: number of turns so far.
    """

    shown: tuple[Product, ...] = ()
    focus: tuple[Product, ...] = ()
    need: Need | None = None
    candidates: tuple[Product, ...] = ()
    turns: int = 0


class Strategy(StrEnum):
    """The ways to answer a turn, among which `intent` chooses."""

    ANSWER = "answer"
    SEARCH = "search"
    ASK = "ask"
    COMPARE = "compare"
    RECOMMEND = "recommend"
    BUNDLE = "bundle"
    BROWSE = "browse"
    SERVE = "serve"
    HAND_OVER = "hand_over"
    DECLINE = "decline"


@dataclass(frozen=True, slots=True)
class Decision:
    """The strategy that was picked, the probability with which the policy picked it, and the policy's name."""

    strategy: Strategy
    propensity: float = 1.0
    policy: str = "rules"
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Ref:
    """An argument taken from the result of an earlier step: `Ref("s1", "ids")` is `results["s1"]["ids"]`."""

    step: str
    path: str = ""


@dataclass(frozen=True, slots=True)
class Step:
    """One tool call of a plan. Arguments may hold `Ref`s, which also make the step wait for those it refers to."""

    id: str
    tool: str
    arguments: Mapping[str, Any] = field(default_factory=dict)
    after: tuple[str, ...] = ()
    timeout_s: float = 10.0
    retries: int = 0


@dataclass(frozen=True, slots=True)
class Plan:
    """A directed graph of tool calls without cycles. Steps without a path between them run in parallel."""

    steps: tuple[Step, ...] = ()


@dataclass(frozen=True, slots=True)
class StepResult:
    """What became of a step: its value or its error, and when it ran (seconds since the plan started)."""

    step: str
    tool: str
    value: Any = None
    error: str | None = None
    started_s: float = 0.0
    ended_s: float = 0.0
    attempts: int = 1


EvidenceKind = Literal["product", "document", "review", "shop"]


@dataclass(frozen=True, slots=True)
class Evidence:
    """A fact that an answer may rest on.

    Args:
        id: short id, unique within the turn ("e3"), cited by sentences.
        kind: where it comes from.
        source: id of the product, document or review; "catalogue" for shop facts.
        field: attribute, document section or tool field it was taken from.
        text: the fact in words, as it stands in the source.
        title: name of the source, as shown to a shopper.
        score: relevance to the need, 0 to 1.
        date: ISO date of the source, when known.
    """

    id: str
    kind: EvidenceKind
    source: str
    text: str
    field: str = ""
    title: str = ""
    score: float = 1.0
    date: str | None = None


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence of an answer and the evidence it cites. Sentences without citations state no facts."""

    text: str
    citations: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Card:
    """A product as shown to a shopper: every string is rendered by code from the store."""

    product_id: str
    title: str
    price: str
    regular_price: str | None = None
    stock: str = ""
    variant_id: str | None = None
    options: str = ""
    brand: str | None = None
    image: str | None = None
    url: str | None = None
    rating: Rating | None = None
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Table:
    """A comparison: one column a product (`headers`, `product_ids`), one row a property.

    A cell is None where the catalogue does not say.
    """

    headers: tuple[str, ...]
    product_ids: tuple[str, ...]
    rows: tuple[tuple[str, tuple[str | None, ...]], ...]


@dataclass(frozen=True, slots=True)
class Answer:
    """What the shopper gets.

    Args:
        sentences: the words, each with its citations.
        cards: products to show, best first.
        table: a comparison, when one was asked for.
        options: replies that the page offers to tap.
        evidence: every fact that a sentence cites.
        unknown: what was asked and the catalogue does not say.
        notes: what the shopper should know about how this was made ("the endpoint failed ...").
    """

    sentences: tuple[Sentence, ...] = ()
    cards: tuple[Card, ...] = ()
    table: Table | None = None
    options: tuple[str, ...] = ()
    evidence: tuple[Evidence, ...] = ()
    unknown: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()

    @property
    def text(self) -> str:
        """The sentences as one text."""
        return " ".join(sentence.text for sentence in self.sentences)


@dataclass(frozen=True, slots=True)
class Span:
    """A timed part of a turn: `name` is one of the ten words, "tool:<name>" or "wording"; times in seconds."""

    name: str
    started_s: float
    ended_s: float
    detail: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Trace:
    """How a turn was made: shown in the page's drawer and stored with the turn."""

    turn_id: str
    need: Need
    decision: Decision
    plan: Plan
    results: tuple[StepResult, ...] = ()
    spans: tuple[Span, ...] = ()
    removed: tuple[str, ...] = ()
    seconds: float = 0.0


TurnEventKind = Literal["need", "decision", "plan", "step", "note", "sentence", "cards", "table", "options", "done"]


@dataclass(frozen=True, slots=True)
class TurnEvent:
    """A piece of a turn as it is made, for streaming.

    `data` is, by kind: Need · Decision · Plan · StepResult · str · Sentence · tuple[Card, ...] · Table ·
    tuple[str, ...] · Turn.
    """

    kind: TurnEventKind
    data: Any


@dataclass(frozen=True, slots=True)
class Turn:
    """One message and what came of it."""

    session_id: str
    message: str
    answer: Answer
    trace: Trace


# ── events ──────────────────────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class Event:
    """A shopper's action under its GA4 e-commerce name (`view_item`, `add_to_cart`, `purchase`, `search` ...).

    `items` are product or variant ids; `time` is seconds since the epoch; `fields` keeps the event's other fields.
    """

    name: str
    session_id: str
    time: float
    items: tuple[str, ...] = ()
    shopper_id: str | None = None
    query: str | None = None
    value: Money | None = None
    fields: Mapping[str, Any] = field(default_factory=dict)
