from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from shopwright.bench.catalogue import Catalogue
from shopwright.bench.reason_journeys import (
    FILE,
    Shown,
    Wanted,
    Wish,
    constraint_f1,
    gold,
    load_wishes,
    measure_in,
    recall,
    same,
    see_that_they_measure,
    shows_wrong,
)
from shopwright.catalog.demo import demo_products
from shopwright.errors import ConfigError
from shopwright.models.scripted import HashingEncoder, OverlapJudge
from shopwright.shop import Shop
from shopwright.types import Filter, Product

RECORDS = [
    {"id": "t-1", "wish": "We move into our first flat and have nothing to cook with.", "kind": "home", "split": "dev",
     "goals": [{"name": "pans", "categories": [["Kitchen", "Cookware"]]}, {"name": "knives", "categories": [["Kitchen", "Knives & Cutting"]]}]},
    {"id": "t-2", "wish": "My dad stops working and will fish all summer, 80 euros at most", "kind": "gift", "split": "held",
     "goals": [{"name": "fishing", "categories": [["Sports & Fishing", "Fishing"]],
                "constraints": [{"field": "price", "op": "range", "high": 80}]}]},
    {"id": "t-3", "wish": "a night in the hills without getting wet", "kind": "trip", "split": "dev",
     "goals": [{"name": "shelter", "categories": [["Camping & Hiking", "Tents"]]}, {"name": "rainwear", "categories": [["Clothing & Shoes", "Rainwear"]]},
               {"name": "treat", "categories": [["Coffee, Tea & Pantry", "Chocolate & Sweets"]], "needed": False}]},
    {"id": "t-4", "wish": "tomatoes on a fourth floor balcony", "kind": "home", "split": "dev",
     "goals": [{"name": "planters", "categories": [["Garden & Pets", "Planters & Pots"]]}]},
    {"id": "t-5", "wish": "six hours a day at the kitchen table ruin my back", "kind": "health", "split": "held",
     "goals": [{"name": "chair", "categories": [["Computers & Office", "Office Chairs"]]}]},
    {"id": "t-6", "wish": "something sweet for a friend who must not have nuts", "kind": "gift", "split": "dev",
     "goals": [{"name": "sweets", "categories": [["Coffee, Tea & Pantry", "Chocolate & Sweets"]]}],
     "wrong": [{"categories": [["Coffee, Tea & Pantry", "Honey & Spreads", "Nut butters"]], "why": "contains nuts"}]},
    {"id": "t-7", "wish": "baby comes in March and we have no idea", "kind": "baby", "split": "dev",
     "goals": [{"name": "sleep", "categories": [["Toys, Games & Baby", "Baby Sleep"]]}, {"name": "feeding", "categories": [["Toys, Games & Baby", "Baby Feeding"]]}]},
    {"id": "t-8", "wish": "learning to swim at sixty", "kind": "hobby", "split": "dev",
     "goals": [{"name": "swimming", "categories": [["Sports & Fishing", "Swimming"]]}]},
    {"id": "t-9", "wish": "the tap drips and I own no tools", "kind": "project", "split": "held",
     "goals": [{"name": "plumbing", "categories": [["Tools & DIY", "Plumbing"]]}, {"name": "tools", "categories": [["Tools & DIY", "Hand Tools"]]}]},
    {"id": "t-10", "wish": "a winter of running in the dark", "kind": "season", "split": "dev",
     "goals": [{"name": "running", "categories": [["Sports & Fishing", "Running"]]}]},
]  # fmt: skip


@pytest.fixture(scope="module")
def wishes(tmp_path_factory: pytest.TempPathFactory) -> list[Wish]:
    file = tmp_path_factory.mktemp("wishes") / "wishes.jsonl"
    file.write_text("\n".join(map(json.dumps, RECORDS)))
    return load_wishes(file)


@pytest.fixture(scope="module")
def catalogue() -> Catalogue:
    return Catalogue.of(item for item in demo_products() if isinstance(item, Product))


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shop]:
    with Shop.open(tmp_path_factory.mktemp("home"), encoder=HashingEncoder(64), judge=OverlapJudge()) as shop:
        shop.ingest_demo()
        shop.wait()
        yield shop


def test_gold_scores_one(wishes: list[Wish], catalogue: Catalogue) -> None:
    see_that_they_measure(wishes, catalogue)
    answers = [gold(wish, catalogue) for wish in wishes]
    assert [recall(shown) for shown in answers] == [1.0] * len(wishes)
    assert constraint_f1(answers) == 1.0
    assert [shows_wrong(shown) for shown in answers if shown.wish.wrong] == [0.0]


def test_nothing_scores_nothing(wishes: list[Wish]) -> None:
    answers = [Shown(wish, ()) for wish in wishes]
    assert [recall(shown) for shown in answers] == [0.0] * len(wishes)
    assert constraint_f1(answers) == 0.0


def test_the_packaged_wishes_can_be_met(catalogue: Catalogue) -> None:
    wishes = load_wishes(FILE)
    see_that_they_measure(wishes, catalogue)
    assert all(recall(gold(wish, catalogue)) == 1.0 for wish in wishes)


def test_extras_are_not_needed(wishes: list[Wish]) -> None:
    assert [goal.name for goal in wishes[2].needed] == ["shelter", "rainwear"]


def test_conditions_are_the_same_when_they_say_the_same() -> None:
    assert same(Filter("price", "range", high=80.0), Filter("price", "range", high=80.5))
    assert not same(Filter("price", "range", high=80.0), Filter("price", "range", high=90.0))
    assert same(Filter("attr:material", values=("Wool", "silk")), Filter("attr:material", values=("wool",)))
    assert not same(Filter("attr:vegan", values=("true",)), Filter("attr:vegan", "not", values=("true",)))


def test_conditions_too_many_cost(wishes: list[Wish]) -> None:
    (wish,) = (wish for wish in wishes if wish.id == "t-2")
    right, wrong = Filter("price", "range", high=80.0), Filter("attr:vegan", values=("true",))
    assert constraint_f1([Shown(wish, (), (right, right, wrong))]) == pytest.approx(2 / 3)


def test_what_measures_nothing_is_refused(catalogue: Catalogue) -> None:
    with pytest.raises(ConfigError, match="nothing in the catalogue is 'pianos'"):
        see_that_they_measure([Wish("x", "", "gift", (Wanted("pianos", (("Pianos",),)),))], catalogue)
    with pytest.raises(ConfigError, match="no goal is needed"):
        see_that_they_measure([Wish("x", "", "gift", ())], catalogue)


def test_a_damaged_file_is_named(tmp_path: Path) -> None:
    file = tmp_path / "wishes.jsonl"
    file.write_text('{"id": "w-1"}')
    with pytest.raises(ConfigError, match=r"wishes.jsonl line 1"):
        load_wishes(file)
    file.write_text("\n".join([json.dumps(RECORDS[0])] * 2))
    with pytest.raises(ConfigError, match="stands twice"):
        load_wishes(file)


def test_common_sense_meets_more_than_one_search(shop: Shop, wishes: list[Wish]) -> None:
    rows = {(row.set, row.metric): row.value for row in measure_in(shop, wishes)}
    assert rows["journeys", "subgoal_recall"] > rows["journeys", "subgoal_recall:search"]
    assert rows["journeys", "constraint_f1"] > 0
    assert {"journeys_dev", "journeys_held", "journeys_gift"} <= {name for name, _ in rows}
    assert rows["journeys", "p95_ms"] < 500  # about 10 on an idle machine
