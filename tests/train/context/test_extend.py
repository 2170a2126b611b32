"""A training of two steps: the window is stretched, the folder can be loaded and converted, orders are checked."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

torch = pytest.importorskip("torch", reason="training needs the extra 'train'")
pytest.importorskip("transformers")

from shopwright.errors import ConfigError, ModelError
from shopwright.train.context.extend import extend
from shopwright.train.context.settings import ContextSettings
from shopwright.train.pretrain.model import load
from train.context.small import WINDOW, write_small, write_small_corpus


@pytest.fixture(scope="module")
def corpus(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_small_corpus(tmp_path_factory.mktemp("corpus"))


def ordered(corpus: Path, folder: Path, **more) -> ContextSettings:
    small = {"steps": 2, "batch_tokens": 256, "replay_length": 32, "eval_tokens": 64, "log_every": 1, "threads": 1}
    return ContextSettings(write_small(folder / "base"), corpus, folder / "out", **(small | more))


@pytest.mark.parametrize("method", ["yarn", "ntk", "pi", "dynamic"])
def test_two_steps_stretch_the_window(corpus: Path, tmp_path: Path, method) -> None:
    said: list[str] = []
    done = extend(ordered(corpus, tmp_path, method=method), said.append)
    assert done.steps == 2
    assert set(done.accuracy) == {256, 128, 64}
    assert all(0 <= value <= 1 for value in done.accuracy.values())
    model = load(tmp_path / "out")
    assert model.config.max_position_embeddings == (WINDOW if method == "dynamic" else 4 * WINDOW)
    last = json.loads((tmp_path / "out" / "log.jsonl").read_text().splitlines()[-1])
    assert last["bits_per_byte:general"] > 0
    assert "right@256" in last
    assert len(said) == 2


def test_the_embedding_can_stay_and_a_teacher_be_followed(corpus: Path, tmp_path: Path) -> None:
    settings = ordered(corpus, tmp_path, method="none", embedding=False, teacher=str(tmp_path / "base"), lengths=(64,))
    before = load(write_small(tmp_path / "base"))
    extend(settings)
    after = load(tmp_path / "out")
    assert torch.equal(before.model.embed_tokens.weight, after.model.embed_tokens.weight)
    assert not torch.equal(before.model.layers[0].mlp.up_proj.weight, after.model.layers[0].mlp.up_proj.weight)
    assert after.config.max_position_embeddings == WINDOW


def test_training_on_one_kind_of_document_learns_it(corpus: Path, tmp_path: Path) -> None:
    settings = ordered(
        corpus, tmp_path, method="none", steps=30, lengths=(64,), records=0, needles=0, copies=1, rate=1e-2, replay=0
    )
    lines: list[str] = []
    extend(settings, lines.append)
    first, last = (float(line.split("loss ")[1].split()[0]) for line in (lines[0], lines[-1]))
    assert last < first - 1


def test_a_scaled_checkpoint_is_not_scaled_again(corpus: Path, tmp_path: Path) -> None:
    extend(ordered(corpus, tmp_path, steps=1))
    again = ContextSettings(tmp_path / "out", corpus, tmp_path / "more", steps=1, threads=1)
    with pytest.raises(ModelError, match="scaled already"):
        extend(again)


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        ({"steps": None}, "one budget"),
        ({"minutes": 1.0}, "one budget"),
        ({"factor": 0.5}, "--factor"),
        ({"lengths": (8,)}, "--lengths 8"),
        ({"distil": 2.0}, "--distil"),
        ({"rate": 0.0}, "--rate"),
        ({"replay": -1.0}, "--replay"),
    ],
)
def test_wrong_orders_name_their_flag(wrong, told: str) -> None:
    with pytest.raises(ConfigError, match=told):
        ContextSettings(Path("a"), Path("b"), Path("c"), **({"steps": 1} | wrong))
