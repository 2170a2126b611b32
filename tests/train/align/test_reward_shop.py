"""The shop's own answers as reward data. All visits are simulated."""

from __future__ import annotations

import time
from contextlib import closing
from pathlib import Path

import orjson
import pytest
from sqlalchemy import update

pytest.importorskip("pyarrow")

from shopwright.catalog import migrations as m
from shopwright.catalog.events.decisions import WINDOW_S, Decisions
from shopwright.catalog.events.kept import Events
from shopwright.catalog.events.log import EventLog
from shopwright.catalog.events.row import row_of
from shopwright.catalog.store import Store
from shopwright.train.align.examples import Response, Score, Unread
from shopwright.train.align.importing.shop import HEAVIEST, shop_rows
from shopwright.train.align.store import RewardStore

AT = time.time() - 86_400


def turn(store: Store, session: str, message: str, propensity: float = 0.5) -> None:
    number = store.add_turn(session, orjson.dumps({"message": message, "answer": f"About {message}"}))
    Decisions(store).add_named(session, number, "search", propensity, "rules", {}, AT)


def test_outcomes_refunds_and_thumbs(tmp_path: Path) -> None:
    with closing(Store.open(tmp_path / "store.db")) as shop:
        for session, message in (
            ("a", "tent"),
            ("b", "stove"),
            ("c", "lamp"),
            ("d", "rope"),
            ("e", "axe"),
            ("f", "map"),
        ):
            turn(shop, session, message, 0.01 if session == "c" else 0.5)
        shop.add_turn("z", orjson.dumps({"message": "hi", "answer": "Hello."}))
        log = EventLog(Events(shop, 90))
        for session in ("a", "b", "c", "e"):
            log.add([row_of("view_item", session, AT + 5, ("x",))], session)
        for session in ("a", "b"):
            log.add([row_of("purchase", session, AT + 60, ("x",), value=9.0, currency="EUR", id=session)], session)
        log.add([row_of("refund", "b", AT + 3 * WINDOW_S, ("x",))], "b")
        assert log.flush()
        log.close()
        Decisions(shop).settle(time.time())
        with shop.transaction() as connection:
            connection.execute(update(m.turns).where(m.turns.c.session_id == "e").values(body=b"   "))
        rows = list(shop_rows(shop, thumbs={("d", 0): False, ("z", 0): True}))
    texts = {one.id: one.text for one in rows if isinstance(one, Response)}
    scores = {(texts[one.response], one.objective): (one.value, one.weight) for one in rows if isinstance(one, Score)}
    assert scores == {
        ("About tent", "outcome"): (1.0, 2.0),
        ("About tent", "kept"): (1.0, 1.0),
        ("About stove", "outcome"): (1.0, 2.0),
        ("About stove", "kept"): (0.0, 1.0),
        ("About lamp", "outcome"): (0.05, HEAVIEST),
        ("About rope", "thumb"): (0.0, 1.0),
        ("Hello.", "thumb"): (1.0, 1.0),
    }
    assert sorted(one.reason for one in rows if isinstance(one, Unread)) == [
        "a turn that was forgotten or cannot be read",
        "a visit of which nothing is known",
        "a visit of which nothing is known",
    ]
    report = RewardStore(tmp_path / "rewards").append(rows)
    assert report.stored == {"prompts": 5, "responses": 5, "scores": 7}
