"""A large model's rewrites are tried on the shop's search; those that help are kept and found from then on."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
import pytest

from shopwright import Shop
from shopwright.assistant.accepted import record, recorded
from shopwright.catalog.ingest import ingest_items
from shopwright.catalog.searches import Search
from shopwright.collecting import Tried, collect, doubtful_queries, made, read_queries
from shopwright.errors import ConfigError, ModelError, RetryableModelError
from shopwright.models.protocols import Probabilities
from shopwright.models.scripted import HashingEncoder, ScriptedModel
from shopwright.types import Product

TITLES = {
    "u1": "Pocket umbrella", "u2": "Golf umbrella", "u3": "Storm umbrella, large", "p1": "Beach parasol",
    "b1": "Rubber boots", "b2": "Leather boots", "l1": "Reading lamp", "h1": "Head torch", "t1": "Dome tent",
}  # fmt: skip
MEANT = {"brolly": ("umbrella",), "noggin lamp": ("head torch", "lamp"), "reading light": ("lamp",)}


class Judge:
    """Reads the products that are meant as exact, all others as irrelevant."""

    fingerprint = "judge"

    def probabilities(self, query: str, texts: Sequence[str]) -> Probabilities:
        fits = [any(word in text.lower() for word in MEANT.get(query.lower(), ())) for text in texts]
        return np.array([[0.9, 0, 0, 0.1] if fit else [0.05, 0, 0, 0.95] for fit in fits], np.float32)


@pytest.fixture
def shop(tmp_path: Path) -> Iterator[Shop]:
    with Shop.open(tmp_path / "home", encoder=HashingEncoder(), scorer=Judge()) as opened:
        ingest_items(opened.store, [Product(id, title) for id, title in TITLES.items()], source="test")
        opened.refresh()
        assert opened.wait(20)
        yield opened


def says(*rewrites: str, sure: float = 0.9) -> str:
    rows = [{"text": text, "kind": "synonym", "confidence": sure - place / 100} for place, text in enumerate(rewrites)]
    return json.dumps({"rewrites": rows})


def kept(shop: Shop) -> dict[str, tuple[str, ...]]:
    return recorded(shop.home.path)


def totals(shop: Shop, query: str) -> int:
    shop.rewriter._table._looks_after = 0.0
    return shop.search(query).total


def test_an_accepted_rewrite_is_kept_and_found_from_then_on(shop: Shop) -> None:
    assert totals(shop, "brolly") == 0
    told: list[Tried] = []
    done = collect(shop, ScriptedModel([says("umbrella", "boots", "brollies")]), ["Brolly"], told.append)
    assert [(one.rewrite, one.found, one.refused) for one in done.accepted] == [("umbrella", 3, "")]
    assert (done.accepted[0].before, done.accepted[0].after) == (0.0, pytest.approx(0.9))
    assert [one.rewrite for one in told] == ["umbrella", "boots"]  # "brollies" finds nothing and is not tried
    assert told[1].refused == "what it finds is something else"
    assert kept(shop) == {"Brolly": ("umbrella",)}
    assert totals(shop, "brolly") == totals(shop, "BROLLY!") == 3
    assert {hit.id for hit in shop.search("brolly", limit=3).hits} == {"u1", "u2", "u3"}
    assert shop.search("brolly", literal=True).total == 0
    assert shop.search("brolly tent").total == 1


def test_a_second_rewrite_has_to_find_more_than_the_first(shop: Shop) -> None:
    done = collect(shop, ScriptedModel([says("head torch", "torch for head", "lamp")]), ["noggin lamp"])
    assert [(one.rewrite, one.refused) for one in done.tried] == [
        ("head torch", ""),
        ("torch for head", "finds nothing else"),
        ("lamp", "finds nothing else"),
    ]


def test_what_the_model_doubts_is_not_tried(shop: Shop) -> None:
    done = collect(shop, ScriptedModel([says("umbrella", sure=0.4)]), ["brolly"])
    assert (done.asked, done.tried, kept(shop)) == (1, (), {})


def test_a_query_is_sent_once_and_never_when_it_has_rewrites(shop: Shop) -> None:
    record(shop.home.path, "noggin lamp", ["head torch"])
    model = ScriptedModel([says("umbrella")])
    done = collect(shop, model, ["brolly", "Brolly ", "NOGGIN lamp", "", "?!"])
    assert (done.asked, done.known, len(model.calls)) == (1, 2, 1)


def test_a_lost_endpoint_costs_nothing_that_was_accepted(shop: Shop) -> None:
    model = ScriptedModel([says("umbrella"), RetryableModelError("http://far/v1: ConnectError")])
    with pytest.raises(ModelError, match="ConnectError; 1 queries were asked and 1 rewrites accepted, which are kept"):
        collect(shop, model, ["brolly", "noggin lamp", "reading light"])
    assert kept(shop) == {"brolly": ("umbrella",)}
    again = ScriptedModel([says("head torch"), says()])
    assert collect(shop, again, ["brolly", "noggin lamp", "reading light"]).known == 1


def test_a_malformed_answer_costs_its_query_alone(shop: Shop) -> None:
    done = collect(shop, ScriptedModel(["no", "no", says("umbrella")]), ["reading light", "brolly"])
    assert (done.asked, done.failed, len(done.accepted)) == (2, 1, 1)


def test_a_model_that_never_keeps_to_the_form_is_given_up(shop: Shop) -> None:
    model = ScriptedModel(["no"])
    with pytest.raises(ModelError, match="none of the first 3 answers"):
        collect(shop, model, [f"query {name}" for name in "abcdefgh"])
    assert len(model.calls) == 6


def test_queries_come_from_the_log_most_asked_first(shop: Shop) -> None:
    for query, times in (("brolly", 3), ("noggin lamp", 5), ("umbrella", 9), ("samovar", 1)):
        shop.searches.take([Search(query, query, times, results=None)])
    asked = doubtful_queries(shop.report(30, 200, 2), 200)
    assert asked == ["noggin lamp", "brolly"]
    assert doubtful_queries(shop.report(30, 200), 1) == ["noggin lamp"]


def test_queries_come_from_a_file(tmp_path: Path) -> None:
    (tmp_path / "queries.txt").write_bytes("\ufeffbrolly\r\n\r\n  noggin   lamp \n".encode())
    assert read_queries(tmp_path / "queries.txt") == ["brolly", "noggin lamp"]
    with pytest.raises(ConfigError, match="nowhere"):
        read_queries(tmp_path / "nowhere")


def test_what_the_rewriters_make_of_a_query(shop: Shop) -> None:
    record(shop.home.path, "brolly", ["umbrella", "samovar"])
    assert [(one.source, one.query, one.total, one.first[:1]) for one in made(shop, "Brolly")] == [
        ("accepted", "umbrella", 3, "u"),
        ("accepted", "samovar", 0, ""),
    ]
    assert made(shop, "pocket umbrella") == []
