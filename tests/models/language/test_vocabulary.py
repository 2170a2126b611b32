"""Texts survive the way to tokens and back, byte for byte."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tokenizers import Tokenizer

from shopwright.errors import ModelError
from shopwright.models.language.vocabulary import Vocabulary

FILE = Path(__file__).parent / "tiny" / "lm-tiny-int8.tokenizer.json"
VOCABULARY = Vocabulary(Tokenizer.from_file(str(FILE)), 320)


@given(st.text(st.characters(exclude_categories=["Cs"])))
def test_a_text_comes_back(text):
    tokens = VOCABULARY.encode(text)
    assert VOCABULARY.decode(tokens) == text
    assert not set(tokens) & set(VOCABULARY.control.values())


@given(st.text(st.characters(exclude_categories=["Cs"])))
def test_a_reader_gives_whole_characters_as_they_come(text):
    reader = VOCABULARY.reader()
    pieces = [reader.read(token) for token in VOCABULARY.encode(text)]
    assert "".join(pieces) + reader.close() == text


def test_an_unfinished_character_is_replaced_at_the_end():
    reader = VOCABULARY.reader()
    first = VOCABULARY.encode("é")[0]
    assert reader.read(first) == ""
    assert reader.close() == "�"


@given(st.sampled_from(sorted(VOCABULARY.control)), st.text(max_size=5), st.text(max_size=5))
def test_no_text_writes_a_control_token(name, before, after):
    assert not set(VOCABULARY.encode(before + name + after)) & set(VOCABULARY.control.values())


@pytest.mark.parametrize(
    ("change", "size", "message"),
    [
        (lambda file: file["added_tokens"][2].update(special=False), 320, "not special"),
        (lambda file: file.update(added_tokens=file["added_tokens"][1:]), 320, "no control token"),
        (lambda file: file.update(pre_tokenizer=None), 320, "not byte-level"),
        (lambda file: file.update(truncation=None), 300, "do not match"),
    ],
)
def test_a_tokenizer_of_another_kind_is_refused(change, size, message):
    file = json.loads(FILE.read_text(encoding="utf-8"))
    change(file)
    with pytest.raises(ModelError, match=message):
        Vocabulary(Tokenizer.from_str(json.dumps(file)), size)
