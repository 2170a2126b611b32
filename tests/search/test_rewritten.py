"""What a rewriter writes stands beside what was typed, never in its place."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from shopwright.models.scripted import HashingEncoder
from shopwright.search.answer import Relevance
from shopwright.search.embedded import EmbeddedIndex
from shopwright.search.lexical import Word
from shopwright.search.protocols import Catalogue
from shopwright.search.widening import rewritten
from shopwright.skills.rewrite.rewriter import Run
from shopwright.types import Product, SearchRequest

TITLES = ["Fluorescent lamp", "Nylon rope", "Frost king film", "Flourescent tube", "Garden hose"]


@dataclass
class Always:
    """A rewriter that always gives the same runs."""

    runs: Sequence[Run]
    asked: list[list[str]] = field(default_factory=list)

    def rewrites(self, typed: Sequence[str], catalogue: Catalogue) -> Sequence[Run]:
        assert catalogue.frequency("rope") == 1
        self.asked.append(list(typed))
        return self.runs


@pytest.fixture
def index(tmp_path: Path) -> EmbeddedIndex:
    index = EmbeddedIndex(tmp_path, HashingEncoder())
    products = {str(place): Product(str(place), title) for place, title in enumerate(TITLES)}
    index.apply(products.items(), 1)
    index.fill(lambda ids: {one: products[one] for one in ids})
    return index


def found(index: EmbeddedIndex, rewriter: Always, query: str, **more: object) -> list[str]:
    request = SearchRequest(query, **{"mode": "lexical", **more})
    return [hit.id for hit in index.scored(Relevance(rewriter=rewriter)).search(request).hits]


def test_what_was_written_is_found_beside_what_was_typed(index: EmbeddedIndex) -> None:
    always = Always([Run(0, 1, ("fluorescent",), 0.9)])
    assert found(index, always, "flourescent") == ["3", "0"]
    assert always.asked == [["flourescent"]]
    assert found(index, Always([]), "flourescent") == ["3"]


def test_a_literal_query_is_not_rewritten(index: EmbeddedIndex) -> None:
    always = Always([Run(0, 1, ("fluorescent",), 0.9)])
    assert found(index, always, "flourescent", literal=True) == ["3"]
    assert found(index, always, "") == found(index, Always([]), "")
    assert always.asked == []


def test_a_dense_search_is_nearer_to_what_was_written(index: EmbeddedIndex) -> None:
    always = Always([Run(0, 1, ("fluorescent",), 0.9)])
    assert found(index, always, "flourescent", mode="dense")[0] == "0"
    assert found(index, Always([]), "flourescent", mode="dense")[0] == "3"
    assert found(index, always, "flourescent", mode="dense", literal=True)[0] == "3"


def test_what_was_written_counts_as_found(index: EmbeddedIndex) -> None:
    scoring = index.scored(Relevance(rewriter=Always([Run(0, 1, ("nylon",), 0.9)])))
    page = scoring.search(SearchRequest("pylon rope", mode="lexical"))
    assert (page.total, [hit.id for hit in page.hits]) == (1, ["1"])
    assert ("Nylon", True) in page.hits[0].highlights["title"]


def test_words_share_the_weight_of_their_rewrite() -> None:
    words = (Word("frostking", "frostk"), Word("film", "film"))
    [first, last] = rewritten(words, [Run(0, 1, ("frost", "king"), 0.8)])
    assert dict(first.others) == {"frost": 0.4, "king": 0.4}
    assert last == words[1]


def test_a_rewrite_of_several_words_belongs_to_the_last_one() -> None:
    words = (Word("door", "door"), Word("mat", "mat", (("rug", 0.3),)))
    first, last = rewritten(words, [Run(0, 2, ("doormat",), 0.7)])
    assert first == words[0]
    assert dict(last.others) == {"rug": 0.3, "doormat": 0.7}


def test_the_surer_of_two_rewrites_counts_and_what_was_typed_is_not_added_again() -> None:
    words = (Word("red", "red"), Word("mat", "mat"))
    runs = [Run(1, 2, ("rug",), 0.6), Run(1, 2, ("rug", "red"), 0.9)]
    assert dict(rewritten(words, runs)[1].others) == {"rug": 0.6}
    assert rewritten(words, ()) == words
