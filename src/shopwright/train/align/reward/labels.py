"""What people said of one objective at a time: the labels that the heads learn from, and are measured by.

    accuracy          shares of a text without wrong or unverifiable spans; consistency with a source; groundedness
    coverage          what is not missing; informativeness
    professionalism   coherence, naturalness, understandability; measured only, see `heads`

Depth has no labels. Each label is a scale of its own: only answers under the same label are compared, those to the same
prompt where most prompts have several answers, else those of the same fold.

Sources: QA-Feedback (`importing.spans`) and UniEval's collection (`importing.aspects`).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from shopwright.models.reward import RewardModel
from shopwright.models.reward_features import FIGURES, Floats, figures
from shopwright.models.reward_objectives import OBJECTIVES
from shopwright.train.align.examples import Response, Row, Score, Unread
from shopwright.train.align.importing.aspects import aspect_rows
from shopwright.train.align.importing.spans import span_rows
from shopwright.train.align.reward.groups import FOLDS, fold_of

OBJECTIVE_OF: Mapping[tuple[str, str], str] = {
    ("qa_feedback", "accuracy"): "accuracy",
    ("qags_cnndm", "consistency"): "accuracy",
    ("qags_xsum", "consistency"): "accuracy",
    ("topical_chat", "groundedness"): "accuracy",
    ("qa_feedback", "coverage"): "coverage",
    ("sfhot", "informativeness"): "coverage",
    ("sfres", "informativeness"): "coverage",
    ("qa_feedback", "relevance"): "professionalism",
    ("topical_chat", "understandability"): "professionalism",
    ("topical_chat", "naturalness"): "professionalism",
    ("topical_chat", "coherence"): "professionalism",
    ("sfhot", "naturalness"): "professionalism",
    ("sfres", "naturalness"): "professionalism",
}
"""(annotator, what was asked) -> the objective that it speaks of."""
_ALONE = 0.8
"""Share of prompts among the answers above which answers are compared across prompts."""


@dataclass(frozen=True, eq=False)
class Labels:
    """N answers with one kind of label.

    Args:
        name: such as "qa_feedback coverage".
        objective: that it speaks of.
        answers: N.
        values: N, higher is better.
    """

    name: str
    objective: str
    answers: tuple[Response, ...]
    values: Floats

    @cached_property
    def figures(self) -> Floats:
        """N x F."""
        rows = [figures(one.prompt, one.text) for one in self.answers]
        return np.array(rows, np.float32).reshape(-1, len(FIGURES))

    @cached_property
    def prompts(self) -> NDArray[np.uint64]:
        """Ids of the prompts, N."""
        return np.array([one.prompt_id for one in self.answers], np.uint64)

    @cached_property
    def folds(self) -> NDArray[np.int64]:
        """N."""
        return np.array([fold_of(one.prompt_id) for one in self.answers], np.int64)

    @property
    def alone(self) -> bool:
        """Whether most prompts have one answer, so that answers are compared across prompts."""
        return len(np.unique(self.prompts)) > _ALONE * len(self.answers)

    def compared(self) -> list[NDArray[np.int64]]:
        """Places of the answers that are compared with one another."""
        keys = self.folds if self.alone else self.prompts
        found = [np.flatnonzero(keys == key) for key in np.unique(keys)]
        return [places for places in found if len(places) > 1]


def read_labels(spans: Path | None, scores: Path | None) -> list[Labels]:
    """The labels of the two files; one that is None has none.

    Raises:
        CorpusError: a file is missing or damaged.
    """
    rows: list[Row | Unread] = [*(span_rows(spans) if spans else ()), *(aspect_rows(scores) if scores else ())]
    return labels_of(rows)


def labels_of(rows: Iterable[Row | Unread]) -> list[Labels]:
    """The labels among some rows that `OBJECTIVE_OF` knows; one that is no number is left out."""
    answers: dict[int, Response] = {}
    said: dict[tuple[str, str], dict[int, float]] = {}
    for row in rows:
        if isinstance(row, Response):
            answers.setdefault(row.id, row)
        elif isinstance(row, Score) and np.isfinite(row.value):
            said.setdefault((row.annotator, row.objective), {}).setdefault(row.response, row.value)
    return list(_labels(answers, said))


def _labels(answers: Mapping[int, Response], said: Mapping[tuple[str, str], Mapping[int, float]]) -> Iterator[Labels]:
    for key, objective in OBJECTIVE_OF.items():
        found = {place: value for place, value in said.get(key, {}).items() if place in answers}
        if len(found) > FOLDS:
            kept = tuple(answers[place] for place in found)
            yield Labels(" ".join(key), objective, kept, np.array(list(found.values()), np.float32))


def judged(labels: Labels, model: RewardModel) -> dict[str, Floats]:
    """What a model's head (""), the rule and the length say of the answers, N each; prompts are judged held out."""
    place = OBJECTIVES.index(labels.objective)
    heads_N, rules_N = np.zeros(len(labels.answers), np.float32), np.zeros(len(labels.answers), np.float32)
    for prompt in np.unique(labels.prompts):
        at = np.flatnonzero(labels.prompts == prompt)
        asked = [labels.answers[one] for one in at]
        rewards = model.judge(asked[0].prompt, [one.text for one in asked], model.unseen(int(prompt)))
        heads_N[at], rules_N[at] = rewards.heads[:, place], rewards.rules[:, place]
    lengths_N = np.array([len(one.text) for one in labels.answers], np.float32)
    return {"": heads_N, "rule": rules_N, "length": lengths_N}
