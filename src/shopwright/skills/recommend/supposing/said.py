"""Which nodes of common sense words name: by runs of their stems, and what is denied told apart.

A small sibling of the reader of wishes in `skills.reason`, for words of a profile and for shops where that does not
run: names and their synonyms only, no ages, no names by a part of their words. Who has the better reading gives it in
`Trail.nodes`.

Simplification: English. A denial reaches to the end of its clause.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping
from typing import NamedTuple

from shopwright.knowledge.graph import Stems, stemmed
from shopwright.search.lexical import FUNCTION_WORDS

_LONGEST = 5
_CLAUSES = re.compile(r"[.;:!?\n]|,|\b(?:but|although|though|because)\b", re.IGNORECASE)
_DENIES = re.compile(
    r"\b(?:no|not|never|without|hates?|dislikes?|avoid(?:s|ing)?|except|instead of|rather than|stopped|"
    r"(?:do|does|did|is|are|was|wo|would|can|should)n['’]?t)\b",
    re.IGNORECASE,
)


_IDLE = FUNCTION_WORDS | {"present", "gift", "look", "like", "love", "new", "need", "want", "go", "thing"}
"""Stems that name nothing by themselves."""


class Heard(NamedTuple):
    """A node that words name, and whether they deny it."""

    node: str
    denied: bool


class Names:
    """The names of nodes, ready to be heard.

    Args:
        forms: the nodes that a run of stems names.
    """

    def __init__(self, forms: Mapping[Stems, Collection[str]]) -> None:
        self._forms = forms
        self._scattered: defaultdict[str, list[tuple[frozenset[str], str]]] = defaultdict(list)
        for stems, nodes in forms.items():
            words = frozenset(stems) - FUNCTION_WORDS
            if len(words) > 1:
                longest = max(sorted(words), key=len)
                self._scattered[longest] += [(words, node) for node in nodes if not node.startswith("product:")]

    def heard(self, text: str) -> Iterator[Heard]:
        """The nodes that a text names, as often as it does; those of several words also with others between."""
        for clause in _CLAUSES.split(text):
            denial = _DENIES.search(clause)
            told, refused = (clause[: denial.start()], clause[denial.end() :]) if denial else (clause, "")
            for part, denied in ((told, False), (refused, True)):
                (stems,) = stemmed([part])
                taken: set[str] = set()
                named = [*self._runs(stems, taken)]
                for node in dict.fromkeys((*named, *self._among(frozenset(stems) - taken))):
                    yield Heard(node, denied)

    def _runs(self, stems: Stems, taken: set[str]) -> Iterator[str]:
        """The nodes that runs of stems name, longest first; those of longer names are put into `taken`."""
        start = 0
        while start < len(stems):
            for end in range(min(start + _LONGEST, len(stems)), start, -1):
                run = stems[start:end]
                if run in self._forms and (len(run) > 1 or run[0] not in _IDLE):
                    yield from self._forms[run]
                    taken.update(run if len(run) > 1 else ())
                    start = end
                    break
            else:
                start += 1

    def _among(self, stems: frozenset[str]) -> Iterator[str]:
        for stem in sorted(stems):
            yield from (node for words, node in self._scattered.get(stem, ()) if words <= stems)
