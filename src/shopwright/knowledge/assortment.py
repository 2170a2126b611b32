"""Which products of a shop are of which type: "Woodlouse headlamp for AAA batteries" is a head torch.

    assortment = load_assortment(store, TypeNames.of(graph, beyond, links))
    assortment.types("woodlouse-aaa-headlamp")     # (Named("product:head torch", 0.95),)
    assortment.members("product:head torch")       # ids, the surest first

`links` says in which categories to look for a type; a reason that is told ("A head torch leaves both hands free.") must
hold of the very product, so here names are read from titles:

- the title, as far as it names a thing, ends in the type's name, or in another name of it (`synonyms`);
- it ends in the name's last word and has the others somewhere, or its categories have them ("Swift road helmet" in
  Cycling > Helmets is a cycling helmet);
- its category, one that holds a single kind of thing, is called so.

What is for animals, for the very young or for play is of a type only where the type is, too: a doll's wardrobe is no
wardrobe. Nearness of meaning was tried and is not enough: the nearest thing to a candle lighter is a candle. It serves
for products whose title names no type at all, which count, weakly, as the types that `links` finds in their category
(`Named.guessed`); nobody is sent there. A category that is called after an activity says what its products are for.

What a product is depends on its own words only, so that after a change of the catalogue the changed products alone are
read again. No encoder is asked.

Simplification: English titles, whose last word before "for", "with" or a comma is the thing.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

import orjson

from shopwright.catalog.chunks import chunked
from shopwright.catalog.store import Store
from shopwright.catalog.vocabulary import fold, words
from shopwright.knowledge.beyond import Beyond
from shopwright.knowledge.graph import Graph, Stems, name_of, renamed, stemmed
from shopwright.knowledge.links import Links, title_heads
from shopwright.knowledge.synonyms import Synonyms
from shopwright.types import Product

_ENDING, _CALLED, _WIDER, _SCATTERED, _SHELVED, _LONE, _PARTLY = 0.95, 0.85, 0.85, 0.8, 0.75, 0.6, 0.5
"""How sure it is: the title ends in the name; the category is called so; the name ends a longer one that is known from
the same nodes; the words are in the title; what the title lacks is a whole level of the category; one word, or another
name, that the category does not repeat; what it lacks is part of a level, or the name ends a longer one that is another
thing: a waffle iron is no iron."""
SURE = 0.75
"""From which a product is a member of its type: what is said of the type is said of it."""
_GUESSED, _LIKELY = 0.45, 0.75
"""What a type of the category is worth for a product whose title names none, and how sure `links` must be of it."""
_THEMED = 0.55
"""How surely a product of "Sports > Fishing" is for fishing."""
_DEPARTMENT = 1
"""Levels of a category that say little of what is in it: "Garden & Pets"."""
_LONGEST = 5
_READ_AT_ONCE = 2_000
_META = "knowledge_assortment"
_LAYOUT = 4
_SEVERAL = re.compile(r"[&,/+]|\band\b")
_FOR = re.compile(r"\bfor\b", re.IGNORECASE)
"""What is for a thing is not the thing: brush heads for a toothbrush."""
_AUDIENCES: Mapping[str, str] = {
    "young": "baby infant newborn toddler child children childrens kid junior nursery",
    "animal": "dog puppy cat kitten pet bird horse hamster rabbit poultry hen chicken",
    "play": "toy doll dollhouse puppet pretend play miniature",
}
SPARE = ("spare", "second", "extra", "additional", "another")
"""How a type's name may begin of which no title has the word: a spare shoelace is a shoelace."""
_SPARE = frozenset(stemmed([" ".join(SPARE)])[0])
_VAGUE_WORDS = """
cover filter battery set lid bag pad head blade wheel part strap case kit insert refill bottle sheet mount stand holder
clip hook box pack tool brush mat cable adapter charger
"""
_VAGUE = frozenset(stemmed([_VAGUE_WORDS])[0])
"""Nouns that say too little alone: with a word between it may be another thing, a magnetic vent mount."""
_AUDIENCE_OF = {stem: name for name, said in _AUDIENCES.items() for stem in stemmed([said])[0]}


class Named(NamedTuple):
    """A type that a product is of, or what it is for.

    Args:
        node: "product:head torch"; "activity:fishing".
        confidence: 0 to 1.
        guessed: only its category says so.
    """

    node: str
    confidence: float
    guessed: bool = False


