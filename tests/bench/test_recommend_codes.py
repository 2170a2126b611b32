"""The bench of the generator of codes, with a model that is trained for a moment."""

from __future__ import annotations

from pathlib import Path

import orjson
import pytest

from sequences.planting import chains
from shopwright.bench import recommend_codes
from shopwright.bench.recommend import TASK
from shopwright.bench.recommend_codes import codes_rows, codes_set
from shopwright.bench.run import choose_sets
from shopwright.bench.task import Options
from shopwright.errors import MissingExtraError
from shopwright.train.recommend.settings import GeneratorSettings

TINY = GeneratorSettings(levels=2, centroids=4, layers=1, width=16, heads=2, head_size=8, ffn=16, passes=1, batch=64)


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """Two folders of sequences; in the first one the last user went on to what nobody had before."""
    for name in ("planted", "zoo"):
        folder = tmp_path / "recommend" / name
        folder.mkdir(parents=True)
        users = [" ".join(["u", *map(str, each)]) for each in chains()] + ["u 1 2 99"]
        (folder / "sequences.txt").write_text("\n".join(users))
        items = [{"id": item, "title": f"thing {item}", "attrs": [f"Room {item // 4}"]} for item in (*range(20), 99)]
        (folder / "items.jsonl").write_bytes(b"\n".join(map(orjson.dumps, items)))
    return tmp_path


@pytest.mark.filterwarnings("ignore")
def test_every_figure_is_printed(data: Path) -> None:
    pytest.importorskip("torch", reason="training needs the extra 'train'")
    pytest.importorskip("transformers")
    rows = {row.metric: row for row in codes_rows("planted", Options(data), TINY)}
    measured = {"recall@5", "recall@10", "ndcg@5", "ndcg@10", "hr@10:leaf_new", "hr@10:top_new", "cold@50"}
    assert rows.keys() == measured | {"train_s", "ms_per_list"}
    assert rows["cold@50"].n == 1
    assert rows["cold@50"].value == 1, "fifty places hold all that there is"
    assert {row.set for row in rows.values()} == {"codes"}


def test_it_runs_on_the_first_folder_and_only_when_it_is_named(data: Path) -> None:
    assert codes_set(data).files[0].path == "recommend/planted/sequences.txt"
    assert "codes" not in [one.name for one in choose_sets(TASK, data, ())[0]]
    assert [one.name for one in choose_sets(TASK, data, ("codes",))[0]] == ["codes"]


def test_without_torch_it_says_what_to_install(data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(recommend_codes, "find_spec", lambda _name: None)
    with pytest.raises(MissingExtraError, match=r"bench recommend --set codes.*train"):
        next(codes_rows("planted", Options(data), TINY))
