"""What a shop's shoppers may search for, counted from its catalogue: the stock of query suggestions (`suggest`).

    phrases = mine(index.state.columns, titles)     # "tent", "trekking tent", "fellrunner tent", "nylon tent" ...

- Kinds: the names of the narrowest categories, and the nouns that titles end in ("Oak shelf 60 cm" is a shelf).
- Title phrases of up to four words that several products share. A phrase must end where titles end, stop for a
  measure, or go on with "for" or "with"; and one that nearly always stands in a longer phrase ("sd" in "sd card")
  gives way to it: a closed frequent pattern.
- Brand and kind, attribute and kind. An attribute takes part when people name things by it: colour and the like, or one
  whose values stand in the titles of their products.

All text is in lower case. Nothing is learned and no list is kept per merchant. Simplifications: English word order;
phrases in scripts without spaces are whole runs of letters.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from shopwright.catalog.vocabulary import fold
from shopwright.search.columns import Columns
from shopwright.search.kinds import GENERIC
from shopwright.search.lexical import FUNCTION_WORDS
from shopwright.search.strings import PATH, ranges

Integers = NDArray[np.int64]
Floats = NDArray[np.float64]
Masks = NDArray[np.bool_]

_TOKEN = re.compile(r"[^\W_]+(?:['’.-][^\W_]+)*|[,;:()|/+&–—\[\]]|\s-\s")
_WORD = re.compile(r"[^\W_]")
_NAMED_BY = re.compile(r"^(?:\w+_)?(?:colou?r|material|pattern|style|finish|fabric|flavou?r|scent|shape)$")
_VALUE = re.compile(r"[^\W\d_]{2,}(?:[ -][^\W\d_]{2,})?")
_SEVERAL = re.compile(r"\s*(?:&|,|/|\band\b)\s*")
_SAYS_NOTHING = re.compile(r"(?:true|false|yes|no|none|others?|unknown|undefined|mixed|multi|misc\w*|n/a)\b")
_LONGEST_PHRASE = 4
_LONGEST_TEXT = 60
_CONTAINED = 0.8
"""Share of a phrase's occurrences in one longer phrase from which the longer one stands for both."""
_ENDS_LEAST, _ENDS_WELL = 0.15, 0.5
"""Share of a phrase's occurrences at which a name ends: below the first it is none, from the second on it is sure."""
_IN_TITLES = 0.1
_COVERED, _UNSURE = 0.5, 0.3
"""In a shop with categories, title phrases that end in the noun of none weigh less: many are names and codes."""
_UNIT = 0.5
_SMALL = 2_000
_LEAST = ((2_000, 2), (30_000, 3))
_MOST = 5
_KIND, _SHELF, _BRAND, _PHRASE, _BRAND_KIND, _ATTRIBUTE_KIND = 2.0, 1.5, 1.5, 1.0, 1.0, 0.6


@dataclass(frozen=True, slots=True)
class Phrases:
    """N texts to suggest, in no order and with duplicates.

    Args:
        texts: in lower case.
        products: how many products are so, shape (N,).
        supply: the same, weighed by how often those were rated and by what sort of text it is, shape (N,).
    """

    texts: list[str]
    products: Integers
    supply: Floats

    @classmethod
    def joined(cls, parts: Sequence[Phrases]) -> Phrases:
        """All of them, one after another."""
        texts = [text for part in parts for text in part.texts]
        return cls(
            texts,
            np.concatenate([np.zeros(0, np.int64), *(part.products for part in parts)]),
            np.concatenate([np.zeros(0), *(part.supply for part in parts)]),
        )


