"""Offers that fit a goal, over any number of shops: which of them are the thing, and which of those are the cheapest.

An offer fits when its kind is the goal's or a narrower one, its title has the name (`identity`), every condition holds
(`properties`) and every word is said of it. What an offer does not state does not hold; only an exact measure of a
named product may be missing. Prices are those charged now; what ties is all returned.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from shopwright.assistant.offers.bounds import Condition
from shopwright.assistant.offers.fit import values
from shopwright.assistant.offers.goals import Goal
from shopwright.assistant.offers.identity import Title, compare, rarity
from shopwright.assistant.offers.kinds import kind_of, own_name
from shopwright.assistant.offers.properties import (
    ATTRIBUTE,
    TEXT,
    TITLE,
    Fact,
    counted,
    facts,
    picture,
    told_words,
    words_of,
)
from shopwright.catalog.offers import price_span
from shopwright.knowledge.compatibility import Compatibility
from shopwright.knowledge.goods import Goods, folded
from shopwright.types import Product

LEAST_SHARE = 0.7
"""Share of a name's weight that a title must have."""
BEHIND = 0.15
"""How far under the best title's share another one may lie."""
_BOARDS = re.compile(
    r"\b(?:support\w*|fits?|takes?|holds?|for)\b.*\b(?:motherboards?|mainboards?|boards?)\b", re.IGNORECASE
)
_PACKED = re.compile(
    r"(?<![\d.])(\d{1,2})\s?[x×]\s?\d+(?:[.,]\d+)?\s?(?:gb|tb)|\b(?:pack of |x)(\d{1,3})\b|\b(\d{1,3})[ -]pack\b", re.I
)
_MEMORY = ("ddr5", "ddr4", "ddr3")
"""What a board's title counts when it says how many slots for memory it has."""
_PACKS = frozenset({"module", "stick", "piece", "pack", "dimm"})
_ROUNDED = 0.025
"""How far a stated size may be off: 4 TB is 4000 GB, and 1024 GB is 1 TB."""
_PLAUSIBLE = 200.0


@dataclass(frozen=True)
class Offer:
    """A product in a shop."""

    shop: str
    product: Product

    @property
    def price(self) -> float | None:
        """What it costs now, or None when the shop names no price."""
        span = price_span(self.product)
        return float(span[0].amount) if span else None


@dataclass(frozen=True, slots=True)
class Fit:
    """An offer that fits, with the share of the name that it has, and how many words and conditions it states."""

    offer: Offer
    share: float
    words: int


@dataclass(frozen=True, slots=True)
class Less:
    """What may be missing.

    Args:
        words: the share of the goal's words that must be said.
        unstated: whether a condition may be about something that the offer does not state.
        kind: whether the kind must agree.
        share: the least share of the name.
    """

    words: float = 1.0
    unstated: bool = False
    kind: bool = True
    share: float = LEAST_SHARE


LESS = (Less(), Less(0.5), Less(0.5, True), Less(0.0, True), Less(0.0, True, True, 0.5), Less(0.5, True, False))
"""How requirements are given up, one after the other, while nothing fits."""


def fitting(goal: Goal, offers: Sequence[Offer]) -> list[Offer]:
    """The offers that fit a goal, in their order; where none does, those that fit best when less is asked (`LESS`)."""
    titles = [_title(offer.product.title).tokens for offer in offers]
    weights = rarity(titles)
    brands = frozenset(title[0].text for title in titles if title)
    for less in LESS:
        found = [fit for offer in offers if (fit := _fit(goal, offer, weights, brands, less)) is not None]
        if found:
            best = max(fit.share for fit in found)
            most = max(fit.words for fit in found)
            return [fit.offer for fit in found if fit.share >= best - BEHIND and fit.words == most]
    return []


def cheapest(offers: Iterable[Offer]) -> list[Offer]:
    """Those with the lowest price; ties are all kept, offers without a price left out."""
    priced = [(offer.price, offer) for offer in offers if offer.price is not None]
    low = min((price for price, _ in priced), default=None)
    return [offer for price, offer in priced if price == low]


def holds(condition: Condition, product: Product, *, exact_slack: float = _ROUNDED) -> bool | None:
    """Whether a condition holds of a product; None where the product does not state what it is about."""
    match condition.what:
        case "price":
            price = price_span(product)
            return condition.holds(float(price[0].amount)) if price else None
        case "pixels":
            size = picture(product)
            return condition.holds(float(size[0] * size[1])) if size else None
        case "count":
            return _count_holds(condition, product)
        case _:
            stated = measured(condition, product)
            return any(condition.holds(fact.value, exact_slack) for fact in stated) if stated else None


