"""Alarms of reward hacking: a policy that grows, copies, repeats itself or pleases one judge only is told of."""

from __future__ import annotations

import json
import math
from dataclasses import replace

import numpy as np
import pytest

from shopwright.errors import ConfigError
from shopwright.train.align.policy.alarms import (
    Alarms,
    StepRecord,
    Thresholds,
    agreement,
    copying,
    describe,
    repetition,
)

USUAL = StepRecord(
    step=0,
    length=40.0,
    repetition=0.02,
    copying=0.1,
    empty=0.0,
    endless=0.0,
    flat=0.1,
    entropy=2.0,
    kl=0.0,
    objectives={"accuracy": 0.5, "depth": 0.2},
    spreads={"accuracy": 0.2, "depth": 0.1},
    agreement={"accuracy": 0.6, "depth": math.nan},
)
AT_ONCE = Thresholds(last=1)


def test_a_usual_step_rings_nothing() -> None:
    assert Alarms(AT_ONCE, USUAL).look(replace(USUAL, step=1, length=50.0, kl=0.2)) == []


@pytest.mark.parametrize(
    ("kind", "change"),
    [
        ("longer", {"length": 61.0}),
        ("shorter", {"length": 19.0}),
        ("repetition", {"repetition": 0.13}),
        ("copying", {"copying": 0.3}),
        ("empty", {"empty": 0.06}),
        ("endless", {"endless": 0.2}),
        ("flat", {"flat": 0.5}),
        ("entropy", {"entropy": 0.5}),
        ("kl", {"kl": 0.6}),
        ("objective", {"objectives": {"accuracy": 0.39, "depth": 0.2}}),
        ("agreement", {"agreement": {"accuracy": 0.2}}),
    ],
)
def test_each_figure_that_moves_too_far_rings(kind: str, change: dict[str, object]) -> None:
    (alarm,) = Alarms(AT_ONCE, USUAL).look(replace(USUAL, step=7, **change))  # type: ignore[arg-type]
    assert alarm.kind == kind
    assert alarm.since == 7
    assert alarm.text.startswith("step 7: ")
    assert f"from {alarm.reference:.3g} to {alarm.value:.3g}" in alarm.text


def test_an_alarm_keeps_the_step_at_which_it_began_also_over_a_checkpoint() -> None:
    alarms = Alarms(Thresholds(first=2, last=2))
    assert alarms.look(USUAL) == alarms.look(USUAL) == []
    assert alarms.look(replace(USUAL, step=2)) == []
    assert [alarm.since for alarm in alarms.look(replace(USUAL, step=3, length=100.0))] == [3]
    resumed = Alarms(Thresholds(first=2, last=2))
    resumed.load(json.loads(json.dumps(alarms.state(), allow_nan=False)))
    grown, usual = replace(USUAL, step=4, length=100.0), replace(USUAL, step=5)
    assert [alarm.since for alarm in alarms.look(grown)] == [3]
    assert resumed.look(grown) == alarms.look(grown)
    assert alarms.look(usual)[0].value == 70.0
    assert alarms.look(usual) == []


def test_a_step_is_described_out_of_its_answers() -> None:
    prompts = ["Which boots keep water out in the snow?", "A lamp for reading in bed"]
    answers = [
        ["Boots keep water out in the snow.", "Try the Halden boot, it has a membrane."],
        ["", "warm light warm light warm light warm light"],
    ]
    scores_PGK = np.array([[[0.0, 1.0], [1.0, 0.0]], [[0.5, 0.5], [0.5, 0.5]]])
    rules_PGK, heads_PGK = scores_PGK, scores_PGK * [1.0, -2.0]
    record = describe(
        3,
        prompts,
        answers,
        scores_PGK,
        rules_PGK=rules_PGK,
        heads_PGK=heads_PGK,
        cut_PG=[[False, True], [True, False]],
        objectives=("accuracy", "depth"),
    )
    assert (record.length, record.empty, record.endless, record.flat) == (23 / 4, 0.25, 0.25, 0.5)
    assert record.objectives == {"accuracy": 0.5, "depth": 0.5}
    assert record.agreement == {"accuracy": 1.0, "depth": -1.0}
    assert math.isnan(record.kl)
    with pytest.raises(ConfigError, match="shape"):
        describe(3, prompts, answers, scores_PGK[:1], objectives=("accuracy", "depth"))
    for some, groups in (([], []), (prompts, answers[:1]), (prompts, [[], []])):
        with pytest.raises(ConfigError, match="not empty"):
            describe(3, some, groups, np.zeros((len(groups), 0, 4)))


def test_figures_of_text() -> None:
    assert repetition(["one two three four", "go on go on go", "", "yes"]).tolist() == [0.0, pytest.approx(1 / 3), 0, 0]
    copied = copying(["the red boot is warm", "x"], ["The red boot, yes", "nothing of it"])
    assert copied.tolist() == [0.5, 0.0]
    assert copying(["a b c", "a b c", ""], ["a b c", "", "a b c"]).tolist() == [1.0, 0.0, 0.0]


def test_agreement_is_within_groups_and_leaves_out_those_without_variance() -> None:
    one = np.array([[1.0, 2.0, 3.0], [30.0, 20.0, 10.0], [5.0, 5.0, 5.0]])[..., None]
    assert agreement(one, one).tolist() == [1.0]
    assert agreement(one, np.array([[1.0, 2.0, 3.0], [1.0, 2.0, 3.0], [1.0, 2.0, 3.0]])[..., None]).tolist() == [0.0]
    assert np.isnan(agreement(one, np.ones_like(one))).all()
    tied = agreement(np.array([[[1.0], [1.0], [2.0]]]), np.array([[[1.0], [2.0], [3.0]]]))
    assert tied[0] == pytest.approx(math.sqrt(3) / 2)


def test_thresholds_that_cannot_work_are_refused() -> None:
    with pytest.raises(ConfigError, match="longer must be above 1"):
        Thresholds(longer=0.9)
    with pytest.raises(ConfigError, match="kl nan"):
        Thresholds(kl=math.nan)
