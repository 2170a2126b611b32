"""What comes next for each user of a folder of sequences: full ranking, leave-one-out, and what surprises.

    recall@k, ndcg@k        the last item of each sequence, ranked among all items that the user does not have yet; one
                            that is not listed counts 0
    hr@10:leaf_new          recall@10 where the item's leaf category is none of the user's; `top_new` likewise
    serendipity             share of 10 places that hold the last item although a primitive recommender, the 100 most
                            popular and the 50 nearest by counts, does not list it
    unexpected              share of 10 places that it does not list
    novelty                 mean -log2 of the share of choices that an item has
    coverage                share of all items that come up in any list of 10
    ild                     1 - mean cosine of the texts of a list of 10
    train_s                 from sequences and vectors of texts to a model; `encode_s`: the vectors

The list is the one that ships, with the dial at its default. In the same run: `:relevance`, the model's own order
without surprise and spread; `:knn`, counts of what followed the items of the history; `:pop`. `dial` draws recall@10
over `unexpected` at the settings of the dial. The model is learned from everything but the last items, numpy alone.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from shopwright.bench.recommend_data import ITEMS, SEQUENCES, Histories, read_histories, text_vectors
from shopwright.bench.recommend_lists import Shelf, ordered
from shopwright.bench.task import BenchSet, NeededFile, Options, Row, mean_row
from shopwright.metrics import catalogue_coverage, intra_list_diversity, novelty, serendipity_at
from shopwright.models.embedded import EmbeddedEncoder
from shopwright.sequences.log import Ints
from shopwright.skills.recommend.sequence.memory import Memory, best_of
from shopwright.skills.recommend.sequence.primitive import expected, item_knn
from shopwright.skills.recommend.sequence.sequence_model import SequenceModel, SequenceSettings
from shopwright.skills.recommend.serendipity import ADVENTURE

_BENCH, _K = "recommend", 10
FOLDER = "recommend"
"""Of the folders of sequences, below the folder of data."""
_DIAL = (0.0, 0.25, 0.5, 0.75, 1.0)
_USERS = 3_000
"""Users of the lists over the dial, drawn once."""

Recommender = Callable[[Ints], Ints]


@dataclass(frozen=True, eq=False)
class Case:
    """A user: what is known, what came next, and what a primitive recommender lists."""

    history: Ints
    target: int
    usual: frozenset[int]


def sequence_rows(name: str, options: Options, settings: SequenceSettings | None = None) -> Iterator[Row]:
    """Learns from a folder's sequences without their last items, and measures on these."""
    assert options.data is not None
    histories = read_histories(options.data / FOLDER / name)
    began = time.perf_counter()
    vectors_ND = text_vectors(histories.texts, EmbeddedEncoder())
    yield Row(_BENCH, name, "encode_s", time.perf_counter() - began, len(vectors_ND))
    began = time.perf_counter()
    model = SequenceModel.fit([each[:-1] for each in histories.sequences], histories.items(vectors_ND), settings)
    yield Row(_BENCH, name, "train_s", time.perf_counter() - began, len(histories.sequences))
    memory, shelf = model.memory, Shelf.of(model, histories.tops)
    cases = [_case(each, memory) for each in histories.sequences]
    recommenders: dict[str, Recommender] = {
        "": lambda history: ordered(shelf, history, ADVENTURE, _K),
        ":relevance": lambda history: model.top(history, _K),
        ":knn": lambda history: best_of(item_knn(memory, memory.known(history)), _K),
        ":pop": lambda history: _popular(memory, history),
    }
    strata = strata_of(cases, histories)
    for suffix, recommend in recommenders.items():
        began = time.perf_counter()
        lists = [recommend(case.history) for case in cases]
        took = time.perf_counter() - began
        yield Row(_BENCH, name, f"ms_per_list{suffix}", took / len(cases) * 1000, len(cases), seconds=took)
        for row in (*accuracy(lists, cases, strata), *_surprise(lists, cases, memory)):
            yield replace(row, set=name, metric=f"{row.metric}{suffix}", seconds=took)
    some = [cases[one] for one in np.random.default_rng(0).permutation(len(cases))[:_USERS]]
    yield from _dial(name, shelf, some)


def accuracy(lists: Sequence[Ints], cases: Sequence[Case], strata: dict[str, NDArray[np.bool_]]) -> Iterator[Row]:
    """How often the lists hold what came next, and how far up; the rows name no set.

    Args:
        lists: items for each case, best first.
        cases: of the same order.
        strata: which cases count in a stratum, by its name.
    """
    places = np.array([_place(found, case.target) for found, case in zip(lists, cases, strict=True)])
    for k in (5, _K):
        yield mean_row(_BENCH, "", f"recall@{k}", places < k, 0.0)
        yield mean_row(_BENCH, "", f"ndcg@{k}", np.where(places < k, 1 / np.log2(places + 2.0), 0.0), 0.0)
    for stratum, among in strata.items():
        yield mean_row(_BENCH, "", f"hr@{_K}:{stratum}", (places < _K)[among], 0.0)


