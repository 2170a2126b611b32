"""Windows of a packed corpus in a mixture of its sources, decided by seed and batch number alone.

A window is `context` tokens of a source; what the model reads is the corpus's end token and all but the last of them,
so that every window begins with the same token, which attention can rest on, and which always tells a document's first
token. The first token of a window that begins inside a document is not a target. Within an epoch of a source no token
is seen twice; each epoch has its own order and its own offset. Simplification: documents in one window see each other.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from shopwright.errors import CorpusError
from shopwright.train.corpus.shards import PackedCorpus, Split, Tokens

IGNORED = -100
Ids = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Batch:
    """Windows: what the model reads, what it must say (or `IGNORED`), shape (B, T); which are general (B,)."""

    inputs: Ids
    targets: Ids
    general: NDArray[np.bool_]

    def __len__(self) -> int:
        return len(self.inputs)

    def rows(self, start: int, stop: int | None = None, step: int = 1) -> Batch:
        """Some of the windows."""
        some = slice(start, stop, step)
        return Batch(self.inputs[some], self.targets[some], self.general[some])

    @property
    def told(self) -> int:
        """How many targets there are."""
        return int((self.targets != IGNORED).sum())


class Source:
    """The tokens of one source as shuffled windows, by their number.

    Args:
        shards: token ids, one array a shard.
        context: tokens of a window.
        seed: of the order.
        end: the token that closes a document.
    """

    def __init__(self, name: str, shards: Sequence[Tokens], context: int, seed: int, end: int = 0) -> None:
        self._shards, self._context, self._end = shards, context, end
        self._seed = [seed, *name.encode()]
        self._starts = np.cumsum([0, *(len(shard) for shard in shards)])
        self.tokens = int(self._starts[-1])
        self.per_epoch = max((self.tokens - context + 1) // context, 1)
        self._epoch = -1
        self._order: Ids = np.empty(0, np.int64)
        self._offset = 0

    def window(self, number: int) -> Ids:
        """The tokens of the window of that number, shape (T,), after the token before them, shape (1 + T,)."""
        epoch, place = divmod(number, self.per_epoch)
        if epoch != self._epoch:
            chance = np.random.default_rng([*self._seed, epoch])
            self._order = chance.permutation(self.per_epoch)
            spare = max(self.tokens - self.per_epoch * self._context, 0)
            self._offset, self._epoch = int(chance.integers(0, spare + 1)), epoch
        start = self._offset + int(self._order[place]) * self._context
        return self._read(start, self._context)

    def _read(self, start: int, length: int) -> Ids:
        """A token before and `length` tokens from `start` on, across shards and, in a tiny source, round its end."""
        places = np.arange(start - 1, start + length)
        before = places[0] < 0
        places %= self.tokens
        shard = np.searchsorted(self._starts, places, side="right") - 1
        found = np.empty(length + 1, np.int64)
        for each in np.unique(shard):
            here = shard == each
            found[here] = self._shards[each][places[here] - self._starts[each]]
        if before:
            found[0] = self._end
        return found


class Mixture:
    """Batches drawn from the sources of a corpus by weight.

    Args:
        corpus: where the sources are.
        context: tokens of a window.
        seed: of everything.
        temperature: a source's share is its weight to the power of 1 / temperature.
        replay: share of windows from general sources; None: as the weights have it.

    Raises:
        CorpusError: no source has text to train on, or there is none of a kind that is asked for.
    """

    def __init__(
        self, corpus: PackedCorpus, context: int, seed: int, *, temperature: float = 1.0, replay: float | None = None
    ) -> None:
        info = corpus.manifest.sources
        names = [name for name in corpus.sources("train") if info[name].weight > 0 and corpus.count(name)[0] > 0]
        if not names:
            raise CorpusError(f"{corpus.folder} has no source with text to train on: build the corpus again")
        self._seed, self._end = seed, corpus.manifest.end
        self.sources = [Source(name, corpus.tokens(name), context, seed, self._end) for name in names]
        self.names = names
        self.general = np.array([info[name].kind == "general" for name in names])
        self._weights = np.array([info[name].weight for name in names], float) ** (1 / temperature)
        self.replay = replay
        for share, there, kind in ((replay, self.general, "general"), (1 - (replay or 0), ~self.general, "domain")):
            if replay is not None and share and not there.any():
                raise CorpusError(f"{corpus.folder} has no {kind} source, but --replay {replay} asks for one")
        self.drawn = np.zeros(len(names), np.int64)

    @property
    def shares(self) -> NDArray[np.float64]:
        """Share of windows of each source, in order of `names`; they sum to 1."""
        weights = self._weights.copy()
        if self.replay is not None:
            for kind, share in ((self.general, self.replay), (~self.general, 1 - self.replay)):
                weights[kind] *= share / max(weights[kind].sum(), 1e-12)
        return weights / weights.sum()

    def batch(self, number: int, rows: int) -> Batch:
        """The batch of that number; calls go from 0 on, or from where `load` set it."""
        chance = np.random.default_rng([self._seed, 1, number])
        points = (np.arange(rows) + chance.random()) / rows
        chosen = np.minimum(np.searchsorted(np.cumsum(self.shares), points, side="right"), len(self.sources) - 1)
        chosen = chance.permutation(chosen)
        windows = np.stack([self._next(int(each)) for each in chosen])
        inputs = windows[:, :-1].copy()
        targets = windows[:, 1:].copy()
        targets[inputs[:, 0] != self._end, 0] = IGNORED
        inputs[:, 0] = self._end
        return Batch(inputs, targets, self.general[chosen])

    def preview(self, rows: int) -> Batch:
        """The first windows, for trying out; nothing counts as drawn."""
        drawn = self.drawn.copy()
        batch = self.batch(0, rows)
        self.drawn = drawn
        return batch

    def state(self) -> dict[str, Any]:
        """How many windows of each source were drawn, and the replay ratio."""
        drawn = {name: int(count) for name, count in zip(self.names, self.drawn, strict=True)}
        return {"drawn": drawn, "replay": self.replay}

    def load(self, state: Mapping[str, Any]) -> None:
        """Go on from what `state` returned.

        Raises:
            CorpusError: the corpus has other sources.
        """
        if set(state["drawn"]) != set(self.names):
            raise CorpusError(
                f"the training was begun with the sources {', '.join(sorted(state['drawn']))}, the corpus has "
                f"{', '.join(sorted(self.names))}: give the same corpus, or another --out"
            )
        self.drawn = np.array([state["drawn"][name] for name in self.names], np.int64)
        self.replay = state["replay"]

    def _next(self, source: int) -> Ids:
        window = self.sources[source].window(int(self.drawn[source]))
        self.drawn[source] += 1
        return window


def held_out(corpus: PackedCorpus, source: str, context: int, tokens: int, split: Split = "valid") -> tuple[Ids, Ids]:
    """The first windows of a source's held-out text, in order: inputs and targets, shape (B, T); B may be 0."""
    shards = [shard[:tokens] for shard in corpus.tokens(source, split)]
    stream = np.concatenate(shards or [np.empty(0, np.uint16)])[:tokens]
    count = len(stream) // context
    windows = stream[: count * context].astype(np.int64).reshape(count, context)
    inputs = np.concatenate([np.full((count, 1), corpus.manifest.end, np.int64), windows[:, :-1]], axis=1)
    return inputs, windows
