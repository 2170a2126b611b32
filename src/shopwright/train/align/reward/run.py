"""From a folder of comparisons, and what people said of single objectives, to the shipped reward model and its card.

Prompts are dealt to five folds by their hash. Of members, baseline, heads and gate there are five parts, each trained
without one fold; every figure is of prompts as judged by the part that has not seen them. The temperature and the
weights of length of a part are fitted on such scores of the other folds. N-grams that get a row, means and spreads are
counted over all prompts, without labels. What is trained replaces the model that runs now only when it orders more of
the pairs, both held out (the gate).
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from shopwright.errors import CorpusError, ModelError
from shopwright.models.onnx_files import WEIGHTS
from shopwright.models.reward import DEFAULT_REWARD, RewardModel
from shopwright.models.reward_features import FIGURES, Floats
from shopwright.train.align.reward.aspects import fit_aspects, read_rated, write_aspects
from shopwright.train.align.reward.calibration import fit_temperature, gaps, kept_promise
from shopwright.train.align.reward.groups import (
    FOLDS,
    SOFT,
    Encoded,
    Group,
    agreement,
    encode_all,
    fold_of,
    read_groups,
)
from shopwright.train.align.reward.heads import fit_length
from shopwright.train.align.reward.labels import Labels, judged, read_labels
from shopwright.train.align.reward.network import Member, RewardSettings, scaling_of
from shopwright.train.align.reward.parts import Part, train_part
from shopwright.train.outcome import Outcome, Report

_CARD = """---
name: {name}
sha256: {sha256}
licence: Apache-2.0
source: trained from nothing
---

# {name}

A reward model over hashed n-grams and named figures of a response: {members} networks, four linear heads
(professionalism, accuracy, coverage, depth), and a gate that mixes them by what the prompt asks for, in {folds} parts,
each trained without one fold of the prompts. It reads at most 12,000 characters of a response.

**Trained on.** AlpacaEval's comparisons against a shared baseline (Apache-2.0): {groups} groups of {prompts} prompts.
{labels}.
All prompts are trained on; the file names them, and which part has not seen each.

**Made by** `{command}` with {settings}; torch {torch}.

**Results**, every prompt judged by the one part that was trained without it; a new prompt is judged by all {folds}:

| | |
|---|---|
{results}

Settings were chosen on results like these. `ece` and `brier` are those of the difference of two scores as a logit, over
all pairs that the labels order at all; `agreement` is that of a head with people's own labels of its objective, the
mean over their kinds.

