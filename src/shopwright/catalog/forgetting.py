"""Forgetting what was said so that it is gone: from every table that may hold it, and from the bytes of the files.

SQLite leaves words behind in three places. A `DELETE` leaves them in free space: every connection has `secure_delete`
on, which overwrites that with zeros. The write-ahead log keeps them: after each forgetting it is written back and cut
to nothing (`sweep`). And whenever a page of a table overflows or runs empty, rows move between pages and their old
bytes stay in the gaps, which `secure_delete` does not reach. So rows that hold words never move: they are only added
at the end, and what is forgotten is overwritten in place by blanks of the same length, which moves nothing (SQLite's
`btreeOverwriteCell`). `compact` gives the space back.

While another connection reads a state from before, the log cannot be cut. Then `sweep` says False, a mark in the store
stays, and the next sweep, of this process or after a restart, ends the work.

Forgotten are: the bodies of turns, whose numbers stay, so that no key of an act is used twice; what later turns carried
over of them; utterances; preferences that were said there; results of acts; what was decided there; with a whole
session its cart, what was not to be shown again, and the events of the visit that it was part of; with a shopper all of
their events; and what a model file keeps of visits that are gone (`learned`). What stays: orders, their changes and
tickets for a person, which are the merchant's records, the log of searches, which names nobody and which no message of
a conversation reaches, and what events were added up to by day and product.

Simplifications: `Cut` knows the form of a turn's body (`assistant/session.py`). A later answer loses a forgotten
message where it quotes it whole; what it says in words of its own stays until the session is forgotten. Carts and
results of acts, which hold ids and figures, are deleted without the care that words get, and so are decisions and the
sessions of events. Of an event stay its time and its amount, nobody's by then, until `compact`. On PostgreSQL old
versions of rows go when the server runs VACUUM. Copies that others made (backups, snapshots, freed blocks of the disk)
are out of reach.
"""

from __future__ import annotations

import logging
import re
import sqlite3
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import orjson
from sqlalchemy import ColumnElement, Connection, Table, and_, bindparam, delete, func, or_, select, update

from shopwright.catalog import migrations as m
from shopwright.catalog.chunks import chunked
from shopwright.catalog.learned import FOLDER, forget_choices
from shopwright.catalog.remains import FileCheck, count_in_files, folder_of, probes_of
from shopwright.catalog.store import Store
from shopwright.types import ASSISTANT, SHOPPER

logger = logging.getLogger(__name__)

WAIT_S = 1.0
"""How long a sweep waits for connections that read an earlier state; writers wait meanwhile."""

FORGETTINGS = "forgettings"
"""Name in the store of how many deletions there were: whoever holds words in memory drops them when it changes."""
_MARK = "unswept"
_MOVED = b"moved"
_CHUNK, _EVENTS = 200, 5_000
_QUOTED = 12
"""Letters from which on a message is looked for in later answers; "yes" says nothing about whose it is."""
_GONE = "[forgotten]"
_KEY = re.compile(rb"\b[0-9a-f]{24,32}\b")


@dataclass(frozen=True, slots=True)
class Forgotten:
    """What a deletion did.

    Args:
        rows: how many rows were deleted or emptied, by table.
        swept: whether the bytes are gone as well; False while another connection reads an earlier state (`sweep` ends
            it), and on PostgreSQL, where VACUUM does.
        check: what the files hold, where that was asked for.
    """

    rows: Mapping[str, int] = field(default_factory=dict)
    swept: bool = False
    check: FileCheck | None = None


