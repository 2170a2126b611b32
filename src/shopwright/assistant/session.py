"""A conversation's memory between turns, rebuilt from the stored turns so that a restart forgets nothing."""

from __future__ import annotations

import secrets
from dataclasses import dataclass

import orjson
from pydantic import TypeAdapter

from shopwright.catalog.store import Store
from shopwright.types import Need, Turn

_NEED: TypeAdapter[Need] = TypeAdapter(Need)
_TURN: TypeAdapter[Turn] = TypeAdapter(Turn)


@dataclass(slots=True)
class Session:
    """What a conversation remembers: products last shown and talked about (ids), the last need that searched."""

    id: str
    shown: tuple[str, ...] = ()
    focus: tuple[str, ...] = ()
    need: Need | None = None
    turns: int = 0

    @classmethod
    def load(cls, store: Store, session_id: str | None) -> Session:
        """The session with this id as it was left, or a new one."""
        session = cls(session_id or secrets.token_urlsafe(12))
        if session_id is None:
            return session
        for body in store.turns(session_id):
            record = orjson.loads(body)
            state = record["state"]
            session.shown, session.focus = tuple(state["shown"]), tuple(state["focus"])
            session.need = _NEED.validate_python(state["need"]) if state["need"] else None
        session.turns = store.count_turns(session_id)
        return session

    def record(self, store: Store, turn: Turn) -> None:
        """Take the turn into the memory and store it.

        Of two turns of one session that are answered at once both are stored; the one that ends last is remembered.
        """
        answer, need = turn.answer, turn.trace.need
        ids = tuple(card.product_id for card in answer.cards)
        if ids:
            keeps_list = bool(need.references) and len(self.shown) > len(ids) and set(ids) <= set(self.shown)
            self.shown = self.shown if keeps_list else ids
            self.focus = ids if need.references or len(ids) == 1 or answer.table else ids[:1]
        if (need.goal or need.constraints) and not need.references and ids:
            self.need = need
        self.turns += 1
        body = {
            "message": turn.message,
            "answer": answer.text,
            "state": {
                "shown": self.shown,
                "focus": self.focus,
                "need": _NEED.dump_python(self.need, mode="json") if self.need else None,
            },
            "turn": orjson.Fragment(_TURN.dump_json(turn)),
        }
        store.add_turn(self.id, orjson.dumps(body))
