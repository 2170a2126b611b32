"""Numbers in an answer that the store does not hold: an independent check, which shares no code with `skills.verify`.

Every number in sentences, cards and the table is looked at:

- a price (with a currency sign) must be a current or regular price of a product that the sentence cites, or lie on the
  card or in the column of that product;
- another number must stand in the cited field of the product (an attribute, the rating, the stock, its texts), in the
  document or in the review, in the unit in which it is said or converted to it;
- a sentence about the catalogue as a whole may name the shopper's own numbers, those of the products that it cites or
  names, and what the bench itself counts among the products that meet the conditions of the plan; of the number of
  products that a search found it is only known that it cannot exceed those that meet the conditions;
- a sum must be that of its lines, and a line the price of the item times the pieces; sentences may repeat the sum;
- a sentence without a source may only repeat the shopper's numbers.

Numbers inside a title of the catalogue are names, not claims. Number words ("two") are not looked at; no other
arithmetic is done: a saving that the store does not state counts as wrong.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from shopwright.bench.catalogue import Catalogue, sense_line
from shopwright.bench.held import Held, Said, held_by, held_in_text, held_in_value, numbers
from shopwright.catalog.conditions import contains, field_values, filter_holds
from shopwright.catalog.offers import attribute_text, offers
from shopwright.types import Answer, AttributeValue, Bill, Card, Evidence, Filter, Product, Sentence, Step


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
        self.sums = set(_sums(answer.bill, catalogue)) if answer.bill else set()
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
        yield from self._bill()

    def _sentence(self, sentence: Sentence) -> Iterator[tuple[str, Said, bool]]:
        said = numbers(self._without_titles(sentence.text))
        if not said:
            return
        cited = [self.facts[key] for key in sentence.citations if key in self.facts]
        held, about_shop = self._held(sentence, cited)
        for number in said:
            echoed = (about_shop or not cited) and number.is_one_of(self.echo)
            echoed = echoed or (about_shop and number.price and number.is_one_of(self.sums))
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
            return held_by(product, self.catalogue, fact.field) if product else Held()
        if fact.kind == "document":
            document = self.catalogue.documents.get(fact.source)
            return held_in_text(f"{document.title} {document.text}") if document else Held()
        if fact.kind == "sense":
            return held_in_text(sense_line(fact.source))
        review = self.catalogue.reviews.get(fact.source) if fact.kind == "review" else None
        if review is None:
            return Held()
        held = held_in_text(f"{review.title} {review.text}")
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
        items = [item for item in offers(product) if card.variant_id in (None, item.variant_id)]
        current = {float(item.price.amount) for item in items if item.price}
        regular = {float(item.regular.amount) for item in items if item.regular}
        for text, prices in ((card.price, current), (card.regular_price or "", regular)):
            yield from ((place, said, said.is_one_of(prices)) for said in numbers(text))
        if card.rating:
            right = product.rating == card.rating
            yield place, Said(card.rating.value, 2), right
        for name, text in (("availability", card.stock), ("attributes", f"{card.options} ; {card.reason}")):
            held = held_by(product, self.catalogue, name)
            yield from ((place, said, held.has(said)) for said in numbers(self._without_titles(text)))
        if card.title != product.title:
            yield from ((place, said, False) for said in numbers(card.title))

    def _table(self) -> Iterator[tuple[str, Said, bool]]:
        table = self.answer.table
        if table is None:
            return
        for name, cells in table.rows:
            for key, cell in zip(table.product_ids, cells, strict=False):
                product = self.catalogue.product(key)
                for said in numbers(cell or ""):
                    right = product is not None and held_by(product, self.catalogue, name).has(said)
                    yield f"table {key}, {name}", said, right

    def _bill(self) -> Iterator[tuple[str, Said, bool]]:
        bill = self.answer.bill
        if bill is None:
            return
        texts = [*(amount for *_, amount in bill.lines), *(amount for _, amount in bill.rows), bill.total, bill.over]
        for said in (said for text in texts for said in numbers(text)):
            yield f"bill “{bill.title}”", said, said.is_one_of(self.sums)
        for said in numbers(bill.budget):
            yield f"bill “{bill.title}”, budget", said, said.is_one_of(self.echo)

    def _without_titles(self, text: str) -> str:
        for title in self.titles:
            text = text.replace(title, " ")
        return text


def _sums(bill: Bill, catalogue: Catalogue) -> Iterator[float]:
    """The amounts of a bill that are right: prices times pieces, what was added or taken off, and what that makes."""
    parts = []
    for key, _, count, amount in bill.lines:
        product, said = catalogue.product(key), numbers(amount)
        prices = [float(item.price.amount) * count for item in offers(product) if item.price] if product else []
        if said and not said[0].is_one_of(prices):
            return
        parts += [one.value for one in said]
    added = [-one.value if text.startswith("-") else one.value for _, text in bill.rows for one in numbers(text)]
    total = sum(parts) + sum(added)
    yield from (*parts, *map(abs, added), round(sum(parts), 2), round(total, 2))
    yield from (round(total - one.value, 2) for one in numbers(bill.budget))


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
    if step.tool != "facts":  # what matches words is the engine's to say, but it is no more than what was asked for
        asked = [wanted for wanted in filters if wanted.field != "category"]
        return not said.price and 1 <= said.value <= len(_pool(catalogue, asked))
    pool = _pool(catalogue, filters)
    covered = " ".join(value for wanted in filters if wanted.field == "category" for value in wanted.values)
    words = [word for word in re.findall(r"\w+", str(arguments.get("query", ""))) if not contains(covered, word)]
    pool = [p for p in pool if all(_about(p, word) for word in words)]
    return _is_measure(str(arguments.get("measure", "")), pool, said)


def _pool(catalogue: Catalogue, filters: Sequence[Filter]) -> list[Product]:
    return [p for p in catalogue.products.values() if all(filter_holds(p, wanted) for wanted in filters)]


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
        held.add(held_in_text(product.released))
    for value in _named(product, what.removeprefix("attr:")):
        held.add(held_in_value(value))
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
