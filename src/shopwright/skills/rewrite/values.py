"""Values of the merchant's attributes in a message, each with how sure it is that the value is meant.

`conditions` keeps only what may become a condition on products, within a category that states the attribute. Here every
value counts that the words can mean, in a catalogue without categories too: "made of brass chrome, in color option 04".

How sure: a value of several words, or one that its attribute's name stands beside ("size EU 43", "a2 color"), is meant;
a single word is as sure as the catalogue uses it as a value rather than in titles: "plastic" is a value of 80 products,
"case" of one and stands in the titles of fifty.

Simplification: the words of a value must stand in the message together and in order, joining words ("and", "of") and
plural endings aside; what says the same in other words is not found, but for a few words of English (`SAID_SO`).
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from shopwright.catalog.units import unit_symbol
from shopwright.catalog.vocabulary import AttributeProfile, Vocabulary, fold
from shopwright.skills.rewrite.english import FILLER, NUMBER_WORDS, SAID_SO, SIZES

LABELLED = 0.9
"""From here on a value is named as one, by its attribute or a word such as "made of"."""
SURE = 0.5
"""Below this a value is not taken to be meant."""

_PIECE = re.compile(r"\d+(?:[.,]\d+)?|[^\W\d_]+(?:['’][^\W\d_]+)?|[\"″+]")
_JOINERS = {"and", "or", "the", "a", "an", "of", "for", "with", "in"}
_SPELLED = {"color": "colour", "colors": "colour", "gray": "grey", "aluminum": "aluminium", '"': "in", "″": "in"}
_GENERIC = {"family", "type", "fa", "hb", "of", "name", "kind", "the", "and", "in", "by", "general", "is", "for", "no"}
_CUE = re.compile(
    r"\b(?:in|made (?:of|from|with)|from|by|brand(?:ed)?|featur\w+|style|design|colou?red?)\s+(?:an?\s+)?$", re.I
)
_CUE_AFTER = re.compile(
    r"[\s-]*(?:brand(?:ed)?|style[ds]?|design|colou?r(?:ed)?|material|finish|pattern|type|flavou?r)\b", re.I
)
_SCHEME = re.compile(r"([a-z][a-z ]{0,14}):\s*(.+)", re.IGNORECASE)
_APART = re.compile(r"(?<=\d)\s+or\s+(?=\d)", re.IGNORECASE)
_AFTER_MEASURE = re.compile(r"\d\s*(?:cm|mm|m|in|inch(?:es)?|ft|feet)?\s+$", re.IGNORECASE)
_MEASURED = {"wide", "tall", "long", "high", "deep"}
_LONGEST = 9
_FREE_TEXT = 80
_OPTION_PRIOR = 1.0

Key = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Piece:
    """A word or a number of a message, folded, with its place."""

    text: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Entry:
    """A value that some words can mean; `alias` when they are only a part of it or other words for it."""

    attribute: str
    value: str
    count: int
    option: bool
    alias: bool = False


@dataclass(frozen=True, slots=True)
class ValueMention:
    """A value that was read: of which attribute, where, and how surely it is meant (0 to 1)."""

    attribute: str
    value: str
    start: int
    end: int
    confidence: float


def pieces(text: str) -> list[Piece]:
    """The words and numbers of a text without joining words: "10pcs of black" -> 10, pcs, black."""
    found: list[Piece] = []
    for match in _PIECE.finditer(text):
        word = match[0].lower()
        word = _SPELLED.get(word, word)
        if word in _JOINERS:
            continue
        if match[0][0].isdigit():
            word = word.replace(",", "")
        elif found and found[-1].text[0].isdigit() and (unit := unit_symbol(word)):
            word = unit
        else:
            word = fold(word)
        found.append(Piece(word, *match.span()))
    return found


def key_of(text: str) -> Key:
    """A text as what its words are compared by."""
    return tuple(piece.text for piece in pieces(text))


class Values:
    """The values of one merchant's attributes, by the words that can mean them."""

    def __init__(self, vocabulary: Vocabulary) -> None:
        self._entries: dict[Key, list[Entry]] = defaultdict(list)
        self._labels: dict[str, frozenset[str]] = {}
        self._titles: dict[str, int] = defaultdict(int)
        self.has_tree = 2 * sum(vocabulary.categories.values()) > vocabulary.products
        self._said: list[tuple[re.Pattern[str], Entry]] = []
        for word, count in vocabulary.title_words.items():
            self._titles[fold(word)] += count
        for profile in vocabulary.attributes.values():
            if profile.kind == "bool":
                self._keep(key_of(profile.label), Entry(profile.name, "true", profile.count, False))
            self._labels[profile.name] = frozenset(key_of(profile.label)) - _GENERIC
            self._add(profile)
        for brand, count in vocabulary.brands.items():
            self._keep(key_of(brand), Entry("brand", brand, count, False))
        self._labels["brand"] = frozenset(("brand",))

    def _add(self, profile: AttributeProfile) -> None:
        free = not profile.option and len(profile.values) > _FREE_TEXT
        for value, count in profile.values.items():
            key = key_of(value)
            if free and len(key) < 2:
                continue
            self._keep(key, Entry(profile.name, value, count, profile.option))
            if scheme := _SCHEME.fullmatch(value):
                self._keep(key_of(scheme[2]), Entry(profile.name, value, count, profile.option, alias=True))
                key = key_of(scheme[2])
            if len(key) == 1 and key[0] in SIZES:
                self._keep(key_of(SIZES[key[0]]), Entry(profile.name, value, count, profile.option, alias=True))
            if value in SAID_SO:
                entry = Entry(profile.name, value, count, profile.option, alias=True)
                self._said.append((re.compile(rf"\b(?:{SAID_SO[value]})\b", re.IGNORECASE), entry))

    def _keep(self, key: Key, entry: Entry) -> None:
        if key and len(key) <= _LONGEST:
            self._entries[key].append(entry)

    def find(self, text: str, taken: Sequence[tuple[int, int]] = ()) -> list[ValueMention]:
        """The values that are meant, in the order of the message, none inside another.

        Args:
            taken: places of other readings (prices, services), where no value is looked for.
        """
        words = [p for p in pieces(text) if not any(a <= p.start < b for a, b in taken)]
        found: list[ValueMention] = []
        used: set[int] = set()
        for first, last, entries in self._matches(words):
            if used.isdisjoint(range(first, last)) and (best := self._best(text, words, first, last, entries)):
                used.update(range(first, last))
                found.append(best)
        for pattern, entry in self._said:
            match = pattern.search(text)
            if match and not any(m.start < match.end() and match.start() < m.end for m in found):
                found.append(ValueMention(entry.attribute, entry.value, *match.span(), 0.6))
        return sorted(found, key=lambda mention: mention.start)

    def _matches(self, words: Sequence[Piece]) -> Iterator[tuple[int, int, list[Entry]]]:
        """Runs of words that are the key of a value, the longest first."""
        for length in range(min(_LONGEST, len(words)), 0, -1):
            for first in range(len(words) - length + 1):
                key = tuple(word.text for word in words[first : first + length])
                if entries := self._entries.get(key):
                    yield first, first + length, entries

    def _best(
        self, text: str, words: Sequence[Piece], first: int, last: int, entries: Sequence[Entry]
    ) -> ValueMention | None:
        start, end = words[first].start, words[last - 1].end
        if re.search(r"[.;!?]\s|\n", text[start:end]) or _APART.search(text[start:end]):
            return None
        near = {w.text for w in words[max(0, first - 3) : first] if not re.search(r"[,;.]\s", text[w.end : start])}
        near |= {w.text for w in words[last : last + 2] if not re.search(r"[,;.]\s", text[end : w.start])}
        key = tuple(word.text for word in words[first:last])
        scored = []
        for entry in entries:
            labelled = bool(self._labels[entry.attribute] & near - set(key))
            cued = bool(_CUE.search(text, 0, start)) or bool(_CUE_AFTER.match(text, end))
            sure = self._sure(key, entry, labelled, cued, entries)
            if not labelled and len(key) == 1 and self._is_filler(text, start, end):
                sure = 0.0
            scored.append((sure, labelled, entry.option, entry.count, entry))
        sure, _, _, _, entry = max(scored, key=lambda row: row[:4])
        return ValueMention(entry.attribute, entry.value, start, end, round(sure, 2)) if sure >= SURE else None

    def _is_filler(self, text: str, start: int, end: int) -> bool:
        """Whether a single word is of the language rather than a value: "all", "wide" after a length."""
        word = text[start:end].lower()
        measured = word in _MEASURED and _AFTER_MEASURE.search(text, max(0, start - 12), start)
        return bool(measured or FILLER.fullmatch(word))

    def _sure(self, key: Key, entry: Entry, labelled: bool, cued: bool, entries: Sequence[Entry]) -> float:
        bare = all(len(part) <= 2 or part[0].isdigit() or part in NUMBER_WORDS for part in key)
        if bare and (len(key) == 1 or entry.alias):
            return 0.85 if labelled else 0.0
        if len(key) > 1:
            return 0.95 if labelled else 0.8
        count = sum(one.count for one in entries)
        share = (count + _OPTION_PRIOR * entry.option) / (count + self._titles[key[0]] + 1)
        return min(0.95, share + 0.35 * labelled + 0.2 * cued)
