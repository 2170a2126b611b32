from __future__ import annotations

import itertools
import json
import math

import numpy as np
import pytest

from shopwright.errors import ConfigError, CorpusError
from shopwright.skills.verify.risk import RiskControl, batch_tail, binomial_tail, conformal, learn_then_test

CHANCES = {
    "good": lambda score: 1 / (1 + np.exp(2 - 8 * score)),
    "blind": lambda score: np.full_like(score, 0.89),  # says nothing, and just misses the promise
    "hard": lambda score: 0.55 + 0.42 * score,
}


def questions(kind: str, n: int, seed: int) -> tuple[np.ndarray, np.ndarray]:
    generator = np.random.default_rng(seed)
    scores = generator.random(n)
    return scores, generator.random(n) < CHANCES[kind](scores)


def true_risk(kind: str, threshold: float) -> float:
    return float(1 - CHANCES[kind](np.linspace(threshold, 1, 1000)).mean())


@pytest.mark.parametrize(("wrong", "answered", "rate"), [(0, 5, 0.1), (2, 7, 0.3), (7, 7, 0.3), (3, 900, 0.01)])
def test_the_tail_is_that_of_the_binomial(wrong: int, answered: int, rate: float) -> None:
    exact = sum(math.comb(answered, k) * rate**k * (1 - rate) ** (answered - k) for k in range(wrong + 1))
    assert binomial_tail(wrong, answered, rate) == pytest.approx(exact)


def test_the_rule_of_three() -> None:
    assert binomial_tail(0, 29, 0.1) < 0.05 < binomial_tail(0, 28, 0.1)


@pytest.mark.parametrize(("wrong", "answered", "batch", "rate"), [(0, 6, 5, 0.2), (1, 7, 4, 0.3), (2, 6, 6, 0.34)])
def test_the_tail_of_a_batch_is_the_worst_urn(wrong: int, answered: int, batch: int, rate: float) -> None:
    worst = 0.0
    for bad in range(answered + batch + 1):
        draws = itertools.combinations(range(answered + batch), answered)
        here = [sum(ball < bad for ball in draw) for draw in draws]
        worst = max(worst, sum(k <= wrong and bad - k > rate * batch for k in here) / len(here))
    assert batch_tail(wrong, answered, batch, rate) == pytest.approx(worst)


def test_the_tail_of_a_long_batch_is_that_of_the_long_run() -> None:
    assert batch_tail(3, 120, 200_000, 0.05) == pytest.approx(binomial_tail(3, 120, 0.05), rel=0.01)


@pytest.mark.parametrize("kind", CHANCES)
def test_the_promise_is_kept_as_often_as_promised(kind: str) -> None:
    runs, broken = 120, 0
    for seed in range(runs):
        control = learn_then_test(*questions(kind, 500, seed), alpha=0.1)
        broken += control.threshold < math.inf and true_risk(kind, control.threshold) > 0.1
    assert broken / runs <= 0.1


def test_a_batch_keeps_its_promise_by_count() -> None:
    broken = 0
    for seed in range(120):
        control = learn_then_test(*questions("good", 500, seed), alpha=0.1, batch=500)
        scores, right = questions("good", 500, 1000 + seed)
        given = scores >= control.threshold
        broken += int((~right[given]).sum()) > 0.1 * given.sum()
    assert broken / 120 <= 0.1


def test_a_good_score_answers_much_and_more_where_more_may_be_wrong() -> None:
    scores, right = questions("good", 3000, 0)
    controls = [learn_then_test(scores, right, alpha=alpha) for alpha in (0.05, 0.1, 0.2)]
    assert [control.coverage > least for control, least in zip(controls, (0.45, 0.65, 0.8), strict=True)] == [True] * 3
    assert [control.coverage for control in controls] == sorted(control.coverage for control in controls)
    assert all(control.risk <= control.alpha for control in controls)
    sure = learn_then_test(scores, right, alpha=0.1, confidence=0.999)
    assert sure.coverage < controls[1].coverage
    assert learn_then_test(scores, right, alpha=0.1, batch=1500).coverage < controls[1].coverage


