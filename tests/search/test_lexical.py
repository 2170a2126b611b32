from __future__ import annotations

from pathlib import Path

import pytest

from search.shelf import HEADSET, KETTLE, TENT, ids, shop
from shopwright.search.embedded import EmbeddedIndex
from shopwright.search.lexical import MAX_WORDS, stem
from shopwright.types import Product, SearchRequest


def lexical(index: EmbeddedIndex, query: str) -> list[str]:
    return ids(index, query, mode="lexical")


@pytest.mark.parametrize(
    ("query", "first"),
    [
        ("tents", "big-tent"),
        ("TREKKING TENT", "tent"),
        ("boiling", "kettle"),
        ("pelham", "headset"),
        ("red linen", "shirt"),
        ("dishwasher safe", "kettle"),
        ("ripstop", "tent"),
        ("Fellrünner", "tent"),
    ],
)
def test_words_are_found_in_every_field_and_form(index: EmbeddedIndex, query: str, first: str) -> None:
    assert lexical(index, query)[0] == first


@pytest.mark.parametrize(("typed", "first"), [("ketle", "kettle"), ("hedset", "headset"), ("thermostatt", "kettle")])
def test_unknown_words_are_read_as_the_nearest_known(index: EmbeddedIndex, typed: str, first: str) -> None:
    assert lexical(index, typed) == [first]


def test_known_words_are_left_alone(folder: Path) -> None:
    index = shop(folder, Product("tend", "Tend gardening gloves"), TENT)
    assert lexical(index, "tend") == ["tend"]


def test_compounds_are_found_joined_and_split(folder: Path) -> None:
    index = shop(folder, HEADSET, Product("cloth", "Table cloth"), Product("cup", "Cup"))
    assert lexical(index, "head set") == ["headset"]
    assert lexical(index, "tablecloth") == ["cloth"]


def test_neighbouring_words_rank_above_scattered_ones(folder: Path) -> None:
    index = shop(folder, Product("a", "Glass kettle with steel lid"), Product("b", "Steel kettle with glass lid"))
    assert lexical(index, "glass kettle")[0] == "a"
    assert lexical(index, "steel kettle")[0] == "b"


def test_total_counts_what_has_all_of_two_words(index: EmbeddedIndex) -> None:
    assert index.search(SearchRequest("family tent")).total == 1
    assert index.search(SearchRequest("tent")).total == 2


def test_the_demand_falls_while_nothing_matches(index: EmbeddedIndex) -> None:
    assert index.search(SearchRequest("tent kettle")).total == 3
    assert index.search(SearchRequest("purple unicorn tent")).total == 2
    assert index.search(SearchRequest("zzxxyyqq")).total == 0


def test_function_words_need_not_be_there(index: EmbeddedIndex) -> None:
    assert index.search(SearchRequest("a tent for the family")).total == 1


@pytest.mark.parametrize(
    "query",
    [
        '"tent" AND (title:x OR [1 TO 2]) ~^*?\\ +-!{}',
        "tent\x00\x01\x1f\u202e",
        "tent " * 20_000,
        "x" * 100_000,
        "\ud83d tent",
        "🏕 tent",
        "';--",
    ],
)
def test_any_text_is_a_query(index: EmbeddedIndex, query: str) -> None:
    found = index.search(SearchRequest(query))
    assert ("tent" in query) <= ("tent" in [hit.id for hit in found.hits])


def test_only_so_many_words_are_read(index: EmbeddedIndex) -> None:
    words = index.search(SearchRequest(" ".join(f"w{number}" for number in range(500))))
    assert words.total == 0
    assert len(index._state.lexical.read(" ".join(f"word{n}" for n in range(99)))) == MAX_WORDS


def test_wide_scripts_are_found_by_part(folder: Path) -> None:
    index = shop(folder, Product("zh", "轻便双人帐篷"), Product("ar", "خيمة لشخصين"), KETTLE)
    assert lexical(index, "帐篷") == ["zh"]
    assert lexical(index, "خيمة") == ["ar"]


def test_stems_join_forms() -> None:
    assert stem("Kettles") == stem("kettle")
    assert stem("boiling") == stem("boils")
