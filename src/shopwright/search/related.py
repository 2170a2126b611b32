"""What could be bought in place of a product, and what goes with it: ranked hits that say why.

Substitutes are of the same kind (`near`); the closer their vectors, prices and attributes, the better. Complements need
evidence: the merchant's own relation, a text that names the product or its kind ("for two-person tents",
compatible_with), or a cross-encoder that reads them as a complement. Where there is no evidence nothing is given.
The merchant's own relations come first in both lists. What cannot be bought is left out.

Simplification: relations are read from the product's side only; "is an accessory of" is not followed backwards.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

import numpy as np

from shopwright.catalog.offers import offers
from shopwright.catalog.units import convert, dimension
from shopwright.models.protocols import Encoder, PairScorer, Vectors
from shopwright.search import kinds
from shopwright.search.columns import Integers
from shopwright.search.commits import State
from shopwright.search.kinds import Kind
from shopwright.search.protocols import Load
from shopwright.search.texts import encoder_text, named
from shopwright.types import AttributeValue, Hit, Product, Quantity, Reason, Relation

GOES_WITH: Mapping[Relation, str] = {
    "required_part": "needed for it",
    "accessory": "an accessory of it",
    "part_of_set": "of the same set",
    "often_bought_with": "often bought with it",
}
"""The merchant's relations that make a complement, strongest first."""

MERCHANT = 10.0
"""What the merchant's own word adds: more than all evidence together."""
ATTRIBUTES = 0.1
"""What equal values of all attributes that both products state add to a substitute."""
KINSHIP = 0.15
"""What a title that names the same kind of thing adds to a substitute."""
BELONGS = 0.4
"""What is taken from a substitute that is made for products of the kind: a film is no camera."""
LEAST_SUBSTITUTE, INSTEAD = 0.6, 0.7
"""The score under which a substitute is not given, and from which it is not offered as a complement."""

NAMES_IT, FITS_KIND, MENTIONS_KIND = 0.45, 0.45, 0.1
"""What evidence adds to a complement: it names the product, its attributes name the kind, its text has the word."""
STATED = 0.4
"""The product's own attributes name the complement's kind."""
SAME_SHELF, SAME_DEPARTMENT = 0.2, 0.1
"""It is another kind of thing of the same larger category; of the same department."""
LEAST_EVIDENCE, LEAST_COMPLEMENT = 0.2, 0.6
"""The evidence, and the score with the likeness of the vectors, under which nothing is given.

All of these were chosen on the development half of the judged cases (`bench search --set related`).
"""

_POOL = 24
_NEAR, _WORDS = 60, 60
_TELLING = frozenset({"made_in", "warranty", "care", "weight", "dimensions", "length"})
"""Attributes that say little about what a product can stand in for."""


