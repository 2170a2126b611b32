"""A wish in plain words becomes properties: "can be carried to LAN parties" -> a case with handles.

The kind's decision factors (`knowledge/buying/factors.tsv`) say which use asks for which property. A factor is taken
where the wish has most words of its use, or where an encoder reads the two as alike. Where no factor is meant, or
nothing meets one, a cross-encoder reads wish and offer together and the best ones are kept.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

import numpy as np

from shopwright.assistant.offers.bounds import Condition
from shopwright.assistant.offers.finding import Offer, holds
from shopwright.assistant.offers.fit import values
from shopwright.assistant.offers.goals import Goal
from shopwright.assistant.offers.kinds import kind_of
from shopwright.assistant.offers.properties import counted, pixels, told_words, words_of
from shopwright.catalog.units import base, dimension, parse_quantity
from shopwright.knowledge.compatibility import Compatibility
from shopwright.knowledge.goods import Factor, Goods, folded
from shopwright.knowledge.synonyms import stems_of
from shopwright.models.pairs import relevance
from shopwright.models.protocols import Encoder, PairScorer
from shopwright.search.texts import encoder_text
from shopwright.types import Product

MOST_WORDS = 0.6
"""Share of a use's words that a wish must have."""
ALIKE = 0.55
"""Cosine from which a wish means a use without its words."""
_BEST, _LEAST = 0.75, 0.05
_READ = 60


@dataclass(frozen=True, slots=True)
class Meant:
    """A factor that a wish asks for, and how sure that is (0 to 1)."""

    factor: Factor
    sure: float


def meant(goal: Goal, encoder: Encoder | None = None) -> tuple[Meant, ...]:
    """The factors that a goal's wish, or its adjectives ("large", "quiet"), ask for."""
    if goal.kind is None:
        return ()
    factors = [factor for factor in Goods.packaged().factors(goal.kind) if factor.use]
    said = frozenset(stems_of(f"{goal.wish} {' '.join(goal.words)}"))
    uses = {factor.use: _share(factor.use, said) for factor in factors}
    if goal.wish and encoder is not None and not any(share >= MOST_WORDS for share in uses.values()) and uses:
        names = list(uses)
        vectors = encoder.encode([goal.wish, *names])
        for name, cosine in zip(names, (vectors[1:] @ vectors[0]).tolist(), strict=True):
            if cosine >= ALIKE:
                uses[name] = max(uses[name], float(cosine))
        best = max(uses.values())
        uses = {name: share if share >= best - 0.05 else 0.0 for name, share in uses.items()}
    return tuple(Meant(factor, uses[factor.use]) for factor in factors if uses[factor.use] >= min(MOST_WORDS, ALIKE))


def without_adjectives(goal: Goal, found: Sequence[Meant]) -> Goal:
    """The goal without those words that the factors stand for."""
    covered = {word for one in found for use in _uses(one.factor.use) for word in folded(use)}
    return replace(goal, words=goal.words - covered)


def meets(factor: Factor, product: Product) -> float:
    """How sure it is that a product meets a factor: 1 where its title or attributes say it, 0.5 where its description.

    What it does not state it does not meet.
    """
    match factor.comparison:
        case "is":
            return max(_says(product, value) for value in factor.values)
        case "not":
            return float(not any(set(folded(value)) <= words_of(product) for value in factor.values))
        case _:
            return float(any(_bounded(factor, value, product) for value in factor.values))


def plugged(goal: Goal, offers: Sequence[Offer]) -> list[Offer] | None:
    """Of cables and adapters those with all plugs that the text speaks of; None where it speaks of less than two."""
    if goal.kind is None or "connection" not in Goods.packaged().chain(goal.kind):
        return None
    asked = Compatibility.packaged().stated("plug", goal.text)
    if len(asked) < 2:
        return None
    return [offer for offer in offers if asked <= values(offer.product, "plug")] or None


