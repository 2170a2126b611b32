"""An answer without what its evidence does not hold: a sentence is corrected where code knows how, or left out.

A sentence that fails only by figures, units, dates or names of which the evidence has the other value gets that value
in its place and is checked again; it stays when it then passes. Every other sentence with an unsupported claim goes.
Sentences that state nothing stay.

What not: nothing is worded anew. A sentence of which one half is supported goes whole, and so does one that says "not"
where the evidence does not, since what it should say then is no matter of a word.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal

from shopwright.skills.verify.claims import sentences_of
from shopwright.skills.verify.dates import dates
from shopwright.types import Mark, Verdict

_VALUES = frozenset(("number", "unit", "date", "name"))
_PASSES = frozenset(("supported", "empty"))
_BULLET = re.compile(r"[ \t]*(?:(?:[-–—*+•‣▪●◦·>]|\(?\d{1,2}[.)]|#{1,6}|\*\*|__)[ \t]*)*")
_SIGN = r"(?:[€$£¥₹₩₪₺₫₴₱₦]|\b(?:EUR|USD|GBP|CHF|JPY|CAD|AUD|euros?|dollars?|pounds?)\b)"
_MONEY, _MONEY_BEFORE, _MONEY_AFTER = re.compile(_SIGN), re.compile(rf"{_SIGN}\s?$"), re.compile(rf"\s?{_SIGN}")
_ENDS = ".,;:!? "


@dataclass(frozen=True, slots=True)
class Change:
    """What was done to a sentence.

    Args:
        sentence: as it stood in the answer.
        done: corrected, or dropped.
        written: what stands in its place; "" when it was dropped.
        reason: why, from the verdicts.
    """

    sentence: str
    done: Literal["corrected", "dropped"]
    written: str
    reason: str


@dataclass(frozen=True, slots=True)
class Repaired:
    """An answer that its evidence holds, and what had to be changed. The text may be empty."""

    text: str
    changes: tuple[Change, ...]


def repaired(answer: str, verdicts: Sequence[Verdict], again: Callable[[str], Sequence[Verdict]]) -> Repaired:
    """The answer with each unsupported sentence corrected or left out.

    Args:
        answer: the text that was checked.
        verdicts: on its claims.
        again: checks a corrected sentence against the same evidence.
    """
    changes: list[Change] = []
    text = answer
    for start, end in reversed(list(sentences_of(answer))):
        failing = [
            verdict for verdict in verdicts if start <= verdict.claim.start < end and verdict.label not in _PASSES
        ]
        if not failing:
            continue
        sentence = answer[start:end]
        reason = "; ".join(dict.fromkeys(verdict.reason for verdict in failing))
        written = _corrected(sentence, start, failing)
        if written and all(verdict.label in _PASSES for verdict in again(written)):
            text = text[:start] + written + text[end:]
            changes.append(Change(sentence, "corrected", written, reason))
        else:
            text = _without(text, start, end)
            changes.append(Change(sentence, "dropped", "", reason))
    return Repaired(text.strip("\n") if changes else answer, tuple(reversed(changes)))


def _corrected(sentence: str, start: int, failing: Sequence[Verdict]) -> str:
    """The sentence with what the evidence says in place of its marks, or "" where that cannot be done."""
    text = sentence
    for verdict in sorted(failing, key=lambda one: -one.claim.start):
        if not verdict.marks or not all(mark.told and mark.reason in _VALUES for mark in verdict.marks):
            return ""
        offset = verdict.claim.start - start
        for mark in sorted(verdict.marks, key=lambda one: -one.start):
            low, high = _extent(verdict.claim.text, mark)
            text = _replaced(text, offset + low, offset + high, mark.told)
    return text


def _extent(claim: str, mark: Mark) -> tuple[int, int]:
    """The words that are replaced: of a date all of it, since the evidence's date is told whole."""
    if mark.reason == "date":
        for when in dates(claim):
            if when.start < mark.end and mark.start < when.end:
                return when.start, when.end
    return mark.start, mark.end


def _replaced(text: str, low: int, high: int, told: str) -> str:
    told = told.strip(_ENDS)
    while high > low and text[high - 1] in _ENDS:
        high -= 1
    if _MONEY.search(told):  # the sign goes with the amount, whichever side it is on
        before, after = _MONEY_BEFORE.search(text[:low]), _MONEY_AFTER.match(text, high)
        low -= len(before[0]) if before else 0
        high = after.end() if after else high
    return text[:low] + told + text[high:]


def _without(text: str, start: int, end: int) -> str:
    """A text without a sentence; its line goes with it when nothing else stands there."""
    line = text.rfind("\n", 0, start) + 1
    stop = text.find("\n", end)
    stop = len(text) if stop < 0 else stop
    before, after = text[line:start], text[end:stop].lstrip(" \t*_")
    if not after and _BULLET.fullmatch(before):
        return text[:line] + text[stop + 1 :]
    return text[:line] + (before if after else before.rstrip()) + after + text[stop:]
