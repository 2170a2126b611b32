"""The store's schema and the migrations that lead to it.

Append-only: a migration that has been released is never edited; a change of the schema is a new function `m00N_...` at
the end of `MIGRATIONS`. `migrate` runs those that a database has not seen, in the transaction that records them.
"""

from __future__ import annotations

from collections.abc import Callable

from sqlalchemy import (
    BigInteger,
    Column,
    Connection,
    Float,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
    inspect,
    select,
)

from shopwright.catalog.text import plain_email

metadata = MetaData()

applied = Table("migrations", metadata, Column("name", String, primary_key=True))

meta = Table("meta", metadata, Column("key", String, primary_key=True), Column("value", LargeBinary, nullable=False))

products = Table(
    "products",
    metadata,
    Column("id", String, primary_key=True),
    Column("body", LargeBinary, nullable=False),
    Column("digest", LargeBinary, nullable=False),
    Column("sequence", Integer, nullable=False, index=True),
    Column("ingest", Integer, nullable=False, index=True),
)

variants = Table(
    "variants",
    metadata,
    Column("id", String, primary_key=True),
    Column("product_id", String, nullable=False, index=True),
)

removed = Table(
    "removed_products",
    metadata,
    Column("id", String, primary_key=True),
    Column("sequence", Integer, nullable=False, index=True),
)

documents = Table(
    "documents",
    metadata,
    Column("id", String, primary_key=True),
    Column("kind", String, nullable=False, index=True),
    Column("body", LargeBinary, nullable=False),
)

reviews = Table(
    "reviews",
    metadata,
    Column("id", String, primary_key=True),
    Column("product_id", String, nullable=False, index=True),
    Column("date", String, nullable=False),
    Column("body", LargeBinary, nullable=False),
)

orders = Table(
    "orders",
    metadata,
    Column("id", String, primary_key=True),
    Column("customer_id", String, nullable=False, index=True),
    Column("body", LargeBinary, nullable=False),
)

customers = Table(
    "customers",
    metadata,
    Column("id", String, primary_key=True),
    Column("email", String, nullable=False, index=True),
    Column("body", LargeBinary, nullable=False),
)

ingests = Table(
    "ingests",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("source", Text, nullable=False),
    Column("finished", Float, nullable=False),
    Column("report", LargeBinary, nullable=False),
)

turns = Table(
    "turns",
    metadata,
    Column("session_id", String, primary_key=True),
    Column("number", Integer, primary_key=True),
    Column("created", Float, nullable=False),
    Column("body", LargeBinary, nullable=False),
)

searches = Table(
    "searches",
    metadata,
    Column("day", String, primary_key=True),
    Column("text", String, primary_key=True),
    Column("spelling", String, nullable=False),
    Column("times", BigInteger, nullable=False),
    Column("results", Integer),
    Column("searched", String, nullable=False),
    Column("means", String, nullable=False),
    Column("as_typed", Integer),
    Column("as_searched", Integer),
)

carts = Table(
    "carts",
    metadata,
    Column("session_id", String, primary_key=True),
    Column("body", LargeBinary, nullable=False),
)

acts = Table(
    "acts",
    metadata,
    Column("key", String, primary_key=True),
    Column("text", Text, nullable=False),
    Column("created", Float, nullable=False),
)

utterances = Table(  # rows are added and emptied, never deleted or lengthened: see `forgetting`
    "utterances",
    metadata,
    Column("number", Integer, primary_key=True),
    Column("session_id", String, nullable=False),
    Column("turn", Integer, nullable=False),
    Column("place", Integer, nullable=False),
    Column("speaker", String, nullable=False),
    Column("kind", String, nullable=False),
    Column("at", Float, nullable=False),
    Column("text", Text, nullable=False),
    Column("ids", LargeBinary, nullable=False),
    Column("vector", LargeBinary),
    Index("utterances_place", "session_id", "turn", "place"),
)

sessions = Table(
    "sessions",
    metadata,
    Column("session_id", String, primary_key=True),
    Column("shopper_id", String, index=True),
)

consents = Table(
    "consents",
    metadata,
    Column("shopper_id", String, primary_key=True),
    Column("at", Float, nullable=False),
    Column("version", String, nullable=False),
)

preferences = Table(  # likewise
    "preferences",
    metadata,
    Column("number", Integer, primary_key=True),
    Column("id", String, nullable=False, index=True),
    Column("shopper_id", String, nullable=False, index=True),
    Column("kind", String, nullable=False),
    Column("value", Text, nullable=False),
    Column("quote", Text, nullable=False),
    Column("session_id", String, nullable=False, index=True),
    Column("turn", Integer, nullable=False),
    Column("at", Float, nullable=False),
    Column("expires", Float),
)

