"""`train encoder`: a bi-encoder that puts queries near the products that answer them.

Each step takes labelled queries with the products of their clusters, and generated queries with their product and
neighbours mined as hard negatives. The products of all queries of a step are candidates for each. Three losses add up:

- graded contrast: the softmax over all candidates should spread as the gains of the labels do (exact 1, substitute .1,
  complement .01), so that a substitute beats what is irrelevant and loses to what is exact;
- distillation: over the query's own candidates the same softmax should spread as the cross-encoder's scores do, where
  there are any (Hofstätter et al., 2021);
- an anchor: texts that are no products keep the vectors that they had, so that questions about policies, attributes
  and guides, which the same encoder serves, are not unlearned.

The first is taken at 384, 192 and 96 dimensions (Matryoshka: Kusupati et al., 2022), so that a prefix of a vector is a
vector. The shipped weights are the mean of the last checkpoints.

Simplification: hard negatives are mined once, with the encoder that is started from.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from torch import Tensor, nn

from shopwright.models.protocols import Vectors
from shopwright.train.examples import GAINS, Example
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

DIMENSIONS = (384, 192, 96)
_DIMENSION_WEIGHTS = (1.0, 0.5, 0.25)

Scores = Mapping[tuple[str, str, str], float]
"""The teacher's score of a (catalogue, query, product id)."""


@dataclass(frozen=True, slots=True)
class EncoderSettings:
    """How a bi-encoder is trained.

    Args:
        queries: labelled queries a step.
        products: candidates of each of them, at most.
        generated: generated queries a step, each with its product and one hard negative.
        anchors: texts a step that keep their vector.
        passes: over the labelled queries.
        rate: peak learning rate.
        temperature: cosines are divided by it.
        distilled, anchored: weights of these losses.
        seed: of order and dropout.
    """

    queries: int = 16
    products: int = 6
    generated: int = 12
    anchors: int = 6
    passes: float = 0.8
    rate: float = 4e-5
    temperature: float = 0.05
    distilled: float = 1.0
    anchored: float = 2.0
    seed: int = 0


class BiEncoder(nn.Module):
    """A body whose states' mean is the vector of a text."""

    def __init__(self, body: nn.Module) -> None:
        super().__init__()
        self.body = body

    def forward(self, input_ids: Tensor, attention_mask: Tensor, token_type_ids: Tensor) -> Tensor:
        """Vectors that are not of unit length yet, shape (B, D)."""
        states = self.body(input_ids=input_ids, attention_mask=attention_mask, token_type_ids=token_type_ids)
        return mean_pooled(states.last_hidden_state, attention_mask)


@dataclass(frozen=True, slots=True)
class Material:
    """What an encoder is trained on.

    Args:
        labelled: queries with labels.
        generated: queries with the one product that they were made from.
        negatives: product ids near each generated query, by (catalogue, query); may lack some.
        texts: see `Texts`.
        anchors: texts that keep their vector.
        scores: see `Scores`.
    """

    labelled: Sequence[Example]
    texts: Texts
    generated: Sequence[Example] = ()
    negatives: Mapping[tuple[str, str], Sequence[str]] | None = None
    anchors: Sequence[str] = ()
    scores: Scores | None = None


def train_encoder(
    base: Path,
    material: Material,
    folder: Path,
    settings: EncoderSettings | None = None,
    *,
    steps: int | None = None,
    report: Callable[[str], None] = print,
) -> BiEncoder:
    """Train a bi-encoder; an interrupted training goes on from the checkpoints in `folder`.

    Args:
        base: folder of the body that is started from.
        material: see there.
        folder: of checkpoints.
        settings: see there.
        steps: stop early, for trying.
        report: told of progress.
    """
    settings = settings or EncoderSettings()
    torch.manual_seed(settings.seed)
    device = pick_device()
    model = BiEncoder(load_body(base)).to(device)
    tokens = Tokens(base, LONGEST, device)
    anchors = _vectors(model.eval(), tokens, material.anchors)
    planned = max(int(settings.passes * len(material.labelled) / settings.queries), 1)
    checkpoints = Checkpoints(folder, recipe_of(settings, material.labelled, material.generated))
    batch = _Batches(material, settings)

    def loss_of(step: int) -> Tensor:
        return _loss(model, tokens, batch.step(step), material, anchors, settings)

    fit(model, settings.rate, planned, settings.seed, checkpoints, loss_of, steps=steps, report=report)
    checkpoints.average(model)
    return model


