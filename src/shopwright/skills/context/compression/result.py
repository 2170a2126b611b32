"""What compression gives: the shorter text, where it comes from, and what was left out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Extent = tuple[int, int]
"""Start and end of a slice of the source text, in characters."""

Level = Literal["sentence", "token"]

Protection = Literal["text", "sentence", "budget"]
"""How far protection reaches: `text`: every number, negation and id of the text stays, and the last sentence, even over
the budget; `sentence`: those of the sentences that are kept, and the last sentence, even over the budget; `budget`: as
`sentence`, but the sentence that the budget cuts through and a long last sentence give way, so that it always holds."""


@dataclass(frozen=True, slots=True)
class Dropped:
    """A stretch that was left out.

    Args:
        start, end: where it stood: `text == source[start:end]`.
        level: "sentence" where nothing but what is protected was kept of its sentence, else "token".
        reason: why it and not another.
    """

    start: int
    end: int
    text: str
    level: Level
    reason: str


@dataclass(frozen=True, slots=True)
class Compressed:
    """A shortened text.

    Args:
        text: the slices `kept` of the source, joined as they are.
        tokens: of `text`; `original_tokens`: of the source; `asked`: the budget.
        kept: slices of the source, in its order, apart from each other.
        dropped: what was left out, in the order of the source; white space between slices is not listed.
    """

    text: str
    tokens: int
    original_tokens: int
    asked: int
    kept: tuple[Extent, ...]
    dropped: tuple[Dropped, ...] = ()

    @property
    def over(self) -> int:
        """Tokens above the budget, because what is protected takes more than was asked for; 0 where it fits."""
        return max(0, self.tokens - self.asked)

    @property
    def rate(self) -> float:
        """The share of the tokens that was kept."""
        return self.tokens / self.original_tokens if self.original_tokens else 1.0
