"""One optimiser step of each method, from assignments to gradients; the loop around it is in `loop`."""

from __future__ import annotations

import copy
import math
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from shopwright.train.align.assignments import Assignment
from shopwright.train.align.policy.advantages import Multipliers, advantages
from shopwright.train.align.policy.alarms import StepRecord, describe
from shopwright.train.align.policy.generation import Answers, Generator
from shopwright.train.align.policy.judging import Judge
from shopwright.train.align.policy.model import Policy
from shopwright.train.align.policy.objectives import divergence, dpo_loss, grpo_loss, sft_loss, weighted
from shopwright.train.align.policy.settings import AlignSettings, told
from shopwright.train.align.policy.token_loss import token_logprobs, token_loss
from shopwright.train.pretrain.sharding import Processes

Floats = NDArray[np.float64]


@dataclass(slots=True)
class Told:
    """What a step tells: figures for the log, and a record for the alarms where answers were drawn."""

    figures: dict[str, Any] = field(default_factory=dict)
    record: StepRecord | None = None


class Start:
    """The policy as it was before training: a frozen copy, or the model without its adapters."""

    def __init__(self, policy: Policy) -> None:
        self._adapters = hasattr(policy.model, "disable_adapter")
        self._policy = policy if self._adapters else copy.copy(policy)
        if not self._adapters:
            self._policy.model = copy.deepcopy(policy.model).requires_grad_(False)

    def logprobs(self, answers: Answers) -> Tensor:
        """Log-probability of each token, (N, T)."""
        without: AbstractContextManager[Any] = self._policy.model.disable_adapter() if self._adapters else nullcontext()
        with without:
            return token_logprobs(self._policy, answers)


