"""A cart per conversation: lines add up, an emptied line goes, a key changes it once, also across processes."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from shopwright.catalog.carts import CartLine, change_cart, load_cart
from shopwright.catalog.store import Store


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    opened = Store.open(tmp_path / "store.db")
    yield opened
    opened.close()


def test_nothing_was_put_into_it(store: Store) -> None:
    assert load_cart(store, "nobody") == ()


def test_pieces_of_one_item_are_one_line_and_versions_are_lines_of_their_own(store: Store) -> None:
    change_cart(store, "a", [CartLine("tea", 1), CartLine("tea", 2), CartLine("tea", 1, "tea-250")])
    assert load_cart(store, "a") == (CartLine("tea", 3), CartLine("tea", 1, "tea-250"))


def test_a_line_without_pieces_goes_and_never_falls_below_none(store: Store) -> None:
    change_cart(store, "a", [CartLine("tea", 2), CartLine("pot", 1)])
    assert change_cart(store, "a", [CartLine("tea", -5)]) == (CartLine("pot", 1),)
    assert change_cart(store, "a", [CartLine("pot", -1), CartLine("cup", -1)]) == ()
    assert change_cart(store, "a", [CartLine("tea", 1)]) == (CartLine("tea", 1),)  # nothing is owed from before


def test_conversations_have_carts_of_their_own(store: Store) -> None:
    change_cart(store, "a", [CartLine("tea")])
    assert load_cart(store, "b") == ()


def test_a_key_changes_it_once_also_after_a_restart(store: Store, tmp_path: Path) -> None:
    change_cart(store, "a", [CartLine("tea")], "k")
    assert change_cart(store, "a", [CartLine("tea")], "k") == (CartLine("tea", 1),)
    other = Store.open(tmp_path / "store.db")
    assert change_cart(other, "a", [CartLine("pot")], "k") == (CartLine("tea", 1),)
    assert change_cart(other, "a", [CartLine("tea")], "another") == (CartLine("tea", 2),)
    other.close()
    assert load_cart(store, "a") == (CartLine("tea", 2),)


def test_what_is_put_in_side_by_side_is_all_there(store: Store) -> None:
    threads = [threading.Thread(target=change_cart, args=(store, "a", [CartLine("tea")])) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert load_cart(store, "a") == (CartLine("tea", 8),)
