"""Where a conversation stands between turns, as its last stored turn left it, so that a restart forgets nothing.

The size of what is loaded does not grow with the conversation; what was said before is found again by `remembering`.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field
from typing import Any

import orjson
from pydantic import TypeAdapter

from shopwright.assistant.desk.state import DeskState
from shopwright.assistant.strategy.narrowing import Narrowing
from shopwright.catalog.store import Store
from shopwright.skills.context.state import DialogueState, advance
from shopwright.types import Approval, Need, Plan, Step, StepResult, Turn

_NEED: TypeAdapter[Need] = TypeAdapter(Need)
_TURN: TypeAdapter[Turn] = TypeAdapter(Turn)


@dataclass(frozen=True, slots=True)
class Pending:
    """What waits for a yes, the first of it now, and the scope of its keys: in another turn it is another call."""

    scope: str
    approvals: tuple[Approval, ...]

    def plan(self) -> Plan:
        """The calls that wait."""
        return Plan(tuple(Step(ask.step, ask.tool, ask.arguments) for ask in self.approvals))

    def results(self) -> tuple[StepResult, ...]:
        """The steps as they were left."""
        return tuple(StepResult(ask.step, ask.tool, status="waiting", approval=ask) for ask in self.approvals)


_PENDING: TypeAdapter[Pending] = TypeAdapter(Pending)
_STATE: TypeAdapter[DialogueState] = TypeAdapter(DialogueState)
_NARROWING: TypeAdapter[Narrowing] = TypeAdapter(Narrowing)


@dataclass(slots=True)
class Session:
    """What a conversation remembers.

    Args:
        shown, focus: ids of the products last shown, and of those last talked about.
        need: the last need that searched.
        pending: what waits for a yes since the last turn; what the desk asks for it keeps itself.
        desk: where the service desk stands.
        turns: the number of the next turn, from 0; turns that were forgotten keep theirs.
        state: wishes, products turned down, promises.
        since: the first of the last turns in the last prompt of a language model; see `Packed.since`.
        begun: whether there was a turn that is not forgotten when it was loaded.
        shopper: whose conversation it is, "" for nobody that is known.
        question: the question back of the last turn.
        just_asked: whether the message of this turn answers it.
        device: "phone", or "" for anything else.
    """

    id: str
    shown: tuple[str, ...] = ()
    focus: tuple[str, ...] = ()
    need: Need | None = None
    turns: int = 0
    pending: Pending | None = None
    desk: DeskState | None = None
    state: DialogueState = field(default_factory=DialogueState)
    since: int = -1
    begun: bool = False
    shopper: str = ""
    question: Narrowing | None = None
    just_asked: bool = False
    device: str = ""

    @classmethod
    def load(cls, store: Store, session_id: str | None) -> Session:
        """The session with this id as it was left, or a new one."""
        session = cls(session_id or secrets.token_urlsafe(12))
        if session_id is not None:
            session.restore(store)
        return session

    def restore(self, store: Store) -> None:
        """Stand where the last turn left it that was not forgotten; at the beginning when there is none."""
        state: dict[str, Any] = next((orjson.loads(body)["state"] for body in store.turns(self.id, last=1)), {})
        self.begun = bool(state)
        self.shown, self.focus = tuple(state.get("shown", ())), tuple(state.get("focus", ()))
        self.need = _NEED.validate_python(state["need"]) if state.get("need") else None
        self.pending = _PENDING.validate_python(state["pending"]) if state.get("pending") else None
        self.desk = DeskState.read(state["desk"]) if state.get("desk") else None
        self.state = _STATE.validate_python(state["dialogue"]) if state.get("dialogue") else DialogueState()
        self.question = _NARROWING.validate_python(state["question"]) if state.get("question") else None
        self.since = state.get("since", -1)
        self.turns = store.last_turn(self.id)

    @property
    def scope(self) -> str:
        """Names this turn among all turns."""
        return f"{self.id}:{self.turns}"

    def record(self, store: Store, turn: Turn) -> bool:
        """Take the turn into the memory and store it; returns whether it was stored.

        Of two turns of one session that are answered at once both are stored; the one that ends last is remembered. A
        turn whose session was deleted while it was answered is not stored.
        """
        if self.begun and not store.turns(self.id, last=1):
            return False
        answer, need = turn.answer, turn.trace.need
        ids = tuple(card.product_id for card in answer.cards)
        if ids:
            keeps_list = bool(need.references) and len(self.shown) > len(ids) and set(ids) <= set(self.shown)
            self.shown = self.shown if keeps_list else ids
            self.focus = ids if need.references or len(ids) == 1 or answer.table else ids[:1]
        if (need.goal or need.constraints) and not need.references and (ids or self.question):
            self.need = need
        asked = tuple(result.approval for result in turn.trace.results if result.approval)
        scope = self.pending.scope if self.pending else self.scope
        self.pending = Pending(scope, asked) if asked else None
        self.state = advance(self.state, self.turns, need, answer)
        body = {
            "message": turn.message,
            "answer": answer.text,
            "state": {
                "shown": self.shown,
                "focus": self.focus,
                "need": _NEED.dump_python(self.need, mode="json") if self.need else None,
                "pending": _PENDING.dump_python(self.pending, mode="json") if self.pending else None,
                "desk": self.desk.record() if self.desk else None,
                "question": _NARROWING.dump_python(self.question, mode="json") if self.question else None,
                "since": self.since,
                "dialogue": _STATE.dump_python(self.state, mode="json"),
            },
            "turn": orjson.Fragment(_TURN.dump_json(turn)),
        }
        self.turns = store.add_turn(self.id, orjson.dumps(body)) + 1
        return True
