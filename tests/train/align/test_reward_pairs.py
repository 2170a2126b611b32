"""Groups in place of pairs: their strengths, what they stand for, and what is left out of them."""

from __future__ import annotations

import sys
from collections import Counter
from itertools import combinations
from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("pyarrow")

from shopwright.errors import ConfigError, MissingExtraError
from shopwright.train.align.audit import LEAST, audit
from shopwright.train.align.examples import Comparison, Response, Row, Score
from shopwright.train.align.pairs import CUT, Group, PairCount, Selection, groups, pair_count, ray_groups
from shopwright.train.align.store import RewardStore

TEXTS = ("A dome tent.", "A tunnel tent.", "A tarp.", "No idea.", "")


def given(prompt: str = "Which tent?", texts: tuple[str, ...] = TEXTS) -> list[Response]:
    return [Response(prompt, text, f"s{number}") for number, text in enumerate(texts)]


def said(responses: list[Response], i: int, j: int, label: float, by: str = "anna") -> Comparison:
    return Comparison(responses[i].prompt_id, responses[i].id, responses[j].id, label, by)


def stored(path: Path, *rows: Row) -> RewardStore:
    store = RewardStore(path)
    report = store.append(rows)
    assert not report.refused
    return store


def by_id(group: Group) -> dict[int, float]:
    return dict(zip(group.responses.tolist(), group.strengths.tolist(), strict=True))


def test_a_shared_baseline_gives_the_logits(tmp_path: Path) -> None:
    r = given()
    turned = Comparison(r[0].prompt_id, r[3].id, r[0].id, 0.9, "anna")
    store = stored(tmp_path, *r, said(r, 0, 1, 0.75), said(r, 0, 2, 0.0), turned, said(r, 0, 1, 0.5, by="ben"))
    counted = Counter[str]()
    (group,) = groups(store, counted=counted)
    least = float(np.log(CUT / (1 - CUT)))
    wanted = {r[0].id: 0.0, r[1].id: np.log(3), r[2].id: least, r[3].id: -np.log(9)}
    assert by_id(group) == pytest.approx(wanted, abs=1e-5)
    assert (group.pairs, group.inconsistency, group.annotator) == (6, 0.0, "anna")
    assert dict(zip(group.responses.tolist(), group.weights, strict=True))[r[0].id] == 3
    assert counted["groups that are all ties"] == 1
    assert pair_count(store) == PairCount(1, 4, 6, 6)


def test_any_graph_gives_the_nearest_strengths_and_what_is_left_over(tmp_path: Path) -> None:
    r, true = given(texts=TEXTS[:4]), np.array([0.0, 1.0, -0.5, 2.0])
    fair = [said(r, i, j, float(1 / (1 + np.exp(true[i] - true[j])))) for i, j in combinations(range(4), 2)]
    (group,) = groups(stored(tmp_path / "fair", *r, *fair))
    found = np.array([by_id(group)[one.id] for one in r])
    assert found - found[0] == pytest.approx(true, abs=1e-4)
    assert group.inconsistency == pytest.approx(0, abs=1e-6)
    ring = [said(r, 0, 1, 0.9), said(r, 1, 2, 0.9), said(r, 2, 0, 0.9), said(r, 0, 3, 0.8)]
    (round_,) = groups(stored(tmp_path / "ring", *r, *ring))
    values = by_id(round_)
    assert values[r[0].id] == pytest.approx(values[r[1].id], abs=1e-6)
    assert values[r[3].id] - values[r[0].id] == pytest.approx(np.log(4), abs=1e-5)
    assert 0.5 < round_.inconsistency < 1


def test_what_is_not_connected_is_not_compared(tmp_path: Path) -> None:
    r, other = given(), given("Which stove?")
    store = stored(tmp_path, *r, *other, said(r, 0, 1, 0.9), said(r, 2, 3, 0.9), said(other, 0, 1, 0.4))
    found = list(groups(store))
    assert sorted((group.prompt, len(group.responses)) for group in found) == sorted(
        [(r[0].prompt_id, 2), (r[0].prompt_id, 2), (other[0].prompt_id, 2)]
    )
    assert pair_count(store, Selection(objective="depth")) == PairCount()


