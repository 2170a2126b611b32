"""Groups of responses to one prompt, each with a strength, in place of the pairs that they imply.

    for group in groups(store, Selection(split="train")):
        group.responses, group.strengths          # N ids, N strengths: P(i better than j) = sigmoid(s_i - s_j)
    pair_count(store).pairs

Two responses that were each compared with a third are thereby compared with each other: of comparisons with one shared
baseline the strength of a response is the logit of its label, and that of the baseline is 0. N responses stand for
N (N - 1) / 2 pairs, which nobody has to make. Where more than a baseline was compared, see `potentials`.

A group is a connected part of what one annotator said of one prompt in one respect, since the scales of annotators
differ. Labels of the same pair are averaged; pairs that an annotator judged both ways are counted.

Why logits: of 19,960 pairs of AlpacaEval that both of its annotators decide, they agree on 98 % where the second's
logits are 7 or more apart and on 85 % where these are 0.5 to 1 apart, also among labels within 0.02 of each other.
Differences beyond 5 promise more than that: 0.997 where 0.96 agree.

Left out, and counted by `groups(..., counted=)`: comparisons of responses that are empty or endless, annotators who
nearly always take one side, and groups in which every response is as good as any other.

In memory are 40 bytes a comparison of one part of the prompts; the table is read once for each of `parts`. Texts are
not touched.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from shopwright.errors import ConfigError, MissingExtraError
from shopwright.train.align.audit import one_sided
from shopwright.train.align.examples import OVERALL, Ids, Split, Splits
from shopwright.train.align.potentials import roots, strengths
from shopwright.train.align.store import RewardStore

CUT = 5e-5
"""Half of the last of four decimals, with which judges give their labels."""
_PART_ROWS = 4_000_000
_TIE = 1e-6
_DECIMALS = 6
_COLUMNS = ("prompt", "first", "second", "label", "objective", "annotator")

Floats = NDArray[np.float64]
Places = NDArray[np.intp]


@dataclass(frozen=True, slots=True)
class Selection:
    """Which groups are wanted.

    Args:
        split: whose prompts; None for all.
        splits: the shares of the parts.
        objective: in which respect.
        flawed: whether responses that are empty or endless and one-sided annotators stay in.
        cut: labels are cut to `cut` .. 1 - `cut`, since a certain label has no finite logit.

    Raises:
        ConfigError: a cut that leaves nothing or cuts nothing.
    """

    split: Split | None = None
    splits: Splits = field(default_factory=Splits)
    objective: str = OVERALL
    flawed: bool = False
    cut: float = CUT

    def __post_init__(self) -> None:
        if not 0 < self.cut < 0.5:
            raise ConfigError(f"cut {self.cut}: above 0 and below 0.5, such as {CUT}")


@dataclass(frozen=True, eq=False)
class Group:
    """N responses to one prompt, as one annotator saw them.

    Args:
        prompt: its id.
        responses: ids, N of them, in order of id.
        strengths: in logits, shape (N,); only differences mean anything.
        weights: how many comparisons speak of each, shape (N,).
        annotator, objective: who judged, in which respect.
        inconsistency: the share of the comparisons' squared logits that no strengths explain, 0 to 1.
        contradicted: how many pairs were judged both ways and stand in it with their mean.
    """

    prompt: int
    responses: Ids
    strengths: Floats
    weights: Floats
    annotator: str
    objective: str = OVERALL
    inconsistency: float = 0.0
    contradicted: int = 0

    @property
    def pairs(self) -> int:
        """How many pairs it stands for."""
        return len(self.responses) * (len(self.responses) - 1) // 2

    @cached_property
    def tied(self) -> int:
        """How many of these are ties, by equal strengths."""
        _, counts = np.unique(np.round(self.strengths / _TIE), return_counts=True)
        return int(np.sum(counts * (counts - 1) // 2))


@dataclass(frozen=True, slots=True)
class PairCount:
    """What the groups of a store stand for; `decided` pairs are those that are not tied."""

    groups: int = 0
    responses: int = 0
    pairs: int = 0
    decided: int = 0


def groups(
    store: RewardStore,
    selection: Selection | None = None,
    *,
    parts: int | None = None,
    counted: Counter[str] | None = None,
) -> Iterator[Group]:
    """The groups of a store, in order of the parts and within them of the prompts' ids.

    Args:
        store: of comparisons.
        selection: which of them; all by default.
        parts: how often the table is read; by default as often as keeps a part under four million comparisons.
        counted: takes what was left out, by reason.

    Raises:
        ConfigError: `parts` under 1.
        CorpusError: a shard is damaged.
    """
    if parts is None:
        parts = max(1, -(-store.counts()["comparisons"] // _PART_ROWS))
    if parts < 1:
        raise ConfigError(f"parts {parts}: at least 1")
    selection = selection or Selection()
    left = _LeftOut.of(store, selection)
    for part in range(parts):
        yield from _groups(store, selection, left, (part, parts), Counter() if counted is None else counted)


def ray_groups(store: RewardStore, selection: Selection | None = None, *, parts: int = 16) -> Iterator[Group]:
    """The same groups, made on Ray Data, a task for each part; the parts come in any order.

    Raises:
        ConfigError: `parts` under 1.
        MissingExtraError: Ray is not installed.
    """
    try:
        import ray.data as ray_data
    except ImportError as error:
        raise MissingExtraError("ray_groups", "ray") from error
    if parts < 1:
        raise ConfigError(f"parts {parts}: at least 1")
    folder, wanted = store.folder, selection or Selection()
    left = _LeftOut.of(store, wanted)

    def made(row: dict[str, Any]) -> list[dict[str, Any]]:
        found = _groups(RewardStore(folder), wanted, left, (int(row["item"]), parts), Counter())
        return [_packed(group) for group in found]

    for row in ray_data.from_items(list(range(parts))).flat_map(made).iter_rows():
        yield _unpacked(row)


def pair_count(
    store: RewardStore, selection: Selection | None = None, *, counted: Counter[str] | None = None
) -> PairCount:
    """What the groups of a store stand for; arguments as for `groups`."""
    count = responses = pairs = tied = 0
    for group in groups(store, selection, counted=counted):
        count, responses = count + 1, responses + len(group.responses)
        pairs, tied = pairs + group.pairs, tied + group.tied
    return PairCount(count, responses, pairs, pairs - tied)


@dataclass(frozen=True, slots=True, eq=False)
class _LeftOut:
    """Whom nothing is learned from: responses by id, annotators by name."""

    responses: Ids
    annotators: tuple[str, ...]

    @classmethod
    def of(cls, store: RewardStore, selection: Selection) -> _LeftOut:
        found = [np.zeros(0, np.uint64)]
        if selection.flawed:
            return cls(found[0], ())
        found += [
            batch.column(0).to_numpy()[batch.column(1).to_numpy(zero_copy_only=False) != ""]
            for batch in store.batches("responses", ["id", "flaw"], rows=1 << 16)
        ]
        return cls(np.concatenate(found), tuple(one_sided(store)))


def _groups(
    store: RewardStore, selection: Selection, left: _LeftOut, part: tuple[int, int], counted: Counter[str]
) -> Iterator[Group]:
    """The groups of the prompts whose ids leave the rest `part[0]` when divided by `part[1]`."""
    names: dict[str, int] = {}
    batches = store.batches("comparisons", _COLUMNS, rows=1 << 16)
    kept = [_wanted(batch, selection, left, part, names, counted) for batch in batches]
    if not kept:
        return
    prompt, first, second, label, annotator = (np.concatenate(each) for each in zip(*kept, strict=True))
    order = np.lexsort((annotator, prompt))
    prompt, first, second, label, annotator = (each[order] for each in (prompt, first, second, label, annotator))
    changes = np.flatnonzero((np.diff(prompt) != 0) | (np.diff(annotator) != 0)) + 1
    called = list(names)
    for here in np.split(np.arange(len(prompt)), changes):
        if not len(here):
            return
        one, other, labels, cut = first[here], second[here], label[here], selection.cut
        by = called[annotator[here[0]]]
        for group in _connected(int(prompt[here[0]]), one, other, labels, cut, by, selection.objective):
            counted["pairs judged both ways, averaged"] += group.contradicted
            if group.tied == group.pairs:
                counted["groups that are all ties"] += 1
            else:
                yield group


def _wanted(
    batch: Any,
    selection: Selection,
    left: _LeftOut,
    part: tuple[int, int],
    names: dict[str, int],
    counted: Counter[str],
) -> tuple[Ids, Ids, Ids, Floats, Places]:
    """Prompt, first, second, label and number of the annotator of the comparisons that are wanted."""
    prompt, first, second, label = (batch.column(place).to_numpy() for place in range(4))
    mine = prompt % np.uint64(part[1]) == np.uint64(part[0])
    mine &= batch.column(4).to_numpy(zero_copy_only=False) == selection.objective
    if selection.split is not None:
        mine &= selection.splits.mask(prompt, selection.split)
    by = batch.column(5).dictionary_encode()
    numbers = np.array([names.setdefault(name, len(names)) for name in by.dictionary.to_pylist()], np.intp)
    annotator = numbers[by.indices.to_numpy(zero_copy_only=False)]
    sided = mine & np.isin(annotator, [names[name] for name in left.annotators if name in names])
    flawed = mine & ~sided & (np.isin(first, left.responses) | np.isin(second, left.responses))
    counted["comparisons of one-sided annotators"] += int(np.sum(sided))
    counted["comparisons of empty or endless responses"] += int(np.sum(flawed))
    mine &= ~(sided | flawed)
    labels = np.round(label[mine].astype(np.float64), _DECIMALS)
    return prompt[mine], first[mine], second[mine], labels, annotator[mine]


def _connected(
    prompt: int, first: Ids, second: Ids, labels: Floats, cut: float, annotator: str, objective: str
) -> Iterator[Group]:
    """What one annotator said of one prompt, as one group for each connected part."""
    ids, places = np.unique(np.concatenate([first, second]), return_inverse=True)
    one, other = places[: len(first)], places[len(first) :]
    upward = np.where(one < other, labels, 1 - labels)
    edges, edge_of = np.unique(np.minimum(one, other) * len(ids) + np.maximum(one, other), return_inverse=True)
    both = (np.bincount(edge_of, upward > 0.5) > 0) & (np.bincount(edge_of, upward < 0.5) > 0)
    mean = np.clip(np.bincount(edge_of, upward) / np.bincount(edge_of), cut, 1 - cut)
    one, other, logits = edges // len(ids), edges % len(ids), np.log(mean / (1 - mean))
    told = np.bincount(places, minlength=len(ids)).astype(np.float64)
    root = roots(one, other, len(ids))
    for each in np.unique(root):
        mine, edge = np.flatnonzero(root == each), root[one] == each
        begins, ends = np.searchsorted(mine, one[edge]), np.searchsorted(mine, other[edge])
        found, rest = strengths(begins, ends, logits[edge], len(mine))
        yield Group(prompt, ids[mine], found, told[mine], annotator, objective, rest, int(np.sum(both[edge])))


def _packed(group: Group) -> dict[str, Any]:
    """A group as plain values: ids as bytes, since a table of Ray's may take large integers for floats."""
    return {
        "prompt": group.prompt.to_bytes(8, "big"),
        "responses": group.responses.astype(">u8").tobytes(),
        "strengths": group.strengths.tobytes(),
        "weights": group.weights.tobytes(),
        "annotator": group.annotator,
        "objective": group.objective,
        "inconsistency": group.inconsistency,
        "contradicted": group.contradicted,
    }


def _unpacked(row: dict[str, Any]) -> Group:
    return Group(
        int.from_bytes(row["prompt"], "big"),
        np.frombuffer(row["responses"], ">u8").astype(np.uint64),
        np.frombuffer(row["strengths"], np.float64),
        np.frombuffer(row["weights"], np.float64),
        row["annotator"],
        row["objective"],
        float(row["inconsistency"]),
        int(row["contradicted"]),
    )
