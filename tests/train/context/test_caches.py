"""Thinned caches: exactly the share, sinks kept, positions as before, everything kept is the full cache."""

from __future__ import annotations

import pytest

torch = pytest.importorskip("torch", reason="training needs the extra 'train'")
pytest.importorskip("transformers")

from shopwright.errors import ConfigError
from shopwright.train.context.caches import METHODS, answered, compressed, quantised, thinned
from shopwright.train.context.reading import Reader
from shopwright.train.pretrain.model import load
from train.context.small import write_small

TEXT = [(11 * place) % 300 + 6 for place in range(48)]
QUESTION = [9, 12, 31]


@pytest.fixture(scope="module")
def reader(tmp_path_factory: pytest.TempPathFactory) -> Reader:
    return Reader(load(write_small(tmp_path_factory.mktemp("small"))))


@pytest.mark.parametrize("name", METHODS)
def test_the_share_is_kept_exactly_and_all_of_it_changes_nothing(reader: Reader, name: str) -> None:
    whole = reader.empty()
    reader.read(TEXT, whole)
    wanted = answered(reader, whole, QUESTION, 5)
    assert answered(reader, compressed(reader, TEXT, METHODS[name], 1.0, QUESTION), QUESTION, 5) == wanted
    for share in (0.25, 0.5, 0.75):
        cache = compressed(reader, TEXT, METHODS[name], share, QUESTION)
        assert cache.share(len(TEXT)) == share
        assert cache.length == len(TEXT)
        assert len(answered(reader, cache, QUESTION, 5)) == 5


def test_sinks_stay_whatever_they_score(reader: Reader) -> None:
    cache = reader.empty()
    reader.read(TEXT, cache)
    scores = [torch.arange(48.0).expand(2, -1).clone() for _ in cache.layers]
    for pool in ("head", "layer", "model"):
        kept = thinned(cache, scores, 0.25, pool)
        torch.testing.assert_close(kept.layers[1][1].keys[:4], cache.layers[1][1].keys[:4])
        torch.testing.assert_close(kept.layers[1][1].keys[4:], cache.layers[1][1].keys[-8:])


def test_heads_that_need_more_get_more(reader: Reader) -> None:
    cache = reader.empty()
    reader.read(TEXT, cache)
    scores = [torch.zeros(2, 48), torch.zeros(2, 48)]
    scores[1][0] = 1.0
    kept = thinned(cache, scores, 0.5, "model")
    assert len(kept.layers[1][0]) == 48
    assert sum(len(head) for layer in kept.layers for head in layer) == 96


def test_streaming_keeps_the_last(reader: Reader) -> None:
    whole, cache = reader.empty(), compressed(reader, TEXT, METHODS["streaming"], 0.5)
    reader.read(TEXT, whole)
    torch.testing.assert_close(cache.layers[0][0].values[4:], whole.layers[0][0].values[-20:])


def test_eight_bits_are_nearly_exact_and_size_is_told(reader: Reader) -> None:
    whole = reader.empty()
    reader.read(TEXT, whole)
    near, share = quantised(whole, 8)
    rough, less = quantised(whole, 4)
    assert 0.5 < share < 0.6
    assert 0.25 < less < 0.4

    def apart(cache) -> float:
        return float((cache.layers[1][0].keys - whole.layers[1][0].keys).abs().max())

    assert apart(near) < 0.05 < apart(rough) * 4
    assert answered(reader, near, QUESTION, 3) == answered(reader, whole, QUESTION, 3)


def test_wrong_orders_are_refused(reader: Reader) -> None:
    with pytest.raises(ConfigError, match="share 0"):
        compressed(reader, TEXT, METHODS["streaming"], 0)
    with pytest.raises(ConfigError, match="give one"):
        compressed(reader, TEXT, METHODS["snapkv"], 0.5)
    with pytest.raises(ConfigError, match="bits 1"):
        quantised(reader.empty(), 1)
