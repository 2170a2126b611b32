from __future__ import annotations

import csv
import gzip
from pathlib import Path

import numpy as np
import pytest

from shopwright.bench.intent_bandit import SET, Shown, bandit_rows, estimates, policy_of, read_shown
from shopwright.bench.task import Options

RANDOM = np.full((2, 3), 1 / 3)
BTS = np.array([[0.7, 0.2, 0.1], [0.1, 0.1, 0.8]])
CLICKS = np.array([[0.6, 0.2, 0.1], [0.1, 0.3, 0.7]])


def logged(policy: np.ndarray, n: int, seed: int) -> Shown:
    random = np.random.default_rng(seed)
    places = random.integers(0, 2, n)
    items = (random.random(n)[:, None] > policy[places].cumsum(axis=1)).sum(axis=1)
    clicks = (random.random(n) < CLICKS[places, items]).astype(np.float64)
    return Shown(items, places, clicks, policy[places, items])


def kept(log: Shown, path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with gzip.open(path, "wt", newline="") as file:
        rows = csv.writer(file)
        rows.writerow(["item_id", "position", "click", "propensity_score"])
        rows.writerows(zip(log.items, log.places + 1, log.clicks.astype(int), log.logged, strict=True))


def test_the_policy_is_read_off_its_log() -> None:
    assert policy_of(logged(BTS, 3_000, 0), 3) == pytest.approx(BTS)


def test_a_policy_on_its_own_log_scores_its_clicks() -> None:
    log = logged(BTS, 3_000, 0)
    found, _ = estimates(log, log)
    for name in ("ips", "clipped_ips", "snips"):
        assert found[name].value == pytest.approx(log.clicks.mean()), name
    assert found["dr"].value == pytest.approx(log.clicks.mean(), abs=0.02)


@pytest.mark.parametrize(("source", "target"), [(RANDOM, BTS), (BTS, RANDOM)])
def test_with_enough_data_every_estimator_meets_the_other_policy(source: np.ndarray, target: np.ndarray) -> None:
    found, _ = estimates(logged(source, 20_000, 1), logged(target, 20_000, 2))
    true = float((target * CLICKS).sum(axis=1).mean())
    for name in ("ips", "clipped_ips", "snips", "dr", "switch_dr"):
        assert found[name].value == pytest.approx(true, abs=0.03), name


def test_rows_of_both_campaigns_and_directions(tmp_path: Path) -> None:
    for seed, campaign in enumerate(("men", "women")):
        kept(logged(RANDOM, 600, seed), tmp_path / f"intent/open_bandit/random_{campaign}.csv.gz")
        kept(logged(BTS, 600, seed + 9), tmp_path / f"intent/open_bandit/bts_{campaign}.csv.gz")
    assert not SET.missing(tmp_path)
    again = read_shown(tmp_path / "intent/open_bandit/bts_men.csv.gz")
    assert again.places.max() == 1
    rows = {row.metric: row for row in bandit_rows(Options(tmp_path))}
    assert len(rows) == 4 * (5 + 6 * 2)
    for name in ("men_random_to_bts", "women_bts_to_random"):
        assert rows[f"ess:{name}"].value <= 600
        error = abs(rows[f"dr:{name}"].value - rows[f"on_policy:{name}"].value)
        assert rows[f"dr_error:{name}"].value == pytest.approx(error)
        assert rows[f"dr:{name}"].ci95 is not None
