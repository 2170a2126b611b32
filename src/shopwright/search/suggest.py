"""Query suggestions as one types: "oak sh" -> "oak shelf", in about a millisecond a keystroke.

    suggester = Suggester.build(index.state, log=[("oak shelf", 40)])
    for one in suggester.suggest("te"):
        print(one.text, one.products)

- The stock is `phrases.mine`, and what was asked often, from a log of queries where there is one. Each text finds
  something: it was counted from products, or searched for once.
- The last word is completed, those before it must be there, in any order. While no text fits, letters may be wrong:
  one of four and more, two of eight and more, swapped neighbours counting as one.
- Order: how well the beginning fits, how many products there are and how well they are known, how often it was asked;
  then variety. Of texts that differ by plural or order of words there is one.

Kept as sorted words with the texts that hold them, about 4 MB for 105,542 products. Not here: what this shopper asked
before, and words that the catalogue does not have.
"""

from __future__ import annotations

import logging
import re
import threading
import time
import unicodedata
from bisect import bisect_left
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from shopwright.errors import StoreError
from shopwright.search.commits import State
from shopwright.search.lexical import LexicalIndex, stem
from shopwright.search.phrases import Floats, Integers, Phrases, departments, mine
from shopwright.search.protocols import Thesaurus
from shopwright.search.spelling import edit_distance
from shopwright.search.strings import PackedStrings, ranges

logger = logging.getLogger(__name__)

MAX_SUGGESTIONS = 20
_MAX_TYPED = 100
_MAX_WORDS = 8
_MAX_TEXTS = 40_000
_READ_AT_ONCE = 4_096
_LONGEST_ASKED = 80
_ASKED_LEAST = 3
"""Times that a query must have been asked to be suggested: a rare one may be about a person."""
_LOG_EVERY_S = 300.0
"""How long what was asked may stay unseen."""
_ONE_EDIT_FROM, _TWO_EDITS_FROM = 4, 8
_LETTERS = 16
_POOL = 64
_STARTS, _BEGINS, _SAME_STEM, _LOOSE = 1.6, 1.5, 0.9, 0.5
_PER_EDIT = 0.5
_OTHER_INITIAL, _OTHER_INITIAL_FROM = 0.5, 6
"""People rarely get the first letter wrong: what it costs, and letters from which it may be."""
_REPEATED = 0.7

