"""The vocabulary of one merchant, compiled for matching: which words name a brand, a category, a value, a yes/no fact.

Built once per state of the catalogue. Matching is by whole words, plural and case folded, longest phrase first.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from shopwright.catalog.vocabulary import AttributeProfile, Vocabulary, fold, words

_PIECES = re.compile(r"\s*(?:&|,|/|\band\b)\s*")
_LONGEST = 4
_CONTAINERS = {"set", "kit", "box", "pack", "pair", "bundle", "piece", "collection", "range"}
"""Words that hold the thing that is meant: a knife set is about knives."""
_COMPOUND = 8
"""Letters from which an unknown word may be two known ones written together."""
_CATEGORICAL = 80
"""An attribute with more distinct values than this is free text: a value alone does not name it."""

Phrase = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Word:
    """A word of a message: lower case, folded, with its character offsets."""

    text: str
    folded: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Match:
    """A phrase of the message that names something: what, and the words first..last (exclusive) it stands on."""

    field: str
    value: str
    first: int
    last: int
    count: int


_OWNED = re.compile(r"(\d)['’]s$")
"""An owner that ends in a figure; of other owners folding leaves what shop and shopper write alike."""
_TOKEN = re.compile(r"[^\W_]+(?:['’][^\W_]+)*")


def tokenize(text: str) -> list[Word]:
    """The words of a message; hyphens separate; "the Tarn 2's seams" names the Tarn 2."""
    return [
        Word(m[0].lower(), fold(_OWNED.sub(r"\1", m[0].lower())), m.start(), m.end()) for m in _TOKEN.finditer(text)
    ]


def phrase(text: str) -> Phrase:
    """A text as folded words."""
    return tuple(word.folded for word in tokenize(text))


class Lexicon:
    """What the words of a message can mean in this shop."""

    def __init__(self, vocabulary: Vocabulary) -> None:
        self.vocabulary = vocabulary
        self._brands: dict[Phrase, str] = {phrase(brand): brand for brand in vocabulary.brands}
        self._values: dict[Phrase, list[tuple[str, str, int]]] = defaultdict(list)
        self._flags: dict[Phrase, str] = {}
        self._levels: dict[str, list[tuple[Phrase, str]]] = defaultdict(list)
        self._level_counts: Counter[str] = Counter()
        self._level_words: set[str] = set()
        self._parents: dict[str, str] = {}
        self._above: dict[str, set[str]] = defaultdict(set)
        for profile in vocabulary.attributes.values():
            self._add_attribute(profile)
        for path, count in vocabulary.categories.items():
            levels = path.split(" > ")
            for depth, level in enumerate(levels):
                self._level_counts[level] += count
                self._above[level].update(levels[:depth])
                if depth > 1:
                    self._parents[level] = levels[depth - 1]
        for level in self._level_counts:
            self._level_words.update(phrase(level))
            for piece in {level, *_PIECES.split(level)}:
                if key := phrase(piece):
                    self._levels[key[-1]].append((key, level))
        self.title_counts: Counter[str] = Counter()
        for word, count in vocabulary.title_words.items():
            self.title_counts[fold(word)] += count

    def _add_attribute(self, profile: AttributeProfile) -> None:
        if profile.kind == "bool":
            self._flags[phrase(profile.label)] = profile.name
        elif profile.kind == "text" and (profile.option or len(profile.values) <= _CATEGORICAL):
            for value, count in profile.values.items():
                key = phrase(value)
                if key and len(key) <= _LONGEST and not (len(key) == 1 and len(key[0]) < 3 and not profile.option):
                    self._values[key].append((profile.name, value, count))

    # ── matching ──

    def brands(self, tokens: Sequence[Word]) -> list[Match]:
        """Brands named in the message, longest first; one-word brands that are common title words need a capital."""
        return [
            Match("brand", self._brands[key], i, j, self.vocabulary.brands[self._brands[key]])
            for key, i, j in _phrases(tokens, self._brands)
        ]

    def values(self, tokens: Sequence[Word]) -> list[list[Match]]:
        """Attribute values named in the message: for each place the possible readings, most frequent first."""
        found = []
        for key, i, j in _phrases(tokens, self._values):
            readings = sorted(self._values[key], key=lambda row: -row[2])
            found.append([Match(f"attr:{name}", value, i, j, count) for name, value, count in readings])
        return found

    def flags(self, tokens: Sequence[Word]) -> list[Match]:
        """Yes/no attributes named in the message ("dishwasher safe")."""
        return [Match(f"attr:{self._flags[key]}", "true", i, j, 0) for key, i, j in _phrases(tokens, self._flags)]

    def categories(self, goal: Sequence[str]) -> tuple[str, ...]:
        """Category names whose head noun is the head of the goal; the most specific ones when the goal says more.

        Args:
            goal: folded words of what is looked for; the head is the last one.
        """
        goal = tuple(part for word in goal for part in self._parts(word))
        if not goal:
            return ()
        if len(goal) > 1 and goal[-1] in _CONTAINERS and (inside := self.categories(goal[:-1])):
            return inside
        named = self._levels.get(goal[-1], [])
        if not named:
            return ()
        if narrow := [level for word in goal[:-1] for key, level in self._levels.get(word, []) if key == (word,)]:
            below = {level for _, level in named}
            if within := [level for level in narrow if self._above[level] & below]:
                return self._broadest(within)
        have = set(goal)
        scored = [(len(set(key) & have), level) for key, level in named if set(key) <= have]
        best = max((hits for hits, _ in scored), default=0)
        return self._broadest(
            [level for hits, level in scored if hits == best] or [self._wider(level) for _, level in named]
        )

    def _wider(self, level: str) -> str:
        """The level above one that only ends in the word said, if no department: a rucksack may be a daypack."""
        return self._parents.get(level, level)

    def _parts(self, word: str) -> tuple[str, ...]:
        """A word that the catalogue does not have, as two that it has: sleepingbag -> sleeping, bag."""
        known = self.title_counts
        if word not in known and word not in self._levels and len(word) >= _COMPOUND:
            for cut in range(3, len(word) - 2):
                if known[word[:cut]] and (known[word[cut:]] or word[cut:] in self._levels):
                    return word[:cut], word[cut:]
        return (word,)

    def _broadest(self, levels: Iterable[str]) -> tuple[str, ...]:
        """The levels without those below another one; a department that only lists the word gives way to the level."""
        chosen = tuple(dict.fromkeys(levels))
        lists = {
            level for level in chosen if len(_PIECES.split(level)) > 1 and any(level in self._above[o] for o in chosen)
        }
        chosen = tuple(level for level in chosen if level not in lists)
        return tuple(level for level in chosen if not self._above[level].intersection(chosen))

    def is_value(self, folded: str) -> bool:
        """Whether the word is a value of some attribute."""
        return (folded,) in self._values

    def in_level(self, folded: str) -> bool:
        """Whether the word stands in the name of a category."""
        return folded in self._level_words

    def names_goods(self, folded: str) -> bool:
        """Whether the word is the head noun of a category."""
        return folded in self._levels

    def names_attribute(self, folded: str) -> bool:
        """Whether the word is the whole name of an attribute."""
        return any(phrase(profile.label) == (folded,) for profile in self.vocabulary.attributes.values())

    def attributes_of(self, name: str) -> list[AttributeProfile]:
        """Attributes whose name holds the words of `name`, most frequent first."""
        wanted = set(name.split())
        found = [p for p in self.vocabulary.attributes.values() if wanted <= set(words(p.label)) | {p.label}]
        return sorted(found, key=lambda profile: (-profile.count, profile.label != name))

    def measured_in(self, dimension: str, levels: Iterable[str] = ()) -> list[AttributeProfile]:
        """Attributes of a physical dimension, most frequent (in the categories, if given) first."""
        found = [
            p
            for p in self.vocabulary.attributes.values()
            if p.dimensions.get(dimension, 0) >= (0 if p.kind == "quantity" else p.count / 2)
            and dimension in p.dimensions
        ]
        return sorted(found, key=lambda profile: -self.frequency(profile, levels))

    def frequency(self, profile: AttributeProfile, levels: Iterable[str]) -> int:
        """How many products state the attribute, within the categories when some are given."""
        levels = tuple(levels)
        if not levels:
            return profile.count
        return sum(self.vocabulary.category_attributes.get(level, {}).get(profile.name, 0) for level in levels)


def _phrases(tokens: Sequence[Word], table: Iterable[Phrase]) -> list[tuple[Phrase, int, int]]:
    """Phrases of the table that stand in the message, longest first, without overlaps."""
    keys = table if isinstance(table, dict) else set(table)
    taken: set[int] = set()
    found = []
    for length in range(_LONGEST, 0, -1):
        for i in range(len(tokens) - length + 1):
            span = range(i, i + length)
            key = tuple(token.folded for token in tokens[i : i + length])
            if key in keys and not taken.intersection(span):
                taken.update(span)
                found.append((key, i, i + length))
    return sorted(found, key=lambda row: row[1])
