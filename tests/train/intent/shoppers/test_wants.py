from pathlib import Path
from typing import Any

import orjson
import pytest

from shopwright.catalog.demo import demo_documents, demo_products
from shopwright.errors import ConfigError
from shopwright.train.intent.shoppers.shopper import Shopper
from shopwright.train.intent.shoppers.wants import KINDS, OF_GOODS, Want, parse, problems, read_wants
from shopwright.types import Product

LINE: dict[str, Any] = {
    "id": "a-001",
    "text": "headphones for the train",
    "kind": "find",
    "goods": [{"name": "headphones", "where": [["category", "=", "Headphones"], ["price", "<=", 120]], "needed": True}],
    "about": None,
    "split": "train",
}


@pytest.fixture(scope="module")
def written() -> list[Want]:
    return read_wants()


def test_the_written_wants_can_be_met_in_the_demo_shop(written: list[Want]) -> None:
    products = [one for one in demo_products() if isinstance(one, Product)]
    assert list(problems(written, products, [text.id for text in demo_documents()])) == []


def test_the_written_wants_are_many_and_of_every_kind(written: list[Want]) -> None:
    assert len(written) >= 600
    assert {want.kind for want in written} == set(KINDS)
    held = [want for want in written if want.split == "held"]
    assert 0.25 < len(held) / len(written) < 0.4
    assert {want.kind for want in held} == set(KINDS)
    assert all(bool(want.goods) == (want.kind in OF_GOODS) for want in written)


def test_reading(tmp_path: Path) -> None:
    (tmp_path / "wants-a.jsonl").write_bytes(orjson.dumps(LINE) + b"\n\n")
    [want] = read_wants(tmp_path)
    assert (want.text, want.kind, want.split, want.about) == ("headphones for the train", "find", "train", "")
    assert want.goods[0].where[1].value == 120


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"kind": "buy"}, "use one of find"),
        ({"split": "test"}, "use train or held"),
        ({"text": " "}, "must not be empty"),
        ({"goods": []}, "one or more"),
        ({"kind": "chat"}, "an empty list"),
        ({"kind": "compare"}, "two or more"),
        ({"kind": "learn", "goods": []}, "must name what it is about"),
        ({"goods": [{"name": "x", "where": []}]}, "everything would please"),
        ({"goods": [{"name": "x", "where": [["colour", "=", "red"]]}]}, "field 'colour'"),
        ({"goods": ["tent"]}, "give name, where"),
    ],
)
def test_what_is_no_want(change: dict[str, Any], told: str) -> None:
    with pytest.raises(ValueError, match=told):
        parse({**LINE, **change})


def test_a_missing_key_and_a_text_said_twice_are_named(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="about missing"):
        parse({key: value for key, value in LINE.items() if key != "about"})
    again = LINE | {"id": "a-002", "text": "Headphones, for the train!"}
    (tmp_path / "wants-a.jsonl").write_bytes(orjson.dumps(LINE) + b"\n" + orjson.dumps(again))
    with pytest.raises(ConfigError, match=r"wants-a.jsonl line 2: .* stands in wants-a.jsonl line 1"):
        read_wants(tmp_path)


def test_what_nothing_meets_is_a_problem(shopper: Shopper, tent: Want) -> None:
    sold = [one for one in shopper.products.values() if one.id == "pan"]
    assert list(problems([tent], sold)) == ["w1: nothing in the catalogue is 'summer tent'"]
    lost = Want("w9", "returns?", "shop", about="returns")
    assert list(problems([lost], sold, ["faq-payment"])) == ["w9: there is no document 'returns'"]
    assert not list(problems([lost], sold, ["policies-returns"]))


def test_goods_that_miss_one_condition_fit_less(shopper: Shopper, tent: Want) -> None:
    fits = {key: tent.goods[0].fit(one, 0.35) for key, one in shopper.products.items()}
    assert fits == {"lark": 1.0, "tarn": 0.35, "gone": 1.0, "down": 0, "wool": 0, "pan": 0}
