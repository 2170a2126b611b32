from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import numpy as np
import orjson
import pytest

from sequences.planting import chains
from shopwright.bench.recommend_data import read_histories
from shopwright.bench.recommend_scale import scale_rows
from shopwright.bench.recommend_sequences import Case, _surprise, accuracy, sequence_rows, sequence_sets
from shopwright.bench.task import Options, Row
from shopwright.errors import CorpusError
from shopwright.sequences.encoder import Encoder, EncoderSettings
from shopwright.sequences.log import Sessions
from shopwright.skills.recommend.sequence.items import Items
from shopwright.skills.recommend.sequence.memory import HISTORY, Memory, MemorySettings
from shopwright.skills.recommend.sequence.sequence_model import SequenceSettings

SMALL = SequenceSettings(EncoderSettings(dimensions=16, window=HISTORY, batch=64, drawn=20), choices=150)

WIDTH = MemorySettings(width=2)


@pytest.fixture
def data(tmp_path: Path) -> Path:
    folder = tmp_path / "recommend" / "planted"
    folder.mkdir(parents=True)
    users = [f"u{number} " + " ".join(f"i{item}" for item in each) for number, each in enumerate(chains())]
    (folder / "sequences.txt").write_text("\n".join(users))
    items = [
        {
            "id": f"i{item}",
            "title": f"thing {item // 2}",
            "attrs": ["Makers", f"Wing {item // 10}", f"Room {item // 2}"],
        }
        for item in range(18)
    ]
    items[3]["title"] = ""
    del items[4]["title"], items[5]["attrs"]
    (folder / "items.jsonl").write_bytes(b"\n".join(map(orjson.dumps, items)))
    return tmp_path


def test_a_planted_log_is_learned_and_beats_the_baselines(data: Path) -> None:
    assert [one.name for one in sequence_sets(data)] == ["planted"]
    rows = {row.metric: row for row in sequence_rows("planted", Options(data), SMALL)}
    assert rows["ndcg@10:relevance"].value > 0.9, "each item follows the one before"
    assert rows["ndcg@10:relevance"].value >= rows["ndcg@10:knn"].value > rows["ndcg@10:pop"].value
    assert rows["serendipity:knn"].value == rows["serendipity:pop"].value == 0
    assert len(rows["dial"].curve) == 5
    assert {"recall@5", "ndcg@5", "hr@10:leaf_new", "hr@10:top_new", "novelty", "coverage", "ild", "train_s"} < set(
        rows
    )


def test_categories_are_read_also_where_brands_and_titles_are_missing(data: Path) -> None:
    histories = read_histories(data / "recommend" / "planted")
    assert len(histories.texts) == 20, "items that only sequences name are items too"
    assert (histories.texts[3], histories.texts[5], histories.texts[19]) == ("Makers, Wing 0, Room 1", "thing 2", "")
    assert histories.leaves[0] == histories.leaves[1] != histories.leaves[2]
    assert histories.tops[0] == histories.tops[8] != histories.tops[10]
    assert histories.tops[5] == -1


def test_gold_scores_one_and_nothing_scores_nothing() -> None:
    cases = [Case(np.array([0]), item, frozenset()) for item in (1, 2)]
    strata = {"leaf_new": np.array([True, False])}
    gold = _values(accuracy([np.array([1]), np.array([2])], cases, strata))
    nothing = _values(accuracy([np.array([0])[:0]] * 2, cases, strata))
    assert set(gold.values()) == {1.0}
    assert set(nothing.values()) == {0.0}


def test_only_what_a_primitive_recommender_does_not_list_surprises() -> None:
    items = Items.of(np.eye(3, dtype=np.float32), [()] * 3)
    kept = Memory(
        Sessions.of([[0, 1, 2]], 3), items, Encoder(np.eye(3, dtype=np.float32), np.zeros((1, 1)), 1.0), WIDTH
    )
    lists = [np.array([1, 2])]
    usual = _values(_surprise(lists, [Case(np.array([0]), 1, frozenset({1}))], kept))
    unusual = _values(_surprise(lists, [Case(np.array([0]), 1, frozenset())], kept))
    assert (usual["serendipity"], unusual["serendipity"]) == (0.0, 0.1)
    assert unusual["ild"] == 1.0
    assert unusual["coverage"] == pytest.approx(2 / 3)


@pytest.mark.parametrize("line", ["{", '{"title": "no id"}', "[1]"])
def test_an_item_that_is_none_names_its_line(data: Path, line: str) -> None:
    (data / "recommend" / "planted" / "items.jsonl").write_text(line)
    with pytest.raises(CorpusError, match=r"items\.jsonl, line 1"):
        read_histories(data / "recommend" / "planted")


def test_speed_is_measured_on_a_model_that_was_kept_and_loaded() -> None:
    rows = {row.metric: row for row in scale_rows(Options(), items=400, sequences=120, asked=5)}
    assert 0 < rows["p50_ms"].value <= rows["p99_ms"].value
    assert rows["disk_mb"].value > 0


def _values(rows: Iterable[Row]) -> dict[str, float]:
    return {row.metric: row.value for row in rows}
