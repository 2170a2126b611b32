"""A merchant's rules applied to a ranking, after it was made and before the page is cut.

Boosts and buries change scores, then what is out of stock goes last, then pinned products go first; each step is stable
and none adds a product that the request's filters exclude. Conditions of a rule and of the request hold together on one
sellable item: a boost of what is in stock, within "red", wants the red one in stock.

Simplification: boosts act on the ranked candidates (the best thousand of each half), not on all that match.
"""

from __future__ import annotations

import logging
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from shopwright.errors import ConfigError
from shopwright.search.columns import AVAILABILITIES, Integers, Masks
from shopwright.search.commits import State
from shopwright.search.filters import Selection
from shopwright.search.ranking import Ranking
from shopwright.search.rules import Rule, Rules
from shopwright.types import Filter, Hit, Reason, SearchPage, SearchRequest

logger = logging.getLogger(__name__)

DEPTH = 1_000
"""Candidates of each half where a rule reorders, so that the pages of a list fit together."""
_OUT_OF_STOCK = AVAILABILITIES.index("out_of_stock")
_PREVIEWED = DEPTH // 2
_SAID = {"boost": "boosted by", "bury": "buried by", "pin": "pinned by"}


class Merchandiser:
    """Applies the rules that match one request. Make one a request and call `apply`.

    Args:
        rules: those that match, of `Rules.matching`.
        state: the index.
        selection: what the request's filters let through; None without filters.
        explain: whether to gather reasons.
    """

    def __init__(self, rules: Sequence[Rule], state: State, selection: Selection | None, explain: bool) -> None:
        self._rules, self._state, self._request_selection, self._explain = rules, state, selection, explain
        self._reasons: dict[int, list[Reason]] = defaultdict(list)

    def apply(self, ranking: Ranking) -> tuple[Ranking, Mapping[int, Sequence[Reason]]]:
        """The ranking in the order that the rules want, and by row what they did, in the order in which they did.

        No row is lost or doubled.
        """
        rows, scores = self._scored(ranking.rows, ranking.scores)
        for rule in self._rules:
            if rule.action == "in_stock_first":
                rows, scores = self._in_stock_first(rule, rows, scores)
        rows, scores = self._pinned(rows, scores)
        return replace(ranking, rows=rows, scores=scores, weighted=ranking.weighted[:0]), self._reasons

    def _scored(self, rows: Integers, scores: NDArray[np.float64]) -> tuple[Integers, NDArray[np.float64]]:
        """Boosts and buries. A list without scores is one whose scores fall evenly from 1 to 0."""
        changes = [rule for rule in self._rules if rule.action in ("boost", "bury")]
        if not changes or not len(rows):
            return rows, scores
        best = float(scores.max())
        if best <= 0:
            scores, best = 1 - np.arange(len(rows)) / len(rows), 1.0
        scores = scores.copy()
        for rule in changes:
            met = self._meant(rule, rows)
            change = best * rule.amount * (1 if rule.action == "boost" else -1)
            scores[met] += change
            self._note(rows[met], change, f"{_SAID[rule.action]} '{rule.name}'")
        order = np.argsort(-scores, kind="stable")
        return rows[order], scores[order]

    def _in_stock_first(
        self, rule: Rule, rows: Integers, scores: NDArray[np.float64]
    ) -> tuple[Integers, NDArray[np.float64]]:
        gone = self._out_of_stock(rows)
        behind = np.flatnonzero(gone)
        moved = behind[behind < np.flatnonzero(~gone).max(initial=-1)]
        self._note(rows[moved], 0.0, f"out of stock, put last by '{rule.name}'")
        order = np.argsort(gone, kind="stable")
        return rows[order], scores[order]

    def _pinned(self, rows: Integers, scores: NDArray[np.float64]) -> tuple[Integers, NDArray[np.float64]]:
        pinned: dict[int, None] = {}
        for rule in self._rules:
            if rule.action == "pin":
                wanted = self._rows(rule.ids)
                kept = wanted[self._meant(rule, wanted)]
                fresh = [row for row in kept.tolist() if row not in pinned]
                pinned.update(dict.fromkeys(fresh))
                self._note(fresh, 0.0, f"pinned by '{rule.name}'")
        if not pinned:
            return rows, scores
        first = np.array(list(pinned), np.int64)
        rest = ~np.isin(rows, first)
        known = dict(zip(rows[~rest].tolist(), scores[~rest].tolist(), strict=True))
        first_scores = np.array([known.get(row, 0.0) for row in pinned])
        return np.concatenate([first, rows[rest]]), np.concatenate([first_scores, scores[rest]])

    def _meant(self, rule: Rule, rows: Integers) -> Masks:
        """Which of the rows the rule is about, within what the request's filters let through."""
        columns, asked = self._state.columns, self._request_selection
        met = np.ones(len(rows), np.bool_)
        if rule.ids and rule.action != "pin":
            met &= np.isin(rows, self._rows(rule.ids))
        if rule.filters:
            passing = _selected(self._state, rule)
            both = passing.products if asked is None else columns.any_offer(passing.offers & asked.offers)
            met &= both[rows]
        elif asked is not None:
            met &= asked.products[rows]
        return met

    def _rows(self, ids: Sequence[str]) -> Integers:
        """The rows of the products with these ids, in their order; unknown ones are left out."""
        columns = self._state.columns
        found = columns.rows(self._state.lexical.keys(ids))
        rows = {columns.id[row]: row for row in found.tolist() if row >= 0}
        return np.array([rows[each] for each in ids if each in rows], np.int64)

    def _out_of_stock(self, rows: Integers) -> Masks:
        """Which products have no offer that passes and is anything but out of stock."""
        columns = self._state.columns
        there = columns.availability != _OUT_OF_STOCK
        if self._request_selection is not None:
            there &= self._request_selection.offers
        gone: Masks = ~columns.any_offer(there)[rows]
        return gone

    def _note(self, rows: Iterable[int], value: float, note: str) -> None:
        if self._explain:
            for row in rows:
                self._reasons[int(row)].append(Reason("rule", value, note))


