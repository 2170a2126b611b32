"""Numbers in an answer that the store does not hold: an independent check, which shares no code with `skills.verify`.

Every number in sentences, cards and the table is looked at:

- a price (with a currency sign) must be a current or regular price of a product that the sentence cites, or lie on the
  card or in the column of that product;
- another number must stand in a cited product (attributes, options, stock, rating, texts, how many variants and reviews
  it has), document or review, in the unit in which it is said or as converted from it;
- a sentence about the catalogue as a whole may name the shopper's own numbers, those of the products that it cites or
  names, and what the bench itself counts among the products that meet the conditions of the plan;
- a sentence without a source may only repeat the shopper's numbers.

Numbers inside a title of the catalogue are names, not claims. Number words ("two") are not looked at; arithmetic is not
done: a saving that the store does not state counts as wrong.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from shopwright.bench.catalogue import Catalogue
from shopwright.bench.conditions import contains, field_values, filter_holds
from shopwright.catalog.offers import attribute_text, offers
from shopwright.catalog.units import convert, dimension, unit_symbol
from shopwright.types import Answer, AttributeValue, Card, Evidence, Filter, Product, Quantity, Sentence, Step

_NUMBER = re.compile(
    r"(?P<sign>[€$£]\s?)?(?:(?<![\w)\]])(?P<minus>[-−]))?(?<![\w.])(?P<digits>\d{1,3}(?:,\d{3})+|\d+)(?P<part>\.\d+)?"
    r"(?:(?P<after>\s?(?:€|EUR\b))|[\s-]?(?P<unit>[a-zA-Zµ°%²³/]+))?"
)
_PREPOSITION = re.compile(r"\s+\w")
_ITEM = re.compile(r"^\s*\d+[.)]\s+", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Said:
    """A number in a text: its value, how many decimals were written, whether it is a price, and the word after it."""

    value: float
    decimals: int = 0
    price: bool = False
    unit: str = ""

    def near(self, other: float) -> bool:
        """Whether it is the other number, rounded to the decimals that were written."""
        return abs(self.value - other) <= 0.5 * 10.0**-self.decimals + 1e-9

    def measures(self, quantity: Quantity) -> bool:
        """Whether it is this quantity: to the digit in the same unit, rounded by at most 1 % when converted."""
        unit = measuring_unit(self.unit)
        if unit is None or dimension(unit) != dimension(quantity.unit):
            return False
        if unit == quantity.unit:
            return self.is_one_of([quantity.value])
        value = convert(quantity.value, quantity.unit, unit)
        return self.near(value) and abs(self.value - value) <= 0.01 * abs(value)

    def is_one_of(self, numbers: Iterable[float]) -> bool:
        """Whether it is one of the numbers, exactly."""
        return any(abs(self.value - other) <= 1e-9 * max(1.0, abs(other)) for other in numbers)


@dataclass(slots=True)
class Held:
    """The numbers that sources hold.

    Args:
        prices: amounts of money.
        means: ratings, which may be rounded.
        quantities: numbers with a unit.
        plain: numbers that are stated without a unit.
        counts: of items, reviews, pieces in stock.
    """

    prices: set[float] = field(default_factory=set)
    means: set[float] = field(default_factory=set)
    quantities: list[Quantity] = field(default_factory=list)
    plain: set[float] = field(default_factory=set)
    counts: set[float] = field(default_factory=set)

    def add(self, other: Held) -> None:
        """Take another source in."""
        self.prices |= other.prices
        self.means |= other.means
        self.quantities += other.quantities
        self.plain |= other.plain
        self.counts |= other.counts

    def has(self, said: Said) -> bool:
        """Whether a number that was said stands there."""
        if said.price:
            return said.is_one_of(self.prices)
        if said.is_one_of(self.plain) or any(said.measures(quantity) for quantity in self.quantities):
            return True
        if measuring_unit(said.unit):
            return False
        values = {quantity.value for quantity in self.quantities}
        return said.is_one_of(values | self.prices | self.counts) or any(said.near(mean) for mean in self.means)


def measuring_unit(word: str) -> str | None:
    """The unit that a word after a number stands for; None for other words and for units of counting ("pieces")."""
    unit = unit_symbol(word) if word else None
    return unit if unit and dimension(unit) not in ("count", "people", "paper") else None


def numbers(text: str) -> list[Said]:
    """The numbers in a text; digits that are part of a word ("E27") or number a list are not among them."""
    found = []
    for match in _NUMBER.finditer(_ITEM.sub(" ", text)):
        part = match["part"] or ""
        value = float(match["digits"].replace(",", "") + part) * (-1.0 if match["minus"] else 1.0)
        unit = match["unit"] or ""
        if unit == "in" and _PREPOSITION.match(match.string, match.end()):
            unit = ""
        found.append(Said(value, max(0, len(part) - 1), bool(match["sign"] or match["after"]), unit))
    return found


def check_numbers(
    answer: Answer, catalogue: Catalogue, messages: Sequence[str] = (), steps: Sequence[Step] = ()
) -> tuple[int, list[str]]:
    """How many numbers an answer states, and the wrong ones in words.

    Args:
        messages: what the shopper said so far.
        steps: the plan behind the answer, whose conditions the counts are about.
    """
    judge = _Judge(answer, catalogue, messages, steps)
    wrong: list[str] = []
    count = 0
    for place, said, right in judge.verdicts():
        count += 1
        if not right:
            wrong.append(f"{place}: {said.value:g}")
    return count, wrong


class _Judge:
    """One answer, with what it needs to be judged."""

    def __init__(self, answer: Answer, catalogue: Catalogue, messages: Sequence[str], steps: Sequence[Step]) -> None:
        self.answer = answer
        self.catalogue = catalogue
        self.echo = {said.value for message in messages for said in numbers(message)}
        self.steps = steps
        self.facts = {fact.id: fact for fact in answer.evidence}
        self.titles = sorted(
            (p.title for p in catalogue.products.values() if any(c.isdigit() for c in p.title)), key=len, reverse=True
        )

    def verdicts(self) -> Iterator[tuple[str, Said, bool]]:
        """Every number of the answer with its place and whether it is right."""
        for sentence in self.answer.sentences:
            yield from self._sentence(sentence)
        for card in self.answer.cards:
            yield from self._card(card)
        yield from self._table()

    def _sentence(self, sentence: Sentence) -> Iterator[tuple[str, Said, bool]]:
        said = numbers(self._without_titles(sentence.text))
        if not said:
            return
        cited = [self.facts[key] for key in sentence.citations if key in self.facts]
        held, about_shop = self._held(sentence, cited)
        for number in said:
            echoed = (about_shop or not cited) and number.is_one_of(self.echo)
            yield f"“{sentence.text}”", number, echoed or held.has(number) or (about_shop and self._counted(number))

    def _held(self, sentence: Sentence, cited: Sequence[Evidence]) -> tuple[Held, bool]:
        """What the cited sources hold, and whether one of them is the catalogue as a whole."""
        held = Held()
        shop = any(fact.kind == "shop" for fact in cited)
        for fact in cited:
            held.add(self._source(fact))
        if shop:
            text = sentence.text.lower()
            for card in self.answer.cards:
                product = self.catalogue.product(card.product_id)
                if product and product.title.lower() in text:
                    held.add(held_by(product, self.catalogue))
        return held, shop

    def _source(self, fact: Evidence) -> Held:
        if fact.kind == "product":
            product = self.catalogue.product(fact.source)
            return held_by(product, self.catalogue) if product else Held()
        if fact.kind == "document":
            document = self.catalogue.documents.get(fact.source)
            return _in_text(f"{document.title} {document.text}") if document else Held()
        review = self.catalogue.reviews.get(fact.source) if fact.kind == "review" else None
        if review is None:
            return Held()
        held = _in_text(f"{review.title} {review.text}")
        held.counts |= {float(review.rating), 5.0}
        return held

    def _counted(self, said: Said) -> bool:
        """Whether a number about the catalogue is what the plan's conditions give."""
        return any(_measured(step, said, self.catalogue) for step in self.steps)

    def _card(self, card: Card) -> Iterator[tuple[str, Said, bool]]:
        place = f"card {card.product_id}"
        product = self.catalogue.product(card.product_id)
        if product is None:
            yield place, Said(0.0), False
            return
        held = held_by(product, self.catalogue)
        items = [item for item in offers(product) if card.variant_id in (None, item.variant_id)]
        current = {float(item.price.amount) for item in items if item.price}
        regular = {float(item.regular.amount) for item in items if item.regular}
        for text, prices in ((card.price, current), (card.regular_price or "", regular)):
            yield from ((place, said, said.is_one_of(prices)) for said in numbers(text))
        if card.rating:
            right = product.rating == card.rating
            yield place, Said(card.rating.value, 2), right
        for text in (card.stock, card.options, self._without_titles(card.reason)):
            yield from ((place, said, held.has(said)) for said in numbers(text))
        if card.title != product.title:
            yield from ((place, said, held.has(said)) for said in numbers(card.title))

    def _table(self) -> Iterator[tuple[str, Said, bool]]:
        table = self.answer.table
        if table is None:
            return
        for name, cells in table.rows:
            for key, cell in zip(table.product_ids, cells, strict=False):
                product = self.catalogue.product(key)
                for said in numbers(cell or ""):
                    right = product is not None and _cell_holds(product, name, said, self.catalogue)
                    yield f"table {key}, {name}", said, right

    def _without_titles(self, text: str) -> str:
        for title in self.titles:
            text = text.replace(title, " ")
        return text


