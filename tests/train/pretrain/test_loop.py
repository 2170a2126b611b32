import json
import math
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import IO, Any

import pytest

torch = pytest.importorskip("torch")
pytest.importorskip("transformers")

from shopwright.errors import ConfigError, CorpusError, ModelError
from shopwright.train.pretrain import loop
from shopwright.train.pretrain.checkpoint import Checkpoints
from shopwright.train.pretrain.loop import pretrain
from shopwright.train.pretrain.model import load
from train.pretrain.tiny_corpus import tiny

SOURCE = str(Path(__file__).parents[3] / "src")


def weights(folder: Path) -> dict[str, Any]:
    return dict(load(folder).state_dict())


def same(one: Path, other: Path) -> bool:
    left, right = weights(one), weights(other)
    return all(torch.equal(left[name], right[name]) for name in left)


def test_it_learns_and_writes_a_model_that_transformers_load(corpus: Path, tmp_path: Path) -> None:
    outcome = pretrain(tiny(corpus, tmp_path, steps=30, rate=1e-2, batch_tokens=128))
    assert outcome.finished
    assert outcome.step == 30
    first, *_, last = [json.loads(line) for line in (tmp_path / "log.jsonl").read_text().splitlines()]
    assert last["bits_per_byte:general"] < 0.8 * first["bits_per_byte:general"]
    assert load(tmp_path).config.model_type == "qwen3"
    assert (tmp_path / "tokenizer.json").read_text() == "{}"


def test_the_same_seed_gives_the_same_weights(corpus: Path, tmp_path: Path) -> None:
    for name, seed in (("a", 1), ("b", 1), ("c", 2)):
        pretrain(tiny(corpus, tmp_path / name, seed=seed))
    assert same(tmp_path / "a", tmp_path / "b")
    assert not same(tmp_path / "a", tmp_path / "c")


@pytest.mark.parametrize(
    "options",
    [
        {},
        {"optimiser": "adamw", "ema": 0.9, "schedule": "cosine"},
        {"base": True, "ewc": 0.1, "general_budget": 0.05, "eval_every": 2},
    ],
)
def test_an_interrupted_training_ends_in_the_same_weights(
    corpus: Path, base: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, options: dict[str, Any]
) -> None:
    options = options | ({"base": str(base)} if options.get("base") else {})
    whole, cut = (tiny(corpus, tmp_path / name, steps=7, save_every=3, **options) for name in ("whole", "cut"))
    pretrain(whole)
    kill_after(monkeypatch, 5)
    with pytest.raises(KeyboardInterrupt):
        pretrain(cut)
    monkeypatch.undo()
    assert [path.name for path in (tmp_path / "cut" / "checkpoints").iterdir()] == ["step-00000003.pt"]
    pretrain(cut)
    assert same(tmp_path / "whole", tmp_path / "cut")
    logs = [(tmp_path / name / "log.jsonl").read_text().splitlines() for name in ("whole", "cut")]
    assert losses(logs[0]) == losses(logs[1])


def losses(log: list[str]) -> list[float]:
    return [record["loss"] for record in map(json.loads, log) if "loss" in record]


def kill_after(monkeypatch: pytest.MonkeyPatch, steps: int) -> None:
    plain = loop.Trainer._take_step
    taken = iter(range(steps))

    def step(self: loop.Trainer) -> float:
        if next(taken, None) is None:
            raise KeyboardInterrupt
        return plain(self)

    monkeypatch.setattr(loop.Trainer, "_take_step", step)


KILLED = """
import os, signal, sys, torch
from pathlib import Path
from shopwright.train.pretrain.checkpoint import Checkpoints
checkpoints = Checkpoints(Path(sys.argv[1]), {"rate": 1.0})
checkpoints.save(2, {"weights": torch.ones(3)})
def half(state, file):
    file.write(b"half")
    file.flush()
    os.kill(os.getpid(), signal.SIGKILL)
torch.save = half
checkpoints.save(4, {"weights": torch.zeros(3)})
"""


