from __future__ import annotations

import math

import numpy as np
import pytest

from shopwright.bench.ngram import NgramModel, xz_bits_per_byte
from shopwright.errors import ConfigError

TEXTS = ["the tent is green and the tent is dry", "a kettle boils water, a kettle whistles", "the boots are dry"] * 20


def test_what_was_learned_costs_less_than_what_was_not() -> None:
    model = NgramModel.train(TEXTS)
    assert model.order == 8
    assert model.bits_per_byte(["the kettle is green"]) < 2.5
    assert model.bits_per_byte(["zqx jvw 9!"]) > 8.0
    assert math.isnan(model.bits_per_byte([]))


@pytest.mark.parametrize("order", [1, 3, 8])
def test_the_probabilities_of_the_next_byte_add_up_to_one(order: int) -> None:
    model = NgramModel.train(TEXTS, order)
    for prompt in ("", "the te", "never seen zz"):
        total = sum(math.exp(model.logprobs(prompt + chr(code))[-1]) for code in range(1, 128))
        assert 0.4 < total <= 1.0 + 1e-5
    ascii_share = sum(math.exp(model.logprobs("the te" + chr(code))[-1]) for code in range(1, 128))
    unseen = math.exp(model.logprobs("the te\u00ff")[-2])  # the first byte of a letter beyond ASCII
    assert ascii_share + 129 * unseen == pytest.approx(1.0, abs=1e-5)


def test_a_longer_context_helps_on_text_with_structure() -> None:
    bits = [NgramModel.train(TEXTS, order).bits_per_byte(TEXTS[:3]) for order in (1, 2, 4, 8)]
    assert bits == sorted(bits, reverse=True)


def test_each_text_stands_for_itself() -> None:
    model = NgramModel.train(TEXTS)
    alone = [model.logprobs(text).sum() for text in TEXTS[:2]]
    together = model.bits_per_byte(TEXTS[:2]) * sum(map(len, TEXTS[:2])) * -math.log(2)
    assert sum(alone) == pytest.approx(together)


def test_it_scores_continuations() -> None:
    model = NgramModel.train(TEXTS)
    (right, _), (wrong, _) = model.score("the tent is", [" green", " loud?"])
    assert right > wrong


@pytest.mark.parametrize(("texts", "order"), [([], 8), ([""], 8), (TEXTS, 0), (TEXTS, 9)])
def test_what_cannot_be_learned_is_refused(texts: list[str], order: int) -> None:
    with pytest.raises(ConfigError, match="n-gram"):
        NgramModel.train(texts, order)


def test_xz_and_xz_that_has_seen_such_text() -> None:
    rng = np.random.default_rng(0)
    noise = ["".join(chr(97 + int(each)) for each in rng.integers(0, 26, 4000))]
    assert xz_bits_per_byte(noise) > 4.7
    assert xz_bits_per_byte(noise, noise) < 0.2
    assert math.isnan(xz_bits_per_byte([]))
