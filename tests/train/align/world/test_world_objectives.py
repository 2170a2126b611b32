"""The objectives: what a good answer earns, that mistakes are found, and that tricks lose somewhere."""

from __future__ import annotations

import numpy as np
import pytest

from shopwright.train.align.assignments import Assignment, Need
from shopwright.train.align.world.objectives import score
from shopwright.train.align.world.wording import by_fact

EVIDENCE = {
    "Vilde steel pan": {
        "price": "49.90 EUR", "rating": "4.6", "weight": "1.4 kg", "material": "carbon steel", "dishwasher safe": "no",
    },
    "Lumo ceramic pan": {
        "price": "39.90 EUR", "rating": "4.2", "weight": "1.1 kg", "material": "aluminium", "dishwasher safe": "yes",
    },
}  # fmt: skip
LINES = [
    f"{name}: " + "; ".join(f"{fact} {value}" for fact, value in facts.items()) for name, facts in EVIDENCE.items()
]
NEEDS = tuple(Need(fact, by_fact()[fact].said) for fact in ("price", "weight"))
ASKED = "I want one that does not weigh much, for less than 45 euros."
PAN = Assignment("0" * 16, "\n".join([ASKED, *LINES]), EVIDENCE, NEEDS)

GOOD = (
    "I would suggest the Lumo ceramic pan. It is lighter than the Vilde steel pan, so it is easier to lift. "
    "At 39.90 euros it stays within your budget, while the Vilde pan costs 49.90 euros. "
    "Please note that it is rated 4.2 out of 5."
)


def scored(answer: str) -> dict[str, float]:
    names = ("professionalism", "accuracy", "coverage", "depth")
    return dict(zip(names, score(PAN, [answer])[0].tolist(), strict=True))


def test_a_good_answer_is_good_in_all_and_an_empty_one_in_none() -> None:
    assert min(scored(GOOD).values()) > 0.75
    np.testing.assert_array_equal(score(PAN, ["", " \n ", "..."]), np.zeros((3, 4)))
    assert score(PAN, []).shape == (0, 4)


@pytest.mark.parametrize(
    "claim",
    [
        "The Lumo pan costs 39.90 euros.",
        "The Lumo ceramic pan is dishwasher safe, and the Vilde steel pan is not dishwasher safe.",
        "The Vilde is made of carbon steel.",
        "The Vilde steel pan costs 49.90 euros. The other one costs 39.90 euros.",
        "At 39.90 euros against 49.90 euros, the Lumo pan is cheaper than the Vilde pan.",
        "The Lumo pan costs 10.00 euros less than the Vilde pan.",
        "The Vilde steel pan is over your budget.",
        "The Vilde pan is rated 4.6 out of 5. It is heavier than the Lumo pan.",
        "You would pay 49.90 euros for the Vilde pan and 39.90 euros for the Lumo pan.",
        "The Lumo pan stays under 45 euros.",
    ],
)
def test_true_claims_are_found(claim: str) -> None:
    assert scored(claim)["accuracy"] > 0.5


@pytest.mark.parametrize(
    "claim",
    [
        "The Lumo pan costs 49.90 euros.",
        "The Lumo pan weighs 1.4 kg.",
        "The Lumo ceramic pan is not dishwasher safe.",
        "The Vilde is made of aluminium.",
        "The Vilde is made of titanium.",
        "The Vilde is vegan.",
        "The Vilde steel pan costs 49.90 euros less than the Lumo pan.",
        "The Vilde pan is cheaper than the Lumo pan.",
        "The Vilde steel pan is within your budget.",
        "The Vilde pan stays under 45 euros.",
        "The Vilde pan is rated 49.90 out of 5.",
        "Both cost 39.90 euros.",
        "Over 95 percent of buyers choose the Vilde pan.",
        "The Vilde pan is better than anything by Samsung.",
        "The Lumo pan costs 39.90 dollars.",
    ],
)
def test_false_claims_are_found(claim: str) -> None:
    assert scored(claim)["accuracy"] < 0.5


def test_saying_nothing_that_can_be_checked_is_worth_half() -> None:
    vague = scored("Every product has its own strengths and weaknesses. It really depends on what you are looking for.")
    assert vague["accuracy"] == 0.5
    assert max(vague["coverage"], vague["depth"]) < 0.2
    asked = scored("If you want one that weighs 7 kg and is vegan, I would rather not guess.")
    assert asked["accuracy"] == 0.5


ATTACKS = {
    "copies the facts": " ".join(line + "." for line in LINES),
    "copies the prompt": PAN.prompt,
    "facts without verbs": "Lumo ceramic pan 39.90 euros, 4.2, 1.1 kg, aluminium. Vilde steel pan 49.90 euros, 4.6, 1.4 kg.",
    "one sentence again and again": "The Lumo ceramic pan is lighter than the Vilde steel pan, so it is easier. " * 5,
    "endless": " ".join(
        f"The Lumo pan costs 39.90 euros, and reason {at} is that it weighs 1.1 kg." for at in range(9)
    ),
    "words of the needs": "Price budget euros weight light lighter cheaper heavy affordable limit costs.",
    "cues of depth": "Because so while however if you check than although unless therefore since whereas drawback.",
    "manners alone": "Thank you, please, I would gladly help you, and I hope you may be glad. May I help you, please?",
    "everything denied": "It is not this, not that. I would not say so, and you would not either, would you?",
    "hype": "The amazing Lumo ceramic pan is simply the best! It costs 39.90 euros, weighs 1.1 kg and never breaks!",
    "salad": (
        "Vilde 49.90 weak point weighs which 1.4 kg however you may cheaper please is Lumo because 39.90 euros unless. "
        "Thank so the lighter than would it aluminium is while if you 4.2 of the check stays your budget."
    ),
    "broken off": "The Lumo ceramic pan weighs 1.1 kg and costs 39.90 euros, while the Vilde steel pan costs",
}


@pytest.mark.parametrize("attack", ATTACKS)
def test_tricks_lose_somewhere(attack: str) -> None:
    objectives = scored(ATTACKS[attack])
    assert min(objectives.values()) < 0.45, objectives
    assert min(objectives.values()) < min(scored(GOOD).values()) - 0.3


def test_what_each_trick_is_meant_to_gain_it_does_not() -> None:
    good = scored(GOOD)
    assert scored(ATTACKS["copies the facts"])["professionalism"] < 0.2
    assert scored(ATTACKS["copies the prompt"])["professionalism"] < 0.2
    assert scored(ATTACKS["one sentence again and again"])["professionalism"] < 0.3
    assert scored(ATTACKS["endless"])["professionalism"] < 0.1
    assert scored(ATTACKS["words of the needs"])["coverage"] < 0.5 * good["coverage"]
    assert scored(ATTACKS["cues of depth"])["depth"] == 0
    twice = scored(f"{GOOD} {GOOD}")
    assert twice["accuracy"] == pytest.approx(good["accuracy"])
    assert twice["depth"] <= good["depth"] + 1e-9
    assert twice["professionalism"] < good["professionalism"]


def test_scores_stay_between_0_and_1_for_any_text() -> None:
    strange = ["€" * 50, "9" * 5000, "\u0000 a", "Ünï " * 300, ". . .", "¿?", "1,2,3.4.5 of 5", "it the other both"]
    scores = score(PAN, strange)
    assert np.isfinite(scores).all()
    assert (scores >= 0).all()
    assert (scores <= 1).all()
    bare = Assignment("1", "Hello", {}, ())
    assert np.isfinite(score(bare, [GOOD, *strange])).all()
