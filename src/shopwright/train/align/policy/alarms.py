"""Alarms of reward hacking: what a policy does that raises its reward and helps nobody.

    alarms = Alarms(Thresholds(), reference=describe(0, prompts, answers_of_sft, ...))
    for alarm in alarms.look(describe(step, prompts, answers, ...)):
        report(alarm.text)

A reward that is optimised for long enough is met in ways that nobody meant (Gao, Schulman and Hilton, 2023): answers
grow, repeat themselves, copy the prompt, or please the learned head and not the rule that says what is meant. Each step
is told in a few figures (`StepRecord`). The mean of the last ones is compared with the reference: the policy before
training, or the first steps. An alarm says what moved, from what to what, and what can be done. It decides nothing:
whether to stop is for who trains. A figure that is NaN is not looked at.
"""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from shopwright.errors import ConfigError
from shopwright.models.reward_objectives import OBJECTIVES
from shopwright.train.align.flaws import EMPTY, ENDLESS
from shopwright.train.align.policy.guarding import screen
from shopwright.train.corpus.shingles import ngrams, words

Floats = NDArray[np.float64]
Gauge = Literal["times", "plus", "spreads", "absolute"]
_SAME = 1e-9
"""Standard deviation of scores below which they are all the same."""


@dataclass(frozen=True, slots=True)
class StepRecord:
    """What a step tells of the policy. Shares are 0 to 1; NaN where a figure is not known.

    Args:
        step: its number.
        length: words of an answer, mean.
        repetition: share of an answer's trigrams of words that it had before, mean.
        copying: share of an answer's trigrams of words that stand in its prompt, mean.
        empty: share of answers that say nothing.
        endless: share of answers that were cut off or run in a loop.
        flat: share of groups in which no objective tells one answer from another: nothing is learned from them.
        entropy: of the policy, nats a token.
        kl: from the reference policy, nats a token.
        objectives: mean score of each objective.
        spreads: standard deviation of each objective over the answers.
        agreement: rank correlation of the rule and the learned head of each objective, mean over groups.
    """

    step: int
    length: float
    repetition: float
    copying: float
    empty: float
    endless: float
    flat: float
    entropy: float = math.nan
    kl: float = math.nan
    objectives: Mapping[str, float] = field(default_factory=dict)
    spreads: Mapping[str, float] = field(default_factory=dict)
    agreement: Mapping[str, float] = field(default_factory=dict)

    def figures(self) -> dict[str, float]:
        """All figures by name; those of an objective as "objectives:accuracy"."""
        flat: dict[str, float] = {}
        for name, value in asdict(self).items():
            if isinstance(value, Mapping):
                flat |= {f"{name}:{objective}": float(each) for objective, each in value.items()}
            elif name != "step":
                flat[name] = float(value)
        return flat


@dataclass(frozen=True, slots=True)
class Thresholds:
    """How far a figure may move from the reference.

    Args:
        longer, shorter: times the reference's length.
        repetition, copying, empty, endless, flat: shares above the reference's.
        entropy: times the reference's, below which the policy has collapsed.
        kl: nats a token, whatever the reference.
        objective: standard deviations of the reference by which the mean of an objective may fall.
        agreement: by how much the correlation of rule and head may fall.
        first: steps that are the reference where none is given.
        last: steps whose mean is compared.
    """

    longer: float = 1.5
    shorter: float = 0.5
    repetition: float = 0.1
    copying: float = 0.15
    empty: float = 0.05
    endless: float = 0.15
    flat: float = 0.3
    entropy: float = 0.3
    kl: float = 0.5
    objective: float = 0.5
    agreement: float = 0.3
    first: int = 5
    last: int = 5

    def __post_init__(self) -> None:
        for name, value in asdict(self).items():
            if not (math.isfinite(value) and value > 0):
                raise ConfigError(f"threshold {name} {value}: expected a finite number above 0")
        if self.longer <= 1 or self.shorter >= 1 or self.entropy >= 1:
            raise ConfigError("thresholds: longer must be above 1, shorter and entropy below 1, they are multiples")


@dataclass(frozen=True, slots=True)
class Alarm:
    """A figure that has moved too far.

    Args:
        kind: the threshold that was crossed.
        figure: its name in `StepRecord.figures`.
        since: step at which it was crossed; the alarm is new where that is the step that was looked at.
        reference: value before.
        value: mean of the last steps.
        text: a sentence: what, from what to what, what to do.
    """

    kind: str
    figure: str
    since: int
    reference: float
    value: float
    text: str


@dataclass(frozen=True, slots=True)
class _Rule:
    """Threshold `kind` on a figure: its side (1 rises, -1 falls), what is measured, and the words for it."""

    kind: str
    figure: str
    side: int
    gauge: Gauge
    what: str
    remedy: str


