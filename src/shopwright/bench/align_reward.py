"""Does the reward model order responses as the annotator did, on prompts that it was not trained on?

The shipped model has five parts, each trained without a fold of the prompts, and its files name every prompt that it
was trained on. Such a prompt is judged here by the one part that was trained without it; a prompt that is new to the
model is judged by all five, as anywhere else. So every prompt counts and none is judged by what has seen it. Settings
were chosen on the shipped prompts, though, which only a new prompt is free of. What all parts share was counted without
labels: which n-grams have a row, the figures' means and spreads. A part's temperature and its weights of length are
fitted on the held-out scores of the other folds.

alpaca_eval    Of every prompt, the responses that were compared with the same baseline: i is better than j where P(i
               better than the baseline) exceeds j's by more than 0.2, under the annotator of soft labels (v2).

    pair_accuracy              share of those pairs that the overall score orders so; a tie counts half
    pair_accuracy:length       the longer response, in characters; of equal ones, half
    pair_accuracy:linear       a weight an n-gram and the logarithm of length, in the same five parts
    pair_accuracy:length_free  the overall score less what length explains of it
    pair_accuracy:mixed        the four heads as the gate mixes them; so `:professionalism` ..., and `:rule_depth` ...
    pair_accuracy:any_margin   all pairs whose probabilities differ at all
    pair_accuracy:hard         the annotator of hard labels (v1), which the score that ships was not made for
    length_matched_accuracy    those pairs whose lengths differ by less than a tenth of the longer; also the suffixes
    length_correlation         mean over prompts of Spearman's correlation of score and length; also of :length_free
    certain_half_accuracy      the half of the pairs whose gap is largest in standard deviations of what judged
    ece, brier                 of the score's difference as the logit of being preferred, over all pairs whose labels
                               differ; `:uncalibrated` is before the temperature
    non_answers_below          share of non-answers ("ok", "I don't know.", a word over and over ...) that score less
                               than the median response to the prompt; so `:mixed` and each head. `echo_below`: the
                               prompt itself, as an answer
    prompts_unseen             share of the prompts that are new to the whole model
    responses_per_s            features and all, one thread

unieval        `spearman:<aspect>` with people's scores, the mean over tasks weighted by their rows;
               `spearman:<aspect>:length` is that of the answer's length.

objectives     `agreement:<objective>`, the share of the pairs that a head orders as people did who judged this one
               objective (QA-Feedback, UniEval), the mean over their kinds of labels; beside it `:rule` and `:length`,
               and `agreement:<objective>:<label>` of each kind. `train.align.reward.labels` says what is compared.

Two systems that wrote the same text stay two responses: merged, the pairs are 5 % fewer and length scores .800 instead
of .791. Intervals are bootstraps over prompts; where labels are compared across prompts, over folds, of which there are
only five. Pairs are pooled, so a prompt weighs as much as it has pairs.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from shopwright.bench.task import BenchSet, NeededFile, Options, Row
from shopwright.models.reward import RewardModel
from shopwright.models.reward_aspects import AspectModel, aspect_figures, read_aspects
from shopwright.models.reward_features import Floats
from shopwright.models.reward_objectives import OBJECTIVES
from shopwright.train.align.reward.aspects import Rated, read_rated
from shopwright.train.align.reward.calibration import gaps, kept_promise
from shopwright.train.align.reward.groups import MARGIN, SOFT, Group, ordered, read_groups
from shopwright.train.align.reward.labels import judged as judged_labels
from shopwright.train.align.reward.labels import read_labels

BENCH = "align"
_LIKE_LENGTH = 0.1
_RESAMPLES = 1_000
_NON_ANSWERS = ("ok", "idk lol", "Sure!", "I don't know.", "word " * 200)
_LEAST_RATED = 5
_FOLDER, _RATED, _SPANS = "reward/alpaca_eval", "reward/unieval.jsonl.gz", "reward/qa_feedback.json"


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
        rewards = model.judge(group.prompt, group.texts, model.unseen(group.prompt_id))
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
        better_NN = pairs(one)
        right.append(right_pairs(one.scores[score], better_NN))
        counted.append(int(better_NN.sum()))
    return pooled_row("alpaca_eval", name, right, counted, seconds)


def right_pairs(scores_N: Floats, better_NN: NDArray[np.bool_]) -> float:
    """How many of the pairs some scores order so; a tie counts half."""
    gap_NN = scores_N[:, None] - scores_N[None, :]
    return float(np.where(gap_NN == 0, 0.5, gap_NN > 0)[better_NN].sum())


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
        CorpusError: files are damaged.
    """
    assert options.data is not None
    model = model or RewardModel()
    groups, _ = read_groups(options.data / _FOLDER)
    began = time.perf_counter()
    judged = judged_groups(groups, model)
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
    yield from _calibration(soft, model)
    yield from _below_the_median(soft, model)
    new = [group.prompt_id not in model.trained_prompts for group in groups]
    yield Row(BENCH, "alpaca_eval", "prompts_unseen", float(np.mean(new)), len(new))
    responses = sum(len(one.group.texts) for one in judged)
    yield Row(BENCH, "alpaca_eval", "responses_per_s", responses / seconds, responses, None, seconds)


