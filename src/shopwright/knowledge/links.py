"""What a shop has of the graph: its product types, activities and values as the merchant's categories and attributes.

    links = load_links(store, graph, encoder)
    links.products["product:head torch"]      # Link(categories=("Camping & Hiking > Lighting > Headlamps",), ...)
    links.products.get("product:snow shovel")  # None: not sold here

A product type is looked for, the surest way first:

- `category`: a category is called so ("Tents", "Brushes & combs"), also by another name (`synonyms`);
- `title`: titles end in it before "for", "with" or a comma ("... terry towel, 50 x 100 cm"), or hold all of its words
  and end in its head;
- `meaning`: the encoder finds a category, with one of its titles, that is near enough (`NEAR`).

Values become filters on the merchant's attributes where name and value can be told apart: yes/no facts, words that are
among the attribute's values, bounds in a unit of its dimension. What cannot be linked is left out, never guessed.

Everything is computed once for a state of the catalogue's words and of the graph, and kept in the store, so that a
restart does not compute it again.

Simplification: a link is to categories, of which the best four are kept; the search within them finds the product.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from hashlib import blake2b
from typing import Any

import numpy as np
import orjson

from shopwright.catalog.store import Store
from shopwright.catalog.units import dimension, parse_quantity
from shopwright.catalog.vocabulary import AttributeProfile, Vocabulary, load_vocabulary
from shopwright.knowledge.graph import Graph, Stems, Value, name_of, renamed, stemmed
from shopwright.knowledge.synonyms import Synonyms
from shopwright.models.protocols import Encoder, Vectors
from shopwright.types import Filter, Product, Quantity

NEAR = 0.62
"""Cosine of a product type and a category, or one of its titles, from which they are taken for the same."""
SUPPORT = 0.4
"""The same where they share the head of their names: a dog bed is no camp bed."""
_CALLED, _TITLED, _HEADED = 0.97, 0.95, 0.8
_KEPT = 4
_EXEMPLARS, _MOST_EXEMPLARS = 4, 6_000
_DESCRIBED = 350
_LONGEST = 4
_META = "knowledge_links"
_LAYOUT = 3
_LISTS = ("scopes", "shelves", "attributes", "exemplars")
_PIECES = re.compile(r"\s*(?:&|,|/|\band\b)\s*")
_ENDS = re.compile(
    r"\s+(?:for|with|without|in|from|at|by|of|up|to|and|on|per|under|over)\s+|[,;:(|/–—]|\s-\s", re.IGNORECASE
)
_DIGIT = re.compile(r"\S*\d\S*")
MIDDLE = ("occasion", "recipient", "event", "activity", "season", "place", "condition", "culture", "need")
"""Kinds of nodes between a wish and a product type."""


@dataclass(frozen=True, slots=True)
class Link:
    """Where in the shop something is.

    Args:
        categories: paths joined with " > ", best first.
        confidence: 0 to 1.
        how: "category", "title" or "meaning".
    """

    categories: tuple[str, ...]
    confidence: float
    how: str


@dataclass(frozen=True, slots=True)
class Links:
    """A graph's nodes in one shop.

    Args:
        products: product types that are sold, by node.
        themes: activities, needs and places that have a category of their own ("Fishing").
        filters: wished properties as conditions on the merchant's attributes, by node.
        scopes: what a property is wished of ("skin care"): its categories, by name.
        shelves: categories below the departments by the stems of their names.
        attributes: what products state, by the name of a category's level.
        exemplars: a few products of every category, as the encoder reads them, by path.
        key: names the vocabulary, the graph and the encoder that it was computed from.
    """

    products: Mapping[str, Link] = field(default_factory=dict)
    themes: Mapping[str, Link] = field(default_factory=dict)
    filters: Mapping[str, Filter] = field(default_factory=dict)
    scopes: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    shelves: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    attributes: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    exemplars: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    key: str = ""

    def sells(self, node: str) -> bool:
        """Whether a product type has a place in this shop."""
        return node in self.products


def cached_links(store: Store, graph: Graph, encoder: Encoder, vocabulary: Vocabulary) -> Links | None:
    """The links as they are kept in the store; None where the catalogue's words or the graph have changed since."""
    cached = store.meta(_META)
    record = orjson.loads(cached) if cached is not None else None
    return _loaded(record) if record and record["key"] == key_of(graph, vocabulary, encoder) else None


