"""Common sense links a catalogue in a thread: a shop never waits for it, never loses it, and can stop it."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from assistant.gifts import GOODS, good
from common_sense import EDGES, graph_of
from shopwright.assistant import thinking
from shopwright.assistant.thinking import CommonSense
from shopwright.catalog.ingest import ingest_items
from shopwright.catalog.store import Store
from shopwright.catalog.vocabulary import Vocabulary, load_vocabulary
from shopwright.config import Home
from shopwright.errors import ConfigError, ModelError
from shopwright.knowledge.graph import Graph
from shopwright.models.protocols import LanguageModel, Vectors
from shopwright.models.scripted import HashingEncoder, ScriptedModel
from shopwright.types import Need

WISH = Need("he fishes and reads")


@dataclass
class Watched(HashingEncoder):
    """Counts the texts that it encodes, and waits until it may begin."""

    free: threading.Event = field(default_factory=threading.Event)
    begun: threading.Event = field(default_factory=threading.Event)
    texts: int = 0

    def __post_init__(self) -> None:
        super().__init__(256)
        self.free.set()

    def encode(self, texts: Sequence[str], *, batch_size: int = 32) -> Vectors:
        self.begun.set()
        assert self.free.wait(20)
        self.texts += len(texts)
        return super().encode(texts, batch_size=batch_size)


@pytest.fixture
def encoder() -> Watched:
    return Watched()


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    opened = Store.open(tmp_path / "store.db")
    ingest_items(opened, GOODS, source="test")
    yield opened
    opened.close()


@pytest.fixture
def vocabulary(store: Store) -> Vocabulary:
    return load_vocabulary(store)


Make = Callable[..., CommonSense]


@pytest.fixture
def make(store: Store, encoder: Watched, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Make]:
    monkeypatch.setattr(thinking, "_PATIENCE_S", 0.02)
    monkeypatch.setattr(Graph, "packaged", lambda _files=(): graph_of(tmp_path, EDGES))
    made: list[CommonSense] = []

    def of(model: LanguageModel | None = None) -> CommonSense:
        made.append(CommonSense(store, Home.resolve(tmp_path), encoder, model))
        return made[-1]

    yield of
    encoder.free.set()
    for sense in made:
        sense.close()


def names(sense: CommonSense, need: Need = WISH, denied: Sequence[str] = ()) -> list[str]:
    return [goal.name for goal in sense.goals(need, denied)[0].goals]


def test_a_wish_becomes_what_this_shop_sells(make: Make, vocabulary: Vocabulary) -> None:
    sense = make()
    sense.follow(vocabulary)
    assert sense.wait(20)
    assert {"fishing rod", "reading light"} <= set(names(sense))
    assert "fishing rod" not in names(sense, denied=["not fishing"])
    assert sense.goals(WISH)[1] == ""


def test_meanwhile_the_shop_answers_without(make: Make, vocabulary: Vocabulary, encoder: Watched) -> None:
    sense = make()
    assert names(sense) == []  # no catalogue yet
    encoder.free.clear()
    sense.follow(vocabulary)
    assert encoder.begun.wait(20)
    assert not sense.wait(0.01)
    assert names(sense) == []
    encoder.free.set()
    assert sense.wait(20)
    assert names(sense)


def test_a_state_of_the_catalogue_is_linked_once(make: Make, vocabulary: Vocabulary, encoder: Watched) -> None:
    sense = make()
    sense.follow(vocabulary)
    sense.wait(20)
    spent = encoder.texts
    sense.follow(vocabulary)
    sense.wait(20)
    assert encoder.texts == spent


def test_the_links_outlive_a_restart(make: Make, vocabulary: Vocabulary, encoder: Watched) -> None:
    first, second = make(), make()
    first.follow(vocabulary)
    first.wait(20)
    spent = encoder.texts
    second.follow(vocabulary)
    second.wait(20)
    assert encoder.texts - spent < spent  # only the names of the graph
    assert names(second) == names(first)


def test_a_changed_catalogue_is_linked_anew(make: Make, store: Store, vocabulary: Vocabulary) -> None:
    sense, baking = make(), Need("she is into bread baking")
    sense.follow(vocabulary)
    sense.wait(20)
    assert "loaf tin" not in names(sense, baking)
    ingest_items(store, [good("tin", "Oak loaf tin", "12.00", "Kitchen", "Loaf tins")], source="test")
    sense.follow(load_vocabulary(store))
    assert sense.wait(20)
    assert "loaf tin" in names(sense, baking)


def test_closing_stops_it_between_two_pieces(make: Make, vocabulary: Vocabulary, encoder: Watched) -> None:
    sense = make()
    encoder.free.clear()
    sense.follow(vocabulary)
    assert encoder.begun.wait(20)
    threading.Timer(0.05, encoder.free.set).start()
    sense.close()
    assert sense.wait(0)
    assert names(sense) == []


def test_edges_that_cannot_be_read_cost_the_common_sense_alone(
    make: Make, vocabulary: Vocabulary, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def damaged(_: Sequence[Path] = ()) -> Graph:
        raise ConfigError("accepted.tsv line 1: no edge")

    monkeypatch.setattr(Graph, "packaged", damaged)
    sense = make()
    with caplog.at_level(logging.WARNING, logger=thinking.__name__):
        sense.follow(vocabulary)
        assert sense.wait(20)
    assert "not linked to common sense: accepted.tsv line 1" in caplog.text
    assert names(sense) == []


def test_a_large_model_thinks_first_and_the_graph_stands_in_for_it(make: Make, vocabulary: Vocabulary) -> None:
    said = '{"goals": [{"name": "board game", "why": ["long evenings"]}], "conflicts": []}'
    sense = make(ScriptedModel([said, ModelError("http://far/v1: refused")]))
    sense.follow(vocabulary)
    sense.wait(20)
    assert names(sense) == ["board game"]
    reasoned, note = sense.goals(WISH)
    assert "fishing rod" in {goal.name for goal in reasoned.goals}
    assert "http://far/v1: refused" in note
    assert "the built-in common sense did" in note
