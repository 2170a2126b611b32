"""Words that mean the same thing in a shop: "faucet" and "water tap", "string trimmer" and "strimmer", "in" and "inch".

`synonyms.tsv` holds a group of interchangeable names a line (DATASHEET.md): a domain, a tab, the terms with " | "
between them. No term is in two groups, so a run of words has one meaning here or none. `Synonyms.of` reads a query's
stems from left to right and takes the longest run that is a term; a run that is taken is not read again, so that
"baking soda" never becomes a drink.

Units apply right after a number only: "12 in" and "12in", never "made in" or "2 in 1".

Not here: broader and narrower words, the sense of a word in its sentence, signs that are no words (12" is for the
caller to spell out). A term that means two things was left out of the file instead.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from pathlib import Path
from typing import NamedTuple, Self

import tantivy

from shopwright.errors import ConfigError

FILE = Path(__file__).parent / "synonyms.tsv"
LONGEST = 4
"""Words of the longest term."""

_UNIT = "unit"
_NUMBER = re.compile(r"\d+")
_GLUED = re.compile(r"(\d+)([a-z]+)")
_NO_WORD = re.compile(r"[^\w|\t\n]+|_")
_ENGLISH = (
    tantivy.TextAnalyzerBuilder(tantivy.Tokenizer.simple())
    .filter(tantivy.Filter.lowercase())
    .filter(tantivy.Filter.ascii_fold())
    .filter(tantivy.Filter.stemmer("english"))
    .build()
)

Words = tuple[str, ...]


class Term(NamedTuple):
    """One name of a group: its words in lower case, and their stems (Porter 2)."""

    words: Words
    stems: Words


@dataclass(frozen=True, slots=True)
class Span:
    """A run of a query's stems, from `start` to before `end`, and what may stand in its place, most usual name first.

    Attributes:
        domain: where the words are said: "plumbing", "clothing", "unit" ...
        alternatives: as plain words.
        stems: the same, stemmed.
    """

    start: int
    end: int
    domain: str
    alternatives: tuple[Words, ...]
    stems: tuple[Words, ...]


class Group(NamedTuple):
    """Names of one thing."""

    domain: str
    terms: tuple[Term, ...]


class Synonyms:
    """Groups of interchangeable terms, ready to be looked up.

    Args:
        groups: no term in two of them, units apart ("ct" may be count or carat).
        known: whether the catalogue has a stem; an alternative with another one could not be found. None: has all.
    """

    def __init__(self, groups: Iterable[Group], known: Callable[[str], bool] | None = None) -> None:
        self.groups = tuple(groups)
        self._terms: dict[Words, Group] = {}
        self._units: dict[Words, Group] = {}
        for group in self.groups:
            places = self._units if group.domain == _UNIT else self._terms
            for term in group.terms:
                places.setdefault(term.stems, group)
        self._firsts = {stems[0] for stems in self._terms}
        self._findable = None if known is None else _findable(self.groups, known)
        self._known = known

    @classmethod
    def packaged(cls) -> Synonyms:
        """The project's own groups, read on first use and kept."""
        return _packaged()

    @classmethod
    def read(cls, path: Path) -> Self:
        """The groups of a file.

        Raises:
            ConfigError: the file is missing, or a line is not a domain, a tab and two or more terms with " | " between
                them, of one to four words each, or has a term that stands in another group.
        """
        try:
            text = path.read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError) as error:
            raise ConfigError(f"{path}: {error}; name a text file in UTF-8") from error
        return cls(_groups(path, text))

    def names(self, stem: str) -> bool:
        """Whether a stem is a term or part of one, units apart, that another term of the catalogue may stand for."""
        return stem in self._named

    @cached_property
    def _named(self) -> frozenset[str]:
        answered = [group for group in self.groups if group.domain != _UNIT]
        found: set[str] = set()
        for group in answered:
            there = [term for term in group.terms if self._has(term)]
            for term in group.terms:
                if there and there != [term]:
                    found.update(term.stems)
        return frozenset(found)

    def for_vocabulary(self, known: Callable[[str], bool]) -> Synonyms:
        """The same groups with only those alternatives that the catalogue can answer.

        Args:
            known: whether the catalogue has a stem; asked once a stem, for glued units ("12in") at every look-up.
        """
        return Synonyms(self.groups, known)

    def of(self, stems: Sequence[str]) -> list[Span]:
        """What may stand for runs of a query's stems, from left to right; runs do not overlap.

        A run for which the catalogue has no other words gives no span, and is not read as parts either.

        Args:
            stems: of the query's words, in their order, as the search's index has them.
        """
        spans: list[Span] = []
        start = 0
        while start < len(stems):
            end, span = self._measure(stems, start) or self._longest(stems, start) or (start + 1, None)
            if span and span.alternatives:
                spans.append(span)
            start = end
        return spans

    def _longest(self, stems: Sequence[str], start: int) -> tuple[int, Span] | None:
        """Where the longest term from here on ends, and what may stand for it."""
        if stems[start] not in self._firsts:
            return None
        for end in range(min(start + LONGEST, len(stems)), start, -1):
            said = tuple(stems[start:end])
            if group := self._terms.get(said):
                others = _plainest([term for term in group.terms if self._has(term)], said)
                return end, _span(start, end, group.domain, others)
        return None

    def _measure(self, stems: Sequence[str], start: int) -> tuple[int, Span] | None:
        """The same for a number with its unit, in two words or in one."""
        if glued := _GLUED.fullmatch(stems[start]):
            number, end = glued[1], start + 1
            unit: Words = (glued[2],)
        elif _NUMBER.fullmatch(stems[start]):
            number, unit = stems[start], self._unit(stems[start + 1 : start + 1 + LONGEST])
            end = start + 1 + len(unit)
        else:
            return None
        if not (group := self._units.get(unit)):
            return None
        others = [Term((number, *term.words), (number, *term.stems)) for term in group.terms if self._has(term)]
        joined = [number + term.words[0] for term in group.terms if len(term.words) == 1]
        others += [Term((word,), (word,)) for word in joined if self._known is None or self._known(word)]
        said = tuple(stems[start:end])
        return end, _span(start, end, _UNIT, [term for term in others if term.stems != said])

    def _unit(self, stems: Sequence[str]) -> Words:
        """The longest unit that these stems begin with; () for none, and for the preposition of "2 in 1"."""
        if len(stems) > 1 and stems[0] == "in" and _NUMBER.fullmatch(stems[1]):
            return ()
        runs = (tuple(stems[:length]) for length in range(len(stems), 0, -1))
        return next((run for run in runs if run in self._units), ())

    def _has(self, term: Term) -> bool:
        return self._findable is None or term.stems in self._findable


