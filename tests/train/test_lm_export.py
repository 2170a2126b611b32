"""The export keeps a model's answers, and refuses what it cannot keep."""

from __future__ import annotations

import json
import math
from pathlib import Path

import numpy as np
import pytest

torch = pytest.importorskip("torch", reason="training needs the extra 'train'")
pytest.importorskip("transformers")
pytest.importorskip("onnx")

from models.language.tiny import tokenizer
from shopwright.errors import ModelError
from shopwright.models.language.engine import EmbeddedLanguageModel

pytestmark = pytest.mark.filterwarnings("ignore")
SAMPLE = ["waterproof boots price 100 colour green", "warm light tent, red shoes " * 6, "ünïcode ✓"]


@pytest.fixture(scope="module")
def checkpoint(tmp_path_factory):
    from transformers import Qwen3Config, Qwen3ForCausalLM

    torch.manual_seed(1)
    tokens = tokenizer()
    config = Qwen3Config(
        vocab_size=tokens.get_vocab_size(),
        hidden_size=64,
        num_hidden_layers=2,
        num_attention_heads=4,
        num_key_value_heads=2,
        head_dim=16,
        intermediate_size=96,
        max_position_embeddings=128,
        tie_word_embeddings=True,
        initializer_range=0.2,
        rope_parameters={"rope_type": "default", "rope_theta": 50_000.0},
    )
    model = Qwen3ForCausalLM(config).eval()
    with torch.no_grad():
        for name, weight in model.named_parameters():
            if "norm" in name:
                weight.mul_(1 + 0.2 * torch.randn_like(weight))
    folder = tmp_path_factory.mktemp("checkpoint")
    model.save_pretrained(folder)
    (folder / "tokenizer.json").write_text(tokens.to_str(), encoding="utf-8")
    return folder, model


def settings(folder: Path, target: Path, **more):
    from shopwright.train.lm_export import LmExportSettings

    return LmExportSettings(checkpoint=folder, target=target, name="lm-x-int8", **more)


def card():
    from shopwright.train.export import Card

    return Card("A test.", "Apache-2.0", "scratch", "nothing", "pytest", "seed 1", {"bits_per_byte": 2.0}, "All.")


def test_the_exported_model_writes_what_the_checkpoint_writes(checkpoint, tmp_path):
    from shopwright.train.lm_export import export_lm

    folder, original = checkpoint
    measured = export_lm(settings(folder, tmp_path), card(), SAMPLE)
    assert measured["arithmetic"] < 1e-3
    assert measured["greedy"] > 0.9
    assert abs(measured["loss"]) < 0.01
    model = EmbeddedLanguageModel("lm-x-int8", tmp_path)
    prompt = [model.vocabulary.end, *model.vocabulary.encode("red boots")]
    ids = torch.tensor([prompt])
    theirs = original.generate(ids, max_new_tokens=4, do_sample=False, pad_token_id=1, eos_token_id=None)
    ours = model.generate(["red boots"], max_tokens=4)[0].tokens
    assert theirs[0, len(prompt) :].tolist()[: len(ours)] == list(ours)


def test_the_log_probabilities_are_those_of_the_checkpoint(checkpoint, tmp_path):
    from shopwright.train.lm_export import export_lm

    folder, original = checkpoint
    export_lm(settings(folder, tmp_path), card(), SAMPLE)
    model = EmbeddedLanguageModel("lm-x-int8", tmp_path)
    tokens = [model.vocabulary.end, *model.vocabulary.encode(SAMPLE[1])]
    with torch.no_grad():
        logits = original(torch.tensor([tokens])).logits[0]
    theirs = torch.log_softmax(logits, -1)[range(len(tokens) - 1), tokens[1:]].numpy()
    ours = model.logprobs([SAMPLE[1]])[0]
    assert ours.shape == theirs.shape
    assert abs(ours.sum() / theirs.sum() - 1) < 0.02
    assert math.isclose(ours.sum() / len(ours), theirs.sum() / len(theirs), rel_tol=0.02)


def test_the_card_names_the_files_and_the_measurements(checkpoint, tmp_path):
    from shopwright.train.lm_export import export_lm

    export_lm(settings(checkpoint[0], tmp_path), card(), SAMPLE)
    export_lm(settings(checkpoint[0], tmp_path, block=16), card(), SAMPLE)  # replaces
    text = (tmp_path / "lm-x-int8.md").read_text()
    assert "| greedy |" in text
    assert "a scale for every 16" in text
    assert EmbeddedLanguageModel("lm-x-int8", tmp_path).context == 128
    assert sorted(path.name for path in tmp_path.iterdir()) == [
        "lm-x-int8.md",
        "lm-x-int8.onnx",
        "lm-x-int8.tokenizer.json",
    ]


@pytest.mark.parametrize(
    ("more", "message"), [({"least_agreement": 1.1}, "chooses as"), ({"most_loss": -1.0}, "bits per byte")]
)
def test_an_export_that_does_not_agree_is_not_written(checkpoint, tmp_path, more, message):
    from shopwright.train.lm_export import export_lm

    with pytest.raises(ModelError, match=message):
        export_lm(settings(checkpoint[0], tmp_path, **more), card(), SAMPLE)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("key", "value"),
    [("model_type", "llama"), ("tie_word_embeddings", False), ("attention_bias", True), ("hidden_size", None)],
)
def test_another_architecture_is_refused(checkpoint, tmp_path, key, value):
    from shopwright.train.lm_export import load_checkpoint

    for path in checkpoint[0].iterdir():
        (tmp_path / path.name).write_bytes(path.read_bytes())
    config = json.loads((tmp_path / "config.json").read_text())
    (tmp_path / "config.json").write_text(json.dumps(config | {key: value}))
    with pytest.raises(ModelError, match=key if value is not None else "config.json"):
        load_checkpoint(tmp_path)


def test_a_checkpoint_that_was_cut_off_is_refused(checkpoint, tmp_path):
    from shopwright.train.lm_export import load_checkpoint

    for path in checkpoint[0].iterdir():
        (tmp_path / path.name).write_bytes(path.read_bytes())
    whole = (tmp_path / "model.safetensors").read_bytes()
    (tmp_path / "model.safetensors").write_bytes(whole[: len(whole) // 2])
    with pytest.raises(ModelError, match="damaged"):
        load_checkpoint(tmp_path)
    (tmp_path / "model.safetensors").unlink()
    with pytest.raises(ModelError, match="missing"):
        load_checkpoint(tmp_path)


def test_a_byte_stands_for_its_weight_within_half_a_step():
    from shopwright.train.lm_graph import quantise_blocks

    weight = np.random.default_rng(0).standard_normal((5, 96)).astype(np.float32)
    codes, scales = quantise_blocks(weight, 32)
    assert codes.shape == (5, 3, 32)
    real = ((codes.astype(np.float32) - 128) * scales[..., None]).reshape(5, -1)
    assert np.abs(real - weight).max() <= scales.max() / 2 + 1e-7
    assert (quantise_blocks(np.zeros((1, 16), np.float32), 16)[0] == 128).all()
