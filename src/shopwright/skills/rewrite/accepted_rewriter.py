"""Rewrites that were accepted before are looked up: what a large model wrote once costs nothing while searching.

    table = table_of({"hairdrier cheep": ("cheap hair dryer",)})
    Accepted(lambda: table).rewrites(["hairdrier", "cheep"], catalogue)  # [Run(0, 2, ("cheap", "hair", "dryer"), 0.9)]

A query is looked up as it stands, in any case, without accents, signs and repeated words; one that is in the table is
not rewritten by a model as well. As with every rewrite the words are added to those that were typed.

Simplifications: a rewrite that only leaves words out adds none and does nothing; Chinese and Japanese queries, whose
every character is a word to the search, are not found in the table.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Container, Iterable, Mapping, Sequence

from shopwright.catalog.searches import fold
from shopwright.skills.rewrite.rewriter import Catalogue, Rewriter, Run

WEIGHT = 0.9
"""Of a rewrite's words together, beside 1 for a word that was typed."""

Phrase = tuple[str, ...]
Table = Mapping[Phrase, tuple[Phrase, ...]]
"""The words of queries, and for each the words of its rewrites, best first."""

_WORD = re.compile(r"[^\W_]+")


class Accepted:
    """Looks a query up, and asks another rewriter about those that are not there. Safe to share between threads.

    Args:
        table: gives the accepted rewrites in force, asked for every query.
        inner: rewrites the others.
    """

    def __init__(self, table: Callable[[], Table], inner: Rewriter | None = None) -> None:
        self._table = table
        self.inner = inner

    def knows(self, typed: Sequence[str]) -> bool:
        """Whether the words are in the table."""
        return tuple(typed) in self._table()

    def rewrites(self, typed: Sequence[str], catalogue: Catalogue) -> Sequence[Run]:
        """What may stand for the words, or for runs of them; see `Rewriter.rewrites`."""
        known = self._table().get(tuple(typed))
        if known is None:
            return self.inner.rewrites(typed, catalogue) if self.inner else ()
        added = [tuple(word for word in phrase if word not in typed) for phrase in known]
        return [Run(0, len(typed), words, WEIGHT) for words in added if words]


def words_of(text: str) -> Phrase:
    """The distinct words of a query, as the search reads them: lower case, no accents, no signs."""
    return tuple(dict.fromkeys(_WORD.findall(fold(text))))


def table_of(rows: Mapping[str, Iterable[str]], function_words: Container[str] = ()) -> Table:
    """Queries with their rewrites as words.

    Args:
        rows: texts; those without words are left out, of two spellings of one query both give rewrites.
        function_words: that are left out of rewrites, since nearly every product has them.
    """
    table: dict[Phrase, tuple[Phrase, ...]] = {}
    for query, rewrites in rows.items():
        key = words_of(query)
        phrases = (tuple(word for word in words_of(text) if word not in function_words) for text in rewrites)
        if key and (found := tuple(phrase for phrase in phrases if phrase)):
            table[key] = tuple(dict.fromkeys((*table.get(key, ()), *found)))
    return table
