from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shopwright.knowledge.synonyms import Group, Synonyms, Term
from shopwright.search.answer import Relevance
from shopwright.search.correction import MAX_WORDS, correct
from shopwright.search.embedded import EmbeddedIndex
from shopwright.search.spelling import Vocabulary
from shopwright.types import Product, SearchRequest

TITLES = """
linen tea towel
striped tea towel
striped tea towel set
waffle bath towel
garden tool set
garden tool box
garden tool bag
cordless power tool
frost king window film
frost king door seal
wood king frame
window film
wind chime
rain barrel
wireless headset
head lamp
20 v drill
6 ft ladder
pump gx2104
pump tarn
bath mat
steel pipe
"""


class Titles:
    """A catalogue that is a list of titles."""

    def __init__(self, titles: Sequence[str]) -> None:
        self._titles = [title.split() for title in titles]
        self.products = len(titles)
        words = sorted({word for title in self._titles for word in title})
        self._frequency: Mapping[str, int] = {word: sum(word in title for title in self._titles) for word in words}
        self._vocabulary = Vocabulary(words, list(self._frequency.values()))

    def frequency(self, word: str) -> int:
        return self._frequency.get(word, 0)

    def titled(self, word: str) -> int:
        return self.frequency(word)

    def together(self, left: str, right: str) -> int:
        return sum((left, right) in pairwise(title) for title in self._titles)

    def nearest(self, word: str) -> Sequence[tuple[str, int]]:
        return self._vocabulary.nearest(word)


CATALOGUE = Titles(TITLES.strip().splitlines() * 3)
KNOWN = sorted({word for title in TITLES.split("\n") for word in title.split()})


def meant(query: str, named: Callable[[str], bool] | None = None) -> str:
    typed = query.split()
    words: list[str] = []
    done = 0
    for each in correct(typed, CATALOGUE, named):
        words += [*typed[done : each.start], *each.words]
        done = each.end
    return " ".join([*words, *typed[done:]])


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("tea towl", "tea towel"),
        ("garden towl", "garden tool"),
        ("powr tool", "power tool"),
        ("widnow film", "window film"),
        ("frostking windw film", "frost king window film"),
        ("wireless hedset", "wireless headset"),
        ("wireles head sett", "wireless head set"),
        ("20v drill", "20 v drill"),
        ("6ft laddr", "6 ft ladder"),
    ],
)
def test_what_was_meant_is_read_from_its_neighbours(typed: str, expected: str) -> None:
    assert meant(typed) == expected


def test_a_word_in_two_pieces_is_joined_where_one_piece_is_unknown() -> None:
    assert meant("wireless he adset") == "wireless headset"
    assert meant("head set") == "head set"


@pytest.mark.parametrize("word", ["gx2105", "gx210", "tarn", "20w", "1920x1080", "b08n5", "steel", "wind"])
def test_model_numbers_and_words_of_the_catalogue_stay(word: str) -> None:
    assert meant(word) == word
    assert meant(f"pump {word} tool") == f"pump {word} tool"


@pytest.mark.parametrize(("typed", "expected"), [("bidet", "bidet"), ("kindle", "kindle"), ("bathhe", "bathe")])
def test_two_other_consonants_make_another_word(typed: str, expected: str) -> None:
    found = correct([typed], Titles(["drill bit", "stair spindle", "stable door", "bathe"] * 3))
    assert [each.words for each in found] == ([] if expected == typed else [(expected,)])


def test_what_has_another_name_in_the_catalogue_stays() -> None:
    asked: list[str] = []

    def named(word: str) -> bool:
        asked.append(word)
        return word == "towl"

    assert meant("garden towl", named) == "garden towl"
    assert meant("towl garden 20v wireles tool", named) == "towl garden 20 v wireless tool"
    assert {"garden", "20v"}.isdisjoint(asked), "asked of words that nothing has, and never of numbers"


STRIMMER = Group("garden", (Term(("string", "trimmer"), ("string", "trimmer")), Term(("strimmer",), ("strimmer",))))


@pytest.mark.parametrize(
    ("titles", "thesaurus", "searched"),
    [
        (["Beard trimmer", "Cordless string trimmer"], Synonyms([STRIMMER]), ""),
        (["Beard trimmer", "Cordless string trimmer"], None, "trimmer"),
        (["Beard trimmer", "Hedge trimmer"], Synonyms([STRIMMER]), "trimmer"),
    ],
)
def test_another_name_is_no_slip_where_products_have_one(
    titles: list[str], thesaurus: Synonyms | None, searched: str, tmp_path: Path
) -> None:
    index = EmbeddedIndex(tmp_path, relevance=Relevance(thesaurus=thesaurus))
    index.apply([(title, Product(title, title)) for title in titles], 1)
    page = index.search(SearchRequest("strimmer"))
    assert page.searched == searched
    assert {"Cordless string trimmer", "Hedge trimmer"} & {hit.id for hit in page.hits}


@given(st.lists(st.sampled_from([*KNOWN, "towl", "widnow", "frostking", "hedset", "xq7", "20v", "zz"]), max_size=8))
def test_no_known_word_and_no_digit_is_ever_replaced(typed: list[str]) -> None:
    for each in correct(typed, CATALOGUE):
        replaced = typed[each.start : each.end]
        if each.end - each.start == 1:
            assert replaced[0] not in KNOWN
        letters = "".join(replaced)
        assert letters == "".join(each.words) or letters.isalpha()
        assert all(word in KNOWN for word in each.words)


@pytest.mark.parametrize(
    "query",
    [
        "",
        "zzxxyyqq",
        "les enfants jouent dans le jardin",
        "def towl ( widow ) : retrun bathh [ wnid ]",
        "🏕️ 🏕️",
        "a" * 10_000,
        "twl " * 10_000,
    ],
)
def test_what_is_no_query_of_this_shop_is_left_alone_at_once(query: str) -> None:
    started = time.perf_counter()
    assert correct(query.split(), CATALOGUE) == ()
    assert time.perf_counter() - started < 1.0


def test_words_beyond_the_limit_are_left_alone() -> None:
    typed = [*["tea"] * MAX_WORDS, "towl"]
    assert correct(typed, CATALOGUE) == ()


def test_an_empty_catalogue_corrects_nothing() -> None:
    assert correct(["towl"], Titles([])) == ()
