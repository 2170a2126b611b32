"""What a catalogue sells under given conditions, found once for each set of them."""

from __future__ import annotations

from collections.abc import Iterable

from shopwright.catalog.conditions import Condition, fits
from shopwright.types import Product


class Sold:
    """The products of a catalogue by the conditions that they meet.

    Args:
        products: all of them.
    """

    def __init__(self, products: Iterable[Product]) -> None:
        self._of_kind: dict[tuple[Condition, ...], tuple[Product, ...]] = {(): tuple(products)}
        self._fitting: dict[tuple[Condition, ...], tuple[Product, ...]] = {}

    def fitting(self, where: tuple[Condition, ...]) -> tuple[Product, ...]:
        """Those that meet every condition; the categories are looked at first, since few products are of a kind."""
        if where not in self._fitting:
            kind = tuple(condition for condition in where if condition.field == "category")
            if kind not in self._of_kind:
                self._of_kind[kind] = tuple(product for product in self._of_kind[()] if fits(product, kind))
            rest = tuple(condition for condition in where if condition not in kind)
            self._fitting[where] = tuple(product for product in self._of_kind[kind] if fits(product, rest))
        return self._fitting[where]
