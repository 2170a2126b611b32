"""The checks of written conversations: one small function a type, decided by the answer and the catalogue alone.

`passes` judges an answer; `problems` judges a conversation: a check that the catalogue can never meet, or a
conversation that an empty answer would pass, measures nothing.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass

from shopwright.bench.catalogue import Catalogue
from shopwright.bench.conversations import Check, Conversation
from shopwright.catalog.conditions import current_prices, field_values, fits, named_fields
from shopwright.catalog.units import base
from shopwright.types import Answer, Product, Quantity, Strategy

_ADMITS = re.compile(r"\b(?:does not say|do not say|found nothing|no reviews)\b")
_UNABLE = re.compile(r"\bcannot\b")
_ONE_NUMBER = re.compile(r"(\d+(?:\.\d+)?)\s*\D*")
_CONTRACTIONS = (("can't", "cannot"), ("can not", "cannot"), ("n't", " not"))
_WORDS = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve")
REFUSALS = (Strategy.DECLINE, Strategy.HAND_OVER, Strategy.ASK)


@dataclass(frozen=True, slots=True)
class Given:
    """What there is to judge: an answer, the strategy behind it, and the catalogue that it must be true of."""

    answer: Answer
    strategy: Strategy
    catalogue: Catalogue

    @property
    def shown(self) -> list[Product | None]:
        """The product of each card; None for one that the catalogue does not hold."""
        return [self.catalogue.product(card.product_id) for card in self.answer.cards]


def passes(check: Check, given: Given) -> bool:
    """Whether the answer does what the check asks."""
    match check.type:
        case "shows":
            return shows(check, given)
        case "shows_only":
            return shows_only(check, given)
        case "shows_mostly":
            return shows_mostly(check, given)
        case "shows_no_cards_where":
            return not any(product is None or fits(product, check.where) for product in given.shown)
        case "says":
            return says(check, given)
        case "says_not":
            return not any(text_has(given.answer.text, piece) for piece in check.any)
        case "table":
            return table(check, given)
        case "cites":
            return cites(check, given)
        case "unknown":
            return unknown(given)
        case "refuses":
            return refuses(given)
        case "strategy":
            return given.strategy in check.any
        case "count":
            return count(check, given)
        case "extreme":
            return extreme(check, given)
        case _:
            return asks(given)


def shows(check: Check, given: Given) -> bool:
    """One of these products, or all of them, are among the cards."""
    shown = {product.id for product in given.shown if product}
    return shown.issuperset(check.all) if check.all else not shown.isdisjoint(check.any)


def shows_only(check: Check, given: Given) -> bool:
    """There is a card, and every card's product fits."""
    return bool(given.shown) and all(product is not None and fits(product, check.where) for product in given.shown)


def shows_mostly(check: Check, given: Given) -> bool:
    """The first card's product fits, and at least half of them do."""
    fitting = [product is not None and fits(product, check.where) for product in given.shown]
    return bool(fitting) and fitting[0] and 2 * sum(fitting) >= len(fitting)


def says(check: Check, given: Given) -> bool:
    """The text has one of these strings, or all of them."""
    text = given.answer.text
    return all(text_has(text, piece) for piece in check.all) and (
        not check.any or any(text_has(text, piece) for piece in check.any)
    )


def table(check: Check, given: Given) -> bool:
    """The comparison has these columns and rows."""
    found = given.answer.table
    if found is None or not set(found.product_ids).issuperset(check.products):
        return False
    rows = {name.lower() for name, _ in found.rows}
    return all(row.lower() in rows for row in check.rows)


def cites(check: Check, given: Given) -> bool:
    """Some sentence cites one of these products, documents, or a review of one of these products."""
    facts = {fact.id: fact for fact in given.answer.evidence}
    used = [facts[key] for sentence in given.answer.sentences for key in sentence.citations if key in facts]
    sources: set[str] = set()
    for fact in used:
        review = given.catalogue.reviews.get(fact.source) if fact.kind == "review" else None
        sources.add(review.product_id if review else given.catalogue.owners.get(fact.source, fact.source))
    wanted = {text.id if (text := given.catalogue.document(key)) else key for key in check.any}
    return not sources.isdisjoint(wanted)


def unknown(given: Given) -> bool:
    """The answer admits that the catalogue and the documents do not say.

    "Cannot" is an admission only where the assistant speaks for itself: what a policy forbids is an answer.
    """
    answer = given.answer
    facts = {fact.id: fact.kind for fact in answer.evidence}
    own = [s.text for s in answer.sentences if not {"document", "review"} & {facts.get(key) for key in s.citations}]
    unable = any(_UNABLE.search(normal(text)) for text in own)
    return bool(answer.unknown) or unable or _ADMITS.search(normal(answer.text)) is not None


def refuses(given: Given) -> bool:
    """The answer admits that it does not know, or the strategy leaves the question open."""
    return unknown(given) or given.strategy in REFUSALS


def count(check: Check, given: Given) -> bool:
    """The text states the number of products, or of their brands, that fit."""
    number = expected_count(check, given.catalogue)
    text = given.answer.text
    spelt = number < len(_WORDS) and re.search(rf"\b{_WORDS[number]}\b", text.lower()) is not None
    return spelt or text_has(text, str(number))


