"""Everything that was said, returned and shown in conversations, kept in the store, and whose conversations they are.

    memory = Memory(store)
    memory.remember("s1", [Utterance(0, 0, SHOPPER, "a tent for two")], vectors)
    memory.utterances("s1", first=0, last=20)
    memory.forget_turns("s1", 3, 3)

A row is named by session, turn and place, and one index serves every question, so no cost grows with the number of
conversations. What shoppers let the shop keep about them is in `profile`, how things are forgotten in `forgetting`.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any, cast, get_args

import numpy as np
import orjson
from numpy.typing import NDArray
from sqlalchemy import Connection, and_, func, select

from shopwright.catalog import migrations as m
from shopwright.catalog.forgetting import Cut, Forgotten, forget, sweep
from shopwright.catalog.store import Store
from shopwright.errors import StoreError
from shopwright.types import Utterance, UtteranceKind

_KINDS = get_args(UtteranceKind)

Vector = NDArray[np.int8]


class Memory:
    """The conversations of one shop; safe for many threads and processes.

    What an earlier process deleted and could not take out of the files is taken out on construction.

    Args:
        store: that keeps them.
    """

    def __init__(self, store: Store) -> None:
        self.store = store
        sweep(store, 0)

    # ── what was said ──

    def remember(self, session_id: str, utterances: Sequence[Utterance], vectors: Vector | None = None) -> None:
        """Keep utterances, all of them or none; those that have the turn and place of earlier ones replace them.

        Args:
            utterances: of any turns.
            vectors: shape (N, D), one for each.

        Raises:
            StoreError: as many vectors as utterances were expected, or the store cannot be written.
        """
        if vectors is not None and (vectors.ndim != 2 or len(vectors) != len(utterances) or vectors.dtype != np.int8):
            raise StoreError(
                f"vectors of shape {vectors.shape} and type {vectors.dtype} for {len(utterances)} utterances: "
                f"give an int8 array of shape ({len(utterances)}, D), or none"
            )
        rows = [_row(session_id, said) for said in utterances]
        for place, row in enumerate(rows):
            row["vector"] = vectors[place].tobytes() if vectors is not None else None
        if not rows:
            return
        c = m.utterances.c
        with self.store.transaction() as connection:
            cut = Cut(connection)
            for row in rows:
                cut.utterances(and_(*(c[name] == row[name] for name in ("session_id", "turn", "place"))))
            connection.execute(m.utterances.insert(), rows)

    def utterances(
        self, session_id: str, first: int | None = None, last: int | None = None
    ) -> list[tuple[Utterance, Vector | None]]:
        """What was said in the turns `first` to `last`, both included, in order, with vectors of shape (D,)."""
        c = m.utterances.c
        query = select(m.utterances).where(c.session_id == session_id).order_by(c.turn, c.place)
        if first is not None:
            query = query.where(c.turn >= first)
        if last is not None:
            query = query.where(c.turn <= last)
        with self.store.reading() as connection:
            return [_said(row) for row in connection.execute(query) if row.kind in _KINDS]

    def untold(self, session_id: str, first: int = 0) -> list[tuple[int, float, bytes]]:
        """Turns from `first` on of which nothing is remembered: number from 0, time and body of each."""
        t, u = m.turns.c, m.utterances.c
        told = select(u.turn).where(u.session_id == t.session_id, u.turn == t.number - 1).exists()
        query = select(t.number, t.created, t.body).where(t.session_id == session_id, t.number > first, ~told)
        query = query.where(func.substr(t.body, 1, 1) != b" ").order_by(t.number)
        with self.store.reading() as connection:
            return [(row.number - 1, row.created, row.body) for row in connection.execute(query)]

    def drop_vectors(self) -> None:
        """Take every vector away, as when they are another encoder's; a thousand in a transaction."""
        last = 0
        while True:
            with self.store.transaction() as connection:
                last = Cut(connection).vectors(last)
            if not last:
                return

    # ── whose ──

    def belongs(self, session_id: str, shopper_id: str) -> None:
        """Note whose conversation it is.

        Raises:
            StoreError: it is another shopper's.
        """
        with self.store.transaction() as connection:
            known = _shopper(connection, session_id)
            if known not in (None, shopper_id):
                raise StoreError(f"session {session_id!r} is another shopper's: begin a new one for {shopper_id!r}")
            self.store.upsert(connection, m.sessions, [{"session_id": session_id, "shopper_id": shopper_id}])

    def shopper(self, session_id: str) -> str | None:
        """Whose conversation it is; None when nobody said."""
        with self.store.reading() as connection:
            return _shopper(connection, session_id)

    def sessions(self, shopper_id: str) -> list[str]:
        """The conversations of a shopper."""
        query = select(m.sessions.c.session_id).where(m.sessions.c.shopper_id == shopper_id)
        with self.store.reading() as connection:
            return list(connection.execute(query.order_by(m.sessions.c.session_id)).scalars())

    # ── forgetting ──

    def forget_turns(self, session_id: str, first: int, last: int, *, prove: bool = False) -> Forgotten:
        """Forget the turns `first` to `last`, counted from 0, both included; their numbers are not used again.

        Whoever holds the session in memory loads it again: what was carried over from these turns is gone too.

        Args:
            prove: see `forgetting.forget`; so below.
        """
        return forget(self.store, lambda cut: cut.turns(session_id, first, last), prove=prove)

    def forget_session(self, session_id: str, *, prove: bool = False) -> Forgotten:
        """Forget a conversation with its cart, and what was put into the profile there."""
        return forget(self.store, lambda cut: cut.session(session_id), prove=prove)

    def forget_shopper(self, shopper_id: str, *, prove: bool = False) -> Forgotten:
        """Forget a shopper's conversations, events, profile and consent."""

        def everything(cut: Cut) -> None:
            for session_id in cut.sessions(shopper_id):
                cut.session(session_id)
            cut.behaviour(shopper_id)
            cut.profile(shopper_id)

        return forget(self.store, everything, prove=prove)


def storable(text: str) -> str:
    """A text without what a database refuses: NUL, and halves of surrogate pairs."""
    return text.replace("\0", "").encode("utf-8", "replace").decode()


def _row(session_id: str, said: Utterance) -> dict[str, Any]:
    return {
        "session_id": session_id,
        "turn": said.turn,
        "place": said.place,
        "speaker": storable(said.speaker),
        "kind": said.kind,
        "at": said.at if math.isfinite(said.at) else 0.0,
        "text": storable(said.text),
        "ids": orjson.dumps([storable(each) for each in said.ids]),
    }


def _said(row: Any) -> tuple[Utterance, Vector | None]:
    kind = cast(UtteranceKind, row.kind)
    ids = tuple(orjson.loads(row.ids))
    said = Utterance(row.turn, row.place, row.speaker, row.text, row.at, kind, ids)
    known = row.vector is not None and row.vector.strip(b" ")  # blanks where what was said had to change
    return said, np.frombuffer(row.vector, np.int8) if known else None


def _shopper(connection: Connection, session_id: str) -> str | None:
    return connection.scalar(select(m.sessions.c.shopper_id).where(m.sessions.c.session_id == session_id))
