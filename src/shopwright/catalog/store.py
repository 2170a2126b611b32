"""The store: what the shop sells and says, in SQLite (default, WAL mode) or PostgreSQL through SQLAlchemy Core.

Every write of the catalogue raises `sequence` by one, in the same transaction; the search index remembers the sequence
that it reflects, so `changes(since)` is all that it needs to catch up after a crash.

Simplifications: one writer at a time (SQLite's own rule); a product is one JSON blob, filters live in the search index.
"""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import orjson
from sqlalchemy import (
    ColumnElement,
    Connection,
    Engine,
    Select,
    create_engine,
    delete,
    event,
    func,
    insert,
    select,
)
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import IntegrityError, SQLAlchemyError

from shopwright.catalog import migrations as m
from shopwright.catalog.chunks import chunked
from shopwright.catalog.codec import dump_plain, load_document, load_heading, load_product, load_review
from shopwright.catalog.text import plain_email
from shopwright.errors import NotFoundError, StoreError
from shopwright.types import Document, Product, Review

_CHUNK = 5_000
_TURN_TRIES = 5
_PRAGMAS = (
    "journal_mode=WAL",
    "synchronous=NORMAL",
    "busy_timeout=10000",
    "foreign_keys=ON",
    "secure_delete=ON",  # what is deleted is overwritten, see `forgetting`
)
_REMEDIES = (
    ("full", "Free disk space, then run it again."),
    ("no space", "Free disk space, then run it again."),
    ("locked", "Another process is writing: wait until it is done, then run it again."),
    ("not a database", "Another program wrote this file: move it away, or choose another folder with --home."),
    ("malformed", "The file is damaged: restore a backup, or move it away and ingest again."),
    ("readonly", "Let this user write the file and its folder, or choose another folder with --home."),
    ("unable to open", "Let this user write the file and its folder, or choose another folder with --home."),
    ("disk i/o", "The disk failed: check it and its mount, then run it again."),
)
"""What a database's message holds, and what to do about it."""


