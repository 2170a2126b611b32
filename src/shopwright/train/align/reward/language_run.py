"""`train reward --base`: a reward model on the body of a language model, from a folder of comparisons and labels.

The first fold of the prompts is left out and measured, beside the shipped model's parts that have not seen it and
length. Nothing replaces anything: the model is a folder of its own, named where a policy is to hear it.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from shopwright.models.reward import RewardModel
from shopwright.train.align.policy.model import load_policy
from shopwright.train.align.reward.groups import SOFT, Group, agreement, fold_of, read_groups
from shopwright.train.align.reward.labels import Labels, read_labels
from shopwright.train.align.reward.language import (
    HEADS,
    Labelled,
    LanguageReward,
    LanguageRewardSettings,
    fit_language_reward,
)
from shopwright.train.align.reward.run import RewardPlan
from shopwright.train.outcome import Report
from shopwright.train.pretrain.machine import Machine

CARD = "reward.json"


@dataclass(frozen=True, slots=True)
class LanguageRewardPlan:
    """What to train from, and where to put it.

    Args:
        data: comparisons and labels, as `run.plan_of` finds them.
        base: checkpoint of the body; empty: the decoder that ships.
        out: folder of the model and its checkpoints.
        adapter: "none", or low-rank adapters ("lora", "dora") on a large body.
        settings: of the training.
        held: prompts of the fold left out that are measured.
        precision, threads: as in `pretrain`.
    """

    data: RewardPlan
    base: str
    out: Path
    adapter: str = "none"
    settings: LanguageRewardSettings = field(default_factory=LanguageRewardSettings)
    held: int = 40
    precision: str = "auto"
    threads: int = 0


def language_reward(plan: LanguageRewardPlan, report: Report = print) -> dict[str, float]:
    """Train, measure and write; returns the shares of held-out pairs that are put in order.

    Raises:
        CorpusError: a file is missing or damaged.
        ModelError: the base cannot be loaded.
    """
    read, _ = read_groups(plan.data.comparisons)
    soft = [group for group in read if group.annotator == SOFT]
    labels = read_labels(plan.data.spans, plan.data.scores)
    groups = [*_overall(soft), *_by_objective(labels)]
    report(f"{len(groups)} groups, {sum(len(group.responses) for group in groups)} responses")
    machine = Machine(plan)
    torch.manual_seed(plan.settings.seed)  # adapters and last layers are drawn
    policy = load_policy(plan.base, plan.out, machine.device, machine.dtype, plan.adapter)
    policy.longest = plan.settings.longest
    heads = [name for name in HEADS if any(name in group.labels for group in groups)]
    if unlabelled := [name for name in HEADS if name not in heads]:
        report(f"no labels of {', '.join(unlabelled)}: no head for it")
    model = LanguageReward(policy, plan.settings.ensemble, heads)
    made_of = {"base": plan.base, "adapter": plan.adapter}
    pairs = fit_language_reward(model, groups, plan.settings, plan.out, report, made_of)
    held = [group for group in soft if fold_of(group.prompt_id) == 0][: plan.held]
    found = measured(model, held, plan.settings.longest)
    model.save(plan.out / "model")
    card = {"base": plan.base or "shipped", "settings": asdict(plan.settings), "pairs": pairs, "results": found}
    (plan.out / "model" / CARD).write_text(json.dumps(card, indent=1) + "\n", encoding="utf-8")
    return found


def measured(model: LanguageReward, held: Sequence[Group], longest: int) -> dict[str, float]:
    """Shares of the pairs in order: this model, the shipped one's unseen parts, length."""
    shipped, wins = RewardModel(), [group.wins for group in held]
    scores: dict[str, list[NDArray[Any]]] = {
        "pair_accuracy": [model.judge(group.prompt, group.texts, longest)[0][:, 0] for group in held],
        "pair_accuracy:shipped": [
            shipped.judge(group.prompt, group.texts, shipped.unseen(group.prompt_id)).overall for group in held
        ],
        "pair_accuracy:length": [np.array([len(text) for text in group.texts], np.float32) for group in held],
    }
    return {name: agreement([np.asarray(one, np.float32) for one in each], wins) for name, each in scores.items()}


def _overall(groups: Sequence[Group]) -> Iterator[Labelled]:
    for group in groups:
        if fold_of(group.prompt_id) != 0:
            yield Labelled(group.prompt, group.texts, {"overall": group.wins.astype(np.float64)})


def _by_objective(labels: Sequence[Labels]) -> Iterator[Labelled]:
    """Answers to one prompt under one kind of label; those that stand alone under their prompt cannot be compared."""
    for kind in labels:
        if kind.alone:
            continue
        for places in kind.compared():
            answers = [kind.answers[place] for place in map(int, places)]
            if fold_of(answers[0].prompt_id) != 0:
                texts = tuple(one.text for one in answers)
                yield Labelled(answers[0].prompt, texts, {kind.objective: kind.values[places].astype(np.float64)})
