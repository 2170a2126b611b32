"""A reward model on the body of a language model: one body, a head an objective, each of them several times.

Every response of a prompt is read once, after a prompt that is read once, and all pairs of the group are learned from
its N scores: n responses give n (n - 1) / 2 pairs for the cost of n. Each objective has several last layers that see
different groups; their standard deviation is the uncertainty (a bootstrap of the last layer). A head without labels of
its own in a group is left alone there. The score is read at the last token of a response.

For a checkpoint of half a billion parameters and more on a GPU; `models.reward` is what runs without torch.
"""

from __future__ import annotations

import pickle
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from shopwright.errors import CorpusError, ModelError
from shopwright.models.reward_objectives import OBJECTIVES
from shopwright.train.align.assignments import Assignment
from shopwright.train.align.policy.generation import Answers
from shopwright.train.align.policy.guarding import RewardFunction
from shopwright.train.align.policy.model import Policy, load_policy
from shopwright.train.align.policy.token_loss import answer_states
from shopwright.train.align.reward.network import pair_loss
from shopwright.train.outcome import Report
from shopwright.train.pretrain.checkpoint import Checkpoints
from shopwright.train.pretrain.schedule import rate_share

Floats = NDArray[np.float64]
HEADS: tuple[str, ...] = ("overall", *OBJECTIVES)
_FILE = "reward-heads.pt"


@dataclass(frozen=True, slots=True, eq=False)
class Labelled:
    """N responses to a prompt with labels, higher is better.

    Args:
        prompt: what was asked.
        responses: N.
        labels: head -> N values of any scale whose differences are what counts, e.g. probabilities; heads may lack.
    """

    prompt: str
    responses: tuple[str, ...]
    labels: Mapping[str, Floats]


@dataclass(frozen=True, slots=True)
class LanguageRewardSettings:
    """How it is trained.

    Args:
        steps: groups seen, one a step.
        longest: tokens kept of a response, and of a prompt.
        most: responses of a group that a step reads; drawn anew each time.
        ensemble: last layers of each objective.
        seen: share of the groups that each last layer learns from.
        rate, head_rate: peak rates of the body and of the last layers.
        save_every: steps between two checkpoints.
        seed: of the order; the caller seeds the last layers.
    """

    steps: int = 500
    longest: int = 256
    most: int = 64
    ensemble: int = 4
    seen: float = 0.75
    rate: float = 2e-4
    head_rate: float = 1e-3
    save_every: int = 50
    seed: int = 0


class LanguageReward(nn.Module):
    """Scores responses in K heads, each of M last layers.

    Args:
        policy: the body, with its tokenizer.
        ensemble: M.
        heads: names of the K heads.
    """

    def __init__(self, policy: Policy, ensemble: int = 4, heads: Sequence[str] = HEADS) -> None:
        super().__init__()
        self.policy, self.heads, self.ensemble = policy, tuple(heads), ensemble
        self.body = policy.model
        self.last = nn.Linear(policy.head.shape[1], len(self.heads) * ensemble).to(policy.device)
        nn.init.normal_(self.last.weight, std=policy.head.shape[1] ** -0.5)

    def forward(self, prompt: str, responses: Sequence[str], longest: int = 256) -> Tensor:
        """Scores (N, K, M), differentiable."""
        ids, mask = self.policy.encode_answers(responses, longest + 1)
        nothing = torch.zeros(ids.shape, device=ids.device)
        answers = Answers(self.policy.encode([prompt]), ids, mask, nothing, mask.sum(1) < 0, list(responses))
        with self.policy.autocast():
            states = answer_states(self.policy, answers)
            ends = (mask.sum(1) - 1).clamp(min=0)
            at_end = states[torch.arange(len(ids), device=ids.device), ends]
            scores: Tensor = self.last(at_end)
        return scores.float().view(len(ids), len(self.heads), self.ensemble)

    def judge(self, prompt: str, responses: Sequence[str], longest: int = 256) -> tuple[Floats, Floats]:
        """Means and deviations over the last layers, (N, K) each."""
        with self.policy.evaluating():
            scores = self(prompt, responses, longest).double().cpu().numpy()
        return scores.mean(axis=2), scores.std(axis=2)

    def save(self, folder: Path) -> None:
        """The body in the Hugging Face layout, and the last layers beside it."""
        self.policy.save(folder)
        held = {"heads": self.heads, "ensemble": self.ensemble, "longest": self.policy.longest}
        torch.save(held | {"last": self.last.state_dict()}, folder / _FILE)


