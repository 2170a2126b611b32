"""What a conversation leaves behind, what is recalled of it, and what a prompt is packed from.

Times are seconds since 1970 in UTC, as the clock said; order is that of `turn` and `place`, never that of the clock,
which may go backwards.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

UtteranceKind = Literal["said", "tool", "product"]
"""A message or an answer; what a tool returned; a product that was shown."""

PieceRole = Literal["instructions", "profile", "state", "recalled", "recent", "message"]
"""What a part of a prompt is there for, in the order in which a prompt has them."""

PreferenceKind = Literal["size", "allergy", "diet", "dislike", "like", "person", "place", "budget", "other"]
"""What a lasting preference is about."""

SHOPPER, ASSISTANT = "shopper", "assistant"
"""Speakers of a shop's conversations; of any other talk the speakers are names."""


@dataclass(frozen=True, slots=True)
class Utterance:
    """Something that was said, returned or shown.

    Args:
        turn: number of its turn in the conversation, from 0.
        place: which it is within its turn, from 0.
        speaker: `SHOPPER`, `ASSISTANT`, the name of a tool, or a person.
        text: as it was said.
        at: when.
        kind: see `UtteranceKind`.
        ids: products that it shows.
    """

    turn: int
    place: int
    speaker: str
    text: str
    at: float = 0.0
    kind: UtteranceKind = "said"
    ids: tuple[str, ...] = ()

    @property
    def id(self) -> str:
        """How a piece of a prompt cites it: "12.0"."""
        return f"{self.turn}.{self.place}"


@dataclass(frozen=True, slots=True)
class Recalled:
    """An utterance that was found again.

    Args:
        utterance: what was found.
        score: comparable within one search, higher is nearer.
        why: what found it: "words", "meaning", "neighbour", "time", "episode", several joined by "+".
    """

    utterance: Utterance
    score: float
    why: str = ""


@dataclass(frozen=True, slots=True)
class Episode:
    """A stretch of a conversation about one thing.

    Args:
        first, last: its turns, both included.
        title: what it is about, in words of its own.
        at: when it began.
    """

    first: int
    last: int
    title: str
    at: float = 0.0


@dataclass(frozen=True, slots=True)
class Preference:
    """Something about a shopper that lasts, kept with consent.

    Args:
        kind, value: what is known, e.g. "size", "shoes 44".
        quote: the words that said so.
        session_id, turn: where they were said.
        at: when; `expires`: when it is forgotten by itself, None for never.
    """

    kind: PreferenceKind
    value: str
    quote: str
    session_id: str
    turn: int
    at: float
    expires: float | None = None


@dataclass(frozen=True, slots=True)
class Piece:
    """A part of a prompt.

    Args:
        role: what it is there for.
        text: as the model reads it.
        tokens: how many it has.
        cites: ids of the utterances that it comes from.
        dropped: characters that compression left out.
    """

    role: PieceRole
    text: str
    tokens: int
    cites: tuple[str, ...] = ()
    dropped: int = 0


@dataclass(frozen=True, slots=True)
class Packed:
    """A prompt inside its budget.

    Args:
        pieces: in the order in which the model reads them.
        budget: tokens that were allowed.
        left_out: ids of utterances that were considered and did not fit.
        since: the first of the last turns that it has; the next prompt begins with the same one as long as there is
            room. -1 where it has none.
    """

    pieces: tuple[Piece, ...]
    budget: int
    left_out: tuple[str, ...] = ()
    since: int = -1

    @property
    def tokens(self) -> int:
        """How many tokens it has."""
        return sum(piece.tokens for piece in self.pieces)
