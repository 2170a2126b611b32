from __future__ import annotations

import pytest

from shopwright.search.kinds import Kind, calls, fit, fitting, head, mentions, named_for
from shopwright.types import Product


@pytest.mark.parametrize(
    ("title", "noun"),
    [
        ("Tarn 2 two-person trekking tent", "tent"),
        ("Shoal cotton terry towel, 50 x 100 cm", "towel"),
        ("Groundsheet for two-person tents", "groundsheet"),
        ("Peephole 2K webcam with shutter", "webcam"),
        ("Kitchen knives", "knife"),
        ("42", ""),
        ("", ""),
    ],
)
def test_head(title: str, noun: str) -> None:
    assert head(title) == noun


def test_heads_add_the_category_where_it_names_one_kind() -> None:
    assert Kind(Product("a", "Cast iron skillet", category=("Kitchen", "Frying pans"))).heads == {"skillet", "pan"}
    assert Kind(Product("a", "Ski helmet", category=("Sport", "Helmets & goggles"))).heads == {"helmet"}
    assert Kind(Product("a", "Mesh set", category=("Pets", "Accessories"))).heads == frozenset()


@pytest.mark.parametrize(
    ("title", "brand", "name"),
    [
        ("Tarn 2 two-person trekking tent", "Fellrunner", "Tarn 2"),
        ("Velorne Lane city helmet", "Velorne", "Lane"),
        ("Velorne helmet", "Velorne", ""),
        ("two-person tent", None, ""),
        ("2 plates", None, ""),
    ],
)
def test_name(title: str, brand: str | None, name: str) -> None:
    assert Kind(Product("a", title, brand=brand)).name == name


def test_a_name_is_not_just_the_first_word_of_a_sentence() -> None:
    assert calls("Made to fit under the Solid and others.", "Solid")
    assert not calls("Solid as a rock. Solid wood.", "Solid")
    assert calls("Tarn 2 owners like it.", "Tarn 2")
    assert not calls("anything", "")


def test_what_a_product_goes_with() -> None:
    sleeve = Product(
        "a", "Felt sleeve", attributes={"compatible_with": ("laptops up to 14 in", "tablets"), "care": "dry"}
    )
    assert fitting(sleeve) == ("laptops up to 14 in", "tablets")
    assert fit(fitting(sleeve), frozenset({"laptop"}))
    assert not fit(["fountain pens with converter"], frozenset({"fountain"}))
    assert named_for("Rain cover for large rucksacks", frozenset({"rucksack"}))
    assert not named_for("Rucksack for children", frozenset({"rucksack"}))
    assert mentions("It dries with the towels.", frozenset({"towel"}))
