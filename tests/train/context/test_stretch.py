"""The library's rotary embedding does what it was told: the factor acts, and a library that ignores it is refused."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

torch = pytest.importorskip("torch", reason="training needs the extra 'train'")
pytest.importorskip("transformers")

from shopwright.errors import ModelError
from shopwright.train.context import stretch
from shopwright.train.context.rope import Scaling, frequencies
from shopwright.train.pretrain.model import load
from train.context.small import WINDOW, write_small


@pytest.mark.parametrize("method", ["none", "pi", "ntk", "dynamic", "yarn"])
def test_the_model_uses_our_frequencies(tmp_path: Path, method) -> None:
    model = load(write_small(tmp_path))
    stretch.apply(model, Scaling(method, 4.0, WINDOW))
    used = model.model.rotary_emb.inv_freq.numpy()
    length = WINDOW if method == "dynamic" else None
    np.testing.assert_allclose(used, frequencies(Scaling(method, 4.0, WINDOW), 10_000.0, 16, length), rtol=1e-5)


@pytest.mark.parametrize("family", ["qwen3", "qwen2", "llama"])
def test_the_factor_acts_on_what_is_said(tmp_path: Path, family: str) -> None:
    said = []
    for factor in (1.0, 2.0, 8.0):
        model = load(write_small(tmp_path / str(factor), family)).eval()
        stretch.apply(model, Scaling("yarn", factor, WINDOW))
        assert model.config.max_position_embeddings == factor * WINDOW
        with torch.no_grad():
            said.append(model(torch.arange(6, 46)[None]).logits[0, -1])
    assert not torch.allclose(said[0], said[1], atol=1e-4)
    assert not torch.allclose(said[1], said[2], atol=1e-4)


def test_what_is_scaled_is_not_scaled_again(tmp_path: Path) -> None:
    model = load(write_small(tmp_path))
    stretch.apply(model, Scaling("yarn", 4.0, WINDOW))
    with pytest.raises(ModelError, match="scaled already"):
        stretch.apply(model, Scaling("yarn", 4.0, WINDOW))


def test_a_library_that_ignores_the_factor_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    told = stretch.parameters
    monkeypatch.setattr(stretch, "parameters", lambda scaling, *rest: told(scaling, *rest) | {"factor": 1.0})
    with pytest.raises(ModelError, match="does not apply yarn"):
        stretch.apply(load(write_small(tmp_path)), Scaling("yarn", 4.0, WINDOW))