def extreme(check: Check, given: Given) -> bool:
    """The first card is, or the text names, a product at that end."""
    best = ends(check, given.catalogue)
    shown = given.shown
    if shown and shown[0] is not None and shown[0].id in best:
        return True
    text = normal(given.answer.text)
    return any(normal(given.catalogue.products[key].title) in text for key in best)


def asks(given: Given) -> bool:
    """The answer asks something back, or offers replies to tap."""
    return bool(given.answer.options) or any(s.text.rstrip().endswith("?") for s in given.answer.sentences)


# ── what the catalogue says ──


def expected_count(check: Check, catalogue: Catalogue) -> int:
    """The number that a `count` check expects."""
    found = catalogue.where(check.where)
    return len(found) if check.of == "products" else len({product.brand for product in found if product.brand})


def ends(check: Check, catalogue: Catalogue) -> set[str]:
    """Ids of the products at the end that an `extreme` check names.

    The dearest product may be so by its lowest or by its highest price, and the best rated one with or without those
    that a single shopper rated: either answer is right.
    """
    found = catalogue.where(check.where)
    pools: list[dict[str, float]] = []
    if check.of == "price":
        prices = {product.id: current_prices(product) for product in found}
        pools = [{key: pick(values) for key, values in prices.items() if values} for pick in (min, max)]
        pools = pools[:1] if check.end == "min" else pools
    elif check.of == "rating":
        rated = {product.id: product.rating for product in found if product.rating}
        pools = [{key: rating.value for key, rating in rated.items() if rating.count >= few} for few in (1, 2)]
    else:
        pick = min if check.end == "min" else max
        values = {product.id: measured_values(product, check.of) for product in found}
        pools = [{key: pick(numbers) for key, numbers in values.items() if numbers}]
    best: set[str] = set()
    for pool in pools:
        if pool:
            edge = (min if check.end == "min" else max)(pool.values())
            best |= {key for key, value in pool.items() if abs(value - edge) <= 1e-9 * max(1.0, abs(edge))}
    return best


def measured_values(product: Product, field: str) -> list[float]:
    """The values of an attribute as numbers, in the base unit where we know it, else as written ("18 g/l" is 18)."""
    numbers = []
    for value in field_values(product, field):
        if isinstance(value, Quantity):
            numbers.append(base(value).value)
        elif isinstance(value, float):
            numbers.append(value)
        elif isinstance(value, str) and (match := _ONE_NUMBER.fullmatch(value)):
            numbers.append(float(match[1]))
    return numbers


# ── text ──


def text_has(text: str, piece: str) -> bool:
    """Whether a text has a piece, in any case, its numbers as whole numbers: "45 days" is not in "145 days".

    Thousands separators, trailing zeros after the point ("€249.00"), typographic quotes and spaces do not matter.
    """
    wanted = normal(piece)
    if not wanted:
        return False
    before = r"(?<![\d.])" if wanted[0].isdigit() else ""
    after = r"(?!\.?\d)" if wanted[-1].isdigit() else ""
    return re.search(before + re.escape(wanted) + after, normal(text)) is not None


def normal(text: str) -> str:
    """Lower case, plain quotes, hyphens and single spaces; numbers as 1299.5, never 1,299.50; no contractions."""
    text = unicodedata.normalize("NFKC", text).lower().replace("’", "'").replace("‑", "-").replace("–", "-")
    for short, full in _CONTRACTIONS:
        text = text.replace(short, full)
    text = re.sub(r"\s+", " ", text).strip()
    text = re.sub(r"(?<=\d),(?=\d{3}(?!\d))", "", text)
    return re.sub(r"\d+\.\d+", lambda match: match[0].rstrip("0").rstrip("."), text)


# ── judging the judge ──


def problems(conversation: Conversation, catalogue: Catalogue) -> Iterator[str]:
    """What is wrong with a conversation as a measure, each with its place."""
    empty = Given(Answer(), Strategy.SEARCH, catalogue)
    if all(passes(check, empty) for line in conversation.turns for check in line.checks):
        yield f"{conversation.place}: {conversation.id}: an empty answer passes every check; add one that it fails"
    for i, line in enumerate(conversation.turns):
        for j, check in enumerate(line.checks):
            for text in _wrong(check, catalogue):
                yield f"{conversation.place}: {conversation.id}: turns[{i}].checks[{j}] ({check.type}): {text}"


def _wrong(check: Check, catalogue: Catalogue) -> Iterator[str]:
    for key in (*(check.any + check.all if check.type == "shows" else ()), *check.products):
        if key not in catalogue.products:
            yield f"product {key!r} is not in the catalogue"
    for key in check.any if check.type == "cites" else ():
        if key not in catalogue.products and catalogue.document(key) is None:
            yield f"{key!r} is neither a product nor a document"
    for name in named_fields(check.where, catalogue.products):
        yield f"no product has {name}"
    if check.type in ("shows_only", "shows_mostly", "shows_no_cards_where") and not catalogue.where(check.where):
        yield "no product meets the conditions"
    if check.type == "extreme" and not ends(check, catalogue):
        yield f"no product that meets the conditions has {check.of}"
