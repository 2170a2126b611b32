"""Two small computer shops that were made up for these tests."""

from __future__ import annotations

from decimal import Decimal

from shopwright.assistant.offers.mall import Storefront
from shopwright.types import Money, Product

PARTS = ("PC Components", "Cases")


def item(key: str, title: str, price: str | None = None, *category: str, text: str = "", sale: str = "") -> Product:
    money = Money(Decimal(price), "EUR") if price else None
    sold = Money(Decimal(sale), "EUR") if sale else None
    return Product(key, title, text, category=category, price=money, sale_price=sold)


NORTH = Storefront(
    "north",
    [
        item("n1", "Velmor TWIN QX4060 NOVA Graphics Card, 8GB DDR6, HDMI, 2530MHz Clock", "329.00"),
        item("n2", "Velmor TWIN QX4060 Ti NOVA Graphics Card, 8GB DDR6, HDMI, 2590MHz Clock", "399.00"),
        item("n3", "Velmor QX4080 Graphics Card, 16GB DDR6X, 2 HDMI, 2610MHz Clock", "1399.00"),
        item("n4", "Brask Z640 STORM, Intel Z790, 1700, ATX, 4 DDR5, HDMI, 3x M.2", "199.00", "Motherboards"),
        item("n5", "Brask Z640M STORM, Intel Z790, 1700, Micro ATX, 2 DDR5, HDMI, 2x M.2", "149.00", "Motherboards"),
        item("n6", "Tolva Calm 700 Gaming Case, ATX, 2 Fans, Black", "79.00", *PARTS),
        item("n7", "Tolva Calm 700DX Gaming Case, ATX, 3 ARGB Fans, Black", "99.00", *PARTS),
        item("n8", "Tolva Titan Gaming Case, E-ATX, Carry Handles, White", "139.00", *PARTS),
        item("n9", "Hexa TR88 4TB Pocket Size External SSD, USB 3.2, Blue", "249.00"),
        item("n10", "Hexa TR88 1TB Pocket Size External SSD, USB 3.2, Blue", "99.00"),
        item("n11", "Ludo High Speed HDMI Cable, 3 Metres", "15.00", "Cables"),
        item("n12", "Ludo High Speed HDMI Cable, 5 Metres", "19.00", "Cables"),
    ],
)
SOUTH = Storefront(
    "south",
    [
        item("s1", "Velmor TWIN QX4060 NOVA Graphics Card - 8 GB", "349.00", sale="329.00"),
        item("s2", "Hexa MX70 4000 GB SATA III Internal Solid State Drive", "422.00"),
        item("s3", "Ember 32GB Kit (2 x 16GB), DDR5, 5600MHz, DIMM Memory", "129.00"),
        item("s4", "Ember 32GB Kit (2 x 16GB), DDR4, 3600MHz, DIMM Memory", "109.00"),
        item("s5", "Ember 8GB, DDR5, 4800MHz, SODIMM Memory", "45.00"),
        item("s6", "Orbit Watch Series 8 GPS 41mm Smart Watch w/ Silver Aluminium Case", "300.00"),
        item("s7", "Woven Watch Strap for Orbit Watch Series 8, 41mm", "40.00"),
        item("s8", "Sando DisplayPort Male to HDMI Female Converter Cable", "13.00"),
        item("s9", "Sando HDMI Male to VGA Female Converter Cable", "11.00"),
    ],
)
