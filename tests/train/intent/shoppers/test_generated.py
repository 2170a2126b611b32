import pytest

from shopwright.catalog.conditions import fits
from shopwright.errors import ConfigError
from shopwright.knowledge.graph import Edge, Graph
from shopwright.knowledge.links import Link, Links
from shopwright.train.intent.shoppers.generated import uses_of, wants_from
from shopwright.train.intent.shoppers.shopper import Shopper
from shopwright.train.intent.shoppers.wants import problems

USES = {"camping": ("Camping > Tents", "Camping > Sleeping bags"), "cooking": ("Kitchen",)}


def test_wants_can_be_met_and_are_told_apart(shopper: Shopper) -> None:
    wants = wants_from(shopper.products.values(), 40, seed=1, uses=USES)
    assert len(wants) == 40
    assert len({want.text for want in wants}) == len({want.id for want in wants}) == 40
    assert list(problems(wants, shopper.products.values())) == []
    assert {want.kind for want in wants} == {"find", "vague", "several", "compare"}
    assert {want.split for want in wants} == {"train", "held"}


def test_messages_say_less_than_the_want(shopper: Shopper) -> None:
    finds = [want for want in wants_from(shopper.products.values(), 60, uses=USES) if want.kind == "find"]
    hidden = [want for want in finds if len(want.goods[0].where) > 1]
    barely = [
        want
        for want in hidden
        if "under" not in want.text and not any(str(c.value).lower() in want.text for c in want.goods[0].where[1:])
    ]
    assert barely
    assert len(barely) < len(hidden)


def test_several_things_serve_the_use(shopper: Shopper) -> None:
    several = [want for want in wants_from(shopper.products.values(), 40, seed=2, uses=USES) if want.kind == "several"]
    assert several
    assert all("camping" in want.text for want in several)
    assert all(
        any(fits(one, goods.where) for one in shopper.products.values()) for want in several for goods in want.goods
    )


def test_without_uses_only_things_are_asked_for(shopper: Shopper) -> None:
    assert {want.kind for want in wants_from(shopper.products.values(), 20)} <= {"find", "compare"}


def test_deterministic(shopper: Shopper) -> None:
    listed = list(shopper.products.values())
    assert wants_from(listed, 10, seed=4, uses=USES) == wants_from(listed, 10, seed=4, uses=USES)


def test_a_small_catalogue_gives_as_many_as_it_can(shopper: Shopper) -> None:
    assert 0 < len(wants_from([shopper.products["pan"]], 500)) < 500
    with pytest.raises(ConfigError, match="no product has a category"):
        wants_from([], 5)


def test_uses_come_from_common_sense() -> None:
    graph = Graph(
        [
            Edge("activity:camping", "uses", "product:tent", 0.9, "x", "f:1"),
            Edge("product:tent", "goes_with", "product:peg", 0.9, "x", "f:2"),
        ]
    )
    links = Links(products={"product:tent": Link(("Camping > Tents",), 0.9, "category")})
    assert uses_of(graph, links) == {"camping": ("Camping > Tents",)}
