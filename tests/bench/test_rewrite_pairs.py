from __future__ import annotations

from pathlib import Path

import pytest

from shopwright.bench.rewrite_pairs import judged
from shopwright.models.language.engine import EmbeddedLanguageModel
from shopwright.skills.rewrite.generator import Generator, Written
from shopwright.train.rewrites import Rewrite, packaged_rewrites

TINY = Path(__file__).parents[1] / "models" / "language" / "tiny"
PAIRS = [
    Rewrite("flourescent", ("fluorescent",), "typo"),
    Rewrite("frostking", ("frost king",), "split"),
    Rewrite("skillet", ("Frying pan", "pan"), "synonym"),
]


class Says:
    """A generator that writes what a table says for a query and a task."""

    def __init__(self, table: dict[tuple[str, str], list[str]]) -> None:
        self._table = table

    def write(self, query: str, task: str, **_: object) -> tuple[Written, ...]:
        return tuple(Written(text, -1.0) for text in self._table.get((query, task), []))


def values(generator: object, pairs: list[Rewrite], suffix: str = "") -> dict[str, float]:
    return {row.metric: row.value for row in judged(generator, pairs, suffix)}


def test_gold_scores_one_and_nothing_scores_nothing() -> None:
    gold = {
        (each.query, task): [text.lower() for text in each.rewrites]
        for each in packaged_rewrites("test")
        for task in ("meant", "also")
    }
    found = values(Says(gold), packaged_rewrites("test"))
    found.pop("p50_ms")
    assert set(found.values()) == {1.0}
    assert {f"{way}:{kind}" for way in ("exact", "any") for kind in ("typo", "synonym", "use", "keep")} <= set(found)
    nothing = values(Says({}), packaged_rewrites("test"))
    nothing.pop("p50_ms")
    assert set(nothing.values()) == {0.0}


def test_each_kind_is_asked_as_its_task() -> None:
    found = values(Says({("flourescent", "also"): ["fluorescent"], ("skillet", "also"): ["frying pan"]}), PAIRS)
    assert (found["exact:typo"], found["exact:synonym"], found["any:split"]) == (0.0, 1.0, 0.0)


def test_a_later_rewrite_counts_as_one_of_the_first() -> None:
    found = values(Says({("skillet", "also"): ["hose", "pan"]}), PAIRS)
    assert (found["exact:synonym"], found["any:synonym"]) == (0.0, 1.0)


@pytest.mark.parametrize("suffix", ["", ":untrained"])
def test_a_model_that_knows_nothing_is_near_nothing(suffix: str) -> None:
    found = values(Generator(EmbeddedLanguageModel("lm-tiny-int8", TINY)), PAIRS, suffix)
    assert found[f"p50_ms{suffix}"] > 0.0
    assert found[f"exact:typo{suffix}"] == found[f"any:synonym{suffix}"] == 0.0
