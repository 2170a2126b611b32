"""Words for what was added up: each sum is its lines', what misses a budget is called that, a change is told in full."""

from __future__ import annotations

from collections.abc import Sequence

from assistant.gifts import GOODS, euro
from shopwright.assistant.buying.basket import Basket
from shopwright.assistant.buying.delivery import Delivery
from shopwright.assistant.buying.totals import Line, add_up
from shopwright.assistant.results import CartView
from shopwright.assistant.wording.buying import approval_words, basket_words, cart_words, total_words
from shopwright.assistant.wording.draft import Draft
from shopwright.catalog.carts import CartLine
from shopwright.types import Answer, Approval, Change, Product, Variant, Voucher

TEA = Product(
    "tea",
    "Green tea",
    variants=(
        Variant("tea-100", {"size": "100 g"}, price=euro("6.00"), availability="in_stock"),
        Variant("tea-250", {"size": "250 g"}, price=euro("12.50"), availability="in_stock"),
    ),
)
BY_ID = {product.id: product for product in (*GOODS, TEA)}


def lookup(ids: Sequence[str]) -> dict[str, Product]:
    return {key: BY_ID[key] for key in ids if key in BY_ID}


def cited(answer: Answer) -> bool:
    """Whether every sentence with a figure names evidence that there is."""
    held = {fact.id for fact in answer.evidence}
    return all(set(one.citations) <= held and (one.citations or "€" not in one.text) for one in answer.sentences)


def test_a_basket_within_the_budget() -> None:
    draft = Draft()
    basket = Basket(("tent", "bag"), (1, 2), euro("447.00"), euro("0"))
    basket_words(draft, basket, lookup, euro("500"))
    told = draft.answer()
    assert told.text == (
        "As a basket: Lark trekking tent (€289.00) and 2 x Eider sleeping bag (€158.00); "
        "€447.00 together, within your €500.00."
    )
    assert told.bill is not None
    assert [line[1:] for line in told.bill.lines] == [
        ("Lark trekking tent", 1, "€289.00"),
        ("Eider sleeping bag", 2, "€158.00"),
    ]
    assert (told.bill.total, told.bill.budget, told.bill.over) == ("€447.00", "€500.00", "")
    assert cited(told)


def test_without_a_budget_none_is_spoken_of() -> None:
    draft = Draft()
    basket_words(draft, Basket(("bag",), (1,), euro("79.00"), euro("0")), lookup, None)
    told = draft.answer()
    assert "within" not in told.text
    assert told.bill is not None
    assert told.bill.budget == ""


def test_an_impossible_budget_is_called_that_beside_the_nearest_that_is_possible() -> None:
    draft = Draft()
    basket_words(draft, Basket(("tent", "bag"), (1, 1), euro("368.00"), euro("118.00")), lookup, euro("250"))
    told = draft.answer()
    assert "One of each cannot be had for €250.00: the nearest possible basket costs €118.00 more." in told.text
    assert "€368.00 together" in told.text
    assert "within" not in told.text
    assert told.unknown == ("all of it for €250.00",)
    assert told.bill is not None
    assert told.bill.over == "€118.00"
    assert cited(told)


def test_a_total_with_a_voucher_and_delivery_adds_up() -> None:
    draft = Draft()
    products = [BY_ID["tent"], BY_ID["bag"]]
    total = add_up([Line(product) for product in products], Voucher(share=0.1))
    delivery = Delivery("NL", "standard", euro("4.90"), 2, 3, euro("500"))
    total_words(draft, products, total, delivery)
    told = draft.answer()
    assert told.bill is not None
    assert told.bill.rows == (("Voucher", "-€36.80"), ("Standard delivery to NL", "€4.90"))
    assert told.bill.total == "€336.10"
    assert "With delivery that is €336.10." in told.text
    assert "takes 2 to 3 working days" in told.text
    assert "From €500.00 on it is free." in told.text
    assert cited(told)


def test_free_delivery_on_the_next_day() -> None:
    draft = Draft()
    total_words(draft, [BY_ID["bag"]], add_up([Line(BY_ID["bag"])]), Delivery("NL", "express", euro("0"), 1, 1, None))
    assert "Express delivery to NL costs nothing and takes 1 working day." in draft.answer().text


def test_what_states_no_price_is_not_in_the_sum() -> None:
    draft = Draft()
    products = [BY_ID["bag"], Product("gift", "Gift wrap")]
    total_words(draft, products, add_up([Line(product) for product in products]))
    told = draft.answer()
    assert told.bill is not None
    assert [line[0] for line in told.bill.lines] == ["bag"]
    assert "Gift wrap" not in told.text


def test_a_cart_names_versions_and_counts() -> None:
    draft = Draft()
    view = CartView((CartLine("tea", 2, "tea-250"), CartLine("gone"), CartLine("bag")), euro("104.00"))
    cart_words(draft, view, lookup)
    told = draft.answer()
    assert told.text == "In your cart: 2 x Green tea, 250 g (€25.00) and Eider sleeping bag (€79.00). Together €104.00."
    assert [(card.product_id, card.variant_id) for card in told.cards] == [("tea", "tea-250"), ("bag", None)]
    assert cited(told)


def test_an_empty_cart_and_one_without_prices() -> None:
    empty, unpriced = Draft(), Draft()
    cart_words(empty, CartView(()), lookup)
    assert (empty.answer().text, empty.bill) == ("Your cart is empty.", None)
    BY_ID["gift"] = Product("gift", "Gift wrap")
    cart_words(unpriced, CartView((CartLine("gift"),)), lookup)
    assert "no price stated" in unpriced.answer().text
    assert unpriced.bill is not None
    assert unpriced.bill.total == ""


def test_what_waits_for_a_yes_is_told_in_full() -> None:
    changes = (Change("cart: Tent", "0", "2"), Change("ticket", "", "opened"))
    draft = Draft()
    approval_words(draft, Approval("k", "s", "cart_add", {}, "add two", changes))
    told = draft.answer()
    assert told.text == "This will change: cart: Tent: 0 → 2; ticket: opened. Shall I do it?"
    assert told.options == ("Yes", "No")
    assert told.approval is not None
    unseen = Draft()
    approval_words(unseen, Approval("k", "s", "far.post", {}, "far.post with text “hello”"))
    assert "This will change: far.post with text “hello”." in unseen.answer().text
