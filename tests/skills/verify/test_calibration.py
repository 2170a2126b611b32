from __future__ import annotations

import itertools
import json
import math

import numpy as np
import pytest

from shopwright.errors import ConfigError, CorpusError
from shopwright.metrics import calibration_error
from shopwright.skills.verify.calibration import Isotonic, Logistic


def examples(n: int = 3000) -> tuple[list[dict[str, float]], list[bool], np.ndarray]:
    """Rows of three features, of which the third says nothing, with labels of known log-odds."""
    generator = np.random.default_rng(5)
    table = generator.normal(size=(n, 3)) * [1.0, 20.0, 3.0] + [0.0, 100.0, 7.0]
    logits = 0.5 + 1.5 * table[:, 0] - 0.1 * (table[:, 1] - 100.0)
    labels = (generator.random(n) < 1 / (1 + np.exp(-logits))).tolist()
    return [dict(zip("abc", row, strict=True)) for row in table.tolist()], labels, logits


def test_logistic_finds_the_weights_that_made_the_labels() -> None:
    rows, labels, logits = examples()
    fitted = Logistic.fit(rows, labels, ridge=1e-3)
    slopes = [weight / scale for weight, scale in zip(fitted.weights, fitted.scales, strict=True)]
    assert slopes == pytest.approx([1.5, -0.1, 0.0], abs=0.12)
    promised = [fitted.probability(row) for row in rows]
    assert promised == pytest.approx((1 / (1 + np.exp(-logits))).tolist(), abs=0.08)
    assert calibration_error(promised, labels) < 0.03
    assert np.mean(promised) == pytest.approx(np.mean(labels), abs=1e-6)  # the first-order condition of the bias


def test_logistic_is_at_the_minimum_of_its_loss() -> None:
    rows, labels, _ = examples(200)
    fitted = Logistic.fit(rows, labels, ridge=2.0)

    def loss(weights: tuple[float, ...], bias: float) -> float:
        model = Logistic(fitted.names, weights, bias, fitted.means, fitted.scales)
        chances = [model.probability(row) for row in rows]
        misses = -sum(math.log(p if label else 1 - p) for p, label in zip(chances, labels, strict=True))
        return misses + sum(weight**2 for weight in weights)

    least = loss(fitted.weights, fitted.bias)
    for place, step in itertools.product(range(4), (-0.01, 0.01)):
        moved = [*fitted.weights, fitted.bias]
        moved[place] += step
        assert loss(tuple(moved[:3]), moved[3]) > least


def test_a_missing_feature_counts_as_its_mean() -> None:
    rows, labels, _ = examples(500)
    fitted = Logistic.fit(rows, labels)
    at_means = dict(zip(fitted.names, fitted.means, strict=True))
    assert fitted.probability({}) == pytest.approx(fitted.probability(at_means))
    assert fitted.probability({"a": 1.0, "unknown": 9.0}) == pytest.approx(fitted.probability({**at_means, "a": 1.0}))
    assert fitted.probability({"a": math.nan}) == fitted.probability({})
    holes = [{name: value for name, value in row.items() if (place + ord(name)) % 3} for place, row in enumerate(rows)]
    assert 0 < Logistic.fit(holes, labels).probability(rows[0]) < 1


def test_classes_that_can_be_parted_keep_finite_weights() -> None:
    fitted = Logistic.fit([{"x": float(place)} for place in range(20)], [place >= 10 for place in range(20)], ridge=0.1)
    assert math.isfinite(fitted.weights[0])
    assert fitted.probability({"x": 19.0}) > 0.99
    assert fitted.probability({"x": 1e300}) == pytest.approx(1.0)


def test_features_that_never_change_and_none_at_all_give_the_share() -> None:
    assert Logistic.fit([{"x": 3.0}] * 4, [True, True, True, False]).probability({"x": 3.0}) == pytest.approx(0.75)
    assert Logistic.fit([{}] * 4, [True, True, True, False]).probability({}) == pytest.approx(0.75)


@pytest.mark.parametrize("seed", range(4))
def test_isotonic_is_the_best_rising_map(seed: int) -> None:
    generator = np.random.default_rng(seed)
    scores = (generator.integers(0, 5, 25) / 4).tolist()
    labels = [True, False, *(generator.random(23) < 0.5).tolist()]
    fitted = Isotonic.fit(scores, labels)
    distinct = sorted(set(scores))

    def squares(values: dict[float, float]) -> float:
        return sum((values[score] - label) ** 2 for score, label in zip(scores, labels, strict=True))

    found = {score: fitted(score) for score in distinct}
    assert list(found.values()) == sorted(found.values())
    steps = [step / 20 for step in range(21)]
    best = min(
        squares(dict(zip(distinct, rising, strict=True)))
        for rising in itertools.combinations_with_replacement(steps, len(distinct))
    )
    assert squares(found) <= best + 1e-9


def test_isotonic_of_a_known_case() -> None:
    fitted = Isotonic.fit([1, 2, 3, 4, 5], [False, True, False, True, True])
    assert [fitted(score) for score in (0, 1, 2, 3, 4, 9)] == [0.0, 0.0, 0.5, 0.5, 1.0, 1.0]
    assert fitted(3.5) == 0.75  # linear between the knots


def test_both_are_kept_as_json() -> None:
    rows, labels, _ = examples(100)
    logistic = Logistic.fit(rows, labels)
    assert Logistic.from_record(json.loads(json.dumps(logistic.record()))) == logistic
    isotonic = Isotonic.fit([row["a"] for row in rows], labels)
    assert Isotonic.from_record(json.loads(json.dumps(isotonic.record()))) == isotonic


def test_what_cannot_be_learned_from_is_named() -> None:
    with pytest.raises(CorpusError, match="2 labels, all True"):
        Logistic.fit([{"x": 1.0}, {"x": 2.0}], [True, True])
    with pytest.raises(CorpusError, match="both kinds"):
        Isotonic.fit([], [])
    with pytest.raises(CorpusError, match="feature 'x' is nan"):
        Logistic.fit([{"x": math.nan}, {"x": 2.0}], [True, False])
    with pytest.raises(CorpusError, match="infinite"):
        Isotonic.fit([1.0, math.inf], [True, False])
    with pytest.raises(CorpusError, match="1 rows but 2 labels"):
        Logistic.fit([{"x": 1.0}], [True, False])
    with pytest.raises(ConfigError, match="above 0"):
        Logistic.fit([{"x": 1.0}, {"x": 2.0}], [True, False], ridge=0.0)
    with pytest.raises(ConfigError, match=r"Logistic\.fit"):
        Logistic.from_record({"names": ["a"], "weights": []})
    with pytest.raises(ConfigError, match="1 names"):
        Logistic.from_record({"names": ["a"], "weights": [], "bias": 0, "means": [], "scales": []})
    with pytest.raises(ConfigError, match="do not rise"):
        Isotonic.from_record({"scores": [2, 1], "values": [0, 1]})
