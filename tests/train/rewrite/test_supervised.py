"""The first stage learns its pairs, and goes on where it stopped."""

from __future__ import annotations

from pathlib import Path

import pytest

torch = pytest.importorskip("torch", reason="training needs the extra 'train'")
pytest.importorskip("transformers")

from shopwright.errors import ModelError
from shopwright.train.rewrite.decoder import Decoder
from shopwright.train.rewrite.pairs import Pair, Sources, drawn, sources
from shopwright.train.rewrite.supervised import SupervisedSettings, fine_tune, loss
from train.rewrite.shelf_of_five import EXAMPLES, PRODUCTS, REWRITES
from train.rewrite.tiny_decoder import write_tiny_decoder

pytestmark = pytest.mark.filterwarnings("ignore")
SETTINGS = SupervisedSettings(pairs=64, batch=16)


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_tiny_decoder(tmp_path_factory.mktemp("tiny") / "base")


@pytest.fixture(scope="module")
def source() -> Sources:
    return sources(REWRITES, {"own": PRODUCTS}, EXAMPLES)


def test_it_learns_what_it_is_shown(base: Path, source: Sources, tmp_path: Path) -> None:
    decoder, pairs = Decoder(base), list(drawn(source, 64, 9))
    before = loss(decoder, pairs)
    told: list[str] = []
    fine_tune(decoder, source, tmp_path, SupervisedSettings(pairs=480, batch=16), report=told.append)
    assert loss(decoder, pairs) < 0.8 * before
    assert told[-1].startswith("step 30 of 30, loss ")


def test_the_loss_does_not_depend_on_the_batches(base: Path, source: Sources) -> None:
    decoder, pairs = Decoder(base), list(drawn(source, 20, 9))
    assert loss(decoder, pairs, batch=3) == pytest.approx(loss(decoder, pairs), rel=1e-4)
    assert loss(decoder, []) == 0.0


def test_an_interrupted_stage_ends_as_one_that_was_not(
    base: Path, source: Sources, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("shopwright.train.transformer.SAVED_EVERY", 1)
    for _ in range(2):
        cut = Decoder(base)
        fine_tune(cut, source, tmp_path / "cut", SETTINGS, steps=2, report=lambda _: None)
    whole = Decoder(base)
    fine_tune(whole, source, tmp_path / "whole", SETTINGS, report=lambda _: None)
    pairs = [Pair("meant", "flourescent", "fluorescent"), Pair("also", "cup", "mug")]
    assert loss(cut, pairs) == pytest.approx(loss(whole, pairs), abs=1e-4)
    other = sources(REWRITES[:1], {"own": PRODUCTS}, EXAMPLES)
    with pytest.raises(ModelError, match="other data or settings"):
        fine_tune(Decoder(base), other, tmp_path / "cut", SETTINGS, report=lambda _: None)
