from __future__ import annotations

import shutil
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shopwright.errors import ModelError
from shopwright.models.onnx_files import WEIGHTS
from shopwright.models.reward import DEFAULT_REWARD, RewardModel, places_of
from shopwright.models.reward_aspects import aspect_figures, read_aspects
from shopwright.models.reward_features import FIGURES, LONGEST, TABLE, figures, gram_ids
from shopwright.models.reward_objectives import OBJECTIVES, by_rule

PROMPT = "How do I clean suede shoes?"
GOOD = (
    "Suede marks easily, so work dry first.\n\n1. **Brush** off loose dirt in one direction, because rubbing pushes it "
    "deeper.\n2. **Rub** scuffs with an eraser.\n3. **Dab** stains with white vinegar, and let the shoes dry away from "
    "heat.\n\nFor grease, for example, use cornstarch overnight. However, deep stains may need a professional cleaner."
)
POOR = "idk lol just wash them"


@pytest.fixture(scope="module")
def model() -> RewardModel:
    return RewardModel()


def test_a_full_answer_is_preferred_to_a_poor_one(model: RewardModel) -> None:
    judged = model.judge(PROMPT, [GOOD, POOR, ""])
    assert judged.overall.argmax() == 0
    assert judged.heads.shape == judged.rules.shape == (3, len(OBJECTIVES))
    assert judged.rules[0, OBJECTIVES.index("professionalism")] > judged.rules[1, OBJECTIVES.index("professionalism")]
    assert judged.gate.sum() == pytest.approx(1, abs=1e-5)
    assert all(np.isfinite(getattr(judged, name)).all() for name in ("overall", "deviation", "length_free", "mixed"))


def test_an_answer_of_a_word_earns_nothing_by_being_short(model: RewardModel) -> None:
    judged = model.judge(PROMPT, [GOOD, "ok", POOR, ""])
    assert judged.mixed.argmax() == judged.overall.argmax() == 0
    assert (judged.heads[0, 2:] > judged.heads[1, 2:]).all()


def test_a_response_is_scored_alone(model: RewardModel) -> None:
    together, alone = model.judge(PROMPT, [GOOD, POOR]), model.judge(PROMPT, [POOR])
    assert together.overall[1] == pytest.approx(alone.overall[0], abs=1e-4)
    assert model.judge(PROMPT, []).overall.shape == (0,)


def test_parts_that_have_not_seen_a_prompt(model: RewardModel) -> None:
    prompt_id, part = next(iter(model.trained_prompts.items()))
    assert model.unseen(prompt_id) == (part,)
    assert model.unseen(0) == model.parts
    alone = [model.judge(PROMPT, [GOOD, POOR], (one,)).overall for one in model.parts]
    assert model.judge(PROMPT, [GOOD, POOR]).overall == pytest.approx(np.mean(alone, axis=0), abs=1e-3)
    assert model.temperature(model.parts) > 0
    with pytest.raises(ModelError, match=r"parts \[9\]"):
        model.judge(PROMPT, [GOOD], (9,))


def test_what_stands_in_the_request_is_counted() -> None:
    found = dict(zip(FIGURES, figures("The tent weighs 2.4 kg and is red.", "The tent weighs 2.9 kg."), strict=True))
    assert found["numbers_from_request"] == 0.5
    assert found["pairs_from_request"] == pytest.approx(3 / 5)
    assert found["triples_from_request"] == pytest.approx(2 / 4)


def test_a_damaged_file_is_refused(tmp_path: Path) -> None:
    shutil.copy(WEIGHTS / f"{DEFAULT_REWARD}.md", tmp_path)
    with pytest.raises(ModelError, match="no file"):
        RewardModel(folder=tmp_path)
    (tmp_path / f"{DEFAULT_REWARD}.npz").write_bytes(b"cut off")
    with pytest.raises(ModelError, match="damaged"):
        RewardModel(folder=tmp_path)


@settings(max_examples=60, deadline=None)
@given(st.text(max_size=300), st.text(alphabet=st.characters(), max_size=600))
def test_every_text_has_finite_figures(prompt: str, text: str) -> None:
    assert np.isfinite(found := figures(prompt, text)).all()
    assert found.shape == (len(FIGURES),)
    grams = gram_ids(text)
    assert (np.diff(grams) > 0).all()
    assert not len(grams) or (grams[0] >= 0 and grams[-1] < TABLE)
    assert np.isfinite(aspect_figures(prompt, text, text)).all()


def test_an_endless_response_is_cut_and_told() -> None:
    found = dict(zip(FIGURES, figures("?", "again " * LONGEST), strict=True))
    assert found["cut"] == 1
    assert found["repeated_trigrams"] > 0.9
    assert gram_ids("\ud800 half").size


def test_only_known_grams_have_a_place() -> None:
    rows = np.array([2, 5, 9], np.int32)
    assert places_of(np.array([1, 5, 9, 11]), rows).tolist() == [1, 2]
    assert places_of(np.array([1]), np.zeros(0, np.int32)).tolist() == []


def test_the_rule_counts_for_and_against() -> None:
    standard = np.zeros((2, len(FIGURES)), np.float32)
    standard[0, FIGURES.index("reasons_per_100")] = 2
    standard[1, FIGURES.index("slang_per_100")] = 2
    scores = by_rule(standard)
    assert scores[0, OBJECTIVES.index("depth")] > 0 > scores[1, OBJECTIVES.index("professionalism")]


def test_an_unknown_aspect_is_refused_and_an_unknown_task_is_not() -> None:
    aspects = read_aspects()
    seen = np.array([aspect_figures("inform(area='soma')", "", "It is in soma .")])
    assert np.isfinite(aspects.score("another", "naturalness", seen)).all()
    key, part = next(iter(aspects.trained.items()))
    assert aspects.unseen(key) == part
    assert aspects.unseen("new") is None
    assert np.isfinite(aspects.score("another", "naturalness", seen, part)).all()
    with pytest.raises(ModelError, match="naturalness"):
        aspects.score("another", "charm", seen)
