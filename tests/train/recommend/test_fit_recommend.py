"""A model of behaviour from a shop's own events: learned, judged, kept, updated, and without those who are forgotten."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import numpy as np
import pytest
from simulated_shop import NOW, QUICK, catalogue, fill
from sqlalchemy import update

from shopwright.catalog import migrations as m
from shopwright.catalog.events.kept import Events
from shopwright.catalog.events.log import EventLog
from shopwright.catalog.events.row import row_of
from shopwright.catalog.learned import sources_of
from shopwright.catalog.memory import Memory
from shopwright.catalog.store import Store
from shopwright.errors import ConfigError, CorpusError
from shopwright.models.kept_file import KeptFile
from shopwright.skills.recommend.sequence.behaviour import Behaviour
from shopwright.skills.recommend.sequence.sequence_model import LONGEST
from shopwright.train.recommend.card import Trained, print_trained
from shopwright.train.recommend.fitting import FILE, REFUSED, train
from shopwright.train.recommend.plan import RecommendTraining
from shopwright.train.recommend.visits import Catalogue, joined, read_visits


@pytest.fixture
def events(tmp_path: Path) -> Iterator[Events]:
    with closing(Store.open(tmp_path / "store.db")) as store:
        yield Events(store, 90)


def learn(events: Events, folder: Path, *, shop: Catalogue | None = None, update: bool = False) -> Trained:
    return train(events, shop or catalogue(), folder, RecommendTraining(update=update), settings=QUICK)


def test_what_wins_is_kept_with_its_card(events: Events, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    fill(events, 0, 700)
    trained = learn(events, tmp_path / "models")
    assert trained.verdict.promoted, trained.verdict.reasons
    knn, popular = trained.verdict.compared
    assert (knn.name, popular.name) == ("item-kNN", "popularity")
    assert knn.recall.new > knn.recall.other > popular.recall.other
    assert (trained.visits, trained.held, trained.shoppers, trained.unknown) == (700, 70, 176, 0)
    behaviour = Behaviour.load(tmp_path / "models" / FILE)
    assert {one.id.split("-")[0] for one in behaviour.scored(["3-1", "3-2"], 5)} == {"3"}
    assert len(behaviour.sources) == len(behaviour.model.memory.sessions.items)
    card = trained.card.read_text()
    assert all(words in card for words in ("| item-kNN | 70 | recall@10 |", "simulated", "seed 0", "passed the gate"))
    print_trained(trained)
    assert "it runs from the next request on" in capsys.readouterr().out


def test_what_does_not_win_leaves_what_runs(events: Events, tmp_path: Path) -> None:
    fill(events, 0, 500)
    assert learn(events, tmp_path).verdict.promoted
    before = (tmp_path / FILE).read_bytes()
    fill(events, 500, 800, grouped=False)
    trained = learn(events, tmp_path)
    assert not trained.verdict.promoted
    assert trained.verdict.compared[-1].name == "the present model"
    assert "not above that of item-kNN" in (tmp_path / REFUSED).read_text()
    assert (tmp_path / FILE).read_bytes() == before


def test_the_same_visits_cannot_judge_the_present_model(events: Events, tmp_path: Path) -> None:
    fill(events, 0, 500)
    learn(events, tmp_path)
    again = learn(events, tmp_path)
    assert again.verdict.promoted
    assert [one.name for one in again.verdict.compared] == ["item-kNN", "popularity"]
    assert "learned from all but 0 of the visits" in again.verdict.notes[0]


def test_too_little_says_how_much_is_needed(events: Events, tmp_path: Path) -> None:
    with pytest.raises(CorpusError, match=r"^0 visits in which something was chosen, .* 200 are needed\. .*simulate"):
        learn(events, tmp_path)
    fill(events, 0, 90, groups=40)
    with pytest.raises(CorpusError, match=r"visits .* 200 are needed; \d+ choices were of products that the catalogue"):
        learn(events, tmp_path)
    assert not list(tmp_path.glob("recommend*"))


def test_an_update_takes_in_what_is_new(events: Events, tmp_path: Path) -> None:
    fill(events, 0, 500, groups=28)
    learn(events, tmp_path, shop=catalogue(28))
    with pytest.raises(CorpusError, match="--update: 0 visits are newer"):
        learn(events, tmp_path, update=True)
    fill(events, 500, 800)
    trained = learn(events, tmp_path, shop=catalogue(without=("0-0", "5-1")), update=True)
    assert trained.updated, trained.notes
    assert trained.verdict.promoted, trained.verdict.reasons
    assert trained.verdict.compared[-1].recall.gain > 0  # the present model does not know two groups
    behaviour = Behaviour.load(tmp_path / FILE)
    assert not {"0-0", "5-1"} & {*behaviour.ids}
    assert behaviour.ids[0] == "0-1"  # old products keep their order
    assert {one.id.split("-")[0] for one in behaviour.scored(["29-1"], 4)} == {"29"}
    assert not learn(events, tmp_path / "none", update=True).updated


def test_who_is_forgotten_is_in_no_model(events: Events, tmp_path: Path) -> None:
    folder = tmp_path / "models"
    fill(events, 0, 600)
    learn(events, folder)
    own = sources_of(events.store, ["v0", "v1"])
    follows = KeptFile[Behaviour | None](folder / FILE, Behaviour.load, None)
    assert follows() is not None
    assert np.isin(own, Behaviour.load(folder / FILE).sources).all()
    Memory(events.store).forget_shopper("simulated.0")
    behaviour = follows()  # a running shop sees it too
    assert behaviour is not None
    assert not np.isin(own, behaviour.sources).any()
    assert behaviour.forgotten >= 4
    assert len(behaviour.sources) == len(behaviour.model.memory.sessions.items)
    fill(events, 600, 800)
    trained = learn(events, folder, update=True)
    assert not trained.updated
    assert "were forgotten since the present model was learned" in trained.notes[0]
    assert Behaviour.load(folder / FILE).forgotten == 0


def test_strange_visits(events: Events) -> None:
    """A loop, a single event, 100,000 events, ids of nothing and of a variant."""
    log = EventLog(events)
    rows = [row_of("view_item", "loop", NOW + 60 * at, ("1-1",), shopper="simulated") for at in range(10)]
    rows += [row_of("view_item", "single", NOW, ("1-2",), shopper="simulated.1")]
    rows += [row_of("view_item", "odd", NOW + 10 * at, (item,)) for at, item in enumerate(("gone", "1-1-red", "1-3"))]
    rows += [row_of("search", "asked", NOW, query="tents")]
    log.add(rows, "loop")
    assert log.flush()
    log.close()
    read = read_visits(events, catalogue().product_of)
    assert sorted(visit.items for visit in read.visits) == [("1-1",), ("1-1", "1-3"), ("1-2",)]
    assert read.unknown == 1
    assert sorted(map(len, joined(read.visits).items)) == [1, 1, 2]


def test_a_visit_without_end(events: Events) -> None:
    log, shop = EventLog(events), catalogue()
    for begin in range(0, 100_000, 10_000):
        rows = [row_of("view_item", "robot", NOW + 20 * at, (shop.ids[at % 7],)) for at in range(begin, begin + 10_000)]
        log.add(rows, "robot")
        assert log.flush()
    log.close()
    assert read_visits(events, shop.product_of).visits == ()  # one source, nearly all events: poison
    with events.store.transaction() as connection:
        connection.execute(update(m.event_sessions).values(marks=0))
    (visit,) = read_visits(events, shop.product_of).visits
    assert len(visit.items) == LONGEST


@pytest.mark.parametrize("wrong", [{"passes": 0}, {"held": 0.0}, {"level": 1.0}, {"margin": -1.0}, {"more": 0}])
def test_options_that_cannot_be(wrong: dict[str, float]) -> None:
    with pytest.raises(ConfigError, match=f"--{next(iter(wrong))}"):
        RecommendTraining(**wrong)