def test_a_kill_while_a_checkpoint_is_written_leaves_the_one_before(tmp_path: Path) -> None:
    killed = subprocess.run([sys.executable, "-c", KILLED, str(tmp_path)], env=os.environ | {"PYTHONPATH": SOURCE})
    assert killed.returncode == -signal.SIGKILL
    folder = tmp_path / "checkpoints"
    assert sorted(path.name for path in folder.iterdir()) == ["step-00000002.pt", "step-00000004.pt.part"]
    saved = Checkpoints(tmp_path, {"rate": 1.0}).latest()
    assert saved is not None
    assert saved["step"] == 2
    assert saved["weights"].tolist() == [1, 1, 1]
    assert [path.name for path in folder.iterdir()] == ["step-00000002.pt"]


def test_a_full_disk_while_a_checkpoint_is_written_leaves_the_one_before(
    corpus: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = tiny(corpus, tmp_path / "cut", steps=4, save_every=2)
    real = torch.save
    saved: list[int] = []

    def full_disk(state: object, file: IO[bytes]) -> None:
        saved.append(1)
        if len(saved) == 2:
            file.write(b"half")
            raise OSError("No space left on device")
        real(state, file)

    monkeypatch.setattr(torch, "save", full_disk)
    with pytest.raises(OSError, match="No space"):
        pretrain(settings)
    monkeypatch.undo()
    assert pretrain(settings).step == 4
    pretrain(tiny(corpus, tmp_path / "whole", steps=4, save_every=2))
    assert same(tmp_path / "cut", tmp_path / "whole")


def test_a_damaged_checkpoint_is_named(corpus: Path, tmp_path: Path) -> None:
    pretrain(tiny(corpus, tmp_path))
    path = next((tmp_path / "checkpoints").iterdir())
    path.write_bytes(path.read_bytes()[:1000])
    with pytest.raises(ModelError, match=r"step-00000002\.pt is damaged"):
        pretrain(tiny(corpus, tmp_path))


def test_a_folder_of_another_training_is_refused(corpus: Path, tmp_path: Path) -> None:
    pretrain(tiny(corpus, tmp_path))
    with pytest.raises(ConfigError, match=r"--rate 0\.5.*0\.003"):
        pretrain(tiny(corpus, tmp_path, rate=0.5))


def test_a_finished_training_stays_as_it_is(corpus: Path, tmp_path: Path) -> None:
    pretrain(tiny(corpus, tmp_path))
    before = weights(tmp_path)
    assert pretrain(tiny(corpus, tmp_path)).finished
    assert all(torch.equal(before[name], value) for name, value in weights(tmp_path).items())


def test_pieces_add_up_to_a_budget_of_minutes(corpus: Path, tmp_path: Path) -> None:
    settings = tiny(corpus, tmp_path, minutes=0.01, piece_minutes=0.004)
    outcomes = [pretrain(settings)]
    while not outcomes[-1].finished:
        outcomes.append(pretrain(settings))
    assert len(outcomes) > 1
    assert 0.6 <= outcomes[-1].seconds < 1.5
    assert [each.step for each in outcomes] == sorted(each.step for each in outcomes)


@pytest.mark.parametrize(
    "options",
    [
        {"replay": 0.5},
        {"l2": 0.1},
        {"ewc": 0.1},
        {"distil": 0.5, "replay": 0.5},
        {"general_budget": 0.05, "eval_every": 1},
        {"adapter": "lora", "rank": 2},
        {"adapter": "dora", "rank": 2},
        {"replay": 0.5, "l2": 0.01, "ewc": 0.1, "distil": 0.1, "ema": 0.5},
        {"recompute": True},
        {"precision": "bf16"},
    ],
)
def test_every_option_takes_two_steps_from_a_checkpoint(
    corpus: Path, base: Path, tmp_path: Path, options: dict[str, Any]
) -> None:
    if "adapter" in options:
        pytest.importorskip("peft")
    outcome = pretrain(tiny(corpus, tmp_path, base=str(base), **options))
    assert outcome.step == 2
    assert not same(base, tmp_path)
    assert set(weights(base)) == set(weights(tmp_path))


def test_a_strong_pull_keeps_the_model_where_it_was(corpus: Path, base: Path, tmp_path: Path) -> None:
    def moved(**options: float) -> float:
        out = tmp_path / str(options)
        pretrain(tiny(corpus, out, base=str(base), steps=10, optimiser="adamw", weight_decay=0.0, **options))
        start = weights(base)
        return sum(float((value - start[name]).norm()) for name, value in weights(out).items())

    assert moved(l2=100.0) < 0.7 * moved()


def test_steered_replay_needs_general_text_to_measure(corpus: Path, base: Path, tmp_path: Path) -> None:
    with pytest.raises(CorpusError, match="--general-budget"):
        pretrain(tiny(corpus, tmp_path, base=str(base), general_budget=0.05, context=512, batch_tokens=512))


@pytest.mark.parametrize("action", ["skip", "rollback", "warn"])
def test_a_spike_is_told_and_left_out_where_asked(
    corpus: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, action: str
) -> None:
    calls = iter(range(10_000))
    monkeypatch.setattr(loop.Spikes, "check", lambda *_: "a spike" if next(calls) == 3 else None)
    said: list[str] = []
    outcome = pretrain(tiny(corpus, tmp_path, steps=6, save_every=2, on_spike=action), said.append)
    assert outcome.step == 6
    assert any("a spike" in line for line in said)
    assert next(calls) == {"warn": 6, "skip": 7, "rollback": 8}[action]


def test_a_loss_that_is_no_number_stops_the_training(corpus: Path, tmp_path: Path) -> None:
    with pytest.raises(ModelError, match=r"step \d+: loss .*not finite; lower --rate"):
        pretrain(tiny(corpus, tmp_path, steps=20, rate=1e30, clip=0.0, optimiser="adamw", warmup=0))


def broken_batch(monkeypatch: pytest.MonkeyPatch, broken: Callable[[int], bool]) -> None:
    """The loss of some batches is no number."""
    plain, drawn = loop.Trainer._loss, iter(range(10_000))
    monkeypatch.setattr(
        loop.Trainer, "_loss", lambda self, *parts: plain(self, *parts) * (math.nan if broken(next(drawn)) else 1)
    )


def test_a_batch_whose_loss_is_no_number_is_left_out_where_asked(
    corpus: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    broken_batch(monkeypatch, lambda number: number == 3)
    assert pretrain(tiny(corpus, tmp_path, steps=4, on_spike="skip")).step == 4
    assert all(value.isfinite().all() for value in weights(tmp_path).values())
    warned = [json.loads(line) for line in (tmp_path / "log.jsonl").read_text().splitlines() if "warning" in line]
    assert [record["step"] for record in warned] == [1]


def test_a_training_that_leaves_out_every_batch_stops(
    corpus: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    broken_batch(monkeypatch, lambda number: number > 3)
    with pytest.raises(ModelError, match=r"step 2: 20 batches in a row were left out.*--rate"):
        pretrain(tiny(corpus, tmp_path, steps=4, on_spike="skip"))


def test_the_recipe_is_written_at_the_start_and_kept(corpus: Path, tmp_path: Path) -> None:
    pretrain(tiny(corpus, tmp_path))
    written = (tmp_path / "recipe.json").read_text()
    recipe = json.loads(written)
    assert (recipe["steps"], recipe["layers"], recipe["threads"], recipe["processes"]) == (2, 2, 1, 1)
    assert recipe["torch"] == torch.__version__
    assert recipe["parameters"] == sum(value.numel() for value in load(tmp_path).parameters())
    pretrain(tiny(corpus, tmp_path, log_every=2))
    assert (tmp_path / "recipe.json").read_text() == written


def test_a_base_with_another_tokenizer_is_refused(corpus: Path, base: Path, tmp_path: Path) -> None:
    other = tmp_path / "base"
    shutil.copytree(base, other)
    (other / "tokenizer.json").write_text('{"model": {"vocab": {"tea": 1}}}')
    with pytest.raises(ModelError, match="another tokenizer"):
        pretrain(tiny(corpus, tmp_path / "out", base=str(other)))