def kind_meant(goal: Goal, offers: Sequence[Offer], encoder: Encoder, scorer: PairScorer) -> str | None:
    """The kind of what a wish without a kind is best served with: "something that records my console".

    A cable or an adapter where two plugs are spoken of; else a kind that is there and one of whose uses the wish spells
    out; else the kind of what encoder and cross-encoder find most relevant.
    """
    if len(Compatibility.packaged().stated("plug", goal.text)) > 1:
        return "connection"
    goods, said = Goods.packaged(), frozenset(stems_of(goal.text))
    there = dict.fromkeys(kind for offer in offers if (kind := kind_of(offer.product)))
    spelled = [
        (len(_stems(use)), -len(goods.factors(kind)), kind)
        for kind in there
        for factor in goods.factors(kind)
        for use in _uses(factor.use)
        if len(_stems(use)) > 1 and _stems(use) <= said
    ]
    if spelled:
        return max(spelled)[2]
    texts = {encoder_text(offer.product): offer for offer in offers}
    names = list(texts)
    if not names:
        return None
    cosines = encoder.encode(names) @ encoder.encode([goal.text])[0]
    best = np.argsort(-cosines)[:_READ]
    scores = relevance(scorer.probabilities(goal.text, [names[place] for place in best.tolist()])) + cosines[best]
    return kind_of(texts[names[int(best[int(np.argmax(scores))])]].product)


def chosen(goal: Goal, found: Sequence[Meant], offers: Sequence[Offer], scorer: PairScorer | None) -> list[Offer]:
    """The offers that meet the factors surest; but at least half of them."""
    if found:
        met = [sum(meets(one.factor, offer.product) for one in found) for offer in offers]
        most = max(met, default=0.0)
        if most * 2 >= len(found):
            return [offer for offer, count in zip(offers, met, strict=True) if count == most]
    return _read(goal, offers, scorer) if goal.wish and scorer is not None else list(offers)


def _read(goal: Goal, offers: Sequence[Offer], scorer: PairScorer) -> list[Offer]:
    """The offers that a cross-encoder finds most relevant."""
    distinct = list(dict.fromkeys(encoder_text(offer.product) for offer in offers))[:_READ]
    if not distinct:
        return []
    scores = relevance(scorer.probabilities(goal.text, distinct))
    best = float(np.max(scores))
    kept = {text for text, score in zip(distinct, scores.tolist(), strict=True) if score >= max(_LEAST, _BEST * best)}
    return [offer for offer in offers if encoder_text(offer.product) in kept]


def _share(use: str, said: frozenset[str]) -> float:
    """The largest share of a use's words that was said, over its several wordings."""
    return max((len(words & said) / len(words) for words in map(_stems, _uses(use)) if words), default=0.0)


def _uses(use: str) -> list[str]:
    return [part.strip() for part in use.split(";")]


@lru_cache(maxsize=4096)
def _stems(use: str) -> frozenset[str]:
    return frozenset(stem for stem in stems_of(use) if len(stem) > 2 or any(letter.isdigit() for letter in stem))


def _says(product: Product, value: str) -> float:
    """1 where title, category or attributes have the words, 0.5 where the description does; numbers may be glued on."""
    words = frozenset(folded(value))
    if words <= words_of(product):
        return 1.0
    if any(letter.isdigit() for letter in value) and _glued(value).search(product.title):
        return 1.0
    return 0.5 if words <= told_words(product) else 0.0


@lru_cache(maxsize=4096)
def _glued(value: str) -> re.Pattern[str]:
    parts = re.findall(r"\d+(?:[.,]\d+)?|[^\W\d_]+", value)
    return re.compile(rf"(?<![^\W_]){r'[^0-9a-z]?'.join(map(re.escape, parts))}(?![0-9])", re.IGNORECASE)


def _bounded(factor: Factor, value: str, product: Product) -> bool:
    condition = _condition(factor, value)
    if condition is not None:
        return holds(condition, product) is True
    number, _, noun = value.partition(" ")
    found = counted(f"{product.title} {product.description[:600]}", noun or factor.property)
    if found is None or not number.isdigit():
        return False
    return found >= int(number) if factor.comparison == "at_least" else found <= int(number)


def _condition(factor: Factor, value: str) -> Condition | None:
    """A factor's bound as a condition, where it is a quantity or a picture size."""
    least = factor.comparison == "at_least"
    words = frozenset(folded(factor.property))
    if "x" in value and (size := pixels(value)) is not None:
        area = float(size[0] * size[1])
        return Condition("pixels", area if least else None, None if least else area, words=words)
    quantity = parse_quantity(value)
    unit = dimension(quantity.unit) if quantity else None
    if quantity is None or unit is None:
        return None
    amount = base(quantity).value
    return Condition("quantity", amount if least else None, None if least else amount, False, unit, words)