class Store:
    """Products, documents, reviews, orders and conversations of one shop.

    Args:
        url: an SQLAlchemy address; its folder must exist.

    Raises:
        StoreError: when the database cannot be opened.
    """

    def __init__(self, url: str) -> None:
        self.url = url
        self.engine = _engine(url)
        with self.transaction() as connection:
            m.migrate(connection)

    @classmethod
    def open(cls, path: Path) -> Store:
        """The SQLite store in a file, created with its folder when missing."""
        path.parent.mkdir(parents=True, exist_ok=True)
        return cls(f"sqlite:///{path}")

    def close(self) -> None:
        """Give the connections back."""
        self.engine.dispose()

    @contextmanager
    def transaction(self) -> Iterator[Connection]:
        """A transaction that commits at the end and leaves nothing behind when it fails.

        Raises:
            StoreError: in place of the database's own errors (disk full, locked, unreadable).
        """
        try:
            with self.engine.connect().execution_options(writes=True) as connection, connection.begin():
                yield connection
        except SQLAlchemyError as error:
            raise StoreError(f"{self.url}: {_cause(error)}. Nothing was written. {_remedy(error)}") from error

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """A connection to read with.

        Raises:
            StoreError: in place of the database's own errors.
        """
        try:
            with self.engine.connect() as connection:
                yield connection
        except SQLAlchemyError as error:
            raise StoreError(f"{self.url}: {_cause(error)}. {_remedy(error)}") from error

    # ── products ──

    @property
    def sequence(self) -> int:
        """How often the catalogue was written."""
        value = self.meta("sequence")
        return int(value) if value is not None else 0

    def product(self, product_id: str) -> Product:
        """The product with this id, or the one that has a variant with it.

        Raises:
            NotFoundError: when neither exists.
        """
        found = self.products([product_id])
        if product_id in found:
            return found[product_id]
        with self.reading() as connection:
            owner = connection.scalar(select(m.variants.c.product_id).where(m.variants.c.id == product_id))
        if owner is None:
            raise NotFoundError(f"product {product_id!r}: no product or variant has this id; search for it by name")
        return self.products([owner])[owner]

    def products(self, ids: Sequence[str]) -> dict[str, Product]:
        """Those of the products that exist, by id."""
        found: dict[str, Product] = {}
        with self.reading() as connection:
            for chunk in chunked(ids, _CHUNK):
                rows = connection.execute(select(m.products.c.id, m.products.c.body).where(m.products.c.id.in_(chunk)))
                found.update((row.id, load_product(row.body)) for row in rows)
        return found

    def all_products(self) -> Iterator[Product]:
        """Every product in the order of ids, streamed."""
        for _, body in self._stream(select(m.products.c.id, m.products.c.body)):
            yield load_product(body)

    def headings(self) -> Iterator[Product]:
        """Every product in the order of ids with no more than its title, description and category, streamed."""
        for _, body in self._stream(select(m.products.c.id, m.products.c.body)):
            yield load_heading(body)

    def changes(self, since: int) -> Iterator[tuple[str, Product | None]]:
        """What was written after sequence `since`: (id, product), or (id, None) where it was removed."""
        with self.reading() as connection:
            gone = connection.execute(select(m.removed.c.id).where(m.removed.c.sequence > since)).scalars().all()
        for product_id in gone:
            yield product_id, None
        query = select(m.products.c.id, m.products.c.body).where(m.products.c.sequence > since)
        for product_id, body in self._stream(query):
            yield product_id, load_product(body)

    def count(self) -> int:
        """How many products there are."""
        return self._count(m.products)

    def _stream(self, query: Select[Any]) -> Iterator[tuple[str, bytes]]:
        last = ""
        while True:
            page = query.where(m.products.c.id > last).order_by(m.products.c.id).limit(_CHUNK)
            with self.reading() as connection:
                rows = connection.execute(page).all()
            yield from ((row.id, row.body) for row in rows)
            if len(rows) < _CHUNK:
                return
            last = rows[-1].id

    # ── documents and reviews ──

    def put_documents(self, documents: Iterable[Document], *, full: bool = False) -> int:
        """Insert or replace documents by id, with `full` in place of all others; returns how many."""
        rows = [{"id": document.id, "kind": document.kind, "body": dump_plain(document)} for document in documents]
        with self.transaction() as connection:
            if full:
                connection.execute(delete(m.documents))
            self.upsert(connection, m.documents, rows)
            self.raise_sequence(connection, "documents_sequence")
        return len(rows)

    def documents(self, kind: str | None = None) -> list[Document]:
        """All documents, or those of one kind, by id."""
        query = select(m.documents.c.body).order_by(m.documents.c.id)
        if kind is not None:
            query = query.where(m.documents.c.kind == kind)
        with self.reading() as connection:
            return [load_document(body) for body in connection.execute(query).scalars()]

    def document(self, document_id: str) -> Document:
        """One document.

        Raises:
            NotFoundError: when there is none with this id.
        """
        with self.reading() as connection:
            body = connection.scalar(select(m.documents.c.body).where(m.documents.c.id == document_id))
        if body is None:
            raise NotFoundError(f"document {document_id!r}: no document has this id; list them with /api/documents")
        return load_document(body)

    def put_reviews(self, reviews: Iterable[Review], *, full: bool = False) -> int:
        """Insert or replace reviews by id, with `full` in place of all others; returns how many."""
        rows = [
            {"id": review.id, "product_id": review.product_id, "date": review.date, "body": dump_plain(review)}
            for review in reviews
        ]
        with self.transaction() as connection:
            if full:
                connection.execute(delete(m.reviews))
            self.upsert(connection, m.reviews, rows)
        return len(rows)

    def reviews(self, product_id: str, limit: int = 20) -> list[Review]:
        """The latest reviews of a product."""
        query = select(m.reviews.c.body).where(m.reviews.c.product_id == product_id)
        query = query.order_by(m.reviews.c.date.desc(), m.reviews.c.id).limit(limit)
        with self.reading() as connection:
            return [load_review(body) for body in connection.execute(query).scalars()]

    def count_documents(self) -> int:
        """How many documents there are."""
        return self._count(m.documents)

    def count_reviews(self) -> int:
        """How many reviews there are."""
        return self._count(m.reviews)

    # ── customers and orders ──

    def put_customers(self, customers: Iterable[dict[str, Any]], orders: Iterable[dict[str, Any]]) -> None:
        """Insert or replace customers (`id`, `email`, ...) and orders (`id`, `customer_id`, ...) as they are."""
        with self.transaction() as connection:
            rows = [
                {"id": row["id"], "email": plain_email(row["email"]), "body": orjson.dumps(row)} for row in customers
            ]
            self.upsert(connection, m.customers, rows)
            rows = [{"id": row["id"], "customer_id": row["customer_id"], "body": orjson.dumps(row)} for row in orders]
            self.upsert(connection, m.orders, rows)

    # ── conversations ──

    def add_turn(self, session_id: str, body: bytes) -> int:
        """Append a turn, whose JSON is `body`; returns its number, counted from 0.

        The insert numbers the turn itself, so that two that end at once are both kept: SQLite lets one statement write
        at a time, and PostgreSQL refuses the second, which is then numbered again.
        """
        last = select(func.coalesce(func.max(m.turns.c.number), 0) + 1).where(m.turns.c.session_id == session_id)
        turn = {"session_id": session_id, "number": last.scalar_subquery(), "created": time.time(), "body": body}
        for tries_left in reversed(range(_TURN_TRIES)):
            try:
                with self.transaction() as connection:
                    number = connection.scalar(insert(m.turns).values(turn).returning(m.turns.c.number))
                    return int(number or 1) - 1
            except StoreError as error:
                if not tries_left or not isinstance(error.__cause__, IntegrityError):
                    raise
        raise AssertionError("the last try returns or raises")

    def last_turn(self, session_id: str) -> int:
        """The number of a session's last turn, from 1; 0 when it has none. Turns that were deleted keep theirs."""
        query = select(func.coalesce(func.max(m.turns.c.number), 0)).where(m.turns.c.session_id == session_id)
        with self.reading() as connection:
            return int(connection.scalar(query) or 0)

    def turns(self, session_id: str, last: int = 20) -> list[bytes]:
        """The last turns of a session as JSON, oldest first; forgotten ones, whose body is blank, are left out."""
        told = func.substr(m.turns.c.body, 1, 1) != b" "
        query = select(m.turns.c.body).where(m.turns.c.session_id == session_id, told)
        query = query.order_by(m.turns.c.number.desc()).limit(last)
        with self.reading() as connection:
            return list(reversed(connection.execute(query).scalars().all()))

    # ── small things ──

    def meta(self, key: str) -> bytes | None:
        """A value kept under a name."""
        with self.reading() as connection:
            return connection.scalar(select(m.meta.c.value).where(m.meta.c.key == key))

    def set_meta(self, key: str, value: bytes) -> None:
        """Keep a value under a name."""
        with self.transaction() as connection:
            self.upsert(connection, m.meta, [{"key": key, "value": value}])

    def raise_sequence(self, connection: Connection, key: str = "sequence") -> int:
        """Add one to a counter within the caller's transaction; returns the new value."""
        value = connection.scalar(select(m.meta.c.value).where(m.meta.c.key == key))
        number = (int(value) if value is not None else 0) + 1
        self.upsert(connection, m.meta, [{"key": key, "value": str(number).encode()}])
        return number

    def upsert(self, connection: Connection, table: Any, rows: Sequence[dict[str, Any]]) -> None:
        """Insert rows, replacing those whose primary key exists."""
        if not rows:
            return
        dialect = postgresql if self.engine.dialect.name == "postgresql" else sqlite
        statement = dialect.insert(table)
        keys = [column.name for column in table.primary_key]
        changed = {name: statement.excluded[name] for name in rows[0] if name not in keys}
        connection.execute(statement.on_conflict_do_update(index_elements=keys, set_=changed), list(rows))

    def remove_products(self, connection: Connection, ids: Sequence[str], sequence: int) -> None:
        """Delete products and remember that they are gone, within the caller's transaction."""
        for chunk in chunked(ids, _CHUNK):
            connection.execute(delete(m.products).where(m.products.c.id.in_(chunk)))
            connection.execute(delete(m.variants).where(m.variants.c.product_id.in_(chunk)))
            self.upsert(connection, m.removed, [{"id": gone, "sequence": sequence} for gone in chunk])

    def _count(self, table: Any, *conditions: ColumnElement[bool]) -> int:
        with self.reading() as connection:
            return int(connection.scalar(select(func.count()).select_from(table).where(*conditions)) or 0)


def _cause(error: SQLAlchemyError) -> BaseException:
    return getattr(error, "orig", None) or error


def _remedy(error: SQLAlchemyError) -> str:
    """What to do about a failure of the database."""
    if isinstance(error, IntegrityError):
        return "Another writer was faster: run it again."
    said = str(_cause(error)).lower()
    return next((remedy for words, remedy in _REMEDIES if words in said), "Run it again; shopwright doctor says more.")


def _engine(url: str) -> Engine:
    engine = create_engine(url)
    if engine.dialect.name == "sqlite":

        @event.listens_for(engine, "connect")
        def _pragmas(connection: Any, _record: Any) -> None:
            connection.isolation_level = None  # SQLAlchemy, not the driver, begins transactions (see below)
            for pragma in _PRAGMAS:
                connection.execute(f"PRAGMA {pragma}")

        @event.listens_for(engine, "begin")
        def _begin(connection: Connection) -> None:
            # a transaction that reads first and then writes would fail at once when another one wrote in between
            writes = connection.get_execution_options().get("writes")
            connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")

    return engine
