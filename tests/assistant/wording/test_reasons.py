"""A wish that was thought through is told with its chains, which can be refuted line by line."""

from __future__ import annotations

from collections.abc import Sequence

from assistant.gifts import GOODS
from shopwright.assistant.results import Found
from shopwright.assistant.wording.draft import Draft
from shopwright.assistant.wording.reasons import wish_words
from shopwright.catalog.vocabulary import build_vocabulary
from shopwright.knowledge.graph import Edge
from shopwright.skills.reason.chains import Chain
from shopwright.skills.reason.refute import Conflict
from shopwright.skills.reason.subgoals import Reasoned, SubGoal
from shopwright.types import Answer, Filter, Need, Product

WORDS = build_vocabulary(GOODS)
BY_ID = {product.id: product for product in GOODS}


def edge(head: str, relation: str, tail: str, line: int) -> Edge:
    return Edge(head, relation, tail, 0.9, "common knowledge", f"edges-test.tsv:{line}")


FREE = edge("event:retirement", "leads_to", "activity:fishing", 1)
ROD = edge("activity:fishing", "uses", "product:fishing rod", 2)
CARE = edge("activity:fishing", "advises", "advice:Ask for the licence first.", 3)


def goal(name: str, *steps: Edge) -> SubGoal:
    return SubGoal(Need(name, name), name, Chain(steps, 0.9, "" if steps else f"product:{name}"), 0.9, 0.5)


def told(found: Sequence[tuple[SubGoal, Found]], **more: Sequence[object]) -> Answer:
    def lookup(ids: Sequence[str]) -> dict[str, Product]:
        return {key: BY_ID[key] for key in ids if key in BY_ID}

    draft = Draft()
    reasoned = Reasoned(tuple(one for one, _ in found), **{key: tuple(each) for key, each in more.items()})
    wish_words(draft, reasoned, found, lookup, WORDS)
    return draft.answer()


def test_every_step_of_a_chain_cites_the_line_where_it_stands() -> None:
    answer = told([(goal("fishing rod", FREE, ROD), Found(("rod",), 1))])
    assert answer.sentences[0].text == "Fishing rod (retirement → fishing → fishing rod): Heron fishing rod, €49.00."
    held = {fact.id: (fact.kind, fact.source, fact.text) for fact in answer.evidence}
    assert [held[key] for key in answer.sentences[0].citations][:2] == [
        ("sense", "edges-test.tsv:1", "retirement leads to fishing"),
        ("sense", "edges-test.tsv:2", "fishing uses fishing rod"),
    ]
    assert answer.cards[0].reason == "retirement → fishing → fishing rod"


def test_what_was_named_needs_no_reason() -> None:
    answer = told([(goal("tent"), Found(("tent",), 1))])
    assert answer.sentences[0].text == "Tent: Lark trekking tent, €289.00."
    assert answer.cards[0].reason == ""


def test_contradictions_come_first_and_are_asked() -> None:
    conflict = Conflict("clock", "chinese", "chinese and clock do not go together")
    answer = told([(goal("board game"), Found(("board",), 1))], conflicts=[conflict])
    assert answer.sentences[0].text == (
        "You ask for clock and for chinese: chinese and clock do not go together. Which matters more?"
    )
    assert answer.options[:2] == ("clock", "chinese")


def test_what_cannot_be_offered_is_said_and_a_product_stands_once() -> None:
    goals = [
        (goal("fishing rod", ROD), Found(("rod", "net"), 2)),
        (goal("rod"), Found(("rod",), 1)),
        (goal("boat"), Found((), 0)),
        (goal("hook"), Found(("gone",), 1)),
    ]
    answer = told(goals)
    assert [card.product_id for card in answer.cards] == ["rod", "net"]
    assert "I also thought of rod, boat and hook, but the catalogue has nothing that fits." in answer.text
    assert answer.unknown == ("rod", "boat", "hook")


def test_a_condition_that_was_given_up_is_said() -> None:
    limit = Filter("price", "range", high=20.0, unit="EUR")
    answer = told([(goal("fishing rod", ROD), Found(("rod",), 1, relaxed=(limit,)))])
    assert "None of these is price up to €20.00." in answer.text
    assert answer.unknown == ("fishing rod: price up to €20.00",)


def test_advice_comes_last_with_its_source() -> None:
    answer = told([(goal("fishing rod", ROD), Found(("rod",), 1))], advice=[CARE])
    last = answer.sentences[-1]
    assert last.text == "Ask for the licence first."
    assert [fact.source for fact in answer.evidence if fact.id in last.citations] == ["edges-test.tsv:3"]


def test_nothing_found_offers_nothing_to_compare() -> None:
    answer = told([(goal("boat"), Found((), 0))])
    assert answer.cards == ()
    assert answer.options == ()
