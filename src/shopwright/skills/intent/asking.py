"""The clarifying question that is worth most: whose answer tells most about which candidate is wanted.

The candidates are what a search found, each with the probability that it is what the shopper means. An answer to a
field splits them; the worth of asking is the mutual information of product and answer, in bits, times the chance that
the shopper cares about the field at all (expected information gain: Lindley, 1956; for questions about products, e.g.
Rao and Daumé, 2018). A product whose value is not stated is told nothing about by the answer.

Simplifications: one question at a time; answers are taken to be true; the chance that somebody cares about a field is a
prior of its kind (`CARES`), not learned for the shop.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from shopwright.catalog.conditions import field_values
from shopwright.catalog.offers import price_span
from shopwright.search.intervals import range_label, rounded
from shopwright.types import AttributeValue, Filter, Product

CARES = {"category": 0.9, "price": 0.7, "brand": 0.2}
"""Chance that a shopper has a preference on a field; attributes not named here have `CARES_ATTRIBUTE`."""
CARES_ATTRIBUTE = 0.5
MOST_OPTIONS = 5
_NEVER = {"care", "ean", "gtin", "mpn", "sku", "dimensions", "made_in", "country_of_origin", "warranty", "model"}
_NEVER |= {"product_type", "type", "ingredients"}
"""Attributes that nobody chooses by, or that only name the product again."""
_BANDS = 3
_LEAST_STATED = 0.4
"""Share of the candidates' mass that must state an attribute before it is asked about."""
_LEAST_SHARE = 0.02
"""Chance from which an answer is offered."""
_SPREAD = 0.1
"""Difference of two retrieval scores from which one is e times as likely as the other."""

_YES_NO = {"true": "Yes", "false": "No"}

Answers = dict[str, float]
"""Chance of each answer when this product is the one that is wanted; empty where the product does not state any."""
Read = tuple[list[Answers], dict[str, Filter]]
"""The answers of every candidate to one question, and the condition that each answer stands for."""


@dataclass(frozen=True, slots=True)
class Option:
    """An answer to tap: what it says, the condition it stands for, and the chance that it is given."""

    label: str
    filter: Filter
    share: float


@dataclass(frozen=True, slots=True)
class Question:
    """A question about one field.

    Args:
        field: of the shop, as in `Filter`.
        options: answers to tap, the likeliest first.
        gain: expected information about the product, in bits.
    """

    field: str
    options: tuple[Option, ...]
    gain: float


def likelihoods(scores: Sequence[float]) -> list[float]:
    """The probability that each of a result list is what is wanted: a softmax of the retrieval scores."""
    top = max(scores, default=0.0)
    raised = [math.exp((score - top) / _SPREAD) for score in scores]
    total = sum(raised)
    return [value / total for value in raised]


def entropy(shares: Collection[float]) -> float:
    """In bits; shares need not add up to 1."""
    total = sum(shares)
    return -sum(share / total * math.log2(share / total) for share in shares if share > 0) if total else 0.0


def best_question(
    candidates: Sequence[Product],
    chances: Sequence[float],
    settled: Collection[str] = (),
    cares: Mapping[str, float] = CARES,
) -> Question | None:
    """The question of the highest expected information gain; None when no answer would tell anything.

    Args:
        candidates: what was found.
        chances: the probability of each; they add up to 1.
        settled: fields that are known already, or were asked.
        cares: chance that a shopper has a preference on a field.
    """
    found = [question for question in questions(candidates, chances, settled, cares) if question.gain > 0]
    return max(found, key=lambda question: question.gain, default=None)


def questions(
    candidates: Sequence[Product],
    chances: Sequence[float],
    settled: Collection[str] = (),
    cares: Mapping[str, float] = CARES,
) -> list[Question]:
    """Every question that has two answers or more. Arguments as in `best_question`."""
    names = {f"attr:{name}" for product in candidates for name in _stated(product) if name not in _NEVER}
    fields = [field for field in ("category", "price", "brand", *sorted(names)) if field not in settled]
    asked = [
        _question(field, read, chances, cares) for field in fields for read in _readings(field, candidates, chances)
    ]
    return [question for question in asked if question is not None]


def _question(field: str, read: Read, chances: Sequence[float], cares: Mapping[str, float]) -> Question | None:
    """The question that offers the likeliest answers; None where too little is stated, or only one answer is left."""
    answers, filters = read
    if sum(chance for answer, chance in zip(answers, chances, strict=True) if answer) < _LEAST_STATED:
        return None
    shares: dict[str, float] = {}
    for answer, chance in zip(answers, chances, strict=True):
        for label, share in answer.items():
            shares[label] = shares.get(label, 0.0) + chance * share
    best = [label for label in sorted(shares, key=lambda label: -shares[label]) if shares[label] >= _LEAST_SHARE]
    best = best[:MOST_OPTIONS]
    if len(best) < 2:
        return None
    gain = _information(answers, chances, set(best)) * cares.get(field, CARES_ATTRIBUTE)
    return Question(field, tuple(Option(name, filters[name], shares[name]) for name in best), gain)


