"""The lists of one request: candidates sorted out, made into a pool for each purpose, and put in order.

A product that several sources propose is relevant if any of them is right; the strongest one gives the reason. What
cannot be bought, is in the basket, was bought, is on the page already or shall never be shown is not in any pool, and
no kind of product fills one.
"""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import zip_longest

import numpy as np

from shopwright.assistant.recommending.goods import Floats
from shopwright.assistant.recommending.reasons import chain, reason
from shopwright.assistant.recommending.sources import Proposed, Sources
from shopwright.models.protocols import Vectors
from shopwright.skills.recommend.ordering import Pool, order
from shopwright.skills.recommend.serendipity import timeliness, unexpectedness
from shopwright.types import CandidateSource, Purpose, Recommendation

_EACH = 2
"""Candidates of one narrowest category in a pool, unless there are too few categories to fill the list."""
_POOL = 250
"""Candidates of a pool at most, the most relevant."""
_LIKE = 20
"""Latest products of a history that candidates are compared with."""
_NOTHING_KNOWN = "Nothing is known of this shopper, nor of what others do here: what suits the season or is best rated."
_NOTHING_LEFT = "Nothing sensible is left to recommend here."


@dataclass(frozen=True, slots=True)
class _Picked:
    """A candidate with a place in a list."""

    proposed: Proposed
    row: int
    relevance: float
    unexpectedness: float
    timeliness: float
    score: float


