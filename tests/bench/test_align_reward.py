from __future__ import annotations

import gzip
import json
import math
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from shopwright.bench.align import TASK
from shopwright.bench.align_reward import (
    accuracy_row,
    clear,
    comparison_rows,
    judged_groups,
    label_rows,
    of_like_length,
    spearman,
)
from shopwright.bench.task import Options
from shopwright.models.reward import RewardModel
from shopwright.train.align.reward.groups import read_groups

GOOD = "Use a tent with two doors, because air moves through it. For example, a dome of 2 kg keeps its shape in wind."


def written(folder: Path, prompts: int = 4) -> Path:
    asked, answers, said = [], [], []
    for prompt in range(prompts):
        asked.append({"id": f"p{prompt}", "text": f"Made question {prompt}: which tent?"})
        for place, text in enumerate(("lol idk", GOOD[:60], GOOD)):
            answers.append({"id": f"r{prompt}-{place}", "prompt": f"p{prompt}", "model": "m", "text": text})
            said += [f"p{prompt}\tb\tr{prompt}-{place}\t{place / 2}\t{judge}" for judge in ("v1", "v2")]
    place = folder / "reward/alpaca_eval"
    place.mkdir(parents=True)
    (place / "prompts.jsonl").write_text("\n".join(map(json.dumps, asked)))
    (place / "responses.jsonl").write_text("\n".join(map(json.dumps, answers)))
    (place / "preferences.tsv").write_text("\n".join(said))
    return folder


def test_rows_of_made_comparisons(tmp_path: Path) -> None:
    rows = {row.metric: row for row in comparison_rows(Options(written(tmp_path)))}
    assert rows["pair_accuracy:length"].value == 1
    assert rows["pair_accuracy"].n == 12
    assert rows["pair_accuracy"].value > 0.6
    assert rows["length_matched_accuracy"].n == 0
    assert rows["prompts_unseen"].value == 1
    assert rows["non_answers_below:mixed"].n == 4 * 5
    assert rows["echo_below"].n == 4
    assert {"ece", "brier", "ece:uncalibrated", "brier:uncalibrated"} <= set(rows)
    assert math.isnan(rows["length_matched_accuracy"].value)
    assert {f"pair_accuracy:{name}" for name in ("linear", "length_free", "mixed", "depth", "rule_depth")} <= set(rows)


def test_gold_scores_are_right_and_empty_ones_half(tmp_path: Path) -> None:
    groups, _ = read_groups(written(tmp_path) / "reward/alpaca_eval")
    judged = judged_groups(groups, RewardModel())
    made = [{"gold": one.group.wins, "none": np.zeros(3), "against": -one.group.wins} for one in judged]
    judged = [replace(one, scores={**one.scores, **scores}) for one, scores in zip(judged, made, strict=True)]
    values = [accuracy_row("x", judged, name, clear).value for name in ("gold", "none", "against")]
    assert values == [1, 0.5, 0]
    assert not of_like_length(judged[0]).any()


def test_a_trained_prompt_is_judged_by_the_part_that_has_not_seen_it(tmp_path: Path) -> None:
    model, groups = RewardModel(), read_groups(written(tmp_path) / "reward/alpaca_eval")[0]
    trained, part = next(iter(model.trained_prompts.items()))
    group = replace(groups[0], prompt_id=trained)
    (held_out,) = judged_groups([group], model)
    alone = model.judge(group.prompt, group.texts, (part,)).overall
    assert held_out.scores[""].tolist() == alone.tolist()
    assert held_out.scores[""].tolist() != judged_groups(groups[:1], model)[0].scores[""].tolist()


def test_labels_of_single_objectives(tmp_path: Path) -> None:
    place = tmp_path / "reward"
    place.mkdir()
    asked = [(f"Which tent, number {number}?", "A tent of 2 kg." if number % 2 else "idk lol") for number in range(30)]
    wrong = {"errors": [{"error type": "Unverifiable", "start": 0, "end": 5}], "missing-info": []}
    records = [
        {"question": q, "passages": [["Tents", "A tent of 2 kg."]], "prediction 1": a, "preference": [],
         "feedback": wrong if a == "idk lol" else {}} for q, a in asked
    ]  # fmt: skip
    rated = [
        {"task": "qags_xsum", "source": q, "output": a, "scores": {"consistency": int(a != "idk lol")}}
        for q, a in asked
    ]
    (place / "qa_feedback.json").write_text(json.dumps(records))
    with gzip.open(place / "unieval.jsonl.gz", "wt") as file:
        file.write("\n".join(map(json.dumps, rated)))
    rows = {row.metric: row for row in label_rows(Options(tmp_path))}
    assert rows["agreement:accuracy:length"].value == 1
    assert {"agreement:accuracy", "agreement:accuracy:rule", "agreement:coverage:qa_feedback_coverage"} <= set(rows)
    assert rows["agreement:accuracy:qa_feedback_accuracy"].value > 0.5


def test_ranks_of_ties_are_shared() -> None:
    assert spearman(np.array([1.0, 2, 2, 3]), np.array([1.0, 5, 5, 9])) == pytest.approx(1)
    assert spearman(np.array([1.0, 2, 3]), np.array([3.0, 2, 1])) == pytest.approx(-1)
    assert math.isnan(spearman(np.ones(3), np.arange(3.0)))


def test_the_task_knows_its_sets() -> None:
    assert {one.name for one in TASK.sets(None)} >= {"alpaca_eval", "unieval", "objectives"}
