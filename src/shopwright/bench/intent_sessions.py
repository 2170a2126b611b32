"""Next item of anonymous sessions (Diginetica): every prefix of a held-out session predicts the click after it.

Where there is no `diginetica_test.jsonl.gz`, the last tenth of the sessions is held out; the file is in order of time.
The model is learned in the run, from the other sessions alone. An item outside of the first 20 counts 0, also one that
no session of the training part has. Items of equal score take the place of the last among them.

Baselines (`skills.intent.sessions.baselines`): `:counts`, what was clicked near each item of the session, and `:pop`,
the most clicked items.
"""

from __future__ import annotations

import gzip
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import orjson

from shopwright.bench.task import BenchSet, NeededFile, Options, Row, mean_row
from shopwright.errors import CorpusError
from shopwright.sequences.log import Ints, Sessions
from shopwright.skills.intent.sessions.baselines import Scorer, counts, popular, reciprocal_ranks
from shopwright.skills.intent.sessions.model import SessionModel

_BENCH, _NAME, _K = "intent", "diginetica", 20
_TRAIN, _TEST = "intent/diginetica_train.jsonl.gz", "intent/diginetica_test.jsonl.gz"
_HELD_OUT = 10


def session_rows(options: Options) -> Iterator[Row]:
    """Measures the session model and its baselines."""
    assert options.data is not None
    train, test = split(options.data)
    began = time.perf_counter()
    model = SessionModel.fit(train)
    yield Row(_BENCH, _NAME, "train_s", time.perf_counter() - began, len(train))
    for suffix, scorer in (
        ("", model.distribution),
        (":counts", counts(train)),
        (":pop", popular(train, _K)),
    ):
        yield from _measured(suffix, scorer, test)


def split(data: Path) -> tuple[Sessions, list[Ints]]:
    """Sessions to learn from, and those held out."""
    sessions = read_sessions(data / _TRAIN)
    if (data / _TEST).is_file():
        return Sessions.of(sessions), [np.asarray(each, np.int64) for each in read_sessions(data / _TEST)]
    cut = len(sessions) - len(sessions) // _HELD_OUT
    return Sessions.of(sessions[:cut]), [np.asarray(each, np.int64) for each in sessions[cut:]]


def read_sessions(path: Path) -> list[list[int]]:
    """One list of item numbers a line.

    Raises:
        CorpusError: a line is no list of whole numbers.
    """
    with gzip.open(path, "rb") as lines:
        sessions = [orjson.loads(line) for line in lines if line.strip()]
    for number, session in enumerate(sessions, start=1):
        if not isinstance(session, list) or not all(isinstance(item, int) for item in session):
            raise CorpusError(f"{path.name}, line {number}: must be a list of item numbers")
    return sessions


def _measured(suffix: str, scorer: Scorer, sessions: list[Ints]) -> Iterator[Row]:
    began = time.perf_counter()
    ranks = reciprocal_ranks(scorer, sessions, _K)
    took = time.perf_counter() - began
    yield mean_row(_BENCH, _NAME, f"p@{_K}{suffix}", ranks > 0, took)
    yield mean_row(_BENCH, _NAME, f"mrr@{_K}{suffix}", ranks, took)
    yield Row(_BENCH, _NAME, f"ms_per_click{suffix}", took / max(len(ranks), 1) * 1000, len(ranks), seconds=took)


SET = BenchSet(_NAME, session_rows, (NeededFile(_TRAIN, "a list of item numbers a line, a session each"),))
