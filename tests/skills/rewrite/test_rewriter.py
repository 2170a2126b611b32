from __future__ import annotations

from pathlib import Path

import pytest

from shopwright.models.language.engine import EmbeddedLanguageModel
from shopwright.skills.rewrite.gate import FEATURES, Gate
from shopwright.skills.rewrite.generator import Generator, Written
from shopwright.skills.rewrite.rewriter import Rewriter, Run, doubtful, lattice
from skills.rewrite.words_of import Says, Words

TINY = Path(__file__).parents[2] / "models" / "language" / "tiny"
CATALOGUE = Words()


def gate(**weights: float) -> Gate:
    return Gate(tuple(weights.get(name, 0.0) for name in FEATURES))


def rewriter(*written: Written, by: Gate | None = None) -> tuple[Rewriter, Says]:
    says = Says(*written)
    return Rewriter(says, by or Gate.open()), says


def test_the_near_words_of_the_catalogue_may_stand_for_a_misspelled_one() -> None:
    first, second = lattice(["flourescent", "light"], CATALOGUE)
    assert (1, "fluorescent") in first
    assert first[0] == (1, "flourescent")
    assert second == [(2, "light")]


def test_a_word_may_be_taken_apart_and_joined_with_its_neighbour() -> None:
    assert (1, "frost king") in lattice(["frostking"], CATALOGUE)[0]
    assert (2, "screwdriver") in lattice(["scre", "wdriver"], CATALOGUE)[0]
    assert lattice(["door", "mat"], CATALOGUE) == [[(1, "door")], [(2, "mat")]]  # both are known


def test_words_with_digits_stay_as_they_are() -> None:
    typed = ["18v", "dcd771c2", "0815"]
    assert lattice(typed, CATALOGUE) == [[(1, "18v")], [(2, "dcd771c2")], [(3, "0815")]]
    assert not any(doubtful(word, CATALOGUE) for word in typed)


@pytest.mark.parametrize(
    ("word", "is_doubtful"),
    [
        ("boots", False),  # common
        ("boosts", True),  # nobody has it
        ("bts", False),  # too short to tell
        ("nylon", True),  # rare, while another one near to it is common
        ("doormat", False),  # rare, nothing common is near
    ],
)
def test_doubt_is_about_what_nobody_has_or_few_have(word: str, is_doubtful: bool) -> None:
    assert doubtful(word, CATALOGUE) is is_doubtful


def test_a_right_query_is_not_even_asked() -> None:
    own, says = rewriter(Written("door mat", -0.1))
    assert own.rewrites(["waterproof", "boots"], CATALOGUE) == ()
    assert own.rewrites([], CATALOGUE) == ()
    assert own.rewrites(["flourescent"] * 13, CATALOGUE) == ()
    assert says.asked == []


def test_what_is_written_stands_for_the_words_that_differ() -> None:
    own, says = rewriter(Written("fluorescent light", -0.4), Written("flourescent light", -6.0))
    assert own.rewrites(["flourescent", "light"], CATALOGUE) == (Run(0, 1, ("fluorescent",), 0.5),)
    [(query, task, more)] = says.asked
    assert (query, task) == ("flourescent light", "meant")
    assert more["lattice"] == lattice(["flourescent", "light"], CATALOGUE)


def test_nothing_is_rewritten_where_the_query_itself_is_written() -> None:
    own, _ = rewriter(Written("flourescent light", -0.1))
    assert own.rewrites(["flourescent", "light"], CATALOGUE) == ()


def test_what_the_gate_refuses_is_not_used() -> None:
    refused, _ = rewriter(Written("fluorescent light", -0.4), by=gate(bias=-1.0))
    assert refused.rewrites(["flourescent", "light"], CATALOGUE) == ()


def test_the_best_of_several_for_the_same_word_is_used() -> None:
    written = (Written("fluorescent boosts", -9.0), Written("flourescent boots", -3.0), Written("pylon boosts", -9.5))
    own, _ = rewriter(*written, by=gate(bias=1.0, missing=-0.5, edits=-1.0))
    found = own.rewrites(["flourescent", "boosts"], CATALOGUE)
    assert [(each.start, each.words) for each in found] == [(0, ("fluorescent",)), (1, ("boots",))]
    assert all(0.5 <= each.weight <= 1.0 for each in found)


def test_a_number_is_never_changed_whatever_is_written() -> None:
    wrong = Written("boots 12", -0.1), Written("boots 1 8", -0.2), Written("boots", -0.2), Written("boosts v18", -0.3)
    own, _ = rewriter(*wrong)
    assert own.rewrites(["boosts", "18"], CATALOGUE) == ()
    own, _ = rewriter(*wrong, Written("boots 18", -0.4))
    assert own.rewrites(["boosts", "18"], CATALOGUE) == (Run(0, 1, ("boots",), 0.5),)


def test_with_a_model_a_doubtful_word_gets_a_word_of_the_catalogue() -> None:
    own = Rewriter(Generator(EmbeddedLanguageModel("lm-tiny-int8", TINY)), Gate.open())
    found = own.rewrites(["boosts", "light"], CATALOGUE)
    assert {each.words for each in found} == {("boots",)}
    assert own.rewrites(["boots", "light"], CATALOGUE) == ()