def read_language_reward(folder: Path, work: Path) -> LanguageReward:
    """What `save` wrote.

    Raises:
        ModelError: the folder holds none.
    """
    try:
        held = torch.load(folder / _FILE, map_location="cpu", weights_only=True)
        model = LanguageReward(load_policy(str(folder), work), int(held["ensemble"]), tuple(held["heads"]))
        model.last.load_state_dict(held["last"])
        model.policy.longest = int(held["longest"])
    except (OSError, KeyError, RuntimeError, pickle.UnpicklingError) as error:
        raise ModelError(f"{folder} holds no reward model on a language model ({error}): train one") from error
    return model


def language_heads(model: LanguageReward) -> RewardFunction:
    """Its heads for the four objectives as a reward, each squeezed into [0, 1] by a logistic function.

    Raises:
        ModelError: an objective had no labels, so it has no head.
    """
    if missing := [name for name in OBJECTIVES if name not in model.heads]:
        raise ModelError(f"the reward model has learned nothing of {', '.join(missing)}: add labels, or drop it")
    places = [model.heads.index(name) for name in OBJECTIVES]

    def heads(assignment: Assignment, answers: Sequence[str]) -> Floats:
        scores_NK, _ = model.judge(assignment.prompt, answers)
        return np.asarray(1 / (1 + np.exp(-np.clip(scores_NK[:, places], -30, 30))), np.float64)

    return heads


def group_loss(model: LanguageReward, group: Labelled, heard_KM: Tensor, longest: int) -> Tensor:
    """The pair losses of a group, the mean over the heads and last layers that hear it."""
    scores_NKM = model(group.prompt, group.responses, longest)
    losses = [
        pair_loss(scores_NKM[:, place, layer], torch.from_numpy(group.labels[name]).to(scores_NKM))
        for place, name in enumerate(model.heads)
        if name in group.labels
        for layer in range(model.ensemble)
        if bool(heard_KM[place, layer])
    ]
    return torch.stack(losses).mean() if losses else scores_NKM.sum() * 0


def fit_language_reward(
    model: LanguageReward,
    groups: Sequence[Labelled],
    settings: LanguageRewardSettings,
    work: Path,
    report: Report = print,
    made_of: Mapping[str, str] | None = None,
) -> int:
    """Train in place, from the last checkpoint in `work` where there is one; returns the pairs seen.

    Args:
        made_of: what else must not change between two pieces, such as the base.

    Raises:
        CorpusError: no group has two responses with different labels.
    """
    usable = [group for group in groups if any(np.ptp(labels) > 0 for labels in group.labels.values())]
    if not usable:
        raise CorpusError(f"none of {len(groups)} groups has two responses with different labels")
    checkpoints = Checkpoints(
        work, asdict(settings) | {"groups": len(usable), "heads": list(model.heads)} | dict(made_of or {})
    )
    rates = [
        {"params": [weight for weight in model.body.parameters() if weight.requires_grad], "peak": settings.rate},
        {"params": list(model.last.parameters()), "peak": settings.head_rate},
    ]
    adam = torch.optim.AdamW(rates, lr=settings.rate, betas=(0.9, 0.98), weight_decay=0.01, fused=True)
    begin, pairs = 0, 0
    if (found := checkpoints.latest()) is not None:
        model.load_state_dict(found["model"])
        adam.load_state_dict(found["adam"])
        begin, pairs = int(found["step"]), int(found["pairs"])
    model.train()
    total, since = 0.0, begin
    for step in range(begin, settings.steps):
        random = np.random.default_rng([settings.seed, step])
        group = _part(usable[int(random.integers(len(usable)))], settings.most, random)
        heard_KM = torch.from_numpy(random.random((len(model.heads), model.ensemble)) < settings.seen)
        loss = group_loss(model, group, heard_KM, settings.longest)
        loss.backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        share = rate_share("wsd", step, step / settings.steps, warmup=20, decay=0.9)
        for part in adam.param_groups:
            part["lr"] = part["peak"] * share
        adam.step()
        adam.zero_grad(set_to_none=True)
        size = len(group.responses)
        pairs, total = pairs + size * (size - 1) // 2, total + float(loss.detach())
        if (step + 1) % settings.save_every == 0 or step + 1 == settings.steps:
            checkpoints.save(step + 1, {"model": model.state_dict(), "adam": adam.state_dict(), "pairs": pairs})
            report(f"step {step + 1} of {settings.steps}: loss {total / (step + 1 - since):.4f}, {pairs:,} pairs seen")
            total, since = 0.0, step + 1
    model.eval()
    return pairs


def _part(group: Labelled, most: int, random: np.random.Generator) -> Labelled:
    if len(group.responses) <= most:
        return group
    kept = random.choice(len(group.responses), most, replace=False)
    labels = {name: np.asarray(values)[kept] for name, values in group.labels.items()}
    return Labelled(group.prompt, tuple(group.responses[place] for place in kept.tolist()), labels)