def _surprise(lists: Sequence[Ints], cases: Sequence[Case], memory: Memory) -> Iterator[Row]:
    chosen = {str(item): int(count) for item, count in enumerate(memory.popularity)}
    total = len(memory.sessions.items)
    named = [_names(found) for found in lists]
    yield mean_row(_BENCH, "", "serendipity", _serendipity(lists, cases), 0.0)
    yield mean_row(_BENCH, "", "unexpected", _unexpected(lists, cases), 0.0)
    yield mean_row(_BENCH, "", "novelty", [novelty(found, chosen, total, _K) for found in named], 0.0)
    yield mean_row(_BENCH, "", "ild", [intra_list_diversity(memory.items.vectors[found]) for found in lists], 0.0)
    yield Row(_BENCH, "", "coverage", catalogue_coverage(named, len(memory.items)), len(lists))


def _dial(name: str, shelf: Shelf, cases: Sequence[Case]) -> Iterator[Row]:
    """Accuracy and surprise at each setting, and the curve of both."""
    began, points = time.perf_counter(), []
    for at in _DIAL:
        lists = [ordered(shelf, case.history, at, _K) for case in cases]
        hits = [case.target in found for found, case in zip(lists, cases, strict=True)]
        for metric, values in (
            (f"recall@{_K}", hits),
            ("serendipity", _serendipity(lists, cases)),
            ("unexpected", _unexpected(lists, cases)),
        ):
            yield mean_row(_BENCH, name, f"{metric}:dial_{at:g}", values, 0.0)
        points.append((float(np.mean(_unexpected(lists, cases))), float(np.mean(hits))))
    took = time.perf_counter() - began
    yield Row(_BENCH, name, "dial", points[0][1] - points[-1][1], len(cases), seconds=took, curve=tuple(points))


def _case(sequence: Ints, memory: Memory) -> Case:
    history = sequence[:-1]
    return Case(history, int(sequence[-1]), frozenset(expected(memory, memory.known(history))))


def strata_of(cases: Sequence[Case], histories: Histories) -> dict[str, NDArray[np.bool_]]:
    """Which users' next item is of a category that they do not know; items without one count nowhere."""
    return {
        stratum: np.array([of[case.target] >= 0 and of[case.target] not in of[case.history] for case in cases])
        for stratum, of in (("leaf_new", histories.leaves), ("top_new", histories.tops))
    }


def _popular(memory: Memory, history: Ints) -> Ints:
    known = frozenset(history.tolist())
    best = memory.best_selling[: _K + len(history)].tolist()
    return np.array([item for item in best if item not in known][:_K], np.int64)


def _place(found: Ints, target: int) -> int:
    at = np.flatnonzero(found == target)
    return int(at[0]) if len(at) else _K


def _serendipity(lists: Sequence[Ints], cases: Sequence[Case]) -> list[float]:
    return [
        serendipity_at(_names(found), {str(case.target)}, {str(item) for item in case.usual}, _K)
        for found, case in zip(lists, cases, strict=True)
    ]


def _unexpected(lists: Sequence[Ints], cases: Sequence[Case]) -> list[float]:
    return [
        sum(item not in case.usual for item in found.tolist()) / _K for found, case in zip(lists, cases, strict=True)
    ]


def _names(found: Ints) -> list[str]:
    return [str(item) for item in found.tolist()]


def names_in(data: Path | None) -> list[str]:
    """The folders of sequences in a folder of data; `beauty` where there is none."""
    folder = data / FOLDER if data is not None else None
    names = sorted(each.parent.name for each in folder.glob(f"*/{SEQUENCES}")) if folder is not None else []
    return names or ["beauty"]


def files_of(name: str) -> tuple[NeededFile, ...]:
    """What is read of a folder of sequences."""
    return (
        NeededFile(f"{FOLDER}/{name}/{SEQUENCES}", "a user and items a line, oldest first"),
        NeededFile(f"{FOLDER}/{name}/{ITEMS}", "an item a line: id, title, attrs"),
    )


def sequence_sets(data: Path | None) -> tuple[BenchSet, ...]:
    """A set for each folder of sequences."""
    return tuple(BenchSet(name, partial(sequence_rows, name), files_of(name)) for name in names_in(data))
