"""From a strategy and the sub-goals to a graph of tool calls: the rules that plan the shop's own turns.

Simplification: a graph is written out for each strategy. Which turns `planner` plans instead says `assistant.planning`.
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
            steps = [*_search(goals), *_together(need, goals)]
        case Strategy.BROWSE:
            whole = {**_query(need, SHOWN), "query": "", "kind": ""}
            steps = [Step("s1", "search", whole)]
        case Strategy.RECOMMEND:
            steps = _recommend(need, goals)
        case Strategy.BUNDLE:
            steps = _bundle(need, goals)
        case Strategy.COMPARE:
            steps = _compare(need, goals)
        case Strategy.ANSWER:
            steps = [*_answer(need), *(_search(goals) if goals and goals[0] is not need else [])]
        case Strategy.SERVE:
            steps = _cart(need)
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
    guides = Step("guides", "documents", {"query": need.text, "kinds": ["guide"], "limit": 1})
    return [*steps, guides, *_together(need, goals)]


def _bundle(need: Need, goals: Sequence[Need]) -> list[Step]:
    """The best choice of one of each, with its sum; of a single thing there is nothing to bundle."""
    if len(goals) < 2:
        return _recommend(need, goals)
    steps = [Step(f"s{i}", "recommend", _query(goal, _EACH)) for i, goal in enumerate(goals, 1)]
    limit = {"budget": float(need.budget.amount)} if need.budget else {}
    return [*steps, Step("b1", "basket", {"groups": [Ref(step.id, "ids") for step in steps], **limit})]


def _together(need: Need, goals: Sequence[Need]) -> list[Step]:
    """One of each under the budget, where several things are for oneself; of presents, one is enough."""
    if len(goals) < 2 or need.budget is None or need.recipient or need.occasion:
        return []
    groups = [Ref(f"s{i}", "ids") for i in range(1, len(goals) + 1)]
    return [Step("b1", "basket", {"groups": groups, "budget": float(need.budget.amount)})]


def _compare(need: Need, goals: Sequence[Need]) -> list[Step]:
    """What was pointed at, the best of each side of a choice, or the best that a search finds."""
    if len(need.references) > 1 or not need.goal:
        return [Step("c1", "compare", {"ids": list(need.references[:4])})]
    if len(goals) < 2:
        return [Step("s1", "search", _query(need, _EACH)), Step("c1", "compare", {"ids": Ref("s1", "ids")})]
    best = [Step(f"s{i}", "search", _query(goal, 1)) for i, goal in enumerate(goals, 1)]
    return [*best, Step("c1", "compare", {"ids": [Ref(step.id, "ids.0") for step in best]})]


def _cart(need: Need) -> list[Step]:
    if "cart:show" in need.asks:
        return [Step("cart", "cart_show")]
    if not need.references:
        return []
    ids = list(need.references)
    if "cart:remove" in need.asks:
        return [Step("cart", "cart_remove", {"ids": ids})]
    counts = {"quantities": [need.quantity] * len(ids)} if need.quantity else {}
    return [Step("cart", "cart_add", {"ids": ids, **counts})]


def _sum(need: Need) -> list[Step]:
    """What things cost together, and with delivery to the country that was named."""
    ids = list(need.references)
    voucher = {"voucher": asdict(need.voucher)} if need.voucher else {}
    steps = [Step("t1", "price", {"ids": ids, **voucher})]
    country = next((ask.partition(":")[2] for ask in need.asks if ask.startswith("delivery:")), None)
    if country:
        steps.append(Step("t2", "delivery", {"ids": ids, "country": country, "total": Ref("t1", "total.amount")}))
    return steps


def _answer(need: Need) -> list[Step]:
    if "factors" in need.asks and need.goal and not need.references:
        return [Step("f1", "factors", {"kind": need.product_type or need.goal})]
    if need.references and any(ask == "total" or ask.startswith("delivery:") for ask in need.asks):
        return _sum(need)
    if need.references and "image" in need.asks:
        return [Step("i1", "image", {"id": need.references[0]})]
    if need.references and "substitute" in need.asks:
        return [Step("s1", "substitute", {"id": need.references[0], "limit": SHOWN})]
    if need.references and "compatible" in need.asks:
        return [Step("s1", "compatible", {"id": need.references[0], "kind": need.product_type})]
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
