"""From a folder of comparisons and one of people's scores to the shipped reward model, and its card.

The settings were chosen on the part "valid" with members trained on "train" alone. What is written is trained on both;
the part "test" is only measured, and what is written there replaces the model that runs now only when it orders more
of its pairs (the gate).
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

from shopwright.errors import ModelError
from shopwright.models.onnx_files import WEIGHTS
from shopwright.models.reward import DEFAULT_REWARD, LENGTH, RewardModel, places_of
from shopwright.models.reward_features import FIGURES, Floats
from shopwright.train.align.examples import Split, Splits
from shopwright.train.align.reward.aspects import fit_aspects, read_rated, write_aspects
from shopwright.train.align.reward.groups import SOFT, Encoded, Group, agreement, encode, read_groups
from shopwright.train.align.reward.heads import fit_heads, fit_length, fit_linear
from shopwright.train.align.reward.network import Member, RewardSettings, Scaling, scaling_of, train_member
from shopwright.train.outcome import Outcome, Report

_CARD = """---
name: {name}
sha256: {sha256}
licence: Apache-2.0
source: trained from nothing
---

# {name}

A reward model over hashed n-grams and named figures of a response: an ensemble of {members}, four linear heads
(professionalism, accuracy, coverage, depth), and a gate that mixes them by what the prompt asks for. It reads at most
12,000 characters of a response.

**Trained on.** AlpacaEval's comparisons against a shared baseline (Apache-2.0): {groups} groups of the prompts of the
parts train and valid. `reward-aspects.json` beside it: UniEval's human scores (MIT), the parts train and valid.

**Made by** `{command}` with {settings}; torch {torch}.

**Results** on prompts that were not trained on:

| | |
|---|---|
{results}

