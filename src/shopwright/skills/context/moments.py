"""When utterances were said and what times they name, as columns that grow with the conversation (see `times`)."""

from __future__ import annotations

import math
import re
from array import array
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from shopwright.skills.context.times import TimeSpan, find_times
from shopwright.skills.context.words import LONGEST

Mask = NDArray[np.bool_]

_WHEN = re.compile(
    r"\s*(?:when\b|(?:on |in |at |during )?(?:what|which) (?:day|date|week|weekend|month|season|year|time)\b"
    r"|how long ago\b|since when\b)",
    re.IGNORECASE,
)


class Moments:
    """The times of one conversation, a row an utterance."""

    def __init__(self) -> None:
        self._said = array("d")
        self._rows = array("i")
        self._middles = array("d")

    def add(self, text: str, at: float) -> None:
        """The next utterance. A time that is not a number is taken for 1970."""
        row, at = len(self._said), at if math.isfinite(at) else 0.0
        self._said.append(at)
        for span in find_times(text[:LONGEST], at):
            self._rows.append(row)
            self._middles.append(span.middle)

    @property
    def last(self) -> float:
        """When the last utterance was said; 0 when there is none."""
        return self._said[-1] if self._said else 0.0

    def naming(self) -> Mask:
        """Which utterances name a time, shape (N,)."""
        naming_N = np.zeros(len(self._said), np.bool_)
        naming_N[np.array(self._rows)] = True
        return naming_N

    def during(self, spans: Sequence[TimeSpan]) -> Mask:
        """Which utterances were said in one of the spans or name a time whose middle lies in one, shape (N,)."""
        said_N, middles_M, rows_M = np.array(self._said), np.array(self._middles), np.array(self._rows)
        during_N = np.zeros(len(said_N), np.bool_)
        for span in spans:
            during_N |= (said_N >= span.begins) & (said_N < span.ends)
            during_N[rows_M[(middles_M >= span.begins) & (middles_M < span.ends)]] = True
        return during_N


def asks_when(question: str) -> bool:
    """Whether a question asks for a time."""
    return _WHEN.match(question) is not None
