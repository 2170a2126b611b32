"""Money, quantities, and what a merchant sells."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Literal


@dataclass(frozen=True, slots=True)
class Money:
    """An amount in a currency: `Money(Decimal("12.50"), "EUR")`. Currency is an ISO 4217 code, upper case."""

    amount: Decimal
    currency: str


@dataclass(frozen=True, slots=True)
class Quantity:
    """A measured value as the merchant wrote it, e.g. `Quantity(2.4, "kg")`. Unit is a symbol of `catalog.units`."""

    value: float
    unit: str


AttributeValue = str | bool | float | Quantity | tuple[str, ...]
"""A typed attribute: text, yes or no, a plain number, a measured quantity, or several texts."""

Availability = Literal["in_stock", "out_of_stock", "preorder", "backorder", "unknown"]
Relation = Literal["accessory", "substitute", "required_part", "part_of_set", "often_bought_with"]


@dataclass(frozen=True, slots=True)
class Rating:
    """Mean of shoppers' ratings on a scale of 1 to 5, and how many there are."""

    value: float
    count: int


@dataclass(frozen=True, slots=True)
class Variant:
    """One sellable item of a product: the values of its options, its own price and stock.

    `price` and `sale_price` fall back to the product's when None; `attributes` override the product's.
    """

    id: str
    options: Mapping[str, str] = field(default_factory=dict)
    price: Money | None = None
    sale_price: Money | None = None
    availability: Availability = "unknown"
    stock: int | None = None
    attributes: Mapping[str, AttributeValue] = field(default_factory=dict)
    title: str | None = None
    gtin: str | None = None
    image: str | None = None
    url: str | None = None


@dataclass(frozen=True, slots=True)
class Product:
    """What a merchant sells. A product without variants is itself the sellable item.

    All text is plain text (no HTML). `category` is a path from the broadest level to the narrowest.
    `price` is the regular price, `sale_price` the one charged while a sale runs; with variants they are the lowest.
    """

    id: str
    title: str
    description: str = ""
    highlights: tuple[str, ...] = ()
    brand: str | None = None
    category: tuple[str, ...] = ()
    attributes: Mapping[str, AttributeValue] = field(default_factory=dict)
    price: Money | None = None
    sale_price: Money | None = None
    availability: Availability = "unknown"
    stock: int | None = None
    variants: tuple[Variant, ...] = ()
    images: tuple[str, ...] = ()
    url: str | None = None
    rating: Rating | None = None
    gtin: str | None = None
    mpn: str | None = None
    condition: str | None = None
    related: Mapping[Relation, tuple[str, ...]] = field(default_factory=dict)
    released: str | None = None


@dataclass(frozen=True, slots=True)
class Document:
    """A text of the shop that is not a product: a policy, an answer to a frequent question, a buying guide.

    `text` is plain text with Markdown headings kept; `kind` is one of policy, faq, guide, page.
    """

    id: str
    title: str
    text: str
    kind: str = "page"
    category: tuple[str, ...] = ()
    updated: str | None = None
    url: str | None = None


@dataclass(frozen=True, slots=True)
class Review:
    """A shopper's words about a product. `rating` is 1 to 5; `date` is ISO 8601."""

    id: str
    product_id: str
    rating: int
    text: str
    title: str = ""
    author: str = ""
    date: str = ""
    variant_id: str | None = None


@dataclass(frozen=True, slots=True)
class ShopStatus:
    """What a shop holds: counts, the share of products with vectors, departments with counts, the endpoint's model."""

    name: str
    products: int
    documents: int
    reviews: int
    dense_coverage: float
    departments: tuple[tuple[str, int], ...]
    currency: str | None
    model: str | None
