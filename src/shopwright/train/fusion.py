"""The weights of the parts of a result's score, learned from labelled queries over a real index.

For every query the index gives its candidates and what both halves say of them (`search.fusion.FEATURES`). The wanted
order is that of the labels, and of the cross-encoder's expected gain where a candidate has no label, since most of
what an engine finds nobody has judged. The loss is listwise (ListNet, Cao et al., 2007); weights are kept positive and
sum to one by a softmax, so that a score stays an explanation. Eighteen numbers, learned in seconds, without torch.

The share of the cross-encoder in what it has read (`reread`) is chosen on the development split. No command yet, since
the packaged judgements mislead it (docs/log.md): they cover clusters of like products, not what an engine finds.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import orjson
from numpy.typing import NDArray

from shopwright.metrics import ndcg
from shopwright.search.fusion import FEATURES, LENGTHS, FusionWeights

Floats = NDArray[np.float64]

_STEPS = 400
_RATE = 0.05
_SHARPNESS = 12.0
_PRIOR = 0.01


@dataclass(frozen=True, slots=True)
class Candidates:
    """One query's candidates: their features (N, F), what each is worth (N,), and the number of words that count.

    `judged` holds the cross-encoder's expected gain, NaN for what it has not read.
    """

    features: Floats
    gains: Floats
    words: int
    judged: Floats


def learn_weights(
    lists: Sequence[Candidates], *, steps: int = _STEPS, report: Callable[[str], None] = print
) -> FusionWeights:
    """Weights under which the lists are ordered best.

    Args:
        lists: of training queries; those in which nothing is worth anything are left out.
        steps: of gradient descent (Adam) for each number of words.
        report: told of progress.
    """
    rows = np.zeros((LENGTHS, len(FEATURES)))
    for length in range(LENGTHS):
        own = [each for each in lists if min(max(each.words, 1), LENGTHS) == length + 1 and each.gains.sum() > 0]
        rows[length] = _learned(own, steps)
        shown = ", ".join(f"{name} {value:.2f}" for name, value in zip(FEATURES, rows[length], strict=True))
        report(f"{length + 1}{'+' if length + 1 == LENGTHS else ''} words, {len(own)} queries: {shown}")
    return FusionWeights(rows, rows.mean(axis=0))


def choose_reread(weights: FusionWeights, lists: Sequence[Candidates], most: int = 50) -> FusionWeights:
    """The weights with the share of the cross-encoder that orders the lists best when it reads the first `most`."""
    shares = np.linspace(0.0, 0.9, 10)
    values = [mean_ndcg(replace(weights, reread=float(share)), lists, most) for share in shares]
    return replace(weights, reread=float(shares[int(np.argmax(values))]))


def mean_ndcg(weights: FusionWeights, lists: Sequence[Candidates], most: int = 0) -> float:
    """Mean nDCG@10 of the lists in the order of the weights, the first `most` reread where that was done."""
    values = []
    for each in lists:
        if each.gains.sum() <= 0:
            continue
        scores = each.features @ weights.of(each.words, True, True)
        order = np.argsort(-scores, kind="stable")
        read = order[:most][~np.isnan(each.judged[order[:most]])]
        if len(read):
            judged = np.full(len(scores), each.judged[read].min())
            judged[read] = each.judged[read]
            order = np.argsort(-((1 - weights.reread) * scores + weights.reread * judged), kind="stable")
        gains = {str(place): float(gain) for place, gain in enumerate(each.gains)}
        values.append(ndcg([str(place) for place in order.tolist()], gains, 10))
    return float(np.mean(values)) if values else 0.0


def save_weights(weights: FusionWeights, path: Path, about: dict[str, object]) -> None:
    """Write the weights with what they were learned from; `FusionWeights.load` reads them."""
    record = {
        "features": FEATURES,
        "weights": [[round(value, 4) for value in row] for row in weights.rows.tolist()],
        "tail": [round(value, 4) for value in weights.tail.tolist()],
        "reread": round(weights.reread, 4),
        "about": about,
    }
    partial = path.with_suffix(".partial")
    partial.write_bytes(orjson.dumps(record))
    partial.replace(path)


def _learned(lists: Sequence[Candidates], steps: int) -> Floats:
    """One row of weights: the softmax of what Adam finds; even ones where there is nothing to learn from."""
    logits = np.zeros(len(FEATURES))
    if not lists:
        return _softmax(logits)
    every = np.concatenate([each.features for each in lists])
    shares = np.concatenate([each.gains / each.gains.sum() for each in lists])
    starts = np.cumsum([0, *(len(each.gains) for each in lists)])[:-1]
    owner = np.repeat(np.arange(len(lists)), [len(each.gains) for each in lists])
    mean, square = np.zeros_like(logits), np.zeros_like(logits)
    for step in range(1, steps + 1):
        weights = _softmax(logits)
        scores = _SHARPNESS * (every @ weights)
        scores -= np.maximum.reduceat(scores, starts)[owner]
        raised = np.exp(scores)
        spread = raised / np.add.reduceat(raised, starts)[owner]
        slope = _SHARPNESS * every.T @ (spread - shares) / len(lists)
        gradient = weights * (slope - slope @ weights) + _PRIOR * logits
        mean, square = 0.9 * mean + 0.1 * gradient, 0.999 * square + 0.001 * gradient**2
        logits -= _RATE * (mean / (1 - 0.9**step)) / (np.sqrt(square / (1 - 0.999**step)) + 1e-8)
    return _softmax(logits)


def _softmax(logits: Floats) -> Floats:
    raised = np.exp(logits - logits.max())
    return raised / raised.sum()
