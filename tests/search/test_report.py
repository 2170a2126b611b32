from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

import orjson
import pytest

from search.shelf import euro, shop
from shopwright.catalog.searches import Search, SearchLog
from shopwright.catalog.store import Store
from shopwright.knowledge.synonyms import Synonyms
from shopwright.models.protocols import Vectors
from shopwright.models.scripted import HashingEncoder
from shopwright.search.commits import State
from shopwright.search.report import FAR_LESS, Asked, Report, before_and_after, report
from shopwright.types import Product, SearchPage


def thing(number: int, title: str, category: str) -> Product:
    return Product(f"p{number}", title, brand="Fernhill", category=("Home", category), price=euro("9.00"))


GOODS = (
    *(
        thing(number, f"Chino pants {size}", "Pants")
        for number, size in enumerate(("small", "medium", "large", "wide"))
    ),
    thing(4, "Cord pants", "Pants"),
    thing(5, "Linen pants", "Pants"),
    thing(6, "Oak wall shelf", "Shelves"),
    thing(7, "Oak corner shelf", "Shelves"),
    thing(8, "Oak floor shelf", "Shelves"),
    thing(9, "Cordless string trimmer", "Garden"),
    thing(10, "Garden rake", "Garden"),
)


class Meaning(HashingEncoder):
    """To it breeks are pants."""

    def encode(self, texts: Sequence[str], *, batch_size: int | None = None) -> Vectors:
        return super().encode([text.replace("breeks", "pants") for text in texts], batch_size=batch_size)


@pytest.fixture(scope="module")
def state(tmp_path_factory: pytest.TempPathFactory) -> State:
    return shop(tmp_path_factory.mktemp("goods"), *GOODS).state


@pytest.fixture
def log(tmp_path: Path, state: State) -> Iterator[SearchLog]:
    store = Store.open(tmp_path / "store.db")
    opened = SearchLog(store, lambda *texts: before_and_after(state, Synonyms.packaged(), *texts))
    yield opened
    opened.close()
    store.close()


def told(log: SearchLog, state: State, *searches: tuple[str, int, int | None], **how: Any) -> Report:
    log.take(Search(query, query, times, results) for query, times, results in searches)
    return report(log, state, Meaning(), Synonyms.packaged(), **how)


def queries(asked: Sequence[Asked]) -> list[str]:
    return [one.query for one in asked]


def test_an_empty_log_is_an_empty_report(log: SearchLog, state: State) -> None:
    found = told(log, state)
    assert (found.searches, found.queries, found.unanswered, found.gaps) == (0, 0, 0, ())
    assert [(band.name, band.queries) for band in found.bands] == [("head", 0), ("torso", 0), ("tail", 0)]


def test_queries_without_results_come_with_the_most_asked_first(log: SearchLog, state: State) -> None:
    found = told(log, state, ("sofa", 2, 0), ("hammock", 5, 0), ("oak shelf", 9, 3), limit=1)
    assert queries(found.without_results) == ["hammock"]
    assert (found.unanswered, found.searches, found.queries) == (7, 16, 3)
    assert queries(found.most_asked) == ["oak shelf"]


def test_what_is_not_known_is_counted_now(log: SearchLog, state: State) -> None:
    found = told(log, state, ("oak shelf", 3, None), ("hammock", 2, None), ("oak shlef", 1, None))
    assert [(one.query, one.results, one.matching) for one in found.most_asked] == [
        ("oak shelf", 3, 3), ("hammock", 0, 0), ("oak shlef", 3, 3),
    ]  # fmt: skip
    assert queries(found.without_results) == ["hammock"]
    assert [(one.searched, one.means, one.as_typed, one.as_searched) for one in found.rescues] == [
        ("oak shelf", "correction", 0, 3)
    ]


def test_a_corrected_search_of_a_shopper_is_rescued(log: SearchLog, state: State) -> None:
    log.add("Oak shlef", SearchPage(total=3, searched="Oak shelf"))
    assert log.flush()
    found = told(log, state)
    (one,) = found.rescues
    assert (one.query, one.searched, one.as_typed, one.as_searched) == ("Oak shlef", "Oak shelf", 0, 3)
    assert found.rescued == 1
    assert not found.gaps  # it was a slip, not a word that the catalogue lacks


