from __future__ import annotations

import math
from collections.abc import Sequence

import pytest

from shopwright.models.scripted import OverlapJudge
from shopwright.skills.verify.entropy import Agreement, contradict, is_refusal, semantic_entropy
from shopwright.types import Judgement

QUESTION = "How long may I return it?"


class Agreeing:
    """Finds every claim in everything."""

    fingerprint = "agreeing"

    def __init__(self) -> None:
        self.read: list[tuple[str, str]] = []

    def judge(self, pairs: Sequence[tuple[str, str]]) -> list[Judgement]:
        self.read += pairs
        return [Judgement(1.0, 1.0, 0.0) for _ in pairs]


class Synonyms:
    """Knows which words mean the same, and that what is told of a thing does not tell the thing."""

    fingerprint = "synonyms"
    groups = ({"paris", "it is paris", "france's capital city paris"}, {"lyon"})

    def judge(self, pairs: Sequence[tuple[str, str]]) -> list[Judgement]:
        return [Judgement(1.0, *self._stance(*pair)) for pair in pairs]

    def _stance(self, claim: str, evidence: str) -> tuple[float, float]:
        said = claim.lower().strip(".")
        held = evidence.lower().strip(".").split("? ")[-1]
        return (0.9, 0.0) if any({said, held} <= group for group in self.groups) else (0.1, 0.1)


class OneWay:
    """A longer text holds a shorter one, and not the other way round."""

    fingerprint = "one way"

    def judge(self, pairs: Sequence[tuple[str, str]]) -> list[Judgement]:
        return [Judgement(1.0, float(claim in evidence), 0.0) for claim, evidence in pairs]


def test_the_same_in_other_words_is_one_meaning() -> None:
    found = semantic_entropy("What is the capital?", ["Paris.", "Lyon.", "It is Paris.", "Paris"], Synonyms())
    assert found.clusters == ((0, 2, 3), (1,))
    assert (found.meanings, found.samples, found.share) == (2, 4, 0.75)
    assert found.entropy == pytest.approx(-(0.75 * math.log(0.75) + 0.25 * math.log(0.25)) / math.log(4))


def test_each_must_hold_the_other() -> None:
    longer = "It comes with a bag and it comes with pegs"
    assert semantic_entropy("What is in it?", ["It comes with a bag", longer], OneWay()).meanings == 2


def test_every_claim_of_an_answer_is_looked_for() -> None:
    judge = Agreeing()
    semantic_entropy(QUESTION, ["It is green. The porch is large.", "A green tent."], judge)
    assert [claim for claim, _ in judge.read] == ["A green tent.", "It is green.", "The porch is large."]
    assert judge.read[0][1] == f"{QUESTION} It is green. The porch is large."


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("30 days", "60 days"),
        ("You can return it within 30 days.", "You can return it within 60 days."),
        ("Within 30 or 90 days.", "60 days."),
        ("Send it by 3 May 2026.", "Send it by 4 May 2026."),
        ("It costs €5.", "It costs $5."),
        ("It is waterproof.", "It is not waterproof."),
        ("Yes, it is.", "No, it is."),
        ("Yes.", "No"),
    ],
)
def test_what_code_finds_contradicted_is_never_one_meaning(one: str, other: str) -> None:
    assert contradict(one, other)
    assert contradict(other, one)
    for samples in ([one, other], [other, one], ["It can be returned.", one, other]):
        clusters = semantic_entropy(QUESTION, samples, Agreeing()).clusters
        assert not any({samples.index(one), samples.index(other)} <= set(cluster) for cluster in clusters)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("It weighs 1.9 kg.", "It weighs 1900 g."),
        ("Within thirty days.", "Within 30 days."),
        ("Yes, 30 days.", "30 days."),
        ("No longer sold.", "It is no longer sold."),
    ],
)
def test_the_same_figures_in_other_words_do_not_contradict(one: str, other: str) -> None:
    assert not contradict(one, other)
    assert semantic_entropy(QUESTION, [one, other], Agreeing()).meanings == 1


def test_refusals_are_one_meaning_of_their_own() -> None:
    samples = ["I don't know.", "30 days.", "Sorry, I’m not sure.", "", "The catalogue does not say."]
    found = semantic_entropy(QUESTION, samples, Agreeing())
    assert found.clusters == ((0, 2, 3, 4), (1,))


@pytest.mark.parametrize(
    ("text", "refuses"),
    [
        ("I cannot confirm this.", True),
        ("We have no data on that. Let me know if you need more!", True),
        ("The weight is not stated.", True),
        ("Unknown", True),
        ("  \n", True),
        ("No.", False),
        ("None", False),
        ("Hello!", False),
        ("The tent is not waterproof.", False),
        ("There is no floor.", False),
        ("I don't know its weight. The tent is green.", False),
    ],
)
def test_refusals(text: str, refuses: bool) -> None:
    assert is_refusal(text) is refuses


def test_the_representative_is_closest_to_the_others() -> None:
    samples = [
        "The fabric sheds every drop",
        "The tent keeps rain out",
        "The tent keeps all rain out",
        "Rain stays out",
    ]
    found = semantic_entropy("Is it waterproof?", samples, Agreeing())
    assert found.clusters == ((0, 1, 2, 3),)
    assert found.representative == 1


def test_of_equal_clusters_and_samples_the_first_stands() -> None:
    found = semantic_entropy(QUESTION, ["60 days", "30 days", "30 days", "60 days"], OverlapJudge())
    assert found.clusters == ((0, 3), (1, 2))
    assert found.representative == 0
    assert found.entropy == pytest.approx(0.5)


def test_bad_input() -> None:
    judge = Agreeing()
    assert semantic_entropy(QUESTION, [], judge) == Agreement((), -1, 1.0)
    assert semantic_entropy(QUESTION, [], judge).share == 0.0
    assert semantic_entropy("", ["30 days"], judge) == Agreement(((0,),), 0, 0.0)
    assert semantic_entropy(QUESTION, ["", " ", "\n"], judge) == Agreement(((0, 1, 2),), 0, 0.0)
    assert semantic_entropy(QUESTION, ["30 days", " 30  days "], judge).entropy == 0.0
    assert not judge.read  # equal samples need no judge
    assert semantic_entropy(QUESTION, ["!?", "…;"], judge).meanings == 1
    huge = semantic_entropy("?" * 100_000, ["rain " * 50_000, "sun " * 50_000], OverlapJudge())
    assert (huge.meanings, huge.entropy) == (2, 1.0)


def test_all_different_is_the_greatest_entropy() -> None:
    found = semantic_entropy(QUESTION, [f"{count} days" for count in (14, 30, 45, 60, 90)], Agreeing())
    assert (found.meanings, found.entropy, found.share) == (5, 1.0, 0.2)


def test_the_words_only_judge_and_repetition() -> None:
    samples = ["Return it within 30 days", "You may return it within 30 days", "Keep the label on", "30 days"]
    found = semantic_entropy(QUESTION, samples, OverlapJudge())
    assert found == semantic_entropy(QUESTION, samples, OverlapJudge())
    assert {0, 1} <= set(found.clusters[0])
    assert 2 not in found.clusters[0]
