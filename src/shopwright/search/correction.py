"""What a shopper meant to type, read from the catalogue itself: a noisy channel over a lattice of the query's words.

    query      frostking windw film
    arcs       frostking -> frost king    windw -> window, wind, windy ...    each word -> itself
    meant      frost king window film

An arc costs what its edits cost, and what its words are unlikely to be in a title after the word before (how many
products have them, in how many titles they are neighbours; Kernighan, Church and Gale, 1990; Brill and Moore, 2000,
without learned edits). Viterbi finds the cheapest way through.

The rule that holds whatever the costs: **a word that the catalogue has stays as it is**, and so does one that names, or
helps to name, what it has by another name ("strimmer" is no trimmer where the thesaurus knows it and string trimmers
are sold), and every word with a digit, since a model number is near to many others. Only a number with its unit is
taken apart ("20v" is "20 v"), and only where the catalogue has both parts and not the whole. A word that the catalogue
has may be joined to a neighbour that it has not ("trafic" and "master" to "traficmaster" only where the catalogue has
that): no letter changes.

Not here: mistakes that are words themselves ("steal pipe"), sounds, other languages (a query most of whose words are
unknown is left alone), learned confusions.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from math import inf, log

from shopwright.search.protocols import Catalogue

MAX_WORDS = 32
_MOST_UNKNOWN = 4
_LONGEST = 30

_UNKNOWN = 14.0
_EDIT = 7.0
_FIRST_LETTER = 5.0
_REPLACED, _VOWELS = 2.5, frozenset("aeiouy")
_SHORT_WORDS = {3: 14.0, 4: 6.0}
_BOLD, _LONG = 6.0, 8
_SPLIT, _SHORTEST_SPLIT, _SHORTEST_PART = 6.0, 5, 3
_JOIN = 5.0
_UNIT = 1.0
_RARE = 3
_NEIGHBOURS = 0.9
_TITLE_WORDS = 10

_NUMBER_UNIT = re.compile(r"(\d+)([a-z]+)")
_SMALL_WORDS = frozenset({"in", "ft", "of", "on", "to", "up"})


@dataclass(frozen=True, slots=True)
class Replacement:
    """The typed words `start` to `end` (exclusive) were meant as these.

    `unit`: it is a number taken apart from its unit, which was no mistake.
    """

    start: int
    end: int
    words: tuple[str, ...]
    unit: bool = False


@dataclass(frozen=True, slots=True)
class _Arc:
    end: int
    words: tuple[str, ...]
    cost: float


@dataclass(frozen=True, slots=True)
class _Path:
    cost: float
    arcs: tuple[_Arc, ...] = ()


def correct(
    typed: Sequence[str], catalogue: Catalogue, named: Callable[[str], bool] | None = None
) -> tuple[Replacement, ...]:
    """What of a query was meant otherwise than it was typed, in order; () when nothing was.

    Args:
        typed: the query's words in lower case without accents; those after `MAX_WORDS` are left alone.
        catalogue: that is searched.
        named: whether a word that the catalogue has not is one of a name of what it has; asked of such words only.
    """
    typed = typed[:MAX_WORDS]
    known = [catalogue.frequency(word) > 0 or (named is not None and word.isalpha() and named(word)) for word in typed]
    doubtful = [word for word, has in zip(typed, known, strict=True) if not has and _correctable(word)]
    if not doubtful or not _readable(len(doubtful), len(typed)):
        return ()
    path = _cheapest(typed, known, catalogue)
    start, found = 0, []
    for arc in path.arcs:
        if arc.words != tuple(typed[start : arc.end]):
            found.append(Replacement(start, arc.end, arc.words, unit=not typed[start].isalpha()))
        start = arc.end
    return tuple(found)


def _correctable(word: str) -> bool:
    return len(word) <= _LONGEST and (word.isalpha() or _NUMBER_UNIT.fullmatch(word) is not None)


def _readable(doubtful: int, words: int) -> bool:
    """Whether few enough words are unknown for the query to be in the catalogue's language."""
    return doubtful <= 2 or (doubtful <= _MOST_UNKNOWN and 2 * doubtful <= words)


