"""Says how plausible an edge is that nobody wrote by hand: a logistic regression over a few features.

    chances = scores(edges, graph, encoder, Critic.packaged())

The features need no labels of plausibility (`FEATURES`): cosines of the two names and of the edge as a sentence, how
well the nearest edges of the graph support it (somebody who needs nearly the same uses nearly the same), and how far
the pair stands out among other tails of the head and other heads of the tail. The regression is fitted on the graph's
own edges against corruptions of them, of which one end was exchanged for another of its kind (`fit`); an edge never
supports itself. `critic.json` holds the weights that ship.

Simplification: what was exchanged may be true by accident, so probabilities are a little low.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Self

import numpy as np
from numpy.typing import NDArray

from shopwright.errors import ConfigError
from shopwright.knowledge.graph import Edge, Graph, kind_of, name_of
from shopwright.models.protocols import Encoder, Vectors

FILE = Path(__file__).parent / "critic.json"
RELATIONS = ("uses", "leads_to", "met_by", "likes", "gift", "goes_with", "requires")
"""Those that the critic judges, in the order of their own weights."""
FEATURES = ("cosine", "support", "second support", "head share", "tail share", "words")
_PHRASES = {
    "uses": "{} needs {}", "leads_to": "{} leads to {}", "met_by": "{} is met by {}", "likes": "{} likes {}",
    "gift": "a present for {}: {}", "goes_with": "{} with {}", "requires": "{} needs {}",
}  # fmt: skip
_BLOCK = 512
_ROUNDS, _RATE, _DECAY = 400, 0.5, 1e-3
_HELD = 5
"""One edge in so many is kept from the fit, by the hash of its head."""

Features = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Critic:
    """A logistic regression: `weights` of the features and of each relation, after scaling by `mean` and `spread`."""

    weights: tuple[float, ...]
    bias: float
    mean: tuple[float, ...]
    spread: tuple[float, ...]

    @classmethod
    def packaged(cls) -> Critic:
        """The weights that ship."""
        return _packaged()

    @classmethod
    def read(cls, path: Path) -> Self:
        """The weights of a file.

        Raises:
            ConfigError: it is missing or is no critic.
        """
        try:
            record = json.loads(path.read_text())
            return cls(tuple(record["weights"]), record["bias"], tuple(record["mean"]), tuple(record["spread"]))
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise ConfigError(f"{path}: {error!r}; fit a critic with shopwright train reason --critic") from error

    def write(self, path: Path) -> None:
        """Keep the weights in a file."""
        record = {"weights": self.weights, "bias": self.bias, "mean": self.mean, "spread": self.spread}
        path.write_text(json.dumps(record, indent=1) + "\n")

    def chances(self, features_NF: Features) -> Features:
        """The probability that each edge is plausible, shape (N,)."""
        scaled = (features_NF - np.array(self.mean, np.float32)) / np.array(self.spread, np.float32)
        logits = scaled @ np.array(self.weights, np.float32) + self.bias
        return np.asarray(1 / (1 + np.exp(-np.clip(logits, -30, 30))), np.float32)


def scores(edges: Sequence[Edge], graph: Graph, encoder: Encoder, critic: Critic) -> Features:
    """The probability that each edge is plausible, given a graph that is, shape (N,)."""
    return critic.chances(Judge(graph, encoder).features(edges)) if edges else np.zeros(0, np.float32)


class Judge:
    """Computes features against the edges of a graph."""

    def __init__(self, graph: Graph, encoder: Encoder) -> None:
        self._encoder = encoder
        self._known = [edge for edge in graph.edges if edge.relation in RELATIONS]
        self._heads_ED = self._encode([edge.head for edge in self._known])
        self._tails_ED = self._encode([edge.tail for edge in self._known])
        self._of = {edge[:3]: row for row, edge in enumerate(self._known)}
        places = np.array([_group(edge.relation) for edge in self._known], np.int64)
        self._groups = {group: np.flatnonzero(places == group) for group in set(places.tolist())}

    def features(self, edges: Sequence[Edge], without: NDArray[np.int64] | None = None) -> Features:
        """`FEATURES` and one column a relation, shape (N, F).

        Args:
            without: for each edge the row of a known edge that must not support it, besides itself; -1 for none.
        """
        heads, tails = self._encode([edge.head for edge in edges]), self._encode([edge.tail for edge in edges])
        phrases = self._encoder.encode([_phrase(edge) for edge in edges])
        plain = self._encoder.encode([name_of(edge.tail) for edge in edges])
        columns = np.zeros((len(edges), len(FEATURES) + len(RELATIONS)), np.float32)
        columns[:, 0] = (heads * tails).sum(1)
        columns[:, 5] = (phrases * plain).sum(1) - columns[:, 0]
        for start in range(0, len(edges), _BLOCK):
            block = slice(start, start + _BLOCK)
            columns[block, 1:5] = self._support(edges[block], heads[block], tails[block], without, start)
        for row, edge in enumerate(edges):
            columns[row, len(FEATURES) + RELATIONS.index(edge.relation)] = 1.0
        return columns

    def _support(
        self,
        edges: Sequence[Edge],
        heads_ND: Vectors,
        tails_ND: Vectors,
        without: NDArray[np.int64] | None,
        start: int,
    ) -> Features:
        """The two best supports among known edges, and how usual head and tail are there."""
        out = np.zeros((len(edges), 4), np.float32)
        for group, rows in self._groups.items():
            mine = np.array([place for place, edge in enumerate(edges) if _group(edge.relation) == group], np.int64)
            if not len(mine):
                continue
            near_heads = np.clip(heads_ND[mine] @ self._heads_ED[rows].T, 0, 1)
            near_tails = np.clip(tails_ND[mine] @ self._tails_ED[rows].T, 0, 1)
            both = near_heads * near_tails
            for line, place in enumerate(mine):
                own = {self._of.get(edges[place][:3], -1), int(without[start + place]) if without is not None else -1}
                both[line, np.isin(rows, list(own - {-1}))] = 0
            best = np.sort(both, axis=1)[:, -2:]
            out[mine, 0], out[mine, 1] = best[:, -1], best[:, 0]
            out[mine, 2] = (near_heads > 0.7).mean(1)
            out[mine, 3] = (near_tails > 0.7).mean(1)
        return out

    def _encode(self, nodes: Sequence[str]) -> Vectors:
        distinct = list(dict.fromkeys(nodes))
        vectors = self._encoder.encode([name_of(node) for node in distinct])
        rows = {node: row for row, node in enumerate(distinct)}
        return vectors[[rows[node] for node in nodes]]


def fit(graph: Graph, encoder: Encoder, seed: int = 0) -> tuple[Critic, dict[str, float]]:
    """A critic for a graph, and its figures on edges that it was not fitted on.

    Returns:
        the critic; `auroc`, `ece` (ten bins) and `precision` at probability .5, on heads kept from the fit.
    """
    judge = Judge(graph, encoder)
    true = [edge for edge in graph.edges if edge.relation in RELATIONS]
    false, origins = _corrupted(true, seed)
    edges = [*true, *false]
    labels = np.concatenate([np.ones(len(true)), np.zeros(len(false))])
    without = np.array([-1] * len(true) + origins, np.int64)
    features = judge.features(edges, without)
    held = np.array([_hash(edge.head) % _HELD == 0 for edge in edges])
    critic = _regression(features[~held], labels[~held])
    chances = critic.chances(features[held])
    return critic, _figures(chances, labels[held])


def _corrupted(edges: Sequence[Edge], seed: int) -> tuple[list[Edge], list[int]]:
    """An edge each with one end exchanged for one of the same kind, and the edge that it was made of."""
    known = {edge[:3] for edge in edges}
    ends: dict[str, list[str]] = {}
    for edge in edges:
        ends.setdefault(f"head {edge.relation} {kind_of(edge.head)}", []).append(edge.head)
        ends.setdefault(f"tail {edge.relation} {kind_of(edge.tail)}", []).append(edge.tail)
    random = np.random.default_rng(seed)
    made: list[Edge] = []
    origins: list[int] = []
    for row, edge in enumerate(edges):
        if random.random() < 0.5:
            pool = ends[f"head {edge.relation} {kind_of(edge.head)}"]
            other = edge._replace(head=pool[random.integers(len(pool))])
        else:
            pool = ends[f"tail {edge.relation} {kind_of(edge.tail)}"]
            other = edge._replace(tail=pool[random.integers(len(pool))])
        if other[:3] not in known:
            made.append(other)
            origins.append(row)
    return made, origins


def _regression(features_NF: Features, labels_N: NDArray[np.float64]) -> Critic:
    """Logistic regression by gradient descent on scaled features, with weight decay."""
    mean, spread = features_NF.mean(0), np.maximum(features_NF.std(0), 0.01)
    scaled = (features_NF - mean) / spread
    weights, bias = np.zeros(scaled.shape[1]), 0.0
    for _ in range(_ROUNDS):
        errors = 1 / (1 + np.exp(-(scaled @ weights + bias))) - labels_N
        weights -= _RATE * (scaled.T @ errors / len(labels_N) + _DECAY * weights)
        bias -= _RATE * float(errors.mean())
    rounded = (tuple(round(float(one), 5) for one in column) for column in (weights, mean, spread))
    first, second, third = rounded
    return Critic(first, round(bias, 5), second, third)


def _figures(chances: Features, labels: NDArray[np.float64]) -> dict[str, float]:
    order = np.argsort(np.argsort(chances, kind="stable")) + 1
    positives = labels.sum()
    auroc = (order[labels == 1].sum() - positives * (positives + 1) / 2) / (positives * (len(labels) - positives))
    bins = np.minimum((chances * 10).astype(int), 9)
    parts = [(bins == place) for place in range(10)]
    ece = sum(abs(chances[part].mean() - labels[part].mean()) * part.mean() for part in parts if part.any())
    sure = chances >= 0.5
    return {"auroc": float(auroc), "ece": float(ece), "precision": float(labels[sure].mean()), "n": float(len(labels))}


def _phrase(edge: Edge) -> str:
    return _PHRASES[edge.relation].format(name_of(edge.head), name_of(edge.tail))


def _group(relation: str) -> int:
    """Relations that support one another: those to product types, and the others."""
    return int(relation in ("leads_to", "likes"))


def _hash(text: str) -> int:
    value = 2166136261
    for byte in text.encode():
        value = (value ^ byte) * 16777619 % 2**32
    return value


@lru_cache(1)
def _packaged() -> Critic:
    return Critic.read(FILE)
