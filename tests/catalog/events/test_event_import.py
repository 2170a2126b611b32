"""Files of events in the store: what is kept, told, doubted, rolled up, pruned and forgotten."""

from __future__ import annotations

import gzip
import json
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from shopwright.catalog import migrations as m
from shopwright.catalog.events import importing
from shopwright.catalog.events.importing import import_events
from shopwright.catalog.events.kept import Events
from shopwright.catalog.events.report import EventReport
from shopwright.catalog.memory import Memory
from shopwright.catalog.profile import Profiles
from shopwright.catalog.store import Store
from shopwright.errors import ConfigError, FeedError

NOW = time.time()
HOUR = NOW - 3_600


@pytest.fixture
def kept(tmp_path: Path) -> Iterator[Events]:
    with closing(Store.open(tmp_path / "home" / "store.db")) as store:
        with store.transaction() as connection:
            rest = {"body": b"{}", "digest": b"", "sequence": 1, "ingest": 1}
            store.upsert(connection, m.products, [{"id": id} | rest for id in ("coat", "hat")])
        yield Events(store, 90)


def did(name: str, session: str, at: float, *items: str, **more: Any) -> dict[str, Any]:
    return {"name": name, "session": session, "time": at, "items": list(items)} | more


def taken(kept: Events, rows: list[Any], folder: Path, **more: Any) -> EventReport:
    path = folder / "log.jsonl"
    path.write_text("".join((row if isinstance(row, str) else json.dumps(row)) + "\n" for row in rows))
    return import_events(kept, path, format="simple", **more)


VISIT = [
    did("view_item", "s1", HOUR, "coat", shopper="anna"),
    did("search", "s1", HOUR + 10, query="a hat of quixotic felt", shopper="anna"),
    did("add_to_cart", "s1", HOUR + 20, "hat", shopper="anna"),
    did("purchase", "s1", HOUR + 60, "hat", "coat", value=40.5, currency="EUR", coupon="FELT", shopper="anna"),
    did("view_item", "s2", HOUR, "hat"),
]


def test_events_come_back_by_session_and_are_rolled_up(kept: Events, tmp_path: Path) -> None:
    report = taken(kept, VISIT, tmp_path)
    assert (report.read, report.stored, report.duplicates, report.out_of_order, report.unknown) == (5, 5, 0, 0, 0)
    first, second = kept.sessions()
    assert [(one.name, one.items) for one in first] == [
        ("view_item", ("coat",)), ("search", ()), ("add_to_cart", ("hat",)), ("purchase", ("hat", "coat")),
    ]  # fmt: skip
    assert (first[0].shopper_id, first[1].query, first[3].fields) == (
        "anna",
        "a hat of quixotic felt",
        {"coupon": "FELT"},
    )
    assert str(first[3].value and first[3].value.amount) == "40.5"
    assert second[0].session_id == "s2"
    assert {(one.product, one.views, one.carts, one.purchases) for one in kept.of_day("0000")} == {
        ("coat", 1, 0, 1), ("hat", 1, 1, 1),
    }  # fmt: skip
    assert list(kept.product_sessions()) == [
        [("view_item", "coat"), ("add_to_cart", "hat"), ("purchase", "hat"), ("purchase", "coat")],
        [("view_item", "hat")],
    ]
    assert kept.totals().names == {"view_item": 2, "add_to_cart": 1, "purchase": 1, "search": 1}
    assert list(kept.sessions(NOW)) == []


def test_the_same_file_again_changes_nothing(kept: Events, tmp_path: Path) -> None:
    taken(kept, VISIT, tmp_path)
    before = kept.totals()
    again = taken(kept, VISIT + VISIT[:1], tmp_path)
    assert (again.stored, again.duplicates) == (0, 6)
    assert again.lines["duplicate"][0] == (1, "view_item of session s1 was there already")
    assert kept.totals() == before
    more = taken(kept, [*VISIT, did("view_item", "s1", HOUR + 99, "coat")], tmp_path)
    assert (more.stored, more.duplicates) == (1, 5)
    assert len(next(iter(kept.sessions()))) == 5


