from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select, update

from shopwright.catalog import migrations, searches
from shopwright.catalog.search_file import read_searches
from shopwright.catalog.searches import CORRECTION, Search, SearchLog, fold
from shopwright.catalog.store import Store
from shopwright.errors import FeedError
from shopwright.types import SearchPage


def counted(typed: str, searched: str) -> tuple[int, int]:
    return len(typed), len(searched)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    opened = Store.open(tmp_path / "store.db")
    yield opened
    opened.close()


@pytest.fixture
def log(store: Store) -> Iterator[SearchLog]:
    opened = SearchLog(store, counted)
    yield opened
    opened.close()


def days_ago(store: Store, days: int) -> None:
    """Make all that is in the log so old."""
    with store.transaction() as connection:
        connection.execute(update(migrations.searches).values(day=(date.today() - timedelta(days)).isoformat()))


def held(log: SearchLog) -> dict[str, int]:
    assert log.flush()
    return {search.text: search.times for search in log.read()}


def test_what_was_asked_is_counted_whatever_its_case_and_accents(log: SearchLog) -> None:
    for query in ("Café  Table", "cafe table", " CAFE TABLE\n", "oak"):
        log.add(query, SearchPage(total=3))
    log.add("  ", SearchPage(total=900))
    assert log.flush()
    assert log.read() == [Search("cafe table", "Café Table", 3, 3), Search("oak", "oak", 1, 3)]
    assert log.total() == 4


def test_a_correction_is_kept_with_what_each_wording_finds(log: SearchLog) -> None:
    log.add("oak shlef", SearchPage(total=7, searched="oak shelf"))
    assert log.flush()
    assert log.read() == [Search("oak shlef", "oak shlef", 1, 7, "oak shelf", CORRECTION, 9, 9)]


def test_the_last_known_number_found_stands(log: SearchLog) -> None:
    for total, filtered in ((3, False), (5, False), (1, True)):
        log.add("oak", SearchPage(total=total), filtered=filtered)
        assert log.flush()
    assert log.read() == [Search("oak", "oak", 3, 5)]
    log.add("pine", SearchPage(total=1), filtered=True)
    assert log.flush()
    assert log.read()[-1] == Search("pine", "pine", 1, None)


def test_what_may_be_about_a_person_or_is_no_query_is_counted_without_its_words(log: SearchLog) -> None:
    for query in ("order of jane.doe@example.org", "x" * 81, "word " * 10_000):
        log.add(query, SearchPage())
    assert held(log) == {}
    assert log.total() == 3


@pytest.mark.parametrize("query", ["\x00oak\ud800", "'; DROP TABLE searches; --", "🏕️", "палатка", "%_\\", "ﬁ\u200bx"])
def test_any_text_can_be_logged(log: SearchLog, query: str) -> None:
    log.add(query, SearchPage(total=1))
    assert sum(held(log).values()) == 1


def test_folding_leaves_words_apart() -> None:
    assert fold("Oak\tSHELF\x00Ünder") == "oak shelf under"


def test_days_add_up_and_end(log: SearchLog, store: Store) -> None:
    log.add("oak", SearchPage(total=1))
    assert log.flush()
    days_ago(store, 40)
    log.add("oak", SearchPage(total=2))
    log.add("pine", SearchPage(total=2))
    assert log.flush()
    assert [(one.text, one.times, one.results) for one in log.read()] == [("oak", 2, 2), ("pine", 1, 2)]
    assert [(one.text, one.times) for one in log.read(days=30)] == [("oak", 1), ("pine", 1)]
    assert [one.text for one in log.read(least=2)] == ["oak"]
    assert [one.text for one in log.read(limit=1)] == ["oak"]
    assert (log.total(), log.total(30)) == (3, 2)


