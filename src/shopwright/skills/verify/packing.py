"""What a judge reads of a long text: the sentences that share most with the claim, in their order, within a budget.

BM25 over the sentences of the one text (k1 1.2, b .4), with words cut to six letters and numbers whole. Measured on
WiCE pages of 1,000 words in the mean: 150 words hold all that supports a claim for .72 of the claims, 200 for .77;
cosines of the encoder alone find .59 and .67, and add nothing to BM25.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Collection, Iterable, Sequence

_WORD = re.compile(r"[^\W_]+")
_FUNCTION_WORDS = """
a an the is are was were be been of to in on for with and or it its this that at by from as he she his her they their
has
have had which who not but also
"""
_FUNCTION = frozenset(_FUNCTION_WORDS.split())
_STEM = 6
_K1, _B = 1.2, 0.4
_PAGE = 400
"""Words of a collection from which it is a page."""
LONGEST_SENTENCE = 120
"""Words of one sentence that are read; a longer one is cut."""


def terms(text: str) -> list[str]:
    """Content words, cut to six letters; numbers whole."""
    found = (match[0].lower() for match in _WORD.finditer(text))
    return [word if word[0].isdigit() else word[:_STEM] for word in found if word not in _FUNCTION]


class Pieces:
    """Sentences or cells with their words counted once, for any number of claims.

    Args:
        texts: the collection.
    """

    def __init__(self, texts: Sequence[str]) -> None:
        self.texts = tuple(texts)
        self._counts = [Counter(terms(text)) for text in texts]
        self._lengths = [count.total() for count in self._counts]
        self.is_page = sum(len(text.split()) for text in texts) > _PAGE
        """Whether it is a page, of which a judge reads the closest part."""
        self._mean = sum(self._lengths) / max(len(texts), 1) or 1.0
        self._places: dict[str, list[int]] = {}
        for place, count in enumerate(self._counts):
            for term in count:
                self._places.setdefault(term, []).append(place)

    def closeness(self, claim: str) -> list[float]:
        """BM25 of every piece to the claim, the pieces being the collection; 0 or more, in their order."""
        scores = [0.0] * len(self.texts)
        for term in dict.fromkeys(terms(claim)):
            found = self._places.get(term, [])
            rarity = self._rarity(len(found))
            for place in found:
                count, length = self._counts[place][term], self._lengths[place]
                scores[place] += rarity * count * (_K1 + 1) / (count + _K1 * (1 - _B + _B * length / self._mean))
        return scores

    def chosen(self, claim: str, budget: int, keep: Collection[int] = ()) -> list[int]:
        """Places of the pieces to read, in order: those to keep, then the closest that fit in so many words.

        Args:
            claim: the claim or question.
            budget: words; the closest piece is read even when it is longer.
            keep: places that are read in any case.
        """
        scores = self.closeness(claim)
        lengths = [min(len(text.split()), LONGEST_SENTENCE) for text in self.texts]
        picked = set(keep)
        left = budget - sum(lengths[place] for place in picked)
        for place in sorted(range(len(scores)), key=lambda place: (-scores[place], place)):
            if place in picked or not lengths[place] or (picked and lengths[place] > left):
                continue
            picked.add(place)
            left -= lengths[place]
            if left <= 0:
                break
        return sorted(picked)

    def joined(self, places: Iterable[int]) -> str:
        """The pieces at some places as one text."""
        return " ".join(" ".join(self.texts[place].split()[:LONGEST_SENTENCE]) for place in places)

    def coverage(self, claim: str, text: str) -> float:
        """How much of the claim's words a text has, each weighed by its rarity among the pieces; 0 to 1."""
        wanted = {term: self._rarity(len(self._places.get(term, ()))) for term in terms(claim)}
        held = set(terms(text))
        total = sum(wanted.values())
        return sum(weight for term, weight in wanted.items() if term in held) / total if total else 0.0

    def _rarity(self, frequency: int) -> float:
        return math.log1p((len(self.texts) - frequency + 0.5) / (frequency + 0.5))


def packed(claim: str, texts: Sequence[str], budget: int, keep: Collection[int] = ()) -> str:
    """The chosen pieces of a collection as one text; see `Pieces.chosen`."""
    pieces = Pieces(texts)
    return pieces.joined(pieces.chosen(claim, budget, keep))