class Lists:
    """Makes the lists of one request.

    Args:
        sources: of candidates.
        adventure: how the dial stands.
        limit: how many are wanted.
    """

    def __init__(self, sources: Sources, adventure: float, limit: int) -> None:
        self._sources, self._adventure, self._limit = sources, adventure, limit
        self._goods, self._known = sources.goods, sources.known
        self._history = self._goods.rows(self._known.history)

    def items(self, purposes: Sequence[Purpose]) -> tuple[tuple[Recommendation, ...], list[str]]:
        """The recommendations for these purposes in turns, and what is to be known of them."""
        lists = [self._list(purpose, self._sources.proposed(purpose)) for purpose in purposes]
        found = _in_turns(lists)
        if "for_you" in purposes and (not found or (self._sources.place == "home" and len(found) < self._limit)):
            found = _in_turns([[*found, *self._list("for_you", self._sources.rated("for_you"))]])
            found = found or self._list("for_you", self._sources.rated("for_you"), again=True)
        notes = [_NOTHING_KNOWN] if self._sources.blank and found else [] if found else [_NOTHING_LEFT]
        return self._reasoned(found[: self._limit]), notes

    def _list(self, purpose: Purpose, proposed: Iterable[Proposed], *, again: bool = False) -> list[_Picked]:
        """The candidates for one purpose in order; with `again` also what was looked at already."""
        known = self._known
        hidden = (known.product or "", *known.basket, *known.bought)
        merged = self._merged(proposed, hidden if again or purpose != "for_you" else (*hidden, *known.seen))
        rows = self._varied(purpose, sorted(merged, key=lambda row: (-merged[row].relevance, row)))[:_POOL]
        if not rows:
            return []
        adventure = 0.0 if purpose == "instead" else self._adventure
        wanted = {} if purpose in ("instead", "goes_with") else self._shares
        pool = self._pool(purpose, rows, [merged[row] for row in rows])
        ordered = order(pool, wanted, self._limit, adventure)
        return [
            _Picked(
                merged[rows[place]].strongest,
                rows[place],
                float(pool.relevance[place]),
                float(pool.unexpectedness[place]),
                float(pool.timeliness[place]),
                float(score),
            )
            for place, score in zip(ordered.indices.tolist(), ordered.scores.tolist(), strict=True)
        ]

    def _merged(self, proposed: Iterable[Proposed], hidden: Sequence[str]) -> dict[int, _Merged]:
        """The candidates that may be shown by row, each with the word of every source on it."""
        out = set(self._goods.rows(hidden).tolist())
        found: defaultdict[int, dict[CandidateSource, Proposed]] = defaultdict(dict)
        for one in proposed:
            row, source = self._goods.row(one.candidate.id), one.candidate.source
            if row in out or not self._sources.may(row):
                continue
            if source not in found[row] or one.strength > found[row][source].strength:
                found[row][source] = one
        return {row: _Merged.of(list(words.values())) for row, words in found.items()}

    def _varied(self, purpose: Purpose, rows: Sequence[int]) -> list[int]:
        """The best rows of each narrowest category; in place of a product all."""
        if purpose == "instead":
            return list(rows)
        groups = {row: self._goods.group(row) for row in rows}
        each = max(_EACH, math.ceil(self._limit / max(len({*groups.values()}), 1)))
        taken: Counter[str] = Counter()
        kept = []
        for row in rows:
            taken[groups[row]] += 1
            if taken[groups[row]] <= each or not groups[row]:
                kept.append(row)
        return kept

    def _pool(self, purpose: Purpose, rows: Sequence[int], merged: Sequence[_Merged]) -> Pool:
        """The candidates as arrays."""
        places = np.array(rows, np.int64)
        kinds = tuple(self._goods.group(row) for row in rows)
        departments = tuple(self._goods.department(row) for row in rows)
        ids = tuple(self._goods.id(row) for row in rows)
        vectors_ND = self._goods.vectors(places)
        shown = self._known.shown
        return Pool(
            ids=ids,
            relevance=np.array([one.relevance for one in merged]),
            unexpectedness=self._unexpected(ids, departments, vectors_ND, merged),
            timeliness=np.ones(len(rows)) if purpose == "instead" else self._timely(kinds, merged),
            vectors=vectors_ND,
            groups=departments,
            shown=np.array([shown.get(each, 0) for each in ids], np.int64),
            age_days=self._goods.ages(places, self._sources.today),
        )

    def _unexpected(
        self, ids: Sequence[str], departments: Sequence[str], vectors_ND: Vectors, merged: Sequence[_Merged]
    ) -> Floats:
        """How unexpected candidates are; where common sense says how few would think of one, that counts half."""
        ranks = self._primitive
        likeness_N = np.zeros(len(ids))
        if len(self._history):
            likeness_N = (vectors_ND @ self._goods.vectors(self._history[-_LIKE:]).T).max(axis=1).astype(np.float64)
            likeness_N[~vectors_ND.any(axis=1)] = np.nan
        shares = [self._shares.get(department, 0.0) for department in departments]
        measured_N = unexpectedness([ranks.get(each) for each in ids], likeness_N, shares)
        thought_N = np.array([math.nan if one.surprise is None else one.surprise for one in merged])
        return np.where(np.isnan(thought_N), measured_N, (measured_N + thought_N) / 2)

    def _timely(self, groups: Sequence[str], merged: Sequence[_Merged]) -> Floats:
        """How well candidates fit this moment: not so soon after one of their kind was bought."""
        owned = self._owned
        last = [min(owned[group]) if group in owned else None for group in groups]
        between = [_interval(owned.get(group, ())) for group in groups]
        idle = [self._known.idle_days.get(one.strongest.candidate.origin) for one in merged]
        return timeliness([None] * len(groups), last, between, idle)

    @cached_property
    def _primitive(self) -> Mapping[str, int]:
        return self._sources.primitive()

    @cached_property
    def _shares(self) -> Mapping[str, float]:
        """Share of each department in the history: a narrow category is new to nearly everybody."""
        counts = Counter(name for row in self._history.tolist() if (name := self._goods.department(row)))
        return {name: count / counts.total() for name, count in counts.items()}

    @cached_property
    def _owned(self) -> Mapping[str, Sequence[float]]:
        """How many days ago something of each narrowest category was bought, where that is known."""
        found: defaultdict[str, list[float]] = defaultdict(list)
        for each, days in self._known.bought_days.items():
            if group := self._goods.group(self._goods.row(each)):
                found[group].append(days)
        return found

    def _reasoned(self, picked: Sequence[_Picked]) -> tuple[Recommendation, ...]:
        """The recommendations; a product that went meanwhile is left out."""
        goods = self._goods
        ids = {goods.id(one.row) for one in picked} | {one.proposed.candidate.origin for one in picked} - {""}
        products = goods.products(sorted(ids))
        return tuple(
            Recommendation(
                product.id,
                one.proposed.candidate.purpose,
                one.proposed.candidate.source,
                reason(one.proposed, product, origin, self._known),
                chain(one.proposed, product, origin),
                one.relevance,
                one.unexpectedness,
                one.timeliness,
                one.score,
            )
            for one in picked
            if (product := products.get(goods.id(one.row)))
            for origin in (products.get(one.proposed.candidate.origin),)
        )


@dataclass(frozen=True, slots=True)
class _Merged:
    """What several sources say of a candidate.

    Args:
        strongest: the strongest word of those that tell why, or else of all.
        relevance: the chance that any of them is right.
        surprise: how few would have thought of it, where somebody says.
    """

    strongest: Proposed
    relevance: float
    surprise: float | None

    @classmethod
    def of(cls, words: Sequence[Proposed]) -> _Merged:
        """One word of each source."""
        wrong = math.prod(1.0 - one.strength for one in words)
        surprise = next((one.grounds.surprise for one in words if one.grounds.surprise is not None), None)
        return cls(max(words, key=lambda one: (one.telling, one.strength)), 1.0 - wrong, surprise)


def _in_turns(lists: Iterable[Sequence[_Picked]]) -> list[_Picked]:
    """One of each list, then the next of each; a product once."""
    taken: dict[int, _Picked] = {}
    for turn in zip_longest(*lists):
        for one in turn:
            if one is not None:
                taken.setdefault(one.row, one)
    return list(taken.values())


def _interval(days: Sequence[float]) -> float | None:
    """The mean time between purchases of a kind; None where it was not bought twice, as durables are not."""
    return (max(days) - min(days)) / (len(days) - 1) if len(days) > 1 and max(days) > min(days) else None
