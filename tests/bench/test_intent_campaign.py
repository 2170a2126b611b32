from __future__ import annotations

import gzip
import json
from pathlib import Path

import numpy as np
import pytest

from shopwright.bench.intent_campaign import SET, campaign_rows, read_campaign
from shopwright.bench.task import Options, Row

ARMS = ("Mens E-Mail", "No E-Mail", "Womens E-Mail")


def campaign(folder: Path, by_person: bool, n: int = 6_000) -> dict[str, Row]:
    """Rows over a made campaign, in which people differ in what they like, or do not."""
    random = np.random.default_rng(4)
    path = folder / "intent/hillstrom.jsonl.gz"
    path.parent.mkdir(parents=True)
    with gzip.open(path, "wt") as file:
        for _ in range(n):
            mens, arm = int(random.integers(2)), int(random.integers(3))
            liked = (0 if mens else 2) if by_person else 0
            visit = int(random.random() < (0.5 if arm == liked else 0.2))
            person = {
                "recency": str(random.integers(1, 12)), "history": f"{random.random() * 500:.2f}", "mens": str(mens),
                "womens": str(1 - mens), "newbie": "0", "zip_code": "Urban", "channel": "Web",
                "segment": ARMS[arm], "visit": str(visit),
            }  # fmt: skip
            file.write(json.dumps(person) + "\n")
    assert not SET.missing(folder)
    return {row.metric: row for row in campaign_rows(Options(folder))}


def test_where_people_differ_the_gain_is_claimed(tmp_path: Path) -> None:
    rows = campaign(tmp_path, by_person=True)
    assert rows["claims_gain"].value == 1
    assert rows["value"].value == pytest.approx(0.5, abs=0.04)
    assert rows["value:best_constant"].value == pytest.approx(0.35, abs=0.04)
    interval = rows["gain"].ci95
    assert interval is not None
    assert interval[0] > 0.05


def test_where_they_do_not_nothing_is_claimed(tmp_path: Path) -> None:
    rows = campaign(tmp_path, by_person=False)
    assert rows["claims_gain"].value == 0
    assert rows["value"].value == pytest.approx(rows["value:best_constant"].value, abs=0.02)
    assert rows["value"].ci95 is not None
    assert rows["value"].n == 6_000


def test_people_become_decisions(tmp_path: Path) -> None:
    campaign(tmp_path, by_person=False, n=300)
    log = read_campaign(tmp_path / "intent/hillstrom.jsonl.gz")
    assert log.action_names == ARMS
    assert len(log.feature_names) == log.features.shape[1] == 9
    assert set(log.logged) == {1 / 3}
