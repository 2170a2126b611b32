from __future__ import annotations

import gzip
from pathlib import Path

import orjson
import pytest

from shopwright.errors import ConfigError
from shopwright.models.scripted import HashingEncoder
from shopwright.train.judged import JUDGED, judged_sets, read_queries

PRODUCTS = [
    {"id": "1", "title": "Lark two-person tent", "brand": "Fellrunner", "description": "Light."},
    {"id": "2", "title": "Tarn family tent", "brand": "Kestrel", "description": "Roomy."},
    {"id": "3", "title": "Cast iron frying pan", "brand": "Stoutmoor", "description": "Heavy."},
    {"id": "4", "title": "Garden hose", "brand": "Ryde", "description": "Long."},
]


def write_set(folder: Path) -> None:
    folder.mkdir(parents=True)
    (folder / "products.jsonl.gz").write_bytes(gzip.compress(b"\n".join(orjson.dumps(row) for row in PRODUCTS)))
    (folder / "queries.tsv").write_text("a\ttent\nb\tfrying pan\n")
    (folder / "qrels.tsv").write_text("a\t0\t1\t2\na\t0\t2\t1\na\t0\t4\t0\nb\t0\t3\t1\n")


@pytest.mark.parametrize(
    ("name", "grades", "gains", "relevant"),
    [
        ("chorus", (0, 1, 2, 3), (0, 1, 3, 7), (2, 3)),
        ("esci", (0, 1, 2, 3), (0, 0.01, 0.1, 1), (3,)),
        ("home_depot", (1, 2, 2.33, 3), (0, 1, 1.33, 2), (2.33, 3)),
    ],
)
def test_gains_and_relevance_of_the_known_sets(
    name: str, grades: tuple[float, ...], gains: tuple[float, ...], relevant: tuple[float, ...]
) -> None:
    judged = JUDGED[name]
    assert [judged.gain(float(grade)) for grade in grades] == pytest.approx(gains)
    assert tuple(grade for grade in grades if grade >= judged.relevant) == relevant


@pytest.mark.parametrize(
    ("name", "text", "words"),
    [
        ("queries.tsv", "a tent\n", r"queries.tsv:1: 1 columns; expected 2"),
        ("qrels.tsv", "z\t0\t1\t2\n", "query 'z' is not in queries.tsv"),
    ],
)
def test_bad_judgements_are_named(name: str, text: str, words: str, tmp_path: Path) -> None:
    write_set(tmp_path / "set")
    (tmp_path / "set" / name).write_text(text)
    with pytest.raises(ConfigError, match=words):
        read_queries(tmp_path / "set")


def test_a_set_is_indexed_with_its_gains(tmp_path: Path) -> None:
    write_set(tmp_path / "data" / "chorus")
    (tmp_path / "home").mkdir()
    found = judged_sets(tmp_path / "data", ("chorus", "esci"), tmp_path / "home", HashingEncoder())
    assert list(found) == ["chorus"]
    assert found["chorus"].queries["tent"] == {"1": 3.0, "2": 1.0, "4": 0.0}
    assert found["chorus"].least == 3.0
    assert found["chorus"].texts["3"].startswith("Cast iron frying pan")
    assert set(found["chorus"].index.candidates("tent").ids) >= {"1", "2"}


def test_a_folder_without_any_set_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="has none of chorus"):
        judged_sets(tmp_path, ("chorus",), tmp_path, HashingEncoder())