def test_old_days_are_dropped_and_days_that_are_over_keep_what_was_asked_most(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(searches, "KEPT", 2)
    with_days = SearchLog(store, counted)
    with_days.add("ancient", SearchPage())
    assert with_days.flush()
    days_ago(store, searches.DAYS)
    for query, times in (("oak", 3), ("pine", 2), ("elm", 1), ("ash", 1)):
        for _ in range(times):
            with_days.add(query, SearchPage())
    assert with_days.flush()
    with store.transaction() as connection:
        today, yesterday = date.today(), date.today() - timedelta(1)
        connection.execute(
            update(migrations.searches)
            .where(migrations.searches.c.day == today.isoformat())
            .values(day=yesterday.isoformat())
        )
    tomorrow = SearchLog(store, counted)  # the first writing of a process makes room
    tomorrow.add("yew", SearchPage())
    assert held(tomorrow) == {"oak": 3, "pine": 2, "yew": 1}
    assert tomorrow.total() == 8
    with store.reading() as connection:
        assert "ancient" not in connection.scalars(select(migrations.searches.c.text)).all()
    with_days.close()
    tomorrow.close()


def test_a_day_holds_so_many_texts_and_memory_too(log: SearchLog, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(searches, "DAILY", 3)
    for query in ("a", "b", "b"):
        log.add(query, SearchPage())
    assert held(log) == {"a": 1, "b": 2}
    for query in ("a", "c", "d", "d"):
        log.add(query, SearchPage())
    assert held(log) == {"a": 2, "b": 2, "d": 2}
    monkeypatch.setattr(searches, "_HELD", 1)
    for query in ("a", "b", "c"):
        log.add(query, SearchPage())
    assert held(log) == {"a": 3, "b": 2, "d": 2}
    assert log.total() == 10


def test_a_search_waits_for_nothing(log: SearchLog) -> None:
    page = SearchPage(total=5, searched="oak shelf")
    log.add("warm", page)
    started = time.perf_counter()
    for number in range(2_000):
        log.add(f"Oak shlef {number % 500}", page)
    assert (time.perf_counter() - started) / 2_000 < 1e-4


def test_it_is_written_without_being_asked(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(searches, "_EVERY_S", 0.01)
    log = SearchLog(store, counted)
    log.add("oak", SearchPage())
    for _ in range(500):
        if log.read():
            break
        time.sleep(0.01)
    assert [one.text for one in log.read()] == ["oak"]
    log.close()


def test_closing_writes_and_ends_it(store: Store) -> None:
    others = set(threading.enumerate())
    log = SearchLog(store, counted)
    log.add("oak", SearchPage())
    log.close()
    assert [one.times for one in log.read()] == [1]
    assert not any(thread.name == "log-searches" for thread in set(threading.enumerate()) - others)


def test_two_processes_add_up(store: Store, tmp_path: Path) -> None:
    other_store = Store.open(tmp_path / "store.db")
    one, other = SearchLog(store, counted), SearchLog(other_store, counted)

    def ask(log: SearchLog) -> None:
        for _ in range(20):
            log.add("oak", SearchPage(total=1))
            assert log.flush()

    threads = [threading.Thread(target=ask, args=(log,)) for log in (one, other)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert held(one) == {"oak": 40}
    for log in (one, other):
        log.close()
    other_store.close()


def test_what_a_locked_store_refuses_is_written_later(
    log: SearchLog, store: Store, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    with store.engine.connect() as connection:
        connection.exec_driver_sql("PRAGMA busy_timeout=1")
    log.add("oak", SearchPage(total=4))
    busy = Store.open(tmp_path / "store.db")
    with busy.transaction():
        assert not log.flush()
        log.add("Oak", SearchPage(total=5))
    assert "locked" in caplog.text
    busy.close()
    assert log.flush()
    assert log.read() == [Search("oak", "oak", 2, 5)]


def test_an_older_store_gets_the_table(tmp_path: Path) -> None:
    store = Store.open(tmp_path / "store.db")
    with store.transaction() as connection:
        migrations.searches.drop(connection)
        connection.execute(migrations.applied.delete().where(migrations.applied.c.name == "m002_searches"))
    store.close()
    again = Store.open(tmp_path / "store.db")
    assert SearchLog(again, counted).read() == []
    again.close()


# ── the log of another search ──


def read(folder: Path, text: str | bytes) -> list[Search]:
    path = folder / "log"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return list(read_searches(path))


def test_columns_and_json_lines_are_read(tmp_path: Path) -> None:
    assert read(tmp_path, "\ufeffOak shelf\t40\r\n\n \t3\nlamp\n") == [
        Search("oak shelf", "Oak shelf", 40),
        Search("lamp", "lamp", 1),
    ]
    assert read(tmp_path, '{"query": "Oak"}\n{"query": "elm", "count": 3, "results": 0}\n') == [
        Search("oak", "Oak", 1, None),
        Search("elm", "elm", 3, 0),
    ]
    assert read(tmp_path, "") == []


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("oak\t4\nelm\tmany\n", "line 2: .*'many' is not a whole number from 1"),
        ("oak\t0\n", "line 1: .*count 0"),
        ("oak\t4\t4\n", "line 1: .*2 tabs"),
        (f"oak\t{10**12}\n", "count 1000000000000 is not a whole number"),
        ('{"query": "oak"}\nelm\t3\n', "line 2: 'elm.*no JSON"),
        ('{"query": "oak", "count": true}\n', "count True"),
        ('{"query": "oak", "count": 1.5}\n', "count 1.5"),
        ('{"query": "oak", "results": -1}\n', "results -1 is not a whole number from 0"),
        ('{"query": "oak", "hits": 1}\n', "'hits' is none of query, count, results"),
        ('{"count": 1}\n', 'a text "query"'),
        (b"oak\t4\n\xff\xfe\t3\n", "not UTF-8"),
    ],
)
def test_a_line_that_is_not_of_the_form_is_named_and_nothing_is_written(
    tmp_path: Path, log: SearchLog, text: str | bytes, said: str
) -> None:
    (tmp_path / "log").write_bytes(text if isinstance(text, bytes) else text.encode())
    with pytest.raises(FeedError, match=said):
        log.take(read_searches(tmp_path / "log"))
    assert log.read() == []


def test_no_file_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(FeedError, match="name a text file"):
        list(read_searches(tmp_path / "none"))
    with pytest.raises(FeedError, match="name a text file"):
        list(read_searches(tmp_path))


def test_what_is_taken_in_is_added_to_today(log: SearchLog) -> None:
    log.add("oak", SearchPage(total=2))
    assert log.flush()
    assert log.take([Search("oak", "OAK", 3), Search("elm", "elm", 1, 0), Search("elm", "elm", 2)]) == 6
    assert log.read() == [Search("oak", "oak", 4, 2), Search("elm", "elm", 3, 0)]
