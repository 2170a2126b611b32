"""Sums are the store's prices added up."""

from __future__ import annotations

from decimal import Decimal

import pytest

from shopwright.assistant.buying.totals import Line, add_up, discount
from shopwright.errors import ToolError
from shopwright.types import Money, Product, Variant, Voucher


def euro(text: str) -> Money:
    return Money(Decimal(text), "EUR")


MUG = Product("mug", "Mug", price=euro("9.90"), availability="in_stock")
TENT = Product(
    "tent",
    "Tent",
    variants=(
        Variant("tent-moss", {"colour": "moss"}, price=euro("289.00"), sale_price=euro("249.00")),
        Variant("tent-clay", {"colour": "clay"}, price=euro("289.00")),
    ),
)
UNPRICED = Product("x", "X")


def test_prices_charged_now_times_pieces() -> None:
    total = add_up([Line(MUG, 3), Line(TENT, 1, "tent-clay"), Line(TENT)])
    assert total.goods == total.total == euro("567.70")
    assert total.off == euro("0")


def test_what_has_no_price_is_named_and_not_counted() -> None:
    total = add_up([Line(MUG), Line(UNPRICED)])
    assert (total.total, total.unpriced) == (euro("9.90"), ("x",))
    with pytest.raises(ToolError, match="none of these products states one"):
        add_up([Line(UNPRICED)])


@pytest.mark.parametrize(
    ("voucher", "off"),
    [
        (Voucher(threshold=50, amount=10), "10"),
        (Voucher(threshold=100.5, amount=10), "0"),
        (Voucher(share=0.15), "15.00"),
        (Voucher(share=0.5, cap=20), "20"),
        (Voucher(threshold=100, share=0.333), "33.30"),
        (Voucher(), "0"),
    ],
)
def test_vouchers(voucher: Voucher, off: str) -> None:
    assert discount(Decimal("100.00"), voucher) == Decimal(off)


def test_a_voucher_never_makes_a_sum_negative() -> None:
    assert add_up([Line(MUG)], Voucher(amount=50)).total == euro("0.00")


def test_no_pieces_and_mixed_currencies_are_refused() -> None:
    with pytest.raises(ToolError, match="quantity 0 of 'mug'"):
        add_up([Line(MUG, 0)])
    with pytest.raises(ToolError, match="EUR, USD"):
        add_up([Line(MUG), Line(Product("y", "Y", price=Money(Decimal(1), "USD")))])
