from __future__ import annotations

import json
from collections import Counter
from pathlib import Path

import pytest

from shopwright.catalog import demo
from shopwright.errors import ConfigError
from shopwright.train.examples import LABELS, packaged_examples, read_examples
from shopwright.types import Product

KNOWN = {"tent", "stove", "mug"}


def write(path: Path, *rows: object) -> Path:
    path.write_text("\n".join(row if isinstance(row, str) else json.dumps(row) for row in rows), encoding="utf-8")
    return path


def test_the_packaged_judgements_are_there_and_their_splits_share_nothing() -> None:
    splits = {split: packaged_examples(split) for split in ("train", "dev", "test")}
    assert sum(map(len, splits.values())) >= 5_000
    queries = {split: {" ".join(each.query.lower().split()) for each in found} for split, found in splits.items()}
    assert not queries["train"] & queries["dev"]
    assert not queries["train"] & queries["test"]
    kinds = Counter(each.kind for found in splits.values() for each in found)
    assert set(kinds) == {"short", "long", "misspelled", "attribute", "use", "negated", "vague"}
    assert min(kinds.values()) > 400
    assert {label for each in splits["train"] for label in each.labels.values()} == set(LABELS)


def test_the_demo_shop_has_every_product_that_is_judged_in_it() -> None:
    ids = {product.id for product in demo.demo_products() if isinstance(product, Product)}
    for split in ("train", "dev", "test"):
        for example in packaged_examples(split):
            assert example.catalogue != "demo" or set(example.labels) <= ids


def test_labels_grades_and_clicks_are_one_thing(tmp_path: Path) -> None:
    path = write(
        tmp_path / "mine.jsonl",
        {"query": "tent", "product": "tent", "label": "E"},
        {"query": "tent", "product": "stove", "grade": 0},
        {"query": "  small   tent ", "product": "tent", "grade": 2},
        {"query": "cup", "product": "mug", "clicks": 3},
        {"query": "cup", "product": "stove", "clicks": 0},
    )
    found = {example.query: dict(example.labels) for example in read_examples(path, KNOWN).examples}
    assert found == {
        "tent": {"tent": "E", "stove": "I"},
        "small tent": {"tent": "S"},
        "cup": {"mug": "E", "stove": "S"},
    }


def test_what_cannot_be_used_is_named_by_line_and_the_rest_is_read(tmp_path: Path) -> None:
    path = write(
        tmp_path / "mine.jsonl",
        {"query": "tent", "product": "tent", "label": "E"},
        {"query": "tent", "product": "yurt", "label": "E"},
        {"query": "", "product": "mug", "label": "E"},
        "{broken",
        "[1]",
        {"query": "cup", "product": "mug", "label": "X"},
        {"query": "cup", "product": "mug", "grade": 9},
        {"query": "cup", "product": "mug"},
        {"query": "tent", "product": "mug", "label": "I"},
        {"query": "pot", "product": "mug", "label": "E"},
        {"query": "pot", "product": "mug", "label": "I"},
    )
    read = read_examples(path, KNOWN)
    assert [example.query for example in read.examples] == ["tent"]
    said = "\n".join(read.problems)
    for line, word in ((2, "yurt"), (3, "empty"), (4, "JSON"), (5, "object"), (6, "'X'"), (7, "9"), (8, "label")):
        assert any(problem.startswith(f"line {line}:") and word in problem for problem in read.problems), line
    assert "is I here and E above" in said


def test_one_label_alone_teaches_nothing(tmp_path: Path) -> None:
    path = write(tmp_path / "mine.jsonl", {"query": "tent", "product": "tent", "label": "E"})
    with pytest.raises(ConfigError, match="every product is labelled E"):
        read_examples(path, KNOWN)


@pytest.mark.parametrize("content", ["", "\n\n", '{"query": "tent", "product": "yurt", "label": "E"}'])
def test_a_file_without_a_usable_line_is_refused(tmp_path: Path, content: str) -> None:
    with pytest.raises(ConfigError, match="no line can be used"):
        read_examples(write(tmp_path / "mine.jsonl", content), KNOWN)


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"none\.jsonl"):
        read_examples(tmp_path / "none.jsonl", KNOWN)
