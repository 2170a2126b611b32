"""Whether a rewrite is used: the probability that it is what was meant, from what is known before searching.

A logistic regression over a few features of a run of words and what was written for it. `weights/rewriter-gate.json`
holds its weights, what they were fitted on and how well calibrated they are; `shopwright train rewrite` fits them on
queries of which it is known what was meant. A rewrite below `LEAST` is not used; above, the probability is the weight
that its words have beside those that were typed, so that a doubtful one costs little.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from math import exp, log
from pathlib import Path

import orjson

from shopwright.errors import ModelError

FILE = "rewriter-gate.json"
LEAST = 0.35
FEATURES = ("bias", "gain", "logprob", "commoner", "known", "edits", "first", "words", "parted", "missing")
_LIMIT = 12.0


@dataclass(frozen=True, slots=True)
class Case:
    """A run of words that were typed, and what was written for it.

    Args:
        typed, written: the words.
        logprob: of the whole rewritten query.
        kept: log-probability of the query as it was typed, as far as it is known.
        typed_frequency, written_frequency: in how many products the rarest word of each is.
        edits: between the two, their spaces left out.
        words: of the query.
    """

    typed: tuple[str, ...]
    written: tuple[str, ...]
    logprob: float
    kept: float
    typed_frequency: int
    written_frequency: int
    edits: int
    words: int

    def features(self) -> tuple[float, ...]:
        """The values of `FEATURES`."""
        before, after = "".join(self.typed), "".join(self.written)
        return (
            1.0,
            min(max(self.logprob - self.kept, -_LIMIT), _LIMIT) / _LIMIT,
            max(self.logprob, -_LIMIT) / _LIMIT,
            (log(self.written_frequency + 1) - log(self.typed_frequency + 1)) / _LIMIT,
            float(self.typed_frequency > 0),
            min(self.edits / max(len(before), 1), 1.0),
            float(before[:1] == after[:1]),
            min(self.words, 10) / 10,
            float(before == after),
            float(self.written_frequency == 0),
        )


@dataclass(frozen=True, slots=True)
class Gate:
    """The weights of `FEATURES`."""

    weights: tuple[float, ...]

    @classmethod
    def load(cls, path: Path) -> Gate:
        """The gate in a file.

        Raises:
            ModelError: the file is missing or is for other features.
        """
        try:
            record = orjson.loads(path.read_bytes())
            weights = tuple(map(float, record["weights"]))
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise ModelError(f"gate {path}: {error}; install the package again, or train the rewriter") from error
        if tuple(record.get("features", ())) != FEATURES or len(weights) != len(FEATURES):
            raise ModelError(f"gate {path} is for the features {record.get('features')}, expected {list(FEATURES)}")
        return cls(weights)

    @classmethod
    def open(cls) -> Gate:
        """One that knows nothing: everything is as likely to help as not."""
        return cls((0.0,) * len(FEATURES))

    def probability(self, case: Case) -> float:
        """That the rewrite is what was meant, 0 to 1."""
        return logistic(sum(weight * value for weight, value in zip(self.weights, case.features(), strict=True)))


def logistic(value: float) -> float:
    """1 / (1 + e^-value), without overflow."""
    return 1.0 / (1.0 + exp(-value)) if value >= 0 else exp(value) / (1.0 + exp(value))


def runs(typed: Sequence[str], written: Sequence[str]) -> list[tuple[int, int, tuple[str, ...]]]:
    """Where the written words differ from the typed ones: (start, end, words) for runs of typed words.

    What was only left out gives no run; what was only added belongs to the word before it.
    """
    found = []
    for kind, start, end, first, last in SequenceMatcher(None, typed, written, autojunk=False).get_opcodes():
        if kind == "replace":
            found.append((start, end, tuple(written[first:last])))
        elif kind == "insert":
            found.append((max(start - 1, 0), max(start, 1), tuple(written[first:last])))
    return found
