"""Pairs that the rewriter learns from: a query, a task, and what should be written.

    written    the project's own pairs (`train.rewrites`), or a merchant's
    noise      phrases that are right, mistyped by `noise` (task "meant"); as many stay as they are, so that a model
               learns to leave alone what is right
    names      a phrase in which a name is exchanged for another one of the same thing (`knowledge.synonyms`)
    answers    a described wish and the name of a product that was judged to be exactly that

Phrases come from queries, from titles of the catalogues, from the rewrites themselves and from the names of things.
Everything is drawn anew for each pass; a pass is the same for a seed.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from random import Random

from shopwright.knowledge.synonyms import Synonyms, stems_of
from shopwright.skills.rewrite.tasks import LONGEST, Task
from shopwright.train.examples import Example
from shopwright.train.rewrite.noise import misspelled
from shopwright.train.rewrites import Rewrite
from shopwright.types import Product

MEANT_KINDS = frozenset({"typo", "split", "abbreviation", "keep"})
_DESCRIBED = frozenset({"use", "vague", "synonym"})
_WORD = re.compile(r"[^\W_][\w'&.+/-]*")
_MISTYPED = 0.6
_NAME_WORDS = 5
_PIECES = 12_000
"""Pieces of titles from each catalogue."""


@dataclass(frozen=True, slots=True)
class Pair:
    """One thing to learn: `target` is what is written for `query` under `task`."""

    task: Task
    query: str
    target: str
    category: str = ""


@dataclass(frozen=True, slots=True)
class Sources:
    """What pairs are drawn from.

    Args:
        rewrites: pairs that people wrote, or that sessions or an endpoint gave.
        phrases: right queries, and pieces of titles.
        names: names of the same things, each group a tuple.
        answers: (described wish, names of what answers it, category).
    """

    rewrites: Sequence[Rewrite]
    phrases: Sequence[str]
    names: Sequence[tuple[str, ...]]
    answers: Sequence[tuple[str, tuple[str, ...], str]] = ()


def sources(
    rewrites: Sequence[Rewrite],
    products: Mapping[str, Sequence[Product]],
    examples: Iterable[Example],
    seed: int = 0,
) -> Sources:
    """Sources from what a recipe has.

    Args:
        rewrites: see `Sources`.
        products: catalogue -> products.
        examples: labelled queries of these catalogues.
        seed: of the pieces of titles.
    """
    chance = Random(f"phrases {seed}")
    by_id = {(name, each.id): each for name, listed in products.items() for each in listed}
    names = [tuple(" ".join(term.words) for term in group.terms) for group in Synonyms.packaged().groups]
    phrases = [name for group in names for name in group]
    phrases += [each.lower() for rewrite in rewrites for each in rewrite.rewrites]
    for listed in products.values():
        drawn_from = chance.choices(listed, k=_PIECES) if listed else []
        phrases += [piece for product in drawn_from if (piece := _piece(product, chance))]
    answers = []
    for example in examples:
        if example.kind != "misspelled":
            phrases.append(example.query.lower())
        keys = [(example.catalogue, one) for one, label in example.labels.items() if label == "E"]
        exact = [by_id[key] for key in keys if key in by_id]
        if exact and example.kind in _DESCRIBED:
            leaf = exact[0].category[-1] if exact[0].category else ""
            answers.append((example.query.lower(), tuple(filter(None, map(name_of, exact))), leaf))
    kept = [phrase for phrase in phrases if 2 < len(phrase) <= LONGEST]
    return Sources(rewrites, kept, names, [answer for answer in answers if answer[1]])


def drawn(source: Sources, count: int, seed: int) -> Iterator[Pair]:
    """So many pairs in random order: of what people wrote a fourth, of noise more than a half."""
    chance = Random(f"pairs {seed}")
    kinds = (_written, _noised, _renamed, _answered)
    weights = (0.25, 0.58, 0.12, 0.05 if source.answers else 0.0)
    made = 0
    while made < count:
        pair = chance.choices(kinds, weights)[0](source, chance)
        if pair is not None and pair.query.strip() and pair.target.strip():
            made += 1
            yield pair


def written_pairs(rewrites: Iterable[Rewrite]) -> list[Pair]:
    """The best rewrite of each, under the task of its kind: what a model is measured on."""
    return [
        Pair("meant" if each.kind in MEANT_KINDS else "also", each.query.lower(), each.rewrites[0].lower())
        for each in rewrites
    ]


def name_of(product: Product) -> str:
    """What a shopper would call a product: the first words of its title without brand, codes and sizes."""
    brand = set((product.brand or "").lower().split())
    words = [word.lower() for word in _WORD.findall(re.split(r"[,|(–-] ", product.title)[0])]
    kept = [word for word in words if word not in brand and not any(letter.isdigit() for letter in word)]
    return " ".join(kept[:_NAME_WORDS])


def _written(source: Sources, chance: Random) -> Pair | None:
    each = chance.choice(source.rewrites)
    query = each.query.lower()
    if each.kind in MEANT_KINDS or (each.kind == "own" and len(each.rewrites) == 1):
        return Pair("meant", query, each.rewrites[0].lower())
    if chance.random() < 0.12:
        return Pair("meant", query, query)
    weights = [1.0 / (1 + place) for place in range(len(each.rewrites))]
    return Pair("also", query, chance.choices(each.rewrites, weights)[0].lower())


def _noised(source: Sources, chance: Random) -> Pair | None:
    phrase = chance.choice(source.phrases)
    return Pair("meant", misspelled(phrase, chance) if chance.random() < _MISTYPED else phrase, phrase)


def _renamed(source: Sources, chance: Random) -> Pair | None:
    group = chance.choice(source.names)
    if len(group) < 2:
        return None
    old, new = chance.sample(group, 2)
    if set(stems_of(old)) == set(stems_of(new)) or not (old + new).replace(" ", "").isalpha():
        return None
    phrase = chance.choice(source.phrases)
    extra = [word for word in phrase.split() if word.isalpha()][:1] if chance.random() < 0.5 else []
    return Pair("also", " ".join([*extra, old]), " ".join([*extra, new]))


def _answered(source: Sources, chance: Random) -> Pair | None:
    query, names, category = chance.choice(source.answers)
    return Pair("also", query, chance.choice(names), category if chance.random() < 0.3 else "")


def _piece(product: Product, chance: Random) -> str:
    words = [word for word in _WORD.findall(product.title) if len(word) < 24]
    if len(words) < 2:
        return ""
    size = chance.randint(1, 5)
    last = max(len(words) - size, 0)
    start = min(chance.randint(0, last), chance.randint(0, last))
    return " ".join(words[start : start + size]).lower()
