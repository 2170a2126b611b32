"""One budget shared by documents, reviews and tool results, by what of them matters to the question.

The sentences of all texts are ranked together; they are taken in that order until the budget is spent, and what a text
has among them is its share. A text of which nothing was taken is left out whole and named. The total is never over the
budget: where what is protected in a text takes more than there is room, its protection gives way.

Simplification: the share of a text is estimated from its letters; what one text leaves over goes to the next.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass

import numpy as np

from shopwright.errors import ConfigError, ToolError
from shopwright.models.protocols import Encoder
from shopwright.skills.context.compression.records import CompressedJson, compress_json, is_json
from shopwright.skills.context.compression.relevance import ranked
from shopwright.skills.context.compression.result import Compressed, Protection
from shopwright.skills.context.compression.texts import compress
from shopwright.skills.context.compression.words import words_of

LEAST = 8
"""Tokens of the smallest share: a text with less is left out."""


@dataclass(frozen=True, slots=True)
class Part:
    """A text with its source.

    Args:
        source: what cites it: the id of a document, a review, an utterance.
        text: plain text, or the JSON of a tool.
    """

    source: str
    text: str


@dataclass(frozen=True, slots=True)
class Shortened:
    """What is left of a part."""

    source: str
    made: Compressed | CompressedJson


@dataclass(frozen=True, slots=True)
class Shared:
    """The parts inside their budget, in the order in which they were given.

    Args:
        parts: those of which something is left.
        asked: the budget; `original_tokens`: of all parts.
        left_out: sources of the parts of which nothing is left.
    """

    parts: tuple[Shortened, ...]
    asked: int
    original_tokens: int
    left_out: tuple[str, ...] = ()

    @property
    def tokens(self) -> int:
        """Of all texts together, what a prompt sets between them not counted."""
        return sum(part.made.tokens for part in self.parts)


def compress_many(
    parts: Sequence[Part],
    query: str,
    *,
    tokens: int,
    count: Callable[[str], int],
    encoder: Encoder | None = None,
    names: Collection[str] = (),
    protect: Protection = "sentence",
) -> Shared:
    """Share a budget among texts. See `compress` for the arguments.

    Raises:
        ConfigError: `tokens` under 0.
    """
    if tokens < 0:
        raise ConfigError(f"tokens={tokens}: must be 0 or more")
    sizes = [count(part.text) for part in parts]
    shares = sizes if sum(sizes) <= tokens else _shares(parts, sizes, query, tokens, encoder)
    made: dict[int, Shortened] = {}
    room, spare = tokens, 0
    for place in sorted(range(len(parts)), key=lambda place: -shares[place]):
        grant = min(shares[place] + spare, room, sizes[place])
        if not shares[place] or (grant < LEAST and grant < sizes[place]):
            spare += shares[place]
            continue
        found = _shortened(parts[place].text, query, grant, room, count, encoder, names, protect)
        if found is None or not found.text:
            spare += shares[place]
            continue
        made[place] = Shortened(parts[place].source, found)
        room -= found.tokens
        spare += shares[place] - found.tokens
    left_out = tuple(part.source for place, part in enumerate(parts) if place not in made)
    return Shared(tuple(made[place] for place in sorted(made)), tokens, sum(sizes), left_out)


def _shares(
    parts: Sequence[Part], sizes: Sequence[int], query: str, tokens: int, encoder: Encoder | None
) -> Sequence[int]:
    """Tokens of each part's sentences among the best of all that fill the budget."""
    words = words_of("\n".join(part.text for part in parts))
    if not words.sentences:
        return [0] * len(parts)
    begins = np.cumsum([0, *(len(part.text) + 1 for part in parts)])
    numbers = np.arange(words.sentences)
    first = words.starts[np.searchsorted(words.sentence, numbers)]
    last = words.ends[np.searchsorted(words.sentence, numbers, "right") - 1]
    owner = np.minimum(np.searchsorted(begins, first, "right") - 1, len(parts) - 1)
    letters = np.array([max(len(part.text), 1) for part in parts])
    costs = (last - first + 1) * np.array(sizes)[owner] / letters[owner]
    order = ranked(words, query, encoder).order
    before = np.cumsum(costs[order]) - costs[order]
    granted = np.clip(tokens - before, 0.0, costs[order])
    shares: list[int] = np.bincount(owner[order], granted, minlength=len(parts)).astype(int).tolist()
    return shares


def _shortened(
    text: str,
    query: str,
    grant: int,
    room: int,
    count: Callable[[str], int],
    encoder: Encoder | None,
    names: Collection[str],
    protect: Protection,
) -> Compressed | CompressedJson | None:
    """The text at its share, up to all the room there is for what is protected; None where not even that fits."""
    if is_json(text):
        try:
            found = compress_json(text, query, tokens=grant, count=count)
        except ToolError:
            pass
        else:
            return found if found.tokens <= room else None
    made = compress(text, query, tokens=grant, count=count, encoder=encoder, names=names, protect=protect)
    if made.tokens > room:
        made = compress(text, query, tokens=grant, count=count, encoder=encoder, names=names, protect="budget")
    return made
