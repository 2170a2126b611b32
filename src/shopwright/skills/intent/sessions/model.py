"""`SessionModel`: the next item of an anonymous session, from the clicks of earlier ones. numpy alone.

    model = SessionModel.fit(Sessions.of(lists))        # lists of item numbers, oldest session first
    model.next([17, 4, 4], 20)                          # [(item, probability among the candidates), ...]

`memories` propose candidates and give their features, a conditional logit (`choice`) weighs them. Its weights are
learned on the last tenth of the sessions with memories of those before; then the memories are made anew from all.
`products` keeps such a model under the ids of products.

Not covered: words, prices or categories of items, and who the visitor is. An item without a click is never proposed.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path

import numpy as np
import orjson
from numpy.typing import NDArray

from shopwright.errors import ConfigError, CorpusError, ModelError
from shopwright.sequences.archive import Arrays, read_arrays, write_arrays
from shopwright.sequences.choice import ChoiceSet, Logit, fit_logit
from shopwright.sequences.encoder import Encoder, EncoderSettings, fit_encoder
from shopwright.sequences.log import Floats, Ints, Sessions
from shopwright.skills.intent.sessions.memories import FEATURES, Memories, MemorySettings

_HELD_OUT = 10
"""Of so many sessions the last is held out to learn the weights."""


@dataclass(frozen=True, slots=True)
class SessionSettings:
    """How a session model is made.

    Args:
        memory: how earlier sessions are remembered.
        encoder: how the vectors of items are learned.
        choices: prefixes that the weights are learned on.
        seed: of everything random.
    """

    memory: MemorySettings = field(default_factory=MemorySettings)
    encoder: EncoderSettings = field(default_factory=EncoderSettings)
    choices: int = 12_000
    seed: int = 0

    def __post_init__(self) -> None:
        if self.choices < 1:
            raise ConfigError(f"choices {self.choices}: must be 1 or more")


class SessionModel:
    """Memories of earlier sessions and the weights that blend them; made by `fit` or `load`.

    Args:
        sessions: what the memories hold.
        encoder: learned from these sessions.
        logit: weights of the features.
        memory: how the sessions are remembered.
    """

    def __init__(self, sessions: Sessions, encoder: Encoder, logit: Logit, memory: MemorySettings) -> None:
        self._sessions, self._encoder, self._logit, self._settings = sessions, encoder, logit, memory
        self._memories = Memories(sessions, memory, encoder)

    @classmethod
    def fit(cls, sessions: Sessions, settings: SessionSettings | None = None) -> SessionModel:
        """Learn from sessions, oldest first.

        Raises:
            CorpusError: too few sessions to learn the weights from.
        """
        how = settings or SessionSettings()
        if len(sessions) < 2:
            raise CorpusError(f"{len(sessions)} session: two or more are needed, one of them to learn the weights from")
        cut = len(sessions) - max(1, len(sessions) // _HELD_OUT)
        early, late = sessions.part(0, cut), sessions.part(cut, len(sessions))
        memories = Memories(early, how.memory, fit_encoder(early, how.encoder, how.seed))
        logit = fit_logit(_choices(memories, late, how), how.seed)
        return cls(sessions, fit_encoder(sessions, how.encoder, how.seed), logit, how.memory)

    def next(self, clicks: Sequence[int] | Ints, k: int = 20) -> list[tuple[int, float]]:
        """The k likeliest next items and their probabilities among the candidates, best first.

        Item numbers that the model does not know are passed over; without a known click the list is empty.
        """
        items, probabilities = self.distribution(clicks)
        best = np.argsort(-probabilities, kind="stable")[:k]
        return [(int(items[place]), float(probabilities[place])) for place in best]

    def distribution(self, clicks: Sequence[int] | Ints) -> tuple[Ints, Floats]:
        """The candidates for the next item and the probability of each among them; both empty without a known click."""
        seen = self._memories.known(np.asarray(clicks, np.int64))
        if not len(seen):
            return np.zeros(0, np.int64), np.zeros(0)
        items, features_CF = self._memories.judged(seen)
        scores = self._logit.scores(features_CF)
        raised = np.exp(scores - scores.max())
        return items, raised / raised.sum()

    def groups(self, clicks: Sequence[int] | Ints, group_of: Mapping[int, str]) -> dict[str, float]:
        """Probability of the next item's group, e.g. its category, likeliest first; items without one are left out."""
        shares: dict[str, float] = {}
        for item, probability in zip(*self.distribution(clicks), strict=True):
            if (group := group_of.get(int(item))) is not None:
                shares[group] = shares.get(group, 0.0) + float(probability)
        return dict(sorted(shares.items(), key=lambda pair: -pair[1]))

    def vector(self, clicks: Sequence[int] | Ints) -> NDArray[np.float32]:
        """What the session is about, as a unit vector of the encoder's length; zero without a known click."""
        return self._encoder.vector(self._memories.known(np.asarray(clicks, np.int64)))

    @property
    def clicks(self) -> int:
        """How many clicks it remembers."""
        return len(self._sessions.items)

    def save(self, path: Path) -> None:
        """Keep it as one NumPy archive without pickled objects; the memories are made anew by `load`."""
        write_arrays(path, self.arrays())

    @classmethod
    def load(cls, path: Path) -> SessionModel:
        """The model that `save` kept.

        Raises:
            ModelError: there is no such file, or it is no session model.
        """
        return cls.from_arrays(read_arrays(path), path)

    def arrays(self) -> dict[str, NDArray[np.generic]]:
        """Everything that the model is made of."""
        return {
            "items": self._sessions.items.astype(np.int32),
            "starts": self._sessions.starts,
            "table": self._encoder.table,
            "places": self._encoder.places,
            "temperature": np.array(self._encoder.temperature),
            "mean": self._logit.mean,
            "scale": self._logit.scale,
            "weights": self._logit.weights,
            "memory": np.frombuffer(orjson.dumps(asdict(self._settings)), np.uint8),
        }

    @classmethod
    def from_arrays(cls, kept: Arrays, path: Path) -> SessionModel:
        """The model of `arrays`.

        Raises:
            ModelError: they are no session model's, or of another version.
        """
        try:
            items, starts = (np.asarray(kept[name], np.int64) for name in ("items", "starts"))
            table, places = (np.asarray(kept[name], np.float32) for name in ("table", "places"))
            logit = Logit(*(np.asarray(kept[name], np.float64) for name in ("mean", "scale", "weights")))
            memory = MemorySettings(**orjson.loads(kept["memory"].tobytes()))
            if starts[0] != 0 or starts[-1] != len(items) or not 0 <= items.min() <= items.max() < len(table):
                raise ValueError("its parts do not fit together")
            if not len(logit.mean) == len(logit.scale) == len(logit.weights) == FEATURES:
                raise ValueError(f"{len(logit.weights)} weights for {FEATURES} features")
            return cls(
                Sessions(items, starts, len(table)), Encoder(table, places, float(kept["temperature"])), logit, memory
            )
        except (KeyError, TypeError, ValueError, IndexError, ConfigError) as error:
            raise ModelError(f"{path}: no session model, or of another version ({error}): fit it again") from error


def _choices(memories: Memories, sessions: Sessions, how: SessionSettings) -> list[ChoiceSet]:
    """What was chosen among what, in sessions that the memories do not hold, up to `choices` of them."""
    sets: list[ChoiceSet] = []
    for place in np.random.default_rng(how.seed).permutation(len(sessions)):
        session = sessions[place]
        for at in range(1, len(session)):
            seen = memories.known(session[:at])
            if not len(seen):
                continue
            items, features_CF = memories.judged(seen)
            chosen = int(np.searchsorted(items, session[at]))
            if chosen < len(items) and items[chosen] == session[at]:
                sets.append(ChoiceSet(features_CF.astype(np.float32), chosen))
        if len(sets) >= how.choices:
            break
    return sets