def reorders(rules: Sequence[Rule]) -> bool:
    """Whether a rule moves more than single products to the top, so that a list must be ranked deeper."""
    return any(rule.action != "pin" for rule in rules)


# ── looking at rules before they are in force ──


@dataclass(frozen=True, slots=True)
class Preview:
    """The first results of a query without rules and with them.

    Args:
        before, after: hits with `Hit.why` set by the rules.
        ranks: 1-based rank of each product without rules, as far as it was looked at.
    """

    before: tuple[Hit, ...]
    after: tuple[Hit, ...]
    ranks: Mapping[str, int] = field(default_factory=dict)


class Search(Protocol):
    """`EmbeddedIndex.search`, as far as a preview needs it."""

    def __call__(self, request: SearchRequest, *, rules: Rules | None = None) -> SearchPage:
        """A page under these rules."""
        ...


def preview(search: Search, query: str, rules: Rules, limit: int = 20) -> Preview:
    """What the rules would do to a query's first results. Both lists are ranked equally deep: only rules differ."""
    request = SearchRequest(query, limit=_PREVIEWED, explain=True)
    before, after = (search(request, rules=each).hits for each in (Rules(), rules))
    ranks = {hit.id: rank for rank, hit in enumerate(before, 1)}
    return Preview(before[:limit], after[:limit], ranks)


def doubts(search: Search, rules: Rules, known: Callable[[Sequence[str]], Iterable[str]]) -> list[str]:
    """What is allowed and yet looks wrong about rules in this shop: ids of no product, filters that nothing meets.

    Args:
        search: of the index.
        rules: to look at.
        known: those of some ids that are the shop's.
    """
    said = []
    for number, rule in enumerate(rules, 1):
        where = f"rule {number} ({rule.name!r})"
        there = set(known(rule.ids)) if rule.ids else set()
        said += [f"{where}: no product has the id {each!r}" for each in rule.ids if each not in there]
        try:
            if rule.filters and not _found(search, rule.filters):
                said.append(f"{where}: no product meets its filters now")
        except ConfigError as error:
            said.append(f"{where}: {error}; it does nothing")
    return said


def _found(search: Search, filters: tuple[Filter, ...]) -> int:
    return search(SearchRequest(filters=filters, limit=0), rules=Rules()).total


def _selected(state: State, rule: Rule) -> Selection:
    """What meets a rule's filters; nothing, with one warning, when they do not fit the catalogue."""
    try:
        return state.selected(rule.filters)
    except ConfigError as error:  # a unit that this catalogue does not know
        _warn(rule.name, str(error))
        return Selection(np.zeros(state.columns.products, np.bool_), np.zeros(state.columns.offers, np.bool_))


@lru_cache(256)
def _warn(name: str, reason: str) -> None:
    logger.warning("rule %r does nothing: %s", name, reason)