def _cheapest(typed: Sequence[str], known: Sequence[bool], catalogue: Catalogue) -> _Path:
    """Viterbi: at every place the cheapest path to each last word."""
    paths: list[dict[str, _Path]] = [{} for _ in range(len(typed) + 1)]
    paths[0][""] = _Path(0.0)
    for place in range(len(typed)):
        for arc in _arcs(typed, known, place, catalogue):
            ahead = paths[arc.end]
            last = arc.words[-1]
            within = sum(_surprise(catalogue, a, b) for a, b in zip(arc.words, arc.words[1:], strict=False))
            for before, path in paths[place].items():
                cost = path.cost + arc.cost + within + _surprise(catalogue, before, arc.words[0])
                if cost < ahead.get(last, _Path(inf)).cost:
                    ahead[last] = _Path(cost, (*path.arcs, arc))
    return min(paths[-1].values(), key=lambda path: path.cost)


def _arcs(typed: Sequence[str], known: Sequence[bool], place: int, catalogue: Catalogue) -> Iterator[_Arc]:
    """All that the word at a place may stand for, the word itself first."""
    word, after = typed[place], place + 1
    yield _Arc(after, (word,), 0.0 if known[place] else _UNKNOWN)
    if not known[place] and _correctable(word):
        for near, edits in catalogue.nearest(word) if word.isalpha() else ():
            yield _Arc(after, (near,), _edit_cost(word, near, edits))
        for parts, cost in _parts(word, catalogue):
            yield _Arc(after, parts, cost)
    if after < len(typed) and not (known[place] and known[after]):
        joined = word + typed[after]
        if joined.isalpha() and len(joined) <= _LONGEST and catalogue.frequency(joined) >= 2:
            yield _Arc(after + 1, (joined,), _JOIN)


def _edit_cost(typed: str, meant: str, edits: int) -> float:
    """What it costs to have typed the one for the other: a letter is left out or doubled sooner than replaced.

    Two edits that change the consonants of a word that is not long make another word of it, "bit" of "bidet".
    """
    first = _FIRST_LETTER if typed[0] != meant[0] else 0.0
    others = _skeleton(typed) != _skeleton(meant)
    replaced = _REPLACED if others and len(typed) == len(meant) else 0.0
    bold = _BOLD if others and edits > 1 and len(typed) < _LONG else 0.0
    return _EDIT * edits + first + replaced + bold + _SHORT_WORDS.get(len(typed), 0.0)


def _skeleton(word: str) -> list[str]:
    """The consonants in alphabetical order: the same for words with swapped letters or other vowels."""
    return sorted(letter for letter in word if letter not in _VOWELS)


def _parts(word: str, catalogue: Catalogue) -> Iterator[tuple[tuple[str, str], float]]:
    """The ways to take a word apart into two that the catalogue has."""
    if number := _NUMBER_UNIT.fullmatch(word):
        if all(catalogue.frequency(part) for part in number.groups()):
            yield (number[1], number[2]), _UNIT
        return
    for cut in range(2, len(word) - 1 if len(word) >= _SHORTEST_SPLIT else 0):
        left, right = word[:cut], word[cut:]
        if all(
            (len(part) >= _SHORTEST_PART or part in _SMALL_WORDS)
            and catalogue.titled(part)
            and catalogue.frequency(part) >= _RARE
            for part in (left, right)
        ):
            yield (left, right), _SPLIT


def _surprise(catalogue: Catalogue, before: str, word: str) -> float:
    """Negative logarithm of how likely a title goes on with the word after the one before; "" begins it."""
    size = _TITLE_WORDS * (catalogue.products + 1)
    likely = (catalogue.frequency(word) + 0.5) / size
    if not before:
        return -log(likely)
    follows = catalogue.together(before, word) / max(catalogue.frequency(before), 1)
    return -log(_NEIGHBOURS * follows + (1 - _NEIGHBOURS) * likely)
