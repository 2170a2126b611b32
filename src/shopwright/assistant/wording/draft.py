"""A draft: sentences and the evidence they cite, collected while an answer is written."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from shopwright.assistant.render import availability_text, label, make_card, price_text, stock_text
from shopwright.catalog.money import format_money
from shopwright.catalog.offers import attribute_text, offer, offers, stars_text
from shopwright.catalog.units import format_quantity
from shopwright.types import (
    Answer,
    Approval,
    AttributeValue,
    Bill,
    Card,
    Evidence,
    EvidenceKind,
    Filter,
    Money,
    Product,
    Quantity,
    Sentence,
    Table,
)

Lookup = Callable[[Sequence[str]], dict[str, Product]]


@dataclass(slots=True)
class Draft:
    """An answer in the making."""

    sentences: list[Sentence] = field(default_factory=list)
    facts: list[Evidence] = field(default_factory=list)
    cards: list[Card] = field(default_factory=list)
    table: Table | None = None
    bill: Bill | None = None
    approval: Approval | None = None
    options: list[str] = field(default_factory=list)
    unknown: list[str] = field(default_factory=list)

    def cite(self, kind: EvidenceKind, source: str, text: str, name: str = "", title: str = "") -> str:
        """Register a fact and return its id; the same fact keeps its id."""
        return self.keep(Evidence("", kind, source, text, field=name, title=title))

    def state(self, product: Product, text: str, name: str) -> str:
        """Register a fact of a product."""
        return self.cite("product", product.id, text, name, product.title)

    def keep(self, fact: Evidence) -> str:
        """Register a piece of evidence and return its id."""
        for known in self.facts:
            if (known.source, known.field, known.text) == (fact.source, fact.field, fact.text):
                return known.id
        key = f"e{len(self.facts) + 1}"
        self.facts.append(
            Evidence(key, fact.kind, fact.source, fact.text, fact.field, fact.title, fact.score, fact.date)
        )
        return key

    def say(self, text: str, *citations: str) -> None:
        """Add a sentence; one that was said already is not said again."""
        if all(sentence.text != text for sentence in self.sentences):
            self.sentences.append(Sentence(text, tuple(dict.fromkeys(citations))))

    def show(self, product: Product, variant_id: str | None = None, reason: str = "") -> None:
        """Add a card."""
        self.cards.append(make_card(product, variant_id, reason))

    # ── facts of products ──

    def price(self, product: Product, variant_id: str | None = None) -> str:
        """Register what a product costs."""
        version = ", ".join(value for _, value in offer(product, variant_id).options) if variant_id else ""
        text = f"price{' of ' + version if version else ''}: {price_text(product, variant_id)}"
        if regular := offer(product, variant_id).regular:
            text += f", regular price {format_money(regular)}"
        return self.state(product, text, "price")

    def stock(self, product: Product, variant_id: str | None = None) -> str:
        """Register what is in stock, item by item."""
        items = [item for item in offers(product) if variant_id in (None, item.variant_id)]
        rows = [
            f"{', '.join(v for _, v in item.options) or product.title}: {stock_text(item) or 'not stated'}"
            for item in items
        ]
        return self.state(
            product, f"availability: {availability_text(product, variant_id)}; {'; '.join(rows)}", "availability"
        )

    def attribute(self, product: Product, name: str, value: AttributeValue) -> str:
        """Register an attribute as the catalogue states it."""
        return self.state(product, f"{name.replace('_', ' ')}: {attribute_text(value)}", name)

    def rating(self, product: Product) -> str:
        """Register the mean of the reviews."""
        return self.state(product, f"rating: {self.rating_text(product)}", "rating")

    @staticmethod
    def rating_text(product: Product) -> str:
        """ "4.6 of 5 from 12 reviews"."""
        rating = product.rating
        return f"{stars_text(rating.value)} of 5 from {rating.count} reviews" if rating else "none"

    def answer(self, notes: Sequence[str] = ()) -> Answer:
        """The finished answer."""
        return Answer(
            sentences=tuple(self.sentences),
            cards=tuple(self.cards),
            table=self.table,
            bill=self.bill,
            approval=self.approval,
            options=tuple(dict.fromkeys(self.options)),
            evidence=tuple(self.facts),
            unknown=tuple(self.unknown),
            notes=tuple(notes),
        )


def condition_text(wanted: Filter, currency: str | None) -> str:
    """A condition in words: "under €80.00", "brand Fellrunner", "weight up to 2 kg", "waterproof", "not leather"."""
    name = label(wanted.field.removeprefix("attr:")).lower()
    if wanted.op == "range":
        low, high = _bound(wanted, wanted.low, currency), _bound(wanted, wanted.high, currency)
        if wanted.field == "price":
            return f"price {low} to {high}" if low and high else f"price up to {high}" if high else f"price from {low}"
        if low and high:
            return f"{name} {low}" if low == high else f"{name} {low} to {high}"
        return f"{name} up to {high}" if high else f"{name} from {low}"
    alike = all(wanted.values[0] in value for value in wanted.values)
    values = wanted.values[0] if alike else " or ".join(wanted.values[:3])
    if wanted.op == "not":
        return f"not {name}" if wanted.values == ("true",) else f"not {values}"
    if wanted.values == ("true",):
        return name
    if wanted.values == ("false",):
        return f"not {name}"
    if wanted.field == "availability":
        return values.replace("_", " ")
    return values if wanted.field == "category" else f"{name} {values}"


def _bound(wanted: Filter, value: float | None, currency: str | None) -> str:
    if value is None:
        return ""
    if wanted.field == "price":
        return format_money(Money(Decimal(f"{value:.2f}"), wanted.unit or currency or "EUR"))
    return format_quantity(Quantity(value, wanted.unit)) if wanted.unit else f"{value:g}"


def joined(words: Sequence[str]) -> str:
    """ "a", "a and b", "a, b and c"."""
    return " and ".join([", ".join(words[:-1]), words[-1]] if len(words) > 1 else words)