def encode(model: BiEncoder, tokens: Tokens, texts: Sequence[str], size: int = 64) -> Vectors:
    """Unit vectors of the texts, shape (N, D); texts of like length go together."""
    return _vectors(model, tokens, texts, size).numpy()


def mined_negatives(
    queries_QD: Vectors, products_ND: Vectors, ids: Sequence[str], own: Sequence[str], ranks: tuple[int, int] = (8, 60)
) -> list[list[str]]:
    """For each query the products at some ranks: near, but not so near that they are likely answers as well.

    Args:
        queries_QD, products_ND: unit vectors.
        ids: of the products.
        own: the product of each query, which is left out.
        ranks: the first and the last rank taken.
    """
    found: list[list[str]] = []
    last = min(ranks[1], len(ids))
    for start in range(0, len(queries_QD), 512):
        scores = queries_QD[start : start + 512] @ products_ND.T
        best = np.argpartition(-scores, last - 1, axis=1)[:, :last]
        for row, places in enumerate(best):
            order = places[np.argsort(-scores[row, places])][ranks[0] :]
            found.append([ids[place] for place in order.tolist() if ids[place] != own[start + row]])
    return found


@dataclass(slots=True)
class _Batch:
    """Q queries, N candidates, what each is worth to each query, and the teacher's scores (NaN for none), (Q, N)."""

    queries: list[str]
    candidates: list[tuple[str, str]]
    gains: Tensor
    teacher: Tensor
    anchors: list[int]


