"""Facts out of products, as topics that can be asked about: a product, one of its attributes, and the answer.

What changes is no fact to learn by heart: prices, stock, offers, delivery and ratings are left out, code writes them.
Left out too is what has no one answer (an attribute in which variants differ), what is long, and products whose title
another product has. Names are the title, the title with its brand, and the shortest beginning of the title (two words
or more, at least one that few titles have) by which no other product could be meant.

What not: descriptions and reviews are not read for facts.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from shopwright.catalog.units import dimension
from shopwright.catalog.vocabulary import words
from shopwright.train.corpus.render import attribute_text
from shopwright.types import AttributeValue, Product, Quantity

Form = Literal[
    "plain", "weight", "long", "count", "adjective", "noun", "required", "material", "made", "fits", "care", "brand",
    "category", "option",
]  # fmt: skip
"""By what wordings an attribute is asked for; see `paraphrase`."""

_CHANGING = frozenset({
    "price", "cost", "stock", "availability", "available", "sale", "discount", "offer", "promotion", "rating",
    "reviews", "shipping", "delivery", "msrp", "rrp", "inventory",
})  # fmt: skip
_LABELS = {
    "washable_at": "washing temperature", "oven_safe": "oven temperature limit", "ip_rating": "IP rating",
    "made_in": "country of origin", "compatible_with": "compatibility", "suitable_for": "suitability",
}  # fmt: skip
_OWN_FORM: dict[str, Form] = {
    "material": "material", "made_in": "made", "origin": "made", "country_of_origin": "made", "care": "care",
    "compatible_with": "fits", "suitable_for": "fits", "weight": "weight", "net_weight": "weight",
}  # fmt: skip
_THINGS = frozenset({
    "armrests", "microphone", "hood", "lid", "zip", "pockets", "pocket", "handle", "handles", "case", "cover",
    "remote", "display", "screen", "timer", "lining", "wheels", "charging", "cancelling", "stand", "light",
    "lights", "battery", "batteries", "parts", "reflectors", "belt", "mode", "control", "protection", "bag",
    "alarm", "function", "camera", "keyboard", "filter",
})  # fmt: skip
_PARTICIPLES = {"required": "required", "included": "required", "needed": "required"}
_LONGEST = 40
_OPTIONS = 5
_FEW = 5
"""Titles, or a hundredth of all, that may share the word by which a short name is told."""


@dataclass(frozen=True, slots=True)
class Subject:
    """What a question is about: a product by its names, the full one first; `department` is its broadest category."""

    id: str
    names: tuple[str, ...]
    department: str = ""


@dataclass(frozen=True, slots=True)
class Topic:
    """An attribute of a product, and what the catalogue says of it.

    Args:
        subject: the product.
        attribute: in words ("seat height").
        form: how it is asked for.
        answer: as it should be given, None where nobody can know.
        sort: why it is known or not: "known", "unstated", "made up", "left out".
    """

    subject: Subject
    attribute: str
    form: Form
    answer: str | None
    sort: str = "known"


def subjects(products: Iterable[Product]) -> dict[str, Subject]:
    """The products that can be told by their titles, by id."""
    every = [product for product in products if product.title.strip()]
    titles = Counter(_folded(product.title) for product in every)
    beginnings = Counter(beginning for product in every for beginning in _beginnings(product.title))
    rare = Counter(word for product in every for word in set(words(product.title)))
    most = max(_FEW, len(every) // 100)
    return {
        product.id: Subject(product.id, _names(product, beginnings, rare, most), (*product.category, "")[0])
        for product in every
        if titles[_folded(product.title)] == 1
    }


def topics(product: Product, subject: Subject) -> list[Topic]:
    """What the catalogue states of a product and may be learned by heart."""
    found = []
    if product.brand and _folded(product.brand) not in _folded(product.title):
        found.append(Topic(subject, "brand", "brand", product.brand))
    if product.category:
        found.append(Topic(subject, "category", "category", product.category[-1]))
    options = _options(product)
    for name, choices in options.items():
        if 1 < len(choices) <= _OPTIONS:
            found.append(Topic(subject, _label(name), "option", ", ".join(choices)))
    for name, value in product.attributes.items():
        if name not in options and not any(value != own.attributes.get(name, value) for own in product.variants):
            found.append(Topic(subject, _label(name), _form(name, value), attribute_text(value)))
    return [each for each in found if _lasting(each)]


def attributes(product: Product) -> set[str]:
    """All that a product states in one way or another, also what no topic is made of."""
    return {"brand", "category", *map(_label, product.attributes), *map(_label, _options(product))}


def _lasting(topic: Topic) -> bool:
    answer = topic.answer or ""
    return 0 < len(answer) <= _LONGEST and "\n" not in answer and not _CHANGING & set(words(topic.attribute))


def _form(name: str, value: AttributeValue) -> Form:
    last = words(name.replace("_", " "))[-1:]
    if isinstance(value, bool):
        if last and last[0] in _PARTICIPLES:
            return "required"
        return "noun" if last and last[0] in _THINGS else "adjective"
    if isinstance(value, Quantity):
        if name in ("weight", "net_weight"):
            return "weight" if dimension(value.unit) == "mass" else "plain"
        return "long" if dimension(value.unit) == "time" and last != ["age"] else "plain"
    if isinstance(value, float | int):
        return "count" if name.endswith("s") else "plain"
    form = _OWN_FORM.get(name, "plain")
    return "plain" if form == "weight" else form


def _label(name: str) -> str:
    return _LABELS.get(name) or " ".join(name.replace("_", " ").split())


def _options(product: Product) -> Mapping[str, Sequence[str]]:
    found: dict[str, list[str]] = {}
    for variant in product.variants:
        for name, choice in variant.options.items():
            if choice not in found.setdefault(name, []):
                found[name].append(choice)
    return found


def _names(product: Product, beginnings: Counter[str], rare: Counter[str], most: int) -> tuple[str, ...]:
    title = " ".join(product.title.split())
    names = [title]
    if product.brand and _folded(product.brand) not in _folded(title):
        names.append(f"{product.brand} {title}")
    parts = title.split()
    for count in range(2, len(parts)):
        short = " ".join(parts[:count]).rstrip(",;:-")
        own = any(rare[word] <= most for word in words(short))
        if own and beginnings[_folded(short)] == 1 and parts[count - 1].lower() not in _LINKS:
            names.append(short)
            break
    return tuple(dict.fromkeys(names))


_LINKS = frozenset(["a", "an", "the", "and", "or", "of", "for", "with", "in", "on", "to", "from", "by"])


def _beginnings(title: str) -> set[str]:
    parts = title.split()
    return {_folded(" ".join(parts[:count])) for count in range(2, len(parts) + 1)}


def _folded(text: str) -> str:
    return " ".join(words(text))
