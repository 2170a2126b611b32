"""Which variant a customer gets for what they wish, given what they have.

What must hold filters; then superlatives in the order in which they were said, preferences, as many options as now,
the smallest step, and the lower price decide. Sold-out variants are never offered.
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from shopwright.assistant.desk.options import Schema, schema
from shopwright.assistant.desk.plain import words
from shopwright.assistant.desk.records import Line, Variant
from shopwright.assistant.desk.wishes import Wish


def fitting(
    line: Line, variants: Sequence[Variant], wishes: Sequence[Wish], ceiling: Decimal | None = None
) -> list[Variant]:
    """Available variants that fulfil the wishes, the best first; never the very item.

    Args:
        ceiling: a price that must not be reached ("only if it is cheaper than what I paid").
    """
    options = schema(variants)
    hard = [wish for wish in wishes if not wish.weight]
    changes = [wish for wish in hard if wish.op not in ("same", "free")]
    pool = [
        variant
        for variant in variants
        if variant.available
        and variant.item != line.item
        and (ceiling is None or variant.price < ceiling)
        and all(_holds(wish, variant, line, options, changes) for wish in hard)
    ]
    return sorted(pool, key=lambda variant: _order(variant, line, wishes, options))


def _holds(wish: Wish, variant: Variant, line: Line, options: Schema, changes: Sequence[Wish]) -> bool:
    """Whether a variant fulfils a wish; superlatives and "free" exclude nothing."""
    has = variant.options.get(wish.key, "")
    match wish.op:
        case "is":
            return words(has) in {words(value) for value in wish.values}
        case "not":
            return has not in wish.values
        case "same":
            keys = [wish.key] if wish.key else _untouched(options, changes)
            return all(variant.options.get(key) == line.options.get(key) for key in keys)
        case "more" | "less" | "plus":
            now, then = _rank(wish.key, line, options), _rank(wish.key, variant, options)
            if now is None or then is None:
                return False
            if wish.op == "plus":
                return abs(then - now - wish.number) < 1e-6
            return then > now if wish.op == "more" else then < now
        case "from" | "to":
            ranks = options.ranks.get(wish.key, {})
            if has not in ranks or wish.values[0] not in ranks:
                return False
            return ranks[has] >= ranks[wish.values[0]] if wish.op == "from" else ranks[has] <= ranks[wish.values[0]]
        case _:
            return True


def _untouched(options: Schema, changes: Sequence[Wish]) -> list[str]:
    """Options that no wish speaks of."""
    return [key for key in options.cues if all(wish.key != key for wish in changes)]


def _rank(key: str, piece: Line | Variant, options: Schema) -> float | None:
    if key == "price":
        return float(piece.price)
    return options.ranks.get(key, {}).get(piece.options.get(key, ""))


def _order(variant: Variant, line: Line, wishes: Sequence[Wish], options: Schema) -> tuple[float, ...]:
    """Sort key: smaller is better."""
    extremes: list[float] = []
    steps = 0.0
    free = {wish.key for wish in wishes if wish.op == "free"}
    for wish in wishes:
        rank = _rank(wish.key, variant, options) or 0.0
        if wish.op in ("most", "least"):
            extremes.append(-rank if wish.op == "most" else rank)
        elif wish.op in ("more", "less") and wish.key != "price":
            steps += abs(rank - (_rank(wish.key, line, options) or 0.0))
    soft = sorted((wish for wish in wishes if wish.weight), key=lambda wish: -wish.weight)
    liked = [0.0 if _holds(wish, variant, line, options, ()) else 1.0 for wish in soft]
    extremes += [0.0] * (6 - len(extremes))
    liked = _by_option(soft, liked)
    kept = sum(
        variant.options.get(key) == value for key, value in line.options.items() if key not in free and "" not in free
    )
    return (*extremes[:6], *liked, -float(kept), steps, float(variant.price))


def _by_option(soft: Sequence[Wish], liked: Sequence[float]) -> list[float]:
    """Misses in eight places: alternatives for one option ("battery > usb > ac") count as one, by their rank."""
    places: dict[str, list[float]] = {}
    for wish, miss in zip(soft, liked, strict=True):
        places.setdefault(wish.key, []).append(miss)
    found = [float(misses.index(0.0)) if 0.0 in misses else float(len(misses)) for misses in places.values()]
    return (found + [0.0] * 8)[:8]
