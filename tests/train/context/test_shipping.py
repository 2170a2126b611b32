"""A stretched window survives the way to ONNX and back: same logits beyond the trained window, same sizes."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

torch = pytest.importorskip("torch", reason="training needs the extra 'train'")
pytest.importorskip("transformers")
pytest.importorskip("onnx")

from shopwright.errors import ModelError
from shopwright.models.language.session import DecoderSession
from shopwright.train.context.rope import Scaling, frequencies
from shopwright.train.context.stretch import apply
from shopwright.train.export import Card
from shopwright.train.lm_export import LmExportSettings, export_lm, load_checkpoint
from shopwright.train.lm_unpack import unpack_lm
from shopwright.train.pretrain.model import load
from train.context.small import WINDOW, write_small

pytestmark = pytest.mark.filterwarnings("ignore")
CARD = Card("A test.", "Apache-2.0", "scratch", "nothing", "pytest", "seed 1", {}, "All.")


def stretched(folder: Path, method) -> Path:
    base = write_small(folder / "base")
    model = load(base)
    apply(model, Scaling(method, 4.0, WINDOW))
    model.save_pretrained(folder / "long")
    (folder / "long" / "tokenizer.json").write_bytes((base / "tokenizer.json").read_bytes())
    return folder / "long"


@pytest.mark.parametrize("method", ["yarn", "ntk"])
def test_there_and_back(tmp_path: Path, method) -> None:
    checkpoint = stretched(tmp_path, method)
    settings = LmExportSettings(checkpoint, tmp_path, "x", least_agreement=0.0, most_loss=1.0)
    measured = export_lm(settings, CARD, ["waterproof boots price 100 colour green warm light tent " * 12])
    assert measured["arithmetic"] < 1e-2
    session = DecoderSession("x", tmp_path)
    assert session.context == 4 * WINDOW
    assert session.trained_context == (WINDOW if method == "yarn" else 4 * WINDOW)
    if method == "yarn":
        np.testing.assert_allclose(session.turns, frequencies(Scaling("yarn", 4.0, WINDOW), 10_000.0, 16))
    again = unpack_lm(tmp_path, "x", tmp_path / "again")
    assert load_checkpoint(again)[0] == load_checkpoint(checkpoint)[0]
    ids = torch.arange(6, 206)[None]
    with torch.no_grad():
        theirs, ours = load(checkpoint)(ids).logits, load(again)(ids).logits
    assert float((theirs - ours).abs().mean()) < 0.1 * float(theirs.abs().mean())


def test_other_scalings_are_refused(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="rope_type='linear'"):
        load_checkpoint(stretched(tmp_path, "pi"))


def test_yarn_of_other_constants_is_refused(tmp_path: Path) -> None:
    checkpoint = stretched(tmp_path, "yarn")
    config = checkpoint / "config.json"
    config.write_text(config.read_text().replace('"beta_fast": 32.0', '"beta_fast": 16.0'))
    with pytest.raises(ModelError, match="beta_fast"):
        load_checkpoint(checkpoint)