class TypeNames:
    """The names of product types, ready to be found in titles.

    Args:
        contexts: each type with the nodes that it is known from, which tell whom it is for.
        links: for products whose title names no type.
        synonyms: other names of things.
        fingerprint: names the types.
    """

    def __init__(
        self,
        contexts: Mapping[str, Sequence[str]],
        links: Links | None = None,
        synonyms: Synonyms | None = None,
        fingerprint: str = "",
    ) -> None:
        self.key = f"{_LAYOUT}/{fingerprint}/{links.key if links else ''}"
        self._endings: defaultdict[Stems, list[tuple[str, str]]] = defaultdict(list)
        self._words: defaultdict[str, list[tuple[frozenset[str], str, str]]] = defaultdict(list)
        named = [(node, _plain(stems)) for node, stems in _stems(contexts) if stems]
        for node, stems in named:
            noun = fold(words(node)[-1])
            self._endings[stems].append((node, noun))
            if len(stems) > 1:
                self._words[stems[-1]].append((frozenset(stems[:-1]), node, noun))
        own = frozenset(self._endings)
        for node, stems in named:
            for other in renamed(stems, synonyms):
                if other not in own:
                    self._endings[other].append((node, ""))
        self._contexts = {node: frozenset(heads) for node, heads in contexts.items()}
        self._audiences = _audiences_of(contexts)
        self._shelved = _by_category(links) if links else {}
        self._themes = _themes_of(links) if links else {}

    @classmethod
    def of(cls, graph: Graph, beyond: Beyond, links: Links | None = None) -> TypeNames:
        """The product types of common sense and of tips."""
        contexts: dict[str, list[str]] = {node: [] for node in [*graph.of_kind("product"), *beyond.products]}
        for edge in graph.edges:
            if edge.tail in contexts:
                contexts[edge.tail].append(edge.head)
        for tip in beyond.tips:
            contexts[tip.node].append(tip.head)
        return cls(contexts, links, Synonyms.packaged(), f"{graph.fingerprint}-{beyond.fingerprint}")

    def read(self, products: Iterable[Product]) -> Iterator[tuple[str, tuple[Named, ...]]]:
        """Each product's id with its types, the surest first; () where none is known."""
        for some in chunked(products, _READ_AT_ONCE):
            heads, titles = title_heads(one.title for one in some), stemmed(one.title for one in some)
            levels = stemmed(level for one in some for level in one.category)
            start = 0
            for product, head, title in zip(some, heads, titles, strict=True):
                end = start + len(product.category)
                yield product.id, self._types(product, head, frozenset(title), levels[start:end])
                start = end

    def _types(
        self, product: Product, head: Stems, title: frozenset[str], levels: Sequence[Stems]
    ) -> tuple[Named, ...]:
        if not head and not levels:
            return ()
        said = {fold(word) for text in (product.title, *product.category[-1:]) for word in words(text)} | {""}
        kept = [frozenset(level) for level in levels[_DEPARTMENT:] or levels]
        shelves = frozenset().union(*kept)
        beside = frozenset().union(*(level for level in kept if head and head[-1] not in level))
        found: dict[str, float] = {}
        for length in range(min(_LONGEST, len(head)), 0, -1):
            repeated = not shelves.isdisjoint(head[-length:])
            for node, noun in self._endings.get(head[-length:], ()):
                if noun in said and node not in found:
                    plain = _ENDING if repeated or (noun and length > 1) else _LONE
                    found[node] = min(plain, self._as_wider(node, found) if length == 1 else 1.0)
        longer, named = dict(found), frozenset(head)
        for others, node, noun in self._words.get(head[-1], ()) if head else ():
            lacking = others - named
            if node not in found and noun in said and lacking <= beside:
                sure = _SHELVED if lacking in kept else _PARTLY
                if not lacking:
                    sure = _LONE if head[-1] in _VAGUE else _SCATTERED
                found[node] = min(sure, self._as_wider(node, longer))
        if levels and not _SEVERAL.search(product.category[-1]) and not _FOR.search(product.title):
            for node, noun in self._endings.get(levels[-1], ()):
                if noun in said:
                    found.setdefault(node, _CALLED)
        told = {_AUDIENCE_OF[stem] for stem in (*title, *shelves) if stem in _AUDIENCE_OF}
        fitting = [Named(node, sure) for node, sure in found.items() if told <= self._audiences[node]]
        path = " > ".join(product.category)
        if not fitting and not told and (guess := self._shelved.get(path)):
            fitting = [guess]
        themes = self._themes_above(path) if path else ()
        return (*sorted(fitting, key=lambda one: (-one.confidence, -len(one.node), one.node)), *themes)

    def _themes_above(self, path: str) -> tuple[Named, ...]:
        """The activities that a category, or one above it, is called after; found once for each category."""
        themes = self._themes.get(path)
        if themes is None:
            above = self._themes_above(path.rpartition(" > ")[0]) if " > " in path else ()
            themes = self._themes[path] = above
        return themes

    def _as_wider(self, node: str, found: Mapping[str, float]) -> float:
        """How sure a name is that ends the longer ones that were found; 1 where there are none."""
        if not found:
            return 1.0
        own = self._contexts[node]
        return _WIDER if any(not own.isdisjoint(self._contexts[longer]) for longer in found) else _PARTLY


