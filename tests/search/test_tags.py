from __future__ import annotations

import pytest

from search.shelf import HEADSET, KETTLE, SHIRT, TENT, ids
from shopwright.search.embedded import EmbeddedIndex
from shopwright.search.tags import needed_tags, tags
from shopwright.types import Filter


def test_values_of_variants_are_tags_and_numbers_are_not() -> None:
    assert {"attr:colour=red", "attr:size=m", "brand=chandlery", "category=shirts", "attr:care=iron warm"} <= tags(
        SHIRT
    )
    assert not any(tag.startswith("attr:weight") for tag in tags(TENT))
    assert "attr:dishwasher_safe=true" in tags(KETTLE)


@pytest.mark.parametrize(
    ("condition", "group"),
    [
        (Filter("brand", values=("Pelham ", "Oak")), ("brand=pelham", "brand=oak")),
        (Filter("category", values=("Electronics > Audio",)), ("category=audio",)),
        (Filter("attr:Colour", values=("BLACK",)), ("attr:colour=black",)),
    ],
)
def test_what_passes_has_a_needed_tag(condition: Filter, group: tuple[str, ...]) -> None:
    assert needed_tags([condition]) == (group,)
    assert set(group) & tags(HEADSET)


@pytest.mark.parametrize(
    "condition",
    [
        Filter("price", "range", high=3),
        Filter("brand", "not", ("Pelham",)),
        Filter("attr:weight", values=("2 kg",)),
        Filter("attr:seasons", values=("3",)),
        Filter("availability", values=("in_stock",)),
    ],
)
def test_other_conditions_are_left_to_the_filter(condition: Filter) -> None:
    assert needed_tags([condition]) == ()


def test_words_and_filters_together(index: EmbeddedIndex) -> None:
    linen, camping = Filter("attr:material", values=("Linen",)), Filter("category", values=("Camping > Tents",))
    assert ids(index, "shirt tent", linen, mode="lexical") == ["shirt"]
    assert set(ids(index, "tent kettle", camping, mode="lexical")) == {"tent", "big-tent"}