**Limits.** English. It checks no fact. It orders responses to one prompt as the annotator did, a language model, and
shares its taste for long, well laid out answers; `length_free` takes out what length explains. It recognises the style
of systems it has seen. The head of accuracy asks how much of a response stands in the prompt, so a policy that is
trained on it alone learns to copy.
"""
_HEADS = "The heads of accuracy and coverage also: {of}"
_OF = {"spans": "QA-Feedback (Apache-2.0)", "scores": "UniEval's scores (MIT)"}


@dataclass(frozen=True, slots=True)
class RewardPlan:
    """What to train from, and where to put it.

    Args:
        comparisons: folder in AlpacaEval's layout.
        scores: file in UniEval's layout, for heads and aspects; None leaves the aspects as they are.
        target: folder that receives the files when they are better.
        spans: file in QA-Feedback's layout, for the heads.
        models: folder of the model that runs now; it may have none.
        command: for the card.
        settings: of the members.
    """

    comparisons: Path
    scores: Path | None
    target: Path
    spans: Path | None = None
    models: Path = WEIGHTS
    command: str = "shopwright train reward"
    settings: RewardSettings = field(default_factory=RewardSettings)


def plan_of(data: Path, target: Path) -> RewardPlan:
    """A plan for a folder laid out as for `shopwright bench align`; files of labels that it does not have are left out.

        DATA/reward/alpaca_eval    comparisons
        DATA/reward/qa_feedback.json, unieval.jsonl.gz

    Args:
        data: the folder.
        target: receives the model.
    """
    spans, scores = data / "reward/qa_feedback.json", data / "reward/unieval.jsonl.gz"
    return RewardPlan(
        data / "reward/alpaca_eval",
        scores if scores.is_file() else None,
        target,
        spans if spans.is_file() else None,
    )


def reward(plan: RewardPlan, report: Report = print) -> Outcome:
    """Train, measure and gate; see the module.

    Raises:
        CorpusError: a file is missing or damaged, or there are too few prompts to leave some out.
    """
    groups, left_out = read_groups(plan.comparisons)
    soft = [group for group in groups if group.annotator == SOFT]
    if len({fold_of(group.prompt_id) for group in soft}) < 2:
        raise CorpusError(
            f"{plan.comparisons}: {len(soft)} prompts with labels of {SOFT!r}; five folds are trained on, of which one "
            "is left out at a time: give more prompts, 20 or more"
        )
    labels = read_labels(plan.spans, plan.scores)
    encoded = encode_all(groups)
    report(f"{len(encoded)} groups, {sum(len(group.wins) for group in encoded)} responses; {left_out} labels left out")
    arrays = train_arrays(encoded, labels, plan.settings, report)
    with TemporaryDirectory() as place:
        scratch = Path(place)
        _write(arrays, scratch, plan, groups, {})
        after = measure(RewardModel(folder=scratch), soft, labels)
    before = _running(plan.models, soft, labels)
    better = after["pair_accuracy"] > before.get("pair_accuracy", 0.0)
    if better:
        plan.target.mkdir(parents=True, exist_ok=True)
        _write(arrays, plan.target, plan, groups, after)
        if plan.scores is not None:
            write_aspects(fit_aspects(read_rated(plan.scores)), plan.target, _OF["scores"])
    notes = [f"{left_out} labels were no probability and were left out"] if left_out else []
    return Outcome(before, after, better, notes)


def train_arrays(
    groups: Sequence[Encoded], labels: Sequence[Labels], settings: RewardSettings, report: Report = print
) -> dict[str, NDArray[Any]]:
    """The arrays of the file that `RewardModel` reads."""
    scaling = scaling_of(groups, settings.least_prompts)
    parts = [train_part(groups, labels, scaling, settings, fold, report) for fold in range(FOLDS)]
    members = [member for part in parts for member in part.members]
    temperatures = [_temperature(parts, fold) for fold in range(FOLDS)]
    prompts = {group.prompt_id for group in groups} | {one for each in labels for one in each.prompts.tolist()}
    table = np.concatenate([*map(_table, members), *(part.linear[:, None] for part in parts)], axis=1)
    return {
        "figures": np.array(FIGURES),
        "prompts": np.array(sorted(prompts), np.uint64),
        "folds": np.array([fold_of(prompt) for prompt in sorted(prompts)], np.uint8),
        "rows": scaling.rows,
        "table": table.astype(np.float16)[: len(scaling.rows)],
        "mean": scaling.mean,
        "scale": scaling.scale,
        "member_parts": np.array([fold for fold, part in enumerate(parts) for _ in part.members], np.uint8),
        "first": _stacked(members, lambda one: one.first.weight.T),
        "first_bias": _stacked(members, lambda one: one.first.bias),
        "second": _stacked(members, lambda one: one.second.weight.T),
        "second_bias": _stacked(members, lambda one: one.second.bias),
        "straight": _stacked(members, lambda one: one.straight.weight[0]),
        "out": _stacked(members, lambda one: one.out.weight[0]),
        "out_bias": _stacked(members, lambda one: one.out.bias[0]),
        "temperature": np.array(temperatures, np.float32),
        "heads": np.stack([part.heads.weights for part in parts]),
        "gate": np.stack([part.heads.gate for part in parts]),
        "gate_bias": np.stack([part.heads.bias for part in parts]),
        "length": np.stack([_length(parts, fold, temperatures[fold]) for fold in range(FOLDS)]),
        "linear_length": np.array([part.linear_length for part in parts], np.float32),
    }


def measure(model: RewardModel, groups: Iterable[Group], labels: Sequence[Labels] = ()) -> dict[str, float]:
    """How far each score agrees with the annotator, how calibrated it is, and each head's agreement with its labels.

    Prompts that the model was trained on are judged by the part that was trained without them.
    """
    scores: dict[str, list[Floats]] = {}
    wins = []
    for group in groups:
        rewards = model.judge(group.prompt, group.texts, model.unseen(group.prompt_id))
        wins.append(group.wins)
        found = {
            "pair_accuracy": rewards.overall,
            "pair_accuracy:length": np.array([len(text) for text in group.texts], np.float32),
            "pair_accuracy:linear": rewards.linear,
            "pair_accuracy:length_free": rewards.length_free,
            "pair_accuracy:mixed": rewards.mixed,
        }
        for name, each in found.items():
            scores.setdefault(name, []).append(each)
    measured = {name: agreement(each, wins) for name, each in scores.items()}
    measured["ece"], measured["brier"] = kept_promise(gaps(scores["pair_accuracy"], wins))
    return measured | _agreements(model, labels)


def _agreements(model: RewardModel, labels: Sequence[Labels]) -> dict[str, float]:
    """`agreement:OBJECTIVE`, the mean over its kinds of labels."""
    found: dict[str, list[float]] = {}
    for each in labels:
        scores_N, compared = judged(each, model)[""], each.compared()
        agreed = agreement([scores_N[at] for at in compared], [each.values[at] for at in compared], 0.0)
        found.setdefault(f"agreement:{each.objective}", []).append(agreed)
    return {name: float(np.mean(values)) for name, values in found.items()}


def _temperature(parts: Sequence[Part], fold: int) -> float:
    """From the held-out scores of the other folds."""
    others = [one for place, part in enumerate(parts) if place != fold for one in part.unseen]
    return fit_temperature(gaps([one.scores for one in others], [one.wins for one in others]))


def _length(parts: Sequence[Part], fold: int, temperature: float) -> Floats:
    """What length explains of the held-out scores of the other folds, 3 weights."""
    others = [one for place, part in enumerate(parts) if place != fold for one in part.unseen]
    return fit_length([one.scores / temperature for one in others], [one.lengths for one in others])


def _table(member: Member) -> Floats:
    """The wide weight of the first annotator and the deep row of every n-gram, V x (1 + width)."""
    return torch.cat([member.wide.weight[:, :1], member.deep.weight], dim=1).detach().numpy()


def _stacked(members: Sequence[Member], part: Callable[[Member], torch.Tensor]) -> Floats:
    return np.stack([part(member).detach().numpy() for member in members])


def _write(
    arrays: Mapping[str, NDArray[Any]],
    target: Path,
    plan: RewardPlan,
    groups: Sequence[Group],
    results: Mapping[str, float],
) -> None:
    path = target / f"{DEFAULT_REWARD}.npz"
    np.savez(path, allow_pickle=False, **arrays)
    sources = [_OF[name] for name, file in (("spans", plan.spans), ("scores", plan.scores)) if file is not None]
    text = _CARD.format(
        name=DEFAULT_REWARD,
        sha256=hashlib.sha256(path.read_bytes()).hexdigest(),
        members=len(arrays["member_parts"]),
        folds=FOLDS,
        groups=len(groups),
        prompts=len({group.prompt_id for group in groups}),
        labels=_HEADS.format(of=" and ".join(sources)) if sources else "The heads saw nothing else",
        command=plan.command,
        settings=plan.settings,
        torch=torch.__version__,
        results="\n".join(f"| {name} | {value:.4g} |" for name, value in results.items()),
    )
    (target / f"{DEFAULT_REWARD}.md").write_text(text, encoding="utf-8")


def _running(models: Path, groups: Sequence[Group], labels: Sequence[Labels]) -> dict[str, float]:
    """How the model that runs now does, where there is one."""
    try:
        return measure(RewardModel(folder=models), groups, labels)
    except ModelError:
        return {}