def held_by(product: Product, catalogue: Catalogue) -> Held:
    """Every number that the store holds of a product."""
    held = Held()
    items = offers(product)
    for item in items:
        held.prices |= {float(money.amount) for money in (item.price, item.regular) if money}
        held.counts |= {float(item.stock)} if item.stock is not None else set()
    held.counts |= {float(len(items)), float(sum(item.buyable and item.stock != 0 for item in items))}
    values: list[AttributeValue] = [*product.attributes.values()]
    for variant in product.variants:
        values += [*variant.attributes.values(), *variant.options.values(), variant.title or ""]
    values += [product.description, *product.highlights, product.released or "", product.brand or ""]
    for value in values:
        held.add(_in_value(value))
    held.quantities += _in_text(product.title).quantities  # "27 in" in a title is a fact, "Lark 2" is a name
    if product.rating:
        held.means.add(product.rating.value)
        held.counts |= {float(product.rating.count), 5.0}
    _add_reviews(held, product, catalogue)
    return held


def _add_reviews(held: Held, product: Product, catalogue: Catalogue) -> None:
    stars = catalogue.stars.get(product.id, ())
    if not stars:
        return
    held.means.add(sum(stars) / len(stars))
    held.counts.add(float(len(stars)))
    for some in ({1}, {2}, {3}, {4}, {5}, {1, 2}, {4, 5}):
        held.counts.add(float(sum(star in some for star in stars)))


