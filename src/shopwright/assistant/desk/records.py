"""What the desk knows of customers, orders and products, and the `World` that tells it and acts.

Records are read-only views made for one look; nothing here writes. Sums are decimals. An `Act` is one change that a
world can make, complete: performing it needs no further question.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, Literal, Protocol

ActKind = Literal["cancel", "return", "exchange", "modify", "address", "default_address", "payment", "hand_over"]
"""`exchange` swaps items that have arrived, `modify` items of an order that was not sent yet."""

MethodKind = Literal["gift_card", "paypal", "credit_card", "other"]


@dataclass(frozen=True, slots=True)
class Address:
    """Where something is sent. Parts that a world does not know are empty."""

    address1: str = ""
    address2: str = ""
    city: str = ""
    state: str = ""
    country: str = ""
    zip: str = ""

    def words(self) -> str:
        """The address on one line."""
        return ", ".join(part for part in (self.address1, self.address2, self.city, self.state, self.zip) if part)


@dataclass(frozen=True, slots=True)
class Method:
    """A payment method on file; only gift cards have a balance."""

    id: str
    kind: MethodKind
    balance: Decimal | None = None
    label: str = ""


@dataclass(frozen=True, slots=True)
class Line:
    """One piece of an order. A quantity of two is two lines."""

    item: str
    product: str
    name: str
    price: Decimal
    options: Mapping[str, str] = field(default_factory=dict, hash=False)


@dataclass(frozen=True, slots=True)
class Variant:
    """A sellable item of a product."""

    item: str
    product: str
    name: str
    price: Decimal
    options: Mapping[str, str] = field(default_factory=dict, hash=False)
    available: bool = True


@dataclass(frozen=True, slots=True)
class Order:
    """An order as it stands.

    Args:
        methods: ids of the payment methods that paid for it, the first one first.
        age_days: since it arrived or, where that is unknown, since it was placed; None when unknown.
        charged: what was paid in all.
    """

    id: str
    customer: str
    status: str
    lines: tuple[Line, ...]
    address: Address = Address()
    methods: tuple[str, ...] = ()
    tracking: tuple[str, ...] = ()
    age_days: int | None = None
    charged: Decimal = Decimal(0)


@dataclass(frozen=True, slots=True)
class Customer:
    """Whose orders these are. `orders` is in the order in which they were placed, as far as the world knows."""

    id: str
    name: str
    email: str
    address: Address
    methods: tuple[Method, ...]
    orders: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Act:
    """One change, complete.

    Args:
        order: id; empty for `default_address` and `hand_over`.
        items: ids of the items concerned, one for each piece.
        new_items: ids of what they become, in the same order.
        method: payment method that pays or is refunded.
        reason: of a cancellation, a return or a handing over.
    """

    kind: ActKind
    customer: str
    order: str = ""
    items: tuple[str, ...] = ()
    new_items: tuple[str, ...] = ()
    method: str = ""
    address: Address | None = None
    reason: str = ""


class World(Protocol):
    """Customers, orders and products that a desk may see, and the changes that it may make.

    `perform` does one act and is done once for one `key`: a second call under the same key changes nothing.
    """

    def find_email(self, email: str) -> str | None:
        """The customer with this e-mail address."""
        ...

    def find_name(self, first: str, last: str, zip: str) -> str | None:
        """The customer with this name and this postcode (or town, where a world keeps no postcodes)."""
        ...

    def customer(self, customer_id: str) -> Customer:
        """Raises `NotFoundError` where nobody has the id."""
        ...

    def order(self, order_id: str) -> Order:
        """Raises `NotFoundError` where there is no such order."""
        ...

    def variants(self, product_id: str) -> tuple[Variant, ...]:
        """All variants of a product, also those that are sold out."""
        ...

    def product_names(self) -> Mapping[str, str]:
        """Id -> name, of every product that a customer may speak of."""
        ...

    def perform(self, act: Act, key: str) -> Mapping[str, Any]:
        """Do it. Raises `ToolError` where the world refuses, and then nothing has changed."""
        ...
