"""The gate of a model of behaviour: it must find what later visits went on to, better than counting does.

Every model is asked the same questions (`visits.questions`) and lists its first `K` products. Recall is the share of
the questions whose answer is listed; nDCG counts an answer by 1 / log2(1 + its place). A visit counts once, with the
mean of its questions; gains are paired by visit, their intervals a bootstrap over visits (Efron, 1979). The new model
passes when its recall is above that of item-kNN and of popularity for sure, and not below the present model's by more
than a margin. Where it is above the present model's for sure, as after a change of what is in demand, it is enough that
it is not below that of counting for sure. The present model is asked only about visits that it was not learned from.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from shopwright.offpolicy import Estimate
from shopwright.sequences.log import Floats, Ints
from shopwright.skills.recommend.sequence.behaviour import Behaviour
from shopwright.skills.recommend.sequence.memory import Memory, best_of
from shopwright.skills.recommend.sequence.primitive import item_knn
from shopwright.train.recommend.visits import Question

K = 10
LEAST = 50
"""Visits on which two models can be compared."""
MOST_ASKED = 2_000
"""Visits that are asked about, drawn from those that were held out."""
List = Callable[[Sequence[str]], Sequence[str]]


@dataclass(frozen=True, slots=True)
class Measure:
    """What two models find of the same visits: the other one, the new one, and the gain with its interval's ends."""

    other: float
    new: float
    gain: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Compared:
    """A model beside the new one: its name, the visits that both were asked about, recall and nDCG at `K`."""

    name: str
    visits: int
    recall: Measure
    ndcg: Measure


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether a model may replace what runs.

    Args:
        promoted: whether it may.
        reasons: why not; empty when it may.
        compared: with what, and how it went.
        notes: what could not be compared.
    """

    promoted: bool
    reasons: tuple[str, ...]
    compared: tuple[Compared, ...]
    notes: tuple[str, ...] = ()


def judge(
    model: Behaviour,
    present: Behaviour | None,
    asked: Sequence[Question],
    *,
    level: float = 0.95,
    margin: float = 0.02,
    seed: int = 0,
) -> Verdict:
    """Compare a model with counting, and with the present one.

    Args:
        model: that was not learned from these visits.
        present: that runs now, if one does.
        asked: questions of visits that were held out.
        level: of the intervals.
        margin: recall that it may lose against the present one, at the lower end of the interval.
        seed: of the draw of visits, and of the bootstrap.
    """
    asked = drawn_from(asked, seed)
    sources = np.array([one.visit for one in asked], np.uint64)
    places = places_of(_by_model(model), asked)
    rivals = (("item-kNN", _by_counts(model)), ("popularity", _by_popularity(model)))
    compared = [comparison(name, places, places_of(listed, asked), sources, level, seed) for name, listed in rivals]
    reasons = [] if _enough(sources) else [f"{_count(sources)} visits were held out: {LEAST} are needed"]
    notes, before = [], None
    if present is not None:
        fresh = ~np.isin(sources, present.sources)
        if _enough(sources[fresh]):
            own = places_of(_by_model(present), [one for one, new in zip(asked, fresh, strict=True) if new])
            before = comparison("the present model", places[fresh], own, sources[fresh], level, seed)
        else:
            notes.append(
                f"the present model was learned from all but {_count(sources[fresh])} of the visits that were held "
                "out: it cannot be compared on them"
            )
    reasons += [
        f"recall@{K} is not above that of {one.name} for sure: {told(one.recall)}"
        for one in compared
        if not (one.recall.low > 0 or (before and before.recall.low > 0 and one.recall.high >= 0))
    ]
    if before and not before.recall.low > -margin:
        reasons.append(f"recall@{K} may be below the present model's by more than {margin:g}: {told(before.recall)}")
    return Verdict(not reasons, tuple(reasons), (*compared, *([before] if before else [])), tuple(notes))


def told(found: Measure) -> str:
    """A gain and its interval in words."""
    return f"{found.gain:+.4f}, {found.low:+.4f} to {found.high:+.4f}"


def _count(sources: NDArray[np.uint64]) -> int:
    return len(np.unique(sources))


def _enough(sources: NDArray[np.uint64]) -> bool:
    return _count(sources) >= LEAST


def drawn_from(asked: Sequence[Question], seed: int) -> list[Question]:
    """The questions of at most `MOST_ASKED` visits."""
    visits = list(dict.fromkeys(one.visit for one in asked))
    order = np.random.default_rng(seed).permutation(len(visits))[:MOST_ASKED]
    drawn = {visits[place] for place in order.tolist()}
    return [one for one in asked if one.visit in drawn]


def places_of(listed: List, asked: Sequence[Question]) -> Ints:
    """The place of each answer in the first `K`, from 1; 0 where it is not among them."""
    found = np.zeros(len(asked), np.int64)
    for number, one in enumerate(asked):
        first = list(listed(one.history))[:K]
        found[number] = first.index(one.goal) + 1 if one.goal in first else 0
    return found


def _by_model(behaviour: Behaviour) -> List:
    return lambda history: [one.id for one in behaviour.scored(history, K)]


def _by_counts(behaviour: Behaviour) -> List:
    """What followed most often, and the popular where nothing did."""
    memory = behaviour.model.memory

    def listed(history: Sequence[str]) -> list[str]:
        back = behaviour.numbers(history)
        near = best_of(item_knn(memory, back), K).tolist() if len(back) else []
        return [behaviour.ids[item] for item in dict.fromkeys([*near, *_popular(memory, back)])]

    return listed


def _by_popularity(behaviour: Behaviour) -> List:
    memory = behaviour.model.memory
    return lambda history: [behaviour.ids[item] for item in _popular(memory, behaviour.numbers(history))]


def _popular(memory: Memory, back: Ints) -> list[int]:
    best = memory.best_selling[: K + len(back)]
    return [int(item) for item in best[~np.isin(best, back)]]


def comparison(name: str, new: Ints, other: Ints, sources: NDArray[np.uint64], level: float, seed: int) -> Compared:
    """Two models by the places of their answers, paired by visit."""
    pairs = zip(_scores(other, sources), _scores(new, sources), strict=True)
    recall, ndcg = (_measure(theirs, mine, level, seed) for theirs, mine in pairs)
    return Compared(name, len(np.unique(sources)), recall, ndcg)


def _scores(places: Ints, sources: NDArray[np.uint64]) -> tuple[Floats, Floats]:
    """Recall and nDCG of each visit, the mean over its questions."""
    _, visit = np.unique(sources, return_inverse=True)
    count = np.bincount(visit)
    discounted = np.where(places > 0, 1 / np.log2(1 + np.maximum(places, 1)), 0.0)
    return np.bincount(visit, weights=places > 0) / count, np.bincount(visit, weights=discounted) / count


def _measure(other: Floats, new: Floats, level: float, seed: int) -> Measure:
    if len(other) < 2:
        return Measure(0.0, 0.0, 0.0, -1.0, 1.0)
    terms = new - other
    estimate = Estimate("paired", float(terms.mean()), float(len(terms)), terms)
    ends = estimate.bootstrap(level, seed=seed)
    return Measure(float(other.mean()), float(new.mean()), estimate.value, *ends)
