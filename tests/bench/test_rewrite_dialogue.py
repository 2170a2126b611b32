from __future__ import annotations

import pytest

from shopwright.bench.rewrite_dialogue import (
    SETS,
    exact,
    left_alone,
    measure_follow_ups,
    messages,
    rewrite_rows,
    token_f1,
)
from shopwright.bench.task import Options, Row


@pytest.fixture(scope="module")
def rows() -> dict[str, Row]:
    return {row.metric: row for row in measure_follow_ups(Options())}


def test_gold_scores_one_and_nothing_scores_zero() -> None:
    follow_ups, others = messages("test")
    gold = {row["text"]: row["self_contained"] for row in follow_ups}
    perfect = {row.metric: row.value for row in rewrite_rows(lambda message, _: gold[message], follow_ups, "")}
    assert perfect == {"token_f1": 1.0, "exact": 1.0, "recognised": 1.0}
    silent = {row.metric: row.value for row in rewrite_rows(lambda _message, _history: "", follow_ups, ":silent")}
    assert silent == {"token_f1:silent": 0.0, "exact:silent": 0.0}
    assert set(left_alone(lambda message, _: message, others)) == {1.0}


def test_words_are_compared_without_case_endings_and_spaces_in_units() -> None:
    assert exact("Cables 3m", "cable 3 m")
    assert not exact("blue tent", "tent blue")
    assert token_f1("blue tent", "tent blue") == 1.0
    assert token_f1("tent", "blue tent") == pytest.approx(2 / 3)
    assert token_f1("", "") == 0.0


def test_follow_ups_on_the_packaged_messages(rows: dict[str, Row]) -> None:
    assert rows["token_f1"].n == 43
    assert rows["token_f1"].value > rows["token_f1:message"].value + 0.15
    assert rows["exact"].value > rows["exact:concat"].value + 0.1
    assert rows["left_alone"].value > 0.94
    assert rows["left_alone:concat"].value == 0.0
    assert {row.set for row in rows.values()} == {one.name for one in SETS} == {"follow_ups"}
    assert {row.bench for row in rows.values()} == {"rewrite"}
