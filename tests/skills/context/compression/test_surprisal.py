from __future__ import annotations

import numpy as np

from shopwright.models.language.engine import EmbeddedLanguageModel
from shopwright.skills.context.compression import compress
from shopwright.skills.context.compression.information import information
from shopwright.skills.context.compression.surprisal import Surprisal
from shopwright.skills.context.compression.words import words_of

TEXT = "The tent is made of zirconium and the poles of the tent are made of the same, für 12 Leute. Yes."


def test_a_rare_word_says_more_than_an_article() -> None:
    model = EmbeddedLanguageModel("lm-s-int8")
    words = words_of(TEXT)
    for says in (Surprisal(model)(words), information(words)):
        value = dict(
            zip((TEXT[start:end] for start, end in zip(words.starts, words.ends, strict=True)), says, strict=True)
        )
        assert value["zirconium"] > value["of"]
        assert says.min() >= 0.0
        assert says.max() <= 1.0
    assert Surprisal(model)(words_of("")).shape == (0,)


def test_it_takes_the_place_of_frequencies() -> None:
    model = EmbeddedLanguageModel("lm-s-int8")
    made = compress(TEXT, "tent", tokens=12, count=lambda text: len(text.split()), says=Surprisal(model))
    assert made.tokens <= 12
    assert "zirconium" in made.text
    assert np.isclose(Surprisal(model)(words_of(TEXT)).max(), 1.0)
