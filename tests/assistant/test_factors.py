"""What decides a purchase is what tells the products apart and what is spoken of."""

from __future__ import annotations

from shopwright.assistant.factors import decisive, ranks, sentences_about
from shopwright.types import AttributeValue, Evidence, Product, Quantity


def tent(key: str, kg: float, **attributes: AttributeValue) -> Product:
    return Product(key, key, attributes={"weight": Quantity(kg, "kg"), "warranty": "2 years", **attributes})


TENTS = [
    tent("a", 1.2, seasons="3", note="sewn by hand in one piece"),
    tent("b", 2.0, seasons="3", note="comes with a bag"),
    tent("c", 5.5, seasons="4"),
    tent("d", 0.9, seasons="3"),
]
GUIDE = Evidence("", "document", "guide", "Four seasons matter above the snow line.", title="How to choose a tent")
REVIEW = Evidence("", "review", "r1", "The weight, 900 g, is what sold it to me.", title="review by Ada")


def test_what_all_share_or_one_states_decides_nothing() -> None:
    assert {factor.attribute for factor in decisive(TENTS, [])} == {"seasons", "weight"}
    assert "warranty" not in ranks(TENTS)
    assert "note" not in ranks(TENTS)


def test_values_from_least_to_most_or_the_commonest_first() -> None:
    found = {factor.attribute: factor for factor in decisive(TENTS, [])}
    assert (found["weight"].values, found["weight"].examples) == (("0.9 kg", "5.5 kg"), ("d", "c"))
    assert (found["seasons"].values, found["seasons"].examples) == (("3", "4"), ("a", "c"))
    assert (found["weight"].measured, found["seasons"].measured) == (True, False)
    assert (found["seasons"].stated, found["seasons"].products) == (4, 4)


def test_what_is_spoken_of_weighs_more_and_is_quoted_guides_first() -> None:
    found = {factor.attribute: factor for factor in decisive(TENTS, [REVIEW, GUIDE, GUIDE])}
    assert found["seasons"].quotes == (GUIDE, GUIDE)
    assert found["weight"].quotes == (REVIEW,)
    silent = {factor.attribute: factor.weight for factor in decisive(TENTS, [])}
    assert found["seasons"].weight > silent["seasons"]


def test_only_sentences_that_are_about_the_kind() -> None:
    other = Evidence("", "document", "g2", "Weigh the flour.", title="Baking")
    assert sentences_about([GUIDE, other], "tents") == [GUIDE]


def test_nothing_to_tell_apart() -> None:
    assert decisive([], []) == ()
    assert decisive(TENTS[:1], []) == ()