def test_an_event_is_known_by_its_id(kept: Events, tmp_path: Path) -> None:
    rows = [did("view_item", "s1", HOUR, "coat", id=id) for id in ("e1", "e2", "e1")]
    report = taken(kept, rows, tmp_path)
    assert (report.stored, report.duplicates) == (2, 1)


def test_every_line_is_accounted_for(kept: Events, tmp_path: Path) -> None:
    rows = [
        *VISIT, VISIT[0], "{broken", did("scroll", "s1", HOUR), did("view_item", "s1", HOUR - 5, "coat"),
        did("view_item", "s1", NOW + 3_600, "coat"), did("view_item", "s1", NOW + 200, "coat"),
        did("view_item", "s1", NOW - 91 * 86_400, "coat"), did("view_item", "s1", HOUR + 70, "wig"),
        did("purchase", "s1", HOUR, "hat", value=-3), did("search", "s1", HOUR, query="x" * 999_000),
    ]  # fmt: skip
    report = taken(kept, rows, tmp_path)
    assert report.refused == {"malformed": 1, "future": 1, "too old": 1, "negative value": 1, "too long": 1}
    assert (report.others, report.duplicates, report.out_of_order, report.unknown) == ({"scroll": 1}, 1, 2, 1)
    assert report.read == report.stored + report.duplicates + sum((report.refused + report.others).values()) == 15
    assert report.lines["out of order"][0][0] == 9
    assert report.lines["unknown product"] == [(13, "wig")]
    assert [line for line, _ in report.lines["future"]] == [10]
    session = next(iter(kept.sessions()))
    assert [one.time for one in session] == sorted(one.time for one in session)
    assert json.loads(json.dumps(report.record()))["stored"] == report.stored


def crowd(count: int, name: str = "view_item", product: str = "hat") -> list[dict[str, Any]]:
    return [did(name, f"p{at}", HOUR + at % 900, product) for at in range(count)]


def test_a_bot_is_marked_and_neither_rolled_up_nor_learned_from(kept: Events, tmp_path: Path) -> None:
    fast = [did("view_item", "bot", HOUR + at * 0.3, f"c{at}", "coat") for at in range(120)]
    quick = [did("view_item", "hasty", HOUR + at * 0.8, "coat", id=str(at)) for at in range(25)]
    report = taken(kept, [*crowd(200), *fast, *quick], tmp_path)
    assert report.marked == {"bot: rate": 120, "bot: no think time": 25}
    assert report.lines["bot: rate"][0][0] == 201
    assert {one.product for one in kept.of_day("0000")} == {"hat"} or kept.of_day("0000")[0].product == "hat"
    assert sum(one.views for one in kept.of_day("0000")) == 200
    assert all(session[0].session_id.startswith("p") for session in kept.sessions())
    assert len(list(kept.sessions(marked=True))) == 202
    assert kept.totals().bots == 2
    more = taken(kept, [did("view_item", "bot", HOUR + 500, "coat")], tmp_path)
    assert more.marked == {"marked before": 1}
    assert sum(one.views for one in kept.of_day("0000")) == 200


def test_one_source_cannot_push_a_product(kept: Events, tmp_path: Path) -> None:
    push = [did("add_to_cart", f"m{at // 10}", HOUR - at * 30, "coat", shopper="mallory") for at in range(80)]
    alone = [did("add_to_cart", "n", HOUR - at * 30, "hat") for at in range(60)]
    fair = [did("view_item", f"f{at}", HOUR, "coat", shopper=f"w{at}") for at in range(30)]
    report = taken(kept, [*crowd(30), *fair, *push, *alone], tmp_path)
    assert report.marked == {"poison: product": 140}
    assert any("'coat' by 'mallory' in 8 sessions" in detail for _, detail in report.lines["poison: product"])
    assert {(one.product, one.views, one.carts) for one in kept.of_day("0000")} == {("coat", 30, 0), ("hat", 30, 0)}
    assert kept.totals().poisoned == 9


