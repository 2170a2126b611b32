"""What an item costs and whether it can be had, now: the one place where variants, sales and stock are resolved."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from shopwright.catalog.units import format_quantity
from shopwright.types import AttributeValue, Availability, Money, Product, Quantity, Variant


@dataclass(frozen=True, slots=True)
class Offer:
    """A sellable item. `price` is what is charged now; `regular` is set only while a sale makes it lower."""

    product_id: str
    variant_id: str | None
    options: tuple[tuple[str, str], ...]
    price: Money | None
    regular: Money | None
    availability: Availability
    stock: int | None

    @property
    def buyable(self) -> bool:
        """Whether it can be ordered now; unknown availability counts as yes."""
        return self.availability != "out_of_stock"


def offers(product: Product) -> tuple[Offer, ...]:
    """Every sellable item of a product: its variants, or the product itself."""
    if not product.variants:
        price, regular = _charged(product.price, product.sale_price)
        return (Offer(product.id, None, (), price, regular, product.availability, product.stock),)
    return tuple(_offer(product, variant) for variant in product.variants)


def offer(product: Product, variant_id: str | None = None) -> Offer:
    """One item: the variant asked for, else the cheapest that can be bought, else the cheapest."""
    every = offers(product)
    if variant_id is not None:
        for item in every:
            if item.variant_id == variant_id:
                return item
    return min(
        every, key=lambda item: (not item.buyable, item.price is None, item.price.amount if item.price else Decimal(0))
    )


def price_span(product: Product) -> tuple[Money, Money] | None:
    """The lowest and the highest price charged now among the items that can be bought (all, when none can)."""
    every = [item for item in offers(product) if item.price and item.buyable]
    every = every or [item for item in offers(product) if item.price]
    prices = sorted((item.price for item in every if item.price), key=lambda money: money.amount)
    return (prices[0], prices[-1]) if prices else None


def attribute_text(value: AttributeValue) -> str:
    """A typed value in words: yes / no, 2.4 kg, "a, b"."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, Quantity):
        return format_quantity(value)
    if isinstance(value, float):
        return number_text(value)
    return value if isinstance(value, str) else ", ".join(value)


def stars_text(mean: float) -> str:
    """A mean of ratings to one decimal, halves up as people round: 3.25 -> 3.3."""
    return str(Decimal(str(mean)).quantize(Decimal("0.1"), ROUND_HALF_UP))


def number_text(value: float) -> str:
    """A number without a trailing .0: 3.0 -> 3, 2.45 -> 2.45."""
    return str(int(value)) if value == int(value) and abs(value) < 1e15 else f"{value:.6g}"


def _offer(product: Product, variant: Variant) -> Offer:
    own = variant.price or product.price
    sale = variant.sale_price or (product.sale_price if variant.price is None else None)
    price, regular = _charged(own, sale)
    availability = variant.availability if variant.availability != "unknown" else product.availability
    stock = variant.stock if variant.stock is not None else None
    return Offer(product.id, variant.id, tuple(variant.options.items()), price, regular, availability, stock)


def _charged(price: Money | None, sale: Money | None) -> tuple[Money | None, Money | None]:
    return (sale, price) if sale and price and sale.amount < price.amount else (price, None)
