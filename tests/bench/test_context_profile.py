"""The set proves itself, and what ships keeps its figures."""

from __future__ import annotations

from shopwright.bench.context_profile import SETS, agreement, found, read_told, rows, same
from shopwright.bench.task import Options


def test_gold_scores_one_and_silence_nothing() -> None:
    told = read_told()
    gold = {one.message: one.said for one in told}
    assert {value for value, _ in agreement(told, lambda message: gold[message]).values()} == {1.0}
    assert {value for value, _ in agreement(told, lambda _: ()).values()} == {0.0}


def test_the_halves_are_apart_and_large_enough() -> None:
    told = read_told()
    held = [one for one in told if one.split == "held"]
    assert len(told) >= 150
    assert 0.45 <= len(held) / len(told) <= 0.55
    assert len({one.message.casefold() for one in told}) == len(told)
    assert 0.4 <= sum(bool(one.said) for one in held) / len(held) <= 0.6


def test_what_counts_as_the_same() -> None:
    assert same(("budget", "60 on shoes"), ("budget", "60 euros on shoes"))
    assert not same(("size", "shoes 44"), ("size", "shoes 43"))
    assert not same(("like", "red"), ("dislike", "red"))


def test_the_rules_are_above_the_words() -> None:
    figures = {row.metric: row.value for row in rows(Options())}
    assert figures["precision"] >= 0.9
    assert figures["recall"] >= 0.85
    assert figures["f1"] > figures["f1:keywords"] + 0.2
    assert found("do you have it in 44?") == []
    assert [each.name for each in SETS] == ["profile"]