def test_one_source_cannot_have_a_large_share_of_everything(kept: Events, tmp_path: Path) -> None:
    loud = [did("view_item", f"l{at // 15}", HOUR - at * 20, f"x{at}", shopper="loud") for at in range(1_200)]
    report = taken(kept, [*crowd(3_000), *loud], tmp_path)
    assert report.marked == {"poison: share": 1_200}
    assert "source 'loud' has 1,200 of 4,200 events" in report.lines["poison: share"][0][1]
    assert [one.product for one in kept.of_day("0000") if one.views] == ["hat"]


def test_an_import_that_breaks_leaves_the_store_as_it_was(
    kept: Events, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    taken(kept, VISIT, tmp_path)
    before, chunks = kept.totals(), []
    monkeypatch.setattr(importing, "CHUNK", 100)

    def stop(count: int, share: float) -> None:
        chunks.append(count)
        if len(chunks) == 3:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        taken(kept, crowd(1_000), tmp_path, progress=stop)
    assert kept.totals() == before
    (path := tmp_path / "cut.gz").write_bytes(gzip.compress("\n".join(map(json.dumps, crowd(5_000))).encode())[:-2_000])
    with pytest.raises(FeedError, match="cut off or damaged"):
        import_events(kept, path, format="simple")
    assert kept.totals() == before
    assert taken(kept, crowd(1_000), tmp_path).stored == 1_000


def test_what_is_too_old_goes(kept: Events, tmp_path: Path) -> None:
    old = [did("search", "old", NOW - 20 * 86_400, query="zqvxhopt umbrella")]
    taken(kept, [*old, *VISIT], tmp_path)
    short = Events(kept.store, 10)
    with short.writing() as connection:
        assert short.prune(connection) == 1
    assert [session[0].session_id for session in kept.sessions()] == ["s1", "s2"]
    assert all(b"zqvxhopt" not in one for one in stored_bytes(tmp_path, kept))
    assert taken(kept, [did("view_item", "new", HOUR, "hat")], tmp_path).stored == 1
    assert [len(session) for session in kept.sessions()] == [4, 1, 1]


def test_no_days_no_events(kept: Events, tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="events_days is 0"):
        taken(Events(kept.store, 0), VISIT, tmp_path)


def stored_bytes(folder: Path, kept: Events) -> list[bytes]:
    with kept.store.engine.connect() as connection:
        connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    return [path.read_bytes() for path in (folder / "home").iterdir()]


def test_a_shopper_is_forgotten_in_every_byte(kept: Events, tmp_path: Path) -> None:
    taken(kept, [*VISIT, did("search", "s2", HOUR + 5, query="somebody else's lantern")], tmp_path)
    exported = Profiles(kept.store).export("anna")["events"]
    assert [one["name"] for one in exported] == ["view_item", "search", "add_to_cart", "purchase"]
    done = Memory(kept.store).forget_shopper("anna", prove=True)
    assert (done.rows["events"], done.rows["event_sessions"], done.swept) == (4, 1, True)
    assert done.check is not None
    assert sum(done.check.before.values()) >= 1
    assert done.check.gone
    assert all(word not in one for one in stored_bytes(tmp_path, kept) for word in (b"quixotic", b"FELT", b"anna"))
    assert kept.of_shopper("anna") == []
    assert [[one.name for one in session] for session in kept.sessions()] == [["view_item", "search"]]
    assert kept.totals().names == {"view_item": 1, "search": 1}
    assert Memory(kept.store).forget_shopper("anna").rows == {}


def test_a_visit_is_forgotten_and_its_number_goes_to_nobody(kept: Events, tmp_path: Path) -> None:
    taken(kept, VISIT, tmp_path)
    assert Memory(kept.store).forget_session("s2").rows["events"] == 1
    taken(kept, [did("view_item", "s3", HOUR, "hat")], tmp_path)
    with kept.store.reading() as connection:
        found = connection.execute(select(m.event_sessions.c.session_id, m.event_sessions.c.number))
        numbers = {row.session_id: row.number for row in found}
    assert numbers == {"s1": 1, "s3": 3}
    assert [len(session) for session in kept.sessions()] == [4, 1]
