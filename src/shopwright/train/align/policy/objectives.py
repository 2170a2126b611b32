"""The losses of policy optimisation as weights on the log-probabilities of tokens.

    grpo   the clipped surrogate of PPO with a group's advantages (Shao et al., 2024), averaged over the tokens
           of the batch, so that long answers are not favoured (Dr. GRPO, DAPO), plus KL to the start by the
           estimator k3 (Schulman, 2020)
    sft    cross-entropy of demonstrations, a token each
    dpo    over all pairs of a group whose weighted scores differ, each answer read once: -log sigmoid of the difference
           of implicit rewards (Rafailov et al., 2023), less a margin for what the other objectives say of the pair
           (MODPO: Zhou et al., 2024), with soft labels

dpo is a function of whole answers: its slopes by their log-probabilities are found first, then it is linear in tokens.
"""

from __future__ import annotations

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.nn.functional import logsigmoid

from shopwright.train.align.policy.token_loss import TokenLoss

Floats = NDArray[np.float64]


def grpo_loss(
    advantages_M: Tensor, before_M: Tensor, start_M: Tensor | None, clip: float, kl: float, count: int
) -> TokenLoss:
    """The loss of M tokens, divided by `count` tokens of the whole step.

    Args:
        advantages_M: of each token's answer.
        before_M: log-probabilities under the policy that drew them.
        start_M: under the starting policy; None: no KL.
    """

    def loss(logprobs: Tensor, at: Tensor) -> Tensor:
        ratio = (logprobs - before_M[at]).exp()
        gain = advantages_M[at]
        surrogate = torch.minimum(ratio * gain, ratio.clamp(1 - clip, 1 + clip) * gain)
        total = -surrogate.sum()
        if start_M is not None:
            total = total + kl * divergence(logprobs, start_M[at]).sum()
        return total / count

    return loss


def sft_loss(count: int) -> TokenLoss:
    """Cross-entropy over `count` tokens."""
    return lambda logprobs, _: -logprobs.sum() / count


def weighted(weights_M: Tensor) -> TokenLoss:
    """A loss that is linear in the tokens' log-probabilities."""
    return lambda logprobs, at: (weights_M[at] * logprobs).sum()


def divergence(logprobs: Tensor, start: Tensor) -> Tensor:
    """An estimate of KL(policy, start) a token that is never below 0 (k3)."""
    apart = (start - logprobs).clamp(-20, 20)
    return apart.exp() - 1 - apart


def dpo_loss(
    logprobs_N: Tensor, start_N: Tensor, scores_NK: Floats, weights_K: Floats, beta: float, soft: float
) -> tuple[Tensor, int, float]:
    """The loss over all pairs of a group, how many there are, and the share that the policy orders right.

    The pair's label comes from the objective with the largest weight; the others move the margin by their differences.
    Where that objective does not tell the two apart, the weighted sum does.

    Args:
        logprobs_N: of whole answers under the policy; differentiable.
        start_N: under the starting policy.
        scores_NK: of the answers.
        weights_K: of the objectives, adding up to 1.
        beta: sharpness.
        soft: share of wrong labels that is assumed.
    """
    main = int(np.argmax(weights_K))
    lead_NN = scores_NK[:, None, main] - scores_NK[None, :, main]
    every_NN = (scores_NK @ weights_K)[:, None] - (scores_NK @ weights_K)[None, :]
    others_NN = every_NN - weights_K[main] * lead_NN
    by_sum_NN = lead_NN == 0
    first, second = np.nonzero(np.where(by_sum_NN, every_NN, lead_NN) > 1e-9)
    if not len(first):
        return logprobs_N.sum() * 0, 0, 0.0
    share = np.where(by_sum_NN, 1.0, max(weights_K[main], 1e-3))[first, second]
    margin = np.where(by_sum_NN, 0.0, others_NN)[first, second]
    reward_N = beta * (logprobs_N - start_N)
    apart = reward_N[first] - reward_N[second]
    logits = (apart - torch.from_numpy(margin).to(apart)) / torch.from_numpy(share).to(apart)
    loss = -(1 - soft) * logsigmoid(logits) - soft * logsigmoid(-logits)
    return loss.mean(), len(first), float((apart > 0).float().mean())
