"""Responses that nobody should learn a style from: those that say nothing, and those that do not end.

Method: a response is empty when nothing stands in it but ASCII punctuation and space (a row of emoji says something).
It is endless when it is longer than `LONGEST`, or when it ends in a loop: its last `_TIMES` periods, and at least
`_LOOP` characters, are the same. A song with a refrain is no loop, nor is a list that only goes on and on, nor what
repeats itself in the middle.
"""

from __future__ import annotations

EMPTY, ENDLESS = "empty", "endless"
LONGEST = 32_000
"""Characters."""
_TAIL, _PERIOD, _TIMES, _LOOP = 24, 1_000, 5, 160


def flaw_of(text: str) -> str:
    """`EMPTY`, `ENDLESS`, or "" for a response that can be learned from."""
    ended = text.strip()
    if not any(letter.isalnum() or letter > "\x7f" for letter in ended):
        return EMPTY
    return ENDLESS if len(ended) > LONGEST or _loops(ended) else ""


def _loops(text: str) -> bool:
    start = len(text) - _TAIL
    period = start - text.rfind(text[start:], max(0, start - _PERIOD), len(text) - 1) if start > 0 else 0
    if not 0 < period <= _PERIOD:
        return False
    length = max(_TIMES * period, _LOOP)
    return length <= len(text) and text[-length:-period] == text[period - length :]