class Cut:
    """A forgetting within one transaction; counts as it goes.

    Attributes:
        rows: how many rows were emptied, rewritten or deleted, by table.
        texts: what shoppers said in them; what was answered and shown is mostly the catalogue's.
    """

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self.rows: dict[str, int] = {}
        self.texts: list[str] = []

    def session(self, session_id: str) -> None:
        """Everything of a session."""
        self._empty_turns(m.turns.c.session_id == session_id)
        self._empty_utterances(m.utterances.c.session_id == session_id)
        self.preferences(m.preferences.c.session_id == session_id)
        did = m.event_sessions.c
        self._behaviour(or_(did.session_id == session_id, did.conversation == session_id))
        for table in (m.carts, m.sessions, m.decisions, m.nevers):
            self._run(table, delete(table).where(table.c.session_id == session_id))

    def turns(self, session_id: str, first: int, last: int) -> None:
        """The turns `first` to `last` of a session, counted from 0, and what later ones carried over."""
        turns, said, kept = m.turns.c, m.utterances.c, m.preferences.c
        messages = self._empty_turns(and_(turns.session_id == session_id, turns.number.between(first + 1, last + 1)))
        messages += self._empty_utterances(and_(said.session_id == session_id, said.turn.between(first, last)))
        self.preferences(and_(kept.session_id == session_id, kept.turn.between(first, last)))
        made = m.decisions.c
        these = and_(made.session_id == session_id, made.turn.between(first, last))
        self._run(m.decisions, delete(m.decisions).where(these))
        quoted = sorted({text for text in messages if len(text) >= _QUOTED}, key=len, reverse=True)
        self._later_turns(session_id, first, last, quoted)
        self._later_answers(session_id, last, quoted)

    def preferences(self, condition: ColumnElement[bool]) -> None:
        """Preferences of a profile."""
        names = ("id", "shopper_id", "kind", "value", "quote", "session_id")
        rows = self._connection.execute(select(m.preferences).where(condition)).all()
        self.texts += [text for row in rows for text in (row.quote, row.value)]
        self._empty(m.preferences, rows, names)

    def utterances(self, condition: ColumnElement[bool]) -> None:
        """Utterances, without what others say of them."""
        self._empty_utterances(condition)

    def vectors(self, after: int, most: int = 1_000) -> int:
        """Vectors of the next rows after one of this number; returns the last row's number, 0 when there was none."""
        c = m.utterances.c
        query = select(c.number, c.vector).where(c.number > after, c.vector.is_not(None)).order_by(c.number)
        rows = self._connection.execute(query.limit(most)).all()
        self._empty(m.utterances, rows, ("vector",))
        return int(rows[-1].number) if rows else 0

    def profile(self, shopper_id: str) -> None:
        """The preferences and the consent of a shopper, and what they never want to be shown."""
        self.preferences(m.preferences.c.shopper_id == shopper_id)
        for table in (m.consents, m.nevers):
            self._run(table, delete(table).where(table.c.shopper_id == shopper_id))

    def behaviour(self, shopper_id: str) -> None:
        """What a shopper did, in whichever session, and what was decided and refused there."""
        own = select(m.event_sessions.c.session_id).where(m.event_sessions.c.shopper_id == shopper_id)
        for table in (m.decisions, m.nevers):
            self._run(table, delete(table).where(table.c.session_id.in_(own)))
        self._behaviour(m.event_sessions.c.shopper_id == shopper_id)

    def events(self, condition: ColumnElement[bool]) -> None:
        """Events, without their sessions; a page at a time, since there may be many."""
        c = m.events.c
        there = select(c.number, c.name, c.products, c.query, c.currency, c.fields).where(condition)
        query, last = there.order_by(c.number).limit(_EVENTS), -1
        while rows := self._connection.execute(query.where(c.number > last)).all():
            self.texts += [row.query for row in rows if row.query]
            self._empty(m.events, rows, ("name", "products", "query", "currency", "fields"))
            last = rows[-1].number

    def sessions(self, shopper_id: str) -> list[str]:
        """The conversations of a shopper."""
        query = select(m.sessions.c.session_id).where(m.sessions.c.shopper_id == shopper_id)
        return list(self._connection.execute(query).scalars())

    # ── parts ──

    def _behaviour(self, condition: ColumnElement[bool]) -> None:
        c = m.event_sessions.c
        for numbers in chunked(self._connection.execute(select(c.number).where(condition)).scalars().all(), _CHUNK):
            self.events(and_(m.events.c.session.in_(numbers), m.events.c.name.not_like("-%")))
            self._run(m.event_sessions, delete(m.event_sessions).where(c.number.in_(numbers)))

    def _run(self, table: Table, statement: Any) -> None:
        if (count := self._connection.execute(statement).rowcount) > 0:
            self.rows[table.name] = self.rows.get(table.name, 0) + count

    def _empty(self, table: Table, rows: Sequence[Any], names: Sequence[str]) -> None:
        """Overwrite columns of numbered rows by blanks of the same length."""
        if rows:
            blanks = [
                {f"new_{name}": blank(getattr(row, name)) for name in names} | {"row": row.number} for row in rows
            ]
            values: dict[str, Any] = {name: bindparam(f"new_{name}") for name in names}
            self._connection.execute(update(table).where(table.c.number == bindparam("row")).values(values), blanks)
            self.rows[table.name] = self.rows.get(table.name, 0) + len(rows)

    def _empty_utterances(self, condition: ColumnElement[bool]) -> list[str]:
        """Returns the messages among them."""
        rows = self._connection.execute(select(m.utterances).where(condition)).all()
        self._empty(m.utterances, rows, ("session_id", "speaker", "kind", "text", "ids", "vector"))
        messages = [row.text for row in rows if row.kind == "said" and row.speaker != ASSISTANT]
        self.texts += messages
        return messages

    def _empty_turns(self, condition: ColumnElement[bool]) -> list[str]:
        """Take the bodies of turns and the results of their acts; returns the messages."""
        messages: list[str] = []
        keys: set[str] = set()
        for row in _bodies(self._connection, condition):
            body = _parsed(row.body)
            messages.append(str(body.get("message", "")))
            keys.update(found.decode() for found in _KEY.findall(row.body))
            self._rewrite(row, b" " * len(row.body))
        for chunk in chunked(sorted(keys), _CHUNK):
            made = m.acts.c.key.in_(chunk), m.acts.c.text != ""
            self._run(m.acts, update(m.acts).where(*made).values(text="null"))
        self.texts += messages
        return messages

    def _rewrite(self, row: Any, body: bytes) -> None:
        here = m.turns.c.session_id == row.session_id, m.turns.c.number == row.number
        self._run(m.turns, update(m.turns).where(*here).values(body=body))

    def _later_turns(self, session_id: str, first: int, last: int, quoted: Sequence[str]) -> None:
        """Turns after the forgotten ones, without what they carried over."""
        for row in _bodies(self._connection, and_(m.turns.c.session_id == session_id, m.turns.c.number > last + 1)):
            if body := _parsed(row.body):
                new = orjson.dumps(_unquoted(_carrying_nothing(body, first, last), quoted))
                self._rewrite(row, new.ljust(len(row.body)))

    def _later_answers(self, session_id: str, last: int, quoted: Sequence[str]) -> None:
        """What was answered later and quotes a forgotten message."""
        c = m.utterances.c
        after = and_(c.session_id == session_id, c.turn > last, c.speaker != SHOPPER)
        for row in self._connection.execute(select(c.number, c.text, c.vector).where(after)).all():
            if (new := _unquoted(row.text, quoted)) != row.text:
                values = {"text": new, "vector": blank(row.vector)}
                self._run(m.utterances, update(m.utterances).where(c.number == row.number).values(values))


