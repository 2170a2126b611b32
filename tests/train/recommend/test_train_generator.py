"""A tiny generator of codes, trained for a few steps."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

torch = pytest.importorskip("torch", reason="training needs the extra 'train'")
pytest.importorskip("transformers")

from shopwright.errors import ConfigError, CorpusError, ModelError
from shopwright.sequences.log import Sessions
from shopwright.skills.recommend.codes.codes import Codebook, Vectors, distinct
from shopwright.skills.recommend.codes.generator import Generator
from shopwright.skills.recommend.codes.prefixes import prefixes_of
from shopwright.train.pretrain.model import fresh, load
from shopwright.train.recommend.generator import CodeModel, Windows, train_generator
from shopwright.train.recommend.settings import GeneratorSettings

pytestmark = pytest.mark.filterwarnings("ignore")
ITEMS = 24
SMALL = GeneratorSettings(levels=2, centroids=6, window=5, layers=2, width=32, heads=2, head_size=16, ffn=48, batch=16,
                          passes=90, dropout=0.0, forgetting=0.0, jitter=0.0, rate=0.01)  # fmt: skip


def vectors() -> Vectors:
    made = np.random.default_rng(0).normal(size=(ITEMS, 12))
    return (made / np.linalg.norm(made, axis=1, keepdims=True)).astype(np.float32)


def in_circles() -> Sessions:
    """Item 0 is followed by 1, 1 by 2, and so on."""
    return Sessions.of([[(first + step) % ITEMS for step in range(5)] for first in range(ITEMS)], ITEMS)


@pytest.fixture(scope="module")
def trained(tmp_path_factory: pytest.TempPathFactory) -> Generator:
    return train_generator(in_circles(), vectors(), tmp_path_factory.mktemp("work"), SMALL, report=lambda _: None)


def test_it_learns_what_follows_what(trained: Generator) -> None:
    found = [trained.propose([item - 1, item], 3)[0][0] for item in range(1, ITEMS - 1)]
    assert found == list(range(2, ITEMS))


@pytest.fixture(scope="module")
def language(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A language model whose heads share keys and values."""
    folder = tmp_path_factory.mktemp("language")
    model: object = fresh(replace(SMALL.body(), kv_heads=1), 300)
    model.save_pretrained(str(folder))
    return folder


@pytest.mark.parametrize("shared", [False, True])
def test_numpy_computes_what_torch_computes(language: Path, shared: bool) -> None:
    settings = GeneratorSettings(base=str(language)) if shared else SMALL
    book = Codebook.fit(vectors(), seed=0, levels=2, size=6)
    codes_ND = distinct(book.encode(vectors()))
    keys = prefixes_of(codes_ND, book.sizes, np.ones(ITEMS, np.int64), least=2)
    model = CodeModel(settings, book.sizes, codes_ND, keys).eval()
    for weight in model.parameters():
        torch.nn.init.normal_(weight, std=0.4)
    with torch.no_grad():
        model.of_prefixes.weight[0] = 0
    history, generator = [3, 9, 20, 4], Generator(*model.exported(), book, codes_ND, 5)
    items, found = generator.propose(history, ITEMS)
    with torch.no_grad():
        batch = torch.tensor([[*history, item] for item in items.tolist()])
        levels = [torch.log_softmax(each, -1)[:, -1] for each in model.logits(batch)]
    codes = torch.from_numpy(codes_ND[items])
    right = sum(each[torch.arange(ITEMS), codes[:, level]] for level, each in enumerate(levels))
    np.testing.assert_allclose(found, right.numpy(), atol=2e-4)


def test_a_training_goes_on_where_it_stopped(tmp_path: Path) -> None:
    few = GeneratorSettings(levels=2, centroids=6, window=5, layers=1, width=16, heads=2, head_size=8, ffn=16, batch=8,
                            passes=34, dropout=0.2)  # fmt: skip
    quiet = {"report": lambda _: None}
    train_generator(in_circles(), vectors(), tmp_path / "pieces", few, steps=50, **quiet)
    resumed = train_generator(in_circles(), vectors(), tmp_path / "pieces", few, **quiet)
    whole = train_generator(in_circles(), vectors(), tmp_path / "whole", few, **quiet)
    np.testing.assert_allclose(resumed.decoder.embedding, whole.decoder.embedding, atol=1e-6)
    with pytest.raises(ModelError, match="begun with other data or settings"):
        train_generator(in_circles(), vectors()[::-1].copy(), tmp_path / "whole", few, **quiet)


def test_a_language_model_can_give_its_layers(language: Path) -> None:
    nothing = np.empty(0, np.int64)
    shared = CodeModel(GeneratorSettings(base=str(language)), (6, 6, 256), np.zeros((1, 3), np.int64), nothing)
    assert torch.equal(shared.decoder.layers[1].mlp.up_proj.weight, load(language).model.layers[1].mlp.up_proj.weight)
    assert shared.exported()[0].embedding.shape == (269, 32)


def test_histories_are_cut_into_pieces_and_every_item_is_there_once_a_pass() -> None:
    sessions = Sessions.of([list(range(ITEMS)), [1, 1, 2, 7], [7, 3]], ITEMS)
    windows = Windows(sessions, np.arange(ITEMS) != 7, longest=6, batch=2, jitter=1.0, seed=0)
    seen = np.concatenate([windows.items(step).flatten().numpy() for step in range(windows.steps)])
    counts = np.bincount(seen[seen >= 0], minlength=ITEMS)
    assert counts[3:].tolist() == [1, 1, 1, 1, 0, *[1] * 16]
    assert counts[1] == counts[2] == 2
    assert torch.equal(windows.items(2), windows.items(2))


def test_what_teaches_nothing_is_refused(tmp_path: Path) -> None:
    with pytest.raises(CorpusError, match="24 items, 5 vectors"):
        train_generator(in_circles(), vectors()[:5], tmp_path, SMALL)
    with pytest.raises(CorpusError, match="none with two items that have a code"):
        Windows(Sessions.of([[1, 1, 1]], ITEMS), np.ones(ITEMS, np.bool_), 6, 2, 0.0, 0)
    with pytest.raises(ConfigError, match="width 0"):
        GeneratorSettings(width=0)
