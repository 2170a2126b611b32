from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import get_args

import pytest

from shopwright.errors import ConfigError
from shopwright.search.lexical import stems_of
from shopwright.train.rewrites import MOST, Kind, Rewrite, packaged_rewrites, read_rewrites

SPLITS = ("train", "dev", "test")


def write(path: Path, *lines: str) -> Path:
    path.write_text("\n".join(lines), encoding="utf-8")
    return path


@pytest.fixture(scope="module")
def splits() -> dict[str, list[Rewrite]]:
    return {split: packaged_rewrites(split) for split in SPLITS}


def test_the_packaged_pairs_are_there(splits: dict[str, list[Rewrite]]) -> None:
    counts = {split: len(found) for split, found in splits.items()}
    assert sum(counts.values()) > 5_000
    assert 0.75 < counts["train"] / sum(counts.values()) < 0.85
    for found in splits.values():
        assert set(Counter(each.kind for each in found)) == set(get_args(Kind)) - {"own"}
    queries = [each.query.lower() for found in splits.values() for each in found]
    assert len(queries) == len(set(queries))


def test_splits_share_neither_queries_nor_best_rewrites(splits: dict[str, list[Rewrite]]) -> None:
    texts = {
        split: {stems_of(text) for each in found for text in (each.query, each.rewrites[0])} - {frozenset()}
        for split, found in splits.items()
    }
    assert not texts["train"] & texts["dev"]
    assert not texts["train"] & texts["test"]
    assert not texts["dev"] & texts["test"]


def test_what_is_kept_stays_and_everything_else_changes(splits: dict[str, list[Rewrite]]) -> None:
    for found in splits.values():
        for each in found:
            assert each.keeps == (each.kind == "keep"), each
            assert 1 <= len(each.rewrites) <= MOST
            assert each.kind == "keep" or each.query not in each.rewrites


@pytest.mark.parametrize("hard", ["vegan", "gluten free", "left handed"])
def test_a_relaxed_query_keeps_what_must_hold(splits: dict[str, list[Rewrite]], hard: str) -> None:
    for each in (each for found in splits.values() for each in found if each.kind == "relax"):
        assert hard not in each.query or all(hard in rewrite for rewrite in each.rewrites), each


def test_the_packaged_file_reads_as_a_merchants_would(splits: dict[str, list[Rewrite]]) -> None:
    path = Path(__file__).parents[2] / "src/shopwright/train/data/rewrites.tsv"
    read = read_rewrites(path, "dev")
    assert not read.problems
    assert read.rewrites == splits["dev"]


def test_both_forms_of_a_line(tmp_path: Path) -> None:
    path = write(
        tmp_path / "mine.tsv",
        "telly\ttelevision |  tv  set | television",
        "test\ttypo\ttelevison\ttelevision",
        "train\tkeep\tx-200\tx-200",
        "",
    )
    assert read_rewrites(path).rewrites == [
        Rewrite("telly", ("television", "tv set")),
        Rewrite("televison", ("television",), "typo"),
        Rewrite("x-200", ("x-200",), "keep"),
    ]
    assert [each.query for each in read_rewrites(path, "train").rewrites] == ["telly", "x-200"]
    assert read_rewrites(path).rewrites[2].keeps


def test_what_cannot_be_used_is_named_by_line(tmp_path: Path) -> None:
    path = write(
        tmp_path / "mine.tsv",
        "telly\ttelevision",
        "telly television",
        "Telly\ttv",
        "best\ttypo\tkettel\tkettle",
        "dev\tguess\tkettel\tkettle",
        "dev\tkeep\tx-200\tx200",
        "dev\ttypo\tkettle\tKettle",
        "\tkettle",
        "kettel\tkettle | ",
        "kettel\t" + " | ".join("abcdef"),
    )
    read = read_rewrites(path)
    assert [each.query for each in read.rewrites] == ["telly"]
    wanted = (
        "line 2: 1 columns",
        "line 3: the query 'Telly' stands in line 1",
        "line 4: split 'best': expected train, dev, test",
        "line 5: kind 'guess'",
        "line 6: 'x-200' is of the kind keep",
        "line 7: 'kettle' is rewritten to itself",
        "line 8: the query is empty",
        "line 9: a rewrite is empty",
        "line 10: 6 rewrites",
    )
    assert len(read.problems) == len(wanted)
    for problem, start in zip(read.problems, wanted, strict=True):
        assert problem.startswith(start)


def test_a_file_of_no_use_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="no line can be used"):
        read_rewrites(write(tmp_path / "empty.tsv"))
    with pytest.raises(ConfigError, match="line 1: 1 columns"):
        read_rewrites(write(tmp_path / "words.tsv", "telly"))
    with pytest.raises(ConfigError, match="none is of the split dev"):
        read_rewrites(write(tmp_path / "train.tsv", "train\ttypo\tkettel\tkettle"), "dev")
    with pytest.raises(ConfigError, match="No such file"):
        read_rewrites(tmp_path / "nowhere.tsv")
    (tmp_path / "latin.tsv").write_bytes(b"caf\xe9\tcoffee")
    with pytest.raises(ConfigError, match="save the file as UTF-8"):
        read_rewrites(tmp_path / "latin.tsv")