def forget(store: Store, work: Callable[[Cut], None], *, prove: bool = False, wait_s: float = WAIT_S) -> Forgotten:
    """Delete in one transaction, then take the words out of the files.

    Args:
        work: what is to be deleted.
        prove: look for what the shopper said in every file of the store's folder, before and after; this reads them
            all, with the store locked for writers the first time.
        wait_s: see `sweep`.

    Raises:
        StoreError: nothing was deleted.
    """
    folder = folder_of(store) if prove else None
    with store.transaction() as connection:
        cut = Cut(connection)
        work(cut)
        if cut.rows:
            if connection.scalar(select(m.meta.c.value).where(m.meta.c.key == _MARK)) != _MOVED:
                store.upsert(connection, m.meta, [{"key": _MARK, "value": b"1"}])
            store.raise_sequence(connection, FORGETTINGS)
        probes = probes_of(cut.texts) if folder else []
        before = count_in_files(folder, probes) if folder else {}
    swept = sweep(store, wait_s) if cut.rows else store.meta(_MARK) is None
    check = FileCheck(len(probes), before, count_in_files(folder, probes)) if folder else None
    return Forgotten(cut.rows, swept, check)


def sweep(store: Store, wait_s: float = WAIT_S) -> bool:
    """Write SQLite's log back and cut it to nothing, if something was deleted since that was last done.

    Args:
        wait_s: how long to wait for connections that read a state from before.

    Returns:
        Whether nothing that was deleted is left in the files, those of models included; always False on PostgreSQL
        after a deletion.
    """
    mark = store.meta(_MARK)
    if mark is None:
        return True
    if store.engine.dialect.name != "sqlite":
        return False
    if not _models_swept(store) or not _written_back(store, wait_s, anew=mark == _MOVED):
        return False
    with store.transaction() as connection:
        connection.execute(delete(m.meta).where(m.meta.c.key == _MARK))
    return True


