"""What decides a purchase, told with the shop's values, a quote, and rules of thumb that say why."""

from __future__ import annotations

from collections.abc import Sequence

from shopwright.assistant.factors import Factor
from shopwright.assistant.results import Decisive
from shopwright.assistant.wording.choosing import factor_words
from shopwright.assistant.wording.draft import Draft
from shopwright.knowledge.goods import Factor as KnownFactor
from shopwright.types import Answer, Evidence, Product, Quantity

GUIDE = Evidence("", "document", "guide", "Weight decides how far you walk.", title="How to choose a tent")
REVIEW = Evidence("", "review", "r1", "So light!", title="review by Ada")
WEIGHT = Factor("weight", 2.0, 5, 6, ("0.9 kg", "5.5 kg"), ("lark", "hut"), measured=True, quotes=(GUIDE, REVIEW))
SEASONS = Factor("seasons", 1.0, 4, 6, ("3", "4"), ("lark", "gone"), more=2, quotes=(REVIEW,))
RULE = KnownFactor("tent", "cycling; walking; flying", "weight", "at_most", ("2 kg",), "it is carried all day")
TENTS = {
    "lark": Product("lark", "Lark", attributes={"weight": Quantity(0.9, "kg"), "seasons": "3"}),
    "hut": Product("hut", "Hut", attributes={"weight": Quantity(5.5, "kg")}),
}


def lookup(ids: Sequence[str]) -> dict[str, Product]:
    return {key: TENTS[key] for key in ids if key in TENTS}


def told(*factors: Factor, known: tuple[KnownFactor, ...] = ()) -> Answer:
    draft = Draft()
    factor_words(draft, Decisive("tent", factors, known), lookup)
    return draft.answer()


def test_names_values_and_quotes() -> None:
    answer = told(WEIGHT, SEASONS)
    assert answer.text == (
        "What decides for “tent”: weight and seasons. Weight: here from 0.9 kg to 5.5 kg. "
        "From our guide “How to choose a tent”: “Weight decides how far you walk.” "
        "Seasons: 3, 4 and more. From a review by Ada: “So light!”"
    )
    assert all(sentence.citations for sentence in answer.sentences)


def test_values_are_those_of_products_that_can_be_looked_at() -> None:
    answer = told(WEIGHT, SEASONS)
    stated = [(fact.source, fact.text) for fact in answer.evidence if fact.kind == "product"]
    assert stated == [("lark", "weight: 0.9 kg"), ("hut", "weight: 5.5 kg"), ("lark", "seasons: 3")]


def test_a_rule_of_thumb_says_for_whom_and_why() -> None:
    answer = told(WEIGHT, known=(RULE,))
    last = answer.sentences[-1]
    assert last.text == "For cycling and walking: weight at most 2 kg, because it is carried all day."
    assert [fact.kind for fact in answer.evidence if fact.id in last.citations] == ["sense"]
    anybody = KnownFactor("tent", "", "floor", "is", ("sewn in", "glued"), "water comes from below")
    assert told(WEIGHT, known=(anybody,)).sentences[-1].text == (
        "Floor sewn in or glued, because water comes from below."
    )


def test_at_most_four_properties_and_three_rules() -> None:
    many = [Factor(f"property_{place}", 1.0, 5, 6, ("a", "b")) for place in range(9)]
    answer = told(*many, known=(RULE,) * 3 + (KnownFactor("tent", "", "colour", "not", ("red",), "bees come"),))
    assert "Property 3: a, b." in answer.text
    assert "Property 4" not in answer.text
    assert "bees" not in answer.text


def test_a_kind_that_is_not_sold() -> None:
    answer = told()
    assert answer.text == "I found nothing in the catalogue for “tent”, so I cannot say what to look for."
    assert answer.unknown == ("tent",)
    assert answer.sentences[0].citations
