from __future__ import annotations

from pathlib import Path

import pytest

from shopwright.errors import StoreError
from shopwright.models.scripted import HashingEncoder
from shopwright.search.passages import PassageIndex
from shopwright.types import Document

DOCUMENTS = (
    Document(
        "returns",
        "Returns",
        "## How long\n\nYou may return anything within thirty days.\n\n## Refunds\n\nMoney comes back in five days.",
        "policy",
    ),
    Document(
        "delivery",
        "Delivery",
        "## Cost\n\nDelivery costs 4.90 EUR, or nothing from 50 EUR.\n\n## Countries\n\nTo Ireland and France.",
        "policy",
    ),
    Document("tents", "How to choose a tent", "## Weight\n\nA light tent for two weighs two kilograms.", "guide"),
)


@pytest.fixture(scope="module")
def texts() -> PassageIndex:
    return PassageIndex.build(DOCUMENTS, HashingEncoder(256))


@pytest.mark.parametrize(
    ("query", "document", "heading"),
    [
        ("how many days do I have to return something", "returns", "How long"),
        ("what does delivery cost", "delivery", "Cost"),
        ("do you deliver to France?", "delivery", "Countries"),
        ("weight of a tent", "tents", "Weight"),
    ],
)
def test_the_section_that_answers_comes_first(texts: PassageIndex, query: str, document: str, heading: str) -> None:
    hit = texts.search(query, 2)[0]
    assert (hit.document_id, hit.heading) == (document, heading)
    assert hit.title
    assert hit.text


def test_scores_tell_what_is_about_something_else(texts: PassageIndex) -> None:
    assert texts.search("what does delivery cost")[0].score > 0.5
    assert texts.search("quantum chromodynamics")[0].score < 0.3
    assert all(0 <= hit.score <= 1 for hit in texts.search("delivery cost cost cost", 9))


def test_kinds_and_number_are_kept(texts: PassageIndex) -> None:
    assert {hit.kind for hit in texts.search("tent delivery", 9, kinds=("guide",))} == {"guide"}
    assert len(texts.search("delivery", 2)) == 2
    assert texts.search("delivery", 3, kinds=("faq",)) == []
    assert texts.search("   ") == []


def test_an_index_comes_back_from_its_folder(texts: PassageIndex, tmp_path: Path) -> None:
    texts.save(tmp_path / "passages")
    again = PassageIndex.load(tmp_path / "passages", HashingEncoder(256))
    assert again.search("refund money") == texts.search("refund money")
    other = PassageIndex.load(tmp_path / "passages", HashingEncoder(64))
    assert other.search("refund money")[0].document_id == "returns"


def test_a_missing_or_damaged_folder_is_named(texts: PassageIndex, tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="Build them again"):
        PassageIndex.load(tmp_path, HashingEncoder())
    texts.save(tmp_path)
    (tmp_path / "passages.npy").write_bytes(b"123")
    with pytest.raises(StoreError, match="Build them again"):
        PassageIndex.load(tmp_path, HashingEncoder(256))


def test_no_documents(tmp_path: Path) -> None:
    empty = PassageIndex.build((), HashingEncoder())
    assert empty.search("anything") == []
    empty.save(tmp_path)
    assert len(PassageIndex.load(tmp_path, HashingEncoder())) == 0


def test_a_long_question_is_read_in_part(texts: PassageIndex) -> None:
    assert texts.search("delivery cost " * 20_000)[0].document_id == "delivery"
