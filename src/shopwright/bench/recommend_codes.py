"""The generator of semantic ids alone, on the first folder of sequences: full ranking, leave-one-out, seconds.

    recall@k, ndcg@k        the last item of each sequence among what is written after the others, 50 at most, none of
                            which the user has; one that is not written counts 0
    hr@10:leaf_new          recall@10 where the item's leaf category is none of the user's; `top_new` likewise
    cold@50                 recall@50 where the item is in nobody's sequence before
    train_s, ms_per_list    training on one thread; writing 50 items

It is trained on everything but the last items with the settings of `train codes`, which takes some ten minutes, so it
runs only when it is named; the sets of sequences print what it is to be compared with. Needs the extra `train`.
"""

from __future__ import annotations

import tempfile
import time
from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from importlib.util import find_spec
from pathlib import Path

import numpy as np

from shopwright.bench.recommend_data import read_histories, text_vectors
from shopwright.bench.recommend_sequences import FOLDER, Case, accuracy, files_of, names_in, strata_of
from shopwright.bench.task import BenchSet, Options, Row, mean_row
from shopwright.errors import MissingExtraError
from shopwright.models.embedded import EmbeddedEncoder
from shopwright.sequences.log import Ints, Sessions
from shopwright.skills.recommend.codes.generator import Generator
from shopwright.train.recommend.settings import GeneratorSettings

_BENCH, _NAME, _WIDTH = "recommend", "codes", 50


def codes_rows(folder: str, options: Options, settings: GeneratorSettings | None = None) -> Iterator[Row]:
    """Trains on a folder's sequences without their last items, and measures on these.

    Raises:
        MissingExtraError: torch is not installed.
    """
    assert options.data is not None
    if not all(map(find_spec, ("torch", "transformers"))):
        raise MissingExtraError(f"bench {_BENCH} --set {_NAME}", "train")
    from shopwright.train.recommend.generator import train_generator

    histories = read_histories(options.data / FOLDER / folder)
    vectors_NV = text_vectors(histories.texts, EmbeddedEncoder())
    cases = [Case(each[:-1], int(each[-1]), frozenset()) for each in histories.sequences]
    sessions = Sessions.of([case.history for case in cases], len(vectors_NV))
    began = time.perf_counter()
    with tempfile.TemporaryDirectory(prefix="bench-") as work:
        generator = train_generator(
            sessions, vectors_NV, Path(work), settings or GeneratorSettings(), report=lambda _: None
        )
    yield Row(_BENCH, _NAME, "train_s", time.perf_counter() - began, len(cases))
    began = time.perf_counter()
    lists = [_written(generator, case.history) for case in cases]
    took = time.perf_counter() - began
    yield Row(_BENCH, _NAME, "ms_per_list", took / len(cases) * 1000, len(cases), seconds=took)
    for row in accuracy(lists, cases, strata_of(cases, histories)):
        yield replace(row, set=_NAME, seconds=took)
    seen = np.bincount(sessions.items, minlength=len(vectors_NV))
    cold = [case.target in found for found, case in zip(lists, cases, strict=True) if not seen[case.target]]
    yield mean_row(_BENCH, _NAME, f"cold@{_WIDTH}", cold, took)


def codes_set(data: Path | None) -> BenchSet:
    """The set over the first folder of sequences; not measured unless it is named."""
    folder = names_in(data)[0]
    return BenchSet(_NAME, partial(codes_rows, folder), files_of(folder), default=False)


def _written(generator: Generator, history: Ints) -> Ints:
    """What is likeliest and new to the user, best first."""
    allowed = np.ones(len(generator.codes_ND), np.bool_)
    allowed[history] = False
    return generator.propose(history, _WIDTH, allowed)[0]