class Related:
    """Substitutes and complements over one state of the index.

    Args:
        state: of the index.
        load: gives products by id, from the store.
        encoder: for products that have no vector yet.
        scorer: reads pairs of products, where there is one.
    """

    def __init__(
        self, state: State, load: Load, encoder: Encoder | None = None, scorer: PairScorer | None = None
    ) -> None:
        self._state, self._load = state, load
        self._encoder, self._scorer = encoder, scorer

    def substitutes(self, product: Product, limit: int = 6) -> tuple[Hit, ...]:
        """What could be bought in place of a product, best first; may be fewer than `limit`, or none."""
        row = self._row(product)
        named = self._named(product, ("substitute",), {"substitute": "named by the shop"})
        return _ordered(named, self._alike(product, row, self._vector(product, row)), limit)

    def complements(self, product: Product, limit: int = 6) -> tuple[Hit, ...]:
        """What goes with a product, best first; only what there is evidence for."""
        named = self._named(product, tuple(GOES_WITH), GOES_WITH)
        row = self._row(product)
        vector = self._vector(product, row)
        kind = Kind(product)
        pool = self._pool(product, kind, row, vector)
        cosines = self._cosines(vector, pool)
        instead = {hit.id for hit in self._alike(product, row, vector) if hit.score >= INSTEAD}
        instead.update(product.related.get("substitute", ()))
        found = self._products(pool)
        likely = self._read(product, [found[key] for key in self._ids(pool) if key in found])
        hits = []
        for key, cosine in zip(self._ids(pool), cosines, strict=True):
            other = found.get(key)
            if other is None or key in instead or not _buyable(other) or Kind(other).head in kind.heads:
                continue
            evidence = [*_evidence(product, kind, other), *likely.get(key, ())]
            why = (Reason("meaning", cosine), *evidence)
            score = sum(part.value for part in why)
            if sum(part.value for part in evidence) >= LEAST_EVIDENCE and score >= LEAST_COMPLEMENT:
                hits.append(Hit(key, score, why=why))
        return _ordered(named, hits, limit)

    # ── candidates ──

    def _alike(self, product: Product, row: int, vector: Vectors | None) -> list[Hit]:
        """Substitutes without the merchant's word, best first."""
        if row < 0:
            return []
        near = self._state.near.substitutes(row, _POOL, vector=vector)
        found, kind, hits = self._products(near.rows), Kind(product), []
        for key, score in zip(self._ids(near.rows), near.scores.tolist(), strict=True):
            if key in found:
                why = (Reason("near", score, "kind, meaning and price"), *_likeness(product, kind, found[key]))
                hits.append(Hit(key, sum(part.value for part in why), why=why))
        return sorted((hit for hit in hits if hit.score >= LEAST_SUBSTITUTE), key=lambda hit: (-hit.score, hit.id))

    def _named(self, product: Product, relations: Sequence[Relation], notes: Mapping[Relation, str]) -> tuple[Hit, ...]:
        """What the merchant named, in the merchant's order, less what is gone or cannot be bought."""
        pairs = [(key, relation) for relation in relations for key in product.related.get(relation, ())]
        found = self._load([key for key, _ in pairs]) if pairs else {}
        hits: dict[str, Hit] = {}
        for place, (key, relation) in enumerate(pairs):
            if key in found and key != product.id and _buyable(found[key]):
                why = (Reason("merchant", MERCHANT - 0.01 * place, notes[relation]),)
                hits.setdefault(key, Hit(key, why[0].value, why=why))
        return tuple(hits.values())

    def _pool(self, product: Product, kind: Kind, row: int, vector: Vectors | None) -> Integers:
        """Rows that may go with the product: near in meaning, or with words of its name, kind or fit; not itself."""
        state = self._state
        asked = (" ".join(sorted(kind.heads)), kind.name, " ".join(kinds.fitting(product)))
        keys = [state.lexical.rank(words, _WORDS)[0] for text in asked if (words := state.lexical.read(text))]
        if vector is not None:
            keys.append(state.dense.search(vector, _NEAR)[0])
        if not keys:
            return np.zeros(0, np.int64)
        rows = state.columns.rows(np.unique(np.concatenate(keys)))
        pool: Integers = rows[(rows >= 0) & (rows != row)]
        return pool

    def _read(self, product: Product, others: Sequence[Product]) -> dict[str, list[Reason]]:
        """What the cross-encoder thinks of each: how likely somebody who asks for the product wants it beside it."""
        if self._scorer is None or not others:
            return {}
        likely = self._scorer.probabilities(product.title, [named(other) for other in others])[:, 2]
        return {
            other.id: [Reason("reread", float(share), f"P(complement) {share:.2f}")]
            for other, share in zip(others, likely, strict=True)
        }

    # ── the index ──

    def _row(self, product: Product) -> int:
        keys = self._state.lexical.keys([product.id])
        return int(self._state.columns.rows(keys)[0]) if len(keys) else -1

    def _vector(self, product: Product, row: int) -> Vectors | None:
        vector = self._state.near.vector(row) if row >= 0 else None
        if vector is None and self._encoder is not None and len(self._state.dense):
            vector = self._encoder.encode([encoder_text(product)])[0]
        return vector

    def _cosines(self, vector: Vectors | None, rows: Integers) -> list[float]:
        if vector is None:
            return [0.0] * len(rows)
        return [float(x) for x in np.nan_to_num(self._state.dense.scores(vector, self._state.columns.key[rows]))]

    def _ids(self, rows: Iterable[int]) -> list[str]:
        return [self._state.columns.id[int(row)] for row in rows]

    def _products(self, rows: Iterable[int]) -> Mapping[str, Product]:
        return self._load(self._ids(rows))


