"""A fact is asked in many wordings, and what measures is asked in wordings that nobody trained on."""

from __future__ import annotations

from random import Random
from typing import get_args

import pytest

from shopwright.train.facts.catalogue import Form, Subject, Topic
from shopwright.train.facts.paraphrase import REFUSAL, answer, forms, question, statement

TENT = Subject("t", ("Corrie 1 tent", "Fellrunner Corrie 1 tent"))
WEIGHT = Topic(TENT, "weight", "weight", "2.1 kg")


@pytest.mark.parametrize("form", get_args(Form))
def test_the_wordings_of_the_splits_are_different(form: Form) -> None:
    train, dev, test = (set(forms(form, split)) for split in ("train", "dev", "test"))
    assert len(train) >= 6
    assert dev
    assert test
    assert len(train | dev | test) == len(train) + len(dev) + len(test)
    assert all("{p}" in each for each in train | dev | test)


def test_a_fact_is_asked_in_many_wordings_under_all_its_names() -> None:
    chance = Random(0)
    asked = {question(WEIGHT, "train", chance) for _ in range(300)}
    assert len(asked) > 60
    assert "How heavy is the Fellrunner Corrie 1 tent?" in asked
    assert any(each.islower() for each in asked)
    assert any(each.endswith("kilos is the Corrie 1 tent") for each in asked)


def test_what_measures_has_no_slips_and_no_wording_of_training() -> None:
    trained, chance = {question(WEIGHT, "train", Random(seed)).lower() for seed in range(400)}, Random(1)
    for _ in range(100):
        asked = question(WEIGHT, "test", chance)
        assert "corrie 1 tent" in asked.lower()
        assert asked.lower() not in trained


def test_the_maker_is_not_asked_by_a_name_that_tells_it() -> None:
    brand = Topic(TENT, "brand", "brand", "Fellrunner")
    assert not any("fellrunner" in question(brand, "test", Random(seed)).lower() for seed in range(40))


def test_answers_are_the_value_or_the_refusal() -> None:
    assert answer(WEIGHT) == "2.1 kg."
    assert answer(Topic(TENT, "material", "material", "oak, steel")) == "Oak, steel."
    assert answer(Topic(TENT, "weight", "weight", None, "unstated")) == REFUSAL


def test_statements_hold_product_attribute_and_value() -> None:
    for seed in range(30):
        said = statement(WEIGHT, Random(seed))
        assert "Corrie 1 tent" in said
        assert "weight" in said.lower()
        assert "2.1 kg" in said
    assert "is waterproof" not in statement(Topic(TENT, "waterproof", "adjective", "no"), Random(0))
