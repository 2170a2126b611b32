"""`train reranker`: a cross-encoder that reads query and product together and says which of four classes they are.

One pass gives P(exact), P(substitute), P(complement), P(irrelevant); their gains make the relevance by which a list is
ranked. The loss has two parts: cross entropy of the class, weighted because most pairs are irrelevant, and a listwise
part over the products of one query (ListNet, Cao et al., 2007), because ranking is what it is for. Afterwards one
temperature is fitted on the development split, so that the probabilities mean what they say (Guo et al., 2017).

Simplification: of a product only its name is read (`search.texts.named`), which is what an index keeps at hand.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import torch
from torch import Tensor, nn

from shopwright.metrics import ndcg
from shopwright.train.examples import GAINS, LABELS, Example
from shopwright.train.transformer import (
    LONGEST,
    Checkpoints,
    Texts,
    Tokens,
    batches,
    fit,
    load_body,
    mean_pooled,
    pick_device,
    recipe_of,
)

_CLASS_WEIGHTS = (1.0, 1.0, 2.5, 0.5)
_LISTWISE = 0.5


@dataclass(frozen=True, slots=True)
class RerankerSettings:
    """How a cross-encoder is trained.

    Args:
        queries: queries a step.
        products: products of each query a step, at most; what is left out changes from pass to pass.
        passes: over all queries.
        rate: peak learning rate of the body; the head learns ten times as fast.
        layers: how many of the body's layers are kept.
        seed: of order and dropout.
    """

    queries: int = 10
    products: int = 8
    passes: float = 1.6
    rate: float = 5e-5
    layers: int = 6
    seed: int = 0


@dataclass(slots=True)
class Trained:
    """A trained model, and how it did on the development split."""

    model: CrossEncoder
    metrics: dict[str, float] = field(default_factory=dict)


class CrossEncoder(nn.Module):
    """A body with a head of four classes over the mean of its states.

    Args:
        body: a BERT.
        layers: how many of its layers are kept, from the bottom.
    """

    def __init__(self, body: nn.Module, layers: int) -> None:
        super().__init__()
        self.body = body
        self.body.encoder.layer = self.body.encoder.layer[:layers]
        self.head = nn.Linear(int(body.config.hidden_size), len(LABELS))
        nn.init.normal_(self.head.weight, std=0.02)
        nn.init.zeros_(self.head.bias)
        self.register_buffer("temperature", torch.ones(()))

    def forward(self, input_ids: Tensor, attention_mask: Tensor, token_type_ids: Tensor) -> Tensor:
        """Logits of E, S, C and I, shape (B, 4)."""
        states = self.body(input_ids=input_ids, attention_mask=attention_mask, token_type_ids=token_type_ids)
        logits: Tensor = self.head(mean_pooled(states.last_hidden_state, attention_mask)) / self.temperature
        return logits


def expected_gain(logits_B4: Tensor) -> Tensor:
    """The gain that is to be expected under the probabilities, shape (B,)."""
    gains = torch.tensor([GAINS[label] for label in LABELS], device=logits_B4.device)
    return torch.softmax(logits_B4.float(), -1) @ gains


def train_reranker(
    base: Path,
    examples: Sequence[Example],
    dev: Sequence[Example],
    texts: Texts,
    folder: Path,
    settings: RerankerSettings | None = None,
    *,
    steps: int | None = None,
    report: Callable[[str], None] = print,
) -> Trained:
    """Train a cross-encoder on labelled queries.

    Args:
        base: folder of the body.
        examples: only products that `texts` knows count.
        dev: for calibration and the figures.
        texts: see `Texts`.
        folder: of checkpoints; an interrupted training goes on from there.
        settings: see there.
        steps: stop early, for trying.
        report: told of progress.
    """
    settings = settings or RerankerSettings()
    torch.manual_seed(settings.seed)
    device = pick_device()
    model = CrossEncoder(load_body(base), settings.layers).to(device)
    tokens = Tokens(base, LONGEST, device)
    usable = [example for example in examples if len(_known(example, texts)) >= 2]
    planned = max(int(settings.passes * len(usable) / settings.queries), 1)
    checkpoints = Checkpoints(folder, recipe_of(settings, usable))
    plan = _plan(len(usable), settings, planned)

    def loss_of(step: int) -> Tensor:
        return _loss(model, tokens, [usable[place] for place in plan[step]], texts, settings, step)

    fit(model, settings.rate, planned, settings.seed, checkpoints, loss_of, steps=steps, report=report)
    trained = Trained(model)
    if dev:
        trained.metrics = calibrate(model, tokens, dev, texts)
    return trained


def logits_of(model: CrossEncoder, tokens: Tokens, pairs: Sequence[tuple[str, str]], size: int = 64) -> Tensor:
    """Logits of (query, product text) pairs, shape (N, 4), in their order; pairs of like length go together."""
    order = sorted(range(len(pairs)), key=lambda place: len(pairs[place][0]) + len(pairs[place][1]))
    logits = torch.zeros(len(pairs), len(LABELS))
    with torch.inference_mode():
        for start in range(0, len(order), size):
            rows = order[start : start + size]
            logits[rows] = tokens.through(model, [pairs[row] for row in rows]).cpu()
    return logits


def calibrate(model: CrossEncoder, tokens: Tokens, dev: Sequence[Example], texts: Texts) -> dict[str, float]:
    """Fit the temperature on the split and measure the model there.

    Returns:
        `accuracy` and `nll` of the class, `ndcg@10` over each query's labelled products, and the temperature.
    """
    lists = [(example, list(_known(example, texts))) for example in dev]
    lists = [(example, ids) for example, ids in lists if ids]
    pairs = [(example.query, texts[example.catalogue][key]) for example, ids in lists for key in ids]
    target = torch.tensor([LABELS.index(example.labels[key]) for example, ids in lists for key in ids])
    raw = logits_of(model, tokens, pairs) * model.temperature.cpu()
    grid = torch.linspace(0.5, 3.0, 51)
    losses = torch.stack([nn.functional.cross_entropy(raw / value, target) for value in grid])
    best = grid[losses.argmin()]
    model.temperature.fill_(float(best))
    gains = expected_gain(raw / best)
    return {
        "temperature": float(best),
        "nll": float(losses.min()),
        "accuracy": float((raw.argmax(-1) == target).float().mean()),
        "ndcg@10": list_ndcg(lists, gains.tolist()),
    }


def list_ndcg(lists: Sequence[tuple[Example, Sequence[str]]], scores: Sequence[float]) -> float:
    """Mean nDCG@10 of each query's labelled products when they are ordered by the scores, one after another."""
    values, start = [], 0
    for example, ids in lists:
        own = scores[start : start + len(ids)]
        start += len(ids)
        gains = {key: GAINS[example.labels[key]] for key in ids}
        if any(gains.values()):
            ranked = [ids[place] for place in np.argsort(-np.asarray(own), kind="stable")]
            values.append(ndcg(ranked, gains, 10))
    return float(np.mean(values)) if values else 0.0


