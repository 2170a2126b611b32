"""What comes after the first results is completed; the first ones, and what was found, stay."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from shopwright.models.scripted import HashingEncoder
from shopwright.search.embedded import EmbeddedIndex
from shopwright.search.expansion import FIRST, completed, related_words
from shopwright.search.lexical import stem
from shopwright.search.ranking import Ranking
from shopwright.types import Filter, Product, SearchRequest

TENTS = [Product(f"tent-{n}", f"Trekking tent dome {n}", brand="Lark") for n in range(60)]
DOMES = [Product(f"dome-{n}", f"Dome shelter trekking {n}", brand="Lark" if n % 2 else "Tarn") for n in range(25)]
MUGS = [Product(f"mug-{n}", f"Enamel mug {n}", brand="Tarn") for n in range(40)]
EVERY = [*TENTS, *DOMES, *MUGS]
DEEP = SearchRequest("tent", limit=100)


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory) -> Iterator[EmbeddedIndex]:
    built = EmbeddedIndex(tmp_path_factory.mktemp("domes"), HashingEncoder())
    built.apply([(each.id, each) for each in EVERY], 1)
    built.fill(lambda ids: {each.id: each for each in EVERY if each.id in set(ids)})
    yield built
    built.close()


def found(index: EmbeddedIndex, request: SearchRequest) -> list[str]:
    return [hit.id for hit in index.search(request).hits]


@pytest.fixture
def fused(index: EmbeddedIndex) -> Callable[[SearchRequest], list[str]]:
    """The list of a request as it was before it was completed."""

    def listed(request: SearchRequest) -> list[str]:
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr("shopwright.search.answer.completed", lambda ranking, *_: ranking)
            return found(index, request)

    return listed


def test_the_first_results_stay_and_nothing_is_lost(
    index: EmbeddedIndex, fused: Callable[[SearchRequest], list[str]]
) -> None:
    before, after = fused(DEEP), found(index, DEEP)
    assert after[:FIRST] == before[:FIRST]
    assert set(before) <= set(after)
    assert len(after) == len(set(after))
    domes = {each.id for each in DOMES}
    assert domes <= set(after), "what the tents' titles say finds domes that no tent is"
    assert len(domes & set(after)) > len(domes & set(before))


def test_scores_never_rise_after_the_first_results(index: EmbeddedIndex) -> None:
    scores = [hit.score for hit in index.search(DEEP).hits]
    assert scores[FIRST - 1 :] == sorted(scores[FIRST - 1 :], reverse=True)
    assert min(scores) >= 0.0


def test_a_page_of_the_first_results_is_not_completed(index: EmbeddedIndex) -> None:
    assert "expand" not in index.search(SearchRequest("tent", limit=FIRST)).timings
    assert "expand" in index.search(DEEP).timings


@pytest.mark.parametrize(
    "request_", [replace(DEEP, literal=True), replace(DEEP, mode="dense"), replace(DEEP, mode="lexical")]
)
def test_literal_dense_and_lexical_searches_find_what_they_say(
    request_: SearchRequest, index: EmbeddedIndex, fused: Callable[[SearchRequest], list[str]]
) -> None:
    assert found(index, request_) == fused(request_)


def test_a_lexical_search_with_a_vector_is_completed(index: EmbeddedIndex) -> None:
    vector = HashingEncoder().encode(["tent"])[0]
    request = replace(DEEP, mode="lexical")
    with_vector = [hit.id for hit in index.search(request, query_vector=vector).hits]
    assert with_vector[:FIRST] == found(index, request)[:FIRST]
    assert set(with_vector) > set(found(index, request))


def test_deep_pages_follow_each_other(index: EmbeddedIndex) -> None:
    pages = [found(index, SearchRequest("tent", offset=offset, limit=10)) for offset in range(FIRST, 100, 10)]
    shown = [one for page in pages for one in page]
    assert len(shown) == len(set(shown)) > 20
    assert shown == found(index, SearchRequest("tent", limit=100))[FIRST:]


def test_filters_hold_for_what_completes(index: EmbeddedIndex) -> None:
    brand = {each.id: each.brand for each in EVERY}
    shown = found(index, replace(DEEP, filters=(Filter("brand", values=("Lark",)),)))
    assert len(shown) > FIRST
    assert {brand[one] for one in shown} == {"Lark"}


def test_words_come_from_the_nearest_titles_and_are_not_the_querys(index: EmbeddedIndex) -> None:
    lexical = index.state.lexical
    words = lexical.read("tent")
    keys = lexical.keys(["tent-1", "tent-2", "dome-1"])
    beside = dict(related_words(lexical, words, keys, [0.9, 0.9, 0.5]))
    assert set(beside) == {stem("trekking"), "dome", "shelter"}
    assert beside["dome"] > beside["shelter"] > 0  # two near titles say so, one far one
    assert sum(beside.values()) < len(words)
    assert related_words(lexical, words, keys[:0], []) == ()


def ranking(rows: Sequence[int]) -> Ranking:
    return Ranking(np.array(rows, np.int64), np.linspace(1.0, 0.5, max(len(rows), 1))[: len(rows)])


def test_a_second_list_is_merged_after_the_first_results() -> None:
    before = ranking(range(FIRST + 10))
    new, last = 900, FIRST + 9
    merged = completed(before, np.array([0, new, last]), corrected=True)
    assert merged.rows[:FIRST].tolist() == list(range(FIRST))
    assert sorted(merged.rows.tolist()) == [*range(FIRST + 10), new]
    assert merged.rows[FIRST] == last, "both lists have it"
    place = merged.rows.tolist().index
    half = completed(before, np.array([0, new, last]), corrected=False)
    assert place(new) < half.rows.tolist().index(new) + 1
    assert len(merged.scores) == len(merged.rows)


def test_an_empty_second_list_changes_nothing() -> None:
    before = ranking(range(FIRST + 10))
    assert completed(before, np.zeros(0, np.int64), corrected=False).rows.tolist() == before.rows.tolist()


def test_it_completes_a_deep_page_of_a_corrected_query(index: EmbeddedIndex, tmp_path: Path) -> None:
    shown = found(index, replace(DEEP, query="trekkin tentt"))
    assert len(shown) == len(set(shown)) > FIRST
    assert {each.id for each in DOMES} <= set(shown)
