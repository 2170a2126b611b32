"""What the assistant decided, turn by turn, and what came of it: the log that a policy learns from.

    decisions = Decisions(store)
    decisions.add("s1", turn=3, decision=decision, features={"goal_known": 1.0})
    decisions.settle(time.time())               # outcomes of those that are old enough
    for one in decisions.read():
        one.strategy, one.propensity, one.policy, one.features, one.outcome

A decision stands for the visit that its conversation was part of: the page sends its events with the conversation's id.
What counts as its outcome are products looked at before the next decision, and carts and purchases within `WINDOW_S`.

What else is decided by chance in a visit is kept beside the assistant's strategies under a name with a subject,
"recommend:0.3": `read` gives the decisions of one subject, and the next decision is the next of the same subject.

Simplification: an outcome is found once; events that are imported for that time later do not change it.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from itertools import groupby
from typing import Any

import orjson
from sqlalchemy import ColumnElement, Connection, func, or_, select, update

from shopwright.catalog import migrations as m
from shopwright.catalog.events.names import CART, PURCHASE, VIEW
from shopwright.catalog.store import Store
from shopwright.types import Decision

INTO_CART = "need:into_cart"
"""Feature of a decision: the message puts something into the cart, which speaks for the decisions before it."""
WINDOW_S = 3_600.0
"""How long after a decision a cart or a purchase still speaks for it."""
NO_TURN = -1
"""In place of a turn's number where a decision belongs to a visit and to no turn of its conversation."""
_PAGE = 1_000
_LOOKS = frozenset((VIEW, "select_item"))
_WORTH = {"purchases": 1.0, "carts": 0.3, "looks": 0.05}


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of a decision.

    Args:
        looks: products opened before the next decision.
        carts, purchases: of the visit within `WINDOW_S`; carts also those that were asked for in the conversation.
        value: of the purchases, in the shop's currency.
        doubted: the visit was marked as a bot's or poison: not to be learned from.
        seen: whether anything of the visit is known at all.
    """

    looks: int = 0
    carts: int = 0
    purchases: int = 0
    value: float = 0.0
    doubted: bool = False
    seen: bool = False

    @property
    def reward(self) -> float:
        """From 0 to 1: a purchase 1, a cart 0.3, a look 0.05, the best of them."""
        return max((worth for name, worth in _WORTH.items() if getattr(self, name)), default=0.0)


@dataclass(frozen=True, slots=True)
class Logged:
    """A decision as it was made. `outcome` is None until it is known; `at` is in seconds since the epoch."""

    session_id: str
    turn: int
    at: float
    strategy: str
    propensity: float
    policy: str
    features: Mapping[str, float]
    outcome: Outcome | None = None


class Decisions:
    """The decisions of one shop; safe for many threads and processes.

    Args:
        store: that keeps them.
    """

    def __init__(self, store: Store) -> None:
        self._store = store

    def add(
        self, session_id: str, turn: int, decision: Decision, features: Mapping[str, float], at: float | None = None
    ) -> None:
        """Keep a decision.

        Args:
            turn: its number in the conversation, from 0.
            features: what it was made from.
            at: when, in seconds since the epoch; now by default.

        Raises:
            StoreError: it was not kept.
        """
        made = (str(decision.strategy), decision.propensity, decision.policy)
        self.add_named(session_id, turn, *made, features, at)

    def add_named(
        self,
        session_id: str,
        turn: int,
        name: str,
        propensity: float,
        policy: str,
        features: Mapping[str, float],
        at: float | None = None,
    ) -> None:
        """Keep what was decided on another subject, under the name "SUBJECT:CHOICE".

        Args:
            turn: of the conversation, or `NO_TURN`.
            propensity: the probability with which `policy` made this choice.

        Raises:
            StoreError: it was not kept.
        """
        row = {
            "session_id": session_id,
            "turn": turn,
            "at": time.time() if at is None else at,
            "strategy": name,
            "propensity": propensity,
            "policy": policy,
            "features": orjson.dumps(dict(features), option=orjson.OPT_SERIALIZE_NUMPY),
        }
        with self._store.transaction() as connection:
            connection.execute(m.decisions.insert(), [row])

    def read(self, since: float = 0.0, *, settled: bool = False, subject: str = "") -> Iterator[Logged]:
        """Decisions since a time in their order, a page in memory; with `settled` those that have an outcome.

        Args:
            subject: of what was decided, "recommend"; "" for the assistant's strategies.
        """
        c = m.decisions.c
        query = select(m.decisions).where(c.at >= since, _about(subject)).order_by(c.number).limit(_PAGE)
        query = query.where(c.outcome.is_not(None)) if settled else query
        last = -1
        while True:
            with self._store.reading() as connection:
                rows = connection.execute(query.where(c.number > last)).all()
            yield from map(_logged, rows)
            if len(rows) < _PAGE:
                return
            last = rows[-1].number

    def count(self, subject: str = "") -> tuple[int, int]:
        """How many there are on a subject (see `read`), and how many of them have their outcome."""
        with self._store.reading() as connection:
            query = select(func.count(), func.count(m.decisions.c.outcome)).where(_about(subject))
            logged, settled = connection.execute(query).one()
        return int(logged), int(settled)

    def settle(self, now: float, window_s: float = WINDOW_S) -> int:
        """Find what came of the decisions that are older than the window; returns of how many."""
        c, count = m.decisions.c, 0
        query = select(c.number, c.session_id, c.at, c.strategy).where(c.outcome.is_(None), c.at < now - window_s)
        while True:
            with self._store.transaction() as connection:
                rows = connection.execute(query.order_by(c.number).limit(_PAGE)).all()
                by_session = sorted(rows, key=lambda row: (row.session_id, row.at))
                for session_id, own in groupby(by_session, key=lambda row: row.session_id):
                    _settle(connection, session_id, list(own), window_s)
            count += len(rows)
            if len(rows) < _PAGE:
                return count


def _settle(connection: Connection, session_id: str, decided: Sequence[Any], window_s: float) -> None:
    """Write the outcomes of decisions of one conversation, which come in order of time."""
    s, e, d = m.event_sessions.c, m.events.c, m.decisions.c
    visit = or_(s.session_id == session_id, s.conversation == session_id)
    query = select(e.name, e.time, e.value, s.marks).join(m.event_sessions, s.number == e.session).where(visit)
    there = e.time >= decided[0].at - window_s, e.name.not_like("-%")
    events = connection.execute(query.where(*there).order_by(e.time)).all()
    turns = select(d.at, d.features, d.strategy).where(d.session_id == session_id, d.at > decided[0].at).order_by(d.at)
    rows = connection.execute(turns)
    later = [(one.at, INTO_CART in orjson.loads(one.features), _subject(one.strategy)) for one in rows]
    for row in decided:
        subject = _subject(row.strategy)
        until = next((at for at, _, on in later if at > row.at and on == subject), float("inf"))
        asked = sum(carts and row.at < at <= row.at + window_s for at, carts, _ in later)
        after = [one for one in events if row.at < one.time <= row.at + window_s]
        sold = [one for one in after if one.name == PURCHASE]
        outcome = Outcome(
            looks=sum(one.name in _LOOKS and one.time <= until for one in after),
            carts=sum(one.name == CART for one in after) + asked,
            purchases=len(sold),
            value=sum(one.value or 0.0 for one in sold),
            doubted=any(one.marks for one in events),
            seen=bool(events) or asked > 0,
        )
        connection.execute(update(m.decisions).where(d.number == row.number).values(outcome=_dumped(outcome)))


def _about(subject: str) -> ColumnElement[bool]:
    """Whether a decision is on a subject."""
    c = m.decisions.c.strategy
    return c.startswith(f"{subject}:", autoescape=True) if subject else c.not_like("%:%")


def _subject(strategy: str) -> str:
    return strategy.rpartition(":")[0]


def _dumped(outcome: Outcome) -> bytes:
    return orjson.dumps(asdict(outcome))


def _logged(row: Any) -> Logged:
    outcome = Outcome(**orjson.loads(row.outcome)) if row.outcome else None
    made = (row.strategy, row.propensity, row.policy, orjson.loads(row.features))
    return Logged(row.session_id, row.turn, row.at, *made, outcome)
