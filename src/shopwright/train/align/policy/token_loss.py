"""Losses on the log-probabilities of an answer's tokens, without logits of a whole batch.

A prompt is read once for all its answers, with gradients (the keys and values are repeated, and their gradients add up
again), so that a group of G answers costs little more than its answers. The output layer is computed in pieces of rows:
a loss is a function of log-probabilities, so its gradient by the logits, f'(log p) (onehot - p), is made while a piece
is at hand and nothing of size N x T x V is kept.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor
from transformers import DynamicCache

from shopwright.train.align.policy.generation import Answers
from shopwright.train.align.policy.model import Policy

TokenLoss = Callable[[Tensor, Tensor], Tensor]
"""Log-probabilities of M tokens, and their places among all tokens of the call, to the sum of their losses."""
_PIECE = 512


def answer_states(policy: Policy, answers: Answers) -> Tensor:
    """The hidden states from which each token of the answers is predicted, (N, T, D)."""
    prompts, group, cache = answers.prompts, answers.group, DynamicCache()
    read = policy.body(
        input_ids=prompts.ids,
        attention_mask=prompts.mask,
        position_ids=prompts.positions,
        past_key_values=cache,
        use_cache=True,
    )
    first = read.last_hidden_state[:, -1:].repeat_interleave(group, 0)
    if answers.ids.shape[1] == 1:
        return first
    cache.batch_repeat_interleave(group)
    before = answers.mask[:, :-1]
    starts = prompts.mask.sum(1, keepdim=True).repeat_interleave(group, 0)
    rest = policy.body(
        input_ids=answers.ids[:, :-1],
        attention_mask=torch.cat([prompts.mask.repeat_interleave(group, 0), before], 1),
        position_ids=starts + torch.arange(before.shape[1], device=starts.device),
        past_key_values=cache,
        use_cache=True,
    )
    return torch.cat([first, rest.last_hidden_state], 1)


def token_logprobs(policy: Policy, answers: Answers) -> Tensor:
    """Log-probability of each token, (N, T) in nats and 0 outside the mask; no gradients."""
    with policy.evaluating():
        states = answer_states(policy, answers)
        found = torch.zeros(answers.mask.shape, device=states.device)
        at = answers.mask.bool()
        head = policy.head.to(states.dtype)
        rows, targets = states[at], answers.ids[at]
        pieces = [
            torch.log_softmax((rows[start : start + _PIECE] @ head.t()).float(), 1).gather(
                1, targets[start : start + _PIECE, None]
            )[:, 0]
            for start in range(0, len(rows), _PIECE)
        ]
        found[at] = torch.cat(pieces) if pieces else found[at]
    return found


class _PieceLoss(torch.autograd.Function):
    @staticmethod
    def forward(ctx: Any, states_MD: Tensor, head_VD: Tensor, targets_M: Tensor, loss: TokenLoss) -> Tensor:
        d_states = torch.empty_like(states_MD)
        d_head = torch.zeros_like(head_VD, dtype=torch.float32) if ctx.needs_input_grad[1] else None
        total = torch.zeros((), device=states_MD.device)
        for start in range(0, len(targets_M), _PIECE):
            part = slice(start, start + _PIECE)
            logits = (states_MD[part] @ head_VD.t()).float()
            told = targets_M[part, None]
            normaliser = torch.logsumexp(logits, 1, keepdim=True)
            logprobs = (logits.gather(1, told) - normaliser)[:, 0]
            with torch.enable_grad():
                leaf = logprobs.detach().requires_grad_()
                value = loss(leaf, torch.arange(start, start + len(leaf), device=leaf.device))
                (slope,) = torch.autograd.grad(value, leaf)
            total += value.detach()
            gradient = logits.sub_(normaliser).exp_().mul_(-slope[:, None])
            gradient.scatter_add_(1, told, slope[:, None])
            gradient = gradient.to(states_MD.dtype)
            torch.mm(gradient, head_VD, out=d_states[part])
            if d_head is not None:
                d_head += gradient.t() @ states_MD[part]
        ctx.save_for_backward(d_states, None if d_head is None else d_head.to(head_VD.dtype))
        return total

    @staticmethod
    def backward(ctx: Any, *gradients: Any) -> Any:
        d_states, d_head = ctx.saved_tensors
        return d_states * gradients[0], None if d_head is None else d_head * gradients[0], None, None


def token_loss(policy: Policy, answers: Answers, loss: TokenLoss) -> Tensor:
    """The sum of a loss over the tokens in the mask, differentiable once in the policy's weights."""
    with policy.autocast():
        states = answer_states(policy, answers)
    at = answers.mask.bool()
    head = policy.head.to(states.dtype)
    found: Tensor = _PieceLoss.apply(states[at], head, answers.ids[at], loss)
    return found
