"""Superlatives and series: "the largest MX70", "the fastest SSDs", "each model of the 4000 series".

What is compared follows from the word and the kind: drives and memory by capacity, screens and cables by length, power
supplies by watts, processors and graphics cards by their level. Offers that do not state it are left out. A series of
"N000" has the models N000 to N999, for graphics cards N000's first two digits: 4000 is 4060, 4070 and so on.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from shopwright.assistant.offers.finding import Offer, cheapest
from shopwright.assistant.offers.identity import tokens
from shopwright.assistant.offers.kinds import kind_of
from shopwright.assistant.offers.properties import TEXT, facts
from shopwright.knowledge.compatibility import Compatibility
from shopwright.knowledge.goods import Goods
from shopwright.types import Product

_MOST = re.compile(
    r"\b(?:the\s+)?(largest|biggest|highest[- ]capacity|most (?:spacious|powerful)|fastest|longest|strongest|brightest|"
    r"heaviest|smallest|shortest|lightest|highest)\b(?:[- ](?:capacity|available|possible))*",
    re.IGNORECASE,
)
_SERIES = re.compile(r"\b(?:in the |of the |from the )?([1-9])000[\s-]*series\b", re.IGNORECASE)
_EACH = re.compile(r"\b(?:for )?(?:each|every) (?:\w+ )?(?:model|type|variant|size|colou?r)s?(?: of)?\b", re.IGNORECASE)
_LEAST = frozenset({"smallest", "shortest", "lightest"})
_BY_WORD = {
    "longest": "length",
    "shortest": "length",
    "lightest": "mass",
    "heaviest": "mass",
    "brightest": "luminous flux",
}
_BY_KIND = {
    "storage": "data", "ssd": "data", "memory": "data", "screen": "length", "cable": "length", "power supply": "power",
    "smartphone": "data", "tablet": "length", "power bank": "charge", "mouse pad": "length", "cpu cooler": "length",
}  # fmt: skip
_FAST = ("frequency", "data rate", "speed")
_CLOSE = 0.025


@dataclass(frozen=True, slots=True)
class Extreme:
    """What a phrase asks for beyond conditions.

    Args:
        word: the superlative in lower case; "" for none.
        series: the digit of "4000 series"; "" for none.
        each: whether one offer of each model is meant.
    """

    word: str = ""
    series: str = ""
    each: bool = False


def read_extreme(phrase: str) -> tuple[Extreme, str]:
    """The superlative, series and grouping of a phrase, and the phrase without them."""
    most, series, each = _MOST.search(phrase), _SERIES.search(phrase), _EACH.search(phrase)
    rest = _EACH.sub("", _SERIES.sub("", _MOST.sub("", phrase)))
    word = most[1].lower() if most else ""
    return Extreme(word, series[1] if series else "", bool(each)), re.sub(r"\s+", " ", rest).strip(" ,.")


def narrowed(extreme: Extreme, offers: Sequence[Offer]) -> list[Offer]:
    """The offers of the series, and of those the ones that are most of what the superlative says."""
    found = [offer for offer in offers if not extreme.series or _in_series(offer.product, extreme.series)]
    if not extreme.word:
        return found
    values = [(value, offer) for offer in found if (value := _value(offer.product, extreme.word)) is not None]
    if not values:
        return found
    edge = (min if extreme.word in _LEAST else max)(value for value, _ in values)
    return [offer for value, offer in values if abs(value - edge) <= _CLOSE * abs(edge)]


def cheapest_of_each(offers: Iterable[Offer]) -> list[Offer]:
    """The cheapest offers of each model, ties kept; models of no list are told apart by their titles."""
    models: dict[str, list[Offer]] = {}
    for offer in offers:
        models.setdefault(_model(offer.product), []).append(offer)
    return [offer for group in models.values() for offer in cheapest(group)]


def _model(product: Product) -> str:
    level = Compatibility.packaged().level(kind_of(product) or "", product.title)
    return level.sign.pattern if level else " ".join(token.text for token in tokens(product.title.split(",")[0]))


def _in_series(product: Product, digit: str) -> bool:
    numbers = f"{digit}0[1-9]0" if kind_of(product) == "graphics card" else rf"{digit}\d{{3}}"
    return re.search(rf"(?<!\d){numbers}(?!\d)", product.title) is not None


def _value(product: Product, word: str) -> float | None:
    kind = kind_of(product) or ""
    level = Compatibility.packaged().level(kind, product.title)
    if level and word in ("fastest", "most powerful", "strongest", "highest"):
        return level.level
    chain = Goods.packaged().chain(kind)
    named = _BY_WORD.get(word) or next((_BY_KIND[step] for step in chain if step in _BY_KIND), None)
    wanted = _FAST if word == "fastest" else ("power",) if word == "most powerful" else (named,) if named else ()
    stated = [fact for fact in facts(product) if fact.dimension in wanted and fact.place != TEXT]
    return stated[0].value if stated else None
