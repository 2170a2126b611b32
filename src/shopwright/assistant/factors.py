"""What decides a purchase of a kind of thing, learned from the shop itself: which attributes tell its products apart,
and what guides and reviewers say of them.

    weight = share of the products that state it  x  how differently they do  x  1 + ln(1 + how often it is spoken of)

How differently: the entropy of its values over the most that so many values could have; of a measure, its spread
against its size. An attribute that all share, or that one product states, decides nothing.

Simplification: what is spoken of is found by the words of the attribute's name. Which value is good is never guessed:
the guides and the reviewers are quoted.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from shopwright.assistant.stated import attribute_values
from shopwright.catalog.offers import attribute_text
from shopwright.catalog.text import cut
from shopwright.catalog.units import base, format_quantity
from shopwright.skills.evidence.terms import content
from shopwright.types import AttributeValue, Evidence, Product, Quantity

_FEW = 3
"""Products that must state an attribute."""
_VALUES, _QUOTES, _QUOTE = 5, 2, 240
_DIGIT = re.compile(r"\d")


@dataclass(frozen=True, slots=True)
class Factor:
    """An attribute that decides.

    Args:
        attribute: its name in the catalogue; "price" too.
        weight: above 0; only their order means something.
        stated: how many products state it, of how many.
        values: in words: the least and the most of a measure, else the most frequent first; more where `more` says so.
        examples: for each of the values the id of a product that has it.
        quotes: what guides and reviews say of it, guides first.
    """

    attribute: str
    weight: float
    stated: int
    products: int
    values: tuple[str, ...]
    examples: tuple[str, ...] = ()
    measured: bool = False
    more: int = 0
    quotes: tuple[Evidence, ...] = ()


def decisive(products: Sequence[Product], spoken: Sequence[Evidence], most: int = 6) -> tuple[Factor, ...]:
    """The attributes that tell these products apart, the most decisive first.

    Args:
        products: all of one kind.
        spoken: sentences of guides and reviews about the kind.
    """
    names = Counter(name for product in products for name in product.attributes)
    said = [(fact, content(fact.text)) for fact in spoken]
    found = [_factor(name, products, said) for name, count in names.items() if count >= min(_FEW, len(products))]
    return tuple(sorted((each for each in found if each), key=lambda each: (-each.weight, each.attribute))[:most])


def ranks(products: Sequence[Product]) -> dict[str, float]:
    """How much each attribute tells these products apart, by the catalogue alone."""
    return {factor.attribute: factor.weight for factor in decisive(products, (), most=1000)}


def _factor(name: str, products: Sequence[Product], said: Sequence[tuple[Evidence, frozenset[str]]]) -> Factor | None:
    stated = [(value[0], product.id) for product in products if (value := attribute_values(product, name))]
    spread = _spread([value for value, _ in stated])
    if not stated or spread == 0:
        return None
    words = content(name.replace("_", " "))
    about = [fact for fact, there in said if words and len(words & there) > len(words) / 2]
    weight = len(stated) / len(products) * spread * (1 + math.log1p(len(about)))
    quotes = sorted(about, key=lambda fact: (fact.kind != "document", not _DIGIT.search(fact.text), len(fact.text)))
    kept = tuple(quote for quote in quotes if len(quote.text) <= _QUOTE)[:_QUOTES]
    values, examples, measured, more = _told(stated)
    return Factor(name, weight, len(stated), len(products), values, examples, measured, more, kept)


def _spread(values: Sequence[AttributeValue]) -> float:
    """How differently an attribute is stated, 0 to 1."""
    measures = [base(value).value for value in values if isinstance(value, Quantity)]
    if measures and len(measures) == len(values):
        low, high = min(measures), max(measures)
        return (high - low) / max(abs(high), abs(low)) if high != low else 0.0
    counts = Counter(map(attribute_text, values))
    if len(counts) < 2 or len(counts) == len(values) > 2 * _FEW:
        return 0.0  # the same everywhere, or a text of its own for each
    return -sum(n / len(values) * math.log(n / len(values)) for n in counts.values()) / math.log(len(values))


def _told(stated: Sequence[tuple[AttributeValue, str]]) -> tuple[tuple[str, ...], tuple[str, ...], bool, int]:
    """The values in words with an example each, whether they are the ends of a measure, and how many more there are."""
    measures = [(base(value).value, value, key) for value, key in stated if isinstance(value, Quantity)]
    if measures and len(measures) == len(stated):
        ends = (min(measures, key=lambda row: row[0]), max(measures, key=lambda row: row[0]))
        return tuple(format_quantity(value) for _, value, _ in ends), tuple(key for *_, key in ends), True, 0
    examples: dict[str, str] = {}
    for value, key in stated:
        examples.setdefault(cut(attribute_text(value), 40), key)
    common = [text for text, _ in Counter(cut(attribute_text(value), 40) for value, _ in stated).most_common()]
    kept = tuple(common[:_VALUES])
    return kept, tuple(examples[text] for text in kept), False, max(0, len(common) - _VALUES)


def sentences_about(facts: Iterable[Evidence], kind: str) -> list[Evidence]:
    """Those facts whose title or text names the kind."""
    wanted = content(kind)
    return [fact for fact in facts if not wanted or wanted & content(f"{fact.title} {fact.text}")]