def _ordered(named: Sequence[Hit], found: Iterable[Hit], limit: int) -> tuple[Hit, ...]:
    """The merchant's own, then the rest by score."""
    known = {hit.id for hit in named}
    rest = sorted((hit for hit in found if hit.id not in known), key=lambda hit: (-hit.score, hit.id))
    return (*named, *rest)[:limit]


def _buyable(product: Product) -> bool:
    return any(item.buyable for item in offers(product))


# ── substitutes ──


def _likeness(product: Product, kind: Kind, other: Product) -> Iterator[Reason]:
    """What names, attributes and texts add to the likeness of two products, or take from it."""
    if Kind(other).head in kind.heads or kind.head in Kind(other).heads:
        yield Reason("name", KINSHIP, "named as the same kind of thing")
    elif _belongs(kind, other) or _belongs(Kind(other), product):
        yield Reason("text", -BELONGS, "made for it rather than like it")
    shared = [name for name in product.attributes if name in other.attributes and name not in _TELLING]
    alike = [_equal(product.attributes[name], other.attributes[name]) for name in shared]
    if any(alike):
        names = [name.replace("_", " ") for name, like in zip(shared, alike, strict=True) if like == 1.0]
        yield Reason("attributes", ATTRIBUTES * sum(alike) / len(alike), ", ".join(names[:4]))


def _belongs(kind: Kind, other: Product) -> bool:
    """Whether the other is made for things of the kind."""
    fits = kinds.fitting(other)
    named = kinds.calls(_listed(fits), kind.name) or kinds.named_for(other.title, kind.heads)
    return named or kinds.fit(fits, kind.heads)


def _listed(fits: Sequence[str]) -> str:
    return "; ".join(("fits", *fits))


def _equal(one: AttributeValue, other: AttributeValue) -> float:
    """How alike two values are, 0 to 1: of measures the smaller as a share of the larger."""
    if isinstance(one, Quantity) and isinstance(other, Quantity):
        if one.unit != other.unit:
            if not dimension(one.unit) or dimension(one.unit) != dimension(other.unit):
                return 0.0
            other = Quantity(convert(other.value, other.unit, one.unit), one.unit)
        return _share(one.value, other.value)
    if type(one) is float and type(other) is float:
        return _share(one, other)
    if isinstance(one, str) and isinstance(other, str):
        return float(one.casefold() == other.casefold())
    if isinstance(one, tuple) and isinstance(other, tuple):
        both = set(one) | set(other)
        return len(set(one) & set(other)) / len(both) if both else 1.0
    return float(one == other)


def _share(one: float, other: float) -> float:
    if one == other:
        return 1.0
    return min(one, other) / max(one, other) if min(one, other) > 0 else 0.0


# ── complements ──


def _evidence(product: Product, kind: Kind, other: Product) -> Iterator[Reason]:
    """What shelves and texts of both say about their going together."""
    near = bool(product.category) and product.category[:1] == other.category[:1]
    said, fits, theirs = list(kinds.texts(other)), kinds.fitting(other), Kind(other)
    if kinds.calls(_listed(fits), kind.name) or (near and _named_by(kind, other, said)):
        yield Reason("text", NAMES_IT, f"names {kind.name}")
    if kinds.fit(fits, kind.heads):
        yield Reason("text", FITS_KIND, f"fits {', '.join(fits)[:60]}")
    elif near and (sentence := next((text for text in said if kinds.mentions(text, kind.heads)), "")):
        yield Reason("text", MENTIONS_KIND, sentence[:80])
    if near and kinds.fit(kinds.fitting(product), frozenset({theirs.head}) - kinds.GENERIC - {""}):
        yield Reason("text", STATED, f"goes with {theirs.head}")
    if near:
        yield Reason("category", SAME_DEPARTMENT, product.category[0])
    if len(product.category) > 2 and product.category[:2] == other.category[:2]:
        yield Reason("category", SAME_SHELF, product.category[1])


def _named_by(kind: Kind, other: Product, said: Iterable[str]) -> bool:
    """Whether the other's texts call the product by its name, or its title begins with it under the same brand."""
    same = bool(kind.name) and bool(other.brand) and kind.product.brand == other.brand
    return (same and other.title.startswith(kind.name.split()[0] + " ")) or any(
        kinds.calls(text, kind.name) for text in said
    )
