"""`ProductSessions`: a session model under the ids of products, as a shop keeps it.

    model = ProductSessions.fit([["p-7", "p-9"], ...])  # ids that were opened, oldest session first
    model.next(["p-7"], 5)                              # [("p-9", 0.31), ...]
    model.save(path); ProductSessions.load(path)

Ids that the model never saw are passed over.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from shopwright.catalog.learned import Sources
from shopwright.errors import ModelError
from shopwright.sequences.archive import read_arrays, write_arrays
from shopwright.sequences.log import Sessions
from shopwright.skills.intent.sessions.model import SessionModel, SessionSettings


class ProductSessions:
    """A session model and the product behind each of its numbers.

    Args:
        model: over numbers.
        ids: the product of each number, each once.
        sources: of each click that it keeps, a number of its visit (`catalog.learned`); 0 is nobody's.
    """

    def __init__(self, model: SessionModel, ids: Sequence[str], sources: Sources | None = None) -> None:
        self.model = model
        self.ids = tuple(ids)
        self.sources = np.zeros(model.clicks, np.uint64) if sources is None else sources
        self._number = {product: number for number, product in enumerate(self.ids)}

    @classmethod
    def fit(
        cls,
        sessions: Iterable[Sequence[str]],
        settings: SessionSettings | None = None,
        sources: Sources | None = None,
    ) -> ProductSessions:
        """Learn from the ids that each session opened, oldest session first.

        Args:
            sessions: those of one click are left out.
            settings: how.
            sources: a number of each session's visit; None: nobody's.

        Raises:
            CorpusError: too few sessions with two clicks.
        """
        number: dict[str, int] = {}
        numbered = [[number.setdefault(product, len(number)) for product in session] for session in sessions]
        model = SessionModel.fit(Sessions.of(numbered, len(number)), settings)
        if sources is None:
            return cls(model, list(number))
        lengths = [len(each) if len(each) > 1 else 0 for each in numbered]
        return cls(model, list(number), np.repeat(sources, lengths))

    def next(self, clicks: Iterable[str], k: int = 20) -> list[tuple[str, float]]:
        """The k likeliest next products and their probabilities among the candidates, best first."""
        return [(self.ids[item], probability) for item, probability in self.model.next(self._numbers(clicks), k)]

    def groups(self, clicks: Iterable[str], group_of: Mapping[str, str]) -> dict[str, float]:
        """Probability of the next product's group, e.g. its category, likeliest first; without one: left out."""
        known = {self._number[product]: group for product, group in group_of.items() if product in self._number}
        return self.model.groups(self._numbers(clicks), known)

    def vector(self, clicks: Iterable[str]) -> NDArray[np.float32]:
        """What the session is about, as a unit vector; zero without a known product."""
        return self.model.vector(self._numbers(clicks))

    def save(self, path: Path) -> None:
        """Keep it as one NumPy archive without pickled objects."""
        kept = {"ids": np.array(self.ids), "sources": self.sources, "forgotten": np.array(0)}
        write_arrays(path, {**self.model.arrays(), **kept})

    @classmethod
    def load(cls, path: Path) -> ProductSessions:
        """The model that `save` kept.

        Raises:
            ModelError: there is no such file, or it is no session model of products.
        """
        kept = read_arrays(path)
        if "ids" not in kept:
            raise ModelError(f"{path}: a session model without ids of products: load it as SessionModel")
        return cls(SessionModel.from_arrays(kept, path), kept["ids"].tolist(), kept.get("sources"))

    def _numbers(self, clicks: Iterable[str]) -> list[int]:
        return [self._number[product] for product in clicks if product in self._number]