def _models_swept(store: Store) -> bool:
    """Take what is gone out of the files of models; False where one could not be written."""
    folder = folder_of(store)
    try:
        taken = forget_choices(store, folder / FOLDER) if folder else {}
    except OSError as error:
        logger.warning("a model still holds visits that were forgotten (%s): the next clean-up tries again", error)
        return False
    for name, count in taken.items():
        logger.info("%s: %d choices of visits that are gone taken out", name, count)
    return True


def _written_back(store: Store, wait_s: float, anew: bool) -> bool:
    """Cut the log to nothing, with `anew` after the whole file was written anew; False where somebody is in the way."""
    raw = store.engine.raw_connection()
    try:
        cursor = raw.cursor()
        usual = cursor.execute("PRAGMA busy_timeout").fetchone()[0]
        cursor.execute(f"PRAGMA busy_timeout={int(wait_s * 1000)}")
        try:
            if anew:
                cursor.execute("VACUUM")
            return not cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0]
        except sqlite3.OperationalError:  # locked, or no space: the mark stays
            return False
        finally:
            cursor.execute(f"PRAGMA busy_timeout={int(usual)}")
    finally:
        raw.close()


def compact(store: Store) -> bool:
    """Give back the space of what was forgotten, by writing SQLite's whole file anew; its cost grows with the file.

    Returns:
        Whether it could be done; where somebody was in the way, the next sweep does it.
    """
    with store.transaction() as connection:
        empty = update(m.turns).where(func.substr(m.turns.c.body, 1, 1) == b" ").values(body=b" ")
        connection.execute(empty)
        for table in (m.utterances, m.preferences):
            connection.execute(delete(table).where(func.substr(table.c.kind, 1, 1) == "-"))
        connection.execute(delete(m.events).where(func.substr(m.events.c.name, 1, 1) == "-"))
        store.upsert(connection, m.meta, [{"key": _MARK, "value": _MOVED}])
    return sweep(store)


def blank(value: str | bytes | None) -> str | bytes | None:
    """As many bytes that say nothing; a text becomes dashes, bytes become spaces."""
    if isinstance(value, str):
        return "-" * len(value.encode())
    return b" " * len(value) if value is not None else None


def _bodies(connection: Connection, condition: ColumnElement[bool]) -> Iterator[Any]:
    """The turns of one session that say something, by number, a page at a time: they may be written meanwhile."""
    c = m.turns.c
    query = select(c.session_id, c.number, c.body).where(condition, func.substr(c.body, 1, 1) != b" ")
    query, last = query.order_by(c.number).limit(_CHUNK), -1
    while rows := connection.execute(query.where(c.number > last)).all():
        yield from rows
        last = rows[-1].number


def _parsed(raw: bytes) -> dict[str, Any]:
    """The body of a turn; {} where it is none."""
    try:
        body = orjson.loads(raw)
    except orjson.JSONDecodeError:
        return {}
    return body if isinstance(body, dict) else {}


def _carrying_nothing(body: Mapping[str, Any], first: int, last: int) -> dict[str, Any]:
    """A later turn with its own message and answer, the products it showed, and who the desk knows."""
    left = {name: value for name, value in body.items() if name != "turn"}
    state = dict(left.get("state") or {})
    if state:
        state |= {"need": None, "pending": None}
        if desk := state.get("desk"):
            state["desk"] = desk | {"said": [], "queue": [], "asked": "", "answered": 0}
        if noted := state.get("dialogue"):
            kept = {
                name: [one for one in some if not first <= one["turn"] <= last] if isinstance(some, list) else some
                for name, some in noted.items()
            }
            kept["wishes"] = [one for one in kept.get("wishes", ()) if one["turn"] < first]
            state["dialogue"] = kept
        left["state"] = state
    return left


def _unquoted(value: Any, quoted: Sequence[str]) -> Any:
    """A JSON value whose texts hold none of these messages."""
    if isinstance(value, str):
        for text in quoted:
            value = value.replace(text, _GONE.ljust(len(text.encode())))
        return value
    if isinstance(value, list):
        return [_unquoted(one, quoted) for one in value]
    if isinstance(value, dict):
        return {name: _unquoted(one, quoted) for name, one in value.items()}
    return value
