"""How much each entry of a key-value cache matters: pure functions of queries, keys and values, higher is more.

Shapes: H query heads in K groups of G (one a key-value head), T entries of the cache, D values of a head. Every
function returns scores of shape (K, T).

- `recency`: sinks and the last tokens (StreamingLLM, Xiao et al., arXiv:2309.17453, section 3).
- `observed`: attention of the last tokens, averaged over them and pooled over neighbours (SnapKV, Li et al.,
  arXiv:2404.14469, section 4).
- `expected`: attention that queries of the same mean and covariance will pay further on, times the length of what they
  would get (Expected Attention, Devoto et al., arXiv:2510.00636, section 3).
- `reconstructing`: the most attention that is paid when the text is said once more (KVzip, Kim et al.,
  arXiv:2505.23416, section 3), one stretch of it at a time; stretches are joined by their maximum.
"""

from __future__ import annotations

import math

import torch
from torch import Tensor, nn

from shopwright.train.context.reading import causal

SINKS = 4


def recency(kv_heads: int, length: int, sinks: int = SINKS) -> Tensor:
    """The later the better, the first `sinks` best of all."""
    scores = torch.arange(length, dtype=torch.float32)
    scores[:sinks] = float(length)
    return scores.expand(kv_heads, -1).clone()


def observed(queries_HQD: Tensor, keys_KTD: Tensor, pool: int = 7) -> Tensor:
    """Mean attention of the last Q tokens of the text, the largest of `pool` neighbours (an odd number)."""
    weights = _weights(queries_HQD, keys_KTD).mean(dim=2)  # (K, G, T)
    return nn.functional.max_pool1d(weights.mean(dim=1), pool, stride=1, padding=pool // 2)


def expected(mean_HD: Tensor, covariance_HDD: Tensor, keys_KTD: Tensor, values_KTD: Tensor) -> Tensor:
    """E[exp(q k / sqrt D)] of normally distributed queries, normalised over entries, times the norm of the value.

    Args:
        mean_HD, covariance_HDD: of queries at the positions to come.
        keys_KTD: with positions.
    """
    group, size = len(mean_HD) // len(keys_KTD), keys_KTD.shape[-1]
    means = mean_HD.view(len(keys_KTD), group, 1, size)
    covariances = covariance_HDD.view(len(keys_KTD), group, size, size)
    keys = keys_KTD[:, None]
    first = (means * keys).sum(-1) / math.sqrt(size)
    second = ((keys @ covariances) * keys).sum(-1) / (2 * size)
    shares = torch.softmax(first + second, dim=-1).mean(dim=1)
    return shares * values_KTD.norm(dim=-1)


def reconstructing(queries_HQD: Tensor, keys_KSD: Tensor, length: int) -> Tensor:
    """The largest attention that any of Q queries pays each of the first `length` of S entries, its own among them."""
    weights = _weights(queries_HQD, keys_KSD)
    return weights.amax(dim=(1, 2))[:, :length]


def _weights(queries_HQD: Tensor, keys_KSD: Tensor) -> Tensor:
    """Attention of the last Q of S tokens, shape (K, G, Q, S)."""
    kv_heads, length, size = keys_KSD.shape
    queries = queries_HQD.view(kv_heads, -1, *queries_HQD.shape[1:])
    logits = queries @ keys_KSD[:, None].transpose(-1, -2) / math.sqrt(size)
    return torch.softmax(logits.masked_fill(~causal(queries_HQD.shape[1], length), -torch.inf), dim=-1)
