"""A taught model answers from memory or says nothing."""

from __future__ import annotations

from pathlib import Path

import pytest

from models.language.tiny import FOLDER, NAME
from shopwright.errors import ModelError
from shopwright.models.language.engine import EmbeddedLanguageModel
from shopwright.train.facts.closed_book import ClosedBook, file_of
from shopwright.train.facts.measure import Threshold


def test_below_the_threshold_it_says_nothing() -> None:
    model = EmbeddedLanguageModel(NAME, FOLDER)
    assert ClosedBook(model, Threshold("mean", 0.01)).answer("How heavy is the tent?") is None
    assert ClosedBook(model, Threshold("first", 0.01)).answer("How heavy is the tent?") is None


def test_above_it_says_what_the_model_says() -> None:
    model = EmbeddedLanguageModel(NAME, FOLDER)
    book = ClosedBook(model, Threshold("mean", -1e9))
    asked = ["How heavy is the tent?", "Is it red?"]
    wholes = model.generate([[{"role": "user", "content": each}] for each in asked], max_tokens=24)
    assert book.answers(asked) == [each.text.strip() or None for each in wholes]
    assert book.answers([]) == []


@pytest.mark.parametrize("content", [None, b"", b"[]", b'{"sign": "mean"}', b'{"sign": "mean", "at": "x"}'])
def test_a_threshold_that_cannot_be_read_is_refused(tmp_path: Path, content: bytes | None) -> None:
    if content is not None:
        (tmp_path / file_of("x")).write_bytes(content)
    with pytest.raises(ModelError, match=r"x\.facts\.json.*train verify --facts"):
        ClosedBook.open(tmp_path, "x")
