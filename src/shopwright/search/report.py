"""What shoppers ask and what becomes of it: the merchant's report over the log of searches (`catalog.searches`).

- **Unanswered**: no product was found by words. **Weak**: something was found, but hardly a product has all that was
  asked. **Rescued**: nothing or far less has what was typed than what the search made of it.
- **Gaps**: words that shoppers use and no product has, counted over queries; not those that were corrected. Each with
  queries, the nearest words of titles, and the catalogue's own words for it, where the thesaurus has some (the search
  asks them already) or the products nearest in meaning agree on some.
- **Bands**: the most asked texts that make up half of all searches are the head, the rarest that make up a fifth the
  tail.

_Counts of products are of the catalogue as it stands, except what a search had found when it was made. Of all searches
there are numbers; lists, gaps and what was rescued come from the `_READ` most asked texts, of which `_COUNTED` are
searched now where the log does not know what they find. Not here: what was clicked or bought, and who asked.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import islice
from math import ceil, log2

from shopwright.catalog.searches import CORRECTION, Search, SearchLog
from shopwright.models.protocols import Encoder
from shopwright.search.commits import State
from shopwright.search.lexical import FUNCTION_WORDS, LexicalIndex, Word, stem
from shopwright.search.protocols import Thesaurus
from shopwright.search.widening import widened

FEW = 3
"""A query is weak when fewer products have all that it asks."""
FAR_LESS = 3
"""A query is rescued when this many times more products have what was searched than what was typed."""
HEAD, TAIL = 0.5, 0.2
"""Shares of all searches."""

_READ, _COUNTED = 5_000, 2_000
_EXAMPLES = 3
_NEAREST, _LEAST_COSINE = 10, 0.42
_AGREE, _OFFERED = 5, 2
_SHORTEST = 3
_WORD = re.compile(r"[a-z0-9]+")


@dataclass(frozen=True, slots=True)
class Asked:
    """A query and what it finds.

    Args:
        query: in one spelling, as it was typed.
        times: how often it was asked.
        results: products found when it was last asked, by words; None when it is not known.
        matching: products that have all that it asks, now; None where that was not looked at.
        searched: what was searched in its place; "" for the query itself.
        means: how that came about ("correction").
        as_typed, as_searched: products that have all that was typed, and all that was searched in its place.
        counted: whether all this was counted now, since no search of this shop is behind it that knew.
    """

    query: str
    times: int
    results: int | None
    matching: int | None = None
    searched: str = ""
    means: str = ""
    as_typed: int | None = None
    as_searched: int | None = None
    counted: bool = False

    @property
    def rescued(self) -> bool:
        """Whether what was searched in its place found what it would not have found."""
        before, after = self.as_typed or 0, self.as_searched or 0
        return bool(self.searched) and after > 0 and after >= FAR_LESS * before


@dataclass(frozen=True, slots=True)
class Gap:
    """A word, or a run of words, that shoppers use and no product has.

    Args:
        word: as it is asked most.
        times: searches with it.
        queries: the most asked of them.
        near: the nearest words of titles by letters.
        rule: a line of synonyms to consider, "weed eater | string trimmer": the word with those beside it that belong
            to it, and the catalogue's own; "" when there is none to suggest.
        source: who says so: "thesaurus", then searches find them already; "meaning"; "" when nobody does.
    """

    word: str
    times: int
    queries: tuple[str, ...]
    near: tuple[str, ...] = ()
    rule: str = ""
    source: str = ""


@dataclass(frozen=True, slots=True)
class Band:
    """Queries that are asked about as often: `name` is head, torso or tail.

    `queries` counts texts, `searches` how often they were asked, `unanswered` how many of those found nothing.
    """

    name: str
    queries: int
    searches: int
    unanswered: int


@dataclass(frozen=True, slots=True)
class Report:
    """The report of some days.

    Args:
        days: how many, today included.
        searches: all that were made.
        queries: distinct texts among them, of those that are kept.
        unanswered, rescued: searches, not texts.
        bands: head, torso, tail; rare texts that are not kept are in none.
        most_asked, without_results, weak, rescues: queries, most asked first.
        gaps: words, most asked first.
    """

    days: int
    searches: int
    queries: int
    unanswered: int
    rescued: int
    bands: tuple[Band, ...]
    most_asked: tuple[Asked, ...]
    without_results: tuple[Asked, ...]
    rescues: tuple[Asked, ...]
    weak: tuple[Asked, ...]
    gaps: tuple[Gap, ...]


def report(
    log: SearchLog,
    state: State,
    encoder: Encoder | None,
    thesaurus: Thesaurus,
    days: int = 30,
    limit: int = 20,
    least: int = 1,
) -> Report:
    """The report of the last days.

    Args:
        log: of the shop.
        state: of its index.
        encoder: of the index; None to tell nothing by meaning.
        thesaurus: that searches use.
        days: how many, today included.
        limit: lines in each list.
        least: only texts that were asked so often; a rare one may be about a person.
    """
    counts = _Counts(state.lexical, thesaurus)
    gaps = _Gaps(state, encoder, counts.known)
    asked: list[Asked] = []
    guessed = 0
    for search in log.read(days, least=least, limit=_READ):
        one = _plain(search)
        if one.results is None and guessed < _COUNTED:
            one, guessed = counts.completed(one), guessed + 1
        gaps.take(search.text, one)
        asked.append(one)
    bands = _bands(log.spread(days, least=least), asked)
    rescues = [one for one in asked if one.rescued]
    return Report(
        days=days,
        searches=log.total(days),
        queries=sum(band.queries for band in bands),
        unanswered=sum(band.unanswered for band in bands),
        rescued=sum(one.times for one in rescues),
        bands=bands,
        most_asked=tuple(replace(one, matching=counts.matching(one)) for one in asked[:limit]),
        without_results=tuple(replace(one, matching=0) for one in asked if one.results == 0)[:limit],
        rescues=tuple(replace(one, matching=counts.matching(one)) for one in rescues[:limit]),
        weak=tuple(islice(_weak(asked, counts), limit)),
        gaps=gaps.most_asked(limit),
    )


def before_and_after(state: State, thesaurus: Thesaurus, typed: str, searched: str) -> tuple[int, int]:
    """Products that have all that was typed, read literally, and all that was searched in its place."""
    return _Counts(state.lexical, thesaurus).before_and_after(typed, searched)


class _Counts:
    """How many products queries match in an index.

    Args:
        lexical: of it.
        thesaurus: that its searches use.

    Attributes:
        known: what of the thesaurus the products can answer.
    """

    def __init__(self, lexical: LexicalIndex, thesaurus: Thesaurus) -> None:
        self._lexical, self._thesaurus, self.known = lexical, thesaurus, lexical.within(thesaurus)

    def before_and_after(self, typed: str, searched: str) -> tuple[int, int]:
        """Products that have all that was typed, read literally, and all that was searched in its place."""
        return self._lexical.count(self._lexical.read(typed, literal=True), lowering=False), self._all(searched)

    def matching(self, asked: Asked) -> int:
        """Products that have all that a query asks, as the search reads it."""
        return self._all(asked.searched or asked.query)

    def completed(self, asked: Asked) -> Asked:
        """A query of another log, with what a search would find for it now."""
        meant = self._lexical.correction(asked.query, self._thesaurus).text
        found = replace(asked, results=self._lexical.count(self._read(asked.query)), counted=True)
        if meant == asked.query:
            return found
        before, after = self.before_and_after(asked.query, meant)
        return replace(found, searched=meant, means=CORRECTION, as_typed=before, as_searched=after)

    def _all(self, query: str) -> int:
        return self._lexical.count(self._read(query), lowering=False)

    def _read(self, query: str) -> tuple[Word, ...]:
        return widened(self._lexical.read(query, thesaurus=self._thesaurus), self.known)


def _plain(search: Search) -> Asked:
    return Asked(
        search.spelling,
        search.times,
        search.results,
        searched=search.searched,
        means=search.means,
        as_typed=search.as_typed,
        as_searched=search.as_searched,
    )


def _weak(asked: Sequence[Asked], counts: _Counts) -> Iterator[Asked]:
    """Those that find something, though hardly a product has all that they ask."""
    for one in asked:
        if one.results != 0 and (matching := counts.matching(one)) < FEW:
            yield replace(one, matching=matching)


def _bands(spread: Sequence[tuple[int, int, int]], asked: Sequence[Asked]) -> tuple[Band, ...]:
    """Head, torso and tail; a text that crosses a border is above it.

    Args:
        spread: of `SearchLog.spread`.
        asked: the most asked; those of them that were only counted now are in no spread's unanswered searches.
    """
    every = sum(times * texts for times, texts, _ in spread)
    ends = {"head": HEAD * every, "torso": (1 - TAIL) * every, "tail": every}
    queries, searches, unanswered = (dict.fromkeys(ends, 0) for _ in range(3))
    done = 0
    for times, texts, failed in spread:
        left = texts
        for name, end in ends.items():
            taken = min(left, max(ceil((end - done) / times), 0))
            queries[name] += taken
            searches[name] += taken * times
            unanswered[name] += round(failed * taken / texts)
            left, done = left - taken, done + taken * times
    for place, one in enumerate(asked):
        if one.counted and one.results == 0:
            name = (
                "head" if place < queries["head"] else "torso" if place < queries["head"] + queries["torso"] else "tail"
            )
            unanswered[name] += one.times
    return tuple(Band(name, queries[name], searches[name], unanswered[name]) for name in ends)


class _Gaps:
    """Finds the words that no product has, and words of the catalogue for them."""

    def __init__(self, state: State, encoder: Encoder | None, known: Thesaurus) -> None:
        self._state, self._lexical, self._encoder = state, state.lexical, encoder
        self._known = known
        self._spelled: dict[str, str] = {}
        self._times: dict[str, int] = {}
        self._queries: dict[str, list[str]] = {}

    def take(self, text: str, asked: Asked) -> None:
        """Look for such words in a query, of which `text` is the folded one; the most asked come first."""
        for word in self._lacking(text, asked):
            name = self._spelled.setdefault(stem(word), word)
            self._times[name] = self._times.get(name, 0) + asked.times
            self._queries.setdefault(name, []).append(asked.query)

    def most_asked(self, limit: int) -> tuple[Gap, ...]:
        """The words that were asked most."""
        most = sorted(self._times, key=lambda name: (-self._times[name], name))[:limit]
        return tuple(self._gap(name) for name in most)

    def _lacking(self, text: str, asked: Asked) -> Iterator[str]:
        """The words of a query that no product has and that stand for nothing else. A correction that found no product
        with all of it is none, and what the thesaurus knows was no slip.
        """
        helped = asked.as_searched != 0
        if text.isascii() and all(map(self._lexical.frequency, _WORD.findall(text))):
            return
        for word in self._lexical.read(asked.query):
            plain = word.plain
            if plain in FUNCTION_WORDS or len(plain) < _SHORTEST or not plain.isalpha():
                continue
            if helped and (word.meant is not None or word.others) and not self._known.of([word.stem]):
                continue
            if not self._lexical.frequency(plain):
                yield plain

    def _gap(self, word: str) -> Gap:
        times, examples = self._times[word], tuple(self._queries[word][:_EXAMPLES])
        near = tuple(other for other, _ in self._lexical.nearest(word)[:_EXAMPLES])
        for query in examples:
            if names := self._by_thesaurus(word, query):
                return Gap(word, times, examples, near, " | ".join(names), "thesaurus")
        if names := self._by_meaning(word):
            return Gap(word, times, examples, near, " | ".join((word, *names)), "meaning")
        return Gap(word, times, examples, near)

    def _by_thesaurus(self, word: str, query: str) -> tuple[str, ...]:
        """The run of the query's words that holds the word, then other names of it that the catalogue has; or ()."""
        plain = [each.plain for each in self._words(query)]
        for span in self._known.of([stem(each) for each in plain]):
            if word in plain[span.start : span.end] and span.stems:
                names = [" ".join(map(self._word_of, stems)) for stems in span.stems[:_OFFERED]]
                return " ".join(plain[span.start : span.end]), *names
        return ()

    def _word_of(self, stemmed: str) -> str:
        """The word of titles that has a stem most often; the stem itself when none has."""
        beginning = stemmed[:-1] if len(stemmed) > _SHORTEST else stemmed
        found = self._lexical.searcher.terms_with_prefix("title", beginning)
        return max(((count, word) for word, count in found if stem(word) == stemmed), default=(0, stemmed))[1]

    def _by_meaning(self, word: str) -> tuple[str, ...]:
        """Words that the titles of the nearest products share and few others have."""
        if self._encoder is None or not len(self._state.dense):
            return ()
        keys, cosines = self._state.dense.search(self._encoder.encode([word])[0], _NEAREST)
        keys = keys[cosines >= _LEAST_COSINE]
        if len(keys) < _AGREE:
            return ()
        columns = self._state.columns
        brands = {columns.brand[row] for row in columns.rows(keys).tolist()} - {-1}
        names = {word.plain for brand in brands for word in self._words(columns.tables.brands.values[int(brand)])}
        counts: dict[str, int] = {}
        for title, _ in self._lexical.stored(keys.tolist()).values():
            for each in {word.plain for word in self._words(title) if word.counts} - names:
                if each.isalpha() and len(each) >= _SHORTEST:
                    counts[each] = counts.get(each, 0) + 1
        products = max(self._lexical.products, 1)
        worth = {
            each: count * log2(products / max(self._lexical.frequency(each), 1))
            for each, count in counts.items()
            if count >= _AGREE
        }
        return tuple(sorted(worth, key=lambda each: (-worth[each], each))[:_OFFERED])

    def _words(self, text: str) -> Sequence[Word]:
        return self._lexical.read(text, literal=True)