def load_links(store: Store, graph: Graph, encoder: Encoder, vocabulary: Vocabulary | None = None) -> Links:
    """The links of a store's catalogue, from the store when neither its words nor the graph have changed."""
    vocabulary = vocabulary or load_vocabulary(store)
    if (links := cached_links(store, graph, encoder, vocabulary)) is not None:
        return links
    links = link(graph, vocabulary, store.headings(), encoder)
    store.set_meta(_META, orjson.dumps(asdict(links)))
    return links


def key_of(graph: Graph, vocabulary: Vocabulary, encoder: Encoder) -> str:
    """Names what links are computed from: prices and stock may change without it."""
    words = (
        sorted(vocabulary.categories),
        sorted((name, profile.kind, sorted(profile.values)) for name, profile in vocabulary.attributes.items()),
        sorted(vocabulary.title_words),
    )
    return (
        f"{_LAYOUT}/{graph.fingerprint}/{encoder.fingerprint}/{blake2b(orjson.dumps(words), digest_size=8).hexdigest()}"
    )


def link(graph: Graph, vocabulary: Vocabulary, products: Iterable[Product], encoder: Encoder) -> Links:
    """Look for every product type, activity and value of a graph in a shop.

    Args:
        products: those without a category are passed over.
        encoder: compares names by meaning.
    """
    shelves = _Shelves(vocabulary, products)
    synonyms = Synonyms.packaged()
    wished = {node: value for node in graph.of_kind("value") if (value := Value.parse(node)) is not None}
    of_things = [
        f"product:{scope}" for scope in dict.fromkeys(value.scope for value in wished.values()) if scope != "*"
    ]
    named = list(dict.fromkeys([*graph.of_kind("product"), *of_things]))
    near = _Nearness(shelves, named, encoder)
    found: dict[str, Link] = {}
    for node, stems in zip(named, stemmed(map(name_of, named)), strict=True):
        if (one := _product(stems, node, shelves, near, synonyms)) is not None:
            found[node] = one
    themes = {
        node: Link(tuple(paths[:_KEPT]), _CALLED, "category")
        for node in graph.of_kind(*MIDDLE)
        if (paths := shelves.called(graph.stems[node], synonyms))
    }
    values = Attributes(vocabulary, encoder)
    return Links(
        products={node: one for node, one in found.items() if node in graph},
        themes=themes,
        filters={node: wanted for node, value in wished.items() if (wanted := values.filter(value)) is not None},
        scopes={name_of(node): found[node].categories for node in of_things if node in found},
        shelves=shelves.names,
        attributes={level: tuple(counts) for level, counts in vocabulary.category_attributes.items()},
        exemplars={path: tuple(texts) for path, texts in shelves.exemplars.items()},
        key=key_of(graph, vocabulary, encoder),
    )


def _product(stems: Stems, node: str, shelves: _Shelves, near: _Nearness, synonyms: Synonyms) -> Link | None:
    """The best link of one product type."""
    if paths := shelves.called(stems, synonyms):
        return Link(tuple(paths[:_KEPT]), _CALLED, "category")
    scores: dict[str, float] = {}
    for form in (stems, *renamed(stems, synonyms)):
        for path in shelves.titled(form):
            scores[path] = max(scores.get(path, 0.0), _TITLED)
        for path in shelves.headed(form):
            if near.of(node, path) >= SUPPORT:
                scores[path] = max(scores.get(path, 0.0), _HEADED)
    how = "title" if scores else "meaning"
    if not scores:
        scores = {path: cosine for path, cosine in near.best(node) if cosine >= NEAR}
    best = sorted(scores, key=lambda path: (-scores[path], -near.of(node, path)))[:_KEPT]
    if not best:
        return None
    return Link(tuple(path for path in best if scores[path] >= 0.9 * scores[best[0]]), round(scores[best[0]], 3), how)


