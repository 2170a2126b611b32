from __future__ import annotations

import pytest

from shopwright.skills.rewrite.vouchers import find_budget, find_services, find_voucher
from shopwright.types import Voucher

RULES = """Looking for oil-based crayons.

My budget is only `425`, but I have a voucher with the following rules:
1. The voucher only applies to the products from the same shop.
2. It is valid only when the total price of the products exceeds `170`.
3. It provides a percentage discount of `35%` with a cap of `134`."""


@pytest.mark.parametrize(
    ("message", "voucher"),
    [
        (RULES, Voucher(threshold=170, share=0.35, cap=134, same_shop=True)),
        ("I've a coupon worth 20 euros on orders over 100", Voucher(threshold=100, amount=20)),
        ("with my voucher: 10% off, up to 15", Voucher(share=0.1, cap=15)),
    ],
)
def test_vouchers(message: str, voucher: Voucher) -> None:
    found = find_voucher(message)
    assert found is not None
    assert found.voucher == voucher


def test_a_sale_is_no_voucher() -> None:
    assert find_voucher("anything with 50% off over 20 euros?") is None


def test_a_budget() -> None:
    found = find_budget(RULES)
    assert found is not None
    assert found[0] == 425


@pytest.mark.parametrize(
    ("message", "service"),
    [
        ("with free delivery", "free_shipping"),
        ("that come with complimentary shipping", "free_shipping"),
        ("can be paid for with cash on delivery", "cash_on_delivery"),
        ("supports pay on delivery", "cash_on_delivery"),
        ("with FastFlash deals", "flash_sale"),
        ("only BigMall items", "official_shop"),
        ("from the official store", "official_shop"),
    ],
)
def test_services(message: str, service: str) -> None:
    ((code, span),) = find_services(message)
    assert code == service
    assert message[slice(*span)].strip()


def test_a_mall_is_a_word() -> None:
    assert find_services("a small bag for the mall") == []
