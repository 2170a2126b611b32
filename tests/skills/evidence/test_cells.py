from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shopwright.skills.evidence.cells import cell_text


@pytest.mark.parametrize(
    ("cell", "told"),
    [
        ('age_range: { value:"little kid" }', "age range: little kid"),
        ('specification_met:  { value:"nsf" }; { value:"ul" }', "specification met: nsf; ul"),
        ('colour: { value:"red" }; { value:"red" }', "colour: red"),
        (
            "item_package_weight: { unit:kilograms, normalized_value:{ unit:pounds, value:1.1 }, value:0.5 }",
            "item package weight: 0.5 kilograms",
        ),
        (
            "item_dimensions: { width:{ unit:inches, value:8 }, length:{ unit:inches, value:10.2 } }",
            "item dimensions: width 8 inches, length 10.2 inches",
        ),
        ("is_waterproof: { value:true }", "is waterproof: yes"),
        ("is_waterproof: { value:false }", "is waterproof: no"),
    ],
)
def test_a_cell_reads_as_a_person_would_say_it(cell: str, told: str) -> None:
    assert cell_text(cell) == told


@pytest.mark.parametrize("text", ["It weighs 2 kg.", "Weight: 2 kg", "{}", "", "colour: {}", "note: { }"])
def test_what_is_no_cell_or_holds_nothing_stays(text: str) -> None:
    assert cell_text(text) == text


def test_spaces_are_tidied() -> None:
    assert cell_text("  It\n weighs \t 2 kg. ") == "It weighs 2 kg."


@pytest.mark.parametrize("piece", [" ", "x ", "unit: x ", "normalized_value:{", "{", "} ; {", "a_b: "])
def test_a_megabyte_of_what_looks_like_a_cell_is_read(piece: str) -> None:
    """Patterns that try every way through such a text would not come back."""
    assert cell_text("weight: { unit:" + piece * (1_000_000 // len(piece)))


@settings(max_examples=200, deadline=None)
@given(st.text(alphabet=st.one_of(st.characters(), st.sampled_from("abc_:{}[];,.\"' 12")), max_size=80))
def test_any_text_is_read(text: str) -> None:
    assert cell_text(text) == " ".join(cell_text(text).split())
