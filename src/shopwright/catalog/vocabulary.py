"""The merchant's own words, counted from the catalogue: brands, categories, attributes with their values, title words.

The reader of `rewrite` knows a shop only through this; there is no hand-made list per merchant. Built in one pass over
the store and kept there until the catalogue changes.

Simplification: text values are kept up to `VALUES_KEPT` per attribute, the most frequent ones.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import asdict, dataclass, field

import orjson

from shopwright.catalog.store import Store
from shopwright.catalog.units import base, dimension
from shopwright.types import AttributeValue, Product, Quantity

VALUES_KEPT = 400
_WORD = re.compile(r"[^\W_]+(?:['’.-][^\W_]+)*")
_IRREGULAR = {
    "mice": "mouse", "knives": "knife", "shelves": "shelf", "scarves": "scarf", "leaves": "leaf", "loaves": "loaf",
    "children": "child", "men": "man", "women": "woman", "feet": "foot", "teeth": "tooth", "halves": "half",
}  # fmt: skip
_PARTS = re.compile(r"[-.'’]")
_META = "vocabulary"


def words(text: str) -> list[str]:
    """The lower-case words of a text; inner hyphens, points and apostrophes belong to a word."""
    return _WORD.findall(text.lower())


def fold(word: str) -> str:
    """A word without its English plural ending: tents -> tent, brushes -> brush, mice -> mouse."""
    if word in _IRREGULAR:
        return _IRREGULAR[word]
    if len(word) <= 3 or not word.endswith("s") or word.endswith(("ss", "us", "is")):
        return word
    if word.endswith("ies") and len(word) > 4:
        return word[:-3] + "y"
    if word.endswith(("ches", "shes", "xes", "sses", "zes", "oes")):
        return word[:-2]
    return word[:-1]


@dataclass(slots=True)
class AttributeProfile:
    """What is known of one attribute over the whole catalogue.

    `kind` is the most frequent of text, bool, number, quantity; `dimensions` counts the physical dimensions of the
    quantities (a capacity may be litres here and persons there), `low` / `high` are in their base units. `option`
    tells that variants are told apart by it. `count` is the number of products.
    """

    name: str
    count: int = 0
    kind: str = "text"
    dimensions: dict[str, int] = field(default_factory=dict)
    unit: str | None = None
    low: float | None = None
    high: float | None = None
    option: bool = False
    values: dict[str, int] = field(default_factory=dict)

    @property
    def label(self) -> str:
        """The name as people write it: battery_life -> battery life."""
        return self.name.replace("_", " ").strip()


@dataclass(slots=True)
class Vocabulary:
    """Brands and category paths with their counts, attribute profiles by name, title words with document counts.

    `category_attributes` counts, for each name of a category level, the products there that state an attribute.
    """

    sequence: int = 0
    products: int = 0
    currency: str | None = None
    brands: dict[str, int] = field(default_factory=dict)
    categories: dict[str, int] = field(default_factory=dict)
    attributes: dict[str, AttributeProfile] = field(default_factory=dict)
    category_attributes: dict[str, dict[str, int]] = field(default_factory=dict)
    title_words: dict[str, int] = field(default_factory=dict)

    @property
    def departments(self) -> tuple[tuple[str, int], ...]:
        """The first level of the category tree with its number of products, largest first."""
        counts: Counter[str] = Counter()
        for path, count in self.categories.items():
            counts[path.split(" > ")[0]] += count
        return tuple(counts.most_common())


def load_vocabulary(store: Store) -> Vocabulary:
    """The vocabulary of the store as it stands, from its cache when the catalogue has not changed since."""
    sequence = store.sequence
    cached = store.meta(_META)
    if cached is not None:
        record = orjson.loads(cached)
        if record["sequence"] == sequence:
            record["attributes"] = {name: AttributeProfile(**row) for name, row in record["attributes"].items()}
            return Vocabulary(**record)
    vocabulary = build_vocabulary(store.all_products(), sequence)
    store.set_meta(_META, orjson.dumps(asdict(vocabulary)))
    return vocabulary


def build_vocabulary(products: Iterable[Product], sequence: int = 0) -> Vocabulary:
    """Count the words of the products."""
    result = Vocabulary(sequence=sequence)
    brands: Counter[str] = Counter()
    categories: Counter[str] = Counter()
    title_words: Counter[str] = Counter()
    currencies: Counter[str] = Counter()
    builders: dict[str, _Builder] = {}
    by_category: dict[str, Counter[str]] = {}
    for product in products:
        result.products += 1
        if product.brand:
            brands[product.brand] += 1
        if product.category:
            categories[" > ".join(product.category)] += 1
        if product.price:
            currencies[product.price.currency] += 1
        title_words.update({part for word in words(product.title) for part in (word, *_PARTS.split(word))})
        values = _attribute_values(product)
        options = {name for variant in product.variants for name in variant.options}
        for level in product.category:
            by_category.setdefault(level, Counter()).update(values.keys() | options)
        for name, seen in values.items():
            builders.setdefault(name, _Builder()).add(seen)
        for variant in product.variants:
            for name, option in variant.options.items():
                builders.setdefault(name, _Builder()).add_option(option)
    result.brands = dict(brands.most_common())
    result.categories = dict(categories.most_common())
    result.title_words = dict(title_words.most_common(50_000))
    result.currency = currencies.most_common(1)[0][0] if currencies else None
    result.category_attributes = {level: dict(counts.most_common(60)) for level, counts in by_category.items()}
    result.attributes = {name: builder.profile(name) for name, builder in sorted(builders.items())}
    return result


def _attribute_values(product: Product) -> dict[str, list[AttributeValue]]:
    seen: dict[str, list[AttributeValue]] = {name: [value] for name, value in product.attributes.items()}
    for variant in product.variants:
        for name, value in variant.attributes.items():
            seen.setdefault(name, []).append(value)
    return seen


class _Builder:
    def __init__(self) -> None:
        self.count = 0
        self.option = False
        self.kinds: Counter[str] = Counter()
        self.units: Counter[str] = Counter()
        self.dimensions: Counter[str] = Counter()
        self.values: Counter[str] = Counter()
        self.low = float("inf")
        self.high = float("-inf")

    def add(self, seen: list[AttributeValue]) -> None:
        self.count += 1
        for value in seen:
            self._add_value(value)

    def add_option(self, option: str) -> None:
        self.option = True
        self.count += 1
        self.kinds["text"] += 1
        self.values[option.lower()] += 1

    def _add_value(self, value: AttributeValue) -> None:
        if isinstance(value, bool):
            self.kinds["bool"] += 1
        elif isinstance(value, Quantity):
            self.kinds["quantity"] += 1
            self.units[value.unit] += 1
            if kind := dimension(value.unit):
                self.dimensions[kind] += 1
            self._stretch(base(value).value)
        elif isinstance(value, float):
            self.kinds["number"] += 1
            self._stretch(value)
        else:
            self.kinds["text"] += 1
            for text in (value,) if isinstance(value, str) else value:
                self.values[text.lower()[:80]] += 1

    def _stretch(self, value: float) -> None:
        self.low = min(self.low, value)
        self.high = max(self.high, value)

    def profile(self, name: str) -> AttributeProfile:
        unit = self.units.most_common(1)[0][0] if self.units else None
        numeric = self.low <= self.high
        return AttributeProfile(
            name=name,
            count=self.count,
            kind=self.kinds.most_common(1)[0][0] if self.kinds else "text",
            dimensions=dict(self.dimensions),
            unit=unit,
            low=self.low if numeric else None,
            high=self.high if numeric else None,
            option=self.option,
            values=dict(self.values.most_common(VALUES_KEPT)),
        )