def _in_value(value: AttributeValue) -> Held:
    if isinstance(value, bool):
        return Held()
    if isinstance(value, Quantity):
        return Held(quantities=[value])
    if isinstance(value, float):
        return Held(plain={value})
    return _in_text(value if isinstance(value, str) else " ; ".join(value))


def _in_text(text: str) -> Held:
    held = Held()
    for said in numbers(text):
        if said.price:
            held.prices.add(said.value)
        elif unit := unit_symbol(said.unit) if said.unit else None:
            held.quantities.append(Quantity(said.value, unit))
        else:
            held.plain.add(said.value)
    return held


def _cell_holds(product: Product, row: str, said: Said, catalogue: Catalogue) -> bool:
    """Whether a number in a table's cell is one of that row: its price, its stock, its rating, that attribute."""
    everything = held_by(product, catalogue)
    name = row.strip().lower()
    if name == "price":
        return said.is_one_of(everything.prices)
    if name == "rating":
        return everything.has(said)
    held = Held()
    key = name.replace(" ", "_").replace("-", "_")
    own = [product.attributes[key]] if key in product.attributes else []
    for value in (*own, *field_values(product, f"attr:{key}"), *field_values(product, f"option:{key}")):
        held.add(_in_value(value))
        held.add(_in_text(attribute_text(value)))
    known = bool(held.plain or held.quantities or held.prices)
    return held.has(said) if known else everything.has(said)