class Assortment:
    """The products of a shop by their types. Never changed.

    Args:
        types: of each product, by id, the surest first.
        key: names what they were read with.
        sequence: of the catalogue.
    """

    def __init__(self, types: Mapping[str, tuple[Named, ...]], key: str = "", sequence: int = 0) -> None:
        self.key, self.sequence = key, sequence
        self._types = types
        members: defaultdict[str, list[tuple[float, str]]] = defaultdict(list)
        for product, named in types.items():
            for one in named:
                if one.confidence >= SURE:
                    members[one.node].append((-one.confidence, product))
        self._members = {node: tuple(product for _, product in sorted(listed)) for node, listed in members.items()}

    def types(self, product_id: str) -> tuple[Named, ...]:
        """The types that a product is of, the surest first; () for one that is not sold, or of no known type."""
        return self._types.get(product_id, ())

    def members(self, node: str) -> tuple[str, ...]:
        """Ids of the products that are of a type for sure (`SURE`), the surest first."""
        return self._members.get(node, ())

    def __contains__(self, product_id: object) -> bool:
        return product_id in self._types

    def __len__(self) -> int:
        return len(self._types)

    @property
    def nodes(self) -> Iterable[str]:
        """The types that are sold."""
        return self._members.keys()

    def with_changes(self, changes: Mapping[str, tuple[Named, ...] | None], sequence: int) -> Assortment:
        """The same after products were written, or removed (None)."""
        types = {**self._types, **changes}
        return Assortment({key: named for key, named in types.items() if named is not None}, self.key, sequence)

    def dump(self) -> bytes:
        """As JSON; names that many products have are written once."""
        nodes = {
            node: place for place, node in enumerate(dict.fromkeys(n.node for t in self._types.values() for n in t))
        }
        rows = {key: [[nodes[one.node], *one[1:]] for one in named] for key, named in self._types.items()}
        return orjson.dumps({"key": self.key, "sequence": self.sequence, "nodes": list(nodes), "types": rows})

    @classmethod
    def parse(cls, data: bytes) -> Assortment:
        """What `dump` wrote."""
        record = orjson.loads(data)
        nodes = record["nodes"]
        rows = record["types"].items()
        types = {key: tuple([Named(nodes[place], sure, guess) for place, sure, guess in named]) for key, named in rows}
        return cls(types, record["key"], record["sequence"])


def load_assortment(store: Store, names: TypeNames) -> Assortment:
    """The products of a store by their types; what was kept of it is brought up to date, and kept again."""
    sequence, kept = store.sequence, store.meta(_META)
    before = Assortment.parse(kept) if kept is not None else None
    if before is not None and before.key == names.key:
        if before.sequence == sequence:
            return before
        changes: dict[str, tuple[Named, ...] | None] = {}
        written: list[Product] = []
        for key, product in store.changes(before.sequence):
            if product is None:
                changes[key] = None
            else:
                written.append(product)
        changes.update(names.read(written))
        after = before.with_changes(changes, sequence)
    else:
        after = Assortment(dict(names.read(store.headings())), names.key, sequence)
    store.set_meta(_META, after.dump())
    return after


def _plain(stems: Stems) -> Stems:
    """A name without "spare" and the like, where what is left says what it is."""
    left = tuple([stem for stem in stems if stem not in _SPARE])
    return left if len(left) > 1 or (left and left[0] not in _VAGUE) else stems


def _stems(nodes: Iterable[str]) -> Iterator[tuple[str, Stems]]:
    listed = list(nodes)
    return zip(listed, stemmed(map(name_of, listed)), strict=True)


def _audiences_of(contexts: Mapping[str, Sequence[str]]) -> dict[str, frozenset[str]]:
    """Whom types are for, of `_AUDIENCES`: by their own names, and by half of what they are known from."""
    told = {node: {_AUDIENCE_OF[stem] for stem in stems if stem in _AUDIENCE_OF} for node, stems in _stems(contexts)}
    heads = {
        head: {_AUDIENCE_OF[stem] for stem in stems if stem in _AUDIENCE_OF}
        for head, stems in _stems(dict.fromkeys(head for listed in contexts.values() for head in listed))
    }
    found: dict[str, frozenset[str]] = {}
    for node, listed in contexts.items():
        counts = Counter(audience for head in listed for audience in heads[head])
        found[node] = frozenset(told[node]) | {name for name, count in counts.items() if 2 * count >= len(listed)}
    return found


def _themes_of(links: Links) -> dict[str, tuple[Named, ...]]:
    """For each category that is called just so ("Fishing", not "Fish") the activities."""
    found: defaultdict[str, tuple[Named, ...]] = defaultdict(tuple)
    for node, link in links.themes.items():
        named = set(words(name_of(node)))
        for path in link.categories if node.startswith("activity:") else ():
            if named <= set(words(path.rpartition(" > ")[2])):
                found[path] += (Named(node, _THEMED),)
    return dict(found)


def _by_category(links: Links) -> dict[str, Named]:
    """For each category the likeliest type that `links` finds there, as a guess."""
    found: dict[str, tuple[float, str]] = {}
    for node, link in links.products.items():
        if link.confidence >= _LIKELY:
            found[link.categories[0]] = max(found.get(link.categories[0], (0.0, "")), (link.confidence, node))
    return {path: Named(node, _GUESSED * sure, guessed=True) for path, (sure, node) in found.items()}
