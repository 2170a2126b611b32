from __future__ import annotations

import pytest

from shopwright.skills.context.compression.words import (
    CONTENT,
    DATA,
    FILLER,
    FUNCTION,
    ID,
    MARK,
    NEGATION,
    NUMBER,
    sentence_extents,
    words_of,
)  # fmt: skip


def sentences(text: str) -> list[str]:
    return [text[start:end] for start, end in sentence_extents(text)]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("It is light. It is dry!", ["It is light.", "It is dry!"]),
        ("Made by Dr. Fell, approx. 1.9 kg. Good.", ["Made by Dr. Fell, approx. 1.9 kg.", "Good."]),
        ("# Care\n- wash cold\n\nDry flat.", ["# Care", "- wash cold", "Dry flat."]),
        ("很轻。不防水！好", ["很轻。", "不防水！", "好"]),
        ("She asked \"why?\" and left.", ["She asked \"why?\" and left."]),
        ("", []),
    ],
)  # fmt: skip
def test_sentences(text: str, found: list[str]) -> None:
    assert sentences(text) == found


def test_a_sentence_without_end_is_cut() -> None:
    assert max(map(len, sentences("word " * 1000))) <= 600


@pytest.mark.parametrize(
    ("word", "kind"),
    [
        ("waterproof", CONTENT), ("the", FUNCTION), ("actually", FILLER), ("12", NUMBER), ("$49.99", NUMBER),
        ("dozen", NUMBER), ("one-year", NUMBER), ("XZ-400", NUMBER), ("not", NEGATION), ("don't", NEGATION),
        ("isn’t", NEGATION), ("gluten-free", NEGATION), ("free", NEGATION), ("non-stick", NEGATION), ("ohne", NEGATION),
        ("help@shop.example", ID), ("https://shop.example/a", ID), ("x" * 300, DATA), ("—", FUNCTION),
    ],
)  # fmt: skip
def test_kinds(word: str, kind: int) -> None:
    assert words_of(word).kind.tolist() == [kind]


def test_the_mark_at_the_end_is_apart() -> None:
    words = words_of("It is light. Good")
    assert [words.text[start:end] for start, end in zip(words.starts, words.ends, strict=True)] == [
        "It", "is", "light", ".", "Good",
    ]  # fmt: skip
    assert words.kind.tolist() == [FUNCTION, FUNCTION, CONTENT, MARK, CONTENT]
    assert words.sentence.tolist() == [0, 0, 0, 0, 1]
