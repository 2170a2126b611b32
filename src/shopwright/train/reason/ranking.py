"""Fits what ranks sub-goals: like situations, the matrix of associations, the weights of `skills.reason.ranking`.

    fit(RankingPlan(graph, links, encoder, products, reader.read, wishes), out)

    situations.npz     vectors of the written situations (`situations`)
    association.npy    a bilinear form between what is told and what is needed
    ranking.json       a logistic regression, on written wishes with the categories of what they need

The matrix is trained on the graph's chains and on situations, whole and by clause, with every product type as a
candidate (InfoNCE; van den Oord et al., 2018), starting from and held near the identity. The wishes are a file with a
line for each: {"wish": "...", "split": "dev", "goals": [{"categories": [["Home", "Lamps"]], "families": [], "needed":
true}]}; only those of the split "dev" are learned from.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import orjson
from numpy.typing import NDArray

from shopwright.errors import ConfigError
from shopwright.knowledge.graph import Graph, kind_of, name_of
from shopwright.knowledge.links import Links
from shopwright.models.protocols import Encoder
from shopwright.skills.reason.candidates import Candidates
from shopwright.skills.reason.chains import walk
from shopwright.skills.reason.ranking import FARTHEST, FEATURES, Array, Ranking, clauses
from shopwright.skills.reason.subgoals import Reasoner
from shopwright.skills.reason.wishes import Mention
from shopwright.train.outcome import Report
from shopwright.train.reason.situations import Written, encode_situations, read_situations
from shopwright.types import Need, Product

_WORTH, _HOPS = 0.25, 3
"""Chains that are learned from."""
_LATER = 0.15
"""What comes later among the needs of a situation is learned less, by this part of the first a place."""
_MIXED = (0.4, 0.35, 0.25)
"""Shares of a batch: heads of the graph, whole situations, their clauses."""
_STEPS, _BATCH, _TEMPERATURE, _RATE, _DECAY = 400, 256, 0.06, 1.5e-3, 2e-4
_ROUNDS, _RIDGE, _ENOUGH, _SHORTEST = 25, 3e-3, 1e-7, 1e-3

Weighted = list[tuple[int, float]]


@dataclass(frozen=True, slots=True)
class RankingPlan:
    """What to fit the ranking of sub-goals with.

    Args:
        graph, links, encoder: of the reasoner in the shop that the wishes are about.
        products: of that shop.
        read: the reader of messages.
        wishes: file of wishes with what they need, see the module.
        situations: written situations; the packaged ones by default.
        seed: of the batches.
    """

    graph: Graph
    links: Links
    encoder: Encoder
    products: Sequence[Product]
    read: Callable[[str], Need]
    wishes: Path
    situations: Sequence[Written] | None = None
    seed: int = 0


def fit(plan: RankingPlan, out: Path, report: Report = print) -> Ranking:
    """Fit all three files and write them into a folder; they are in use when it is that of `skills.reason`.

    Raises:
        ConfigError: a line of the wishes or of the situations is none.
    """
    out.mkdir(parents=True, exist_ok=True)
    written = list(read_situations() if plan.situations is None else plan.situations)
    situations = encode_situations(written, plan.encoder)
    situations.write(out / "situations.npz")
    report(f"{len(written)} situations, {len(situations.clauses)} clauses")
    matrix = associate(plan.graph, plan.encoder, written, plan.seed)
    np.save(out / "association.npy", matrix.astype(np.float16))
    report("associations are learned")
    size = len(FEATURES)
    unfitted = Ranking((0.0,) * size, 0.0, (0.0,) * size, (1.0,) * size)
    candidates = Candidates(plan.graph, plan.links, plan.encoder, unfitted, situations, matrix)
    examples = list(wish_examples(plan, Reasoner(plan.graph, plan.links, plan.encoder, candidates=candidates)))
    ranking = fit_ranking([features for features, _ in examples], [labels for _, labels in examples])
    ranking.write(out / "ranking.json")
    report(f"fitted on {len(examples)} wishes")
    return ranking


def wish_examples(plan: RankingPlan, reasoner: Reasoner) -> Iterator[tuple[Array, Array]]:
    """Features of every category for each wish, and 1 for those that hold what it needs."""
    ranker = reasoner.candidates.ranker
    shelves = [
        (one, ranker.places[path]) for one in plan.products if (path := " > ".join(one.category)) in ranker.places
    ]
    for record in _wishes(plan.wishes):
        read = reasoner.understand(plan.read(record["wish"]))
        needed = np.zeros(len(ranker.paths), np.float32)
        goals = [goal for goal in record["goals"] if goal.get("needed", True)]
        for product, place in shelves:
            if any(_meets(product, goal) for goal in goals):
                needed[place] = 1.0
        yield reasoner.candidates.features(read.wish, read.judged.kept), needed


def associate(
    graph: Graph, encoder: Encoder, written: Sequence[Written] = (), seed: int = 0, steps: int = _STEPS
) -> Array:
    """The matrix of associations of a graph and of written situations, shape (D, D)."""
    texts, wanted, sorts, goods = _pairs(graph, written)
    texts_ND, goods_GD = encoder.encode(texts), encoder.encode(goods)
    rows = [np.flatnonzero(np.array(sorts) == sort) for sort in range(len(_MIXED))]
    total = sum(share for share, own in zip(_MIXED, rows, strict=True) if len(own))
    counts = [round(_BATCH * share / total) if len(own) else 0 for share, own in zip(_MIXED, rows, strict=True)]
    random = np.random.default_rng(seed)
    matrix = np.eye(encoder.dimensions, dtype=np.float32)
    mean, square = np.zeros_like(matrix), np.zeros_like(matrix)
    for step in range(1, steps + 1):
        batch = np.concatenate([random.choice(own, count) for own, count in zip(rows, counts, strict=True) if count])
        shares_BG = np.zeros((len(batch), len(goods)), np.float32)
        for place, row in enumerate(batch):
            for good, worth in wanted[row]:
                shares_BG[place, good] = max(shares_BG[place, good], worth)
        shares_BG /= shares_BG.sum(1, keepdims=True)
        gradient = _gradient(matrix, texts_ND[batch], goods_GD, shares_BG)
        mean = 0.9 * mean + 0.1 * gradient
        square = 0.99 * square + 0.01 * gradient**2
        size = _RATE * (1 - (step - 1) / steps) * (mean / (1 - 0.9**step))
        matrix = (matrix - size / (np.sqrt(square / (1 - 0.99**step)) + 1e-8)).astype(np.float32)
    return matrix


def fit_ranking(features: Sequence[Array], labels: Sequence[Array]) -> Ranking:
    """Logistic regression with weight decay, by Newton's method with halved steps.

    Args:
        features: of the categories for each wish, shape (P, F).
        labels: 1 where a category holds what a needed goal asks for, shape (P,).
    """
    every, wanted = np.concatenate(list(features)), np.concatenate(list(labels))
    mean, spread = every.mean(0), np.maximum(every.std(0), 1e-3)
    scaled = np.clip((every - mean) / spread, -FARTHEST, FARTHEST)
    inputs = np.concatenate([scaled, np.ones((len(scaled), 1))], 1)
    ridge = np.diag([*[_RIDGE] * scaled.shape[1], 0.0])
    weights = np.zeros(inputs.shape[1])
    weights[-1] = -3.0

    def loss(tried: NDArray[np.float64]) -> float:
        logits = inputs @ tried
        return float((np.logaddexp(0, logits) - wanted * logits).mean() + 0.5 * tried @ ridge @ tried)

    before = loss(weights)
    for _ in range(_ROUNDS):
        chances = 1 / (1 + np.exp(-np.clip(inputs @ weights, -30, 30)))
        slope = inputs.T @ (chances - wanted) / len(wanted) + ridge @ weights
        curve = (inputs * (chances * (1 - chances))[:, None]).T @ inputs / len(wanted) + ridge
        move, length = np.linalg.solve(curve + 1e-9 * np.eye(len(curve)), slope), 1.0
        while loss(weights - length * move) > before and length > _SHORTEST:
            length /= 2
        weights = weights - length * move
        after = loss(weights)
        if before - after < _ENOUGH:
            break
        before = after
    first, second, third = (tuple(round(float(one), 5) for one in column) for column in (weights[:-1], mean, spread))
    return Ranking(first, round(float(weights[-1]), 5), second, third)


def _pairs(graph: Graph, written: Sequence[Written]) -> tuple[list[str], list[Weighted], list[int], list[str]]:
    """Texts, the product types that each needs, which of `_MIXED` each is, and the names of the product types."""
    goods: dict[str, int] = {}
    texts: list[str] = []
    wanted: list[Weighted] = []
    sorts: list[int] = []
    for head in (node for node in graph.nodes if kind_of(node) not in ("product", "value", "advice")):
        reached = walk(graph, [Mention(head, 1.0, 0, 1)]).reached
        found = [
            (goods.setdefault(name_of(node), len(goods)), chains[0].worth)
            for node, chains in reached.items()
            if kind_of(node) == "product" and chains[0].worth >= _WORTH and len(chains[0].steps) <= _HOPS
        ]
        if found:
            texts.append(name_of(head))
            wanted.append(found)
            sorts.append(0)
    for one in written:
        needs = [
            (goods.setdefault(name, len(goods)), 1 / (1 + _LATER * place)) for place, (name, _) in enumerate(one.needs)
        ]
        parts = clauses(one.text)
        for sort, text in ((1, one.text), *((2, part) for part in parts if len(parts) > 1)):
            texts.append(text)
            wanted.append(needs)
            sorts.append(sort)
    return texts, wanted, sorts, list(goods)


def _gradient(matrix: Array, texts_BD: Array, goods_GD: Array, shares_BG: Array) -> Array:
    """Of the cross entropy between what each text needs and the softmax over all product types."""
    turned = texts_BD @ matrix
    lengths = np.linalg.norm(turned, axis=1, keepdims=True) + 1e-6
    turned /= lengths
    logits = turned @ goods_GD.T / _TEMPERATURE
    chances = np.exp(logits - logits.max(1, keepdims=True))
    chances /= chances.sum(1, keepdims=True)
    slope = (chances - shares_BG) @ goods_GD / _TEMPERATURE / len(texts_BD)
    slope = (slope - turned * (slope * turned).sum(1, keepdims=True)) / lengths
    decay = _DECAY * (matrix - np.eye(len(matrix), dtype=np.float32))
    return np.asarray(texts_BD.T @ slope + decay, np.float32)


def _wishes(path: Path) -> Iterator[Mapping[str, Any]]:
    """The wishes that are learned from."""
    try:
        lines = path.read_bytes().splitlines()
    except OSError as error:
        raise ConfigError(f"{path}: {error}; give a file of wishes with their goals") from error
    for number, line in enumerate(lines, 1):
        try:
            record = orjson.loads(line)
            if record["split"] == "dev" and record["wish"] and record["goals"]:
                yield record
        except (orjson.JSONDecodeError, KeyError, TypeError) as error:
            raise ConfigError(f"{path} line {number}: {error!r}; a wish has wish, split and goals") from error


def _meets(product: Product, goal: Mapping[str, Any]) -> bool:
    paths = goal.get("categories", ())
    return product.id in goal.get("families", ()) or any(product.category[: len(path)] == tuple(path) for path in paths)
