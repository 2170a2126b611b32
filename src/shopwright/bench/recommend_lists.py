"""The list that ships, over a sequence model alone: candidates, their unexpectedness, the order of `ordering`."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from shopwright.sequences.log import Ints
from shopwright.skills.recommend.ordering import Pool, order
from shopwright.skills.recommend.sequence.primitive import expected
from shopwright.skills.recommend.sequence.sequence_model import SequenceModel
from shopwright.skills.recommend.serendipity import unexpectedness

_CANDIDATES = 200


@dataclass(frozen=True, eq=False)
class Shelf:
    """A model, and the name of each item and of its group."""

    model: SequenceModel
    names: tuple[str, ...]
    groups: tuple[str, ...]

    @classmethod
    def of(cls, model: SequenceModel, groups_N: Ints) -> Shelf:
        """A shelf of items with numbers of groups, -1 where there is none."""
        names = tuple(map(str, range(len(groups_N))))
        return cls(model, names, tuple(str(group) if group >= 0 else "" for group in groups_N.tolist()))


def ordered(shelf: Shelf, history: Ints, adventure: float, limit: int) -> Ints:
    """The items that are recommended after a history, best first."""
    memory = shelf.model.memory
    items, shares = shelf.model.distribution(history)
    best = np.argsort(-shares, kind="stable")[:_CANDIDATES]
    items, relevance = items[best], shares[best]
    back = memory.known(history)
    wanted = _shares([shelf.groups[item] for item in back.tolist()])
    usual = expected(memory, back)
    vectors = memory.items.vectors
    likeness = (vectors[items] @ vectors[back].T).max(axis=1, initial=0.0)
    ranks = np.array([usual.get(item, np.nan) for item in items.tolist()], np.float64)
    groups = tuple(shelf.groups[item] for item in items.tolist())
    pool = Pool(
        ids=tuple(shelf.names[item] for item in items.tolist()),
        relevance=relevance / max(relevance.max(initial=0.0), 1e-12),
        unexpectedness=unexpectedness(ranks, likeness, [wanted.get(group, 0.0) for group in groups]),
        timeliness=np.ones(len(items)),
        vectors=vectors[items],
        groups=groups,
        shown=np.zeros(len(items), np.int64),
        age_days=np.full(len(items), np.nan),
    )
    return items[order(pool, wanted, limit, adventure).indices]


def _shares(groups: list[str]) -> dict[str, float]:
    known = [group for group in groups if group]
    return {group: known.count(group) / len(known) for group in set(known)}
