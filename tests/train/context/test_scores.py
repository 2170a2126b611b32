"""Scores against their formulas on small arrays."""

from __future__ import annotations

import math

import pytest

torch = pytest.importorskip("torch", reason="training needs the extra 'train'")

from shopwright.train.context import scores


def drawn(*shape: int) -> torch.Tensor:
    return torch.randn(*shape, generator=torch.Generator().manual_seed(sum(shape)))


def test_recency_prefers_sinks_then_the_last() -> None:
    order = scores.recency(1, 10, sinks=2)[0].argsort(descending=True, stable=True).tolist()
    assert order == [0, 1, 9, 8, 7, 6, 5, 4, 3, 2]


def test_observed_is_mean_attention_pooled() -> None:
    queries, keys = drawn(4, 3, 8), drawn(2, 12, 8)
    found = scores.observed(queries, keys, pool=1)
    logits = queries[0] @ keys[0].T / math.sqrt(8)
    logits = logits.masked_fill(~torch.ones(3, 12, dtype=torch.bool).tril(9), -torch.inf)
    other = queries[1] @ keys[0].T / math.sqrt(8)
    other = other.masked_fill(~torch.ones(3, 12, dtype=torch.bool).tril(9), -torch.inf)
    wanted = (logits.softmax(-1) + other.softmax(-1)).mean(0) / 2
    torch.testing.assert_close(found[0], wanted)
    pooled = scores.observed(queries, keys, pool=3)
    assert pooled[0, 4] == pytest.approx(float(found[0, 3:6].max()))


def test_expected_is_the_mean_of_many_queries() -> None:
    """For normal queries the closed form is what sampling gives."""
    keys, values = drawn(1, 6, 4), torch.ones(1, 6, 4)
    mean, root = drawn(1, 4), 0.5 * drawn(4, 4)
    samples = mean + torch.randn(200_000, 4, generator=torch.Generator().manual_seed(1)) @ root
    weights = torch.exp(samples @ keys[0].T / 2).mean(0)
    wanted = 2 * weights / weights.sum()  # each value has the norm 2
    found = scores.expected(mean, (root.T @ root)[None], keys, values)
    torch.testing.assert_close(found[0], wanted, rtol=0.05, atol=0.01)


def test_reconstructing_is_the_largest_attention() -> None:
    queries, keys = drawn(2, 2, 4), drawn(1, 5, 4)
    found = scores.reconstructing(queries, keys, 3)
    mask = ~torch.ones(2, 5, dtype=torch.bool).tril(3)
    weights = (queries @ keys[0].T / 2).masked_fill(mask, -torch.inf).softmax(-1)
    torch.testing.assert_close(found[0], weights.amax(dim=(0, 1))[:3])
