"""A key is taken once, whoever asks, and a kept text outlives the process."""

from __future__ import annotations

import threading
from pathlib import Path

from shopwright.catalog.acts import Acts
from shopwright.catalog.store import Store


def test_texts_by_key_across_processes(tmp_path: Path) -> None:
    first = Acts(Store.open(tmp_path / "store.db"))
    assert first.add("k", "")
    assert not first.add("k", "again")
    assert first.get("k") == ""
    first.put("k", '{"done": true}')
    first.store.close()
    second = Acts(Store.open(tmp_path / "store.db"))
    assert second.get("k") == '{"done": true}'
    second.remove("k")
    assert second.get("k") is None
    assert second.add("k", "x")
    second.store.close()


def test_one_of_many_wins(tmp_path: Path) -> None:
    acts = Acts(Store.open(tmp_path / "store.db"))
    won: list[bool] = []
    threads = [threading.Thread(target=lambda: won.append(acts.add("k", ""))) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert won.count(True) == 1
    acts.store.close()
