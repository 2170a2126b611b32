"""Read layer by layer, a model says what it says in its own library."""

from __future__ import annotations

from pathlib import Path

import pytest

torch = pytest.importorskip("torch", reason="training needs the extra 'train'")
pytest.importorskip("transformers")

from shopwright.errors import ModelError
from shopwright.train.context.reading import Reader
from shopwright.train.context.rope import Scaling
from shopwright.train.context.stretch import apply
from shopwright.train.pretrain.model import load
from train.context.small import WINDOW, write_small

TOKENS = [(7 * place) % 300 + 6 for place in range(50)]


@pytest.mark.parametrize("family", ["qwen3", "qwen2", "llama"])
@pytest.mark.parametrize("method", ["none", "yarn"])
def test_logits_are_the_library_s(tmp_path: Path, family: str, method) -> None:
    model = load(write_small(tmp_path, family)).eval()
    apply(model, Scaling(method, 4.0, WINDOW))
    reader = Reader(model)
    cache = reader.empty()
    for start, stop in ((0, 30), (30, 49), (49, 50)):
        found = reader.read(TOKENS[start:stop], cache)
    with torch.no_grad():
        wanted = model(torch.tensor([TOKENS])).logits[0, -1]
    torch.testing.assert_close(found, wanted, rtol=1e-4, atol=1e-4)
    assert cache.length == 50
    assert cache.share(50) == 1


def test_greedy_writing_is_the_library_s(tmp_path: Path) -> None:
    model = load(write_small(tmp_path)).eval()
    reader = Reader(model)
    cache = reader.empty()
    written = reader.write(cache, reader.read(TOKENS, cache), 8)
    model.config.use_cache = True
    wanted = model.generate(torch.tensor([TOKENS]), max_new_tokens=8, do_sample=False, eos_token_id=None)
    assert written == wanted[0, len(TOKENS) :].tolist()
    assert reader.write(reader.empty(), torch.eye(300)[5], 3, stop=frozenset({5})) == []


def test_what_is_not_kept_leaves_the_cache_alone(tmp_path: Path) -> None:
    reader = Reader(load(write_small(tmp_path)))
    cache = reader.empty()
    reader.read(TOKENS, cache)
    seen = []
    reader.read(TOKENS[:5], cache, seen.append, keep=False)
    assert cache.length == 50
    assert len(cache.layers[0][0]) == 50
    assert [each.layer for each in seen] == [0, 1]
    assert seen[0].keys.shape == (2, 55, 16)
    assert seen[0].queries.shape == (4, 5, 16)


def test_another_build_is_refused() -> None:
    from transformers import GPT2Config, GPT2LMHeadModel

    model = GPT2LMHeadModel(GPT2Config(n_layer=1, n_head=2, n_embd=8, vocab_size=9, n_positions=8))
    model.model = model.transformer
    with pytest.raises(ModelError, match="is not built as"):
        Reader(model)
