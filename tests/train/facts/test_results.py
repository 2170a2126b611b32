"""Better is what recalls more and invents no more; the table says of how many questions."""

from __future__ import annotations

import pytest

from shopwright.train.facts.measure import Threshold, figure
from shopwright.train.facts.results import Results


def results(before: tuple[float, float], after: tuple[float, float]) -> Results:
    def figures(recall: float, invention: float):
        return {
            "recall": figure([recall] * 4),
            "invention": figure([invention] * 8),
            "refusal recall: made up": figure([]),
        }

    old, new = figures(*before), figures(*after)
    return Results(old, new, new, figure([0.0, 1.0]), (80.0, 82.5), Threshold("mean", -0.5))


@pytest.mark.parametrize(
    ("before", "after", "better"),
    [
        ((0.1, 0.9), (0.5, 0.1), True),
        ((0.1, 0.1), (0.5, 0.1), True),
        ((0.1, 0.1), (0.5, 0.2), False),
        ((0.5, 0.9), (0.5, 0.0), False),
    ],
)
def test_better_is_more_recall_without_more_invention(
    before: tuple[float, float], after: tuple[float, float], better: bool
) -> None:
    assert results(before, after).better is better


def test_the_table_names_every_figure() -> None:
    table = results((0.0, 1.0), (0.5, 0.25)).table()
    assert table[1].split() == [
        "recall",
        *("0.000", "[0.000,", "0.000]", "4"),
        *("0.500", "[0.500,", "0.500]", "4") * 2,
    ]
    assert table[3].split()[-1] == "-"
    assert "80.00" in table[5]
    assert table[-1] == "threshold: mean log-probability of an answer at least -0.500"


def test_values_without_questions_are_not_reported() -> None:
    found = results((0.0, 1.0), (0.5, 0.25))
    assert found.values(0) == {"recall": 0.0, "invention": 1.0, "perplexity": 80.0}
    assert found.values(1) == {"recall": 0.5, "invention": 0.25, "perplexity": 82.5}
