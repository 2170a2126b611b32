"""Responses to one prompt that an annotator compared with the same baseline: a group orders all its pairs.

Where P(i better than the baseline) exceeds P(j better than the baseline), i is taken for better than j: n responses
give n (n - 1) / 2 pairs, none of which is ever made. A pair counts when the two probabilities are at least `MARGIN`
apart.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from shopwright.errors import CorpusError
from shopwright.models.reward_features import FIGURES, Floats, figures, gram_ids
from shopwright.train.align.examples import prompt_id
from shopwright.train.align.importing.lines import file_in, mappings, number

FOLDS = 5
MARGIN = 0.2
SOFT = "v2"
"""The annotator whose labels are probabilities; the other's are 0, 0.5 and 1."""


@dataclass(frozen=True, slots=True, eq=False)
class Group:
    """N responses to a prompt, and how probably each is better than the baseline (N)."""

    prompt: str
    prompt_id: int
    annotator: str
    texts: tuple[str, ...]
    systems: tuple[str, ...]
    wins: Floats


@dataclass(frozen=True, slots=True, eq=False)
class Encoded:
    """What a model sees of the N responses of a group.

    Args:
        figures: N x F.
        grams: rows of the n-grams of each.
        wins: P(better than the baseline), N.
    """

    annotator: str
    prompt_id: int
    figures: Floats
    grams: tuple[NDArray[np.integer], ...]
    systems: tuple[str, ...]
    wins: Floats


def read_groups(folder: Path) -> tuple[list[Group], int]:
    """The groups of a folder in AlpacaEval's layout, and how many labels were left out as no probability.

    A response that is compared twice by the same annotator counts once, with its first label. Two systems that wrote
    the same text stay two responses, as they were judged twice.

    Raises:
        CorpusError: a file is missing or damaged, or there is no group of two.
    """
    prompts = {str(row["id"]): str(row["text"]) for row in _rows(folder, "prompts.jsonl")}
    responses = {str(row["id"]): row for row in _rows(folder, "responses.jsonl.xz", "responses.jsonl")}
    wins: dict[tuple[str, str], dict[str, float]] = {}
    left_out = 0
    for line in file_in(folder, "preferences.tsv").read_text(encoding="utf-8", errors="replace").splitlines():
        prompt, _, second, label, annotator = (line.split("\t") + [""] * 5)[:5]
        value = number(label)
        if prompt not in prompts or second not in responses or not 0 <= value <= 1:
            left_out += 1
        else:
            wins.setdefault((prompt, annotator), {}).setdefault(second, value)
    groups = []
    for (prompt, annotator), labels in wins.items():
        if len(labels) > 1:
            texts = tuple(str(responses[id_].get("text") or "") for id_ in labels)
            systems = tuple(str(responses[id_].get("model") or "") for id_ in labels)
            labels_N = np.array(list(labels.values()), np.float32)
            asked = prompts[prompt]
            groups.append(Group(asked, prompt_id(asked), annotator, texts, systems, labels_N))
    if not groups:
        raise CorpusError(f"{folder}: no two responses to one prompt were compared with the same baseline")
    return groups, left_out


def _rows(folder: Path, *names: str) -> Iterator[dict[str, Any]]:
    for _, row in mappings(file_in(folder, *names)):
        if isinstance(row, dict) and "id" in row:
            yield row


def encode_all(groups: Sequence[Group]) -> list[Encoded]:
    """The groups, encoded; a response that several annotators judged is read once."""
    read: dict[tuple[int, str], tuple[Floats, NDArray[np.integer]]] = {}
    for group in groups:
        for text in group.texts:
            if (group.prompt_id, text) not in read:
                read[group.prompt_id, text] = figures(group.prompt, text), gram_ids(text).astype(np.int32)
    return [_encoded(group, [read[group.prompt_id, text] for text in group.texts]) for group in groups]


def _encoded(group: Group, read: Sequence[tuple[Floats, NDArray[np.integer]]]) -> Encoded:
    seen = np.array([row for row, _ in read], np.float32).reshape(-1, len(FIGURES))
    return Encoded(group.annotator, group.prompt_id, seen, tuple(grams for _, grams in read), group.systems, group.wins)


def fold_of(prompt_id: int) -> int:
    """The fold of a prompt, by the hash that also makes `Splits`: 0 to `FOLDS` - 1."""
    return (prompt_id >> 32) * FOLDS >> 32


def ordered(wins_N: Floats, margin: float = MARGIN) -> NDArray[np.bool_]:
    """Whether i is better than j by more than a margin, shape (N, N)."""
    return np.asarray(wins_N[:, None] - wins_N[None, :] > margin, np.bool_)


def agreement(scores: Sequence[Floats], wins: Sequence[Floats], margin: float = MARGIN) -> float:
    """Share of the pairs of some groups that the scores order as the annotator did; a tie counts half."""
    right, pairs = 0.0, 0
    for scores_N, wins_N in zip(scores, wins, strict=True):
        better_NN = ordered(wins_N, margin)
        gap_NN = scores_N[:, None] - scores_N[None, :]
        right += float(np.where(gap_NN == 0, 0.5, gap_NN > 0)[better_NN].sum())
        pairs += int(better_NN.sum())
    return right / pairs if pairs else math.nan
