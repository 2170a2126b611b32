"""Carts and orders as typed state: one cart a shop, lines of offers, and an order that holds no card's number."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from shopwright.assistant.offers.errands import Buyer, Card
from shopwright.assistant.offers.finding import Offer
from shopwright.errors import ToolError


@dataclass(frozen=True, slots=True)
class Line:
    """So many of an offer."""

    offer: Offer
    quantity: int = 1


@dataclass(frozen=True, slots=True)
class Cart:
    """What lies in the cart of a shop."""

    shop: str
    lines: tuple[Line, ...] = ()

    def added(self, offer: Offer, quantity: int = 1) -> Cart:
        """The cart with an offer more; more of it where it is there already.

        Raises:
            ToolError: the offer is another shop's, or the quantity is not positive.
        """
        if offer.shop != self.shop:
            raise ToolError(
                f"offer of shop {offer.shop!r} in the cart of {self.shop!r}: put it into its own shop's cart"
            )
        if quantity < 1:
            raise ToolError(f"quantity {quantity}: give 1 or more")
        for place, line in enumerate(self.lines):
            if line.offer.product.id == offer.product.id:
                more = replace(line, quantity=line.quantity + quantity)
                return replace(self, lines=(*self.lines[:place], more, *self.lines[place + 1 :]))
        return replace(self, lines=(*self.lines, Line(offer, quantity)))


@dataclass(frozen=True, slots=True)
class Order:
    """A cart that was checked out. Of the card it knows the last four digits and the date."""

    shop: str
    lines: tuple[Line, ...]
    buyer: Buyer
    card: Card


Carts = Mapping[str, Cart]


def filled(offers: Iterable[Offer], carts: Carts | None = None) -> dict[str, Cart]:
    """The carts with one of each offer in its own shop's."""
    found = dict(carts or {})
    for offer in offers:
        found[offer.shop] = found.get(offer.shop, Cart(offer.shop)).added(offer)
    return found


def checked_out(carts: Carts, buyer: Buyer | None, card: Card | None) -> tuple[Order, ...]:
    """An order for each cart that holds anything.

    Raises:
        ToolError: address or card are not known.
    """
    if buyer is None or not (buyer.name and (buyer.lines or buyer.postcode)):
        raise ToolError("the order has no address: give name, street and postcode")
    if card is None:
        raise ToolError("the order has no means of payment: give a card")
    return tuple(Order(cart.shop, cart.lines, buyer, card) for cart in carts.values() if cart.lines)
