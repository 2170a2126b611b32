"""A session as one vector, in the space of its items: it points at what is opened next. numpy alone.

The vector is a mean of the vectors of the latest clicks, weighted by place (from the last click back, other weights for
each number of clicks); an item's score is its cosine to it over a temperature.

Method: CORE (Hou et al., 2022), which showed that a session is best kept a weighted mean of its items, with cosines, a
temperature and dropout on the vectors of items; here the weights are learned for each place instead of computed by an
attention network. Each prefix of a session is an example. The softmax runs over the batch's own next items and others
drawn at random, each of them counted by its chance to be there (sampled softmax: Bengio and Senecal, 2008). Adam
(Kingma and Ba, 2015) moves only the rows that a batch touches.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from shopwright.errors import ConfigError
from shopwright.sequences.log import Ints, Sessions

Vectors = NDArray[np.float32]
_FIRST_FADE = 0.3
"""Before learning, the weight of a click falls by exp(-0.3) for each click after it."""
_LAST_RATE = 0.1
"""The rate falls in a line to this share of the first."""


@dataclass(frozen=True, slots=True)
class EncoderSettings:
    """How an encoder is learned.

    Args:
        dimensions: length of a vector.
        window: clicks that count, the latest.
        passes: over all prefixes, more of them in a small log.
        batch: prefixes a step.
        drawn: items drawn at random into the softmax of a step.
        rate: of Adam, at first.
        dropout: share of the numbers of a vector that a step does not see.
        temperature: that cosines are divided by.
        least: steps, at least: a small log is passed over until there were so many.
    """

    dimensions: int = 64
    window: int = 12
    passes: int = 8
    batch: int = 512
    drawn: int = 1500
    rate: float = 0.004
    dropout: float = 0.2
    temperature: float = 0.07
    least: int = 500

    def __post_init__(self) -> None:
        for name in ("dimensions", "window", "passes", "batch", "drawn", "least"):
            if getattr(self, name) < 1:
                raise ConfigError(f"{name} {getattr(self, name)}: must be 1 or more")
        if not 0 <= self.dropout < 1:
            raise ConfigError(f"dropout {self.dropout}: must be 0 or more and below 1")
        if self.rate <= 0 or self.temperature <= 0:
            raise ConfigError(f"rate {self.rate}, temperature {self.temperature}: must be above 0")


class Encoder:
    """Vectors of items, and weights of places.

    Args:
        table: a vector for each item, any length.
        places: logits of the weight of each click from the last one back, a row for each number of clicks.
        temperature: that cosines are divided by.
    """

    def __init__(self, table: Vectors, places: Vectors, temperature: float) -> None:
        self.table = table
        self.places = places
        self.temperature = temperature
        self.units = table / _lengths(table)

    def vector(self, clicks: Ints) -> Vectors:
        """The unit vector of a session; zero without a click."""
        back = clicks[::-1][: len(self.places)]
        if not len(back):
            return np.zeros(self.table.shape[1], np.float32)
        raised = np.exp(self.places[len(back) - 1, : len(back)])
        mean = raised @ self.table[back]
        return np.asarray(mean / _lengths(mean), np.float32)

    def scores(self, clicks: Ints) -> Vectors:
        """Score of every item as the next one; their softmax is its probability."""
        return np.asarray(self.units @ self.vector(clicks) / self.temperature, np.float32)


@dataclass(frozen=True, slots=True, eq=False)
class Batch:
    """Prefixes and what followed them.

    Args:
        clicks: of every prefix, the last click first, prefix after prefix.
        lengths: clicks of each prefix, 1 or more.
        goals: the item that followed.
    """

    clicks: Ints
    lengths: Ints
    goals: Ints

    @classmethod
    def before(cls, places: Ints, sessions: Sessions, window: int) -> Batch:
        """The prefixes that end before some clicks, which must not be the first of their sessions."""
        lengths = np.minimum(sessions.position_of[places], window)
        back = _counted(lengths)
        return cls(sessions.items[np.repeat(places, lengths) - 1 - back], lengths, sessions.items[places])


@dataclass(frozen=True, slots=True, eq=False)
class Gradient:
    """The mean loss of a batch, and its slopes for the rows of the table that it touches and for all places."""

    loss: float
    rows: Ints
    of_rows: Vectors
    of_places: Vectors


def gradient(
    encoder: Encoder, batch: Batch, among: Ints, log_chance: Vectors, dropped: Callable[[tuple[int, int]], Vectors]
) -> Gradient:
    """Cross-entropy of the next items under a softmax over some items, and its slopes.

    Args:
        encoder: whose slopes they are.
        batch: the prefixes.
        among: the items of the softmax, ascending, each once, the goals among them.
        log_chance: logarithm of the chance of each of these to be there.
        dropped: factors of dropout for an array of a shape.
    """
    segment = np.repeat(np.arange(len(batch.lengths)), batch.lengths)
    first = np.cumsum(batch.lengths) - batch.lengths
    place = (batch.lengths - 1)[segment] * encoder.places.shape[1] + _counted(batch.lengths)
    raised = np.exp(encoder.places.ravel()[place])
    weights = (raised / np.add.reduceat(raised, first)[segment])[:, None]
    width = encoder.table.shape[1]
    click_mask, item_mask = dropped((len(segment), width)), dropped((len(among), width))
    seen, items = encoder.table[batch.clicks] * click_mask, encoder.table[among] * item_mask
    means = np.add.reduceat(seen * weights, first, axis=0)
    own = np.searchsorted(among, batch.goals)
    loss, to_means, to_items = _contrast(means, items, own, log_chance, encoder.temperature)

    to_clicks = to_means[segment]
    to_weights = (seen * to_clicks).sum(axis=1, keepdims=True)
    to_logits = weights * (to_weights - np.add.reduceat(weights * to_weights, first)[segment])
    of_places = np.bincount(place, weights=to_logits[:, 0], minlength=encoder.places.size)
    slopes = np.concatenate([to_items * item_mask, to_clicks * weights * click_mask])
    rows, of_rows = _added_up(np.r_[among, batch.clicks], slopes)
    return Gradient(loss, rows, of_rows, of_places.reshape(encoder.places.shape).astype(np.float32))


def _contrast(
    means: Vectors, items: Vectors, own: Ints, log_chance: Vectors, temperature: float
) -> tuple[float, Vectors, Vectors]:
    """Cross-entropy of the softmax of cosines, and its slopes for the means of clicks and for the items."""
    mean_lengths, item_lengths = _lengths(means), _lengths(items)
    means, items = means / mean_lengths, items / item_lengths
    row = np.arange(len(own))
    scores = means @ items.T
    scores /= temperature
    right = scores[row, own]
    scores -= log_chance
    scores[row, own] = right
    scores -= scores.max(axis=1, keepdims=True)
    shares = np.exp(scores, out=scores)
    shares /= shares.sum(axis=1, keepdims=True)
    loss = -float(np.log(shares[row, own] + 1e-12).mean())
    shares[row, own] -= 1
    shares /= len(own) * temperature
    to_means, to_items = _through_unit(shares @ items, means), _through_unit(shares.T @ means, items)
    return loss, to_means / mean_lengths, to_items / item_lengths


class Adam:
    """Adam for a table, of which a step moves some rows."""

    def __init__(self, table: Vectors) -> None:
        self.table = table
        self._mean, self._square = np.zeros_like(table), np.zeros_like(table)
        self._steps = 0

    def step(self, rows: Ints | slice, slopes: Vectors, rate: float) -> None:
        """Moves rows against their slopes; `rows` are different ones."""
        self._steps += 1
        mean = 0.9 * self._mean[rows] + 0.1 * slopes
        square = 0.999 * self._square[rows] + 0.001 * slopes**2
        self._mean[rows], self._square[rows] = mean, square
        size = rate / (1 - 0.9**self._steps)
        self.table[rows] -= size * mean / (np.sqrt(square / (1 - 0.999**self._steps)) + 1e-8)


def fit_encoder(sessions: Sessions, how: EncoderSettings, seed: int, start: Encoder | None = None) -> Encoder:
    """Learn an encoder from every prefix of the sessions.

    Args:
        sessions: whose items are known by their numbers.
        how: it is learned.
        seed: of what is drawn.
        start: to go on from, with a row for each item; it stays as it is. None: from random vectors.
    """
    random = np.random.default_rng(seed)
    encoder = _fresh(sessions.count, how, random)
    if start is not None:
        encoder = Encoder(start.table.copy(), start.places.copy(), how.temperature)
    table, places = Adam(encoder.table), Adam(encoder.places)
    targets = np.flatnonzero(sessions.position_of > 0)
    share = np.bincount(sessions.items[targets], minlength=sessions.count) / len(targets)
    absent = (1 - share) ** (how.batch - 1) * (1 - 1 / sessions.count) ** how.drawn
    log_chance = np.log1p(-absent).astype(np.float32)

    def dropped(shape: tuple[int, int]) -> Vectors:
        return (random.random(shape, dtype=np.float32) >= how.dropout).astype(np.float32) / np.float32(1 - how.dropout)

    steps = -(-len(targets) // how.batch)
    passes = max(how.passes, -(-how.least // steps))
    for turn in range(passes):
        for number, part in enumerate(np.array_split(random.permutation(targets), steps)):
            batch = Batch.before(part, sessions, how.window)
            among = np.union1d(batch.goals, random.integers(0, sessions.count, how.drawn))
            slopes = gradient(encoder, batch, among, log_chance[among], dropped)
            rate = how.rate * (1 - (1 - _LAST_RATE) * (turn * steps + number) / (passes * steps))
            table.step(slopes.rows, slopes.of_rows, rate)
            places.step(slice(None), slopes.of_places, rate)
    return Encoder(encoder.table, encoder.places, how.temperature)


def _fresh(count: int, how: EncoderSettings, random: np.random.Generator) -> Encoder:
    table = random.uniform(-1, 1, (count, how.dimensions)).astype(np.float32) / np.float32(np.sqrt(how.dimensions))
    places = np.tile(-_FIRST_FADE * np.arange(how.window, dtype=np.float32), (how.window, 1))
    return Encoder(table, places, how.temperature)


def _counted(lengths: Ints) -> Ints:
    """0, 1, ... up to each length."""
    return np.arange(lengths.sum()) - np.repeat(np.cumsum(lengths) - lengths, lengths)


def _lengths(vectors: Vectors) -> Vectors:
    return np.asarray(np.linalg.norm(vectors, axis=-1, keepdims=True) + 1e-6, np.float32)


def _through_unit(slopes: Vectors, units: Vectors) -> Vectors:
    """The part of the slopes across unit vectors: along them nothing changes once the length is divided out."""
    return np.asarray(slopes - units * (units * slopes).sum(axis=1, keepdims=True), np.float32)


def _added_up(rows: Ints, slopes: Vectors) -> tuple[Ints, Vectors]:
    """Slopes of one row added up; rows ascending, each once."""
    order = np.argsort(rows, kind="stable")
    rows = rows[order]
    first = np.flatnonzero(np.r_[True, rows[1:] != rows[:-1]])
    return rows[first], np.add.reduceat(slopes[order], first, axis=0)
