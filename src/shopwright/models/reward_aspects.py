"""People's aspects of a short answer (naturalness, coherence, consistency ...) from what it was made of.

    figures of the answer itself     length, variety, doubled words, how it ends
    against the source               words and runs of two to four words that it shares, numbers that it keeps; so
                                     against the context and against the last line said
    against a dialogue act           `inform(name='x',area='y')`: which of the values it states

Five ridge regressions (Hoerl and Kennard, 1970) for each task and aspect, after UniEval's tasks (Zhong et al., 2022),
each fitted without a fifth of the sources: a source is scored by their mean, one that was fitted on also by the part
alone that has not seen it (`unseen`). An unknown task is scored by the mean of the tasks that have the aspect. No fact
is checked.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from shopwright.errors import ModelError
from shopwright.models.onnx_files import WEIGHTS

FILE = "reward-aspects.json"
_WORD = re.compile(r"\w+(?:'\w+)?")
_ACT = re.compile(r"\??\w+\(.*\)\s*$", re.DOTALL)
_VALUE = re.compile(r"(\w+)='?([^',)]*)'?")
_DOUBTFUL = re.compile(r"\b(a a|the the|is is|in in|and and|has a|is a in|have no|the and|are and)\b")
_TOLD_BY_NAME = frozenset(("yes", "no", "none", "dont_care", "true", "false"))
_STOP = frozenset(
    re.findall(
        r"\w+",
        "a an the and or but of to in on at by for with is are was were be it its this that i you he she we they do "
        "does did has have had",
    )
)
Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class AspectModel:
    """Weights of each task's aspects.

    Args:
        weights: (task, aspect) -> the bias, then a weight a figure, of each part; P x (1 + F).
        trained: keys of the sources that it was trained on -> the part that was fitted without it.
    """

    weights: Mapping[tuple[str, str], Floats]
    trained: Mapping[str, int]

    def unseen(self, key: str) -> int | None:
        """The part that was fitted without a source; None for a source that none was fitted on."""
        return self.trained.get(key)

    def score(self, task: str, aspect: str, figures_NF: Floats, part: int | None = None) -> Floats:
        """Scores of N answers, in the unit of the people who scored.

        Args:
            task: may be unknown.
            aspect: what is scored.
            figures_NF: see `aspect_figures`.
            part: that scores, see `unseen`; the mean of all by default.

        Raises:
            ModelError: no task has the aspect.
        """
        known = [self.weights[task, aspect]] if (task, aspect) in self.weights else self._others(aspect)
        if not known:
            raise ModelError(f"aspect {aspect!r}: use one of {', '.join(sorted({name for _, name in self.weights}))}")
        weights_PF = np.mean(known, axis=0)
        weights = weights_PF.mean(axis=0) if part is None else weights_PF[part]
        return np.asarray(weights[0] + figures_NF @ weights[1:], np.float64)

    def _others(self, aspect: str) -> list[Floats]:
        return [weights for (_, name), weights in self.weights.items() if name == aspect]


def read_aspects(folder: Path = WEIGHTS) -> AspectModel:
    """The shipped weights.

    Raises:
        ModelError: the file is missing or damaged.
    """
    try:
        held = json.loads((folder / FILE).read_text(encoding="utf-8"))
        weights = {(one["task"], one["aspect"]): np.array(one["weights"], np.float64) for one in held["aspects"]}
        return AspectModel(weights, dict(held["trained"]))
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise ModelError(f"{folder / FILE} cannot be read ({error}): install the package again") from error


def aspect_figures(source: str, context: str, answer: str) -> Floats:
    """The figures of one answer, shape (F,)."""
    lines = [line for line in source.split("\n") if line.strip()]
    last = lines[-1] if lines else ""
    shared = [_against(answer, text) for text in (source, context or source, last)]
    return np.array([*_itself(answer), *(one for part in shared for one in part), *_stated(source, answer)], np.float64)


def _itself(answer: str) -> list[float]:
    words = answer.lower().split()
    pairs, amount = list(pairwise(words)), max(len(words), 1)
    return [
        float(np.log1p(len(words))),
        float(np.log1p(len(answer))),
        len(set(words)) / amount,
        1 - len(set(pairs)) / max(len(pairs), 1),
        float(sum(first == second for first, second in pairs)),
        float(answer.rstrip()[-1:] in {".", "?", "!"}),
        float("?" in answer),
        float("!" in answer),
        sum(map(len, words)) / amount / 5,
        sum(word in _STOP for word in words) / amount,
        float(_DOUBTFUL.search(answer.lower()) is not None),
        float(answer.count(",")),
        float("and" in words),
        sum(word in {"i", "my", "me"} for word in words) / amount,
        float(sum(map(str.isdigit, words))),
    ]


def _against(answer: str, text: str) -> list[float]:
    said, there = _WORD.findall(answer.lower()), _WORD.findall(text.lower())
    held = set(there)
    content, asked = [word for word in said if word not in _STOP], held - _STOP
    numbers = re.findall(r"\d+", answer)
    runs = [_runs(said, length) for length in (2, 3, 4)]
    kept = [_runs(there, length) for length in (2, 3, 4)]
    new = sum(word not in held for word in content)
    return [
        1 - new / len(content) if content else 1.0,
        len(asked.intersection(said)) / max(len(asked), 1),
        *(len(one & other) / len(one) if one else 1.0 for one, other in zip(runs, kept, strict=True)),
        sum(number in text for number in numbers) / len(numbers) if numbers else 1.0,
        float(new > 0),
        float(new),
    ]


def _stated(source: str, answer: str) -> list[float]:
    """Of a dialogue act: how many values, how many are missing, their share, and what kind of act it is."""
    if not _ACT.match(source.strip()):
        return [0.0] * 5
    low, values = answer.lower(), _VALUE.findall(source)
    missing = sum(1 - _told(name, value.lower(), low) for name, value in values)
    act = source.split("(")[0]
    kinds = [float(act == "inform"), float("request" in act)]
    return [float(len(values)), missing, missing / max(len(values), 1), *kinds]


def _told(name: str, value: str, answer: str) -> float:
    if value in _TOLD_BY_NAME:
        return float(any(part in answer for part in name.split("_") if len(part) > 3))
    words = value.split()
    return sum(word in answer for word in words) / len(words) if words else 1.0


def _runs(words: Sequence[str], length: int) -> set[tuple[str, ...]]:
    return set(zip(*(words[start:] for start in range(length)), strict=False))
