"""Delivery costs what the merchant's rules say."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest

from shopwright.assistant.buying.delivery import DeliveryRules, country_code, deliver
from shopwright.catalog.demo import FOLDER
from shopwright.errors import ConfigError, ToolError
from shopwright.types import Money, Product, Quantity

RULES = DeliveryRules.read(FOLDER / "delivery.toml")
MUG = Product("mug", "Mug", attributes={"weight": Quantity(300, "g")})
DESK = Product("desk", "Desk", attributes={"weight": Quantity(38, "kg")})
POLE = Product("pole", "Pole", attributes={"length": Quantity(200, "cm")})


def euro(text: str) -> Money:
    return Money(Decimal(text), "EUR")


@pytest.mark.parametrize(
    ("country", "method", "total", "cost", "days"),
    [
        ("NL", "standard", "59.99", "4.90", (2, 3)),
        ("the Netherlands", "standard", "60.00", "0", (2, 3)),
        ("ireland", "express", "500.00", "9.90", (1, 1)),
        ("France", "standard", "89.99", "6.90", (3, 5)),
        ("se", "standard", "90.00", "0", (4, 7)),
    ],
)
def test_by_country_method_and_sum(country: str, method: str, total: str, cost: str, days: tuple[int, int]) -> None:
    found = deliver(RULES, [MUG], euro(total), country, method)
    assert (found.cost, (found.earliest, found.latest)) == (euro(cost), days)


def test_from_which_sum_it_is_free_is_told_until_it_is() -> None:
    assert deliver(RULES, [MUG], euro("10"), "DE").free_from == euro("60.00")
    assert deliver(RULES, [MUG], euro("61"), "DE").free_from is None


@pytest.mark.parametrize("product", [DESK, POLE], ids=lambda product: product.id)
def test_bulky_goods_cost_what_bulky_goods_cost(product: Product) -> None:
    found = deliver(RULES, [MUG, product], euro("700"), "AT", "express")
    assert (found.method, found.cost) == ("bulky", euro("29.00"))
    with pytest.raises(ToolError, match="bulky delivery to IT: not offered; there is standard"):
        deliver(RULES, [product], euro("700"), "IT")


def test_a_country_or_a_method_that_is_not_served() -> None:
    with pytest.raises(ToolError, match="country 'uk': nothing is delivered there; only to IE, NL"):
        deliver(RULES, [MUG], euro("10"), "uk")
    with pytest.raises(ToolError, match="express delivery to ES: not offered; there is standard"):
        deliver(RULES, [MUG], euro("10"), "Spain", "express")


def test_countries_by_name_or_code() -> None:
    assert [country_code(name) for name in ("Holland", " de ", "Utopia")] == ["NL", "DE", "UTOPIA"]


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("currency = ", "not TOML"),
        ('currency = "EUR"', "zones: Field required"),
        (
            'currency = "EUR"\n[[zones]]\ncountries = ["DE"]\nstandard = { price = "-1", days = [1, 2] }',
            "standard.price",
        ),
        ('currency = "EUR"\nfree = 1\nzones = []', "free: Extra inputs"),
    ],
)
def test_rules_that_say_too_little_or_too_much(tmp_path: Path, text: str, says: str) -> None:
    (tmp_path / "delivery.toml").write_text(text)
    with pytest.raises(ConfigError, match=says):
        DeliveryRules.read(tmp_path / "delivery.toml")


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"delivery\.toml: No such file"):
        DeliveryRules.read(tmp_path / "delivery.toml")
