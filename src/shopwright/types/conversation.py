"""A turn of the conversation: need, plan, evidence, answer, trace."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Literal

from shopwright.types.memory import Packed
from shopwright.types.planning import Approval, Plan, StepResult
from shopwright.types.products import Money, Product, Rating
from shopwright.types.search import Filter, Sort
from shopwright.types.verification import Verdict


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
class Voucher:
    """A voucher that the shopper holds, as they tell its rules.

    Args:
        threshold: what the goods must cost before it counts.
        amount: how much it takes off, for one of a fixed amount.
        share: the share it takes off, 0 to 1, for one of a percentage; `cap` is the most that this may come to.
        same_shop: whether it only counts for goods of one shop.
    """

    threshold: float | None = None
    amount: float | None = None
    share: float | None = None
    cap: float | None = None
    same_shop: bool = False


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
        fits: what it must be compatible with ("iphone 15", "2012 ford fiesta").
        services: what the seller must offer: "free_shipping", "cash_on_delivery", "flash_sale", "official_shop".
        voucher: the voucher that is to be used.
        mentions: everything read in this message, each at its place and with a confidence, in the order of the message,
            also what products cannot be filtered by. The field of its `Filter` is one of the shop or one of "fits",
            "recipient", "occasion", "quantity", "sort", "service", "budget", "voucher:PART", "kind" (of thing),
            "measure:DIMENSION", "count:NOUN", "text" (op "not": refused) and "feature" (`unit` says of what sort).
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
    fits: tuple[str, ...] = ()
    services: tuple[str, ...] = ()
    voucher: Voucher | None = None
    mentions: tuple[Constraint, ...] = ()

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
        packed: the conversation inside the budget of a language model's prompt, where one reads along.
    """

    shown: tuple[Product, ...] = ()
    focus: tuple[Product, ...] = ()
    need: Need | None = None
    candidates: tuple[Product, ...] = ()
    turns: int = 0
    packed: Packed | None = None


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


EvidenceKind = Literal["product", "document", "review", "shop", "sense", "order", "conversation"]


@dataclass(frozen=True, slots=True)
class Evidence:
    """A fact that an answer may rest on.

    Args:
        id: short id, unique within the turn ("e3"), cited by sentences.
        kind: where it comes from.
        source: id of the product, document, review or order; "catalogue" for shop facts, file and line for common
            sense.
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
class Bill:
    """A sum with its parts, every amount rendered by code.

    Args:
        title: what it adds up: "Basket", "Your cart".
        lines: of each thing its product's id, its title, how many, and what these cost.
        rows: what comes on top or is taken off, in words and amounts: ("Delivery to IE", "€4.90").
        total: the sum.
        budget: what may be spent, "" where nothing was said.
        over: by how much the total is more than that; "" where it is not.
    """

    title: str
    lines: tuple[tuple[str, str, int, str], ...]
    rows: tuple[tuple[str, str], ...] = ()
    total: str = ""
    budget: str = ""
    over: str = ""


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
        bill: a basket, a cart or a total, when things were added up.
        approval: what waits for a yes, when something would be changed.
        aside: a product that nobody asked for, which the last sentence suggests; never one of the cards.
    """

    sentences: tuple[Sentence, ...] = ()
    cards: tuple[Card, ...] = ()
    table: Table | None = None
    options: tuple[str, ...] = ()
    evidence: tuple[Evidence, ...] = ()
    unknown: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    bill: Bill | None = None
    approval: Approval | None = None
    aside: Card | None = None

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
    """How a turn was made: shown in the page's drawer and stored with the turn.

    Args:
        removed: sentences that were left out.
        verdicts: on the claims of an endpoint's sentences, and on what was left out of the built-in wording.
    """

    turn_id: str
    need: Need
    decision: Decision
    plan: Plan
    results: tuple[StepResult, ...] = ()
    spans: tuple[Span, ...] = ()
    removed: tuple[str, ...] = ()
    seconds: float = 0.0
    verdicts: tuple[Verdict, ...] = ()


TurnEventKind = Literal[
    "need", "decision", "plan", "step", "note", "sentence", "cards", "table", "bill", "approval", "options", "done"
]


@dataclass(frozen=True, slots=True)
class TurnEvent:
    """A piece of a turn as it is made, for streaming.

    `data` is, by kind: Need · Decision · Plan · StepResult · str · Sentence · tuple[Card, ...] · Table · Bill ·
    Approval · tuple[str, ...] · Turn.
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
