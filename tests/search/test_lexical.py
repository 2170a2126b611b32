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


def test_a_correction_keeps_case_and_signs_of_the_rest(index: EmbeddedIndex) -> None:
    page = index.search(SearchRequest('Pelham "hedset", WIRLESS!'))
    assert page.searched == 'Pelham "headset", wireless!'
    assert page.hits[0].id == "headset"
    assert index.search(SearchRequest("tent")).searched == ""


def test_what_was_typed_is_searched_when_that_is_wished(index: EmbeddedIndex) -> None:
    page = index.search(SearchRequest("hedset", mode="lexical", literal=True))
    assert (page.hits, page.total, page.searched) == ((), 0, "")


def test_a_brand_is_never_read_as_another_word(folder: Path) -> None:
    index = shop(folder, Product("a", "Garden hose", brand="Tentt"), TENT)
    page = index.search(SearchRequest("tentt", mode="lexical"))
    assert ([hit.id for hit in page.hits], page.searched) == (["a"], "")


def test_a_number_is_taken_apart_from_its_unit_without_a_word(folder: Path) -> None:
    index = shop(folder, Product("drill", "Cordless drill 20 V"), Product("saw", "Saw 20 cm"), TENT)
    page = index.search(SearchRequest("20v drill", mode="lexical"))
    assert (page.hits[0].id, page.total, page.searched) == ("drill", 1, "")
    assert index._state.lexical.correction("1/20v drill").meant == {}


def test_a_word_taken_apart_matches_what_has_all_of_it(folder: Path) -> None:
    titles = ("Frost king film", "Frost king seal", "King size bed", "Frost lamp", "Frost blanket", "King crab")
    index = shop(folder, *(Product(str(number), title) for number, title in enumerate(titles)))
    page = index.search(SearchRequest("frostking", mode="lexical"))
    assert (page.searched, page.total) == ("frost king", 2)


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
