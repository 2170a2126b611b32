from __future__ import annotations

import json

import pytest
from test_hypotheses import SHOP

from shopwright.errors import RetryableModelError
from shopwright.models.scripted import ScriptedModel
from shopwright.skills.recommend.supposing.remote import RemoteHypotheses, refused
from shopwright.skills.recommend.supposing.trail import Thoughts, Trail

TRAIL = Trail(seen=("tarn-tent",), said="a week at the sea")


def _answer(*rows: tuple[str, str, str, str]) -> str:
    keys = ("about", "next_need", "product_type", "because")
    return json.dumps({"hypotheses": [dict(zip(keys, row, strict=True)) for row in rows]})


def _thoughts(*answers: str | Exception) -> tuple[Thoughts, ScriptedModel]:
    model = ScriptedModel(answers)
    remote = RemoteHypotheses(model, SHOP, lambda ids: {key: f"title of {key}" for key in ids}, ("Tarn",))
    return remote.of(TRAIL), model


def test_what_the_model_names_is_checked_against_the_shop() -> None:
    because = "Wind lifts sand into everything that is left open."
    thoughts, model = _thoughts(
        _answer(
            ("camping by the sea", "dry things", "shower caps", because),
            ("camping by the sea", "sleep", "tent", "Sleep is better under a roof of cloth."),
            ("camping by the sea", "shade", "beach shelter", "Shade is rare by the sea."),
        )
    )
    proposed = {one.type: one.candidate for one in thoughts.proposed}
    assert proposed["shower cap"].because == because
    assert [step.source for step in proposed["shower cap"].chain[:2]] == ["language model", "language model"]
    assert "groundsheet" in proposed
    assert {(one.type, one.why) for one in thoughts.dropped if one.source == "language model"} == {
        ("tent", "looked at already"),
        ("beach shelter", "not sold here"),
    }
    told = json.loads(model.calls[0][1]["content"])
    assert told["looked_at"] == ["title of tarn-tent"]


def test_a_sentence_that_states_facts_is_left_out() -> None:
    thoughts, _ = _thoughts(
        _answer(("camping", "dry things", "shower cap", "It costs less than 3 euros in this shop."))
    )
    (cap,) = [one for one in thoughts.proposed if one.type == "shower cap"]
    assert cap.candidate.because == ""
    assert "states a number" in thoughts.notes[0]


@pytest.mark.parametrize("answer", ["{}", RetryableModelError("timed out")])
def test_a_failing_model_leaves_the_built_in_with_a_note(answer: str | Exception) -> None:
    thoughts, _ = _thoughts(answer)
    assert [one.type for one in thoughts.proposed] == ["sand peg", "groundsheet"]
    assert "built-in common sense" in thoughts.notes[-1]


@pytest.mark.parametrize(
    ("sentence", "told"),
    [
        ("A scraper lifts sticky dough without more flour.", ""),
        ("Two scrapers are better for any baker.", "number"),
        ("A cheap scraper does all that is needed.", "price"),
        ("The best scraper lifts all of the dough.", "claims"),
        ("A scraper by Brigade lifts sticky dough.", "names"),
        ("Many bakers swear by tarn scrapers for it.", "brand"),
        ("It helps. It is in a drawer of every baker.", "one sentence"),
        ("Good.", "one sentence"),
    ],
)
def test_what_a_model_may_say_of_a_type(sentence: str, told: str) -> None:
    why = refused(sentence, {"tarn"})
    assert told in why
    assert bool(why) == bool(told)
