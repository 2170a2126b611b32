from __future__ import annotations

from shopwright.checking import Checker, Piece
from shopwright.checking.of_shop import ShopEvidence, record
from shopwright.shop import Shop


def texts(shop: Shop, *sentences: str) -> list[str]:
    evidence = ShopEvidence(shop)
    found: list[Piece] = []
    for sentence in sentences:
        found = evidence.of(sentence)
    return [piece.source for piece in found if piece.kind == "product"]


def test_a_record_holds_what_the_store_does(tea_shop: Shop) -> None:
    told = record(tea_shop.product("MUG-02")).splitlines()
    assert told[0] == "Enamel camping mug 400 ml"
    assert {"Price: €9.90", "Availability: in stock", "Regular price: €12.90", "Weight: 140 g"} <= set(told)


def test_the_products_of_a_sentence(tea_shop: Shop) -> None:
    assert texts(tea_shop, "The enamel camping mug is light.")[0] == "Enamel camping mug 400 ml"
    assert texts(tea_shop, "The enamel camping mug is light.", "It costs €9.90.")[0] == "Enamel camping mug 400 ml"
    assert "Cast-iron teapot 0.8 l" in texts(tea_shop, "We sell a teapot.")
    assert texts(tea_shop, "The cast-iron teapot is heavier than the enamel camping mug.") == [
        "Cast-iron teapot 0.8 l", "Enamel camping mug 400 ml",
    ]  # fmt: skip
    assert texts(tea_shop, " ") == []


def test_prices_stock_and_policies_are_checked_against_the_store(checker: Checker, tea_shop: Shop) -> None:
    answer = (
        "The enamel camping mug costs €9.90. It costs €8.90. You can return unused items within 60 days of delivery."
    )
    checked = checker.check_in(answer, tea_shop)
    right, wrong, long = checked.verdicts
    assert right.label == "supported"
    assert wrong.label != "supported"
    assert long.label != "supported"
    assert any(told.name == "Returns" and "30 days" in told.text for told in checked.told[2])


def test_what_the_shop_does_not_have_is_not_supported(checker: Checker, tea_shop: Shop) -> None:
    (verdict,) = checker.check_in("The Zephyr lamp shines for 8 hours.", tea_shop).verdicts
    assert verdict.label != "supported"
    assert verdict.reason


def test_an_answer_is_repaired_from_the_shop(checker: Checker, tea_shop: Shop) -> None:
    checked = checker.check_in("You can return unused items within 60 days of delivery.", tea_shop)
    mended = checker.repair(checked, tea_shop)
    assert mended.text in ("You can return unused items within 30 days of delivery.", "")
    assert len(mended.changes) == 1
