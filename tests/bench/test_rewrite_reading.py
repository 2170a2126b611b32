from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from shopwright.bench import rewrite_reading
from shopwright.bench.rewrite_reading import (
    FIELDS,
    SETS,
    Tally,
    constraint_items,
    f1,
    gold_items,
    intent_rows,
    measure_intents,
    need_items,
    need_rows,
    read_needs,
    read_requests,
    value_item,
)
from shopwright.bench.task import Options, Row
from shopwright.errors import CorpusError
from shopwright.skills.rewrite.reader import Reader
from shopwright.types import Constraint, Filter, Need

REQUESTS: list[dict[str, Any]] = [
    {
        "query": "Padlocks from amerilock in the 30mm color, made of brass, with free delivery, between 44 and 152 PHP.",
        "reward": {
            "product_id": "1",
            "title": ["AMERILOCK padlock"],
            "sku_options": [{"color_family": "30mm"}],
            "attributes": [{"brand": ["amerilock"]}, {"material": ["brass"]}],
            "service": ["freeShipping"],
            "price": [{"between": [44, 152]}],
        },
    },
    {
        "query": "Organic tea.\n\nMy budget is only `425`, but I have a voucher.\nIt is valid only when the total price "
        "exceeds `170`. It provides a fixed discount of `34`.",
        "reward": [{"product_id": "2", "title": ["Tea"], "attributes": [{"organic": ["yes"]}]}],
        "voucher": {"threshold": 170, "face_value": 34, "discount": None, "cap": None, "budget": 425},
    },
    {
        "query": "What did Kodaira study? I want a book on it.",
        "Knowledge_Attribute": "physics",
        "reward": {
            "product_id": "3",
            "title": "General physics",
            "brand": "",
            "price": 199.0,
            "category": "Books > Education",
            "sku_options": {"1": {"volume": "physics 1"}},
            "attributes": {"language": ["english"]},
        },
    },
]


@pytest.fixture
def data(tmp_path: Path) -> Path:
    (tmp_path / "tools").mkdir()
    (tmp_path / "tools/shopping_intents.jsonl").write_text("\n".join(map(json.dumps, REQUESTS)))
    return tmp_path


def by_metric(rows: list[Row]) -> dict[str, float]:
    return {row.metric: row.value for row in rows}


def test_the_labels_products_are_the_catalogue(data: Path) -> None:
    requests, vocabulary = read_requests(data / "tools/shopping_intents.jsonl")
    assert len(requests) == 2
    assert vocabulary.products == 3
    assert set(vocabulary.attributes) == {"colour_family", "material", "organic", "volume", "language"}
    assert "amerilock" in vocabulary.brands


def test_requests_are_read(data: Path) -> None:
    rows = by_metric([*measure_intents(Options(data))])
    assert rows["constraints_f1:price"] == rows["constraints_f1:service"] == rows["constraints_f1:voucher"] == 1
    assert rows["constraints_f1"] > 0.9 > rows["constraints_f1:baseline"]
    assert rows["constraints_f1:attribute:named"] > 0.7


def test_labels_score_one_and_nothing_scores_nothing(data: Path) -> None:
    requests, _ = read_requests(data / "tools/shopping_intents.jsonl")
    gold = Tally()
    for request in requests:
        gold.add(request.gold, request.gold)
    assert f1(gold.table()) == 1
    assert by_metric([*intent_rows(requests, Need)])["constraints_f1"] == 0


def test_another_number_is_another_constraint(data: Path) -> None:
    requests, _ = read_requests(data / "tools/shopping_intents.jsonl")
    wrong = Need("", mentions=(Constraint(Filter("price", "range", low=44, high=153)),))
    assert not constraint_items(wrong) & requests[0].gold


def test_values_are_compared_by_what_they_say() -> None:
    assert value_item("64 oz", "capacity") == value_item("64oz", "volume")
    assert value_item("Hair Clips & Pins", "kind") == value_item("hair clips and pins", "kind")
    assert value_item("yes", "organic") == value_item("organic", "feature")


def test_a_damaged_file_is_named(tmp_path: Path) -> None:
    path = tmp_path / "requests.jsonl"
    path.write_text('{"query": "tea"}\n')
    with pytest.raises(CorpusError, match=r"requests\.jsonl, line 1"):
        read_requests(path)


def as_need(row: dict[str, Any]) -> Need:
    """A need that says what the labels say."""
    said: list[Filter] = [Filter("kind", values=(row["type"],))] if row["type"] else []
    said += [Filter("brand", values=(brand,)) for brand in row["brand"]]
    said += [Filter("text", "not", (word,)) for word in row["negations"]]
    said += [Filter("fits", values=(name,)) for name in row["compatible"]]
    said += [Filter(name, values=(row[name],)) for name in ("recipient", "occasion", "sort") if row[name]]
    if row["quantity"]:
        said.append(Filter("quantity", "range", low=row["quantity"], high=row["quantity"]))
    for one in row["attributes"]:
        if one["op"] != "not":
            low, high = rewrite_reading._spread(one)
            known = low is not None or high is not None
            said.append(
                Filter("measure:x", "range", (), low, high, one["unit"])
                if known
                else Filter("feature", "is", (one["value"],))
            )
    if price := row["price"]:
        level = {"cheap": "low", "expensive": "high"}.get(price["op"])
        low, high = (None, None) if level else rewrite_reading._spread(price)
        said.append(
            Filter("price", values=(level,)) if level else Filter("price", "range", (), low, high, price["currency"])
        )
    return Need(row["text"], mentions=tuple(Constraint(wanted) for wanted in said))


@pytest.mark.parametrize("split", ["dev", "test"])
def test_gold_needs_score_one_and_empty_ones_nothing(split: str) -> None:
    rows = read_needs(split)
    gold = {row["text"]: as_need(row) for row in rows}
    assert all(need_items(gold[row["text"]]) == gold_items(row) for row in rows)
    assert all(value == 1 for value in by_metric([*need_rows(rows, gold.__getitem__)]).values())
    assert by_metric([*need_rows(rows, Need)])["f1"] == 0


def test_the_reader_understands_most_messages() -> None:
    reader = Reader(rewrite_reading._demo_vocabulary())
    rows = by_metric([*need_rows(read_needs("dev"), reader.read)])
    assert set(rows) == {"f1", *(f"f1:{name}" for name in FIELDS)}
    assert rows["f1"] > 0.8
    assert min(rows[f"f1:{name}"] for name in ("price", "negations", "compatible", "recipient", "sort")) > 0.9


def test_the_sets() -> None:
    assert [one.name for one in SETS] == ["needs", "shopping_intents"]
    assert not SETS[0].missing(None)
    assert SETS[1].missing(None)