_RULES = (
    _Rule("longer", "length", 1, "times", "answers get longer", "score them free of length, or raise the weight of KL"),
    _Rule("shorter", "length", -1, "times", "answers get shorter", "put a floor under coverage and depth"),
    _Rule("repetition", "repetition", 1, "plus", "answers repeat themselves",
          "raise the weight of professionalism, whose rule counts repetition, or of KL"),
    _Rule("copying", "copying", 1, "plus", "answers copy their prompts",
          "take what is copied out of accuracy and coverage, or raise the weight of KL"),
    _Rule("empty", "empty", 1, "plus", "answers say nothing", "score empty answers below all others"),
    _Rule("endless", "endless", 1, "plus", "answers do not end",
          "allow more tokens, or score answers that are cut below all others"),
    _Rule("flat", "flat", 1, "plus", "groups have no variance, so less and less is learned",
          "raise the temperature or the size of groups, or change to harder prompts"),
    _Rule("entropy", "entropy", -1, "times", "the policy's entropy collapses",
          "raise the temperature, lower the learning rate, or stop here"),
    _Rule("kl", "kl", 1, "absolute", "the policy leaves its reference",
          "raise the weight of KL or lower the learning rate; go back to a checkpoint before it"),
    _Rule("objective", "objectives", -1, "spreads", "an objective is given up for others",
          "raise its weight, or put a floor under it"),
    _Rule("agreement", "agreement", -1, "plus", "the rule and the learned head of an objective part",
          "read answers that only one of them likes, and train on the one that is right"),
)  # fmt: skip


class Alarms:
    """Compares steps with a reference.

    Args:
        thresholds: how far a figure may move.
        reference: of the policy before training; None: the mean of the first steps, in which nothing is compared.
    """

    def __init__(self, thresholds: Thresholds | None = None, reference: StepRecord | None = None) -> None:
        self.thresholds = thresholds or Thresholds()
        self._first: list[dict[str, float]] = [] if reference is None else [reference.figures()]
        self._known = reference is not None
        self._last: deque[dict[str, float]] = deque(maxlen=self.thresholds.last)
        self._since: dict[str, int] = {}

    def look(self, record: StepRecord) -> list[Alarm]:
        """The alarms that ring after a step, those that rang before included."""
        if not self._known and len(self._first) < self.thresholds.first:
            self._first.append(record.figures())
            return []
        self._last.append(record.figures())
        before, now = _means(self._first), _means(self._last)
        found = [
            alarm
            for rule in _RULES
            for name in now
            if name.partition(":")[0] == rule.figure and (alarm := self._alarm(rule, name, record.step, before, now))
        ]
        self._since = {f"{alarm.kind} {alarm.figure}": alarm.since for alarm in found}
        return found

    def state(self) -> dict[str, Any]:
        """What was seen, for a checkpoint; as JSON (NaN is left out)."""
        return {
            "first": [_known(each) for each in self._first],
            "last": [_known(each) for each in self._last],
            "since": self._since,
            "known": self._known,
        }

    def load(self, state: Mapping[str, Any]) -> None:
        """Go on from what `state` gave, with these thresholds."""
        self._first = [dict(each) for each in state["first"]]
        self._last = deque((dict(each) for each in state["last"]), maxlen=self.thresholds.last)
        self._since, self._known = dict(state["since"]), bool(state["known"])

    def _alarm(
        self, rule: _Rule, name: str, step: int, before: Mapping[str, float], now: Mapping[str, float]
    ) -> Alarm | None:
        reference, value = before.get(name, 0.0 if rule.gauge == "absolute" else math.nan), now[name]
        bound = _bound(rule, getattr(self.thresholds, rule.kind), reference, before, name)
        if not rule.side * (value - bound) > 0:
            return None
        objective = name.partition(":")[2]
        text = (
            f"step {step}: {rule.what}{f' ({objective})' if objective else ''}: {rule.figure} went from "
            f"{reference:.3g} to {value:.3g}, beyond {bound:.3g}; {rule.remedy}"
        )
        return Alarm(rule.kind, name, self._since.get(f"{rule.kind} {name}", step), reference, value, text)


