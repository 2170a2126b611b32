from pathlib import Path

import numpy as np
import pytest

from shopwright.errors import CorpusError
from shopwright.train.corpus.shards import Manifest, PackedCorpus
from shopwright.train.pretrain.data import IGNORED, Mixture, Source, held_out


def test_a_batch_depends_on_seed_and_number_alone(corpus: Path) -> None:
    first, second, other = (Mixture(PackedCorpus(corpus), 16, seed) for seed in (5, 5, 6))
    for number in range(6):
        one, two = first.batch(number, 4), second.batch(number, 4)
        assert np.array_equal(one.inputs, two.inputs)
        assert np.array_equal(one.targets, two.targets)
    assert not np.array_equal(Mixture(PackedCorpus(corpus), 16, 5).batch(0, 4).inputs, other.batch(0, 4).inputs)


def test_it_goes_on_where_it_was(corpus: Path) -> None:
    whole, cut = Mixture(PackedCorpus(corpus), 16, 5), Mixture(PackedCorpus(corpus), 16, 5)
    for number in range(3):
        whole.batch(number, 4)
        cut.batch(number, 4)
    fresh = Mixture(PackedCorpus(corpus), 16, 5)
    fresh.load(cut.state())
    assert np.array_equal(whole.batch(3, 4).inputs, fresh.batch(3, 4).inputs)


def test_no_token_comes_twice_within_an_epoch() -> None:
    source = Source("s", [np.arange(70, dtype=np.uint16), np.arange(70, 165, dtype=np.uint16)], 16, 1)
    for epoch in range(3):
        windows = [source.window(epoch * source.per_epoch + place)[1:] for place in range(source.per_epoch)]
        tokens = np.concatenate(windows)
        assert len(set(tokens.tolist())) == len(tokens) == 16 * source.per_epoch
        assert all((np.diff(window) == 1).all() for window in windows)


def test_the_order_differs_between_epochs() -> None:
    source = Source("s", [np.arange(1000, dtype=np.uint16)], 16, 1)
    first, second = ([source.window(turn + place)[1] for place in range(20)] for turn in (0, source.per_epoch))
    assert first != second


def test_a_source_shorter_than_a_window_goes_round() -> None:
    assert len(Source("s", [np.arange(5, dtype=np.uint16)], 16, 1).window(3)) == 17


def test_windows_begin_with_the_end_token_and_do_not_tell_an_unknowable_first(corpus: Path) -> None:
    batch = Mixture(PackedCorpus(corpus), 16, 2).batch(0, 64)
    assert (batch.inputs[:, 0] == 0).all()
    assert np.array_equal(batch.inputs[:, 1:], batch.targets[:, :-1]) or IGNORED in batch.targets[:, 0]
    assert np.array_equal(batch.inputs[:, 2:], batch.targets[:, 1:-1])
    assert (batch.targets[:, 1:] != IGNORED).all()


@pytest.mark.parametrize(
    ("replay", "temperature", "general"), [(None, 1.0, 0.75), (None, 1e9, 0.5), (0.25, 1.0, 0.25), (0.0, 1.0, 0.0)]
)
def test_shares_follow_weights_temperature_and_replay(
    corpus: Path, replay: float | None, temperature: float, general: float
) -> None:
    mixture = Mixture(PackedCorpus(corpus), 16, 1, temperature=temperature, replay=replay)
    drawn = np.concatenate([mixture.batch(number, 8).general for number in range(25)])
    assert drawn.mean() == pytest.approx(general, abs=0.02)


def test_replay_of_what_is_not_there_is_refused(corpus: Path, tmp_path: Path) -> None:
    manifest = Manifest.read(corpus)
    guides = [shard for shard in manifest.shards if shard.source == "guides"]
    alone = PackedCorpus(corpus)
    alone.manifest = Manifest(manifest.vocabulary, manifest.tokenizer_sha256, manifest.sources, guides)
    with pytest.raises(CorpusError, match=r"no general source.*--replay 0\.5"):
        Mixture(alone, 16, 1, replay=0.5)


def test_a_training_does_not_go_on_with_other_sources(corpus: Path) -> None:
    mixture = Mixture(PackedCorpus(corpus), 16, 1)
    with pytest.raises(CorpusError, match="novels"):
        mixture.load({"drawn": {"novels": 3}, "replay": None})


def test_held_out_windows_come_in_order(corpus: Path) -> None:
    packed = PackedCorpus(corpus)
    inputs, targets = held_out(packed, "prose", 16, 64)
    assert inputs.shape == targets.shape == (4, 16)
    assert np.array_equal(targets.ravel(), np.concatenate(packed.tokens("prose", "valid"))[:64])
