from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from shopwright.errors import ConfigError, CorpusError
from shopwright.skills.recommend.ordering import OrderSettings, Pool, order, scored
from shopwright.skills.recommend.spreading import pick

PLAIN = OrderSettings(spread=0, calibration=0)


def pool(relevance: Sequence[float], unexpected: Sequence[float] | None = None, **changed: object) -> Pool:
    """Candidates p0, p1, ... that differ in nothing else: unlike one another, timely, never shown, of unknown age."""
    n = len(relevance)
    fields: dict[str, object] = {
        "ids": tuple(f"p{place}" for place in range(n)),
        "relevance": np.array(relevance, np.float64),
        "unexpectedness": np.array(unexpected if unexpected is not None else [0.5] * n, np.float64),
        "timeliness": np.ones(n),
        "vectors": np.eye(n, max(n, 1), dtype=np.float32),
        "groups": ("",) * n,
        "shown": np.zeros(n, np.int64),
        "age_days": np.full(n, np.nan),
    }
    return Pool(**(fields | changed))


def listed(of: Pool, adventure: float = 0, limit: int = 10, wanted: Mapping[str, float] | None = None) -> list[str]:
    return [of.ids[place] for place in order(of, wanted or {}, limit, adventure).indices]


def test_at_the_safe_end_relevance_alone_orders() -> None:
    of = pool([0.2, 0.9, 0.5], [1.0, 0.0, 0.5])
    found = order(of, {}, 10, 0.0)
    assert [of.ids[place] for place in found.indices] == ["p1", "p2", "p0"]
    assert found.scores.tolist() == sorted(scored(of, 0.0).tolist(), reverse=True)


def test_adventure_brings_the_unexpected_forward_but_never_nonsense() -> None:
    of = pool([1.0, 0.6, 0.05, 0.0], [0.1, 0.9, 1.0, 1.0])
    assert listed(of, 0.0) == ["p0", "p1"]
    assert listed(of, 1.0) == ["p1", "p0"]


def test_what_was_shown_in_vain_tires() -> None:
    of = pool([1.0, 0.9, 0.8], shown=np.array([3, 0, 0]))
    assert listed(of) == ["p1", "p2", "p0"]
    once, thrice = scored(pool([1.0], shown=np.array([0])))[0], scored(pool([1.0], shown=np.array([3])))[0]
    assert thrice == pytest.approx(once / 2)


def test_the_new_comes_a_little_forward() -> None:
    of = pool([0.8, 0.8, 0.8], age_days=np.array([np.nan, 400.0, 0.0]))
    assert listed(of)[0] == "p2"


def test_a_list_is_not_of_one_sort() -> None:
    vectors = np.array([[1, 0], [1, 0], [1, 0], [0, 1]], np.float32)
    of = pool([1.0, 0.99, 0.98, 0.97], vectors=vectors)
    assert listed(of)[:2] == ["p0", "p3"]


def test_products_without_text_are_like_nothing() -> None:
    of = pool([1.0, 0.9, 0.8], vectors=np.zeros((3, 4), np.float32))
    assert listed(of) == ["p0", "p1", "p2"]


def test_a_list_comes_nearer_to_the_shares_of_its_reader() -> None:
    groups = ("tea",) * 6 + ("cup",) * 6
    of = pool([1.0, 0.99, 0.98, 0.97, 0.96, 0.95, 0.9, 0.89, 0.88, 0.87, 0.86, 0.85], groups=groups)
    own = [of.groups[place] for place in order(of, {"tea": 0.5, "cup": 0.5}, 6, 0.0).indices]
    assert own.count("cup") == 2
    assert [of.groups[place] for place in order(of, {"tea": 0.5, "cup": 0.5}, 6, 1.0).indices].count("cup") == 0
    assert [of.groups[place] for place in order(of, {}, 6, 0.0).indices].count("cup") == 0


def test_shares_of_what_nobody_sells_change_nothing() -> None:
    of = pool([1.0, 0.9, 0.8], groups=("tea", "", "cup"))
    assert listed(of, wanted={"boat": 1.0}) == listed(of) == ["p0", "p1", "p2"]


def test_a_product_comes_once_where_it_scores_best() -> None:
    of = pool([0.5, 0.9, 0.7], ids=("a", "b", "a"))
    assert order(of, {}, 10, 0.0).indices.tolist() == [1, 2]


def test_nothing_gives_nothing() -> None:
    empty = order(pool([]), {"tea": 1.0}, 10)
    assert len(empty.indices) == len(empty.scores) == 0
    assert not len(order(pool([0.0, 0.0]), {}, 10).indices)
    assert not len(order(pool([1.0]), {}, 0).indices)


@given(st.lists(st.floats(0, 1), max_size=30), st.floats(0, 1), st.integers(0, 40))
def test_lists_repeat_themselves_and_hold_each_product_once(
    relevance: list[float], adventure: float, limit: int
) -> None:
    of = pool(relevance, relevance[::-1], groups=tuple("ab"[place % 2] for place in range(len(relevance))))
    found = listed(of, adventure, limit, {"a": 0.7, "b": 0.3})
    assert found == listed(of, adventure, limit, {"a": 0.7, "b": 0.3})
    assert len(set(found)) == len(found) <= limit


def test_only_the_best_are_looked_at_one_by_one() -> None:
    of = pool([1.0, 0.9, 0.8, 0.7], vectors=np.array([[1, 0], [1, 0], [1, 0], [0, 1]], np.float32))
    found = order(of, {}, 2, 0.0, OrderSettings(cut=3))
    assert found.indices.tolist() == [0, 1]
    assert len(order(of, {}, 4, 0.0, OrderSettings(cut=1)).indices) == 4


def test_without_spread_and_calibration_the_scores_decide() -> None:
    vectors = np.ones((3, 1), np.float32)
    places = pick(np.array([0.2, 0.4, 0.3]), vectors, ["a", "a", "b"], {"a": 1.0}, 3, 0.0, 0.0)
    assert places.tolist() == [1, 2, 0]
    assert order(pool([0.2, 0.4, 0.3], vectors=vectors), {"a": 1.0}, 3, 0.0, PLAIN).indices.tolist() == [1, 2, 0]


def test_what_cannot_be_ordered_is_refused() -> None:
    with pytest.raises(CorpusError, match="groups has 1 entries for 2 ids"):
        pool([1.0, 0.5], groups=("a",))
    with pytest.raises(CorpusError, match="relevance holds NaN"):
        pool([1.0, np.nan])
    with pytest.raises(ConfigError, match="limit -1"):
        order(pool([1.0]), {}, -1)
