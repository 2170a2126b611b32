"""A prompt inside a budget of tokens: instructions, profile, the last turns, what was recalled, the state, the message.

The order is that of how often a part changes, so that an endpoint that keeps the prefixes of prompts (vLLM's automatic
prefix caching, and what hosted ones do alike) finds the longest one again: instructions never change, a profile
rarely, the last turns only grow at their end. Where they outgrow their share, half of them go at once, not one turn
every turn; in between every prompt begins as the one before did. What changes each time (recalled turns, state,
message) stands behind.

No part is cut in silence: a text over its share is compressed (`compression`), what was left out is counted in its
piece, and utterances that found no room are named in `Packed.left_out`.

Simplification: the shares are fixed parts of the budget, whatever the message asks.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache

from shopwright.config import LEAST_PROMPT
from shopwright.errors import ConfigError
from shopwright.skills.context.compression import compress
from shopwright.skills.context.state import Noted
from shopwright.types import Packed, Piece, PieceRole, Preference, Recalled, Utterance

Count = Callable[[str], int]
"""Tokens of a text."""

_RECENT, _MESSAGE, _PROFILE, _STATE = 0.5, 0.2, 0.05, 0.1
"""Shares of what the instructions leave: the last turns, the message, profile, state."""
_SAID, _TOOL, _ONE = 0.25, 0.08, 0.25
"""Shares of what the last turns have: something that was said, what a tool returned; and one piece of the recalled."""


@dataclass(frozen=True, slots=True)
class Material:
    """What a prompt may be packed from.

    Args:
        message: what is to be answered now.
        instructions: what stands before everything else, never shortened.
        profile: what is known of the shopper.
        recent: the end of the conversation, oldest first.
        recalled: what was found from far back, best first; those that stand in `recent` too are told once.
        state: lines on what holds now.
        since: the turn with which the last turns began in the prompt before (`Packed.since`); -1 where there was none.
    """

    message: str
    instructions: str = ""
    profile: tuple[Preference, ...] = ()
    recent: tuple[Utterance, ...] = ()
    recalled: tuple[Recalled, ...] = ()
    state: tuple[Noted, ...] = ()
    since: int = -1


def pack_prompt(material: Material, budget: int, count: Count) -> Packed:
    """The prompt, never longer than its budget.

    Args:
        budget: tokens, at least `LEAST_PROMPT`.
        count: tokens of a text.

    Raises:
        ConfigError: the budget is under `LEAST_PROMPT`, or the instructions alone take over half of it.
    """
    fixed = count(material.instructions) if material.instructions else 0
    if budget < LEAST_PROMPT or fixed > budget // 2:
        raise ConfigError(
            f"prompt budget {budget}: must be at least {max(LEAST_PROMPT, 2 * fixed)} tokens (instructions: {fixed})"
        )
    room = budget - fixed
    pieces = [Piece("instructions", material.instructions, fixed)] if material.instructions else []
    pieces += _lines("profile", [_preference(each) for each in material.profile], int(room * _PROFILE), count)
    recent = _recent(material, int(room * _RECENT), count)
    pieces += recent
    state = _lines(
        "state", [(note.text, str(note.turn)) for note in reversed(material.state)], int(room * _STATE), count
    )
    message = _shortened("message", material.message, int(room * _MESSAGE), count, ())
    left = budget - sum(piece.tokens for piece in (*pieces, *state, message))
    told = {key for piece in recent for key in piece.cites}
    recalled = _recalled([each for each in material.recalled if each.utterance.id not in told], left, count)
    pieces += [*recalled, *state, message]
    told |= {key for piece in recalled for key in piece.cites}
    every = (*(each.utterance for each in material.recalled), *material.recent)
    left_out = tuple(dict.fromkeys(each.id for each in every if each.id not in told))
    since = int(recent[0].cites[0].split(".")[0]) if recent else -1
    return Packed(tuple(pieces), budget, left_out, since)


def line(utterance: Utterance) -> str:
    """An utterance as a prompt has it: "[12.0] shopper: a light tent"."""
    return f"[{utterance.id}] {utterance.speaker}: {' '.join(utterance.text.split())}"


def _recent(material: Material, room: int, count: Count) -> list[Piece]:
    """The last turns: from where the last prompt had them on if all fit, else as many as take half of the room."""
    shares = {"said": _SAID, "tool": _TOOL, "product": _TOOL}
    pieces: list[Piece] = []  # from the last one back
    turns: list[int] = []
    behind: list[int] = []
    for each in reversed(material.recent):
        piece = _shortened("recent", line(each), int(room * shares[each.kind]), count, (each.id,))
        if piece.tokens > room - (behind[-1] if behind else 0):
            break
        pieces.append(piece)
        turns.append(each.turn)
        behind.append(piece.tokens + (behind[-1] if behind else 0))
    starts = [place for place in range(len(turns)) if place + 1 == len(material.recent) or _opens(material, place)]
    same = [place for place in starts if turns[place] in (material.since, 0)]
    half = [place for place in starts if behind[place] <= room // 2]
    first = next(iter((*same[-1:], *half[-1:], *starts[:1])), -1)
    return pieces[: first + 1][::-1]


def _opens(material: Material, place: int) -> bool:
    """Whether the utterance so far from the end is the first of its turn."""
    return material.recent[-place - 1].turn != material.recent[-place - 2].turn


def _recalled(found: Sequence[Recalled], room: int, count: Count) -> list[Piece]:
    """What was found, the best for which there is room, in the order of the conversation."""
    chosen: list[tuple[tuple[int, int], Piece]] = []
    for each in found:
        said = each.utterance
        piece = _shortened("recalled", line(said), max(int(room * _ONE), 1), count, (said.id,))
        if piece.tokens <= room:
            chosen.append(((said.turn, said.place), piece))
            room -= piece.tokens
    return [piece for _, piece in sorted(chosen, key=lambda pair: pair[0])]


def _lines(role: PieceRole, lines: Sequence[tuple[str, str]], room: int, count: Count) -> list[Piece]:
    """Lines with what they cite, the first for which there is room."""
    pieces: list[Piece] = []
    for text, cited in lines:
        tokens = count(text)
        if tokens <= room:
            pieces.append(Piece(role, text, tokens, (cited,)))
            room -= tokens
    return pieces


def _shortened(role: PieceRole, text: str, room: int, count: Count, cites: tuple[str, ...]) -> Piece:
    """A text in at most so many tokens."""
    short, tokens = _fitting(text, room, count)
    return Piece(role, short, tokens, cites, len(text) - len(short))


@lru_cache(4_096)
def _fitting(text: str, room: int, count: Count) -> tuple[str, int]:
    """The text in at most so many tokens, and how many it has; the same again in the next prompt."""
    tokens = count(text)
    if tokens <= room:
        return text, tokens
    short = compress(text, "", tokens=room, count=count, protect="budget")
    return short.text, short.tokens


def _preference(each: Preference) -> tuple[str, str]:
    return f"{each.kind}: {each.value}", f"{each.session_id}:{each.turn}"
