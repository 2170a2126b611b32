from __future__ import annotations

from shopwright.skills.plan.naming import named


def test_the_tool_whose_words_are_said_weighs_most() -> None:
    weights = named("please fire the kiln", ["book a kiln for firing", "list the glazes", "the opening hours"])
    assert weights.argmax() == 0
    assert weights.max() == 1.0


def test_a_word_that_all_tools_have_tells_little() -> None:
    weights = named("tool kiln", ["tool kiln", "tool glaze", "tool clay"])
    assert weights[0] == 1.0
    assert weights[1] < 0.3


def test_without_a_common_word_nothing_weighs() -> None:
    assert not named("hello", ["book a kiln", ""]).any()
    assert named("hello", []).shape == (0,)
