"""What came of the shop's own answers: outcomes of its decisions, goods that came back, thumbs.

    store.append(shop_rows(catalogue, thumbs={("session-1", 3): True}))

A turn is a prompt (the message) and a response (the answer). Its scores, each from 0 to 1:

    outcome   what came of the visit, a purchase 1, a cart 0.3, a look 0.05 (`catalog.events.decisions.Outcome`);
              weight 1 / propensity, at most `HEAVIEST`, so that what was rarely tried counts as if always
    kept      1 after a purchase, 0 when something of the visit was refunded; none without a purchase
    thumb     1 for up, 0 for down, where the caller has them: the shop's page asks for none

The annotator of each is the visit and turn, as a hash. Turns that were forgotten, visits that look like a bot's or like
poison, and visits of which nothing is known are left out and counted.

Privacy: what is imported lies outside of the shop's store, and forgetting does not reach it. Drop the source and import
again after shoppers were forgotten (`RewardStore.drop`).

Simplifications: a message is taken without the turns before it; a refund speaks against every purchase of the visit.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from hashlib import blake2b
from typing import Any

import orjson
from sqlalchemy import func, or_, select

from shopwright.catalog import migrations as m
from shopwright.catalog.events.decisions import Decisions, Logged, Outcome
from shopwright.catalog.store import Store
from shopwright.train.align.examples import Response, Row, Score, Unread

SOURCE = "shop"
HEAVIEST = 10.0
_REFUND = "refund"
_PAGE = 500

Thumbs = Mapping[tuple[str, int], bool]
"""By conversation and number of the turn, from 0: whether the shopper liked the answer."""


def shop_rows(store: Store, thumbs: Thumbs | None = None) -> Iterator[Row | Unread]:
    """The answers of a shop with what came of them; settle the decisions first (`Decisions.settle`).

    Raises:
        StoreError: the store cannot be read.
    """
    known = {(one.session_id, one.turn): one for one in Decisions(store).read(settled=True)}
    thumbs = thumbs or {}
    for session, turn, body in _turns(store):
        where, decision, thumb = f"{session}:{turn}", known.get((session, turn)), thumbs.get((session, turn))
        if decision is None and thumb is None:
            continue
        if body is None:
            yield Unread("a turn that was forgotten or cannot be read", where)
            continue
        response = Response(body[0], body[1], decision.policy if decision else "", SOURCE)
        scores = list(_scores(store, decision, thumb))
        if decision is not None and (why := _unfit(decision.outcome)):
            yield Unread(why, where)
        if scores:
            yield response
        by = f"visit {blake2b(where.encode(), digest_size=8).hexdigest()}"
        for objective, value, weight in scores:
            yield Score(response.prompt_id, response.id, objective, value, by, weight, SOURCE)


def _scores(store: Store, decision: Logged | None, thumb: bool | None) -> Iterator[tuple[str, float, float]]:
    if thumb is not None:
        yield "thumb", float(thumb), 1.0
    if decision is None or (outcome := decision.outcome) is None or _unfit(outcome):
        return
    weight = min(HEAVIEST, 1 / decision.propensity) if decision.propensity > 0 else HEAVIEST
    yield "outcome", outcome.reward, weight
    if outcome.purchases:
        yield "kept", float(not _refunded(store, decision)), 1.0


def _unfit(outcome: Outcome | None) -> str:
    if outcome is None or not outcome.seen:
        return "a visit of which nothing is known"
    return "a visit that looks like a bot's or like poison" if outcome.doubted else ""


def _refunded(store: Store, decision: Logged) -> bool:
    s, e = m.event_sessions.c, m.events.c
    visit = or_(s.session_id == decision.session_id, s.conversation == decision.session_id)
    query = select(func.count()).select_from(m.events).join(m.event_sessions, s.number == e.session)
    with store.reading() as connection:
        return bool(connection.scalar(query.where(visit, e.name == _REFUND, e.time > decision.at)))


def _turns(store: Store) -> Iterator[tuple[str, int, tuple[str, str] | None]]:
    """Session, number from 0, message and answer of all turns; a page in memory."""
    c = m.turns.c
    query = select(c.session_id, c.number, c.body).order_by(c.session_id, c.number).limit(_PAGE)
    session, number = "", 0
    while True:
        after = or_(c.session_id > session, (c.session_id == session) & (c.number > number))
        with store.reading() as connection:
            rows = connection.execute(query.where(after)).all()
        for row in rows:
            yield row.session_id, row.number - 1, _said(row.body)
        if len(rows) < _PAGE:
            return
        session, number = rows[-1].session_id, rows[-1].number


def _said(raw: bytes) -> tuple[str, str] | None:
    try:
        body: dict[str, Any] = orjson.loads(raw)
        message, answer = body["message"], body["answer"]
    except (orjson.JSONDecodeError, KeyError, TypeError):
        return None
    return (message, answer) if isinstance(message, str) and isinstance(answer, str) else None
