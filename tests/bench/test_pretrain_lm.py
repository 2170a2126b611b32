from __future__ import annotations

import lzma
import math
from pathlib import Path

import numpy as np
import orjson
import pytest
from numpy.typing import NDArray

from shopwright.bench import pretrain_lm
from shopwright.bench.pretrain_lm import SETS, bits_per_byte, measure_lm, read_learned, read_measured
from shopwright.bench.task import Options
from shopwright.errors import ConfigError, CorpusError
from shopwright.train.corpus.normalise import normalise
from shopwright.train.corpus.shards import is_held_out

SOURCES = {"dynamics_bc_docs", "magento_merchdocs", "subjqa_reviews", "openstax_business"}


class Coin:
    """A model with a token a byte, each of probability 1 / 2."""

    context = 64

    def count(self, text: str) -> int:
        return len(text.encode())

    def text_logprobs(self, text: str) -> NDArray[np.float64]:
        return np.full(len(text.encode()), -math.log(2))

    def write(self, _prompt: str, max_tokens: int) -> int:
        return max_tokens


@pytest.fixture
def data(tmp_path: Path) -> Path:
    for folder, names in (("domain", SOURCES), ("general", {"novels100", "nltk_mix", "dstc8_dialogue"})):
        (tmp_path / "corpus" / folder).mkdir(parents=True)
        for name in names:
            lines = [orjson.dumps({"text": f"{name} document {place}: how the shop ships."}) for place in range(200)]
            (tmp_path / "corpus" / folder / f"{name}.jsonl.xz").write_bytes(lzma.compress(b"\n".join(lines)))
    (tmp_path / "corpus/general/wikitext2_valid.txt").write_text("The lobster lives in the sea. " * 40)
    return tmp_path


def test_a_fair_coin_costs_one_bit_a_byte() -> None:
    assert bits_per_byte(Coin(), ["abc", "d\u00e9j\u00e0"]) == pytest.approx(1.0)
    assert math.isnan(bits_per_byte(Coin(), []))


def test_only_what_was_never_trained_on_is_measured(data: Path) -> None:
    measured = read_measured(data)
    assert set(measured.domain) == SOURCES
    for name in ("dynamics_bc_docs", "magento_merchdocs"):
        assert 0 < len(measured.domain[name]) < 40
        assert all(is_held_out(normalise(text)) for text in measured.domain[name])
    assert len(measured.domain["subjqa_reviews"]) == 200
    learned = set(read_learned(data))
    assert learned
    assert not learned & {text for texts in measured.domain.values() for text in texts}


def test_the_model_and_the_baselines_are_measured_on_the_same_text(data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pretrain_lm, "chosen_model", lambda _: Coin())
    monkeypatch.setattr(pretrain_lm, "_SPEED_S", 0.01)
    rows = {row.metric: row for row in measure_lm(Options(data))}
    for name in ("general", "domain", *SOURCES):
        assert rows[f"bits_per_byte:{name}"].value == pytest.approx(1.0)
        assert (
            rows[f"bits_per_byte:{name}"].n
            == rows[f"bits_per_byte:{name}:ngram"].n
            == rows[f"bits_per_byte:{name}:xz"].n
        )
        assert 0 < rows[f"bits_per_byte:{name}:ngram"].value < 10
    assert rows["bits_per_byte:domain:xz_primed"].value < rows["bits_per_byte:domain:xz"].value
    assert rows["tokens_per_s:prefill"].value > 0
    assert rows["tokens_per_s"].value > 0


def test_damaged_data_are_named(data: Path) -> None:
    path = data / "corpus/domain/magento_merchdocs.jsonl.xz"
    path.write_bytes(path.read_bytes()[:-20])
    with pytest.raises(CorpusError, match="magento"):
        read_measured(data)


def test_an_endpoint_has_no_bits_per_byte() -> None:
    with pytest.raises(ConfigError, match="endpoint"):
        pretrain_lm.chosen_model("http://localhost/v1#m")


def test_the_sets_say_what_they_need(data: Path) -> None:
    sets = {each.name: each for each in SETS}
    assert set(sets) == {"lm", "knowledge"}
    assert not sets["lm"].missing(data)
    assert len(sets["lm"].missing(None)) == 8
