"""What somebody may want after what they looked at or bought: a blend of an encoder, neighbours, counts and texts.

    model = SequenceModel.fit(sequences, items)
    candidates, shares = model.distribution(history)

An encoder in the space of items (`sequences.encoder`) begins at the items' texts and is learned with a sampled softmax.
What it learned is carried over to new and rare items by a ridge regression from text to vector. A conditional logit
weighs it against the other sources of `memory`: it is learned from the last item of each sequence, which the rest did
not see; then the rest is learned again, with those items. numpy alone; a history needs no user.

Sources: CORE (Hou et al., 2022) for the encoder; SASRec with sampled softmax (Klenitskiy and Vasilev, 2023) and eSASRec
(2025) for the loss; VS-KNN (Ludewig and Jannach, 2018) for the neighbours.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass, field, replace
from typing import NamedTuple

import numpy as np
import orjson

from shopwright.errors import CorpusError
from shopwright.sequences.archive import Arrays
from shopwright.sequences.choice import ChoiceSet, Logit, fit_logit
from shopwright.sequences.encoder import Encoder, EncoderSettings, Vectors, fit_encoder
from shopwright.sequences.log import Floats, Ints, Sessions
from shopwright.skills.recommend.sequence.items import Items
from shopwright.skills.recommend.sequence.memory import FEATURES, HISTORY, Memory, MemorySettings
from shopwright.skills.recommend.sequence.tables import Table, alike

LONGEST = 500
"""Items of one sequence that are learned from, the latest: nobody has more wishes than that at once."""
_LEARNT = 5
"""Items seen so often teach how texts and vectors of items relate."""
_TEXT_WORTH = 3.0
"""The text counts as much as so many sightings of an item."""
_RIDGE = 10.0
_NOISE = 0.02
_FIRST_FADE = -0.3
_CHOICE_PASSES = 10


@dataclass(frozen=True, slots=True)
class SequenceSettings:
    """How a model is learned.

    Args:
        encoder: settings of the vectors.
        memory: settings of the other sources.
        choices: sequences whose last items teach the weights of the blend, at most.
        examples: prefixes that the encoder sees at most, over all passes: bounds the time with a long log.
        seed: of what is drawn.
    """

    encoder: EncoderSettings = field(default_factory=lambda: EncoderSettings(dimensions=128, window=HISTORY))
    memory: MemorySettings = field(default_factory=MemorySettings)
    choices: int = 8_000
    examples: int = 20_000_000
    seed: int = 0


class Start(NamedTuple):
    """What learning goes on from: an encoder with a row for each of the first items, how often each of them was chosen,
    and the weights of the blend, which stay.
    """

    encoder: Encoder
    popularity: Ints
    logit: Logit


class SequenceModel:
    """A learned recommender over N items. Safe to share between threads.

    Args:
        memory: what it remembers.
        logit: weights of the features of `memory`.
        settings: that it was learned with.
    """

    def __init__(self, memory: Memory, logit: Logit, settings: SequenceSettings) -> None:
        self.memory = memory
        self._logit = logit
        self.settings = settings

    @classmethod
    def fit(
        cls,
        sequences: Sequence[Sequence[int] | Ints],
        items: Items,
        settings: SequenceSettings | None = None,
        start: Start | None = None,
    ) -> SequenceModel:
        """Learn from what was chosen one after the other.

        Args:
            sequences: item numbers in order of time, a list a person or visit; the oldest list first where that is
                known. Repetitions of an item in a row count once.
            items: everything that can be recommended.
            settings: how.
            start: see `start_of`: of the first of these items, to go on from instead of learning from nothing. With few
                passes that is far faster, as the weights of the blend are not learned again.

        Raises:
            CorpusError: a number is of no item, or there are no sequences of three different items to learn from.
        """
        how = settings or SequenceSettings()
        kept = [np.asarray(each, np.int64)[places] for each in sequences if len(places := learned_places(each)) > 1]
        before = [each[:-1] for each in kept if len(each) > 2]
        if not before:
            raise CorpusError(f"{len(sequences)} sequences, none with three items: there is nothing to learn from")
        near = alike(items.vectors, how.memory.width)
        if start is not None:
            return cls(_remembered(kept, items, near, how, start), start.logit, how)
        memory = _remembered(before, items, near, how)
        logit = fit_logit(_choices(memory, [each for each in kept if len(each) > 2], how), how.seed, _CHOICE_PASSES)
        return cls(_remembered(kept, items, near, how), logit, how)

    def start_of(self, items: Ints) -> Start:
        """What learning goes on from that is to begin with some of these items, in this order."""
        encoder = self.memory.encoder
        kept = Encoder(encoder.units[items], encoder.places, encoder.temperature)
        return Start(kept, self.memory.popularity[items], self._logit)

    def distribution(self, history: Sequence[int] | Ints) -> tuple[Ints, Floats]:
        """Candidates and the probability of each among them, ascending by number; of nothing known, the popular."""
        back = self.memory.known(np.asarray(history, np.int64))
        if not len(back):
            items = np.sort(self.memory.best_selling[: self.settings.memory.candidates])
            counts = self.memory.popularity[items] + 1.0
            return items, counts / counts.sum()
        items, features_CF = self.memory.judged(back)
        scores = self._logit.scores(features_CF.astype(np.float64))
        raised = np.exp(scores - scores.max(initial=-np.inf))
        return items, raised / raised.sum()

    def top(self, history: Sequence[int] | Ints, k: int) -> Ints:
        """The k best candidates, best first."""
        items, shares = self.distribution(history)
        return items[np.argsort(-shares, kind="stable")[:k]]

    def arrays(self) -> dict[str, np.ndarray]:
        """Everything that the model is made of, the items apart."""
        sessions, encoder = self.memory.sessions, self.memory.encoder
        return {
            "items": sessions.items.astype(np.int32),
            "starts": sessions.starts,
            "table": encoder.table.astype(np.float16),
            "places": encoder.places,
            "near": self.memory.alike.items,
            "nearness": self.memory.alike.weights.astype(np.float16),
            "mean": self._logit.mean,
            "scale": self._logit.scale,
            "weights": self._logit.weights,
            "settings": np.frombuffer(orjson.dumps(asdict(self.settings)), np.uint8),
        }

    @classmethod
    def from_arrays(cls, kept: Arrays, items: Items) -> SequenceModel:
        """The model of `arrays`.

        Raises:
            KeyError, TypeError, ValueError, IndexError, ConfigError: they are not what `arrays` gave.
        """
        said = orjson.loads(kept["settings"].tobytes())
        how = SequenceSettings(
            **{**said, "encoder": EncoderSettings(**said["encoder"]), "memory": MemorySettings(**said["memory"])}
        )
        table, places = (np.asarray(kept[name], np.float32) for name in ("table", "places"))
        logit = Logit(*(np.asarray(kept[name], np.float64) for name in ("mean", "scale", "weights")))
        numbers, starts = (np.asarray(kept[name], np.int64) for name in ("items", "starts"))
        if not len(logit.mean) == len(logit.scale) == len(logit.weights) == FEATURES:
            raise ValueError(f"{len(logit.weights)} weights for {FEATURES} features")
        if len(table) != len(items) or not 0 <= numbers.min() <= numbers.max() < len(items):
            raise ValueError("its parts do not fit together")
        encoder = Encoder(table, places, how.encoder.temperature)
        near = Table(np.asarray(kept["near"], np.int32), np.asarray(kept["nearness"], np.float32))
        if len(near.items) != len(items) or near.items.shape != near.weights.shape:
            raise ValueError("its rows of near items do not fit its items")
        return cls(Memory(Sessions(numbers, starts, len(items)), items, encoder, how.memory, near), logit, how)


def _remembered(
    sequences: Sequence[Ints], items: Items, near: Table, how: SequenceSettings, start: Start | None = None
) -> Memory:
    """A memory of sequences, with an encoder learned from them."""
    sessions, settings = Sessions.of(sequences, len(items)), how.encoder
    begun = _begun(items, settings, how.seed) if start is None else _onto(start, items)
    prefixes = max(int((sessions.lengths - 1).sum()), 1)
    passes = max(1, min(settings.passes, how.examples // prefixes))
    learned = fit_encoder(sessions, replace(settings, passes=passes), how.seed, begun)
    popularity = np.bincount(sessions.items, minlength=len(items))
    return Memory(sessions, items, _grounded(learned, popularity, items), how.memory, near)


def _begun(items: Items, settings: EncoderSettings, seed: int) -> Encoder:
    """Vectors of items along the main directions of their texts; those without a text are drawn."""
    drawn = np.random.default_rng(seed).standard_normal((len(items), settings.dimensions)).astype(np.float32)
    table = drawn / np.float32(np.sqrt(settings.dimensions))
    if (some := items.with_text).any():
        table[some] = _directions(items.vectors[some], settings.dimensions) + _NOISE * drawn[some]
    places = np.tile(_FIRST_FADE * np.arange(settings.window, dtype=np.float32), (settings.window, 1))
    return Encoder(table, places, settings.temperature)


def _directions(vectors_ND: Vectors, size: int) -> Vectors:
    """Vectors along their `size` main directions, about unit length."""
    centred = vectors_ND - vectors_ND.mean(axis=0)
    _, directions = np.linalg.eigh((centred.T @ centred).astype(np.float64))
    main = directions[:, ::-1][:, :size].astype(np.float32)
    along = np.zeros((len(vectors_ND), size), np.float32)
    along[:, : main.shape[1]] = centred @ main
    return along / np.float32(np.linalg.norm(along, axis=1).mean() + 1e-6)


def _onto(before: Start, items: Items) -> Encoder:
    """The encoder that learning goes on from, with rows by their texts for the items that it does not know."""
    known, width = before.encoder.units.shape
    if known > len(items):
        raise CorpusError(f"{len(items)} items, {known} before: old items keep their numbers, new ones come after them")
    units = np.concatenate([before.encoder.units, np.zeros((len(items) - known, width), np.float32)])
    popularity = np.concatenate([before.popularity, np.zeros(len(items) - known, np.int64)])
    return _grounded(Encoder(units, before.encoder.places, before.encoder.temperature), popularity, items)


def _grounded(encoder: Encoder, popularity: Ints, items: Items) -> Encoder:
    """The encoder with rows of rare items moved to where their texts point, and of new ones put there."""
    enough, some = (popularity >= _LEARNT) & items.with_text, items.with_text
    if not enough.any():
        return encoder
    texts = np.concatenate([items.vectors, np.ones((len(items), 1), np.float32)], axis=1)
    known = texts[enough].astype(np.float64)
    square = known.T @ known + _RIDGE * np.eye(known.shape[1])
    map_DE = np.linalg.solve(square, known.T @ encoder.units[enough]).astype(np.float32)
    pointed = texts[some] @ map_DE
    pointed /= np.linalg.norm(pointed, axis=1, keepdims=True) + 1e-6
    table, seen = encoder.units.copy(), popularity[some][:, None].astype(np.float32)
    table[some] = np.where(seen > 0, seen * table[some] + _TEXT_WORTH * pointed, pointed)
    table /= np.linalg.norm(table, axis=1, keepdims=True) + 1e-6
    return Encoder(table, encoder.places, encoder.temperature)


def _choices(memory: Memory, sequences: Sequence[Ints], how: SequenceSettings) -> list[ChoiceSet]:
    """What was chosen last among the candidates, in up to `choices` sequences."""
    sets: list[ChoiceSet] = []
    for place in np.random.default_rng(how.seed).permutation(len(sequences)):
        history, chosen = sequences[place][:-1], sequences[place][-1]
        items, features_CF = memory.judged(memory.known(history))
        at = int(np.searchsorted(items, chosen))
        if at < len(items) and items[at] == chosen:
            sets.append(ChoiceSet(features_CF, at))
        if len(sets) >= how.choices:
            break
    return sets


def learned_places(sequence: Sequence[int] | Ints) -> Ints:
    """The places of a sequence that are learned from: the latest; of an item that comes twice in a row the first."""
    items = np.asarray(sequence, np.int64)
    first = np.ones(len(items), np.bool_)
    first[1:] = items[1:] != items[:-1]
    return np.flatnonzero(first)[-LONGEST:]
