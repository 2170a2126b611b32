from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from shopwright.search.sections import MOST_WORDS, passages, pieces, sections
from shopwright.types import Document

RETURNS = """We take things back.

## How long

Thirty days from the day it arrives.

## How

Print the label.

Hand in the parcel.
"""


def test_a_document_is_cut_at_its_headings() -> None:
    assert list(sections(RETURNS)) == [
        ("", "We take things back."),
        ("How long", "Thirty days from the day it arrives."),
        ("How", "Print the label.\n\nHand in the parcel."),
    ]


def test_passages_know_their_document() -> None:
    first, second, third = passages(Document("returns", "Returns", RETURNS, "policy"))
    assert (first.document_id, first.title, first.kind, first.heading) == ("returns", "Returns", "policy", "")
    assert second.heading == "How long"
    assert third.text.startswith("Print")


def test_long_sections_are_cut_between_paragraphs() -> None:
    body = "\n\n".join(f"{number} " + "word " * 89 for number in range(5))
    found = pieces(body)
    assert len(found) == 3
    assert all(piece.split()[0].isdigit() for piece in found)


def test_a_short_rest_joins_its_neighbour() -> None:
    assert len(pieces("word " * 190 + "\n\n" + "rest " * 15)) == 1


@given(st.lists(st.sampled_from(["One two three.", "word " * 70, "\n\n", "long" * 3, "! "]), max_size=30))
def test_nothing_is_lost_and_nothing_is_too_long(parts: list[str]) -> None:
    body = " ".join(parts)
    found = pieces(body)
    assert " ".join(found).split() == body.split()
    assert all(len(piece.split()) <= MOST_WORDS + 40 for piece in found)


def test_an_empty_document_has_no_passages() -> None:
    assert list(passages(Document("d", "D", "## Heading only\n\n"))) == []