def _information(answers: Sequence[Answers], chances: Sequence[float], offered: Collection[str]) -> float:
    """Mutual information of product and answer in bits, where answers that are not offered fall together."""
    told, given, doubt = 0.0, dict[str, float](), 0.0
    for answer, chance in zip(answers, chances, strict=True):
        if not answer:
            continue
        merged: dict[str, float] = {}
        for label, share in answer.items():
            key = label if label in offered else ""
            merged[key] = merged.get(key, 0.0) + share
        told += chance
        doubt += chance * entropy(merged.values())
        for label, share in merged.items():
            given[label] = given.get(label, 0.0) + chance * share
    return max(told * entropy(given.values()) - doubt, 0.0) if told else 0.0


def _readings(field: str, candidates: Sequence[Product], chances: Sequence[float]) -> Iterator[Read]:
    """The ways to ask about a field: a category at each of its levels, anything else in one way."""
    if field == "category":
        for depth in range(max((len(product.category) for product in candidates), default=0)):
            yield _of_category(candidates, depth)
    elif field == "price":
        yield _of_price(candidates, chances)
    else:
        yield _of_values(field, candidates)


def _of_values(field: str, candidates: Sequence[Product]) -> Read:
    """Texts, and yes or no; measured values are not asked about."""
    filters: dict[str, Filter] = {}
    answers: list[Answers] = []
    for product in candidates:
        values = [value for stated in field_values(product, field) for value in _asked(stated)]
        labels = {_YES_NO.get(value, value): value for value in values}
        answers.append(dict.fromkeys(labels, 1 / len(labels)) if labels else {})
        for label, value in labels.items():
            filters.setdefault(label, Filter(field, values=(value,)))
    return answers, filters


def _of_category(candidates: Sequence[Product], depth: int) -> Read:
    """One level of the category, 0 the broadest; a name that stands in several branches means all of them."""
    names = [product.category[depth] if len(product.category) > depth else "" for product in candidates]
    paths: dict[str, dict[str, None]] = {}
    for product, name in zip(candidates, names, strict=True):
        paths.setdefault(name, {})[" > ".join(product.category[: depth + 1])] = None
    filters = {name: Filter("category", values=tuple(branches)) for name, branches in paths.items() if name}
    return [{name: 1.0} if name else {} for name in names], filters


def _of_price(candidates: Sequence[Product], chances: Sequence[float]) -> Read:
    """Bands between round limits that hold about the same mass."""
    spans = [price_span(product) for product in candidates]
    priced = sorted((float(span[0].amount), chance) for span, chance in zip(spans, chances, strict=True) if span)
    total, mass, limits = sum(chance for _, chance in priced), 0.0, list[float]()
    for amount, chance in priced:
        mass += chance
        if mass >= total * (len(limits) + 1) / _BANDS and len(limits) < _BANDS - 1:
            limits.append(rounded(amount))
    bounds: list[float | None] = [None, *sorted(set(limits)), None]
    currency = next((span[0].currency for span in spans if span), None)
    bands = list(pairwise(bounds))
    filters = {
        _band_label(*band, currency): Filter("price", "range", low=band[0], high=band[1], unit=currency)
        for band in bands
        if band != (None, None)
    }
    answers: list[Answers] = []
    for span in spans:
        charged = float(span[0].amount) if span else None
        label = next(
            (_band_label(*band, currency) for band in bands if charged is not None and _within(charged, *band)), None
        )
        answers.append({label: 1.0} if label in filters and label is not None else {})
    return answers, filters


def _within(amount: float, low: float | None, high: float | None) -> bool:
    return (low is None or amount > low) and (high is None or amount <= high)


def _band_label(low: float | None, high: float | None, currency: str | None) -> str:
    if low is None and high is None:
        return ""
    told = range_label(low, high)
    return f"{told[:1].upper()}{told[1:]}{f' {currency}' if currency else ''}"


def _stated(product: Product) -> set[str]:
    return {*product.attributes, *(name for variant in product.variants for name in variant.options)}


def _asked(value: AttributeValue) -> tuple[str, ...]:
    """A value as filters have it; () for one that is measured."""
    if isinstance(value, bool):
        return ("true" if value else "false",)
    return (value,) if isinstance(value, str) else value if isinstance(value, tuple) else ()
