from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

from search.shelf import PRODUCTS, shop
from shopwright.models.protocols import Probabilities
from shopwright.search.answer import Relevance
from shopwright.search.columns import Integers
from shopwright.search.embedded import EmbeddedIndex
from shopwright.search.ranking import Ranking
from shopwright.search.reread import MOST, reread
from shopwright.search.texts import named
from shopwright.types import SearchRequest


class Likes:
    """A scorer that finds exact what holds a word, and remembers what it was shown."""

    fingerprint = "likes"

    def __init__(self, word: str) -> None:
        self.word = word
        self.shown: list[str] = []

    def probabilities(self, query: str, texts: Sequence[str]) -> Probabilities:  # noqa: ARG002 (the protocol's)
        self.shown.extend(texts)
        return np.array([[0.9, 0.1, 0, 0] if self.word in text else [0, 0, 0.2, 0.8] for text in texts], np.float32)


def ranking(count: int) -> Ranking:
    return Ranking(np.arange(count), np.linspace(1.0, 0.1, count))


def texts(rows: Integers) -> list[str]:
    return [f"product {row}!" for row in rows.tolist()]


def test_what_the_scorer_finds_exact_comes_first_and_says_so() -> None:
    scorer = Likes(" 7!")
    after, reasons = reread(ranking(20), "a query", texts, scorer, share=0.7, milliseconds=1e6)
    assert after.rows[0] == 7
    assert sorted(after.rows.tolist()) == list(range(20))
    assert after.scores.tolist() == sorted(after.scores.tolist(), reverse=True)
    assert (reasons[7].part, reasons[7].note) == ("reread", "exact 90%")
    assert "irrelevant" in reasons[3].note


def test_a_short_time_reads_the_first_few_only(monkeypatch: pytest.MonkeyPatch) -> None:
    now = [0.0]
    monkeypatch.setattr("shopwright.search.reread.time.perf_counter", lambda: now[0])

    class Slow(Likes):
        def probabilities(self, query: str, texts: Sequence[str]) -> Probabilities:
            now[0] += 0.02
            return super().probabilities(query, texts)

    for milliseconds, read in ((1, 8), (39, 8), (41, 16), (61, 24)):
        _, reasons = reread(ranking(40), "q", texts, Slow("product"), share=0.5, milliseconds=milliseconds)
        assert sorted(reasons) == list(range(read)), milliseconds


def test_the_deep_end_of_a_list_is_never_read() -> None:
    scorer = Likes("nothing")
    reread(ranking(3 * MOST), "q", texts, scorer, share=0.5, milliseconds=1e6)
    assert len(scorer.shown) == MOST


def test_nothing_to_read() -> None:
    empty = Ranking(np.zeros(0, np.int64), np.zeros(0))
    assert reread(empty, "q", texts, Likes(""), share=0.5, milliseconds=10) == (empty, {})


def test_a_search_is_reread_only_within_a_time_and_explains_itself(folder: Path) -> None:
    shop(folder, *PRODUCTS).close()
    plain = EmbeddedIndex(folder).search(SearchRequest("tent"))
    last = plain.hits[-1].id
    assert plain.hits[0].why == ()
    title = next(product.title for product in PRODUCTS if product.id == last)
    index = EmbeddedIndex(folder, relevance=Relevance(scorer=Likes(title)))
    assert index.search(SearchRequest("tent")).hits[-1].id == last
    again = index.search(SearchRequest("tent", rerank_ms=1e6, explain=True))
    assert again.hits[0].id == last
    assert "reread" in again.timings
    parts = {reason.part: reason for reason in again.hits[0].why}
    assert parts["words"].value > 0
    assert parts["reread"].note == "exact 90%"


def test_the_scorer_reads_what_it_was_trained_on(folder: Path) -> None:
    shop(folder, *PRODUCTS).close()
    scorer = Likes("")
    EmbeddedIndex(folder, relevance=Relevance(scorer=scorer)).search(SearchRequest("tent", rerank_ms=1e6))
    assert set(scorer.shown) <= {named(product) for product in PRODUCTS}
    assert len(scorer.shown) >= 2


@pytest.mark.parametrize("share", [0.0, 0.5, 1.0])
def test_scores_stay_between_nothing_and_one(share: float) -> None:
    after, _ = reread(ranking(30), "q", texts, Likes("1"), share=share, milliseconds=1e6)
    assert 0.0 <= after.scores.min() <= after.scores.max() <= 1.0