def test_the_threshold_is_on_the_score_of_an_answer_that_is_given() -> None:
    scores, right = questions("good", 1000, 1)
    control = learn_then_test(scores, right, alpha=0.1)
    assert control.answers(control.threshold)
    assert not control.answers(control.threshold - 1e-9)
    assert not control.answers(math.nan)
    assert control.coverage == pytest.approx((scores >= control.threshold).mean())
    assert control.risk == pytest.approx(1 - right[scores >= control.threshold].mean())
    assert control.remedy == ""


def test_any_rising_map_of_the_score_gives_the_same_answers() -> None:
    scores, right = questions("good", 800, 2)
    plain, cubed = (learn_then_test(each, right, alpha=0.1) for each in (scores, 40 * scores**3 - 7))
    assert plain.coverage == cubed.coverage


def test_a_promise_that_cannot_be_kept_refuses_all_and_says_what_could() -> None:
    scores, right = questions("hard", 300, 3)
    control = learn_then_test(scores, right, alpha=0.01)
    assert control.threshold == math.inf
    assert not control.answers(1.0)
    assert control.coverage == 0.0
    assert "1.0% wrong cannot be promised from 300" in control.remedy
    assert 0.01 < control.least < 1
    assert learn_then_test(scores, right, alpha=control.least + 1e-3).coverage > 0
    assert learn_then_test(scores, right, alpha=control.least - 1e-3).coverage == 0
    assert f"{math.ceil(control.least * 1000) / 1000:.1%}" in control.remedy


def test_ties_are_answered_together() -> None:
    scores = [0.9] * 60 + [0.1] * 40
    control = learn_then_test(scores, [True] * 60 + [False] * 40, alpha=0.1)
    assert (control.threshold, control.coverage) == (0.9, 0.6)


def test_conformal_promises_a_mean_over_all_questions() -> None:
    wrong = []
    for seed in range(200):
        control = conformal(*questions("hard", 100, seed), alpha=0.1)
        scores, right = questions("hard", 100, 1000 + seed)
        wrong.append(((scores >= control.threshold) & ~right).mean())
    assert 0.08 < float(np.mean(wrong)) <= 0.1


def test_conformal_of_a_known_case() -> None:
    scores, right = [5.0, 4.0, 3.0, 2.0, 1.0], [True, True, False, True, False]
    assert conformal(scores, right, alpha=0.34).threshold == 2.0  # (1 + 1) / 6
    assert conformal(scores, right, alpha=0.17).threshold == 4.0  # (0 + 1) / 6
    never = conformal(scores, right, alpha=0.1)
    assert (never.threshold, never.least) == (math.inf, pytest.approx(1 / 6))
    assert "16.7%" in never.remedy


def test_a_control_is_kept_as_json() -> None:
    scores, right = questions("hard", 300, 4)
    for alpha in (0.01, 0.3):
        control = learn_then_test(scores, right, alpha=alpha)
        again = RiskControl.from_record(json.loads(json.dumps(control.record(), allow_nan=False)))
        assert repr(again) == repr(control)
    with pytest.raises(ConfigError, match="calibrate again"):
        RiskControl.from_record({"alpha": 0.1})


@pytest.mark.parametrize("value", [0.0, 1.0, -0.1, 5, math.nan])
def test_a_promise_is_a_share(value: float) -> None:
    with pytest.raises(ConfigError, match=r"alpha .* 5 %"):
        learn_then_test([0.1, 0.2], [True, False], alpha=value)
    with pytest.raises(ConfigError, match="alpha"):
        conformal([0.1, 0.2], [True, False], alpha=value)
    with pytest.raises(ConfigError, match="confidence"):
        learn_then_test([0.1, 0.2], [True, False], alpha=0.1, confidence=value)


def test_what_nothing_can_be_learned_from_is_named() -> None:
    with pytest.raises(CorpusError, match="all 3 calibration answers are right"):
        learn_then_test([0.1, 0.2, 0.3], [True] * 3, alpha=0.1)
    with pytest.raises(CorpusError, match="all 2 calibration answers are wrong"):
        conformal([0.1, 0.2], [False] * 2, alpha=0.1)
    with pytest.raises(CorpusError, match="NaN"):
        learn_then_test([0.1, math.nan], [True, False], alpha=0.1)
    with pytest.raises(CorpusError, match="at least one"):
        learn_then_test([], [], alpha=0.1)
    with pytest.raises(ConfigError, match="batch 0"):
        learn_then_test([0.1, 0.2], [True, False], alpha=0.1, batch=0)