**Limits.** English. It orders responses to one prompt as the annotator did, a language model, and shares its taste for
long, well laid out answers; `length_free` takes out what length explains. It recognises the style of systems it has
seen. It checks no fact, so a policy that is trained on it alone learns to sound right.
"""


@dataclass(frozen=True, slots=True)
class RewardPlan:
    """What to train from, and where to put it.

    Args:
        comparisons: folder in AlpacaEval's layout.
        scores: file in UniEval's layout; None leaves the aspects as they are.
        target: folder that receives the files when they are better.
        models: folder of the model that runs now; it may have none.
        parts: prompts that are trained on.
        tried: part that is measured.
        command: for the card.
        settings: of the members.
    """

    comparisons: Path
    scores: Path | None
    target: Path
    models: Path = WEIGHTS
    parts: tuple[Split, ...] = ("train", "valid")
    tried: Split = "test"
    command: str = "shopwright.train.align.reward.run.reward"
    splits: Splits = field(default_factory=Splits)
    settings: RewardSettings = field(default_factory=RewardSettings)


def reward(plan: RewardPlan, report: Report = print) -> Outcome:
    """Train, measure and gate; see the module."""
    groups, left_out = read_groups(plan.comparisons)
    tried = [group for group in groups if plan.splits.of(group.prompt_id) == plan.tried and group.annotator == SOFT]
    encoded = [encode(group) for group in groups if plan.splits.of(group.prompt_id) in plan.parts]
    report(f"{len(encoded)} groups, {sum(len(group.wins) for group in encoded)} responses; {left_out} labels left out")
    arrays = train_arrays(encoded, plan.settings, report)
    with TemporaryDirectory() as place:
        scratch = Path(place)
        _write(arrays, scratch, plan, len(encoded), {})
        after = measure(RewardModel(folder=scratch), tried)
    before = _running(plan.models, tried)
    better = after["pair_accuracy"] > before.get("pair_accuracy", 0.0)
    if better:
        plan.target.mkdir(parents=True, exist_ok=True)
        _write(arrays, plan.target, plan, len(encoded), after)
        if plan.scores is not None:
            write_aspects(fit_aspects(read_rated(plan.scores), plan.splits), plan.target, "UniEval's scores (MIT)")
    notes = [f"{left_out} labels were no probability and were left out"] if left_out else []
    return Outcome(before, after, better, notes)


def train_arrays(
    groups: Sequence[Encoded], settings: RewardSettings, report: Report = print
) -> dict[str, NDArray[Any]]:
    """The arrays of the file that `RewardModel` reads."""
    scaling = scaling_of(groups, settings.least_prompts)
    members = [train_member(groups, scaling, settings, settings.seed + one, report) for one in range(settings.members)]
    heads = fit_heads(groups, scaling)
    linear_V, linear_length = fit_linear(groups, scaling)
    soft = [group for group in groups if group.annotator == SOFT]
    length = fit_length(
        [_overall(members, group, scaling) for group in soft],
        [scaling.standard(group.figures)[:, LENGTH] for group in soft],
    )
    table = np.concatenate([*(_table(member) for member in members), linear_V[:, None]], axis=1)
    return {
        "figures": np.array(FIGURES),
        "prompts": np.unique(np.array([group.prompt_id for group in groups], np.uint64)),
        "rows": scaling.rows,
        "table": table.astype(np.float16)[: len(scaling.rows)],
        "mean": scaling.mean,
        "scale": scaling.scale,
        "first": _stacked(members, lambda one: one.first.weight.T),
        "first_bias": _stacked(members, lambda one: one.first.bias),
        "second": _stacked(members, lambda one: one.second.weight.T),
        "second_bias": _stacked(members, lambda one: one.second.bias),
        "straight": _stacked(members, lambda one: one.straight.weight[0]),
        "out": _stacked(members, lambda one: one.out.weight[0]),
        "out_bias": _stacked(members, lambda one: one.out.bias[0]),
        "heads": heads.weights,
        "gate": heads.gate,
        "gate_bias": heads.bias,
        "length": length,
        "linear_length": linear_length,
    }


def measure(model: RewardModel, groups: Iterable[Group]) -> dict[str, float]:
    """Share of the pairs that each score orders as the annotator did."""
    scores: dict[str, list[Floats]] = {}
    wins = []
    for group in groups:
        judged = model.judge(group.prompt, group.texts)
        wins.append(group.wins)
        found = {
            "pair_accuracy": judged.overall,
            "pair_accuracy:length": np.array([len(text) for text in group.texts], np.float32),
            "pair_accuracy:length_free": judged.length_free,
            "pair_accuracy:mixed": judged.mixed,
        }
        for name, each in found.items():
            scores.setdefault(name, []).append(each)
    return {name: agreement(each, wins) for name, each in scores.items()}


def _overall(members: Sequence[Member], group: Encoded, scaling: Scaling) -> Floats:
    grams = [places_of(each, scaling.rows) for each in group.grams]
    with torch.no_grad():
        seen = torch.from_numpy(scaling.standard(group.figures)).float()
        scores = [member(grams, seen)[:, 0].numpy() for member in members]
    return np.asarray(np.mean(scores, axis=0), np.float32)


def _table(member: Member) -> Floats:
    """The wide weight of the first annotator and the deep row of every n-gram, V x (1 + width)."""
    return torch.cat([member.wide.weight[:, :1], member.deep.weight], dim=1).detach().numpy()


def _stacked(members: Sequence[Member], part: Callable[[Member], torch.Tensor]) -> Floats:
    return np.stack([part(member).detach().numpy() for member in members])


def _write(
    arrays: Mapping[str, NDArray[Any]], target: Path, plan: RewardPlan, groups: int, results: Mapping[str, float]
) -> None:
    path = target / f"{DEFAULT_REWARD}.npz"
    np.savez(path, allow_pickle=False, **arrays)
    text = _CARD.format(
        name=DEFAULT_REWARD,
        sha256=hashlib.sha256(path.read_bytes()).hexdigest(),
        members=plan.settings.members,
        groups=groups,
        command=plan.command,
        settings=plan.settings,
        torch=torch.__version__,
        results="\n".join(f"| {name} | {value:.4g} |" for name, value in results.items()),
    )
    (target / f"{DEFAULT_REWARD}.md").write_text(text, encoding="utf-8")


def _running(models: Path, groups: Sequence[Group]) -> dict[str, float]:
    """How the model that runs now does, where there is one."""
    try:
        return measure(RewardModel(folder=models), groups)
    except ModelError:
        return {}
