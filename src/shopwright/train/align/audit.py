"""What is wrong with the judgements of a store: contradictions, cycles, one-sided annotators.

    report = audit(store)
    report.found["comparisons that another contradicts"], report.one_sided

A pair is contradicted when of the judgements of the same two responses in the same respect some favour the one and some
the other; a cycle is i better than j better than k better than i, by the mean label of each pair. Both are counted
within what one annotator said of a prompt and across annotators. Cycles are found by taking away, again and again,
responses that beat nobody or that nobody beats; what is left lies on a cycle or between two.

In memory are 36 bytes a comparison.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

from shopwright.train.align.examples import Ids
from shopwright.train.align.report import RewardReport
from shopwright.train.align.store import RewardStore

LEAST, SHARE = 50, 0.98
"""An annotator is one-sided from so many decided judgements, of which so large a share takes one side."""

Ints = NDArray[np.int64]


def one_sided(store: RewardStore) -> list[str]:
    """Annotators who nearly always favour the first, or the second, or give one score whatever they judge."""
    decided, seconds = Counter[str](), Counter[str]()
    for batch in store.batches("comparisons", ["label", "annotator"], rows=1 << 16):
        label, (names, codes) = batch.column(0).to_numpy(), _coded(batch.column(1))
        for name, count, second in zip(
            names, np.bincount(codes, label != 0.5).tolist(), np.bincount(codes, label > 0.5).tolist(), strict=True
        ):
            decided[name] += int(count)
            seconds[name] += int(second)
    told: Counter[str] = Counter()
    values: dict[str, tuple[float, float]] = {}
    for batch in store.batches("scores", ["value", "annotator"], rows=1 << 16):
        value, (names, codes) = batch.column(0).to_numpy(), _coded(batch.column(1))
        least, most = np.full(len(names), np.inf), np.full(len(names), -np.inf)
        np.minimum.at(least, codes, value)
        np.maximum.at(most, codes, value)
        for name, count, low, high in zip(
            names, np.bincount(codes).tolist(), least.tolist(), most.tolist(), strict=True
        ):
            before = values.get(name, (low, high))
            values[name] = min(low, before[0]), max(high, before[1])
            told[name] += count
    sided = {name for name, count in decided.items() if _is_one_sided(seconds[name], count)}
    return sorted(sided | {name for name, (low, high) in values.items() if low == high and told[name] >= LEAST})


def audit(store: RewardStore) -> RewardReport:
    """An account of what is stored; nothing is changed."""
    report = RewardReport(one_sided=tuple(one_sided(store)))
    for batch in store.batches("responses", ["flaw"], rows=1 << 16):
        names, codes = _coded(batch.column(0))
        for name, count in zip(names, np.bincount(codes).tolist(), strict=True):
            if name:
                report.found[f"responses marked {name}"] += count
    prompt, first, second, label, respect, annotator = _comparisons(store)
    report.found["ties"] = int(np.sum(label == 0.5))
    low, high = np.minimum(first, second), np.maximum(first, second)
    upward = np.where(first < second, label, 1 - label)
    for scope, by in (("", annotator), (" across annotators", np.zeros_like(annotator))):
        keys = np.stack([by.astype(np.uint64), respect.astype(np.uint64), prompt, low, high])
        order = np.lexsort(keys[::-1])
        keys, told = keys[:, order], upward[order]
        pair_of = np.cumsum(np.r_[False, np.any(np.diff(keys, axis=1) != 0, axis=0)]) if len(told) else order
        pairs = keys[:, np.searchsorted(pair_of, np.arange(pair_of[-1] + 1))] if len(told) else keys
        times = np.bincount(pair_of)
        up, down = np.bincount(pair_of, told > 0.5), np.bincount(pair_of, told < 0.5)
        mean = np.bincount(pair_of, told) / np.maximum(times, 1)
        report.found[f"pairs judged more than once{scope}"] = int(np.sum(times > 1))
        report.found[f"pairs judged both ways{scope}"] = int(np.sum((up > 0) & (down > 0)))
        counts = [_on_cycles(low, high, mean) for low, high, mean in _graphs(pairs, mean)]
        report.found[f"prompts with a cycle{scope}"] = sum(count > 0 for count in counts)
        report.found[f"pairs on or between cycles{scope}"] = sum(counts)
    return report


def _is_one_sided(second: int, decided: int) -> bool:
    return decided >= LEAST and max(second, decided - second) >= SHARE * decided


def _coded(column: Any) -> tuple[list[str], Ints]:
    """The distinct strings of an Arrow column, and for each row which of them it holds."""
    coded = column.dictionary_encode()
    return coded.dictionary.to_pylist(), coded.indices.to_numpy(zero_copy_only=False).astype(np.int64)


def _comparisons(store: RewardStore) -> tuple[Ids, Ids, Ids, NDArray[np.float64], Ints, Ints]:
    """Prompt, first, second, label, number of the objective, number of the annotator, of all comparisons."""
    names: dict[str, int] = {}
    parts: list[tuple[NDArray[np.generic], ...]] = []
    columns = ["prompt", "first", "second", "label", "objective", "annotator"]
    for batch in store.batches("comparisons", columns, rows=1 << 16):
        numbers = []
        for place in (4, 5):
            own, codes = _coded(batch.column(place))
            numbers.append(np.array([names.setdefault(name, len(names)) for name in own], np.int64)[codes])
        parts.append((*(batch.column(place).to_numpy() for place in range(4)), *numbers))
    if not parts:
        none, zero = np.zeros(0, np.uint64), np.zeros(0, np.int64)
        return none, none, none, np.zeros(0), zero, zero
    prompt, first, second, label, respect, annotator = (np.concatenate(each) for each in zip(*parts, strict=True))
    return prompt, first, second, label.astype(np.float64), respect, annotator


def _graphs(pairs: Ids, mean: NDArray[np.float64]) -> Iterator[tuple[Ids, Ids, NDArray[np.float64]]]:
    """The pairs of each annotator, objective and prompt; they come sorted by these."""
    if not pairs.shape[1]:
        return
    begins = np.flatnonzero(np.r_[True, np.any(np.diff(pairs[:3], axis=1) != 0, axis=0)])
    for begin, end in zip(begins, [*begins[1:], pairs.shape[1]], strict=True):
        yield pairs[3, begin:end], pairs[4, begin:end], mean[begin:end]


def _on_cycles(low: Ids, high: Ids, mean: NDArray[np.float64]) -> int:
    """How many of the decided pairs of one graph are left when no response can be taken away."""
    told = mean != 0.5
    ids, places = np.unique(np.concatenate([low[told], high[told]]), return_inverse=True)
    one, other = places[: int(np.sum(told))], places[int(np.sum(told)) :]
    up = mean[told] > 0.5
    better, worse = np.where(up, other, one), np.where(up, one, other)
    while True:
        wins, losses = np.bincount(better, minlength=len(ids)) > 0, np.bincount(worse, minlength=len(ids)) > 0
        keep = (wins & losses)[better] & (wins & losses)[worse]
        if keep.all():
            return len(better)
        better, worse = better[keep], worse[keep]
