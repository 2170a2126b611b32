from __future__ import annotations

import gzip
import json
from pathlib import Path

import numpy as np
import pytest

from shopwright.bench.intent_sessions import read_sessions, session_rows, split
from shopwright.bench.task import Options
from shopwright.errors import CorpusError
from shopwright.sequences.log import Floats, Ints, Sessions
from shopwright.skills.intent.sessions.baselines import counts, popular, reciprocal_ranks

HELD = [np.array([1, 2, 3]), np.array([3, 3])]


def write(path: Path, sessions: list[list[int]]) -> None:
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(gzip.compress("\n".join(json.dumps(session) for session in sessions).encode()))


def test_gold_scores_one_and_empty_and_all_alike_score_nothing() -> None:
    following = {(1,): 2, (1, 2): 3, (3,): 3}

    def gold(clicks: Ints) -> tuple[Ints, Floats]:
        return np.array([0, following[tuple(clicks.tolist())]]), np.array([0.1, 0.9])

    def alike(clicks: Ints) -> tuple[Ints, Floats]:
        return np.arange(100), np.ones(100)

    assert reciprocal_ranks(gold, HELD).tolist() == [1, 1, 1]
    assert reciprocal_ranks(lambda clicks: (clicks[:0], np.zeros(0)), HELD).tolist() == [0, 0, 0]
    assert reciprocal_ranks(alike, HELD).tolist() == [0, 0, 0], "ties are broken against the scorer"


def test_the_place_is_the_reciprocal_and_ends_at_twenty() -> None:
    def descending(clicks: Ints) -> tuple[Ints, Floats]:
        return np.arange(1, 40), -np.arange(1.0, 40)

    def place(last: int) -> float:
        return float(reciprocal_ranks(descending, [np.array([1, last])])[0])

    assert [place(1), place(4), place(20), place(21)] == [1, 0.25, 0.05, 0]


def test_the_last_tenth_is_held_out_unless_there_is_a_test_file(tmp_path: Path) -> None:
    sessions = [[number, number + 1] for number in range(20)]
    write(tmp_path / "intent" / "diginetica_train.jsonl.gz", sessions)
    train, held = split(tmp_path)
    assert len(train) == 18
    assert [each.tolist() for each in held] == sessions[18:]
    write(tmp_path / "intent" / "diginetica_test.jsonl.gz", [[5, 6, 7]])
    train, held = split(tmp_path)
    assert len(train) == 20
    assert [each.tolist() for each in held] == [[5, 6, 7]]


def test_a_line_that_is_no_list_of_numbers_is_named(tmp_path: Path) -> None:
    path = tmp_path / "bad.jsonl.gz"
    path.write_bytes(gzip.compress(b'[1, 2]\n["p", 3]\n'))
    with pytest.raises(CorpusError, match=r"bad\.jsonl\.gz, line 2: must be a list of item numbers"):
        read_sessions(path)


def test_baselines_know_what_is_near_and_what_is_popular() -> None:
    train = Sessions.of([[0, 1], [0, 1], [0, 2], [3, 4]])
    items, scores = counts(train)(np.array([0]))
    assert dict(zip(items.tolist(), scores > scores.min(), strict=True)) == {1: True, 2: False}
    assert [len(part) for part in counts(train)(np.array([99]))] == [0, 0]
    items, scores = popular(train)(np.array([4]))
    assert items[scores.argmax()] == 4, "what the session opened comes first"
    assert items[np.argsort(-scores)[1]] == 0


def test_rows_name_the_measures_of_the_model_and_the_baselines(tmp_path: Path, planted_small: list[list[int]]) -> None:
    write(tmp_path / "intent" / "diginetica_train.jsonl.gz", planted_small)
    rows = {row.metric: row for row in session_rows(Options(data=tmp_path))}
    assert {"train_s", "p@20", "mrr@20", "p@20:counts", "mrr@20:counts", "p@20:pop", "mrr@20:pop"} <= set(rows)
    assert rows["mrr@20"].value > rows["mrr@20:pop"].value
    assert rows["p@20"].n == 3 * len(planted_small) // 10


@pytest.fixture
def planted_small() -> list[list[int]]:
    """Sessions over 120 items in which an even item is followed by the odd one after it."""
    random = np.random.default_rng(0)
    return [
        [item for even in random.integers(0, 60, 2) for item in (2 * int(even), 2 * int(even) + 1)] for _ in range(200)
    ]