def mine(columns: Columns, titles: Sequence[str]) -> Phrases:
    """All texts that the catalogue offers; 0.4 s for 20,000 products.

    Args:
        columns: of P products.
        titles: theirs, in the order of rows, shape (P,).
    """
    if not columns.products:
        return Phrases.joined(())
    loved = 1.0 + np.log1p(columns.rating_count)
    read = _Titles(titles, _least(columns.products), loved, _colours(columns))
    kinds, phrases = _kinds(columns, read)
    brands = [value.lower() for value in columns.tables.brands.values]
    has_brand = np.flatnonzero(columns.brand >= 0)
    brand = _Pairs(has_brand, columns.brand[has_brand].astype(np.int64), brands)
    return Phrases.joined(
        (
            phrases,
            _counted(_shelves(columns), loved, 1, _SHELF),
            _counted(kinds, loved, 1 if columns.products < _SMALL else read.least, _KIND),
            _counted(brand, loved, read.least, _BRAND),
            _combined(brand, kinds, loved, read.least, _BRAND_KIND),
            _combined(_naming_values(columns, titles), kinds, loved, read.least, _ATTRIBUTE_KIND),
        )
    )


def departments(columns: Columns) -> list[tuple[str, int]]:
    """The first levels of the category tree with their products, largest first."""
    counts: dict[str, int] = {}
    known = columns.category[columns.category >= 0]
    for code, count in enumerate(np.bincount(known, minlength=len(columns.tables.categories)).tolist()):
        name = columns.tables.categories.values[code].split(PATH)[0].strip().lower()
        counts[name] = counts.get(name, 0) + count
    return sorted(((name, count) for name, count in counts.items() if count), key=lambda pair: (-pair[1], pair[0]))


@dataclass(frozen=True, slots=True)
class _Pairs:
    """M pairs of a product's row and the number of one of its texts, ascending by row."""

    owner: Integers
    code: Integers
    texts: Sequence[str]