def describe(
    step: int,
    prompts: Sequence[str],
    answers_PG: Sequence[Sequence[str]],
    scores_PGK: NDArray[np.floating],
    *,
    rules_PGK: NDArray[np.floating] | None = None,
    heads_PGK: NDArray[np.floating] | None = None,
    cut_PG: Sequence[Sequence[bool]] | None = None,
    entropy: float = math.nan,
    kl: float = math.nan,
    objectives: Sequence[str] = OBJECTIVES,
) -> StepRecord:
    """The record of a step out of its answers, G to each of P prompts, and their scores.

    Args:
        step: its number.
        prompts: P; without those whose rewards failed.
        answers_PG: as generated.
        scores_PGK: what is trained on.
        rules_PGK, heads_PGK: scores by rule and by learned head; without both there is no `agreement`.
        cut_PG: whether the limit of tokens ended an answer.
        entropy, kl: of the step, nats a token, where they are known.
        objectives: names of the K objectives.

    Raises:
        ConfigError: there is no answer, groups differ in size, or the scores have other shapes than the answers.
    """
    shape = (len(prompts), len(answers_PG[0]) if answers_PG else 0, len(objectives))
    scores_PGK, *both = (
        np.asarray(each, np.float64) for each in (scores_PGK, rules_PGK, heads_PGK) if each is not None
    )
    even = len(answers_PG) == shape[0] and {len(group) for group in answers_PG} == {shape[1]} and shape[1] > 0
    if not even or {each.shape for each in (scores_PGK, *both)} != {shape}:
        raise ConfigError(f"scores of shape {scores_PGK.shape}: expected {shape}, and groups of one size, not empty")
    answers = [answer for group in answers_PG for answer in group]
    asked = [prompt for prompt in prompts for _ in range(shape[1])]
    flaws = screen(answers, [each for group in cut_PG or () for each in group])
    agreed_K = agreement(*both) if len(both) == 2 else np.full(len(objectives), math.nan)

    def named(values_K: Floats) -> dict[str, float]:
        return dict(zip(objectives, values_K.tolist(), strict=True))

    return StepRecord(
        step=step,
        length=float(np.mean([len(answer.split()) for answer in answers])),
        repetition=float(repetition(answers).mean()),
        copying=float(copying(asked, answers).mean()),
        empty=flaws.count(EMPTY) / len(answers),
        endless=flaws.count(ENDLESS) / len(answers),
        flat=float((scores_PGK.std(axis=1) < _SAME).all(axis=1).mean()),
        entropy=entropy,
        kl=kl,
        objectives=named(scores_PGK.mean(axis=(0, 1))),
        spreads=named(scores_PGK.std(axis=(0, 1))),
        agreement=named(agreed_K),
    )


def repetition(answers: Sequence[str]) -> Floats:
    """The share of each answer's trigrams of words that it had before, shape (N,); 0 where it has none."""
    said, ends = ngrams(words(answers), 3)
    return np.array([1 - len(np.unique(one)) / len(one) if len(one) else 0.0 for one in np.split(said, ends[1:-1])])


def copying(prompts: Sequence[str], answers: Sequence[str]) -> Floats:
    """The share of each answer's trigrams of words that stand in its own prompt, shape (N,); 0 where it has none."""
    asked, asked_ends = ngrams(words(prompts), 3)
    said, said_ends = ngrams(words(answers), 3)
    pairs = zip(np.split(asked, asked_ends[1:-1]), np.split(said, said_ends[1:-1]), strict=True)
    return np.array([float(np.isin(there, here).mean()) if len(there) else 0.0 for here, there in pairs])


def agreement(one_PGK: NDArray[np.floating], other_PGK: NDArray[np.floating]) -> Floats:
    """Spearman's correlation of two scores within groups, mean over groups, shape (K,).

    Within groups, because scores of different prompts cannot be compared. A group in which either score is the same for
    all answers tells nothing and is left out; NaN where that is every group.
    """
    ranks = [_ranks(np.asarray(each, np.float64)) for each in (one_PGK, other_PGK)]
    centred = [each - each.mean(axis=1, keepdims=True) for each in ranks]
    norms_PK = np.sqrt((centred[0] ** 2).sum(axis=1) * (centred[1] ** 2).sum(axis=1))
    products_PK = (centred[0] * centred[1]).sum(axis=1)
    told_PK = norms_PK > 0
    sums_K = (products_PK / np.where(told_PK, norms_PK, 1.0) * told_PK).sum(axis=0)
    counts_K = told_PK.sum(axis=0)
    return np.where(counts_K > 0, sums_K / np.maximum(counts_K, 1), math.nan)


def _ranks(scores_PGK: Floats) -> Floats:
    """Ranks within groups, ties by their mean rank."""
    pairs = scores_PGK[:, :, None, :], scores_PGK[:, None, :, :]
    below, equal = (pairs[1] < pairs[0]).sum(axis=2), (pairs[1] == pairs[0]).sum(axis=2)
    return below + (equal + 1) / 2


def _bound(rule: _Rule, threshold: float, reference: float, before: Mapping[str, float], name: str) -> float:
    if rule.gauge == "times":
        return reference * threshold
    if rule.gauge == "absolute":
        return threshold
    spread = before.get(f"spreads:{name.partition(':')[2]}", math.nan) if rule.gauge == "spreads" else 1.0
    return reference + rule.side * threshold * (spread or math.nan)


def _known(figures: Mapping[str, float]) -> dict[str, float]:
    return {name: value for name, value in figures.items() if not math.isnan(value)}


def _means(records: Sequence[Mapping[str, float]] | deque[dict[str, float]]) -> dict[str, float]:
    """The mean of each figure over the records that know it; figures that none knows are left out."""
    found: dict[str, list[float]] = {}
    for record in records:
        for name, value in _known(record).items():
            found.setdefault(name, []).append(value)
    return {name: sum(values) / len(values) for name, values in found.items()}
