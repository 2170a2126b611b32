"""The tools that add up: basket, price, delivery and the cart of one conversation.

    basket(groups, budget, quantities)   the best choice of one product of each group
    price(ids, quantities, voucher)      what goods cost together
    delivery(ids, country, method)       what sending them costs and how long it takes
    cart_add  cart_remove  cart_show     the cart; the first two write

Every amount is made here or in the store's own terms; a language model sees them and never writes one.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from shopwright.assistant.buying.basket import Basket, Candidate, best_basket
from shopwright.assistant.buying.delivery import STANDARD, Delivery, DeliveryRules, deliver
from shopwright.assistant.buying.totals import Line, Total, add_up
from shopwright.assistant.results import CartView
from shopwright.catalog.carts import CartLine, change_cart, load_cart
from shopwright.catalog.money import format_money
from shopwright.catalog.offers import offer
from shopwright.catalog.store import Store
from shopwright.errors import NotFoundError, ToolError
from shopwright.types import Change, Money, Product, Voucher


@dataclass(frozen=True, slots=True)
class Buying:
    """The tools over one store and one conversation.

    Args:
        session: id of the conversation whose cart this is.
        rules: of delivery; None where the merchant wrote none down.
        currency: of the shop.
    """

    store: Store
    session: str
    rules: DeliveryRules | None = None
    currency: str = "EUR"

    def basket(
        self, groups: Sequence[Sequence[str]], budget: float | None = None, quantities: Sequence[int] = ()
    ) -> Basket:
        """The best choice of one product of each group that the budget allows, exactly; the first of a group fits best.

        Args:
            groups: ids of products, a list for each thing that is needed, the best first.
            budget: the most that all of it may cost.
            quantities: how many of each group.
        """
        known = self.store.products([key for group in groups for key in group])
        choices = [
            [
                Candidate(key, price, 1.0 / (place + 1) ** 0.5)
                for place, key in enumerate(group)
                if key in known and (price := _buyable(known[key]))
            ]
            for group in groups
        ]
        limit = None if budget is None else Money(Decimal(str(budget)), self.currency)
        return best_basket([group for group in choices if group], limit, quantities)

    def price(self, ids: Sequence[str], quantities: Sequence[int] = (), voucher: Voucher | None = None) -> Total:
        """What products cost together at today's prices, less a voucher.

        Args:
            ids: of products or of their variants.
            quantities: how many of each; one where it says nothing.
        """
        return add_up(self._lines(ids, quantities), voucher)

    def delivery(
        self, ids: Sequence[str], country: str, method: str = STANDARD, total: Decimal | None = None
    ) -> Delivery:
        """What it costs to send products to a country, and after how many working days they come.

        Args:
            country: its ISO code or its name.
            method: "standard", "express" or what else the shop offers.
            total: what the goods cost, where a voucher was taken off already.
        """
        if self.rules is None:
            raise ToolError("delivery: this shop has no rules of delivery to compute with; ask its documents instead")
        lines = self._lines(ids, ())
        goods = Money(total, self.currency) if total is not None else add_up(lines).total
        return deliver(self.rules, [line.product for line in lines], goods, country, method)

    def cart_show(self) -> CartView:
        """What lies in the cart, and what it costs now."""
        return self._view(load_cart(self.store, self.session))

    def cart_add(
        self, ids: Sequence[str], quantities: Sequence[int] = (), idempotency_key: str | None = None
    ) -> CartView:
        """Put products into the cart.

        Args:
            ids: of products or of their variants.
            quantities: how many of each; one where it says nothing.
            idempotency_key: names this call, so that it is done once.
        """
        lines = self._lines(ids, quantities)
        if gone := [line.product.title for line in lines if not offer(line.product, line.variant_id).buyable]:
            raise ToolError(f"{gone[0]}: sold out; it cannot be put into the cart")
        changes = [CartLine(line.product.id, line.quantity, line.variant_id) for line in lines]
        return self._view(change_cart(self.store, self.session, changes, idempotency_key))

    def cart_remove(self, ids: Sequence[str], idempotency_key: str | None = None) -> CartView:
        """Take products out of the cart, all pieces of them.

        Args:
            ids: of products or of their variants.
            idempotency_key: names this call, so that it is done once.
        """
        changes = [CartLine(line.product_id, -line.quantity, line.variant_id) for line in self._inside(ids)]
        return self._view(change_cart(self.store, self.session, changes, idempotency_key))

    # ── what a call would change ──

    def cart_adds(self, ids: Sequence[str], quantities: Sequence[int] = (), **_: object) -> list[Change]:
        """The lines that `cart_add` would make."""
        inside = {(line.product_id, line.variant_id): line.quantity for line in load_cart(self.store, self.session)}
        found = []
        for line in self._lines(ids, quantities):
            before = inside.get((line.product.id, line.variant_id), 0)
            cost = f", {format_money(line.each)} each" if line.each else ""
            found.append(Change(f"cart: {line.product.title}{cost}", str(before), str(before + line.quantity)))
        return found

    def cart_removes(self, ids: Sequence[str], **_: object) -> list[Change]:
        """The lines that `cart_remove` would take away."""
        lines = self._inside(ids)
        titles = self.store.products([line.product_id for line in lines])
        return [Change(f"cart: {titles[line.product_id].title}", str(line.quantity), "0") for line in lines]

    # ── inside ──

    def _inside(self, ids: Sequence[str]) -> list[CartLine]:
        cart = load_cart(self.store, self.session)
        if unknown := [key for key in ids if all(key not in (line.product_id, line.variant_id) for line in cart)]:
            raise NotFoundError(f"{unknown[0]!r}: not in the cart; it holds {[line.product_id for line in cart]}")
        return [line for line in cart if {line.product_id, line.variant_id} & set(ids)]

    def _lines(self, ids: Sequence[str], quantities: Sequence[int]) -> list[Line]:
        if len(quantities) > len(ids):
            raise ToolError(f"{len(quantities)} quantities for {len(ids)} products; give one for each")
        counts = [*quantities, *[1] * (len(ids) - len(quantities))]
        found = [self.store.product(key) for key in ids]
        return [
            Line(product, count, key if key != product.id else None)
            for key, product, count in zip(ids, found, counts, strict=True)
        ]

    def _view(self, cart: Sequence[CartLine]) -> CartView:
        known = self.store.products([line.product_id for line in cart])
        here = [each for each in cart if each.product_id in known]
        lines = [Line(known[each.product_id], each.quantity, each.variant_id) for each in here]
        priced = [line for line in lines if line.each]
        return CartView(tuple(cart), add_up(priced).total if priced else None)


def _buyable(product: Product) -> Money | None:
    """What the cheapest item that can be bought costs; None for a product that is gone or has no price."""
    item = offer(product)
    return item.price if item.buyable else None
