"""What a shopper lets the shop keep about them: sizes, allergies, tastes, each with the words that said it.

    profiles = Profiles(store)
    profiles.give_consent("anna", at=now)
    profiles.keep("anna", Preference("size", "shoes 44", "I wear 44", "s1", 3, now, now + YEAR))
    profiles.preferences("anna", now)              # by id
    profiles.export("anna")

Nothing is kept without consent, and withdrawing it deletes what was kept. A preference that expired is deleted when
somebody looks, so no clock that goes backwards brings it back. Of two on the same subject the one that was kept last
stands, whatever their clocks said.

Simplification: whether a shopper is who they say is the merchant's to know; an id is taken as given.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import asdict
from hashlib import blake2b
from typing import Any, cast

from sqlalchemy import and_, select

from shopwright.catalog import migrations as m
from shopwright.catalog.events.kept import Events
from shopwright.catalog.forgetting import Cut, Forgotten, forget
from shopwright.catalog.memory import Memory, storable
from shopwright.catalog.nevers import Nevers
from shopwright.catalog.store import Store
from shopwright.errors import NotFoundError
from shopwright.types import Preference, PreferenceKind

VERSION = "1"
"""Of the text that shoppers consent to; a merchant who changes it counts up."""

_LETTERS = frozenset({"xxs", "xs", "s", "m", "l", "xl", "xxl", "xxxl", "eu", "us", "uk", "small", "medium", "large"})
_ONE_PER_SUBJECT = ("size", "person", "budget")


class Profiles:
    """The profiles of one shop's shoppers; safe for many threads and processes."""

    def __init__(self, store: Store) -> None:
        self.store = store

    # ── consent ──

    def consent(self, shopper_id: str) -> float | None:
        """When the shopper agreed; None when they did not."""
        with self.store.reading() as connection:
            return connection.scalar(select(m.consents.c.at).where(m.consents.c.shopper_id == shopper_id))

    def give_consent(self, shopper_id: str, at: float, version: str = VERSION) -> None:
        """Note that the shopper agreed, to which version of the text."""
        row = {"shopper_id": shopper_id, "at": at if math.isfinite(at) else 0.0, "version": version}
        with self.store.transaction() as connection:
            self.store.upsert(connection, m.consents, [row])

    def withdraw_consent(self, shopper_id: str, *, prove: bool = False) -> Forgotten:
        """Delete the consent and the profile; conversations stay."""
        return self._forget(lambda cut: cut.profile(shopper_id), prove)

    # ── the profile ──

    def keep(self, shopper_id: str, preference: Preference) -> str:
        """Keep a preference in place of what was known on its subject; returns its id.

        Raises:
            NotFoundError: the shopper did not consent; nothing was kept.
        """
        key = preference_id(shopper_id, preference)
        row = asdict(preference) | {"id": key, "shopper_id": shopper_id}
        row |= {name: storable(row[name]) for name in ("value", "quote")}
        row["at"] = preference.at if math.isfinite(preference.at) else 0.0
        given = select(m.consents.c.at).where(m.consents.c.shopper_id == shopper_id).with_for_update(read=True)
        with self.store.transaction() as connection:
            if connection.scalar(given) is None:
                raise NotFoundError(
                    f"shopper {shopper_id!r} has not agreed that anything is kept: ask them, and call give_consent "
                    "when they say yes"
                )
            Cut(connection).preferences(m.preferences.c.id == key)
            connection.execute(m.preferences.insert().values(row))
        return key

    def preferences(self, shopper_id: str, now: float) -> dict[str, Preference]:
        """What is known by id, in the order in which it was kept; what has expired by `now` is deleted."""
        known = self._stored(shopper_id)
        gone = [key for key, one in known.items() if one.expires is not None and one.expires <= now]
        if gone:
            c = m.preferences.c
            expired = and_(c.shopper_id == shopper_id, c.id.in_(gone), c.expires <= now)
            forget(self.store, lambda cut: cut.preferences(expired), wait_s=0)
        return {key: one for key, one in known.items() if key not in gone}

    def forget_preference(self, key: str, *, prove: bool = False) -> Forgotten:
        """Forget one preference; the words stay in the conversation, which `Memory.forget_turns` forgets."""
        return self._forget(lambda cut: cut.preferences(m.preferences.c.id == key), prove)

    def export(self, shopper_id: str) -> dict[str, Any]:
        """All that is kept of a shopper, as JSON values: consent, preferences, refusals, conversations, events."""
        query = select(m.consents.c.at, m.consents.c.version).where(m.consents.c.shopper_id == shopper_id)
        with self.store.reading() as connection:
            given = connection.execute(query).first()
        memory = Memory(self.store)
        sessions = []
        for session_id in memory.sessions(shopper_id):
            said = [asdict(one) | {"ids": list(one.ids)} for one, _ in memory.utterances(session_id)]
            sessions.append({"session_id": session_id, "utterances": said})
        return {
            "shopper": shopper_id,
            "consent": {"at": given.at, "version": given.version} if given else None,
            "preferences": [{"id": key} | asdict(one) for key, one in self._stored(shopper_id).items()],
            "never": sorted(Nevers(self.store).of(shopper_id)),
            "sessions": sessions,
            "events": [
                {"name": one.name, "session_id": one.session_id, "time": one.time, "items": list(one.items)}
                | {"query": one.query}
                for one in Events(self.store, 0).of_shopper(shopper_id)
            ],
        }

    def _stored(self, shopper_id: str) -> dict[str, Preference]:
        c = m.preferences.c
        query = select(m.preferences).where(c.shopper_id == shopper_id).order_by(c.number)
        with self.store.reading() as connection:
            return {row.id: _preference(row) for row in connection.execute(query)}

    def _forget(self, work: Callable[[Cut], None], prove: bool) -> Forgotten:
        return forget(self.store, work, prove=prove)


def subject_of(preference: Preference) -> str:
    """What a preference is about, without what it says of it: "shoes" of "shoes EU 44"; a taste is its own subject."""
    value = preference.value.casefold()
    if preference.kind not in _ONE_PER_SUBJECT:
        return value
    words = [word for word in value.split() if word not in _LETTERS and not any(sign.isdigit() for sign in word)]
    return " ".join(words)


def preference_id(shopper_id: str, preference: Preference) -> str:
    """The id of what is known of a shopper on one subject; liking and disliking a thing are one subject."""
    kind = "taste" if preference.kind in ("like", "dislike") else preference.kind
    name = "\0".join((shopper_id, kind, subject_of(preference)))
    return blake2b(name.encode("utf-8", "replace"), digest_size=12).hexdigest()


def _preference(row: Any) -> Preference:
    kind = cast(PreferenceKind, row.kind)
    return Preference(kind, row.value, row.quote, row.session_id, row.turn, row.at, row.expires)
