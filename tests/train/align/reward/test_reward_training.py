from __future__ import annotations

import gzip
import json
from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("torch", reason="trains a small network")

import torch

from shopwright.errors import CorpusError
from shopwright.models.reward import RewardModel
from shopwright.models.reward_aspects import read_aspects
from shopwright.train.align.examples import Splits
from shopwright.train.align.reward.aspects import fit_aspects, read_rated, write_aspects
from shopwright.train.align.reward.groups import agreement, encode, ordered, read_groups
from shopwright.train.align.reward.network import RewardSettings, pair_loss, scaling_of, train_member
from shopwright.train.align.reward.run import RewardPlan, reward

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
    encoded = [encode(group) for group in read_groups(written(tmp_path, 6))[0]]
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
    unseen = [group for group in groups if group.prompt_id not in model.trained_prompts]
    assert unseen
    assert {plan.splits.of(group.prompt_id) for group in unseen} == {"test"}
    again = reward(plan, lambda _: None)
    assert not again.promoted
    assert again.before == again.after


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
    model = fit_aspects(read_rated(tmp_path / "rated.jsonl.gz"), Splits())
    write_aspects(model, tmp_path, "made")
    read = read_aspects(tmp_path)
    assert read.trained == model.trained
    assert 0 < len(read.trained) < 200
    assert list(read.weights) == [("talk", "naturalness")]