def test_flawed_responses_and_one_sided_annotators_are_left_out(tmp_path: Path) -> None:
    rows: list[Row] = []
    for number in range(LEAST):
        r = given(f"Question {number}")
        rows += [
            *r,
            Score(r[0].prompt_id, r[0].id, "depth", 0.5, "bored"),
            said(r, 0, 1, 0.9 if number % 3 else 0.1),
            said(r, 0, 4, 0.01),
            said(r, 0, 2, 1.0, by="always"),
        ]
    store = stored(tmp_path, *rows)
    counted = Counter[str]()
    assert {group.annotator for group in groups(store, counted=counted)} == {"anna"}
    assert counted["comparisons of one-sided annotators"] == LEAST
    assert counted["comparisons of empty or endless responses"] == LEAST
    assert pair_count(store).pairs == LEAST
    assert pair_count(store, Selection(flawed=True)).pairs == 4 * LEAST
    report = audit(store)
    assert report.one_sided == ("always", "bored")
    assert report.found["responses marked empty"] == LEAST
    assert any("always" in line for line in report.lines())


def test_contradictions_and_cycles_are_counted(tmp_path: Path) -> None:
    r = given()
    ring = [said(r, 0, 1, 0.9), said(r, 1, 2, 0.9), said(r, 2, 0, 0.9), said(r, 0, 3, 0.8)]
    store, counted = stored(tmp_path, *r, *ring, said(r, 1, 0, 0.8), said(r, 3, 0, 0.9, by="ben")), Counter[str]()
    assert sorted(group.contradicted for group in groups(store, counted=counted)) == [0, 1]
    assert counted["pairs judged both ways, averaged"] == 1
    found = audit(store).found
    assert found["pairs judged both ways"] == 1
    assert found["pairs judged both ways across annotators"] == 2
    assert (found["prompts with a cycle"], found["pairs on or between cycles"]) == (1, 3)
    none = audit(RewardStore(tmp_path / "none"))
    assert not none.found.total()


def test_parts_and_splits_hold_every_group_once(tmp_path: Path) -> None:
    rows: list[Row] = []
    for number in range(60):
        r = given(f"Question {number}")
        rows += [*r, said(r, 0, 1, 0.9), said(r, 0, 2, 0.2)]
    store = stored(tmp_path, *rows)
    whole = {group.prompt: by_id(group) for group in groups(store)}
    assert len(whole) == 60
    assert {group.prompt: by_id(group) for group in groups(store, parts=7)} == whole
    parts = [{group.prompt for group in groups(store, Selection(split=one))} for one in ("train", "valid", "test")]
    assert sorted(prompt for part in parts for prompt in part) == sorted(whole)
    assert len(parts[0]) > len(parts[1]) + len(parts[2])
    with pytest.raises(ConfigError, match="parts 0"):
        list(groups(store, parts=0))
    with pytest.raises(ConfigError, match=r"cut 0\.5"):
        Selection(cut=0.5)


def test_without_ray_the_extra_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "ray.data", None)
    with pytest.raises(MissingExtraError, match="ray_groups"):
        next(ray_groups(RewardStore(tmp_path)))


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore")  # of Ray's own
def test_ray_gives_the_same_groups(tmp_path: Path) -> None:
    ray = pytest.importorskip("ray", reason="needs the extra ray")
    pytest.importorskip("ray.data", reason="needs the extra ray")
    r, other = given(), given("Which stove?")
    store = stored(tmp_path, *r, *other, said(r, 0, 1, 0.9), said(r, 0, 2, 0.2), said(other, 0, 1, 0.4))
    ray.init(num_cpus=1, include_dashboard=False, log_to_driver=False)
    try:
        found = {one.prompt: (by_id(one), one.annotator) for one in ray_groups(store, parts=3)}
    finally:
        ray.shutdown()
    assert found == {one.prompt: (by_id(one), one.annotator) for one in groups(store)}
