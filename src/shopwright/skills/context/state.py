"""What holds in a conversation however long it is: wishes, products that were turned down, promises that were made.

Each turn changes the state by what it read and answered; the state has a fixed size, and each entry its turn. The cart
and what waits for a yes are kept elsewhere, where they are changed (`catalog/carts.py`, the session).

Simplification: a product counts as turned down when a message points at it and refuses it in the same sentence, in
English; a condition on it ("too heavy") counts as a refusal only where no question is asked.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from shopwright.catalog.profile import subject_of
from shopwright.types import Answer, Filter, Need, Preference

KEPT = 12
"""Entries of each kind that are kept, the latest."""
_SUGGESTED = 48
"""The same of what was suggested, since nothing is to be suggested twice."""
_REJECTS = re.compile(
    r"\b(?:not|no)\s+(?:the|that|this|these|those|it)\b|"
    r"\b(?:don['’]?t|do not|didn['’]?t|did not)\s+(?:really\s+)?(?:like|want|need|fancy|care for|show me)\b|"
    r"\b(?:hate|dislike|skip|drop|ditch|rule out|leave out|cross off|get rid of|forget|no longer want)\s+"
    r"(?:about\s+)?(?:the|that|this|these|those|it|both)\b|"
    r"\b(?:is|are|looks?|seems?|['’]s)\s+(?:way |far |much |a bit |just )*(?:too\s+\w+|ugly|awful|horrible)\b|"
    r"\b(?:anything|everything|something)\s+(?:but|except|other than)\s+(?:the|that|this|these|those|it)\b",
    re.IGNORECASE,
)
_PROMISES = re.compile(
    r"\b(?:(?:i|we)(?: will|['’]ll| have)|you(?: will|['’]ll) (?:get|receive|hear))\b", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class Noted:
    """Something to keep in mind, and the turn that it comes from."""

    text: str
    turn: int


@dataclass(frozen=True, slots=True)
class Suggested:
    """A product that was suggested, its type in the plural, "" where it is not known, and the turn."""

    product: str
    type: str
    turn: int


@dataclass(frozen=True, slots=True)
class DialogueState:
    """What holds now.

    Args:
        wishes: what was looked for, latest last; conditions are part of the text.
        rejected: ids of products that the shopper turned down, with the turn, latest last.
        promises: what the assistant said that it did or will do.
        preferences: what the shopper said in this conversation about what suits them.
        suggested: what was suggested without being named, latest last.
        quiet: where the shopper wanted no more suggestions.
    """

    wishes: tuple[Noted, ...] = ()
    rejected: tuple[Noted, ...] = ()
    promises: tuple[Noted, ...] = ()
    preferences: tuple[Preference, ...] = ()
    suggested: tuple[Suggested, ...] = ()
    quiet: tuple[Noted, ...] = ()

    def heard(self, preferences: Sequence[Preference]) -> DialogueState:
        """The state with what a message said about the shopper, in place of what it was about before."""
        subjects = {subject_key(each) for each in preferences}
        before = [each for each in self.preferences if subject_key(each) not in subjects]
        return replace(self, preferences=(*before, *preferences)[-KEPT:])

    def turned_down(self, ids: Sequence[str], turn: int) -> DialogueState:
        """The state after the shopper turned products down."""
        others = [note for note in self.rejected if note.text not in ids]
        return replace(self, rejected=(*others, *(Noted(key, turn) for key in ids))[-KEPT:])

    def after_suggesting(self, suggested: Sequence[Suggested]) -> DialogueState:
        """The state after products were suggested."""
        return replace(self, suggested=(*self.suggested, *suggested)[-_SUGGESTED:])

    @property
    def rejected_ids(self) -> frozenset[str]:
        """The products that were turned down."""
        return frozenset(note.text for note in self.rejected)


def advance(state: DialogueState, turn: int, need: Need, answer: Answer) -> DialogueState:
    """The state after a turn; a product that is pointed at again is no longer turned down.

    Args:
        turn: its number.
        need: as its message was read.
        answer: as it was given.
    """
    rejected = tuple(note for note in state.rejected if note.text not in need.references)
    wishes = state.wishes
    if wish := wish_words(need):
        wishes = (*(note for note in wishes if note.text != wish), Noted(wish, turn))
    promised = [Noted(said.text, turn) for said in answer.sentences if _PROMISES.search(said.text)]
    return replace(
        state,
        wishes=wishes[-KEPT:],
        rejected=rejected,
        promises=(*state.promises, *promised)[-KEPT:],
    )


def subject_key(preference: Preference) -> tuple[str, str]:
    """What a preference is about; of two with the same key the later one stands."""
    kind = "taste" if preference.kind in ("like", "dislike") else preference.kind
    return kind, subject_of(preference)


def rejects(need: Need) -> bool:
    """Whether a message turns down the products that it points at."""
    asks = [ask for ask in need.asks if not ask.startswith("cart:remove")]
    return bool(need.references) and not asks and not need.interrogative and bool(_REJECTS.search(need.text))


def wish_words(need: Need) -> str:
    """What was looked for, with its conditions, in a line; "" where nothing was."""
    if need.references or not (need.goal or need.constraints):
        return ""
    conditions = [filter_words(condition) for condition in need.filters if condition.field != "category"]
    conditions += [f"no {word}" for word in need.negations]
    conditions += [f"for {who}" for who in (need.recipient, need.occasion) if who]
    return "; ".join((need.goal or " ".join(need.category), *conditions))


def filter_words(condition: Filter) -> str:
    """A condition in a line: "weight <= 2 kg"."""
    name, unit = condition.field.removeprefix("attr:"), f" {condition.unit}" if condition.unit else ""
    if condition.op == "range":
        low = f">= {condition.low:g}{unit}" if condition.low is not None else ""
        high = f"<= {condition.high:g}{unit}" if condition.high is not None else ""
        return f"{name} {' and '.join(part for part in (low, high) if part)}"
    return f"{name} {'not ' if condition.op == 'not' else ''}{' or '.join(map(str, condition.values))}".rstrip()
