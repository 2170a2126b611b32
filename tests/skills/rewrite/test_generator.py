from __future__ import annotations

from pathlib import Path

import pytest

from shopwright.models.language.engine import EmbeddedLanguageModel
from shopwright.skills.rewrite.generator import Generator
from shopwright.skills.rewrite.tasks import LONGEST

TINY = Path(__file__).parents[2] / "models" / "language" / "tiny"
LATTICE = [[(1, "read"), (1, "red")], [(2, "boots"), (2, "tent")]]


@pytest.fixture(scope="module")
def generator() -> Generator:
    return Generator(EmbeddedLanguageModel("lm-tiny-int8", TINY))


def test_with_a_lattice_only_its_paths_are_written(generator: Generator) -> None:
    found = generator.write("read bots", "meant", width=8, lattice=LATTICE)
    assert {each.text for each in found} == {"read boots", "read tent", "red boots", "red tent"}
    assert [each.logprob for each in found] == sorted((each.logprob for each in found), reverse=True)
    assert all(each.logprob < 0 for each in found)


def test_no_more_are_written_than_asked_for(generator: Generator) -> None:
    assert len(generator.write("read bots", "meant", width=2, lattice=LATTICE)) <= 2


def test_a_longer_word_of_the_lattice_can_still_be_written(generator: Generator) -> None:
    words = "waterproof boots warm light tent"
    found = generator.write("a b", "meant", lattice=[[(2, words)], [(2, "b")]])
    assert [each.text for each in found] == [words]


@pytest.mark.parametrize("query", ["", "   ", "12.5 100", "鉄のフライパン", "b" * (LONGEST + 1)])
def test_what_cannot_be_read_is_not_rewritten(generator: Generator, query: str) -> None:
    assert generator.write(query, "meant") == ()


def test_what_does_not_fit_into_the_context_is_not_rewritten(generator: Generator) -> None:
    assert generator.write("a" + "鉄" * (LONGEST - 1), "meant", lattice=[[(1, "red")]]) == ()
    assert generator.write("read", "meant", category="Ж" * LONGEST, before="Ж" * LONGEST) == ()


def test_case_and_spaces_make_no_difference(generator: Generator) -> None:
    assert generator.write(" Read  BOTS ", "meant", lattice=LATTICE) == generator.write(
        "read bots", "meant", lattice=LATTICE
    )


def test_a_query_is_asked_of_the_model_once(generator: Generator, monkeypatch: pytest.MonkeyPatch) -> None:
    first = generator.write("read tend", "meant", lattice=LATTICE)
    monkeypatch.setattr(EmbeddedLanguageModel, "beams", None)
    assert generator.write("read tend", "meant", lattice=LATTICE) is first


def test_its_fingerprint_is_that_of_the_model(generator: Generator) -> None:
    assert generator.fingerprint == EmbeddedLanguageModel("lm-tiny-int8", TINY).fingerprint
