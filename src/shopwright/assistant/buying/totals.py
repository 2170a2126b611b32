"""What goods cost together: the prices charged now, times how many, less a voucher as the shopper tells its rules."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from shopwright.catalog.offers import offer
from shopwright.errors import ToolError
from shopwright.types import Money, Product, Voucher

_CENT = Decimal("0.01")


@dataclass(frozen=True, slots=True)
class Line:
    """Some pieces of one item."""

    product: Product
    quantity: int = 1
    variant_id: str | None = None

    @property
    def each(self) -> Money | None:
        """What one piece costs now; None where the shop does not say."""
        return offer(self.product, self.variant_id).price

    @property
    def sum(self) -> Money | None:
        """What the pieces cost."""
        return Money(self.each.amount * self.quantity, self.each.currency) if self.each else None


@dataclass(frozen=True, slots=True)
class Total:
    """What lines cost: before and after a voucher, and what the voucher takes off."""

    goods: Money
    off: Money
    total: Money
    unpriced: tuple[str, ...] = ()


def add_up(lines: Sequence[Line], voucher: Voucher | None = None) -> Total:
    """The sum of lines; those without a price are named in `unpriced` and not counted.

    Raises:
        ToolError: nothing to add up, a quantity under 1, or several currencies.
    """
    if wrong := [line for line in lines if line.quantity < 1]:
        raise ToolError(f"quantity {wrong[0].quantity} of {wrong[0].product.id!r}: give a whole number from 1")
    sums = [line.sum for line in lines if line.sum]
    if not sums:
        raise ToolError("no price to add up: none of these products states one")
    if len({each.currency for each in sums}) > 1:
        raise ToolError(f"prices in {', '.join(sorted({each.currency for each in sums}))} cannot be added up")
    currency = sums[0].currency
    goods = sum((each.amount for each in sums), Decimal(0))
    off = min(discount(goods, voucher), goods) if voucher else Decimal(0)
    unpriced = tuple(line.product.id for line in lines if line.sum is None)
    return Total(Money(goods, currency), Money(off, currency), Money(goods - off, currency), unpriced)


def discount(goods: Decimal, voucher: Voucher) -> Decimal:
    """What a voucher takes off goods of this price."""
    if voucher.threshold is not None and goods < Decimal(str(voucher.threshold)):
        return Decimal(0)
    off = Decimal(str(voucher.amount)) if voucher.amount is not None else Decimal(0)
    if voucher.share is not None:
        off = goods * Decimal(str(voucher.share))
        if voucher.cap is not None:
            off = min(off, Decimal(str(voucher.cap)))
    return off.quantize(_CENT, ROUND_HALF_UP)
