"""What was forgotten leaves the files of models too."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import numpy as np
import pytest

from shopwright.catalog.events.kept import Events
from shopwright.catalog.events.log import EventLog
from shopwright.catalog.events.row import row_of
from shopwright.catalog.learned import FOLDER, forget_choices, sources_of
from shopwright.catalog.memory import Memory
from shopwright.catalog.store import Store

NOW = time.time() - 86_400


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    """Two visits of anna and one of ben."""
    with closing(Store.open(tmp_path / "store.db")) as kept:
        log = EventLog(Events(kept, 90))
        for session, shopper in (("a1", "anna"), ("a2", "anna"), ("b1", "ben")):
            log.add([row_of("view_item", session, NOW, ("p",), shopper=shopper)], session)
        assert log.flush()
        log.close()
        (tmp_path / FOLDER).mkdir()
        yield kept


def write(path: Path, visits: dict[str, list[int]], store: Store) -> None:
    """A model's file; a visit of "" is nobody's."""
    own = dict(zip(visits, sources_of(store, visits).tolist(), strict=True)) | {"": 0}
    lengths = [len(items) for items in visits.values()]
    np.savez(
        path,
        items=np.concatenate([np.array(items, np.int32) for items in visits.values()]),
        starts=np.concatenate([[0], np.cumsum(lengths)]),
        sources=np.repeat(np.array([own[name] for name in visits], np.uint64), lengths),
        forgotten=np.array(0),
        table=np.ones((4, 2)),
    )


def test_a_shopper_is_forgotten_in_every_model(store: Store, tmp_path: Path) -> None:
    path = tmp_path / FOLDER / "recommend.npz"
    write(path, {"a1": [0, 1], "b1": [1, 2, 3], "": [2, 0], "a2": [3, 1]}, store)
    assert Memory(store).forget_shopper("anna").swept
    with np.load(path) as kept:
        assert kept["items"].tolist() == [1, 2, 3, 2, 0]
        assert kept["starts"].tolist() == [0, 3, 5]
        assert (int(kept["forgotten"]), kept["table"].shape) == (4, (4, 2))
        assert not np.isin(kept["sources"], sources_of(store, ["a1", "a2"])).any()
    assert [one.name for one in path.parent.iterdir()] == ["recommend.npz"]


def test_nothing_to_forget_leaves_a_file_as_it_is(store: Store, tmp_path: Path) -> None:
    path = tmp_path / FOLDER / "recommend.npz"
    write(path, {"a1": [0, 1], "b1": [1, 2]}, store)
    before = path.stat()
    assert forget_choices(store, path.parent) == {}
    assert path.stat() == before


def test_a_file_of_which_nothing_is_left_goes(store: Store, tmp_path: Path) -> None:
    path = tmp_path / FOLDER / "recommend.npz"
    write(path, {"a1": [0, 1]}, store)
    Memory(store).forget_session("a1")
    assert not path.exists()


def test_other_files_stay_and_damaged_ones_are_told(
    store: Store, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    np.savez(tmp_path / FOLDER / "other.npz", items=np.arange(3))
    (tmp_path / FOLDER / "broken.npz").write_bytes(b"PK no archive")
    assert Memory(store).forget_shopper("ben").swept
    assert "broken.npz cannot be read" in caplog.text
    assert (tmp_path / FOLDER / "other.npz").is_file()


def test_sources_belong_to_one_store(store: Store, tmp_path: Path) -> None:
    ids = ["a1", "b1", ""]
    assert sources_of(store, ids).tolist() == sources_of(store, ids).tolist()
    (tmp_path / "other").mkdir()
    with closing(Store.open(tmp_path / "other" / "store.db")) as other:
        assert not np.isin(sources_of(other, ids), sources_of(store, ids)).any()


def test_a_model_of_visits_forgets_what_it_keeps_of_a_shopper_and_still_answers(store: Store, tmp_path: Path) -> None:
    from sequences.planting import chains
    from shopwright.sequences.encoder import EncoderSettings
    from shopwright.skills.intent.sessions.model import SessionSettings
    from shopwright.skills.intent.sessions.products import ProductSessions

    small = SessionSettings(encoder=EncoderSettings(dimensions=8, passes=2, drawn=20), choices=200)
    visits = [[f"p{item}" for item in each] for each in chains()]
    path = tmp_path / FOLDER / "visits-next.npz"
    ProductSessions.fit(visits, small, sources_of(store, ["a1", *["b1"] * (len(visits) - 1)])).save(path)
    assert Memory(store).forget_shopper("anna").swept
    loaded = ProductSessions.load(path)
    assert loaded.model.clicks == sum(map(len, visits[1:])) == len(loaded.sources)
    assert loaded.next(["p3"], 1)[0][0] in {"p2", "p4"}
