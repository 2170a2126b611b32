"""The gate of a model of behaviour: against counting, against what runs, and when nothing can be said."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, cast

import numpy as np
import pytest
from simulated_shop import catalogue

from shopwright.skills.recommend.sequence.behaviour import Behaviour
from shopwright.train.recommend import gating
from shopwright.train.recommend.gating import Verdict, judge
from shopwright.train.recommend.visits import Question, Visit, joined, learnable, questions

ASKED = [Question(1 + visit, ("x", str(visit % 100)), str(visit % 100)) for visit in range(400)]


def finds(share: float) -> Callable[[Sequence[str]], list[str]]:
    """Lists the answers of this share of the questions, the same ones each time."""
    return lambda history: ["other", history[-1]] if int(history[-1]) < 100 * share else ["other"]


@dataclass
class Fake:
    """A model that finds a share of the answers."""

    listed: Callable[[Sequence[str]], list[str]]
    sources: Any = field(default_factory=lambda: np.zeros(0, np.uint64))


def verdict(
    monkeypatch: pytest.MonkeyPatch, new: float, present: float | None = None, asked: Sequence[Question] = ASKED
) -> Verdict:
    """Of a model beside counting, which finds 30 %, and what sells, which finds 10 %."""
    monkeypatch.setattr(gating, "_by_model", lambda fake: fake.listed)
    monkeypatch.setattr(gating, "_by_counts", lambda _: finds(0.3))
    monkeypatch.setattr(gating, "_by_popularity", lambda _: finds(0.1))
    before = None if present is None else cast("Behaviour", Fake(finds(present)))
    return judge(cast("Behaviour", Fake(finds(new))), before, asked)


@pytest.mark.parametrize(
    ("new", "present", "promoted"),
    [
        (0.5, None, True),
        (0.3, None, False),  # no better than counting
        (0.5, 0.5, True),
        (0.5, 0.6, False),  # worse than what runs
        (0.3, 0.1, True),  # no worse than counting, and far better than what runs
        (0.2, 0.1, False),  # worse than counting
    ],
)
def test_what_may_run(monkeypatch: pytest.MonkeyPatch, new: float, present: float | None, promoted: bool) -> None:
    found = verdict(monkeypatch, new, present)
    assert found.promoted is promoted, found.reasons
    knn = found.compared[0]
    assert (knn.visits, knn.recall.other, knn.recall.new) == (400, pytest.approx(0.3), pytest.approx(new))
    assert knn.recall.low <= knn.recall.gain <= knn.recall.high
    assert knn.ndcg.new == pytest.approx(new / np.log2(3))


def test_a_few_visits_decide_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    found = verdict(monkeypatch, 0.9, asked=ASKED[:49])
    assert found.reasons[0] == "49 visits were held out: 50 are needed"
    assert not verdict(monkeypatch, 0.9, asked=[]).promoted


def test_what_is_asked_is_new_to_the_shopper() -> None:
    early = [Visit(1, "anna", ("a", "b")), Visit(2, "", ("c",))]
    late = [Visit(3, "anna", ("b", "c", "gone")), Visit(4, "", ("d", "e", "d")), Visit(5, "anna", ("a", "d"))]
    found = questions(early, late, {*"abcde"})
    assert [(one.visit, "".join(one.history), one.goal) for one in found] == [
        (3, "abb", "c"),
        (4, "d", "e"),
        (5, "abbcgonea", "d"),
    ]


def test_the_visits_of_one_shopper_are_one_sequence() -> None:
    visits = [Visit(1, "anna", ("a",)), Visit(2, "", ("c", "d")), Visit(3, "anna", ("b", "a")), Visit(4, "", ("e",))]
    sequences = joined(visits)
    assert sequences.items == [["c", "d"], ["a", "b", "a"], ["e"]]
    assert [own.tolist() for own in sequences.sources] == [[2, 2], [1, 3, 3], [4]]
    assert learnable(sequences) == 2


def test_a_model_without_text_or_sources() -> None:
    """Products without a text, and visits of nobody's store, as a benchmark has them."""
    shop = catalogue(2)
    visits = [["0-1", "0-2", "0-3"], ["1-1", "1-2", "0-1"], ["nothing"], []] * 3
    behaviour = Behaviour.fit(visits, shop.ids, np.zeros_like(shop.vectors), [()] * len(shop.ids))
    assert behaviour.sources.tolist() == [0] * len(behaviour.model.memory.sessions.items)
    assert behaviour.scored(["0-1"], 1)[0].id in shop.ids
