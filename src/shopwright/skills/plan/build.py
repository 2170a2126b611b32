"""From a strategy and the sub-goals to a graph of tool calls.

Simplification: the graphs are written out per strategy; a learned planner replaces `build` under the same signature.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from shopwright.types import Filter, Need, Plan, Ref, Step, Strategy

_REACH = "How can I reach customer service: phone number, e-mail, opening hours?"
SHOWN, _EACH = 6, 3
"""Products shown for one goal, and for each of several."""


def build(strategy: Strategy, need: Need, goals: Sequence[Need]) -> Plan:
    """The plan for a turn; an empty one when no tool is needed."""
    match strategy:
        case Strategy.SEARCH:
            steps = _search(goals)
        case Strategy.BROWSE:
            whole = {**_query(need, SHOWN), "query": "", "kind": ""}
            steps = [Step("s1", "search", whole)]
        case Strategy.RECOMMEND:
            steps = _recommend(need, goals)
        case Strategy.COMPARE:
            steps = _compare(need)
        case Strategy.ANSWER:
            steps = [*_answer(need), *(_search(goals) if goals and goals[0] is not need else [])]
        case Strategy.HAND_OVER:
            query = _REACH if "contact" in need.asks else need.text
            steps = [Step("p1", "documents", {"query": query, "limit": 6})]
        case _:
            steps = []
    return Plan(tuple(steps))


def _search(goals: Sequence[Need]) -> list[Step]:
    limit = SHOWN if len(goals) == 1 else _EACH
    return [Step(f"s{i}", "search", _query(goal, limit)) for i, goal in enumerate(goals, 1)]


def _recommend(need: Need, goals: Sequence[Need]) -> list[Step]:
    limit = SHOWN if len(goals) == 1 else _EACH
    steps = [Step(f"s{i}", "recommend", _query(goal, limit)) for i, goal in enumerate(goals, 1)]
    return [*steps, Step("guides", "documents", {"query": need.text, "kinds": ["guide"], "limit": 1})]


def _compare(need: Need) -> list[Step]:
    if len(need.references) > 1 or not need.goal:
        return [Step("c1", "compare", {"ids": list(need.references[:4])})]
    return [Step("s1", "search", _query(need, _EACH)), Step("c1", "compare", {"ids": Ref("s1", "ids")})]


def _answer(need: Need) -> list[Step]:
    if need.references:
        return _about(need)
    if need.aggregates:
        wanted = {key: value for key, value in _query(need, SHOWN).items() if key != "sort"}
        return [Step(f"f{i}", "facts", {"measure": ask, **wanted}) for i, ask in enumerate(need.aggregates[:_EACH], 1)]
    return [Step("p1", "documents", {"query": need.text, "limit": 6})]


def _about(need: Need) -> list[Step]:
    ids = list(need.references[:4])
    steps = [Step("d1", "lookup", {"ids": ids})]
    if "reviews" in need.asks or "question" in need.asks or any(ask.startswith("attr:") for ask in need.asks):
        steps += [Step(f"r{i}", "reviews", {"id": key, "question": need.text}) for i, key in enumerate(ids[:2], 1)]
    if "question" in need.asks:
        steps.append(Step("p1", "documents", {"query": need.text, "limit": 2}))
    return steps


def _query(need: Need, limit: int) -> dict[str, Any]:
    return {
        "query": need.goal,
        "kind": need.product_type,
        "filters": [filter_record(wanted) for wanted in need.filters],
        "without": list(need.negations),
        "sort": need.sort or "relevance",
        "limit": limit,
    }


def filter_record(wanted: Filter) -> dict[str, Any]:
    """A filter as a plain record, without its empty fields."""
    return {key: value for key, value in asdict(wanted).items() if value not in (None, ())}
