"""Does the reward model order responses as the annotator did, on prompts that it was not trained on?

alpaca_eval    Of every prompt, the responses that were compared with the same baseline: i is better than j where P(i
               better than the baseline) exceeds j's by more than 0.2, under the annotator of soft labels (v2).

    pair_accuracy              share of those pairs that the overall score orders so; a tie counts half
    pair_accuracy:length       the longer response, in characters; of equal ones, half
    pair_accuracy:linear       a weight an n-gram and the logarithm of length, shipped with the model
    pair_accuracy:length_free  the overall score less what length explains of it
    pair_accuracy:mixed        the four heads as the gate mixes them; so `:professionalism` ..., and `:rule_depth` ...
    pair_accuracy:any_margin   all pairs whose probabilities differ at all
    pair_accuracy:hard         the annotator of hard labels (v1), which the score that ships was not made for
    length_matched_accuracy    those pairs whose lengths differ by less than a tenth of the longer; also the suffixes
    length_correlation         mean over prompts of Spearman's correlation of score and length; also of :length_free
    certain_half_accuracy      the half of the pairs whose gap is largest in standard deviations of the ensemble
    responses_per_s            features and all, one thread

unieval        `spearman:<aspect>` with people's scores, the mean over tasks weighted by their rows, on sources that
               were not trained on; `spearman:<aspect>:length` is that of the answer's length.

Two systems that wrote the same text stay two responses: merged, the pairs are 5 % fewer and length scores .800 instead
of .791. Intervals are bootstraps over prompts. Pairs are pooled, so a prompt weighs as much as it has pairs.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from shopwright.bench.task import BenchSet, NeededFile, Options, Row
from shopwright.errors import CorpusError
from shopwright.models.reward import RewardModel
from shopwright.models.reward_aspects import AspectModel, aspect_figures, read_aspects
from shopwright.models.reward_features import Floats
from shopwright.models.reward_objectives import OBJECTIVES
from shopwright.train.align.reward.aspects import Rated, read_rated
from shopwright.train.align.reward.groups import MARGIN, SOFT, Group, ordered, read_groups

BENCH = "align"
_LIKE_LENGTH = 0.1
_RESAMPLES = 1_000
_LEAST_RATED = 5
_FOLDER, _RATED = "reward/alpaca_eval", "reward/unieval.jsonl.gz"


@dataclass(frozen=True, slots=True, eq=False)
class Judged:
    """A group, the scores of its N responses by name, and the deviation of the overall ones (N)."""

    group: Group
    scores: Mapping[str, Floats]
    deviation: Floats

    @property
    def lengths(self) -> Floats:
        """Characters of each response."""
        return self.scores["length"]


Pairs = Callable[[Judged], NDArray[np.bool_]]
"""Which pairs of a group count: i better than j, N x N."""


def judged_groups(groups: Sequence[Group], model: RewardModel) -> list[Judged]:
    """Every score of every response."""
    found = []
    for group in groups:
        rewards = model.judge(group.prompt, group.texts)
        scores = {
            "": rewards.overall,
            "length": np.array([len(text) for text in group.texts], np.float32),
            "linear": rewards.linear,
            "length_free": rewards.length_free,
            "mixed": rewards.mixed,
        }
        scores |= {name: rewards.heads[:, place] for place, name in enumerate(OBJECTIVES)}
        scores |= {f"rule_{name}": rewards.rules[:, place] for place, name in enumerate(OBJECTIVES)}
        found.append(Judged(group, scores, rewards.deviation))
    return found


def clear(judged: Judged, margin: float = MARGIN) -> NDArray[np.bool_]:
    """Pairs whose probabilities are more than a margin apart."""
    return ordered(judged.group.wins, margin)


def of_like_length(judged: Judged) -> NDArray[np.bool_]:
    """Those of the clear pairs whose lengths differ by less than a tenth of the longer."""
    lengths_N = judged.lengths
    apart_NN = np.abs(lengths_N[:, None] - lengths_N[None, :])
    near_NN = apart_NN < _LIKE_LENGTH * np.maximum(lengths_N[:, None], lengths_N[None, :])
    return np.asarray(clear(judged) & near_NN, np.bool_)


def accuracy_row(name: str, judged: Sequence[Judged], score: str, pairs: Pairs, seconds: float = 0.0) -> Row:
    """The share of the pairs that a score orders as the annotator did."""
    right, counted = [], []
    for one in judged:
        scores_N, better_NN = one.scores[score], pairs(one)
        gap_NN = scores_N[:, None] - scores_N[None, :]
        right.append(float(np.where(gap_NN == 0, 0.5, gap_NN > 0)[better_NN].sum()))
        counted.append(int(better_NN.sum()))
    return pooled_row("alpaca_eval", name, right, counted, seconds)


def pooled_row(set: str, name: str, right: Sequence[float], counted: Sequence[int], seconds: float = 0.0) -> Row:
    """Sum of what is right over sum of what was counted, with the bootstrap over prompts."""
    if not sum(counted):
        return Row(BENCH, set, name, math.nan, 0, None, seconds)
    right_P, counted_P = np.array(right), np.array(counted)
    random = np.random.default_rng(0)
    drawn = random.integers(0, len(right_P), (_RESAMPLES, len(right_P)))
    totals = right_P[drawn].sum(axis=1) / np.maximum(counted_P[drawn].sum(axis=1), 1)
    low, high = np.quantile(totals, [0.025, 0.975])
    value = float(right_P.sum() / counted_P.sum())
    return Row(BENCH, set, name, value, int(counted_P.sum()), (float(low), float(high)), seconds)


def comparison_rows(options: Options, model: RewardModel | None = None) -> Iterator[Row]:
    """The rows of `alpaca_eval`.

    Raises:
        CorpusError: files are damaged, or the model was trained on every prompt of the folder.
    """
    assert options.data is not None
    model = model or RewardModel()
    groups, _ = read_groups(options.data / _FOLDER)
    unseen = [group for group in groups if group.prompt_id not in model.trained_prompts]
    if not unseen:
        raise CorpusError(f"{options.data / _FOLDER}: the model was trained on every prompt; give other prompts")
    began = time.perf_counter()
    judged = judged_groups(unseen, model)
    seconds = time.perf_counter() - began
    soft = [one for one in judged if one.group.annotator == SOFT]
    yield accuracy_row("pair_accuracy", soft, "", clear, seconds)
    for score in judged[0].scores:
        if score:
            yield accuracy_row(f"pair_accuracy:{score}", soft, score, clear)
    yield accuracy_row("pair_accuracy:any_margin", soft, "", lambda one: clear(one, 0.0))
    yield accuracy_row("pair_accuracy:hard", [one for one in judged if one.group.annotator != SOFT], "", clear)
    for score in ("", "length", "linear", "length_free", "mixed"):
        yield accuracy_row(f"length_matched_accuracy{':' if score else ''}{score}", soft, score, of_like_length)
    for score in ("", "length_free", "mixed"):
        found = [spearman(one.scores[score], one.lengths) for one in soft]
        known = [one for one in found if not math.isnan(one)]
        name = f"length_correlation{':' if score else ''}{score}"
        yield Row(BENCH, "alpaca_eval", name, float(np.mean(known)) if known else math.nan, len(known))
    yield _certain(soft)
    responses = sum(len(one.group.texts) for one in judged)
    yield Row(BENCH, "alpaca_eval", "responses_per_s", responses / seconds, responses, None, seconds)


def rated_rows(options: Options, model: AspectModel | None = None) -> Iterator[Row]:
    """The rows of `unieval`.

    Raises:
        CorpusError: the file is damaged.
    """
    assert options.data is not None
    model = model or read_aspects()
    rated = [row for row in read_rated(options.data / _RATED) if row.key not in model.trained]
    for aspect in sorted({aspect for row in rated for aspect in row.scores}):
        yield from _aspect(aspect, rated, model)


def _aspect(aspect: str, rated: Sequence[Rated], model: AspectModel) -> Iterator[Row]:
    """Correlations of score and of length with what people said, in each task, weighted by its rows."""
    began, found = time.perf_counter(), []
    for task in sorted({row.task for row in rated if aspect in row.scores}):
        rows = [row for row in rated if row.task == task and aspect in row.scores]
        if len(rows) < _LEAST_RATED:
            continue
        seen = np.array([aspect_figures(row.source, row.context, row.answer) for row in rows])
        given = np.array([row.scores[aspect] for row in rows])
        lengths = np.array([len(row.answer) for row in rows], np.float64)
        scores = model.score(task, aspect, seen)
        found.append((len(rows), spearman(scores, given), spearman(lengths, given)))
    known = [one for one in found if not math.isnan(one[1])]
    n = sum(rows for rows, _, _ in known)
    for place, suffix in ((1, ""), (2, ":length")):
        value = sum(one[0] * np.nan_to_num(one[place]) for one in known) / n if n else math.nan
        seconds = 0.0 if suffix else time.perf_counter() - began
        yield Row(BENCH, "unieval", f"spearman:{aspect}{suffix}", float(value), n, None, seconds)


def _certain(judged: Sequence[Judged]) -> Row:
    """Accuracy over the half of the clear pairs of each prompt that the ensemble is surest of."""
    right, counted = [], []
    for one in judged:
        better_NN, scores_N = clear(one), one.scores[""]
        gap_NN = scores_N[:, None] - scores_N[None, :]
        doubt_NN = np.sqrt(one.deviation[:, None] ** 2 + one.deviation[None, :] ** 2) + 1e-6
        sure = (np.abs(gap_NN) / doubt_NN)[better_NN]
        kept = sure >= np.median(sure) if len(sure) else np.zeros(0, bool)
        right.append(float((gap_NN[better_NN] > 0)[kept].sum()))
        counted.append(int(kept.sum()))
    return pooled_row("alpaca_eval", "certain_half_accuracy", right, counted)


def spearman(first: NDArray[np.floating], second: NDArray[np.floating]) -> float:
    """Spearman's rank correlation, ties by their mean rank; NaN where either list is constant."""
    ranks = [_ranks(each) for each in (first, second)]
    if len(first) < 2 or any(each.std() == 0 for each in ranks):
        return math.nan
    return float(np.corrcoef(ranks[0], ranks[1])[0, 1])


def _ranks(values: NDArray[np.floating]) -> NDArray[np.float64]:
    _, places, counts = np.unique(values, return_inverse=True, return_counts=True)
    return np.asarray((np.cumsum(counts) - (counts - 1) / 2)[places], np.float64)


SETS: tuple[BenchSet, ...] = (
    BenchSet(
        "alpaca_eval",
        comparison_rows,
        (
            NeededFile(f"{_FOLDER}/prompts.jsonl", "prompts"),
            NeededFile(f"{_FOLDER}/responses.jsonl.xz", "the responses of many systems"),
            NeededFile(f"{_FOLDER}/preferences.tsv", "comparisons with a baseline"),
        ),
    ),
    BenchSet("unieval", rated_rows, (NeededFile(_RATED, "people's scores in several aspects"),)),
)
