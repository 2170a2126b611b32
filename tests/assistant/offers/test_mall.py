"""Tasks over two shops, from the words to the order."""

from __future__ import annotations

import pytest

from assistant.offers.shops import NORTH, SOUTH, item
from shopwright.assistant.offers.cart import Cart, checked_out, filled
from shopwright.assistant.offers.finding import Offer
from shopwright.assistant.offers.mall import Mall, Outcome, Storefront
from shopwright.errors import ToolError

MALL = Mall([NORTH, SOUTH])


def found(task: str) -> set[str]:
    return {offer.product.id for offer in MALL.run(task).offers}


@pytest.mark.parametrize(
    ("task", "ids"),
    [
        ("Find all offers for the Velmor TWIN QX4060 NOVA.", {"n1", "s1"}),
        ("Find all offers for the Velmor TWIN QX4060 Ti NOVA.", {"n2"}),
        ("Find the cheapest offer for the Velmor TWIN QX4060 NOVA.", {"n1", "s1"}),  # a sale price, and a tie
        ("Find all offers for the Tolva Calm 700 case.", {"n6"}),
        ("Find all offers for the Hexa TR88 with 4000 GB.", {"n9"}),
        ("Find all offers for the Brask Z640 STORM.", {"n4"}),
        ("Find all offers for graphics cards above 2600 MHz clock speed with at least 12GB of memory.", {"n3"}),
        ("Find all offers for HDMI cables longer than 4 metres.", {"n12"}),
        ("Find the cheapest offer for a DDR5 memory kit with 32GB.", {"s3"}),
        ("Find all offers for LGA1700 motherboards with at least 4 DDR5 slots.", {"n4"}),
        ("Find all offers for white cases.", {"n8"}),
        ("Find the cheapest offer for a case that can be carried to my friends.", {"n8"}),
        ("Find all offers for an adapter to connect my old VGA screen to an HDMI output.", {"s9"}),
        ("Find all offers for the Nonexistent Q99 Toaster.", set()),
    ],
)
def test_find(task: str, ids: set[str]) -> None:
    assert found(task) == ids


def test_a_page_is_its_title() -> None:
    page = "https://south.test/product/hexa-mx70-4000-gb-sata-iii-internal-solid-state-drive/"
    assert found(f"Find external SSDs that can hold everything of this drive: {page}") == {"n9"}
    assert (
        found("Find external SSDs that hold the data of this drive: https://south.test/product/no-such-thing/") == set()
    )


def test_a_page_that_no_shop_has_is_noted() -> None:
    outcome = MALL.run("Add the product on page https://south.test/product/no-such-thing/ to the cart.")
    assert outcome.offers == ()
    assert "no shop has this page" in outcome.notes[0]


def test_each_offer_goes_into_its_own_shops_cart() -> None:
    outcome = MALL.run("Find all offers for the Velmor TWIN QX4060 NOVA and add each of them to the shopping cart.")
    lines = {cart.shop: [line.offer.product.id for line in cart.lines] for cart in outcome.carts}
    assert lines == {"north": ["n1"], "south": ["s1"]}
    assert outcome.orders == ()


def _bought(paid: str) -> Outcome:
    return MALL.run(
        f"Find the cheapest offer for the Velmor TWIN QX4060 NOVA, add it to the cart and check out. {paid}"
    )


def test_an_order_is_one_of_those_that_tie() -> None:
    outcome = _bought(
        "Pay by card: Address: Ann Lee, ann@shop.test, High Street 5, 12345, USA, number 4111111111111111"
    )
    assert [line.offer.product.id for order in outcome.orders for line in order.lines] == ["n1"]
    assert outcome.orders[0].card.last_four == "1111"
    assert "4111" not in repr(outcome)


def test_nothing_is_ordered_without_an_address() -> None:
    outcome = _bought("Pay by card 4111111111111111.")
    assert outcome.orders == ()
    assert "address" in outcome.notes[0]


def test_carts_are_of_one_shop() -> None:
    offer = Offer("north", item("x", "Lamp", "5"))
    cart = Cart("north").added(offer).added(offer, 2)
    assert [line.quantity for line in cart.lines] == [3]
    with pytest.raises(ToolError, match="own shop"):
        Cart("south").added(offer)
    with pytest.raises(ToolError, match="1 or more"):
        cart.added(offer, 0)
    with pytest.raises(ToolError, match="address"):
        checked_out(filled([offer]), None, None)


def test_one_shop_alone() -> None:
    outcome = Mall([Storefront("only", SOUTH.products)]).run("Find the cheapest memory")
    assert [offer.product.id for offer in outcome.offers] == ["s5"]