class _Shelves:
    """The merchant's categories and titles by the stems of their names."""

    def __init__(self, vocabulary: Vocabulary, products: Iterable[Product]) -> None:
        self.paths = list(vocabulary.categories)
        self._called: defaultdict[Stems, list[str]] = defaultdict(list)
        self._titled: defaultdict[Stems, Counter[str]] = defaultdict(Counter)
        self._holding: defaultdict[str, list[tuple[frozenset[str], str]]] = defaultdict(list)
        self.exemplars: defaultdict[str, list[str]] = defaultdict(list)
        self._add_categories(vocabulary)
        self._add_products(products)

    def called(self, stems: Stems, synonyms: Synonyms) -> list[str]:
        """The categories of this name, below the departments; none that is within another one of them."""
        for form in (stems, *renamed(stems, synonyms)):
            if paths := self._called.get(form):
                return [path for path in paths if not any(path.startswith(f"{other} > ") for other in paths)]
        return []

    @property
    def names(self) -> dict[str, tuple[str, ...]]:
        """The categories by the stems of their names with blanks between them."""
        return {" ".join(stems): tuple(paths[:_KEPT]) for stems, paths in self._called.items()}

    def titled(self, stems: Stems) -> list[str]:
        """Categories of the titles that end in these words, the one with most of them first."""
        return [path for path, _ in self._titled[stems].most_common(_KEPT)] if stems in self._titled else []

    def headed(self, stems: Stems) -> list[str]:
        """Categories of the titles that hold all of these words and end in the last one."""
        wanted = set(stems)
        return list(dict.fromkeys(path for words, path in self._holding.get(stems[-1], ()) if wanted <= words))

    def _add_categories(self, vocabulary: Vocabulary) -> None:
        named: list[tuple[str, str]] = []
        for path in vocabulary.categories:
            levels = path.split(" > ")
            for depth in range(1, len(levels)):
                prefix = " > ".join(levels[: depth + 1])
                named.extend((prefix, piece) for piece in {levels[depth], *_PIECES.split(levels[depth])} if piece)
        for (path, _), stems in zip(named, stemmed(piece for _, piece in named), strict=True):
            if path not in self._called[stems]:
                self._called[stems].append(path)

    def _add_products(self, products: Iterable[Product]) -> None:
        kept = max(1, min(_EXEMPLARS, _MOST_EXEMPLARS // max(1, len(self.paths))))
        listed: Counter[tuple[str, str]] = Counter()  # many products share a title
        for product in products:
            if product.category:
                path = " > ".join(product.category)
                listed[product.title, path] += 1
                if len(self.exemplars[path]) < kept:
                    self.exemplars[path].append(_read(product))
        heads = title_heads(title for title, _ in listed)
        wholes = stemmed(title for title, _ in listed)
        for ((_, path), count), head, whole in zip(listed.items(), heads, wholes, strict=True):
            if head:
                for length in range(1, min(_LONGEST, len(head)) + 1):
                    self._titled[head[-length:]][path] += count
                self._holding[head[-1]].append((frozenset(whole), path))


class _Nearness:
    """Cosines of product types and categories; a category is as near as its name or the nearest of a few titles."""

    def __init__(self, shelves: _Shelves, nodes: Sequence[str], encoder: Encoder) -> None:
        self._paths = shelves.paths
        texts, owners = [shelf_text(path) for path in self._paths], list(range(len(self._paths)))
        for place, path in enumerate(self._paths):
            chosen = [text.partition(". ")[0] for text in shelves.exemplars[path]]
            texts += chosen
            owners += [place] * len(chosen)
        vectors = encoder.encode(texts) if texts else np.zeros((0, encoder.dimensions), np.float32)
        self._rows = {node: row for row, node in enumerate(nodes)}
        self._places = {path: place for place, path in enumerate(self._paths)}
        self._cosines_NP = _nearest(
            encoder.encode([name_of(node) for node in nodes]), vectors, owners, len(self._paths)
        )

    def of(self, node: str, path: str) -> float:
        """The cosine of a product type and a category; 0 for a level above the categories of products."""
        place = self._places.get(path)
        return float(self._cosines_NP[self._rows[node], place]) if place is not None else 0.0

    def best(self, node: str) -> list[tuple[str, float]]:
        """The nearest categories of a product type."""
        cosines = self._cosines_NP[self._rows[node]]
        return [(self._paths[place], float(cosines[place])) for place in np.argsort(-cosines)[:_KEPT]]


def _nearest(names_ND: Vectors, texts_TD: Vectors, owners: Sequence[int], paths: int) -> Vectors:
    """The greatest cosine of every name with a text of every category, shape (N, P)."""
    nearest = np.zeros((paths, len(names_ND)), np.float32)
    rows: defaultdict[int, list[int]] = defaultdict(list)
    for row, owner in enumerate(owners):
        rows[owner].append(row)
    for owner, places in rows.items():  # one category at a time: other threads are let in between
        nearest[owner] = np.maximum((texts_TD[places] @ names_ND.T).max(axis=0), 0.0)
    return np.ascontiguousarray(nearest.T)


def _read(product: Product) -> str:
    """A product as the encoder reads it: title, its category, how its description begins."""
    return f"{product.title}. {product.category[-1]}. {product.description[:_DESCRIBED]}"


def title_heads(titles: Iterable[str]) -> list[Stems]:
    """The stems of titles as far as they name a thing: before "for", "with" or a comma, and without numbers."""
    return stemmed(_DIGIT.sub(" ", _ENDS.split(title, maxsplit=1)[0]) for title in titles)


def shelf_text(path: str) -> str:
    """A category as the encoder reads it: its own name and the one above."""
    return ", ".join(reversed(path.split(" > ")[1:][-2:])) or path


class Attributes:
    """The merchant's attributes, to be found by what a graph calls them."""

    def __init__(self, vocabulary: Vocabulary, encoder: Encoder) -> None:
        self._profiles = list(vocabulary.attributes.values())
        labels = stemmed(profile.label for profile in self._profiles)
        self._by_stems: defaultdict[Stems, list[AttributeProfile]] = defaultdict(list)
        for profile, stems in zip(self._profiles, labels, strict=True):
            self._by_stems[tuple(sorted(stems))].append(profile)
        self._synonyms = Synonyms.packaged()
        self._encoder = encoder

    def filter(self, value: Value) -> Filter | None:
        """A wished property as a condition; None where the merchant has no attribute that can say it."""
        (stems,) = stemmed([value.attribute])
        for form in (stems, *renamed(stems, self._synonyms)):
            for profile in sorted(self._by_stems.get(tuple(sorted(form)), ()), key=lambda one: -one.count):
                if (wanted := _condition(value, profile)) is not None:
                    return wanted
        return None


def _condition(value: Value, profile: AttributeProfile) -> Filter | None:
    """What a value says of one attribute, where they can be compared."""
    name = f"attr:{profile.name}"
    if value.text in ("true", "false"):
        return Filter(name, values=(value.text,)) if profile.kind == "bool" else None
    if value.op != "=":
        amount = parse_quantity(value.text) or _plain(value.text)
        if amount is None or profile.low is None or not _comparable(amount, profile):
            return None
        unit = amount.unit or None
        return (
            Filter(name, "range", high=amount.value, unit=unit)
            if "<" in value.op
            else Filter(name, "range", low=amount.value, unit=unit)
        )
    wanted = set(stemmed([value.text])[0])
    fitting = [text for text in profile.values if wanted <= set(stemmed([text])[0])]
    return Filter(name, values=tuple(fitting[:8])) if fitting and wanted else None


def _plain(text: str) -> Quantity | None:
    return Quantity(float(text), "") if re.fullmatch(r"-?\d+(?:\.\d+)?", text) else None


def _comparable(amount: Quantity, profile: AttributeProfile) -> bool:
    kind = dimension(amount.unit) if amount.unit else None
    return kind in profile.dimensions if kind else not profile.dimensions


def _loaded(record: Mapping[str, Any]) -> Links:
    """Links as they were written down."""

    def links(name: str) -> dict[str, Link]:
        rows = record[name].items()
        return {node: Link(tuple(row["categories"]), row["confidence"], row["how"]) for node, row in rows}

    return Links(
        products=links("products"),
        themes=links("themes"),
        filters={node: Filter(**{**row, "values": tuple(row["values"])}) for node, row in record["filters"].items()},
        **{name: {key: tuple(rest) for key, rest in record[name].items()} for name in _LISTS},
        key=record["key"],
    )
