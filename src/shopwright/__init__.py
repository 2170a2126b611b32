"""Shopwright: a product feed and a click log become a shopping assistant.

    from shopwright import Filter, Shop

    shop = Shop.open("my-shop")
    shop.ingest("feed.xml")
    page = shop.search("two-person tent", filters=[Filter("attr:weight", "range", high=2.0, unit="kg")])
    turn = shop.chat("a two-person tent under 2 kg")

Six public names, loaded on first use so that the import stays cheap: `Shop`, `Product`, `Filter`, `Need`, `Answer`,
`ShopwrightError`. Everything else is importable from its module and may change between minor versions.
"""

from __future__ import annotations

from importlib import import_module
from typing import Any

__version__ = "0.1.0"
__all__ = ["Answer", "Filter", "Need", "Product", "Shop", "ShopwrightError"]

_HOMES = {
    "Answer": "shopwright.types",
    "Filter": "shopwright.types",
    "Need": "shopwright.types",
    "Product": "shopwright.types",
    "Shop": "shopwright.shop",
    "ShopwrightError": "shopwright.errors",
}


def __getattr__(name: str) -> Any:
    """Import a public name from its module on first use (PEP 562)."""
    if name in _HOMES:
        return getattr(import_module(_HOMES[name]), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