class _Titles:
    """The words of all titles as numbers, and which of their sequences several titles share.

    Args:
        titles: in the order of rows.
        least: products that must share a phrase.
        loved: weight of each product.
        colours: words that follow a name without being part of it.
    """

    def __init__(self, titles: Sequence[str], least: int, loved: Floats, colours: frozenset[str]) -> None:
        self.least, self._loved, self._colours, self._products = least, loved, colours, len(titles)
        self._codes: dict[str, int] = {}
        tokens, lengths = self._tokens(titles)
        self.words = list(self._codes)
        self.word = np.array(tokens, np.int64)
        self.owner = np.repeat(np.arange(len(titles)), lengths)
        self._flags()

    def _tokens(self, titles: Sequence[str]) -> tuple[list[int], list[int]]:
        """Numbers of words, -1 for a mark and at the end of each title; and how many tokens each title has."""
        codes, tokens, lengths = self._codes, [-1], []
        for title in titles:
            before = len(tokens)
            for token in _TOKEN.findall(title.lower()):
                known = codes.get(token)
                if known is None:
                    known = codes[token] = len(codes) if _WORD.match(token) else -1
                    if known < 0:
                        del codes[token]
                tokens.append(known)
            tokens.append(-1)
            lengths.append(len(tokens) - before)
        return tokens[1:], lengths

    def _flags(self) -> None:
        """Which words are function words, hold digits, or are units; where a name may end; the head of each title."""
        count = len(self.words)
        self.function = np.array([word in FUNCTION_WORDS for word in self.words], np.bool_)
        self.digits = np.array([any(letter.isdigit() for letter in word) for word in self.words], np.bool_)
        self.colour = np.array([word in self._colours or len(word) == 1 for word in self.words], np.bool_)
        self.number = np.array([word[0].isdigit() and not word[-1].isalpha() for word in self.words], np.bool_)
        is_word = self.word >= 0
        after_number = np.zeros(len(self.word), np.bool_)
        after_number[1:] = is_word[:-1] & self._of(self.number)[:-1]
        seen = np.bincount(self.word[is_word], minlength=count)
        measured = np.bincount(self.word[is_word & after_number], minlength=count)
        self.unit = (measured > _UNIT * seen) & ~self.digits
        following = np.ones(len(self.word), np.bool_)
        following[:-1] = (~is_word | self._of(self.function | self.digits | self.colour))[1:]
        self.ends = following & is_word
        self.head = self._heads()

    def _of(self, flags: Masks) -> Masks:
        """A flag of words at every place, False at marks."""
        return np.append(flags, False)[self.word]

    def _heads(self) -> Integers:
        """The place of each title's noun, -1 for none: the last word before a mark or function word, measures apart."""
        place = np.arange(len(self.word))
        stops = (self.word < 0) | self._of(self.function)
        starts = np.searchsorted(self.owner, np.arange(self._products))
        stop = np.where(stops & (place > starts[self.owner]), place, len(self.word))
        first_stop = np.minimum.reduceat(stop, starts)
        telling = (self.word >= 0) & ~self._of(self.function | self.digits | self.unit | self.colour)
        candidates = np.where(telling & (place < first_stop[self.owner]), place, -1)
        return np.asarray(np.maximum.reduceat(candidates, starts), np.int64)

    def grams(self) -> tuple[list[Integers], Phrases, list[Masks]]:
        """Shared sequences of 1 to 4 words.

        Returns:
            numbers: for each length the number of the sequence that begins at each place, -1 for none.
            phrases: the good ones.
            good: for each length which numbers are among those.
        """
        levels = self._levels()
        numbers, good, parts = [], [], []
        for length, level in enumerate(levels[:_LONGEST_PHRASE], start=1):
            longer = levels[length] if length < len(levels) else None
            ends = self._ends_of(level, length)
            kept = level.kept & self._well_formed(level, length) & (ends >= _ENDS_LEAST) & ~_swallowed(level, longer)
            texts = [self.text(level.first[place], length) for place in np.flatnonzero(kept).tolist()]
            sure = np.minimum(ends[kept] / _ENDS_WELL, 1.0)
            parts.append(Phrases(texts, level.products[kept], level.supply[kept] * sure * _PHRASE))
            numbers.append(level.number)
            good.append(kept)
        return numbers, Phrases.joined(parts), good

    def text(self, place: int, length: int) -> str:
        """The words from a place on."""
        return " ".join(self.words[code] for code in self.word[place : place + length].tolist())

    def _levels(self) -> list[_Level]:
        level = self._level(np.where(self.word >= 0, self.word, -1))
        levels = [level]
        for length in range(2, _LONGEST_PHRASE + 2):
            reach = max(len(self.word) - length + 1, 0)
            tail = levels[-1].number[1 : reach + 1]
            whole = np.full(len(self.word), -1, np.int64)
            head = levels[-1].number[:reach]
            shared = (head >= 0) & (tail >= 0)
            whole[:reach][shared] = head[shared] * len(self.words) + self.word[length - 1 : length - 1 + reach][shared]
            levels.append(self._level(whole))
        return levels

    def _level(self, keys: Integers) -> _Level:
        """Sequences by the key at each place (-1 for none): those that enough products share get numbers."""
        places = np.flatnonzero(keys >= 0)
        _, first, inverse = np.unique(keys[places], return_index=True, return_inverse=True)
        pairs = np.unique(inverse * self._products + self.owner[places])
        code, owner = pairs // self._products, pairs % self._products
        products = np.bincount(code, minlength=len(first))
        supply = _weighed(code, self._loved[owner], len(first))
        kept = products >= self.least
        number = np.full(len(keys), -1, np.int64)
        number[places] = np.where(kept[inverse], inverse, -1)
        return _Level(number, places[first], products, supply, kept)

    def _well_formed(self, level: _Level, length: int) -> Masks:
        """Which sequences begin and end in a telling word."""
        begin, end = self.word[level.first], self.word[np.minimum(level.first + length - 1, len(self.word) - 1)]
        fine = ~(self.function | self.number | self.unit)[begin] & ~(self.function | self.unit | self.colour)[end]
        return fine if length > 1 else np.asarray(fine & ~self.digits[begin])

    def _ends_of(self, level: _Level, length: int) -> Floats:
        """The share of a sequence's occurrences where a name ends; of a single word, where it is the title's noun."""
        places = np.flatnonzero(level.number >= 0)
        ending = self.ends[places + length - 1]
        if length == 1:
            is_head = np.zeros(len(self.word), np.bool_)
            is_head[self.head[self.head >= 0]] = True
            ending = is_head[places]
        size = len(level.first)
        all_of = np.bincount(level.number[places], minlength=size)
        return np.asarray(np.bincount(level.number[places], ending, minlength=size) / np.maximum(all_of, 1))


