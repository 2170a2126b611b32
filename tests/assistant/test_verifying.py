from __future__ import annotations

from pathlib import Path

import pytest

from assistant.judged import fit
from shopwright.assistant.verifying import compared, sampled, verified
from shopwright.models.scripted import OverlapJudge
from shopwright.skills.verify.verifier import Verifier
from shopwright.types import Evidence, Sentence

EVIDENCE = {
    "e1": Evidence("e1", "product", "lark", "weight: 1.9 kg", "weight", "Lark 2 tent"),
    "e2": Evidence("e2", "document", "returns", "Send it back by 3 May 2026.", title="Returns"),
}


@pytest.fixture
def verifier(tmp_path: Path) -> Verifier:
    fit(tmp_path)
    return Verifier(OverlapJudge(), folder=tmp_path / "models")


@pytest.mark.parametrize(
    ("text", "key", "passes"),
    [
        ("The Lark 2 tent: weight 1.9 kg.", "e1", True),
        ("The Lark 2 tent weighs 1,900 g.", "e1", True),
        ("The Lark 2 tent: weight 2.4 kg.", "e1", False),
        ("Send it back by 3 May 2026.", "e2", True),
        ("Send it back by 3 June 2026.", "e2", False),
        ("The Lark 2 tent: weight 1.9 kg.", "e2", False),
    ],
)
def test_the_built_in_wording_is_compared_with_what_it_cites(text: str, key: str, passes: bool) -> None:
    found = compared([Sentence(text, (key,))], EVIDENCE)
    assert bool(found.kept) is passes
    assert found.removed == (() if passes else (text,))
    assert len(found.verdicts) == (not passes)


def test_words_without_facts_pass(verifier: Verifier) -> None:
    said = (Sentence("What are you looking for?"),)
    assert compared(said, EVIDENCE).kept == said
    assert verified(said, EVIDENCE, verifier).kept == said


def test_an_endpoints_sentence_cites_what_supports_it(verifier: Verifier) -> None:
    found = verified([Sentence("The weight of the Lark 2 tent is 1.9 kg.")], EVIDENCE, verifier)
    assert found.kept == (Sentence("The weight of the Lark 2 tent is 1.9 kg.", ("e1",)),)
    assert [verdict.label for verdict in found.verdicts] == ["supported"]


def test_an_endpoints_wrong_figure_is_corrected(verifier: Verifier) -> None:
    found = verified([Sentence("The weight of the Lark 2 tent is 2.4 kg.", ("e1",))], EVIDENCE, verifier)
    assert [sentence.text for sentence in found.kept] == ["The weight of the Lark 2 tent is 1.9 kg."]
    assert found.corrected == 1
    assert found.verdicts[0].marks[0].told == "1.9 kg"


def test_what_no_evidence_says_is_dropped(verifier: Verifier) -> None:
    text = "Mountaineers everywhere adore its colour."
    found = verified([Sentence(text, ("e1",)), Sentence(text)], EVIDENCE, verifier)
    assert not found.kept
    assert found.removed == (text, text)


def test_evidence_that_does_not_exist_supports_nothing(verifier: Verifier) -> None:
    found = verified([Sentence("It floats on lava, even in winter.", ("e9",))], EVIDENCE, verifier)
    assert not found.kept
    assert not verified([Sentence("It floats on lava.", ("e1",))], {}, verifier).kept


@pytest.mark.parametrize(
    ("weights", "agrees", "told"),
    [
        (["1.9 kg", "1.9 kg"], True, "1 meaning in 2"),
        (["1.9 kg", "2.4 kg"], False, "2 meanings in 2"),
        (["1.9 kg", "2.4 kg", "1.9 kg"], False, "2 meanings in 3"),
        (["2.4 kg", "1.9 kg", "1.9 kg", "1.9 kg"], True, "2 meanings in 4"),
        (["2.4 kg", "1.9 kg", "1.9 kg", "2.4 kg"], False, "2 meanings in 4"),
        (["2.4 kg", "1.9 kg", "1.9 kg", "2.4 kg", "1.9 kg"], True, "2 meanings in 5"),
        (["2.4 kg", "1.9 kg", "1.9 kg", "3.1 kg", "1.9 kg"], False, "3 meanings in 5"),
        ([""], True, "1 meaning in 1"),
    ],
)
def test_an_endpoints_answers_must_agree(weights: list[str], agrees: bool, told: str) -> None:
    wordings = [(Sentence("The Lark 2 is a tent.", ("e1",)), Sentence(f"It weighs {weight}.")) for weight in weights]
    found = sampled("how heavy is it?", wordings, OverlapJudge())
    assert found.agrees is agrees
    assert found.meanings == told
    if agrees and len(weights) > 1:
        assert found.sentences[1].text == "It weighs 1.9 kg."
        assert found.sentences[0].citations == ("e1",)
