"""A shipped decoder becomes a checkpoint that exports to the same codes."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

torch = pytest.importorskip("torch", reason="training needs the extra 'train'")
pytest.importorskip("transformers")
onnx = pytest.importorskip("onnx")

from shopwright.errors import ModelError
from shopwright.models.language.engine import EmbeddedLanguageModel
from shopwright.train.export import Card
from shopwright.train.lm_export import LmExportSettings, export_lm, load_checkpoint
from shopwright.train.lm_unpack import unpack_lm
from train.rewrite.tiny_decoder import write_tiny_decoder

pytestmark = pytest.mark.filterwarnings("ignore")
CARD = Card("A test.", "Apache-2.0", "scratch", "nothing", "pytest", "seed 1", {}, "All.")
SAMPLE = ["waterproof boots price 100 colour green", "warm light tent, red shoes " * 4]


def exported(checkpoint: Path, target: Path, block: int = 128) -> dict[str, np.ndarray]:
    """The stored tensors of an export; random weights may choose otherwise after rounding."""
    export_lm(LmExportSettings(checkpoint, target, "x", block, least_agreement=0.0, most_loss=1.0), CARD, SAMPLE)
    return tensors(target / "x.onnx")


def tensors(path: Path) -> dict[str, np.ndarray]:
    graph = onnx.load(str(path)).graph
    return {each.name: onnx.numpy_helper.to_array(each) for each in graph.initializer}


@pytest.mark.parametrize("block", [128, 16])
def test_exported_again_the_codes_are_the_same(tmp_path: Path, block: int) -> None:
    checkpoint = write_tiny_decoder(tmp_path / "base", context=128)
    once = exported(checkpoint, tmp_path / "once", block=block)
    again = exported(unpack_lm(tmp_path / "once", "x", tmp_path / "unpacked"), tmp_path / "again", block=block)
    assert set(once) == set(again)
    for name, value in once.items():
        if name.endswith(".codes"):
            assert (value == again[name]).all(), name
        else:
            np.testing.assert_allclose(value, again[name], rtol=1e-5, atol=1e-6, err_msg=name)
    assert any(name.endswith(".codes") for name in once)


def test_sizes_and_tokenizer_come_back(tmp_path: Path) -> None:
    checkpoint = write_tiny_decoder(tmp_path / "base", context=128)
    exported(checkpoint, tmp_path)
    folder = unpack_lm(tmp_path, "x", tmp_path / "unpacked")
    assert load_checkpoint(folder)[0] == load_checkpoint(checkpoint)[0]
    assert (folder / "tokenizer.json").read_text() == (checkpoint / "tokenizer.json").read_text()


def test_the_unpacked_checkpoint_says_what_the_file_said(tmp_path: Path) -> None:
    from transformers import AutoModelForCausalLM

    exported(write_tiny_decoder(tmp_path / "base", context=128), tmp_path)
    model = EmbeddedLanguageModel("x", tmp_path)
    original = AutoModelForCausalLM.from_pretrained(str(unpack_lm(tmp_path, "x", tmp_path / "u")), dtype=torch.float32)
    tokens = [model.vocabulary.end, *model.vocabulary.encode(SAMPLE[0])]
    with torch.no_grad():
        theirs = torch.log_softmax(original.eval()(torch.tensor([tokens])).logits[0], -1)
    theirs = theirs[range(len(tokens) - 1), tokens[1:]].numpy()
    assert model.logprobs([SAMPLE[0]])[0].sum() == pytest.approx(theirs.sum(), rel=0.02)


def test_what_ships_can_be_trained_on(tmp_path: Path) -> None:
    from shopwright.models.onnx_files import WEIGHTS

    sizes, weights = load_checkpoint(unpack_lm(WEIGHTS, "lm-s-int8", tmp_path))
    assert weights["model.embed_tokens.weight"].shape == (sizes.vocab_size, sizes.hidden_size)
    assert sizes.max_position_embeddings == EmbeddedLanguageModel("lm-s-int8").context


def test_another_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="no model card"):
        unpack_lm(tmp_path, "x", tmp_path / "unpacked")
    from shopwright.models.onnx_files import WEIGHTS

    with pytest.raises(ModelError, match="no decoder"):
        unpack_lm(WEIGHTS, "encoder-l6-int8", tmp_path / "unpacked")
    assert not (tmp_path / "unpacked").exists()