@dataclass(frozen=True, slots=True)
class _Level:
    """Sequences of one length: the number at each place, and for each the first place, products, supply, shared."""

    number: Integers
    first: Integers
    products: Integers
    supply: Floats
    kept: Masks


def _swallowed(level: _Level, longer: _Level | None) -> Masks:
    """Which sequences stand nearly always inside one longer sequence."""
    result = np.zeros(len(level.first), np.bool_)
    if longer is None or not longer.kept.any():
        return result
    first, products = longer.first[longer.kept], longer.products[longer.kept]
    for inner in (level.number[first], level.number[first + 1]):
        most = np.zeros(len(level.first), np.int64)
        np.maximum.at(most, inner, products)
        result |= most >= _CONTAINED * level.products
    return result


def _kinds(columns: Columns, read: _Titles) -> tuple[_Pairs, Phrases]:
    """What kind of thing each product is, in one or two words: by category, else by title; and all title phrases."""
    named = [_shelf(path) for path in columns.tables.categories.values]
    single = np.append(np.array([bool(name) for name in named], np.bool_), False)
    shelved = single[columns.category]
    nouns = {fold(name.split()[-1]) for name in named if name}
    heads = {fold(read.words[code]) for code in np.unique(read.word[read.head[read.head >= 0]]).tolist()}
    things = np.append(np.array([bool(name) and fold(name.split()[-1]) in heads for name in named], np.bool_), False)
    numbers, phrases, good = read.grams()
    phrases.supply[np.array([fold(text) in GENERIC for text in phrases.texts], np.bool_)] *= _UNSURE
    if shelved.mean() >= _COVERED:
        unsure = np.array([fold(text.split()[-1]) not in nouns for text in phrases.texts], np.bool_)
        phrases.supply[unsure] *= _UNSURE
    on_shelf = np.array([fold(word) in nouns for word in read.words], np.bool_)
    texts: dict[str, int] = {}
    owners, codes = [], []

    def add(owner: Integers, number: Integers, text: Callable[[int], str]) -> None:
        distinct, inverse = np.unique(number, return_inverse=True)
        named = np.array([texts.setdefault(text(each), len(texts)) for each in distinct.tolist()], np.int64)
        owners.append(owner)
        codes.append(named[inverse] if len(named) else number)

    rows = np.flatnonzero(things[columns.category])
    add(rows, columns.category[rows].astype(np.int64), named.__getitem__)
    for length in (1, 2):
        start = read.head - (length - 1)
        owner = np.flatnonzero((read.head >= 0) & (start >= 0))
        owner = owner[read.owner[start[owner]] == owner]
        owner = owner[~shelved[owner] | on_shelf[read.word[read.head[owner]]]]
        number = numbers[length - 1][start[owner]]
        fits = number >= 0
        fits[fits] = good[length - 1][number[fits]]
        place_of = dict(zip(number[fits].tolist(), start[owner[fits]].tolist(), strict=True))
        nouns_of = {each: read.text(place, length) for each, place in place_of.items()}
        add(owner[fits], number[fits], nouns_of.__getitem__)
    pairs = np.unique(np.concatenate(owners) * max(len(texts), 1) + np.concatenate(codes))
    return _Pairs(pairs // max(len(texts), 1), pairs % max(len(texts), 1), list(texts)), phrases


def _shelves(columns: Columns) -> _Pairs:
    """The names of the narrowest category of each product, apart: "Coffee & tea" is coffee, and tea."""
    texts: dict[str, int] = {}
    paths = [[texts.setdefault(name, len(texts)) for name in _names(path)] for path in columns.tables.categories.values]
    rows = np.flatnonzero(columns.category >= 0)
    pairs = [(row, code) for row in rows.tolist() for code in paths[columns.category[row]]]
    owner, code = np.array(pairs, np.int64).reshape(-1, 2).T
    return _Pairs(owner, code, list(texts))


def _shelf(path: str) -> str:
    """The name of the narrowest category when it is one kind of thing, else ""."""
    names = _names(path)
    good = len(names) == 1 and len(names[0].split()) <= 3
    return names[0] if good else ""


def _names(path: str) -> list[str]:
    """What the narrowest category of a path is called, one or more names."""
    names = _SEVERAL.split(path.split(PATH)[-1].strip().lower())
    return [name for name in names if name and not _SAYS_NOTHING.match(name)]


def _naming_values(columns: Columns, titles: Sequence[str]) -> _Pairs:
    """The attribute values by which people name products, each with its products."""
    tables, products, offers = columns.tables, columns.product_facts, columns.offer_facts
    owner = np.concatenate([products.owner.astype(np.int64), columns.owners(offers.owner.astype(np.int64))])
    name = np.concatenate([products.name, offers.name]).astype(np.int64)
    value = np.concatenate([products.text, offers.text]).astype(np.int64)
    values = [text.lower() for text in tables.values.values]
    fine = np.array([bool(_VALUE.fullmatch(text)) and not _SAYS_NOTHING.match(text) for text in values], np.bool_)
    fits = np.append(fine, False)[value]
    owner, name, value = owner[fits], name[fits], value[fits]
    named_by = np.array([bool(_NAMED_BY.match(text)) for text in tables.names.values], np.bool_)
    for code in np.unique(name).tolist():
        if not named_by[code]:
            places = np.flatnonzero(name == code)
            places = places[:: max(len(places) // 200, 1)]
            told = [
                values[v] in titles[o].lower()
                for o, v in zip(owner[places].tolist(), value[places].tolist(), strict=True)
            ]
            named_by[code] = len(told) >= 5 and float(np.mean(told)) >= _IN_TITLES
    fits = named_by[name]
    pairs = np.unique(owner[fits] * max(len(values), 1) + value[fits])
    return _Pairs(pairs // max(len(values), 1), pairs % max(len(values), 1), values)


def _colours(columns: Columns) -> frozenset[str]:
    """The words that are a colour by the attributes of some product."""
    tables = columns.tables
    names = [code for code, name in enumerate(tables.names.values) if "colour" in name or "color" in name]
    found: set[int] = set()
    for facts in (columns.product_facts, columns.offer_facts):
        for name in names:
            found.update(np.unique(facts.text[facts.named(name)]).tolist())
    return frozenset(text for code in found if code >= 0 and (text := tables.values.values[code].lower()).isalpha())


def _counted(pairs: _Pairs, loved: Floats, least: int, weight: float) -> Phrases:
    """The texts that enough products have."""
    size = len(pairs.texts)
    products = np.bincount(pairs.code, minlength=size)
    supply = _weighed(pairs.code, loved[pairs.owner], size) * weight
    kept = np.flatnonzero(products >= least)
    return Phrases([pairs.texts[code] for code in kept.tolist()], products[kept], supply[kept])


def _combined(first: _Pairs, second: _Pairs, loved: Floats, least: int, weight: float) -> Phrases:
    """Texts of both, one before the other, that enough products have together; none that says a word twice."""
    begins = np.searchsorted(second.owner, first.owner, side="left")
    counts = np.searchsorted(second.owner, first.owner, side="right") - begins
    right = second.code[ranges(begins, counts)]
    owner = np.repeat(first.owner, counts)
    distinct, inverse = np.unique(
        np.repeat(first.code, counts) * max(len(second.texts), 1) + right, return_inverse=True
    )
    products = np.bincount(inverse, minlength=len(distinct))
    supply = _weighed(inverse, loved[owner], len(distinct)) * weight
    texts, kept = [], []
    for place in np.flatnonzero(products >= least).tolist():
        left, after = divmod(int(distinct[place]), len(second.texts))
        one, other = first.texts[left], second.texts[after]
        if len(one) + len(other) < _LONGEST_TEXT and not set(one.split()) & set(other.split()):
            texts.append(f"{one} {other}")
            kept.append(place)
    return Phrases(texts, products[kept], supply[kept])


def _weighed(codes: Integers, weights: Floats, size: int) -> Floats:
    """The sum of weights for each code."""
    return np.bincount(codes, weights, minlength=size).astype(np.float64)


def _least(products: int) -> int:
    """How many products must share a phrase, by the size of the shop."""
    return next((least for size, least in _LEAST if products < size), _MOST)
