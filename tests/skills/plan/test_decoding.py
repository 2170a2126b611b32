from __future__ import annotations

import math
from itertools import pairwise

import numpy as np
import pytest

from shopwright.models.overlap_planner import OverlapToolPlanner
from shopwright.skills.plan.decoding import Found, choose, expected_f1, mixture, neighbourhood, search

NETWORK = OverlapToolPlanner()
TOOLS = NETWORK.vectors(["glaze", "kiln", "clay"])


def anything(picks: tuple[int, ...]) -> np.ndarray:
    return np.array([place not in picks for place in range(3)])


def test_every_part_of_a_request_gets_its_call() -> None:
    found = search(NETWORK, NETWORK.read("clay and then the kiln"), TOOLS, anything)
    assert set(found[0].picks) == {1, 2}
    assert all(a.score >= b.score for a, b in pairwise(found))


def test_what_the_grammar_forbids_is_never_found() -> None:
    found = search(NETWORK, NETWORK.read("clay and kiln"), TOOLS, lambda _: np.array([True, False, False]), most=2)
    assert found
    assert all(set(each.picks) == {0} for each in found)


def test_without_an_allowed_tool_nothing_is_found() -> None:
    assert search(NETWORK, NETWORK.read("clay"), TOOLS, lambda _: np.zeros(3, bool)) == []
    with pytest.raises(ValueError, match="no sequence"):
        choose([])


def test_the_choice_agrees_best_with_the_others() -> None:
    found = [Found((0,), math.log(0.34)), Found((1, 2), math.log(0.33)), Found((1, 2, 0), math.log(0.33))]
    picks, worth = choose(found)
    assert picks == (1, 2, 0)
    assert 0 < worth < 1


def test_votes_count_as_far_as_they_are_trusted() -> None:
    found, votes = [Found((0,), 0.0)], [((1, 2), 1.0)]
    assert choose(found, votes, 0.2)[0] == (0,)
    assert choose(found, votes, 0.8)[0] == (1, 2)
    assert choose((), votes)[0] == (1, 2)
    assert mixture(found, votes, 0.25) == pytest.approx({(0,): 0.75, (1, 2): 0.25})


def test_a_plan_that_nobody_proposed_may_agree_best() -> None:
    found = [Found((0, 1), math.log(0.5)), Found((0, 2), math.log(0.5))]
    assert set(neighbourhood({(0, 1): 0.5, (0, 2): 0.5})) >= {(0, 1, 2), (0,), (2, 0, 1)}
    picks, _ = choose(found)
    assert 0 in picks
    only = np.array([True, True, False])
    assert choose(found, grammar=lambda _: only)[0] == (0, 1)


def test_the_expectation_of_the_only_sequence_is_1() -> None:
    assert expected_f1([(0, 1), (0,), (2,)], {(0, 1): 1.0}).tolist() == pytest.approx([1.0, 0.7 * 2 / 3, 0.0])
    assert expected_f1([(0,)], {(0,): 1.0}).tolist() == [1.0]
