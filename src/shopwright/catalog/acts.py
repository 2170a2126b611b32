"""What was done under which key, kept in the store, so that nothing is done twice: a shelf of texts by key."""

from __future__ import annotations

import time
from dataclasses import dataclass

from sqlalchemy import Connection, delete, select, update
from sqlalchemy.exc import IntegrityError

from shopwright.catalog import migrations as m
from shopwright.catalog.store import Store
from shopwright.errors import StoreError


@dataclass(frozen=True, slots=True)
class Acts:
    """The acts of one shop; shared by all processes that have its store open."""

    store: Store

    def add(self, key: str, text: str) -> bool:
        """Keep a text, unless there is one of this key: then nothing happens and it is False."""
        try:
            with self.store.transaction() as connection:
                return self.claim(connection, key, text)
        except StoreError as error:
            if isinstance(error.__cause__, IntegrityError):  # another process was first
                return False
            raise

    def get(self, key: str) -> str | None:
        """The text of a key; None where there is none."""
        with self.store.reading() as connection:
            return connection.scalar(select(m.acts.c.text).where(m.acts.c.key == key))

    def put(self, key: str, text: str) -> None:
        """Keep a text in place of the one of this key."""
        with self.store.transaction() as connection:
            connection.execute(update(m.acts).where(m.acts.c.key == key).values(text=text))

    def remove(self, key: str) -> None:
        """Forget a key."""
        with self.store.transaction() as connection:
            connection.execute(delete(m.acts).where(m.acts.c.key == key))

    @staticmethod
    def claim(connection: Connection, key: str, text: str = "") -> bool:
        """Take a key in the transaction of the one who acts under it; False when it was taken before."""
        if connection.scalar(select(m.acts.c.key).where(m.acts.c.key == key)) is not None:
            return False
        connection.execute(m.acts.insert().values(key=key, text=text, created=time.time()))
        return True
