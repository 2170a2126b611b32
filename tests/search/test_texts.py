from __future__ import annotations

from dataclasses import replace

from search.shelf import KETTLE, SHIRT, TENT
from shopwright.search.texts import LONGEST, beginning, encoder_text, facts_text, named, spaced, weighted_text


def test_the_title_weighs_more_than_the_description() -> None:
    words = weighted_text(TENT).split()
    assert words.count("Tarn") == 6
    assert words.count("pegs") == 2


def test_option_values_of_variants_are_searched() -> None:
    assert {"red", "blue", "M"} <= set(weighted_text(SHIRT).split())


def test_true_attributes_and_quantities_are_facts() -> None:
    assert "dishwasher safe" in facts_text(KETTLE)
    assert "2.2 kW" in facts_text(KETTLE)
    assert "freestanding" not in facts_text(replace(TENT, attributes={"freestanding": False}))


def test_a_name_is_title_brand_and_narrowest_category() -> None:
    assert named(TENT) == "Tarn two-person trekking tent Fellrunner Tents"


def test_the_encoder_also_reads_how_the_description_begins() -> None:
    told = replace(TENT, description="Light\nand  roomy, " + "for every weather " * 20)
    assert encoder_text(told).startswith(f"{named(TENT)} Light and roomy, for every weather")
    assert len(encoder_text(told)) <= len(named(TENT)) + 81
    assert encoder_text(replace(TENT, description="", highlights=("Packs small",))) == f"{named(TENT)} Packs small"
    assert encoder_text(replace(TENT, description="", highlights=())) == named(TENT)


def test_a_beginning_ends_with_a_whole_word() -> None:
    assert beginning("one two three", 7) == "one two"
    assert beginning("one two three", 8) == "one two"
    assert beginning("short", 7) == "short"
    assert beginning("", 7) == ""


def test_a_huge_description_is_cut() -> None:
    huge = replace(TENT, description="x" * 10_000_000)
    assert len(weighted_text(huge)) < 3 * LONGEST


def test_wide_characters_stand_alone() -> None:
    assert spaced("帐篷 tent").split() == ["帐", "篷", "tent"]
    assert spaced("plain text") == "plain text"