class Stepper:
    """Computes the gradients of a step.

    Args:
        settings: of the training.
        policy: what is trained.
        start: of KL and dpo; None where neither is asked for.
        judge: gives the rewards.
        generator: draws answers.
        processes: that share a step; means are taken over all of them.
    """

    def __init__(
        self,
        settings: AlignSettings,
        policy: Policy,
        start: Start | None,
        judge: Judge,
        generator: Generator,
        processes: Processes,
    ) -> None:
        self._settings, self._policy, self._start = settings, policy, start
        self._judge, self._generator, self._processes = judge, generator, processes
        self.kl = settings.kl

    def prompts(self, assignments: Sequence[Assignment], weights_PK: Floats) -> list[str]:
        """What the policy reads."""
        if not self._settings.conditioned:
            return [one.prompt for one in assignments]
        return [one.prompt + told(weights) for one, weights in zip(assignments, weights_PK.tolist(), strict=True)]

    def sample(
        self, assignments: Sequence[Assignment], weights_PK: Floats, draws: torch.Generator
    ) -> tuple[Answers, list[list[str]]]:
        """Fresh answers, and their texts by prompt."""
        group = self._settings.group
        answers = self._generator(self.prompts(assignments, weights_PK), group, draws)
        texts = [list(answers.texts[place * group : (place + 1) * group]) for place in range(len(assignments))]
        return answers, texts

    def grpo(
        self,
        assignments: Sequence[Assignment],
        weights_PK: Floats,
        multipliers: Multipliers,
        draws: torch.Generator,
        step: int,
    ) -> Iterator[Told]:
        """Draw, judge, and leave gradients, once an epoch."""
        settings = self._settings
        answers, texts = self.sample(assignments, weights_PK, draws)
        rewards_PGK, rules_PGK, heads_PGK, kept_P = self._judge(assignments, texts)
        gains_PG = advantages(rewards_PGK, multipliers.weights(weights_PK), settings.aggregate, kept_P)
        if settings.aggregate == "decoupled":
            power = float(self._mean(gains_PG[kept_P].reshape(-1, 1) ** 2)[0])
            gains_PG /= max(power**0.5, 1e-6) if power > 0 else 1.0
        means_K = self._mean(rewards_PGK[kept_P].reshape(-1, rewards_PGK.shape[2]))
        if np.isfinite(means_K).all():
            multipliers.see(means_K)
        starts = self._parts(answers, self._start) if self._start is not None and self.kl else None
        count = self._share(int(answers.mask.sum()))
        gains = torch.from_numpy(gains_PG.reshape(-1)).float().to(answers.ids.device)
        figures = {
            "reward": float(means_K.mean()) if np.isfinite(means_K).all() else None,
            "left_out": int((~kept_P).sum()),
            "multipliers": multipliers.values.round(4).tolist(),
        }
        apart = 0.0
        for epoch in range(settings.epochs):
            loss = 0.0
            for place, part in self._together(answers):
                at = part.mask.bool()
                rows = slice(place * answers.group, place * answers.group + len(part.ids))
                each = gains[rows, None].expand(part.mask.shape)[at]
                start = None if starts is None else starts[place][at]
                value = token_loss(
                    self._policy,
                    part,
                    grpo_loss(each, part.logprobs[at], start, settings.clip, self.kl, count),
                )
                value.backward()
                loss += float(value.detach())
                if start is not None and epoch == 0:
                    apart += float(divergence(part.logprobs[at], start).sum()) / count
            seen = Told({**figures, "loss": loss, "tokens": count} | ({} if starts is None else {"kl": apart}))
            kept = np.flatnonzero(kept_P).tolist()
            if epoch == 0 and kept:
                seen.record = describe(
                    step + 1,
                    [assignments[place].prompt for place in kept],
                    [texts[place] for place in kept],
                    rewards_PGK[kept],
                    rules_PGK=rules_PGK[kept],
                    heads_PGK=heads_PGK[kept],
                    cut_PG=answers.cut.reshape(len(assignments), -1)[kept].tolist(),
                    entropy=-float(answers.logprobs.sum()) / count,
                    kl=apart if starts is not None else math.nan,
                )
            yield seen
        if settings.kl_target and starts is not None:
            apart = float(self._mean(np.array([[apart]]))[0])
            self.kl *= 1 + 0.1 * min(max(apart / settings.kl_target - 1, -1.0), 1.0)

    def sft(self, assignments: Sequence[Assignment], weights_PK: Floats, draws: np.random.Generator) -> Iterator[Told]:
        """Imitate a demonstration of each: any, or the one best at the weighting (RAFT: Dong et al., 2023)."""
        if self._settings.imitate == "any":
            chosen = [one.answers[int(draws.integers(len(one.answers)))] for one in assignments]
        else:
            chosen = [self._best(one, weights) for one, weights in zip(assignments, weights_PK, strict=True)]
        loss = 0.0
        answers = self._given(self.prompts(assignments, weights_PK), chosen)
        total = self._share(int(answers.mask.sum()))
        for _, part in self._together(answers):
            value = token_loss(self._policy, part, sft_loss(total))
            value.backward()
            loss += float(value.detach())
        yield Told({"loss": loss, "tokens": total})

    def dpo(self, assignments: Sequence[Assignment], weights_PK: Floats) -> Iterator[Told]:
        """All pairs of each assignment's answers."""
        assert self._start is not None
        pairs, right, loss = 0, 0.0, 0.0
        for one, prompt, weights_K in zip(assignments, self.prompts(assignments, weights_PK), weights_PK, strict=True):
            scores, _, _, kept = self._judge([one], [list(one.answers)])
            if not kept[0] or len(one.answers) < 2:
                continue
            answers = self._given([prompt], one.answers)
            sums = token_logprobs(self._policy, answers).sum(1).requires_grad_()
            value, count, ordered = dpo_loss(
                sums,
                self._start.logprobs(answers).sum(1),
                scores[0],
                weights_K,
                self._settings.beta,
                self._settings.soft,
            )
            if not count:
                continue
            (slopes,) = torch.autograd.grad(value / len(assignments), sums)
            at = answers.mask.bool()
            token_loss(self._policy, answers, weighted(slopes[:, None].expand(at.shape)[at])).backward()
            pairs, right, loss = pairs + count, right + ordered * count, loss + float(value.detach())
        yield Told({"loss": loss / len(assignments), "pairs": pairs, "right": right / pairs if pairs else math.nan})

    def _mean(self, values_NK: Floats) -> Floats:
        """The mean over the rows of all processes, K; NaN where there is none."""
        sums = torch.tensor([*values_NK.sum(axis=0).tolist(), float(len(values_NK))], dtype=torch.float64)
        sums = self._processes.total(sums.to(self._processes.device)).cpu()
        count = float(sums[-1])
        return np.asarray(sums[:-1].numpy() / count) if count else np.full(values_NK.shape[1], math.nan)

    def _share(self, tokens: int) -> int:
        """Tokens that a process divides by: the mean of its gradients and the others' is the step's."""
        return max(round(float(self._mean(np.array([[float(tokens)]]))[0])), 1)

    def _best(self, one: Assignment, weights_K: Floats) -> str:
        """The demonstration with the largest weighted sum, each objective in deviations of the demonstrations."""
        scores, _, _, _ = self._judge([one], [list(one.answers)])
        standard_NK = scores[0] / np.maximum(scores[0].std(axis=0), 1e-6)
        return one.answers[int(np.argmax(standard_NK @ weights_K))]

    def _given(self, prompts: Sequence[str], answers: Sequence[str]) -> Answers:
        """Given answers as if they had been drawn: as many for each prompt."""
        ids, mask = self._policy.encode_answers(answers, self._settings.longest)
        nothing = torch.zeros(ids.shape, device=ids.device)
        return Answers(self._policy.encode(prompts), ids, mask, nothing, mask.sum(1) < 0, list(answers))

    def _together(self, answers: Answers) -> Iterator[tuple[int, Answers]]:
        """Pieces that fit into memory, with the place of their first prompt."""
        size = self._settings.together
        for place in range(0, len(answers.prompts.ids), size):
            yield place, answers.take(place, min(place + size, len(answers.prompts.ids)))

    def _parts(self, answers: Answers, start: Start) -> dict[int, Tensor]:
        return {place: start.logprobs(part) for place, part in self._together(answers)}