def rated_rows(options: Options, model: AspectModel | None = None) -> Iterator[Row]:
    """The rows of `unieval`.

    Raises:
        CorpusError: the file is damaged.
    """
    assert options.data is not None
    model = model or read_aspects()
    rated = read_rated(options.data / _RATED)
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
        parts = [model.unseen(row.key) for row in rows]
        scores = np.concatenate([model.score(task, aspect, seen[[n]], part) for n, part in enumerate(parts)])
        found.append((len(rows), spearman(scores, given), spearman(lengths, given)))
    known = [one for one in found if not math.isnan(one[1])]
    n = sum(rows for rows, _, _ in known)
    for place, suffix in ((1, ""), (2, ":length")):
        value = sum(one[0] * np.nan_to_num(one[place]) for one in known) / n if n else math.nan
        seconds = 0.0 if suffix else time.perf_counter() - began
        yield Row(BENCH, "unieval", f"spearman:{aspect}{suffix}", float(value), n, None, seconds)


def label_rows(options: Options, model: RewardModel | None = None) -> Iterator[Row]:
    """The rows of `objectives`.

    Raises:
        CorpusError: a file is damaged.
    """
    assert options.data is not None
    model = model or RewardModel()
    labels = read_labels(options.data / _SPANS, options.data / _RATED)
    found: dict[str, dict[str, list[Row]]] = {}
    for each in labels:
        compared = each.compared()
        for score, scores_N in judged_labels(each, model).items():
            suffix = f":{score}" if score else ""
            counts = [ordered(each.values[at], 0.0) for at in compared]
            right = [right_pairs(scores_N[at], better) for at, better in zip(compared, counts, strict=True)]
            name = f"agreement:{each.objective}:{each.name.replace(' ', '_')}{suffix}"
            row = pooled_row("objectives", name, right, [int(better.sum()) for better in counts])
            found.setdefault(each.objective, {}).setdefault(suffix, []).append(row)
    for objective, by_score in found.items():
        for suffix, rows in by_score.items():
            value = float(np.mean([row.value for row in rows]))
            yield Row(BENCH, "objectives", f"agreement:{objective}{suffix}", value, sum(row.n for row in rows))
        yield from (row for rows in by_score.values() for row in rows)


def _calibration(judged: Sequence[Judged], model: RewardModel) -> Iterator[Row]:
    """Calibration error and Brier score, with and without the temperature."""
    wins = [one.group.wins for one in judged]
    heat = [model.temperature(model.unseen(one.group.prompt_id)) for one in judged]
    raw = [one.scores[""] * each for one, each in zip(judged, heat, strict=True)]
    for suffix, scores in (("", [one.scores[""] for one in judged]), (":uncalibrated", raw)):
        found = gaps(scores, wins)
        for name, value in zip(("ece", "brier"), kept_promise(found), strict=True):
            yield Row(BENCH, "alpaca_eval", f"{name}{suffix}", value, len(found))


def _below_the_median(judged: Sequence[Judged], model: RewardModel) -> Iterator[Row]:
    """How often the median response beats what answers nothing, and the prompt itself."""
    scores, right = ("", "mixed", *OBJECTIVES), []
    for one in judged:
        texts = (*_NON_ANSWERS, one.group.prompt)
        (empty,) = judged_groups([replace(one.group, texts=texts)], model)
        right.append([empty.scores[score] < np.median(one.scores[score]) for score in scores])
    below_PSN = np.array(right, np.float64)
    for place, score in enumerate(scores):
        suffix = f":{score}" if score else ""
        for name, part_PN in (
            ("non_answers_below", below_PSN[:, place, :-1]),
            ("echo_below", below_PSN[:, place, -1:]),
        ):
            counted = [part_PN.shape[1]] * len(part_PN)
            yield pooled_row("alpaca_eval", f"{name}{suffix}", part_PN.sum(axis=1).tolist(), counted)


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
    BenchSet(
        "objectives",
        label_rows,
        (NeededFile(_SPANS, "marked errors in long answers"), NeededFile(_RATED, "people's scores in several aspects")),
    ),
)