def stems_of(text: str) -> list[str]:
    """The stems of a text's words, in their order: lower case, without accents, Porter 2."""
    stems: list[str] = _ENGLISH.analyze(text)
    return stems


def _plainest(terms: Sequence[Term], said: Words) -> list[Term]:
    """The terms without what was said and without those that only add words to it or to another one."""
    sets = [frozenset(said), *(frozenset(term.stems) for term in terms)]
    return [
        term
        for term, own in zip(terms, sets[1:], strict=True)
        if own != sets[0] and not any(other < own for other in sets)
    ]


def _span(start: int, end: int, domain: str, terms: Sequence[Term]) -> Span:
    return Span(start, end, domain, tuple(term.words for term in terms), tuple(term.stems for term in terms))


def _findable(groups: Iterable[Group], known: Callable[[str], bool]) -> set[Words]:
    """The stems of the terms that the catalogue has all words of."""
    distinct = {stem for group in groups for term in group.terms for stem in term.stems}
    lacking = {stem for stem in distinct if not known(stem)}
    return {term.stems for group in groups for term in group.terms if lacking.isdisjoint(term.stems)}


@lru_cache(1)
def _packaged() -> Synonyms:
    return Synonyms.read(FILE)


def _groups(path: Path, text: str) -> list[Group]:
    """The groups of a file; all its words are stemmed at once, since a call costs more than a word."""
    lines = [line.split("\t", 1) for line in _NO_WORD.sub(" ", text.lower()).splitlines()]
    distinct = list(dict.fromkeys(" ".join(line[-1] for line in lines).replace("|", " ").split()))
    stem_of = dict(zip(distinct, stems_of(" ".join(distinct)), strict=True)).__getitem__
    groups: list[Group] = []
    for number, (domain, *rest) in enumerate(lines, 1):
        listed = [tuple(term.split()) for term in rest[0].split("|")] if rest else []
        lengths = [len(words) for words in listed]
        if len(listed) < 2 or min(lengths) < 1 or max(lengths) > LONGEST or not domain:
            raise ConfigError(
                f"{path} line {number}: {text.splitlines()[number - 1][:80]!r} is not a domain, a tab and two or more "
                f"terms of 1 to {LONGEST} words with ' | ' between them"
            )
        groups.append(Group(domain, tuple([Term(words, tuple(map(stem_of, words))) for words in listed])))
    _check(path, groups)
    return groups


def _check(path: Path, groups: Sequence[Group]) -> None:
    """Refuse a term that stands twice; units may ("ct" is count, and carat)."""
    lines: dict[Words, int] = {}
    for number, group in enumerate(groups, 1):
        for term in group.terms if group.domain != _UNIT else ():
            before = lines.setdefault(term.stems, number)
            if before != number:
                raise ConfigError(
                    f"{path} line {number}: {' '.join(term.words)!r} stands in line {before} too; "
                    "join the groups, or leave the term out where it means two things"
                )
