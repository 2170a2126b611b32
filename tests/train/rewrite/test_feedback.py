from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

from shopwright.skills.rewrite.generator import Written
from shopwright.train.examples import Example
from shopwright.train.rewrite.feedback import Ground, Scored, asked_of, ranked
from train.rewrite.shelf_of_five import EXAMPLES, ground


class Shared:
    """A cross-encoder that counts words in common."""

    fingerprint = "shared"

    def probabilities(self, query: str, texts: Sequence[str]) -> np.ndarray:
        said = set(query.lower().split())
        share = np.array([len(said & set(text.lower().split())) / max(len(said), 1) for text in texts])
        return np.stack([share, np.zeros_like(share), np.zeros_like(share), 1 - share], 1).astype(np.float32)


class Corrects:
    """A generator that knows one slip."""

    def write(self, query: str, *_: object, **__: object) -> tuple[Written, ...]:
        fixed = query.replace("flourescent", "fluorescent").replace("pann", "pan")
        return (Written(fixed, -0.1), Written("garden hose", -3.0), Written(query, -4.0))


@pytest.fixture
def own(tmp_path: Path) -> Ground:
    return ground(tmp_path / "index")


def test_right_is_what_was_judged_exact_in_this_catalogue() -> None:
    asked = asked_of([*EXAMPLES, Example("Other", {"x": "E"}, "demo"), Example("none", {"mug": "S"})], "own")
    assert asked["steel mug"] == ("mug",)
    assert "other" not in asked
    assert "none" not in asked
    mistyped = set(asked) - {example.query for example in EXAMPLES}
    assert mistyped
    assert len(asked) <= 2 * len(EXAMPLES)
    assert asked == asked_of([*EXAMPLES], "own")


def test_a_reward_is_the_mean_of_its_parts() -> None:
    assert Scored("x", 0.3, 0.6, 0.0).reward == pytest.approx(0.3)


def test_a_rewrite_that_finds_what_was_meant_ranks_first(own: Ground) -> None:
    one = Ground(own.index, own.texts, {"frying pann": ("pan",), "flourescent": ("lamp",)}, {})
    found = list(ranked(Corrects(), {"own": one}, Shared(), 10, report=lambda _: None))
    by_query = {(each.task, each.query): each.candidates for each in found}
    assert by_query["meant", "flourescent"][0].text == "fluorescent"
    assert by_query["meant", "frying pann"][-1].text == "garden hose"
    first = by_query["meant", "flourescent"][0]
    assert (first.increment, first.hits) == (1.0, 1.0)
    for candidates in by_query.values():
        rewards = [each.reward for each in candidates]
        assert rewards == sorted(rewards, reverse=True)
        assert all(0.0 <= reward <= 1.0 for reward in rewards)
        texts = [each.text for each in candidates]
        assert len(texts) == len(set(texts))


def test_the_query_itself_is_a_candidate_and_gains_nothing_new(own: Ground) -> None:
    one = Ground(own.index, own.texts, {"steel mug": ("mug",)}, {"steel mug": ("mug", "lamp")})
    for each in ranked(Corrects(), {"own": one}, Shared(), 10, report=lambda _: None):
        [typed] = [candidate for candidate in each.candidates if candidate.text == "steel mug"]
        assert typed.increment == 0.0
        assert typed.hits == 0.5  # of what was bought, not of what was judged
        assert each.candidates[0] == typed


def test_what_makes_no_difference_is_left_out(own: Ground) -> None:
    class Same:
        def write(self, query: str, *_: object, **__: object) -> tuple[Written, ...]:
            return (Written(query, -0.1),)

    assert list(ranked(Same(), {"own": own}, Shared(), 10, report=lambda _: None)) == []


def test_no_more_queries_are_tried_than_asked_for(own: Ground) -> None:
    tried = {each.query for each in ranked(Corrects(), {"own": own}, Shared(), 2, report=lambda _: None)}
    assert len(tried) <= 2
