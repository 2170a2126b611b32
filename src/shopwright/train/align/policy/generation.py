"""Answers from the policy while it is trained: a prompt is read once for all its answers, and all rows move together.

The keys and values of a prompt are computed once and repeated for its G answers; a row that has ended is taken out of
the batch as soon as a quarter of the rows has. Tokens are drawn by inverting the cumulative distribution, with one
random number a row, a third of the cost of drawing one for each of V tokens. A mask is always given: without one torch
takes its fused kernel for a single query, which is slower on a processor.

Simplification: all prompts of a call at once; the caller decides how many fit into memory.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import torch
from torch import Tensor

from shopwright.train.align.policy.cache import roomy_cache
from shopwright.train.align.policy.model import Policy, Prompts

_ENDED = 0.25
_COLDEST = 1e-3


@dataclass(frozen=True, slots=True, eq=False)
class Answers:
    """N = P x G answers, those of a prompt next to one another.

    Args:
        prompts: that were answered, P.
        ids: N x T, filled up with the end token.
        mask: N x T, 1 up to and with the end token.
        logprobs: N x T in nats, of each token as it was drawn, at temperature 1; 0 where the mask is 0.
        cut: N, whether the answer reached the longest length without an end.
        texts: N.
    """

    prompts: Prompts
    ids: Tensor
    mask: Tensor
    logprobs: Tensor
    cut: Tensor
    texts: Sequence[str]

    @property
    def group(self) -> int:
        """Answers a prompt."""
        return len(self.ids) // len(self.prompts.ids)

    def take(self, start: int, stop: int) -> Answers:
        """The answers of prompts `start` to `stop`, as wide as they need."""
        rows = slice(start * self.group, stop * self.group)
        width = max(int(self.mask[rows].sum(1).max()), 1)
        return Answers(
            self.prompts.take(slice(start, stop)),
            self.ids[rows, :width],
            self.mask[rows, :width],
            self.logprobs[rows, :width],
            self.cut[rows],
            self.texts[rows],
        )


class Generator(Protocol):
    """Whatever draws answers: the policy itself, or a server that holds its weights."""

    def __call__(self, prompts: Sequence[str], group: int, draws: torch.Generator) -> Answers:
        """`group` answers to each prompt."""
        ...


class CachedGenerator:
    """Draws answers from a policy.

    Args:
        policy: whose weights are used as they are at each call.
        longest: new tokens at most.
        temperature: of the draws; below 0.001 the likeliest token is taken.
    """

    def __init__(self, policy: Policy, longest: int = 64, temperature: float = 1.0) -> None:
        self._policy, self.longest, self.temperature = policy, longest, temperature

    def __call__(self, prompts: Sequence[str], group: int, draws: torch.Generator) -> Answers:
        """`group` answers to each prompt, P x group in all."""
        encoded = self._policy.encode(prompts)
        with self._policy.evaluating():
            ids, logprobs = self._drawn(encoded, group, draws)
        ended = (ids == self._policy.end).long()
        mask = ((ended.cumsum(1) - ended) == 0).long()
        cut = ended.sum(1) == 0
        texts = self._policy.decode(ids, mask.sum(1) - (~cut).long())
        return Answers(encoded, ids, mask, logprobs * mask, cut, texts)

    def _drawn(self, prompts: Prompts, group: int, draws: torch.Generator) -> tuple[Tensor, Tensor]:
        """Ids and log-probabilities, (N, T) each."""
        policy = self._policy
        cache = roomy_cache(self.longest, policy.dtype)
        read = policy.body(
            input_ids=prompts.ids,
            attention_mask=prompts.mask,
            position_ids=prompts.positions,
            past_key_values=cache,
            use_cache=True,
        )
        cache.batch_repeat_interleave(group)
        states = read.last_hidden_state[:, -1].repeat_interleave(group, 0)
        mask = prompts.mask.repeat_interleave(group, 0)
        places = prompts.mask.sum(1).repeat_interleave(group, 0)
        rows = torch.arange(len(states), device=policy.device)
        ids = torch.full((len(states), self.longest), policy.end, device=policy.device)
        logprobs = torch.zeros(ids.shape, device=policy.device)
        head = policy.head.to(states.dtype)
        going = torch.ones_like(rows, dtype=torch.bool)
        for step in range(self.longest):
            chances = torch.rand(len(ids), generator=draws).to(rows.device)[rows]
            drawn, told = self._draw((states @ head.t()).float(), chances)
            drawn = torch.where(going, drawn, policy.end)
            ids[rows, step], logprobs[rows, step] = drawn, told
            going = going & (drawn != policy.end)
            if step + 1 == self.longest or not bool(going.any()):
                break
            if float(going.float().mean()) < 1 - _ENDED:
                kept = going.nonzero()[:, 0]
                _keep(cache, kept)
                rows, drawn, mask, places = rows[kept], drawn[kept], mask[kept], places[kept]
                going = going[kept]
            mask = torch.cat([mask, mask.new_ones(len(mask), 1)], 1)
            read = policy.body(
                input_ids=drawn[:, None],
                attention_mask=mask,
                position_ids=places[:, None],
                past_key_values=cache,
                use_cache=True,
            )
            states, places = read.last_hidden_state[:, -1], places + 1
        width = int(((ids != policy.end).long().sum(1) + 1).clamp(max=self.longest).max())
        return ids[:, :width], logprobs[:, :width]

    def _draw(self, logits_NV: Tensor, chances_N: Tensor) -> tuple[Tensor, Tensor]:
        """A token a row, and its log-probability at temperature 1; a row's chances do not depend on its company."""
        normaliser = torch.logsumexp(logits_NV, 1)
        if self.temperature < _COLDEST:
            drawn = logits_NV.argmax(1)
        else:
            mass_NV = torch.softmax(logits_NV / self.temperature, 1).cumsum_(1)
            aims = chances_N[:, None] * mass_NV[:, -1:]
            drawn = torch.searchsorted(mass_NV, aims, right=True)[:, 0].clamp(max=mass_NV.shape[1] - 1)
        return drawn, logits_NV.gather(1, drawn[:, None])[:, 0] - normaliser


def _keep(cache: Any, rows: Tensor) -> None:
    """Leave only some rows in a cache."""
    cache.reorder_cache(rows)
