from __future__ import annotations

from collections.abc import Sequence

import pytest

from common_sense import graph_of
from shopwright.catalog.vocabulary import build_vocabulary
from shopwright.errors import ModelError
from shopwright.knowledge.links import link
from shopwright.models.scripted import HashingEncoder, ScriptedModel
from shopwright.skills.reason.remote import RemoteReasoner
from shopwright.skills.reason.subgoals import Reasoned, Reasoner
from shopwright.types import Constraint, Filter, Need, Product

PRODUCTS = (
    Product(id="rod", title="Heron fishing rod", category=("Sports", "Fishing", "Rods")),
    Product(id="net", title="Otter landing net", category=("Sports", "Fishing", "Landing nets")),
    Product(id="coat", title="Gale rain jacket", category=("Clothing", "Rainwear"), attributes={"waterproof": True}),
    Product(id="light", title="Finch reading light", category=("Home", "Lamps"), attributes={"colour": "red"}),
    Product(id="tent", title="Lark 2 tent", category=("Camping", "Tents")),
    Product(id="bag", title="Eider sleeping bag", category=("Camping", "Sleeping bags"), attributes={"material": "leather"}),
    Product(id="nuts", title="Roasted salted nuts", category=("Food", "Nuts")),
)  # fmt: skip
ENCODER = HashingEncoder(256)


@pytest.fixture(scope="module")
def reasoner(tmp_path_factory: pytest.TempPathFactory) -> Reasoner:
    graph = graph_of(tmp_path_factory.mktemp("graph"))
    return Reasoner(graph, link(graph, build_vocabulary(PRODUCTS), PRODUCTS, ENCODER), ENCODER)


def _names(reasoned: Reasoned) -> list[str]:
    return [goal.name for goal in reasoned.goals]


def test_a_far_wish_becomes_things_that_are_sold(reasoner: Reasoner) -> None:
    reasoned = reasoner.goals(Need("My dad retires in June and has free time."))
    assert {"reading light", "fishing rod"} <= set(_names(reasoned))
    goal = next(goal for goal in reasoned.goals if goal.name == "reading light")
    assert str(goal.chain) == "free time → reading → reading light"
    assert goal.need.category == ("Home > Lamps",)
    assert goal.need.goal == "reading light"


def test_shares_of_the_budget_add_up(reasoner: Reasoner) -> None:
    reasoned = reasoner.goals(Need("he fishes and reads"))
    assert sum(goal.share for goal in reasoned.goals) == pytest.approx(1)
    assert all(0 < goal.confidence <= 1 for goal in reasoned.goals)


def test_what_was_ruled_out_earlier_stays_out(reasoner: Reasoner) -> None:
    names = _names(reasoner.goals(Need("My dad retires and has free time."), denied=["not fishing"]))
    assert "fishing rod" not in names
    assert "reading light" in names


def test_conditions_go_where_they_fit(reasoner: Reasoner) -> None:
    stated = (Filter("price", "range", low=40.0, high=60.0), Filter("attr:colour", values=("red",)))
    reasoned = reasoner.goals(Need("he fishes and reads", constraints=tuple(map(Constraint, stated))))
    by_name = {goal.name: goal.need.filters for goal in reasoned.goals}
    assert all(Filter("price", "range", high=60.0) in filters for filters in by_name.values())
    assert Filter("attr:waterproof", values=("true",)) in by_name["rain jacket"]
    assert all(wanted.field != "attr:colour" for filters in by_name.values() for wanted in filters)


def test_what_somebody_avoids_is_a_condition_too(reasoner: Reasoner) -> None:
    goals = reasoner.goals(Need("we go camping, my wife is vegan")).goals
    bag = next(goal for goal in goals if goal.name == "sleeping bag")
    assert Filter("attr:material", "not", values=("leather",)) in bag.need.filters


def test_an_allergen_is_no_goal_though_the_shop_has_it(reasoner: Reasoner) -> None:
    names = _names(reasoner.goals(Need("a dinner party for friends who are allergic to nuts")))
    assert not any("nut" in name for name in names)


def test_goals_differ(reasoner: Reasoner) -> None:
    shelves = [goal.need.category for goal in reasoner.goals(Need("he fishes, reads and goes camping")).goals]
    assert len(shelves) == len(set(shelves)) > 3


def test_a_category_that_is_named_is_a_goal(reasoner: Reasoner) -> None:
    (goal,) = reasoner.goals(Need("some lamps")).goals
    assert (goal.need.category, goal.chain.steps) == (("Home > Lamps",), ())


def test_nothing_is_made_up(reasoner: Reasoner) -> None:
    assert reasoner.goals(Need("xyzzy plugh")).goals == ()
    assert reasoner.goals(Need("")).goals == ()


def test_advice_comes_with_it(reasoner: Reasoner) -> None:
    assert [edge.tail for edge in reasoner.goals(Need("he fishes")).advice] == ["advice:Ask for the licence first"]


def test_conflicts_are_named(reasoner: Reasoner) -> None:
    assert [one.what for one in reasoner.goals(Need("a leather tent for my vegan friend")).conflicts] == ["leather"]


def _remote(reasoner: Reasoner, answers: Sequence[str]) -> RemoteReasoner:
    return RemoteReasoner(ScriptedModel(answers), reasoner)


def test_an_endpoint_names_goals_that_code_checks(reasoner: Reasoner) -> None:
    said = """{"goals": [{"name": "fishing rod", "why": ["retirement", "time by the lake"]},
                         {"name": "grand piano", "why": []}, {"name": "tent", "why": []}],
               "conflicts": [{"what": "light", "with_what": "sturdy", "why": "what is sturdy weighs"}]}"""
    reasoned = _remote(reasoner, [said]).goals(Need("something for my dad"), denied=["no tents"])
    assert _names(reasoned) == ["fishing rod"]
    assert str(reasoned.goals[0].chain) == "retirement → time by the lake → fishing rod"
    assert {(one.node, one.why) for one in reasoned.dropped} == {
        ("product:grand piano", "not sold here"), ("product:tent", "the shopper said no to it")
    }  # fmt: skip
    assert reasoned.conflicts[0].with_what == "sturdy"


def test_an_endpoint_may_try_again_once(reasoner: Reasoner) -> None:
    good = '{"goals": [{"name": "tent", "why": []}], "conflicts": []}'
    assert _names(_remote(reasoner, ["no form", good]).goals(Need("a weekend outside"))) == ["tent"]
    with pytest.raises(ModelError, match="does not fit the form"):
        _remote(reasoner, ["no form", "still none"]).goals(Need("a weekend outside"))
    with pytest.raises(ModelError, match="sold here"):
        _remote(reasoner, ['{"goals": [], "conflicts": []}']).goals(Need("a weekend outside"))