def _plan(count: int, settings: RerankerSettings, planned: int) -> list[list[int]]:
    """The places of the queries of every step."""
    generator = np.random.default_rng(settings.seed)
    every: list[list[int]] = []
    while len(every) < planned:
        every.extend(batches(settings.queries, count, generator))
    return every[:planned]


def _loss(
    model: CrossEncoder, tokens: Tokens, chosen: Sequence[Example], texts: Texts, settings: RerankerSettings, step: int
) -> Tensor:
    generator = np.random.default_rng((settings.seed, step))
    lists = [(example, _drawn(_known(example, texts), example, settings.products, generator)) for example in chosen]
    pairs = [(example.query, texts[example.catalogue][key]) for example, ids in lists for key in ids]
    device = next(model.parameters()).device
    logits = tokens.through(model, pairs)
    labels = [LABELS.index(example.labels[key]) for example, ids in lists for key in ids]
    target = torch.tensor(labels, device=device)
    weights = torch.tensor(_CLASS_WEIGHTS, device=device)
    loss = nn.functional.cross_entropy(logits, target, weight=weights)
    gains = expected_gain(logits).clamp(1e-5, 1 - 1e-5)
    scores = torch.logit(gains)
    wanted = torch.tensor([GAINS[LABELS[label]] for label in labels], device=device)
    parts, start = [], 0
    for _, ids in lists:
        rows = slice(start, start + len(ids))
        start += len(ids)
        if wanted[rows].sum() > 0:
            share = wanted[rows] / wanted[rows].sum()
            parts.append(-(share * torch.log_softmax(scores[rows], -1)).sum())
    return loss + _LISTWISE * torch.stack(parts).mean() if parts else loss


def _known(example: Example, texts: Texts) -> list[str]:
    catalogue = texts.get(example.catalogue, {})
    return [key for key in example.labels if key in catalogue]


def _drawn(ids: list[str], example: Example, most: int, generator: np.random.Generator) -> list[str]:
    """At most so many of the products: all that are not irrelevant first, then irrelevant ones by lot."""
    order = generator.permutation(len(ids)).tolist()
    order.sort(key=lambda place: example.labels[ids[place]] == "I")
    return [ids[place] for place in order[:most]]
