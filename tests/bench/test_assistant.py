from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import orjson
import pytest

from shopwright.bench.assistant import (
    conversation_sets,
    latencies,
    measure_in,
    play,
    score,
    see_that_they_measure,
    throughput,
)
from shopwright.bench.catalogue import Catalogue
from shopwright.bench.conversations import Conversation, load_conversations
from shopwright.bench.talkers import Reply
from shopwright.bench.task import Row
from shopwright.errors import ConfigError
from shopwright.shop import Shop
from shopwright.types import Answer, Card, Evidence, Sentence, Strategy

LARK = Evidence("e1", "product", "lark", "weight: 1.9 kg", "weight")

WRITTEN = {
    "facts": [
        {
            "id": "facts-1",
            "turns": [
                {"say": "a light tent", "checks": [{"type": "shows_only", "where": [["attr:weight", "<=", "2 kg"]]}]},
                {"say": "how heavy is it?", "checks": [{"type": "says", "any": ["1.9 kg"]}]},
            ],
        }
    ],
    "unanswerable": [{"id": "none-1", "turns": [{"say": "is it fireproof?", "checks": [{"type": "unknown"}]}]}],
    "vague": [{"id": "vague-1", "turns": [{"say": "something nice", "checks": [{"type": "asks"}]}]}],
}

GOLD = {
    "a light tent": (Answer((), (Card("lark", "Lark 2 trekking tent", "€249.00"),)), Strategy.SEARCH),
    "how heavy is it?": (Answer((Sentence("It weighs 1.9 kg.", ("e1",)),), evidence=(LARK,)), Strategy.ANSWER),
    "is it fireproof?": (Answer((Sentence("I cannot tell: the catalogue does not say."),)), Strategy.ANSWER),
    "something nice": (Answer((Sentence("For whom?"),)), Strategy.ASK),
}
WRONG = {message: (Answer((Sentence("It weighs 1.2 kg."),)), Strategy.ANSWER) for message in GOLD}


@dataclass
class ScriptedTalker:
    """Gives the answer that is written for a message, or an empty one; remembers how sessions were used."""

    script: Mapping[str, tuple[Answer, Strategy]] = field(default_factory=dict)
    heard: list[tuple[str, str | None]] = field(default_factory=list)

    def reply(self, message: str, session: str | None) -> Reply:
        self.heard.append((message, session))
        answer, strategy = self.script.get(message, (Answer(), Strategy.SEARCH))
        return Reply(session or f"s{len(self.heard)}", answer, strategy)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for kind, conversations in WRITTEN.items():
        (tmp_path / f"{kind}.jsonl").write_bytes(b"\n".join(orjson.dumps(one) for one in conversations))
    return tmp_path


@pytest.fixture
def scores(folder: Path, catalogue: Catalogue) -> Callable[[ScriptedTalker], dict[str, Row]]:
    def of(talker: ScriptedTalker) -> dict[str, Row]:
        journeys = [play(conversation, talker, catalogue) for conversation in load_conversations(folder)]
        return {row.metric: row for row in score("journeys", journeys, 1.0)}

    return of


def test_a_gold_assistant_scores_one(scores: Callable[[ScriptedTalker], dict[str, Row]]) -> None:
    rows = scores(ScriptedTalker(GOLD))
    for metric in ("success", "checks", "grounded", "refusal_precision", "refusal_recall"):
        assert rows[metric].value == 1.0, metric
    assert rows["wrong_numbers"].value == 0
    assert rows["success"].n == 3
    assert rows["success"].ci95 == (1.0, 1.0)
    assert rows["wrong_numbers"].n > 0


def test_a_silent_assistant_scores_nothing(scores: Callable[[ScriptedTalker], dict[str, Row]]) -> None:
    rows = scores(ScriptedTalker())
    assert {metric: row.value for metric, row in rows.items()} == dict.fromkeys(rows, 0.0)


def test_a_lying_assistant_is_found_out(scores: Callable[[ScriptedTalker], dict[str, Row]]) -> None:
    rows = scores(ScriptedTalker(WRONG))
    assert rows["wrong_numbers"].value == 4
    assert rows["grounded"].value == 0
    assert rows["success"].value == 0


def test_giving_up_everywhere_costs_precision(scores: Callable[[ScriptedTalker], dict[str, Row]]) -> None:
    shrug = (Answer((Sentence("I cannot help."),)), Strategy.DECLINE)
    rows = scores(ScriptedTalker(dict.fromkeys(GOLD, shrug)))
    assert rows["refusal_recall"].value == 1.0
    assert rows["refusal_precision"].value == 0.5  # facts-1 too; to leave vague-1 open is right


def test_turns_of_a_conversation_share_a_session(folder: Path, catalogue: Catalogue) -> None:
    talker = ScriptedTalker(GOLD)
    play(load_conversations(folder)[0], talker, catalogue)
    assert talker.heard == [("a light tent", None), ("how heavy is it?", "s1")]


def test_time_is_measured_by_turn_and_for_many_talkers(folder: Path, catalogue: Catalogue) -> None:
    conversations = load_conversations(folder)
    journeys = [play(conversation, ScriptedTalker(GOLD), catalogue) for conversation in conversations]
    p50, p95 = latencies("journeys", journeys)
    assert 0 <= p50.value <= p95.value < 1000
    assert p50.n == 4
    row = throughput("journeys", conversations, ScriptedTalker(GOLD), talkers=4)
    assert (row.metric, row.n) == ("turns_per_s", 4)
    assert row.value > 0


def test_sets_are_all_the_halves_and_the_kinds(folder: Path) -> None:
    sets = {bench_set.name: bench_set for bench_set in conversation_sets(folder)}
    assert {"journeys", "journeys_facts", "journeys_unanswerable", "journeys_vague"} <= set(sets)
    assert [name for name, bench_set in sets.items() if bench_set.default] == ["journeys"]
    assert {"journeys_dev", "journeys_heldout"} & set(sets)


def test_a_conversation_that_measures_nothing_stops_the_run(catalogue: Catalogue) -> None:
    silent = Conversation("facts-1", "facts", (), "facts.jsonl:1")
    with pytest.raises(ConfigError, match=r"measure nothing; correct them:\nfacts.jsonl:1: facts-1: an empty answer"):
        see_that_they_measure([silent], catalogue)


def test_the_real_assistant_is_played_beside_the_baseline(tea_shop: Shop, tmp_path: Path) -> None:
    written = {
        "id": "tea-1",
        "turns": [
            {"say": "a mug", "checks": [{"type": "shows_only", "where": [["category", "=", "Mugs"]]}]},
            {"say": "which is the cheapest?", "checks": [{"type": "extreme", "of": "price", "end": "min"}]},
        ],
    }  # fmt: skip
    (tmp_path / "follow_ups.jsonl").write_bytes(orjson.dumps(written))
    rows = list(measure_in(tea_shop, load_conversations(tmp_path), "journeys", parts=True))
    found = {(row.set, row.metric): row for row in rows}
    assert {"success", "success:search", "p50_ms", "p95_ms", "turns_per_s", "wrong_numbers"} <= {
        key[1] for key in found
    }
    assert ("journeys_follow_ups", "success:search") in found
    assert found["journeys", "wrong_numbers"].value == 0
    assert found["journeys", "turns_per_s"].value > 0
