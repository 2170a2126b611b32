"""The sets of a model's window: gold answers are right, lists are cut around the wanted record, rows are complete."""

from __future__ import annotations

import gzip
import json
from pathlib import Path

import orjson
import pytest

from models.language.tiny import FOLDER, NAME
from shopwright.bench import context_cache
from shopwright.bench.context_items import FILES, Item, maker, may_become, read_lines
from shopwright.bench.context_window import SETS, TIMES, Embedded, measure
from shopwright.bench.task import Options
from shopwright.errors import ConfigError, CorpusError, MissingExtraError


def write(folder: Path) -> Path:
    (folder / "longtext").mkdir(parents=True)
    pairs = [[f"k{place:02}", f"v{place:02}"] for place in range(60)]
    lists = [{"ordered_kv_records": pairs, "key": f"k{at:02}", "value": f"v{at:02}"} for at in (0, 15, 30, 59)]
    essays = [{"text": "Light tents are warm. " * 300}]
    for name, needed in FILES.items():
        with gzip.open(folder / needed.path, "wt") as file:
            file.write("\n".join(map(json.dumps, essays if name == "needle" else lists)))
    return folder


def by_letter(text: str) -> list[int]:
    return [ord(letter) for letter in text]


def shown(item: Item) -> str:
    return "".join(map(chr, item.text))


@pytest.mark.parametrize("name", FILES)
def test_gold_is_right_and_nothing_or_more_is_not(name: str, tmp_path: Path) -> None:
    make = maker(name, write(tmp_path), by_letter, 0)
    for number in range(5):
        item = make(number, 400)
        assert item.value in shown(item)
        assert item.right(f" {item.value}\n")
        assert item.right(item.value)
        assert not item.right("")
        assert not item.right(f" {item.value}7")
        assert not item.right("v99x")
        assert len(item.text) + len(item.question) + item.most <= 400
        assert item.text[0] == 0


def test_a_list_is_cut_around_the_wanted_record(tmp_path: Path) -> None:
    make = maker("kv_75", write(tmp_path), by_letter, 0)
    texts = [shown(make(number, 200)) for number in range(4)]
    assert texts[0].startswith('\0{"k00": "v00", "k01"')
    assert texts[3].endswith('"k59": "v59"')
    members = texts[1].split(", ")
    assert 1 <= members.index('"k15": "v15"') <= len(members) // 2
    whole = make(0, 5000)
    assert len(orjson.loads(shown(whole).strip("\0") + "}")) == 60


def test_a_needle_is_swept_through_the_text(tmp_path: Path) -> None:
    make = maker("needle", write(tmp_path), by_letter, 0)
    places = [shown(make(number, 600)).index("The code of") / 600 for number in range(5)]
    assert places == sorted(places)
    assert places[0] < 0.2
    assert places[-1] > 0.6
    assert make(1, 600) == make(1, 600)
    assert make(1, 600).value != make(2, 600).value


def test_writing_stops_when_it_cannot_become_right() -> None:
    assert may_become(" v0", "v01")
    assert may_become("", "v01")
    assert not may_become("x", "v01")
    assert not may_become("v01", "v01")


def test_every_length_and_way_has_a_row(tmp_path: Path) -> None:
    rows = list(measure("kv_75", write(tmp_path), Embedded(NAME, FOLDER), items=1))
    wanted = {f"accuracy@{times}x{way}" for times in TIMES for way in ("", ":truncation", ":streaming")}
    assert {row.metric for row in rows} == wanted | {"retained@4x"}
    assert all(0 <= row.value <= 1 for row in rows if row.metric != "retained@4x")
    curve = next(row.curve for row in rows if row.metric == "retained@4x")
    assert [length for length, _ in curve] == [128 * times for times in TIMES]


def test_sets_name_their_files_and_refuse_another_model() -> None:
    found = {each.name: each for each in SETS}
    assert set(found) == {*FILES, *(f"{name}_cache" for name in FILES)}
    assert all(each.files for each in found.values())
    with pytest.raises(ConfigError, match="--model"):
        list(found["needle"].run(Options(None, "other")))


def test_caches_need_torch(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(context_cache, "find_spec", lambda _: None)
    with pytest.raises(MissingExtraError, match="shopwright\\[train\\]"):
        list(context_cache.measure_caches("needle", Options()))


def test_a_damaged_file_is_named(tmp_path: Path) -> None:
    (tmp_path / "x.gz").write_bytes(b"no")
    with pytest.raises(CorpusError, match="is damaged"):
        read_lines(tmp_path / "x.gz")
    (tmp_path / "y.gz").write_bytes(gzip.compress(b""))
    with pytest.raises(CorpusError, match="is empty"):
        read_lines(tmp_path / "y.gz")


def test_the_caches_of_a_checkpoint_are_measured(tmp_path: Path) -> None:
    for package in ("torch", "transformers", "onnx"):
        pytest.importorskip(package)
    from train.context.small import write_small

    options = Options(write(tmp_path / "data"), str(write_small(tmp_path / "small")))
    rows = list(context_cache.measure_caches("kv_75", options, items=1))
    names = {row.metric for row in rows}
    assert "accuracy@full" in names
    assert "accuracy@cache50:kvzip" in names
    assert "accuracy@int8" in names
    assert {row.set for row in rows} == {"kv_75_cache"}
    assert len(next(row.curve for row in rows if row.metric == "retained@cache50:snapkv")) == 4
