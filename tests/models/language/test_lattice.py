"""A lattice lets a model write its paths and nothing else."""

from __future__ import annotations

from pathlib import Path

import pytest

from shopwright.models.language.engine import EmbeddedLanguageModel
from shopwright.models.language.lattice import Lattice, LatticeMatcher

MODEL = EmbeddedLanguageModel("lm-tiny-int8", Path(__file__).parent / "tiny")
VOCABULARY = MODEL.vocabulary
DOORS = [[(1, "door"), (2, "doormat")], [(2, "mat"), (2, "")]]


def after(matcher: LatticeMatcher, text: str) -> LatticeMatcher:
    """The matcher once the text is written; each token of it must be allowed."""
    for token in VOCABULARY.encode(text):
        assert matcher.allowed()[token], text
        matcher.accept(token)
    return matcher


def paths(arcs: list[list[tuple[int, str]]], width: int = 8) -> set[str]:
    found = MODEL.beams("red", width=width, max_tokens=40, constraint=Lattice(VOCABULARY, arcs).matcher())
    assert all(each.finish == "stop" for each in found)
    return {each.text for each in found}


def test_beams_write_every_path_and_nothing_else():
    assert paths(DOORS) == {" door", " door mat", " doormat"}
    assert paths([[(1, "red"), (1, "green")], [(2, "boots")]]) == {" red boots", " green boots"}


def test_a_single_path_is_written_whole():
    assert paths([[(1, "waterproof")], [(2, "zq")]]) == {" waterproof zq"}


def test_beams_are_ordered_by_what_the_model_says_of_them():
    found = MODEL.beams(
        "red", width=8, max_tokens=40, length_penalty=0.0, constraint=Lattice(VOCABULARY, DOORS).matcher()
    )
    logprobs = [each.logprob for each in found]
    assert logprobs == sorted(logprobs, reverse=True)


def test_the_text_may_end_only_at_the_end():
    matcher = Lattice(VOCABULARY, DOORS).matcher()
    assert not matcher.accepting
    assert not matcher.allowed()[VOCABULARY.end]
    after(matcher, " door")
    assert matcher.accepting  # the second word may be left out
    assert not matcher.finished
    assert matcher.allowed()[VOCABULARY.end]
    after(matcher, " mat")
    assert matcher.accepting
    assert matcher.finished
    assert [*matcher.allowed().nonzero()[0]] == [VOCABULARY.end]


def test_a_text_may_be_on_several_arcs_at_once():
    start = VOCABULARY.encode(" door")
    both = after(Lattice(VOCABULARY, DOORS).matcher(), VOCABULARY.decode(start[:1]))
    assert after(both.copy(), VOCABULARY.decode([*start[1:], *VOCABULARY.encode("mat")])).finished
    assert after(both.copy(), VOCABULARY.decode([*start[1:], *VOCABULARY.encode(" mat")])).finished


def test_copies_go_their_own_ways():
    matcher = Lattice(VOCABULARY, [[(1, "red"), (1, "green")]]).matcher()
    other = after(matcher.copy(), " red")
    assert other.finished
    assert not matcher.accepting


@pytest.mark.parametrize("arcs", [[], [[(1, "")]]])
def test_a_lattice_of_nothing_allows_only_the_end(arcs):
    matcher = Lattice(VOCABULARY, arcs).matcher()
    assert matcher.accepting
    assert [*matcher.allowed().nonzero()[0]] == [VOCABULARY.end]


def test_the_longest_path_fits_into_what_it_says_of_it():
    lattice = Lattice(VOCABULARY, [[(1, "red"), (2, "zqzq")], [(2, "0815471123456"), (2, "")]])
    assert lattice.longest > len(VOCABULARY.encode(" red 0815471123456"))
    found = MODEL.beams("red", width=8, max_tokens=lattice.longest, constraint=lattice.matcher())
    assert {each.text for each in found} == {" red", " red 0815471123456", " zqzq"}
    assert all(each.finish == "stop" for each in found)


def test_a_text_that_looks_like_a_control_token_is_written_as_text():
    assert paths([[(1, "<|end|>"), (1, "red")]]) == {" <|end|>", " red"}
