from __future__ import annotations

import gzip
import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from shopwright.bench.recommend_ratings import SET, formula, rating_rows, read_ratings, without_own_ratings
from shopwright.bench.task import Options, Row
from shopwright.errors import CorpusError
from shopwright.selective import auroc

RATINGS = ("Relevance", "Novelty", "Unexpectedness", "Timeliness", "Serendipity")


def written(folder: Path, n: int = 800, told: bool = False, **changed: object) -> Path:
    """Made ratings: the three parts make the surprise, or the answer C1 of the person does."""
    random = np.random.default_rng(7)
    path = folder / "recommend/taobao_serendipity.jsonl.gz"
    path.parent.mkdir(parents=True, exist_ok=True)
    with gzip.open(path, "wt") as file:
        for person in range(n):
            row = {name: int(random.integers(1, 6)) for name in RATINGS}
            row |= {f"{kind}{number}": int(random.integers(1, 6)) for kind in "CP" for number in range(1, 11)}
            parts = row["Relevance"] + row["Unexpectedness"] + row["Timeliness"]
            row["Serendipity"] = row["C1"] if told else 5 if parts > 10 else 1
            named = {"UserId": f"u{person}", "ItemId": f"i{person % 50}", "CategoryId": f"c{person % 9}"}
            file.write(json.dumps(named | {key: str(value) for key, value in row.items()} | changed) + "\n")
    return path


def rows(folder: Path) -> dict[str, Row]:
    return {row.metric: row for row in rating_rows(Options(folder))}


def test_where_all_three_parts_make_the_surprise_the_formula_finds_it(tmp_path: Path) -> None:
    written(tmp_path)
    assert not SET.missing(tmp_path)
    found = rows(tmp_path)
    assert found["auc"].value > 0.97
    assert found["auc"].value > found["auc:product"].value > found["auc:relevance"].value
    assert found["auc:without_own_ratings"].value == pytest.approx(0.5, abs=0.08)
    interval = found["auc"].ci95
    assert interval is not None
    assert interval[0] <= found["auc"].value <= interval[1]
    assert found["auc"].n == 800
    assert found["auc"].record()["bench"] == "recommend"


def test_the_curve_goes_over_the_dial(tmp_path: Path) -> None:
    written(tmp_path)
    curve = dict(rows(tmp_path)["auc"].curve)
    assert (min(curve), max(curve)) == (0, 1)
    assert max(curve.values()) > curve[0]


def test_what_a_person_answered_can_tell_without_ratings(tmp_path: Path) -> None:
    people = read_ratings(written(tmp_path, told=True))
    assert auroc(without_own_ratings(people), people.surprised.tolist()) > 0.95
    assert auroc(formula(people), people.surprised.tolist()) == pytest.approx(0.5, abs=0.08)


def test_nobody_is_predicted_from_their_own_ratings(tmp_path: Path) -> None:
    people = read_ratings(written(tmp_path, 300))
    changed = {name: np.where(people.persons == 3, 6 - values, values) for name, values in people.ratings.items()}
    own = people.persons == 3
    before, after = without_own_ratings(people), without_own_ratings(replace(people, ratings=changed))
    assert before[own] == pytest.approx(after[own], abs=1e-12)
    assert not np.allclose(before[~own], after[~own])


@pytest.mark.parametrize("broken", [{"Timeliness": "soon"}, {"P10": None}, {"Relevance": "nan"}])
def test_what_is_no_number_is_named(tmp_path: Path, broken: dict[str, object]) -> None:
    path = written(tmp_path, 3, **broken)
    with pytest.raises(CorpusError, match=next(iter(broken))):
        read_ratings(path)