_WORD = re.compile(r"[^\W_]+")


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A query that finds something.

    Args:
        text: the query.
        products: how many products it was counted from.
        parts: the text in pieces, each with whether it is what was typed.
    """

    text: str
    products: int
    parts: tuple[tuple[str, bool], ...]


class Suggester:
    """Suggestions over one state of a catalogue; safe for many threads. Use `build`.

    Args:
        phrases: the texts, of each the strength in place of its supply; no two of the same stems.
        shelves: the departments, largest first.
    """

    def __init__(self, phrases: Phrases, shelves: Sequence[tuple[str, int]]) -> None:
        self._texts = PackedStrings.pack(phrases.texts)
        self._products = phrases.products.astype(np.int32)
        self._strength = phrases.supply.astype(np.float32)
        self._shelves = tuple(Suggestion(name, count, ((name, False),)) for name, count in shelves)
        split = [words_of(text) for text in phrases.texts]
        self._words = sorted({word for words in split for word in words})
        place = {word: number for number, word in enumerate(self._words)}
        numbers = np.array([place[word] for words in split for word in words], np.int64)
        owners = np.repeat(np.arange(len(split)), [len(words) for words in split])
        order = np.argsort(numbers, kind="stable")
        self._holders = owners[order].astype(np.int32)
        self._starts = np.searchsorted(numbers[order], np.arange(len(self._words) + 1))
        self._first = np.array([place[words[0]] for words in split], np.int32)
        self._spelled = _spelled(self._words)
        self._masks = _masks(self._spelled)
        self._by_stem: dict[str, list[int]] = {}
        for number, word in enumerate(self._words):
            self._by_stem.setdefault(stem(word), []).append(number)

    @classmethod
    def build(
        cls,
        state: State,
        log: Iterable[tuple[str, int]] = (),
        mined: Phrases | None = None,
        thesaurus: Thesaurus | None = None,
    ) -> Suggester:
        """Suggestions from a commit of the index.

        Args:
            state: of `EmbeddedIndex.state`.
            log: queries with how often each was asked; misspelled ones count as what was meant, and those that no
                product has all words of, or that were asked once or twice, are left out.
            mined: what `mined_from` gave for this state, to save the work.
            thesaurus: that searches use; what it names is not misspelled.
        """
        asked = _asked(log, state.lexical, thesaurus)
        shelves = [one for one in departments(state.columns) if words_of(one[0])]
        return cls(_ranked(mined or mined_from(state), asked), shelves)

    def __len__(self) -> int:
        return len(self._texts)

    def suggest(self, prefix: str, limit: int = 8) -> tuple[Suggestion, ...]:
        """What the shopper may be about to ask, best first; () when nothing fits.

        Args:
            prefix: what was typed; only its first 100 characters are read. Without a word: departments.
            limit: at most, 1 to 20.
        """
        limit = max(1, min(limit, MAX_SUGGESTIONS))
        typed = prefix[:_MAX_TYPED].casefold()
        words = words_of(typed)
        if not words:
            return () if typed.strip() else self._popular(limit)
        if not len(self) or len(words) > _MAX_WORDS:
            return ()
        complete = not typed[-1].isalnum()
        for loosely in (False, True):
            fit = self._fit(words, complete, loosely)
            if fit is not None:
                return self._chosen(fit, words, limit)
        return ()

    def _popular(self, limit: int) -> tuple[Suggestion, ...]:
        """The largest departments; in a shop without categories the strongest texts."""
        if self._shelves:
            return self._shelves[:limit]
        return self._chosen(self._strength.astype(np.float64), [], limit) if len(self) else ()

    def _fit(self, words: Sequence[str], complete: bool, loosely: bool) -> Floats | None:
        """The score of every text, 0 where it does not fit; None when none fits."""
        score = self._strength.astype(np.float64)
        for place, word in enumerate(words):
            last = place == len(words) - 1
            numbers, quality = self._meant(word, last and not complete, loosely)
            if not len(numbers):
                return None
            fits = np.zeros(len(score))
            counts = self._starts[numbers + 1] - self._starts[numbers]
            holders = self._holders[ranges(self._starts[numbers], counts)]
            np.maximum.at(fits, holders, np.repeat(quality, counts))
            score *= fits
            if place == 0:
                score *= np.where(np.isin(self._first, numbers), _STARTS, 1.0)
        return score if score.any() else None

    def _meant(self, word: str, unfinished: bool, loosely: bool) -> tuple[Integers, Floats]:
        """Numbers of the words that a typed word can stand for, and how well each fits, 0 to 1."""
        found: dict[int, float] = {}
        first, end = bisect_left(self._words, word), bisect_left(self._words, word + "\U0010ffff")
        if unfinished:
            found.update(dict.fromkeys(range(first, end), 1.0))
        elif first < end and self._words[first] == word:
            found[first] = 1.0
        for number in self._by_stem.get(stem(word), ()):
            found.setdefault(number, _SAME_STEM)
        if loosely:
            if not unfinished:
                for number in range(first, end):
                    found.setdefault(number, _LOOSE)
            for number, quality in self._misspelled(word, unfinished):
                found.setdefault(number, quality)
        numbers = np.fromiter(found, np.int64, len(found))
        return numbers, np.fromiter(found.values(), np.float64, len(found))

    def _misspelled(self, word: str, unfinished: bool) -> list[tuple[int, float]]:
        """Words that are (or begin) nearly so, with their quality."""
        if len(word) < _ONE_EDIT_FROM or not word.isalpha():
            return []
        most = 2 if len(word) >= _TWO_EDITS_FROM else 1
        typed = _spelled([word])
        missing = np.bitwise_count(_masks(typed)[0] & ~self._masks)
        near: list[tuple[int, float]] = []
        for number in np.flatnonzero(missing <= most).tolist():
            known = self._words[number]
            if known[:2] != word[:2] and not {known[0], known[1:2]} & {word[0], word[1:2]}:
                continue
            if len(known) < len(word) - most:
                continue
            if known[0] != word[0] and known[:2] != word[1::-1] and len(word) < _OTHER_INITIAL_FROM:
                continue
            distance = _prefix_distance(word, known, most) if unfinished else edit_distance(word, known, most)
            if distance <= most:
                near.append((number, _PER_EDIT**distance * (1.0 if known[0] == word[0] else _OTHER_INITIAL)))
        return near

    def _chosen(self, score: Floats, words: Sequence[str], limit: int) -> tuple[Suggestion, ...]:
        """The best texts by score and variety: words that were shown already, and not typed, count for less."""
        size = min(_POOL, int(np.count_nonzero(score)))
        pool = np.argpartition(-score, size - 1)[:size]
        typed = " ".join(words)
        left: list[tuple[float, int, str, frozenset[str]]] = []
        for number in pool.tolist():
            text = self._texts[number]
            split = words_of(text)
            plain = " ".join(split)
            if plain == typed:
                continue
            more = frozenset(word for word in split if not typed or not word.startswith(tuple(words)))
            begins = _BEGINS if typed and plain.startswith(typed) else 1.0
            left.append((float(score[number]) * begins, number, text, more))
        left.sort(key=lambda one: (-one[0], one[2]))
        shown: dict[str, int] = {}
        result: list[Suggestion] = []
        told: list[tuple[int, frozenset[str]]] = []
        while left and len(result) < limit:
            best = max(left, key=lambda one: one[0] * _REPEATED ** sum(shown.get(word, 0) for word in one[3]))
            left.remove(best)
            products = int(self._products[best[1]])
            whole = frozenset(words_of(best[2]))
            if any(count == products and (whole <= other or other <= whole) for count, other in told):
                continue  # the same products by more or fewer words
            told.append((products, whole))
            for word in best[3]:
                shown[word] = shown.get(word, 0) + 1
            result.append(Suggestion(best[2], products, _parts(best[2], words)))
        return tuple(result)


@dataclass(frozen=True, slots=True)
class _Made:
    """A suggester, with what it was made from and when it was last compared with the log."""

    suggester: Suggester
    sequence: int
    mined: Phrases
    log: Sequence[tuple[str, int]]
    looked: float


class Suggesters:
    """The suggester of the catalogue and the log as they stand, made when it is first asked for; for many threads.

    What was asked since then is taken in every few minutes, by a thread of its own.

    Args:
        log: gives queries with how often each was asked.
        thesaurus: that searches use.
    """

    def __init__(
        self, log: Callable[[], Sequence[tuple[str, int]]] = tuple, thesaurus: Thesaurus | None = None
    ) -> None:
        self._log, self._thesaurus = log, thesaurus
        self._made: _Made | None = None
        self._making = threading.Lock()
        self._starting = threading.Lock()  # a thread is seen by `close` when it runs, not before
        self._renewing: threading.Thread | None = None
        self._closed = False

    def of(self, state: State) -> Suggester:
        """The suggester of this state; while a thread makes it, the others get the one before where there is one."""
        made, sequence = self._made, state.manifest.sequence
        if made is not None and made.sequence == sequence:
            if time.monotonic() - made.looked >= _LOG_EVERY_S:
                self._renew(state)
            return made.suggester
        if made is not None and self._making.locked():
            return made.suggester
        with self._making:
            if self._made is None or self._made.sequence != sequence:
                self._made = self._make(state, mined_from(state), self._log())
            return self._made.suggester

    def close(self) -> None:
        """Wait for the thread that takes in the log, and start none any more."""
        with self._starting:
            self._closed = True
            renewing = self._renewing
        if renewing is not None:
            renewing.join()

    def _make(self, state: State, mined: Phrases, log: Sequence[tuple[str, int]]) -> _Made:
        made = Suggester.build(state, log, mined, self._thesaurus)
        return _Made(made, state.manifest.sequence, mined, log, time.monotonic())

    def _renew(self, state: State) -> None:
        """Take in the log in a thread, unless one does."""
        with self._starting:
            if self._closed or not self._making.acquire(blocking=False):
                return
            self._renewing = threading.Thread(target=self._take_in, args=(state,), name="suggest-asked", daemon=True)
            self._renewing.start()

    def _take_in(self, state: State) -> None:
        """Make the suggester anew where the log has changed; gives `_making` back, which `_renew` has taken."""
        try:
            made = self._made
            if made is None or made.sequence != state.manifest.sequence:
                return
            self._made = replace(made, looked=time.monotonic())  # a log that cannot be read is not read all the time
            log = self._log()
            if log != made.log:
                self._made = self._make(state, made.mined, log)
        except StoreError as error:
            logger.warning("suggestions go on without what was asked lately: %s", error)
        finally:
            self._making.release()


def mined_from(state: State) -> Phrases:
    """The texts that a catalogue gives by itself, about a second for 100,000 products."""
    keys = state.columns.key.tolist()
    titles: list[str] = []
    for start in range(0, len(keys), _READ_AT_ONCE):  # descriptions come along, so not all at the same time
        stored = state.lexical.stored(keys[start : start + _READ_AT_ONCE])
        titles += [stored[key][0] for key in keys[start : start + _READ_AT_ONCE]]
    return mine(state.columns, titles)


def words_of(text: str) -> list[str]:
    """The words of a text, as typed letters are compared with them: in lower case, without accents."""
    return _WORD.findall(_plain(text))


def _plain(text: str) -> str:
    """Lower case without accents, letter for letter: the result is as long as the text."""
    if text.isascii():
        return text.lower()
    return "".join(letter if letter.isascii() else _bare(letter) for letter in text.lower())


def _bare(letter: str) -> str:
    return unicodedata.normalize("NFD", letter)[0]


def _parts(text: str, typed: Sequence[str]) -> tuple[tuple[str, bool], ...]:
    """The text in pieces: those that were typed, at the beginning of words, and the others."""
    plain = _plain(text)
    if len(plain) != len(text):
        return ((text, False),)
    marks = [False] * len(text)
    left = list(typed)
    for found in _WORD.finditer(plain):
        for word in left:
            if found[0].startswith(word):
                marks[found.start() : found.start() + len(word)] = [True] * len(word)
                left.remove(word)
                break
    pieces: list[tuple[str, bool]] = []
    for letter, mark in zip(text, marks, strict=True):
        if pieces and (pieces[-1][1] == mark):
            pieces[-1] = (pieces[-1][0] + letter, mark)
        else:
            pieces.append((letter, mark))
    return tuple(pieces)


def _asked(
    log: Iterable[tuple[str, int]], lexical: LexicalIndex, thesaurus: Thesaurus | None = None
) -> dict[str, tuple[int, int]]:
    """Queries of a log that may be suggested, as they were meant: how often asked, and how many products have them."""
    counts: dict[str, int] = {}
    for query, count in log:
        text = " ".join(query.lower().split())
        if words_of(text) and len(text) <= _LONGEST_ASKED:
            counts[text] = counts.get(text, 0) + count
    often = sorted(((count, text) for text, count in counts.items() if count >= _ASKED_LEAST), reverse=True)
    asked: dict[str, tuple[int, int]] = {}
    for count, text in often[:_MAX_TEXTS]:
        meant = lexical.correction(text, thesaurus).text
        if products := lexical.count(lexical.read(meant, thesaurus=thesaurus), lowering=False):
            asked[meant] = (asked.get(meant, (0, 0))[0] + count, products)
    return asked


def _ranked(mined: Phrases, asked: dict[str, tuple[int, int]]) -> Phrases:
    """One text for each set of stems, the strongest, with its strength in place of its supply."""
    logged = list(asked)
    products = np.concatenate([mined.products, np.array([asked[text][1] for text in logged], np.int64)])
    supply = np.concatenate([mined.supply, np.array([asked[text][1] for text in logged], np.float64)])
    texts = [*mined.texts, *logged]
    strength = np.log2(2.0 + supply)
    best: dict[tuple[str, ...], int] = {}
    demand: dict[tuple[str, ...], int] = {}
    for number in np.argsort(-strength, kind="stable").tolist():
        stems = tuple(sorted(map(stem, words_of(texts[number]))))
        if not stems or len(set(stems)) < len(stems):
            continue
        best.setdefault(stems, number)
        if number >= len(mined.texts):
            demand[stems] = demand.get(stems, 0) + asked[texts[number]][0]
    chosen = np.fromiter(best.values(), np.int64, len(best))
    wanted = np.fromiter((demand.get(stems, 0) for stems in best), np.float64, len(best))
    total = strength[chosen] * (1.0 + np.log2(1.0 + wanted))
    order = np.argsort(-total, kind="stable")[:_MAX_TEXTS]
    return Phrases([texts[number] for number in chosen[order].tolist()], products[chosen[order]], total[order])


def _prefix_distance(typed: str, word: str, most: int) -> int:
    """The edits from what was typed to a beginning of a word, or `most + 1` when there are more."""
    lengths = range(max(len(typed) - most, 1), min(len(typed) + most, len(word)) + 1)
    return min((edit_distance(typed, word[:length], most) for length in lengths), default=most + 1)


def _spelled(words: Sequence[str]) -> NDArray[np.uint32]:
    """The first letters of words as code points, 0 behind their ends, shape (W, 16)."""
    if not words:
        return np.zeros((0, _LETTERS), np.uint32)
    return np.array([word[:_LETTERS] for word in words], f"<U{_LETTERS}").view(np.uint32).reshape(len(words), _LETTERS)


def _masks(spelled: NDArray[np.uint32]) -> NDArray[np.uint64]:
    """Which letters a word has, one bit each (code points modulo 64), shape (W,)."""
    bits = np.left_shift(np.uint64(1), (spelled % 64).astype(np.uint64))
    return np.asarray(np.bitwise_or.reduce(np.where(spelled > 0, bits, np.uint64(0)), axis=1), np.uint64)
