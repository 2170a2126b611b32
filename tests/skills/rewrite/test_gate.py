from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import orjson
import pytest

from shopwright.errors import ModelError
from shopwright.skills.rewrite.gate import FEATURES, Case, Gate, logistic, runs

CASE = Case(("flourescent",), ("fluorescent",), -0.4, -6.0, 0, 30, 2, 2)


def weighing(feature: str, weight: float) -> Gate:
    return Gate(tuple(weight if name == feature else 0.0 for name in FEATURES))


def test_a_gate_that_knows_nothing_says_half() -> None:
    assert Gate.open().probability(CASE) == 0.5


def test_a_case_has_a_value_for_each_feature() -> None:
    values = dict(zip(FEATURES, CASE.features(), strict=True))
    assert all(-1.0 <= value <= 1.0 for value in values.values())
    assert (values["bias"], values["known"], values["first"], values["parted"], values["missing"]) == (1, 0, 1, 0, 0)
    assert values["gain"] > 0 > values["logprob"]
    assert values["commoner"] > 0
    parted = replace(CASE, typed=("doormat",), written=("door", "mat"), edits=0)
    assert dict(zip(FEATURES, parted.features(), strict=True))["parted"] == 1.0
    assert dict(zip(FEATURES, replace(CASE, written_frequency=0).features(), strict=True))["missing"] == 1.0


def test_a_likelier_rewrite_passes_sooner() -> None:
    gate = weighing("gain", 4.0)
    assert gate.probability(CASE) > 0.5 > gate.probability(replace(CASE, kept=-0.1))


@pytest.mark.parametrize("logprob", [float("-inf"), -1e9])
def test_probabilities_stay_probabilities(logprob: float) -> None:
    for weight in (-1e6, 1e6):
        assert 0.0 <= weighing("logprob", weight).probability(replace(CASE, logprob=logprob)) <= 1.0
    assert logistic(0.0) == 0.5
    assert logistic(-3.0) == pytest.approx(1.0 - logistic(3.0))


@pytest.mark.parametrize(
    ("typed", "written", "found"),
    [
        ("windw film", "window film", [(0, 1, ("window",))]),
        ("door mat red", "doormat red", [(0, 2, ("doormat",))]),
        ("red doormat", "red door mat", [(1, 2, ("door", "mat"))]),
        ("red mat", "red mat", []),
        ("red red mat", "red mat", []),  # only left out
        ("red mat", "red rubber mat", [(0, 1, ("rubber",))]),
        ("mat", "red mat", [(0, 1, ("red",))]),
    ],
)
def test_runs_are_where_the_words_differ(typed: str, written: str, found: list[object]) -> None:
    assert runs(typed.split(), written.split()) == found


def test_a_gate_is_read_from_its_file(tmp_path: Path) -> None:
    path = tmp_path / "gate.json"
    path.write_bytes(orjson.dumps({"features": FEATURES, "weights": list(range(len(FEATURES)))}))
    assert Gate.load(path).weights == tuple(map(float, range(len(FEATURES))))


@pytest.mark.parametrize(
    "content",
    [
        b"not json",
        b"[]",
        b"{}",
        orjson.dumps({"features": ["bias"], "weights": [1.0]}),
        orjson.dumps({"features": FEATURES, "weights": [1.0]}),
        orjson.dumps({"features": FEATURES, "weights": ["x"] * len(FEATURES)}),
    ],
)
def test_another_file_is_refused_by_name(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "gate.json"
    with pytest.raises(ModelError, match=r"gate\.json"):
        Gate.load(path)
    path.write_bytes(content)
    with pytest.raises(ModelError, match=r"gate\.json"):
        Gate.load(path)