class _Batches:
    """Draws the batches; that of a step is always the same, so that a resumed training sees what it would have seen."""

    def __init__(self, material: Material, settings: EncoderSettings) -> None:
        self._material, self._settings = material, settings
        self._labelled = [example for example in material.labelled if _positive(example, material.texts)]

    def step(self, step: int) -> _Batch:
        """The batch of a step."""
        generator = np.random.default_rng((self._settings.seed, step))
        chosen = self._examples(step, generator)
        place: dict[tuple[str, str], int] = {}
        own: list[list[tuple[int, float, float]]] = []
        for example, ids in chosen:
            rows = []
            for key in ids:
                at = place.setdefault((example.catalogue, key), len(place))
                score = (self._material.scores or {}).get((example.catalogue, example.query, key), float("nan"))
                rows.append((at, GAINS[example.labels.get(key, "I")], score))
            own.append(rows)
        gains, teacher = torch.zeros(len(chosen), len(place)), torch.full((len(chosen), len(place)), float("nan"))
        for row, (example, _) in enumerate(chosen):
            for (catalogue, key), at in place.items():
                if catalogue == example.catalogue and key in example.labels:
                    gains[row, at] = GAINS[example.labels[key]]
            for at, gain, score in own[row]:
                gains[row, at] = gain
                teacher[row, at] = score
        anchors = generator.integers(0, max(len(self._material.anchors), 1), self._settings.anchors).tolist()
        return _Batch([example.query for example, _ in chosen], list(place), gains, teacher, anchors)

    def _examples(self, step: int, generator: np.random.Generator) -> list[tuple[Example, list[str]]]:
        settings, material = self._settings, self._material
        per_pass = max(len(self._labelled) // settings.queries, 1)
        order = np.random.default_rng((settings.seed, 1, step // per_pass))
        places = list(batches(settings.queries, len(self._labelled), order))[step % per_pass]
        chosen = []
        for at in places:
            example = self._labelled[at]
            ids = [key for key in example.labels if key in material.texts[example.catalogue]]
            shuffled = [ids[each] for each in generator.permutation(len(ids)).tolist()]
            shuffled.sort(key=lambda key: -GAINS[example.labels[key]])
            half = settings.products // 2
            chosen.append((example, shuffled[:half] + shuffled[half:][-(settings.products - half) :]))
        if material.generated:
            for at in generator.integers(0, len(material.generated), settings.generated).tolist():
                example = material.generated[at]
                near = (material.negatives or {}).get((example.catalogue, example.query), ())
                ids = [*example.labels, *([near[int(generator.integers(len(near)))]] if near else [])]
                chosen.append((example, ids))
        return chosen


def _loss(
    model: BiEncoder, tokens: Tokens, batch: _Batch, material: Material, anchors: Tensor, settings: EncoderSettings
) -> Tensor:
    products = [material.texts[catalogue][key] for catalogue, key in batch.candidates]
    asked = [material.anchors[place] for place in batch.anchors] if material.anchors else []
    device = next(model.parameters()).device
    queries_QD, products_ND = tokens.through(model, batch.queries), tokens.through(model, products)
    gains_QN, teacher_QN = batch.gains.to(device), batch.teacher.to(device)
    total = torch.zeros((), device=device)
    for dimensions, weight in zip(DIMENSIONS, _DIMENSION_WEIGHTS, strict=True):
        scores_QN = _cosines(queries_QD, products_ND, dimensions) / settings.temperature
        total = total + weight * _graded(scores_QN, gains_QN)
        if dimensions == DIMENSIONS[0]:
            total = total + settings.distilled * _distilled(scores_QN, teacher_QN)
    if asked:
        now = nn.functional.normalize(tokens.through(model, asked), dim=-1)
        total = total + settings.anchored * (1 - (now * anchors[batch.anchors].to(device)).sum(-1)).mean()
    return total


def _cosines(queries_QD: Tensor, products_ND: Tensor, dimensions: int) -> Tensor:
    left = nn.functional.normalize(queries_QD[:, :dimensions].float(), dim=-1)
    right = nn.functional.normalize(products_ND[:, :dimensions].float(), dim=-1)
    return left @ right.T


def _graded(scores_QN: Tensor, gains_QN: Tensor) -> Tensor:
    """Cross entropy between the gains, as shares of their sum, and the softmax over all candidates."""
    shares = gains_QN / gains_QN.sum(1, keepdim=True)
    return -(shares * torch.log_softmax(scores_QN, -1)).sum(1).mean()


def _distilled(scores_QN: Tensor, teacher_QN: Tensor) -> Tensor:
    """Divergence from the teacher's spread to ours, over the candidates that the teacher has scored."""
    known = ~teacher_QN.isnan()
    rows = known.sum(1) >= 2
    if not rows.any():
        return scores_QN.sum() * 0
    hidden = ~known[rows]
    wanted = torch.softmax(teacher_QN[rows].masked_fill(hidden, -1e4), -1)
    ours = torch.log_softmax(scores_QN[rows].masked_fill(hidden, -1e4), -1)
    return nn.functional.kl_div(ours, wanted, reduction="batchmean")


def _positive(example: Example, texts: Texts) -> bool:
    """Whether some product is worth something to the query."""
    catalogue = texts.get(example.catalogue, {})
    return any(GAINS[label] > 0 and key in catalogue for key, label in example.labels.items())


def _vectors(model: BiEncoder, tokens: Tokens, texts: Sequence[str], size: int = 256) -> Tensor:
    vectors = torch.zeros(len(texts), DIMENSIONS[0])
    order = sorted(range(len(texts)), key=lambda place: len(texts[place]))
    with torch.inference_mode():
        for start in range(0, len(order), size):
            rows = order[start : start + size]
            made = tokens.through(model, [texts[row] for row in rows])
            vectors[rows] = nn.functional.normalize(made, dim=-1).cpu()
    return vectors.clone()
