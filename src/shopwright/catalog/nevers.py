"""Products that somebody does not want to be shown again.

    nevers = Nevers(store)
    nevers.add("coat-1", session_id="s1")           # for this visit
    nevers.add("coat-1", shopper_id="anna")         # for good: anna agreed that something is kept about her
    nevers.of("anna", "s1")                         # {"coat-1"}

What a visit refused is kept for `SESSION_DAYS`, since nobody comes back under its id. What a shopper refused goes with
their consent. Both go when the visit or the shopper is forgotten (`forgetting`).
"""

from __future__ import annotations

import time

from sqlalchemy import and_, delete, or_, select

from shopwright.catalog import migrations as m
from shopwright.catalog.store import Store
from shopwright.errors import ConfigError, NotFoundError

SESSION_DAYS = 30
"""How long the refusals of a visit are kept."""
_DAY_S = 86_400.0


class Nevers:
    """The refusals of one shop's shoppers; safe for many threads and processes.

    Args:
        store: that keeps them.
    """

    def __init__(self, store: Store) -> None:
        self._store = store

    def add(self, product_id: str, *, shopper_id: str = "", session_id: str = "") -> None:
        """Keep that a product is not to be shown again to a shopper, or else in a visit.

        Raises:
            ConfigError: neither is named.
            NotFoundError: the shopper did not agree that anything is kept; nothing was kept.
        """
        shopper_id, session_id = _owner(shopper_id, session_id)
        c, now = m.nevers.c, time.time()
        given = select(m.consents.c.at).where(m.consents.c.shopper_id == shopper_id)
        row = {"shopper_id": shopper_id, "session_id": session_id, "product": product_id, "at": now}
        with self._store.transaction() as connection:
            if shopper_id and connection.scalar(given) is None:
                raise NotFoundError(
                    f"shopper {shopper_id!r} has not agreed that anything is kept: name the session instead, or call "
                    "give_consent when they say yes"
                )
            old = and_(c.shopper_id == "", c.at < now - SESSION_DAYS * _DAY_S)
            connection.execute(delete(m.nevers).where(old))
            self._store.upsert(connection, m.nevers, [row])

    def remove(self, product_id: str, *, shopper_id: str = "", session_id: str = "") -> bool:
        """Let a product be shown again; returns whether it was refused.

        Raises:
            ConfigError: neither shopper nor session is named.
        """
        shopper_id, session_id = _owner(shopper_id, session_id)
        c = m.nevers.c
        own = and_(c.shopper_id == shopper_id, c.session_id == session_id, c.product == product_id)
        with self._store.transaction() as connection:
            return connection.execute(delete(m.nevers).where(own)).rowcount > 0

    def of(self, shopper_id: str = "", session_id: str = "") -> frozenset[str]:
        """What a shopper refused, and what a visit did; either may be ""."""
        c = m.nevers.c
        theirs = and_(c.shopper_id == shopper_id, c.shopper_id != "")
        here = and_(c.session_id == session_id, c.session_id != "")
        with self._store.reading() as connection:
            return frozenset(connection.execute(select(c.product).where(or_(theirs, here))).scalars())


def _owner(shopper_id: str, session_id: str) -> tuple[str, str]:
    """Who refuses: the shopper where one is named, else the visit."""
    if not shopper_id and not session_id:
        raise ConfigError("nobody is named whom the product shall not be shown: give a session or a shopper")
    return (shopper_id, "") if shopper_id else ("", session_id)
