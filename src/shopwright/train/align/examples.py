"""What people (or judges) said of responses: the rows that a store of reward data is made of.

    text = Response("Which tent for two?", "A dome tent.", system="shop")
    Comparison(text.prompt_id, text.id, other.id, label=0.8, annotator="anna")   # the second is better, at 80 %
    Score(text.prompt_id, text.id, "coverage", 0.5, annotator="anna")

A response is stored once however often it is judged, so everything else refers to it by id. Ids are 64 bits of BLAKE2b
over the content: the same text has the same id in every store, and among ten million responses the chance that any two
share one is 3 in a million. The upper half of a prompt's id is a hash of its words alone, without case, punctuation and
spacing, so that prompts which differ only in these fall into the same part of a `Splits`.

Not here: what is valid. The store decides that, where rows go in.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from hashlib import blake2b
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from shopwright.errors import ConfigError

Ids = NDArray[np.uint64]
Split = Literal["train", "valid", "test"]
OVERALL = "overall"
"""The objective of a judgement that names none."""
_WORD = re.compile(r"\w+")
_HALF = 32


@dataclass(frozen=True, slots=True)
class Response:
    """A text that answers a prompt; `system` names who wrote it, "" where nobody knows."""

    prompt: str
    text: str
    system: str = ""
    source: str = ""

    @property
    def prompt_id(self) -> int:
        """The prompt's id."""
        return prompt_id(self.prompt)

    @property
    def id(self) -> int:
        """The id of this text under this prompt, whoever wrote it."""
        return response_id(self.prompt_id, self.text)


@dataclass(frozen=True, slots=True)
class Comparison:
    """Which of two responses to one prompt is better.

    Args:
        prompt, first, second: ids.
        label: the probability that the second is better; 0.5 is a tie.
        annotator: who said so.
        objective: in which respect.
        source: where it was read.
    """

    prompt: int
    first: int
    second: int
    label: float
    annotator: str
    objective: str = OVERALL
    source: str = ""


@dataclass(frozen=True, slots=True)
class Score:
    """How good a response is in one respect, from 0 to 1.

    Args:
        prompt, response: ids.
        objective: in which respect.
        value: 0 is the worst that the annotator could say, 1 the best.
        annotator: who said so.
        weight: how much it counts; an outcome of a decision with propensity p counts 1 / p.
        source: where it was read.
    """

    prompt: int
    response: int
    objective: str
    value: float
    annotator: str
    weight: float = 1.0
    source: str = ""


Row = Response | Comparison | Score


@dataclass(frozen=True, slots=True)
class Unread:
    """A row of a source that says nothing which can be used: why, and where it stands ("file:line")."""

    reason: str
    where: str


@dataclass(frozen=True, slots=True)
class Splits:
    """Parts by the hash of the prompt's words: a prompt stays where it is whatever is added later.

    Args:
        train, valid: shares; what is left is "test".

    Raises:
        ConfigError: shares that are no shares.
    """

    train: float = 0.7
    valid: float = 0.15

    def __post_init__(self) -> None:
        if not (0 < self.train <= 1 and self.valid >= 0 and self.train + self.valid <= 1 + 1e-9):
            raise ConfigError(
                f"splits of {self.train:g} and {self.valid:g}: shares of the prompts, together at most 1, such as "
                "0.7 and 0.15"
            )

    def of(self, prompt: int) -> Split:
        """The part that a prompt belongs to."""
        place = (prompt >> _HALF) / 2**_HALF
        return "train" if place < self.train else "valid" if place < self.train + self.valid else "test"

    def mask(self, prompts: Ids, split: Split) -> NDArray[np.bool_]:
        """Which of N prompts belong to a part, shape (N,)."""
        place = (prompts >> np.uint64(_HALF)).astype(np.float64) / 2**_HALF
        number = (place >= self.train).astype(np.int8) + (place >= self.train + self.valid)
        return np.asarray(number == ("train", "valid", "test").index(split), np.bool_)


@lru_cache(maxsize=4_096)
def prompt_id(text: str) -> int:
    """The id of a prompt: 32 bits of its words, 32 bits of the exact text."""
    words = " ".join(_WORD.findall(text.casefold())) or text
    return _hash(words.encode("utf-8", "replace"), 4) << _HALF | _hash(text.encode("utf-8", "replace"), 4)


def response_id(prompt: int, text: str) -> int:
    """The id of a response to a prompt."""
    return _hash(prompt.to_bytes(8, "big") + text.encode("utf-8", "replace"), 8)


def judgement_key(row: Comparison | Score) -> int:
    """What tells a judgement from every other; the same pair in the other order is the same judgement."""
    parts: tuple[Any, ...]
    if isinstance(row, Score):
        parts = (row.response, row.objective, round(row.value, 6), row.annotator)
    elif row.first <= row.second:
        parts = (row.first, row.second, row.objective, round(row.label, 6), row.annotator)
    else:
        parts = (row.second, row.first, row.objective, round(1 - row.label, 6), row.annotator)
    return _hash("\0".join(map(str, parts)).encode("utf-8", "replace"), 8)


def _hash(data: bytes, size: int) -> int:
    return int.from_bytes(blake2b(data, digest_size=size).digest(), "big")
