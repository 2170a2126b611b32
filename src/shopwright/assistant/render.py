"""Prices, stock, cards and comparison tables as strings. Only this module writes them, and only from the store."""

from __future__ import annotations

from collections.abc import Sequence

from shopwright.catalog.money import format_money
from shopwright.catalog.offers import Offer, attribute_text, offer, offers, price_span, stars_text
from shopwright.types import Card, Product, Table

_LOW = 3
_ROWS = 24


def price_text(product: Product, variant_id: str | None = None) -> str:
    """ "€249.00", "from €19.90" when variants differ, or "price on request"."""
    span = price_span(product)
    if variant_id is None and span and span[0].amount != span[1].amount:
        return f"from {format_money(span[0])}"
    money = offer(product, variant_id).price
    return format_money(money) if money else "price on request"


def stock_text(item: Offer) -> str:
    """ "in stock", "only 2 left", "sold out", "" when the feed does not say."""
    if item.availability == "out_of_stock" or item.stock == 0:
        return "sold out"
    if item.availability == "preorder":
        return "pre-order"
    if item.availability == "backorder":
        return "on back order"
    if item.stock is not None and item.stock <= _LOW:
        return f"only {item.stock} left"
    return "in stock" if item.availability == "in_stock" or item.stock else ""


def options_text(item: Offer) -> str:
    """ "moss, 2 persons" for the options of an item."""
    return ", ".join(value for _, value in item.options)


def availability_text(product: Product, variant_id: str | None = None) -> str:
    """Stock of one item, or of the product over all of its items."""
    every = [item for item in offers(product) if variant_id is None or item.variant_id == variant_id]
    if len(every) == 1:
        return stock_text(every[0])
    left = [item for item in every if item.buyable]
    if not left:
        return "sold out"
    words = stock_text(max(left, key=lambda item: item.stock or 0))
    return words if len(left) == len(every) or not words else f"{words} ({len(left)} of {len(every)} versions)"


def make_card(product: Product, variant_id: str | None = None, reason: str = "") -> Card:
    """A product as it is shown; of one variant when given."""
    item = offer(product, variant_id)
    span = price_span(product)
    several = variant_id is None and span is not None and span[0].amount != span[1].amount
    image = next((v.image for v in product.variants if v.id == variant_id and v.image), None)
    return Card(
        product_id=product.id,
        title=product.title,
        price=price_text(product, variant_id),
        regular_price=format_money(item.regular) if item.regular and not several else None,
        stock=availability_text(product, variant_id),
        variant_id=variant_id,
        options=options_text(item) if variant_id else "",
        brand=product.brand,
        image=image or (product.images[0] if product.images else None),
        url=product.url,
        rating=product.rating,
        reason=reason,
    )


def make_table(products: Sequence[Product], decisive: Sequence[str] = ()) -> Table:
    """Products side by side: price, stock, rating, brand, options, then the attributes, shared ones first.

    Args:
        decisive: attributes that come before the others, in this order, where the products differ in them.
    """
    rows: list[tuple[str, tuple[str | None, ...]]] = [
        ("Price", tuple(price_text(product) for product in products)),
        ("Availability", tuple(availability_text(product) or None for product in products)),
        ("Rating", tuple(_rating_text(product) for product in products)),
        ("Brand", tuple(product.brand for product in products)),
    ]
    options = dict.fromkeys(name for product in products for item in offers(product) for name, _ in item.options)
    rows += [(label(name), tuple(_option_values(product, name) for product in products)) for name in options]
    names = dict.fromkeys(name for product in products for name in product.attributes)
    first = [name for name in decisive if len({product.attributes.get(name) for product in products}) > 1]
    rank = {name: place for place, name in enumerate(first)}
    stated = {name: sum(name in product.attributes for product in products) for name in names}
    shared = sorted(names, key=lambda name: (rank.get(name, len(rank)), -stated[name]))
    for name in [name for name in shared if name not in options][:_ROWS]:
        cells = (product.attributes.get(name) for product in products)
        rows.append((label(name), tuple(None if cell is None else attribute_text(cell) for cell in cells)))
    kept = [row for row in rows if any(row[1])]
    return Table(tuple(p.title for p in products), tuple(p.id for p in products), tuple(kept))


def label(name: str) -> str:
    """An attribute's name as a heading: battery_life -> Battery life."""
    words = name.replace("_", " ").strip()
    return words[:1].upper() + words[1:]


def _rating_text(product: Product) -> str | None:
    if not product.rating or not product.rating.count:
        return None
    return f"{stars_text(product.rating.value)} of 5 ({product.rating.count})"


def _option_values(product: Product, name: str) -> str | None:
    return ", ".join(dict.fromkeys(v.options[name] for v in product.variants if name in v.options)) or None
