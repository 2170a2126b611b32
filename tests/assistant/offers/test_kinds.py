"""The kind of a product is the kind of the thing itself, not of what it is for or comes with."""

from __future__ import annotations

import pytest

from shopwright.assistant.offers.kinds import kind_of
from shopwright.types import Product


@pytest.mark.parametrize(
    ("title", "category", "kind"),
    [
        ("Arco Maelstrom 360 Liquid CPU Cooler, ARGB Fans", (), "cpu cooler"),
        ("Icy M.2 NVMe SSD Enclosure, USB-C", (), "drive enclosure"),
        ("Woven Strap for Orbit Smart Watch", (), "watch strap"),
        ("Leather Watch Strap Apple Watch Series 9, 41mm", (), "watch strap"),
        ("Apple Watch Series 8 Aluminium Case with Sport Band", (), "smartwatch"),
        ("Lean Gaming Laptop, 16GB, 512GB SSD", (), "laptop"),
        ("Ember 8GB, DDR4, 3200MHz, DIMM Memory", ("Memory",), "memory"),
        ("Brask Z640 STORM, ATX, 4 DDR5", ("PC", "Motherboards"), "motherboard"),
        ("Umber Black Case, ATX", ("PC Components", "Cases"), "pc case"),
        ("Clear Case", ("Smartphones", "Smartphone accessory"), "phone case"),
        ("Objectif RF 24-105 mm", (), "camera lens"),
        ("Grey wool rug", ("Home",), "rug"),
        ("Thing", (), None),
    ],
)
def test_kind(title: str, category: tuple[str, ...], kind: str | None) -> None:
    assert kind_of(Product("x", title, category=category)) == kind
