from __future__ import annotations

import gzip
import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("torch", reason="trains a small network")

import torch

from shopwright.errors import CorpusError
from shopwright.models.reward import RewardModel
from shopwright.models.reward_aspects import read_aspects
from shopwright.models.reward_features import FIGURES
from shopwright.models.reward_objectives import OBJECTIVES, SIGNS
from shopwright.train.align.examples import Response, Score
from shopwright.train.align.reward.aspects import fit_aspects, read_rated, write_aspects
from shopwright.train.align.reward.calibration import fit_temperature, kept_promise
from shopwright.train.align.reward.groups import FOLDS, agreement, encode_all, fold_of, ordered, read_groups
from shopwright.train.align.reward.heads import fit_heads
from shopwright.train.align.reward.labels import labels_of, read_labels
from shopwright.train.align.reward.network import RewardSettings, pair_loss, scaling_of, train_member
from shopwright.train.align.reward.run import RewardPlan, plan_of, reward, train_arrays

SMALL = RewardSettings(passes=12, rate=0.02, width=4, hidden=16, dropout=0.0, least_prompts=20, members=2)
WORDS = ("dull", "fair", "fine", "superb")


def written(folder: Path, prompts: int = 40) -> Path:
    """Made comparisons: the later the word among `WORDS`, the better, whatever the length."""
    random = np.random.default_rng(3)
    asked, answers, said = [], [], []
    for prompt in range(prompts):
        asked.append({"id": f"p{prompt}", "text": f"Question number {prompt} about tents?"})
        for place, word in enumerate(WORDS):
            filler = " ".join(random.choice(["tent", "peg", "rope", "bag"], random.integers(5, 30)))
            name = f"r{prompt}-{place}"
            answers.append({"id": name, "prompt": f"p{prompt}", "model": word, "text": f"A {word} tent. {filler}"})
            said.append(f"p{prompt}\tb\t{name}\t{place / 3:.2f}\tv2")
        said.append(f"p{prompt}\tb\tr{prompt}-0\t-1\tv2")
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "prompts.jsonl").write_text("\n".join(map(json.dumps, asked)))
    (folder / "responses.jsonl").write_text("\n".join(map(json.dumps, answers)))
    (folder / "preferences.tsv").write_text("\n".join(said))
    return folder


def test_labels_that_are_no_probability_are_counted_and_left_out(tmp_path: Path) -> None:
    groups, left_out = read_groups(written(tmp_path))
    assert (len(groups), left_out) == (40, 40)
    assert ordered(groups[0].wins).sum() == 6
    (tmp_path / "preferences.tsv").write_text("p0\tb\tr0-0\tnan\tv2\n")
    with pytest.raises(CorpusError, match="no two responses"):
        read_groups(tmp_path)


def test_agreement_counts_ties_half() -> None:
    wins = np.array([0.0, 0.5, 1.0], np.float32)
    assert agreement([wins], [wins]) == 1
    assert agreement([-wins], [wins]) == 0
    assert agreement([np.zeros(3, np.float32)], [wins]) == 0.5


def test_the_loss_falls_when_the_order_is_right() -> None:
    wins = torch.tensor([0.0, 0.5, 1.0])
    assert pair_loss(4 * wins, wins) < pair_loss(torch.zeros(3), wins) < pair_loss(-4 * wins, wins)
    assert float(pair_loss(wins, torch.ones(3))) == 0


def test_the_same_seed_gives_the_same_member(tmp_path: Path) -> None:
    encoded = encode_all(read_groups(written(tmp_path, 6))[0])
    scaling = scaling_of(encoded, 2)
    first, second = (train_member(encoded, scaling, SMALL, 5, lambda _: None) for _ in range(2))
    assert torch.equal(first.out.weight, second.out.weight)


def test_what_is_written_orders_prompts_it_has_not_seen_as_the_network_did(tmp_path: Path) -> None:
    plan = RewardPlan(written(tmp_path / "data"), None, tmp_path / "out", models=tmp_path / "out", settings=SMALL)
    outcome = reward(plan, lambda _: None)
    assert outcome.promoted
    assert outcome.after["pair_accuracy"] > 0.95 > outcome.after["pair_accuracy:length"]
    model = RewardModel(folder=tmp_path / "out")
    groups, _ = read_groups(plan.comparisons)
    assert {group.prompt_id: fold_of(group.prompt_id) for group in groups} == model.trained_prompts
    assert set(model.trained_prompts.values()) == set(range(FOLDS))
    assert model.unseen(1) == model.parts == tuple(range(FOLDS))
    again = reward(plan, lambda _: None)
    assert not again.promoted
    assert again.before == again.after