event_sessions = Table(
    "event_sessions",
    metadata,
    Column("number", Integer, primary_key=True),
    Column("session_id", String, nullable=False, unique=True),
    Column("shopper_id", String, index=True),
    Column("conversation", String),
    Column("first", Float, nullable=False),
    Column("last", Float, nullable=False),
    Column("events", Integer, nullable=False),
    Column("marks", Integer, nullable=False),
)
Index(
    "event_sessions_conversation",
    event_sessions.c.conversation,
    sqlite_where=event_sessions.c.conversation.is_not(None),
    postgresql_where=event_sessions.c.conversation.is_not(None),
)

events = Table(  # rows are added and emptied like utterances; see `catalog.events.kept`
    "events",
    metadata,
    Column("number", BigInteger().with_variant(Integer, "sqlite"), primary_key=True),
    Column("key", LargeBinary, nullable=False, unique=True),
    Column("session", Integer, nullable=False, index=True),
    Column("name", String, nullable=False),
    Column("time", Float, nullable=False),
    Column("products", Text, nullable=False),
    Column("query", Text),
    Column("value", Float),
    Column("currency", String),
    Column("fields", LargeBinary),
)

event_days = Table(
    "event_days",
    metadata,
    Column("day", String, primary_key=True),
    Column("product", String, primary_key=True),
    Column("views", BigInteger, nullable=False),
    Column("carts", BigInteger, nullable=False),
    Column("purchases", BigInteger, nullable=False),
    sqlite_with_rowid=False,
)

decisions = Table(
    "decisions",
    metadata,
    Column("number", BigInteger().with_variant(Integer, "sqlite"), primary_key=True),
    Column("session_id", String, nullable=False),
    Column("turn", Integer, nullable=False),
    Column("at", Float, nullable=False),
    Column("strategy", String, nullable=False),
    Column("propensity", Float, nullable=False),
    Column("policy", String, nullable=False),
    Column("features", LargeBinary, nullable=False),
    Column("outcome", LargeBinary),
    Index("decisions_place", "session_id", "turn"),
)

nevers = Table(
    "nevers",
    metadata,
    Column("shopper_id", String, primary_key=True),
    Column("session_id", String, primary_key=True),
    Column("product", String, primary_key=True),
    Column("at", Float, nullable=False),
)


def m001_first_schema(connection: Connection) -> None:
    """Products, variants, documents, reviews, customers, orders, ingests, turns."""
    metadata.create_all(connection, checkfirst=True)


def m002_searches(connection: Connection) -> None:
    """What shoppers searched for, by day."""
    searches.create(connection, checkfirst=True)


def m003_carts(connection: Connection) -> None:
    """Carts, and the keys under which something was done."""
    carts.create(connection, checkfirst=True)
    acts.create(connection, checkfirst=True)


def m004_memory(connection: Connection) -> None:
    """What was said in conversations, whose they are, and what shoppers let the shop keep about them."""
    for table in (utterances, sessions, consents, preferences):
        table.create(connection, checkfirst=True)


def m005_plain_emails(connection: Connection) -> None:
    """Addresses of customers without capitals, so that one is found by the index; the records keep theirs."""
    known = connection.execute(select(customers.c.id, customers.c.email)).all()
    for customer_id, email in known:
        if email != plain_email(email):
            row = customers.update().where(customers.c.id == customer_id)
            connection.execute(row.values(email=plain_email(email)))


def m006_events(connection: Connection) -> None:
    """What shoppers did, rolled up by day and product, and what the assistant decided."""
    for table in (event_sessions, events, event_days, decisions):
        table.create(connection, checkfirst=True)


def m007_nevers(connection: Connection) -> None:
    """Products that somebody does not want to be shown again."""
    nevers.create(connection, checkfirst=True)


MIGRATIONS: tuple[Callable[[Connection], None], ...] = (
    m001_first_schema,
    m002_searches,
    m003_carts,
    m004_memory,
    m005_plain_emails,
    m006_events,
    m007_nevers,
)


def migrate(connection: Connection) -> list[str]:
    """Run the migrations that this database has not seen.

    Returns:
        The names of those that ran.
    """
    seen: set[str] = set()
    if inspect(connection).has_table(applied.name):
        seen = set(connection.execute(select(applied.c.name)).scalars())
    ran = []
    for step in MIGRATIONS:
        if step.__name__ not in seen:
            step(connection)
            connection.execute(applied.insert().values(name=step.__name__))
            ran.append(step.__name__)
    return ran
