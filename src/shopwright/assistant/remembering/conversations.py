"""The conversations of a shop: each turn is stored as it ends, and those spoken in lately can be searched.

    conversations = Conversations(store, encoder)
    conversations.take(session_id, number, turn)
    with conversations.opened(session_id) as recall:
        recall.search("the tent from the beginning")

The index of a conversation is read from the store when it is first searched, with the vectors that are kept there, and
grows with it; the `KEPT` used last stay in memory. What other processes said in it is read when it is opened, and what
they forgot empties the indexes. A turn that a kill left without its utterances is told again from its stored body.
"""

from __future__ import annotations

import threading
import time
from collections import OrderedDict
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field

import numpy as np
import orjson
from numpy.typing import NDArray

from shopwright.assistant.remembering.told import utterances_of
from shopwright.catalog.forgetting import FORGETTINGS, Forgotten
from shopwright.catalog.memory import Memory
from shopwright.catalog.store import Store
from shopwright.models.protocols import Encoder
from shopwright.skills.context.recall import Recall
from shopwright.skills.context.vectors import quantised
from shopwright.types import ASSISTANT, SHOPPER, Turn, Utterance

KEPT = 64
"""Conversations whose index stays in memory."""
_ENCODER = "utterances_encoder"
"""Name in the store of the encoder whose vectors are kept."""


@dataclass(slots=True)
class _Opened:
    """An index, and the number of the first turn that is not in it."""

    recall: Recall
    next: int = 0
    lock: threading.RLock = field(default_factory=threading.RLock)


class Conversations:
    """What was said in a shop; safe for many threads."""

    def __init__(self, store: Store, encoder: Encoder) -> None:
        self.store = store
        self.memory = Memory(store)
        self._encoder = encoder
        self._opened: OrderedDict[str, _Opened] = OrderedDict()
        self._lock = threading.Lock()
        self._forgettings = store.meta(FORGETTINGS)
        if store.meta(_ENCODER) != encoder.fingerprint.encode():
            self.memory.drop_vectors()
            store.set_meta(_ENCODER, encoder.fingerprint.encode())

    def take(self, session_id: str, number: int, turn: Turn, at: float | None = None) -> None:
        """Store what was said in a turn, and whose it is to be found by.

        Args:
            number: of the turn, from 0.
            at: when, in seconds since 1970; now when None.
        """
        said = utterances_of(turn, number, time.time() if at is None else at)
        rows_ND = self._encoded(said)
        self.memory.remember(session_id, said, rows_ND)
        with self._lock:
            known = self._opened.get(session_id)
        if known is not None:
            with known.lock:
                if known.next == number:
                    known.recall.add(said, rows_ND)
                    known.next = number + 1

    @contextmanager
    def opened(self, session_id: str) -> Iterator[Recall]:
        """The index of a conversation, with all that was said in it; nobody else changes it meanwhile."""
        self._follow()
        with self._lock:
            known = self._opened.setdefault(session_id, _Opened(Recall(self._encoder)))
            self._opened.move_to_end(session_id)
            while len(self._opened) > KEPT:
                self._opened.popitem(last=False)
        with known.lock:
            self._catch_up(session_id, known)
            yield known.recall

    def shopper_of(self, session_id: str, shopper_id: str) -> str:
        """Whose conversation it is: that of this shopper from now on, or of the one it was; "" for nobody known.

        Raises:
            StoreError: it is another shopper's.
        """
        known = self.memory.shopper(session_id) or ""
        if shopper_id and shopper_id != known:
            self.memory.belongs(session_id, shopper_id)
            return shopper_id
        return known

    def last(self, session_id: str, turns: int) -> list[Utterance]:
        """What was said in the last turns, oldest first."""
        first = self.store.last_turn(session_id) - turns
        return [said for said, _ in self.memory.utterances(session_id, first=first)]

    def forget(self, session_id: str, first: int, last: int) -> Forgotten:
        """Forget the turns from `first` to `last`, both included, counted from 0."""
        forgotten = self.memory.forget_turns(session_id, first, last)
        self._follow()
        return forgotten

    # ── inside ──

    def _follow(self) -> None:
        """Drop every index when something was forgotten, here or in another process."""
        counted = self.store.meta(FORGETTINGS)
        with self._lock:
            if counted != self._forgettings:
                self._forgettings = counted
                self._opened.clear()

    def _catch_up(self, session_id: str, known: _Opened) -> None:
        """Read what was said since the index was last open."""
        turns = self.store.last_turn(session_id)
        if known.next >= turns:
            return
        if untold := self._untold(session_id, known.next):
            self.memory.remember(session_id, untold, self._encoded(untold))
        kept = self.memory.utterances(session_id, first=known.next)
        said = [each for each, _ in kept]
        known.recall.add(said, self._rows(said, [row for _, row in kept]))
        known.next = turns

    def _untold(self, session_id: str, first: int) -> list[Utterance]:
        """What was said in turns of which the store has the body alone."""
        found: list[Utterance] = []
        for number, at, raw in self.memory.untold(session_id, first):
            body = orjson.loads(raw)
            texts = ((SHOPPER, body["message"]), (ASSISTANT, body["answer"]))
            said = [(speaker, text) for speaker, text in texts if text.strip()]
            found += [Utterance(number, place, *each, at=at) for place, each in enumerate(said)]
        return found

    def _rows(self, said: Sequence[Utterance], rows: Sequence[NDArray[np.int8] | None]) -> NDArray[np.int8]:
        """Vectors of utterances, shape (N, D): those that were stored, and new ones for those without."""
        missing = [place for place, row in enumerate(rows) if row is None]
        made = iter(self._encoded([said[place] for place in missing]))
        every = [next(made) if row is None else row for row in rows]
        return np.array(every, np.int8).reshape(len(said), self._encoder.dimensions)

    def _encoded(self, said: Sequence[Utterance]) -> NDArray[np.int8]:
        """Vectors, shape (N, D); zeros for what tools returned, which is long and found by its words."""
        rows_ND = np.zeros((len(said), self._encoder.dimensions), np.int8)
        spoken = [place for place, each in enumerate(said) if each.kind != "tool"]
        if spoken:
            rows_ND[spoken] = quantised(self._encoder.encode([said[place].text for place in spoken]))
        return rows_ND