def test_a_part_has_learned_nothing_of_its_fold(tmp_path: Path) -> None:
    groups, _ = read_groups(written(tmp_path, 20))
    fold = fold_of(groups[0].prompt_id)
    turned = [replace(one, wins=1 - one.wins) if fold_of(one.prompt_id) == fold else one for one in groups]
    first, second = (train_arrays(encode_all(each), (), SMALL, lambda _: None) for each in (groups, turned))
    for name in ("first", "out"):
        by_part = first[name].reshape(FOLDS, SMALL.members, -1), second[name].reshape(FOLDS, SMALL.members, -1)
        same = [np.array_equal(*(each[part] for each in by_part)) for part in range(FOLDS)]
        assert same == [part == fold for part in range(FOLDS)]
    assert np.array_equal(first["heads"][fold], second["heads"][fold])
    assert np.array_equal(first["table"][:, fold - FOLDS], second["table"][:, fold - FOLDS])


def test_prompts_of_one_fold_cannot_be_left_out(tmp_path: Path) -> None:
    with pytest.raises(CorpusError, match="give more prompts"):
        reward(RewardPlan(written(tmp_path, 1), None, tmp_path), lambda _: None)
    assert plan_of(tmp_path, tmp_path).spans is None
    assert read_labels(None, None) == []


def test_the_temperature_makes_gaps_logits() -> None:
    random = np.random.default_rng(0)
    logits = random.normal(0, 2, 20_000)
    came = random.random(20_000) < 1 / (1 + np.exp(-logits))
    gaps_P = 3 * np.where(came, logits, -logits)
    assert fit_temperature(gaps_P) == pytest.approx(3, rel=0.05)
    assert kept_promise(gaps_P / 3)[0] < 0.02 < kept_promise(gaps_P)[0]
    assert fit_temperature(np.zeros(3)) == 1
    assert fit_temperature(np.ones(3)) >= 0.1


def test_a_head_learns_from_its_own_labels(tmp_path: Path) -> None:
    groups = encode_all(read_groups(written(tmp_path))[0])
    rows: list[Response | Score] = []
    for place in range(60):
        given = place % 2
        answer = Response(f"Item {place} weighs {place + 100} g.", f"It weighs {place + (100 if given else 700)} g.")
        score = Score(answer.prompt_id, answer.id, "accuracy", given, "qa_feedback")
        rows += [answer, score, Score(answer.prompt_id, answer.id, "accuracy", float("nan"), "qa_feedback")]
    labels = labels_of(rows)
    assert [(one.name, one.objective, len(one.values)) for one in labels] == [("qa_feedback accuracy", "accuracy", 60)]
    scaling = scaling_of(groups, 20)
    for fold in (None, 0):
        head_F = fit_heads(groups, scaling, labels, fold).weights[:, OBJECTIVES.index("accuracy")]
        scores_N = scaling.standard(labels[0].figures) @ head_F
        compared = labels[0].compared()
        found = agreement([scores_N[at] for at in compared], [labels[0].values[at] for at in compared], 0.0)
        assert found > 0.9
        against = [head_F[FIGURES.index(figure)] * sign < 0 for figure, sign in SIGNS["accuracy"].items()]
        assert not any(against)


def test_aspects_are_learned_from_people(tmp_path: Path) -> None:
    rows = [
        {
            "task": "talk", "source": f"line {place}", "context": None, "output": "well " * (1 + place % 5) + ".",
            "scores": {"naturalness": place % 5},
        }
        for place in range(200)
    ]  # fmt: skip
    with gzip.open(tmp_path / "rated.jsonl.gz", "wt") as file:
        file.write("\n".join(map(json.dumps, rows)))
    model = fit_aspects(read_rated(tmp_path / "rated.jsonl.gz"))
    write_aspects(model, tmp_path, "made")
    read = read_aspects(tmp_path)
    assert read.trained == model.trained
    assert len(read.trained) == 200
    assert list(read.weights) == [("talk", "naturalness")]
    assert read.weights["talk", "naturalness"].shape[0] == FOLDS
