"""A turn as what was said, returned and shown in it: the utterances that a conversation's memory is made of."""

from __future__ import annotations

from collections.abc import Iterator

import orjson

from shopwright.types import ASSISTANT, SHOPPER, Turn, Utterance, UtteranceKind

LONGEST = 2_000
"""Characters of one utterance that are kept; a tool may return more."""


def utterances_of(turn: Turn, number: int, at: float) -> list[Utterance]:
    """What is remembered of a turn: the message, the calls with the facts they brought, what was shown, the answer.

    Args:
        number: of the turn, from 0.
        at: when, in seconds since 1970.
    """
    told = [(speaker, text.strip()[:LONGEST], kind, ids) for speaker, text, kind, ids in _told(turn)]
    return [
        Utterance(number, place, speaker, text, at, kind, ids)
        for place, (speaker, text, kind, ids) in enumerate(part for part in told if part[1])
    ]


def _told(turn: Turn) -> Iterator[tuple[str, str, UtteranceKind, tuple[str, ...]]]:
    """Speaker, text, kind and products of each, in the order in which they came."""
    answer = turn.answer
    yield SHOPPER, turn.message, "said", ()
    if turn.trace.plan.steps:
        calls = [f"{step.tool}({_told_arguments(step.arguments)})" for step in turn.trace.plan.steps]
        facts = [f"{fact.title or fact.source}: {fact.text}" for fact in answer.evidence]
        tools = "+".join(dict.fromkeys(step.tool for step in turn.trace.plan.steps))
        yield tools, "; ".join((*calls, *facts)), "tool", ()
    cards = (*answer.cards, answer.aside) if answer.aside else answer.cards
    if cards:
        yield ASSISTANT, "; ".join(card.title for card in cards), "product", tuple(card.product_id for card in cards)
    yield ASSISTANT, answer.text, "said", ()


def _told_arguments(arguments: object) -> str:
    return orjson.dumps(arguments, default=str).decode().strip("{}")
