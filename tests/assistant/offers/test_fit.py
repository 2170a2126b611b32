"""Fits, does not, or unknown; and always why."""

from __future__ import annotations

from assistant.offers.shops import NORTH, SOUTH, item
from shopwright.assistant.offers.fit import compatible, judge
from shopwright.types import Product

BOARD = NORTH.by_id["n4"]


def test_memory_for_a_board() -> None:
    verdicts = {one.product.id: (one.verdict, one.why) for one in compatible(BOARD, "RAM", SOUTH.products)}
    assert set(verdicts) == {"s3", "s4", "s5"}
    assert verdicts["s3"][0] == "fits"
    assert verdicts["s4"][0] == "does_not"
    assert "DDR4 and DDR5" in verdicts["s4"][1]
    assert verdicts["s5"][0] == "does_not"  # a notebook's module


def test_what_fits_comes_first() -> None:
    assert compatible(BOARD, "memory", SOUTH.products)[0].product.id == "s3"


def test_a_backup_needs_the_space_of_the_original() -> None:
    owned = SOUTH.by_id["s2"]
    verdicts = {one.product.id: one.verdict for one in compatible(owned, "external SSD", NORTH.products)}
    assert verdicts == {"n9": "fits", "n10": "does_not"}


def test_a_board_goes_into_a_case_of_its_size_and_larger_ones() -> None:
    small = item("c", "Tolva Mini Case, Micro ATX", "50", "PC Components", "Cases")
    assert judge(small, NORTH.by_id["n5"]).verdict == "fits"
    assert judge(small, BOARD).verdict == "does_not"
    assert judge(NORTH.by_id["n8"], NORTH.by_id["n5"]).verdict == "fits"


def test_both_sides_ask_the_same_question() -> None:
    assert judge(BOARD, SOUTH.by_id["s3"]).verdict == judge(SOUTH.by_id["s3"], BOARD).verdict == "fits"


def test_a_text_may_say_what_it_is_for() -> None:
    assert judge(SOUTH.by_id["s6"], SOUTH.by_id["s7"]).verdict == "fits"


def test_the_merchant_knows_best() -> None:
    pan, lid = Product("p", "Iron pan", related={"accessory": ("l",)}), Product("l", "Glass lid")
    assert judge(pan, lid).verdict == "fits"
    assert judge(lid, pan).verdict == "unknown"


def test_unknown_says_what_is_missing() -> None:
    judged = judge(item("b", "Brask Board", None, "Motherboards"), item("m", "Ember Memory", None, "Memory"))
    assert judged.verdict == "unknown"
    assert "memory type" in judged.why