def measured(condition: Condition, product: Product) -> list[Fact]:
    """The facts of a product that a condition is about: those said with its words, else the title's first one."""
    bound = condition.low if condition.low is not None else condition.high
    scale = abs(bound or 0.0) or 1.0
    plausible = [
        fact
        for fact in facts(product)
        if fact.dimension == condition.dimension and scale / _PLAUSIBLE <= abs(fact.value) <= scale * _PLAUSIBLE
    ]
    named = [fact for fact in plausible if fact.near & condition.words]
    for place in (ATTRIBUTE, TITLE):
        if here := [fact for fact in named if fact.place == place]:
            return here
    titled = [fact for fact in plausible if fact.place == TITLE]
    if titled:
        return titled if condition.exact else titled[:1]
    attributes = [fact for fact in plausible if fact.place == ATTRIBUTE]
    if len({fact.value for fact in attributes}) == 1:
        return attributes
    return [fact for fact in named if fact.place == TEXT] or [fact for fact in plausible if fact.place == TEXT][:1]


def _count_holds(condition: Condition, product: Product) -> bool | None:
    for text in (product.title, product.description[:2000]):
        if _PACKS & set(condition.noun) and (packed := _PACKED.search(text)):
            return condition.holds(float(next(filter(None, packed.groups()))))
        nouns = (*condition.noun, *(_MEMORY if "slot" in condition.noun and kind_of(product) == "motherboard" else ()))
        for noun in nouns:
            if (number := counted(text, noun)) is not None:
                return condition.holds(float(number))
    return None


def _has_kind(goal: Goal, product: Product) -> bool:
    kinds = goal.kinds or ((goal.kind,) if goal.kind else ())
    if not kinds:
        return True
    own = kind_of(product)
    goods = Goods.packaged()
    if own is not None and goal.values and any(goods.is_a(kind, own) for kind in kinds):
        return True
    if own is None:
        return any(set(folded(kind)) & (words_of(product) | told_words(product)) for kind in kinds)
    return any(goods.is_a(own, kind) for kind in kinds)


def _fit(goal: Goal, offer: Offer, weights: Mapping[str, float], brands: frozenset[str], less: Less) -> Fit | None:
    product = offer.product
    if less.kind and not _has_kind(goal, product):
        return None
    said = 0
    for condition in goal.conditions:
        held = holds(condition, product)
        exact = goal.model and condition.exact and condition.what == "quantity"
        if held is False or (held is None and not exact and not less.unstated):
            return None
        said += held is True
    for name, some in goal.values:
        held = _has_value(goal, name, some, product)
        if held is False or (held is None and not less.unstated):
            return None
        said += held is True
    words = words_of(product)
    if goal.without & words or not all(pack in _packed(product.title) for pack in goal.packs):
        return None
    shared = len(goal.words & words)
    if shared < len(goal.words):
        shared = len(goal.words & (words | told_words(product)))
    if shared < less.words * len(goal.words):
        return None
    said += shared
    if not goal.name:
        return Fit(offer, 1.0, said)
    if goal.model and not _plugs_agree(goal, product):
        return None
    if not goal.model and not _of_brand(frozenset(token.text for token in goal.name) & brands, product):
        return None
    share = _named(goal, product, weights, less.share)
    return Fit(offer, share, said) if share is not None else None


def _has_value(goal: Goal, name: str, some: frozenset[str], product: Product) -> bool | None:
    """Whether a product has one of the values, of plugs all; None where it states none of the property."""
    own = values(product, name)
    if not own:
        return None
    if name == "plug":
        return some <= own
    if name == "form factor" and _BOARDS.search(goal.text):
        own = Compatibility.packaged().accepted(name, own)
    return bool(some & own)


def _plugs_agree(goal: Goal, product: Product) -> bool:
    """Whether a cable or adapter that is asked for by its name has the plugs of that name."""
    if goal.kind is None or "connection" not in Goods.packaged().chain(goal.kind):
        return True
    own = values(product, "plug")
    return not own or Compatibility.packaged().stated("plug", goal.text) <= own


def _of_brand(asked: frozenset[str], product: Product) -> bool:
    """Whether a product is of the brands that are asked for: by its brand, its category or how its title begins."""
    title = _title(product.title)
    begin = {token.text for token in title.tokens[: min(4, title.clause)]}
    return asked <= begin | set(folded(" ".join((product.brand or "", *product.category))))


def _named(goal: Goal, product: Product, weights: Mapping[str, float], least: float) -> float | None:
    """The share of the name that a product's title has, or None when it is another product."""
    title = own_name(product.title) if goal.model and own_name(goal.text) == goal.text else product.title
    found = compare(goal.name, _title(title), weights, model=goal.model)
    if found.excess or (found.lacking and least >= LEAST_SHARE):
        return None
    if found.share < 1.0:
        shelf = frozenset(folded(" ".join((product.brand or "", *product.category))))
        own = _title(title).places
        total = sum(weights.get(token.text, 1.0) for token in goal.name)
        more = sum(weights.get(token.text, 1.0) for token in goal.name if token.text in shelf and token.text not in own)
        return share if (share := min(1.0, found.share + more / total)) >= least else None
    return found.share


@lru_cache(maxsize=200_000)
def _title(text: str) -> Title:
    return Title(text)


def _packed(title: str) -> str:
    """A title without blanks, in which packs are looked for."""
    return "".join(title.split()).replace("×", "x").lower()
