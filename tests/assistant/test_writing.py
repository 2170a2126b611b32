"""Which words are written follows from the strategy and from what came back; figures are the store's, never a tool's."""

from __future__ import annotations

from dataclasses import replace

import pytest

from assistant.gifts import euro
from shopwright.assistant.buying.basket import Basket
from shopwright.assistant.buying.delivery import Delivery
from shopwright.assistant.buying.totals import Total
from shopwright.assistant.results import CartView, Compared, Facts, Found, Named, Passages
from shopwright.assistant.writing import Scene, Writer
from shopwright.catalog.carts import CartLine
from shopwright.shop import Shop
from shopwright.types import Answer, Approval, Change, Decision, Evidence, Need, StepResult, Strategy

TENTS = Need("show me tents", "tent", "tent")


@pytest.fixture
def writer(shop: Shop) -> Writer:
    return Writer("Fell & Shore", shop.assistant.tools, shop.vocabulary)


def done(step: str, tool: str, value: object) -> StepResult:
    return StepResult(step, tool, value)


def scene(strategy: Strategy, *results: StepResult, need: Need = TENTS, agreed: bool | None = None) -> Scene:
    return Scene(need, Decision(strategy), (need,), results, agreed)


def cites(answer: Answer) -> bool:
    """Whether what is cited is there, and every sentence with a price cites something."""
    held = {fact.id for fact in answer.evidence}
    return all(set(one.citations) <= held and (one.citations or "€" not in one.text) for one in answer.sentences)


def test_what_was_found(writer: Writer) -> None:
    answer = writer.write(scene(Strategy.SEARCH, done("s1", "search", Found(("dune", "gone", "tarn"), 2, "tent"))))
    assert [card.product_id for card in answer.cards] == ["dune", "tarn"]  # what left the catalogue is not shown
    assert "€59.00" in answer.text
    assert cites(answer)


def test_only_what_was_done_is_told(writer: Writer) -> None:
    failed = StepResult("s1", "search", Found(("dune",), 1), "timed out", status="failed")
    answer = writer.write(scene(Strategy.SEARCH, failed))
    assert answer.text == "I could not look that up just now; please try again in a moment."
    assert answer.cards == ()


def test_a_total_with_delivery(writer: Writer) -> None:
    need = Need("what do both cost, sent to France?", references=("dune", "brook"))
    total = done("t1", "price", Total(euro("138.00"), euro("0"), euro("138.00")))
    delivery = done("t2", "delivery", Delivery("FR", "standard", euro("6.90"), 3, 5, None))
    answer = writer.write(scene(Strategy.ANSWER, total, delivery, need=need))
    assert answer.bill is not None
    assert answer.bill.total == "€144.90"
    assert cites(answer)
    without = writer.write(
        scene(Strategy.ANSWER, total, StepResult("t2", "delivery", error="no", status="failed"), need=need)
    )
    assert without.bill is not None
    assert without.bill.total == "€138.00"  # what failed is not added


def test_a_basket_stands_beside_what_was_found(writer: Writer) -> None:
    basket = done("b1", "basket", Basket(("dune", "brook"), (1, 1), euro("138.00"), euro("38.00")))
    need = replace(TENTS, budget=euro("100"))
    answer = writer.write(scene(Strategy.SEARCH, done("s1", "search", Found(("dune",), 1)), basket, need=need))
    assert "the nearest possible basket costs €38.00 more" in answer.text
    assert answer.bill is not None
    assert cites(answer)


def test_facts_comparisons_and_documents(writer: Writer) -> None:
    fact = writer.write(scene(Strategy.ANSWER, done("f1", "facts", Facts("count", 3, 3, text="3", what="tent"))))
    assert "3 products" in fact.text
    table = writer.write(scene(Strategy.COMPARE, done("c1", "compare", Compared(("lark", "dune"), ("weight",))))).table
    assert table is not None
    assert table.product_ids == ("lark", "dune")
    back = Need("can I return it?")
    passage = Evidence(
        "", "document", "returns", "You can return unused items within 30 days of delivery.", "", "Returns", 0.9
    )
    told = writer.write(scene(Strategy.ANSWER, done("p1", "documents", Passages((passage,))), need=back))
    assert "within 30 days" in told.text
    assert cites(told)


def test_a_product_that_was_pointed_at(writer: Writer) -> None:
    need = Need("tell me about the dune", references=("dune",))
    answer = writer.write(scene(Strategy.ANSWER, done("d1", "lookup", Named(("dune",))), need=need))
    assert [card.product_id for card in answer.cards] == ["dune"]
    assert cites(answer)


class TestServing:
    def test_what_waits_is_asked_and_nothing_else_is_said(self, writer: Writer) -> None:
        ask = Approval("k", "cart", "cart_add", {"ids": ["dune"]}, "add it", (Change("cart: Dune", "0", "1"),))
        waiting = StepResult("cart", "cart_add", status="waiting", approval=ask)
        answer = writer.write(scene(Strategy.SERVE, waiting))
        assert answer.text == "This will change: cart: Dune: 0 → 1. Shall I do it?"
        assert answer.approval == ask
        assert answer.bill is None

    def test_after_a_yes_the_cart(self, writer: Writer) -> None:
        view = CartView((CartLine("dune", 2),), euro("118.00"))
        answer = writer.write(scene(Strategy.SERVE, done("cart", "cart_add", view), agreed=True))
        assert answer.text == "Done. In your cart: 2 x Dune beach tent (€118.00). Together €118.00."
        shown = writer.write(scene(Strategy.SERVE, done("cart", "cart_show", view)))
        assert not shown.text.startswith("Done")

    def test_a_no_and_a_failure(self, writer: Writer) -> None:
        assert writer.write(scene(Strategy.SERVE, agreed=False)).text == "Then I leave it as it is."
        gone = StepResult("cart", "cart_add", error="Dune: sold out", status="failed")
        assert writer.write(scene(Strategy.SERVE, gone, agreed=True)).text == "That could not be done: Dune: sold out"

    def test_nothing_was_meant(self, writer: Writer) -> None:
        assert "which product you mean" in writer.write(scene(Strategy.SERVE)).text


@pytest.mark.parametrize("strategy", [Strategy.ASK, Strategy.DECLINE])
def test_without_tools_no_figure_is_named(writer: Writer, strategy: Strategy) -> None:
    answer = writer.write(scene(strategy))
    assert answer.sentences
    assert "€" not in answer.text
    assert answer.cards == ()
