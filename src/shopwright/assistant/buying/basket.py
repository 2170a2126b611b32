"""The best basket under a budget: one product of each group, exactly, by mixed-integer programming (HiGHS).

    maximise    sum of worth(i) x(i)
    subject to  one x(i) of each group, sum of price(i) quantity(g) x(i) <= budget, x binary

Amounts are counted in cents, so that the solver's sum is the shop's sum. Where no choice of one product of each group
fits the budget, the basket that costs least is given and `Basket.over` says by how much it misses.

Not here: several pieces of one group that differ, discounts that depend on the sum.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from shopwright.errors import ToolError
from shopwright.types import Money

_CENTS = 100
_THRIFT = 1e-3
"""What the dearest of the candidates loses of its worth, so that of equals the cheapest is taken."""
_MOST = 2_000
"""Candidates over all groups."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """A product that may go into a basket: its price now and how well it fits its part, 0 to 1."""

    id: str
    price: Money
    worth: float = 1.0


@dataclass(frozen=True, slots=True)
class Basket:
    """A choice of one product of each group.

    Args:
        ids: in the order of the groups.
        total: with the quantities.
        over: how much it costs more than the budget; zero where it fits.
    """

    ids: tuple[str, ...]
    quantities: tuple[int, ...]
    total: Money
    over: Money

    @property
    def fits(self) -> bool:
        """Whether the budget is kept."""
        return self.over.amount == 0


def best_basket(
    groups: Sequence[Sequence[Candidate]], budget: Money | None = None, quantities: Sequence[int] = ()
) -> Basket:
    """The basket of the most worth that the budget allows, of these the cheapest; else the cheapest there is.

    Args:
        quantities: how many of each group; one where it says nothing.

    Raises:
        ToolError: no groups, an empty one, prices in several currencies, or a quantity under 1.
    """
    if not groups or not all(groups):
        raise ToolError("basket: every group needs a product to choose from; leave a group out that has none")
    if sum(map(len, groups)) > _MOST:
        raise ToolError(f"basket: {sum(map(len, groups)):,} products to choose from; give at most {_MOST:,}")
    counts = [*quantities, *[1] * (len(groups) - len(quantities))]
    if len(counts) > len(groups) or min(counts) < 1:
        raise ToolError(f"basket: quantities {list(quantities)} for {len(groups)} groups; give one from 1 for each")
    currencies = {each.price.currency for group in groups for each in group} | ({budget.currency} if budget else set())
    if len(currencies) > 1:
        raise ToolError(f"basket: prices in {', '.join(sorted(currencies))}; compare those of one currency")
    cheapest = [min(group, key=lambda each: each.price.amount) for group in groups]
    possible = budget is None or _cost(cheapest, counts) <= budget.amount
    picked = _solve(groups, counts, budget) if possible else cheapest
    total = _cost(picked, counts)
    over = max(total - budget.amount, Decimal(0)) if budget else Decimal(0)
    currency = currencies.pop()
    return Basket(tuple(each.id for each in picked), tuple(counts), Money(total, currency), Money(over, currency))


def _cost(picked: Sequence[Candidate], counts: Sequence[int]) -> Decimal:
    return sum((each.price.amount * count for each, count in zip(picked, counts, strict=True)), Decimal(0))


def _solve(groups: Sequence[Sequence[Candidate]], counts: Sequence[int], budget: Money | None) -> list[Candidate]:
    import highspy

    solver = highspy.Highs()
    solver.setOptionValue("output_flag", False)
    solver.setOptionValue("threads", 1)
    solver.setOptionValue("mip_rel_gap", 0.0)
    cents = [
        [int(each.price.amount * _CENTS) * count for each in group] for group, count in zip(groups, counts, strict=True)
    ]
    dearest = sum(max(group) for group in cents) or 1
    picks = [[solver.addBinary() for _ in group] for group in groups]
    for row in picks:
        solver.addConstr(sum(row) == 1)
    flat = [pick for row in picks for pick in row]
    costs = [cost for row in cents for cost in row]
    if budget is not None:
        spent = sum(cost * pick for cost, pick in zip(costs, flat, strict=True))
        solver.addConstr(spent <= int(budget.amount * _CENTS))
    worths = (each.worth for group in groups for each in group)
    gains = [worth - _THRIFT * cost / dearest for worth, cost in zip(worths, costs, strict=True)]
    solver.maximize(sum(gain * pick for gain, pick in zip(gains, flat, strict=True)))
    values = solver.getSolution().col_value
    chosen = [max((values[pick.index], place) for place, pick in enumerate(row))[1] for row in picks]
    return [group[place] for group, place in zip(groups, chosen, strict=True)]
