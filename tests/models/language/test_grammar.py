"""A grammar knows what may follow, and the short way to its end."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from shopwright.errors import ModelError
from shopwright.models.language.grammar import Constraint, Grammars
from shopwright.models.language.session import DecoderSession
from shopwright.models.language.vocabulary import Vocabulary

SESSION = DecoderSession("lm-tiny-int8", Path(__file__).parent / "tiny")
VOCABULARY = Vocabulary(SESSION.tokenizer, SESSION.vocabulary)
GRAMMARS = Grammars(VOCABULARY)
PAIR = {
    "type": "object",
    "properties": {"name": {"type": "string"}, "price": {"type": "number"}},
    "required": ["name", "price"],
    "additionalProperties": False,
}


def test_only_what_fits_is_allowed():
    matcher = GRAMMARS.matcher(Constraint.regex("ab?"))
    letter_a, letter_b = VOCABULARY.encode("a")[0], VOCABULARY.encode("b")[0]
    assert [*matcher.allowed().nonzero()[0]] == [letter_a]
    matcher.accept(letter_a)
    assert matcher.accepting
    assert {*matcher.allowed().nonzero()[0]} == {letter_b, VOCABULARY.end}
    with pytest.raises(ModelError, match="cannot go on"):
        matcher.accept(letter_a)


def test_keys_of_an_object_are_forced():
    matcher = GRAMMARS.matcher(Constraint.json(PAIR))
    assert VOCABULARY.decode(matcher.forced()).startswith('{"name"')


def test_a_copy_goes_its_own_way():
    matcher = GRAMMARS.matcher(Constraint.regex("a"))
    matcher.copy().accept(VOCABULARY.encode("a")[0])
    assert not matcher.accepting


@pytest.mark.parametrize(
    "begun", ["", '{"name":"a\\', '{"name":"a\\"b{[', '{"name":"x","price":-', '{"name":"x","price":1.']
)
def test_the_short_way_ends_what_was_begun(begun):
    matcher = GRAMMARS.matcher(Constraint.json(PAIR))
    tokens = [VOCABULARY.encode(letter)[0] for letter in begun]
    for token in tokens:
        matcher.accept(token)
    promised = matcher.landing(100)
    while not matcher.accepting:
        for token in matcher.forced() or [matcher.landing_token()]:
            matcher.accept(token)
            tokens.append(token)
    assert json.loads(VOCABULARY.decode(tokens)).keys() == {"name", "price"}
    assert len(tokens) - len(begun) == promised < 40
    assert GRAMMARS.matcher(Constraint.json(PAIR)).landing(3) == 4


def test_choices_are_texts_and_not_patterns():
    matcher = GRAMMARS.matcher(Constraint.choices(['a.b"c', "ü|x"]))
    for token in VOCABULARY.encode("ü|x"):
        matcher.accept(token)
    assert matcher.accepting


def test_what_is_not_known_is_refused_with_its_name():
    with pytest.raises(ModelError, match="unevaluatedProperties"):
        GRAMMARS.matcher(Constraint.json({"type": "object", "unevaluatedProperties": False}))