@pytest.mark.parametrize(
    ("searched", "before", "after", "rescued"),
    [("x", 0, 1, True), ("x", 1, FAR_LESS, True), ("x", 2, FAR_LESS, False), ("x", 0, 0, False), ("", 0, 5, False)],
)
def test_rescued_means_that_far_less_was_found_before(searched: str, before: int, after: int, rescued: bool) -> None:
    assert Asked("q", 1, 9, None, searched, "", before, after).rescued is rescued


def test_weak_is_what_finds_something_though_little_has_all_of_it(log: SearchLog, state: State) -> None:
    found = told(log, state, ("oak hammock", 3, 3), ("oak wall shelf", 2, 1), ("oak shelf", 9, 3), ("sofa", 1, 0))
    assert [(one.query, one.results, one.matching) for one in found.weak] == [
        ("oak hammock", 3, 0),
        ("oak wall shelf", 1, 1),
    ]


def test_gaps_are_words_counted_over_queries(log: SearchLog, state: State) -> None:
    found = told(log, state, ("oak hammock", 3, 3), ("Hammocks for two", 4, 0), ("oak shelf", 9, 3), ("x200", 1, 0))
    first = found.gaps[0]
    assert (first.word, first.times, first.queries) == ("hammocks", 7, ("Hammocks for two", "oak hammock"))
    assert not {"oak", "for", "x200"} & {gap.word for gap in found.gaps}
    assert (first.rule, first.source) == ("", "")


def test_the_thesaurus_names_what_the_catalogue_says(log: SearchLog, state: State) -> None:
    (gap,) = told(log, state, ("strimmer", 2, 1)).gaps
    assert (gap.word, gap.source) == ("strimmer", "thesaurus")
    assert gap.rule == "strimmer | string trimmer"


def test_products_that_are_near_in_meaning_name_it_too(log: SearchLog, state: State) -> None:
    (gap,) = told(log, state, ("cord breeks", 2, 1)).gaps
    assert (gap.word, gap.rule, gap.source) == ("breeks", "breeks | pants", "meaning")
    without = report(log, state, None, Synonyms.packaged())
    assert [(one.word, one.rule) for one in without.gaps] == [("breeks", "")]


def test_near_words_are_told(log: SearchLog, state: State) -> None:
    (gap,) = [gap for gap in told(log, state, ("rakke hammock sofa", 1, None)).gaps if gap.word == "rakke"]
    assert gap.near == ("rake",)


def test_head_torso_and_tail_share_the_searches(log: SearchLog, state: State) -> None:
    rare = [(f"query {number}", 1, 0) for number in range(20)]
    found = told(log, state, ("oak shelf", 50, 3), ("pants", 20, 6), ("rake", 10, 1), *rare)
    head, torso, tail = found.bands
    assert (head.queries, head.searches, head.unanswered) == (1, 50, 0)
    assert (torso.queries, torso.searches) == (2, 30)
    assert (tail.queries, tail.searches, tail.unanswered) == (20, 20, 20)


def test_rare_texts_can_be_kept_out(log: SearchLog, state: State) -> None:
    found = told(log, state, ("jane doe", 2, 0), ("oak shelf", 3, 3), least=3)
    assert "jane" not in orjson.dumps(asdict(found)).decode()
    assert (found.searches, found.queries) == (5, 1)


@pytest.mark.parametrize("query", ["🏕️", "палатка", "帐篷", "' OR 1=1", "((((", "the of", "1/2", "a" * 80])
def test_odd_queries_are_reported(log: SearchLog, state: State, query: str) -> None:
    assert queries(told(log, state, (query, 3, None)).most_asked) == [query]


def test_an_empty_shop(log: SearchLog, tmp_path: Path) -> None:
    from shopwright.search.embedded import EmbeddedIndex

    empty = EmbeddedIndex(tmp_path / "index", HashingEncoder()).state
    found = told(log, empty, ("oak shelf", 3, None))
    assert queries(found.without_results) == ["oak shelf"]
    assert [gap.word for gap in found.gaps] == ["oak", "shelf"]
