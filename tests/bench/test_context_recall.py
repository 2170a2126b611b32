"""`bench context`, the sets `locomo` and `topics`."""

from __future__ import annotations

import gzip
import json
from pathlib import Path
from typing import Any

import pytest

from shopwright.bench.context_recall import (
    SETS,
    Chat,
    Talk,
    accuracy_row,
    locomo_rows,
    ranked_rows,
    read_chats,
    read_talks,
    topic_rows,
    within_budget,
)
from shopwright.errors import CorpusError
from shopwright.models.scripted import HashingEncoder
from shopwright.types.memory import ASSISTANT, SHOPPER


def _write(path: Path, row: dict[str, Any]) -> Path:
    with gzip.open(path, "wt") as file:
        file.write(json.dumps(row) + "\n")
    return path


@pytest.fixture
def talks(tmp_path: Path) -> list[Talk]:
    said = [
        {"speaker": "Mia", "dia_id": "D1:1", "text": "I bought a kayak.", "blip_caption": "a yellow boat"},
        {"speaker": "Tom", "dia_id": "D1:2", "text": "My bicycle has a flat tyre."},
    ]
    later = [{"speaker": "Mia", "dia_id": "D2:1", "text": "We paddled across the lake yesterday."}]
    questions = [
        {"question": "What did Mia buy?", "evidence": ["D1:1; D:2:01", "D"], "category": 1},
        {
            "question": "What is wrong with Tom's bicycle?",
            "evidence": ["D2:1"],
            "category": 4,
            "audit": {"correct_evidence": ["D1:02"]},
        },
        {"question": "What is wrong with Mia's bicycle?", "evidence": ["D1:2"], "category": 5},
        {"question": "What nobody said?", "evidence": [], "category": 3},
    ]
    conversation = {
        "speaker_a": "Mia",
        "session_10": later,
        "session_10_date_time": "1:00 pm on 3 May, 2022",
        "session_1": said,
        "session_1_date_time": "1:00 pm on 1 May, 2022",
        "session_11_date_time": "1:00 pm on 9 May, 2022",
    }
    return read_talks(_write(tmp_path / "locomo.jsonl.gz", {"conversation": conversation, "qa": questions}))


@pytest.fixture
def chats(tmp_path: Path) -> list[Chat]:
    text = (
        "USER: I would like to discuss the topic of the taste of tea. \n ASSISTANT: Sure. \n USER: Is it bitter? \n "
        "ASSISTANT: Yes. \n USER: Let's talk about the next topic.USER: I would like to discuss the topic of lamps. \n "
        "ASSISTANT: Sure."
    )
    row = {
        "input": text,
        "instructions": ["What is the first topic we discussed?", "What is the second topic we discussed?"],
        "outputs": ["The taste of tea", "Lamps"],
    }
    return read_chats(_write(tmp_path / "topics.jsonl.gz", row))


def test_talks_are_read_in_order_with_captions_and_corrected_evidence(talks: list[Talk]) -> None:
    (talk,) = talks
    assert [each.turn for each in talk.utterances] == [0, 1, 2]
    assert talk.utterances[0].text == "I bought a kayak. [a yellow boat]"
    assert talk.utterances[2].at - talk.utterances[0].at == 2 * 86_400
    assert [each.evidence for each in talk.questions] == [{"0.0", "2.0"}, {"1.0"}, {"1.0"}, frozenset()]


def test_gold_scores_one_and_nothing_scores_zero(talks: list[Talk]) -> None:
    def gold(talk: Talk, question: str, limit: int) -> list[int]:
        evidence = next(each.evidence for each in talk.questions if each.text == question)
        return [each.turn for each in talk.utterances if each.id in evidence][:limit]

    for ranker, wanted in ((gold, 1.0), (lambda *_: [], 0.0)):
        values = [row.value for row in ranked_rows("", ranker, talks, len)]
        assert values == [wanted] * len(values)
        assert len(values) == 6


def test_every_row_of_locomo(talks: list[Talk]) -> None:
    encoder = HashingEncoder(64)
    rows = {row.metric: row for row in locomo_rows(talks, encoder, encoder, len, long=50)}
    for suffix in ("", ":bm25", ":dense", ":fused"):
        for metric in ("turn_recall@5", "turn_recall@10", "turn_recall@25", "recall@1000tokens"):
            assert rows[metric + suffix].value == 1.0
            assert rows[metric + suffix].n == 2
    assert rows["abstain_auroc"].n == 4
    assert rows["ms_per_search"].value > 0
    assert rows["ms_per_search:50"].n == 4
    assert all(row.bench == "context" and row.set == "locomo" for row in rows.values())


def test_a_budget_passes_over_what_does_not_fit() -> None:
    assert within_budget([2, 0, 1], [10, 40, 70], 85) == [2, 0]
    assert within_budget([2, 0, 1], [10, 40, 70], 0) == []


def test_chats_are_read_by_turn(chats: list[Chat]) -> None:
    (chat,) = chats
    assert [each.speaker for each in chat.utterances[:2]] == [SHOPPER, ASSISTANT]
    assert chat.utterances[4].text == "Let's talk about the next topic."
    assert chat.utterances[5].text == "I would like to discuss the topic of lamps."


def test_topics_gold_scores_one_and_nothing_scores_zero(chats: list[Chat]) -> None:
    gold = accuracy_row("accuracy", chats, lambda chat: [title for _, title in chat.questions])
    empty = accuracy_row("accuracy", chats, lambda chat: [""] * len(chat.questions))
    assert (gold.value, empty.value, gold.n) == (1.0, 0.0, 2)


def test_every_row_of_topics(chats: list[Chat]) -> None:
    rows = {row.metric: row.value for row in topic_rows(chats, HashingEncoder(64))}
    assert rows["accuracy"] == 1.0
    assert set(rows) == {"accuracy", "accuracy:dips", "accuracy:bm25"}


def test_a_file_that_is_no_talk_is_refused(tmp_path: Path) -> None:
    with pytest.raises(CorpusError, match="conversation"):
        read_talks(_write(tmp_path / "locomo.jsonl.gz", {"qa": []}))


def test_the_sets_name_their_files(tmp_path: Path) -> None:
    assert [one.name for one in SETS] == ["locomo", "topics"]
    assert all(one.missing(tmp_path) == one.files for one in SETS)
