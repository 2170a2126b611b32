"""Facts are what lasts and has one answer; names are those by which no other product could be meant."""

from __future__ import annotations

from decimal import Decimal

from facts.shelf import catalogue
from shopwright.train.facts.catalogue import attributes, subjects, topics
from shopwright.types import Money, Product, Quantity, Variant

SHELF = catalogue()


def stated(product: Product) -> dict[str, str | None]:
    return {topic.attribute: topic.answer for topic in topics(product, subjects([product])[product.id])}


def test_attributes_brand_category_and_options_are_facts() -> None:
    assert stated(SHELF[0]) == {
        "brand": "Fellrunner",
        "category": "Tents",
        "colour": "red, green",
        "weight": "1.5 kg",
        "material": "aluminium",
        "waterproof": "yes",
        "country of origin": "Portugal",
        "warranty": "2 years",
        "pockets": "3",
    }


def test_what_changes_is_never_a_fact() -> None:
    shown = {
        "unit_price": "3 EUR",
        "stock_level": "9",
        "delivery": "2 days",
        "rating": 4.5,
        "weight": Quantity(1, "kg"),
    }
    product = Product("x", "Odd bench", price=Money(Decimal("9"), "EUR"), stock=4, attributes=shown)
    assert stated(product) == {"weight": "1 kg"}


def test_what_has_no_one_short_answer_is_left_out() -> None:
    product = Product(
        "x",
        "Odd bench",
        attributes={"weight": Quantity(1, "kg"), "length": Quantity(2, "m"), "story": "long " * 20, "size": "S"},
        variants=(
            Variant("a", {"size": "S"}, attributes={"weight": Quantity(1, "kg")}),
            Variant("b", {"size": "M"}, attributes={"weight": Quantity(2, "kg")}),
        ),
    )
    assert stated(product) == {"length": "2 m", "size": "S, M"}
    assert attributes(product) == {"brand", "category", "weight", "length", "story", "size"}


def test_a_brand_in_the_title_is_no_fact() -> None:
    assert stated(Product("x", "Larch oak bench", brand="Larch", attributes={"seats": 3.0})) == {"seats": "3"}


def test_names_are_full_and_short_and_no_other_products() -> None:
    found = subjects([*SHELF, Product("x", "Corrie tent peg set"), Product("y", "Twin"), Product("z", "Twin")])
    assert found["corrie-stove"].names == (
        "Corrie stove for two",
        "Fellrunner Corrie stove for two",
        "Corrie stove",
    )
    assert "Corrie tent" not in found["corrie-tent"].names
    assert found["x"].names == ("Corrie tent peg set", "Corrie tent peg")
    assert not {"y", "z"} & set(found)
    every = [name for subject in found.values() for name in subject.names]
    assert len(every) == len(set(every))
