"""Refusals are kept for whoever made them, no longer than they should be, and go with them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from shopwright.catalog import nevers as module
from shopwright.catalog.memory import Memory
from shopwright.catalog.nevers import SESSION_DAYS, Nevers
from shopwright.catalog.profile import Profiles
from shopwright.catalog.store import Store
from shopwright.errors import ConfigError, NotFoundError


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    opened = Store.open(tmp_path / "store.db")
    yield opened
    opened.close()


def test_a_visit_and_a_shopper_refuse_apart(store: Store) -> None:
    nevers = Nevers(store)
    Profiles(store).give_consent("anna", 1.0)
    nevers.add("coat", session_id="s")
    nevers.add("coat", session_id="s")
    nevers.add("hat", session_id="s", shopper_id="anna")  # a shopper's word is kept for the shopper
    assert (nevers.of(session_id="s"), nevers.of("anna"), nevers.of("anna", "s"), nevers.of()) == (
        {"coat"}, {"hat"}, {"coat", "hat"}, set(),
    )  # fmt: skip
    assert (nevers.remove("hat", session_id="s"), nevers.remove("hat", shopper_id="anna")) == (False, True)
    assert Profiles(store).export("anna")["never"] == []


def test_who_is_not_named_or_did_not_agree_is_refused(store: Store) -> None:
    nevers = Nevers(store)
    for act in (nevers.add, nevers.remove):
        with pytest.raises(ConfigError, match="give a session or a shopper"):
            act("coat")
    with pytest.raises(NotFoundError, match="'anna' has not agreed"):
        nevers.add("coat", shopper_id="anna")
    assert nevers.of("anna") == set()


def test_refusals_end_with_the_consent_the_visit_and_their_days(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    nevers, profiles = Nevers(store), Profiles(store)
    profiles.give_consent("anna", 1.0)
    nevers.add("coat", shopper_id="anna")
    nevers.add("coat", session_id="s")
    nevers.add("coat", session_id="t")
    assert profiles.withdraw_consent("anna").rows == {"consents": 1, "nevers": 1}
    assert Memory(store).forget_session("s").rows == {"nevers": 1}
    assert (nevers.of("anna"), nevers.of(session_id="s"), nevers.of(session_id="t")) == (set(), set(), {"coat"})
    now = module.time.time() + (SESSION_DAYS + 1) * 86_400
    monkeypatch.setattr(module.time, "time", lambda: now)
    nevers.add("hat", session_id="u")
    assert nevers.of(session_id="t") == set()