# ── the catalogue as a whole ──


def _measured(step: Step, said: Said, catalogue: Catalogue) -> bool:
    """Whether a number is a count or an end over the products that meet a step's conditions."""
    if step.tool not in ("facts", "search", "recommend"):
        return False
    arguments: Mapping[str, Any] = step.arguments
    records = arguments.get("filters", ())
    filters = [Filter(**{**record, "values": tuple(record.get("values", ()))}) for record in records]
    if said.is_one_of(bound for wanted in filters for bound in (wanted.low, wanted.high) if bound is not None):
        return True
    pool = [p for p in catalogue.products.values() if all(filter_holds(p, wanted) for wanted in filters)]
    if step.tool != "facts":  # what matches words is the engine's to say, but it is no more than what fits
        return not said.price and 1 <= said.value <= len(pool)
    covered = " ".join(value for wanted in filters if wanted.field == "category" for value in wanted.values)
    words = [word for word in re.findall(r"\w+", str(arguments.get("query", ""))) if not contains(covered, word)]
    pool = [p for p in pool if all(_about(p, word) for word in words)]
    return _is_measure(str(arguments.get("measure", "")), pool, said)


def _is_measure(measure: str, pool: Sequence[Product], said: Said) -> bool:
    kind, _, what = measure.partition(":")
    if said.price:
        return any(said.is_one_of(float(item.price.amount) for item in offers(p) if item.price) for p in pool)
    values = [value for value in (_stated(product, what) for product in pool) if value]
    counts = {len(pool), len(values)}
    if kind in ("count", "list") and what:
        counts.add(len({text.lower() for texts in values for text in texts}))
    ends = Held()
    if kind in ("min", "max"):
        for product in pool:
            ends.add(_ends(product, what))
    return said.is_one_of(float(number) for number in counts) or ends.has(said)


def _stated(product: Product, what: str) -> set[str]:
    name = what.removeprefix("attr:")
    match name:
        case "" | "price":
            return {product.id} if any(item.price for item in offers(product)) else set()
        case "brand":
            return {product.brand} if product.brand else set()
        case "category":
            return set(product.category[:1])
        case "rating":
            return {product.id} if product.rating else set()
        case "released":
            return {product.id} if product.released else set()
        case _:
            values = field_values(product, f"option:{name}") or _named(product, name)
            return {one for value in values for one in (value if isinstance(value, tuple) else [attribute_text(value)])}


def _named(product: Product, stem: str) -> list[AttributeValue]:
    """The values of the attribute with this name, or with a name that has it as a word."""
    exact = [name for name in product.attributes if name == stem]
    names = exact or [name for name in product.attributes if stem in name.split("_")]
    return [product.attributes[name] for name in names[:1]]


def _ends(product: Product, what: str) -> Held:
    held = Held()
    if what == "rating" and product.rating:
        held.means.add(product.rating.value)
    elif what == "released" and product.released:
        held.add(_in_text(product.released))
    for value in _named(product, what.removeprefix("attr:")):
        held.add(_in_value(value))
    return held


def _about(product: Product, word: str) -> bool:
    """Whether a word, with or without its plural ending, stands in a product's names, options or attributes."""
    texts = [product.title, product.brand or "", *product.category]
    for name, value in product.attributes.items():
        texts.append(name.replace("_", " ") if value is True else attribute_text(value))
    texts += [option for variant in product.variants for option in variant.options.values()]
    stem = word.lower()
    forms = {stem, stem.removesuffix("s"), stem.removesuffix("es"), re.sub("ies$", "y", stem)}
    return any(contains(text, form) for text in texts for form in forms if form)
