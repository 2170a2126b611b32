"""The engine with a stub in the place of the ONNX file, and, where they ship, the trained weights."""

from __future__ import annotations

import threading
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from tokenizers import Tokenizer

from shopwright.errors import ModelError
from shopwright.models import judge as module
from shopwright.models.judge import DEFAULT_JUDGE, EmbeddedJudge
from shopwright.models.onnx_files import WEIGHTS
from shopwright.models.protocols import Judge

EVIDENCE = "The battery lasts eleven hours."
CLAIM = "It lasts twelve hours, unbelievably."
ships = pytest.mark.skipif(not (WEIGHTS / f"{DEFAULT_JUDGE}.md").is_file(), reason="the judge is not there")


class Stub:
    """Finds "eleven" to "hours" in the evidence, and "twelve" and the later pieces of "unbelievably" unsupported."""

    fingerprint = "stub-1"

    def __init__(self, *_: object) -> None:
        self.tokenizer = Tokenizer.from_file(str(WEIGHTS / "reranker-l6-int8.tokenizer.json"))
        self.batches: list[list[Any]] = []

    def outputs(self, encodings: list[Any]) -> list[Any]:
        self.batches.append(encodings)
        longest = max(len(each.ids) for each in encodings)
        pairs = np.tile(np.array([0.2, 0.2, 0.6, 0.7, 0.1, 0.2], np.float32), (len(encodings), 1))
        words = np.zeros((len(encodings), longest, 3), np.float32)
        for row, each in enumerate(encodings):
            for place, (token, side) in enumerate(zip(each.tokens, each.sequence_ids, strict=True)):
                words[row, place, 0] = 3.0 * (side == 1 and token == "eleven") + 9.0 * (side == 0)
                words[row, place, 1] = 3.0 * (side == 1 and token == "hours") + 9.0 * (side is None and place > 0)
                words[row, place, 2] = 0.9 * (side == 0 and (token == "twelve" or token.startswith("##")))
        return [pairs, words]


@pytest.fixture
def judge(monkeypatch: pytest.MonkeyPatch) -> EmbeddedJudge:
    monkeypatch.setattr(module, "OnnxModel", Stub)
    return EmbeddedJudge()


def stub_of(judge: EmbeddedJudge) -> Stub:
    model: object = judge._model
    assert isinstance(model, Stub)
    return model


def test_it_is_a_judge(judge: EmbeddedJudge) -> None:
    assert isinstance(judge, Judge)
    assert judge.fingerprint == "stub-1"
    (read,) = judge.judge([(CLAIM, EVIDENCE)])
    assert read.relevance == pytest.approx(0.7)
    assert (read.supports, read.refutes) == pytest.approx((0.7, 0.2))


def test_the_answer_stands_in_the_evidence_and_nowhere_else(judge: EmbeddedJudge) -> None:
    (read,) = judge.judge([(CLAIM, EVIDENCE)])
    assert EVIDENCE[slice(*read.answer)] == "eleven hours"
    assert read.answerable == pytest.approx(1 / (1 + np.exp(-6.0)), abs=1e-6)


def test_a_word_is_as_unsupported_as_its_worst_piece(judge: EmbeddedJudge) -> None:
    (read,) = judge.judge([(CLAIM, EVIDENCE)])
    words = {CLAIM[start:end]: probability for start, end, probability in read.unsupported}
    assert list(words) == ["It", "lasts", "twelve", "hours", ",", "unbelievably", "."]
    assert {word for word, probability in words.items() if probability > 0.5} == {"twelve", "unbelievably"}


def test_pairs_of_like_length_go_together_and_come_back_in_order(judge: EmbeddedJudge) -> None:
    pairs = [("tea " * (1 + 7 * place % 20), f"{EVIDENCE} {place}") for place in range(20)]
    read = judge.judge([*pairs, pairs[3]])
    assert len(read) == 21
    assert read[20] is read[3]
    assert [len(each.unsupported) for each in read[:20]] == [len(asked.split()) for asked, _ in pairs]
    lengths = [[len(each.ids) for each in batch] for batch in stub_of(judge).batches]
    assert [len(batch) for batch in lengths] == [8, 8, 4]
    every = [length for batch in lengths for length in batch]
    assert every == sorted(every)


def test_what_was_read_lately_is_remembered(judge: EmbeddedJudge, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_REMEMBERED", 2)
    first, second, third = ((CLAIM, f"{EVIDENCE} {place}") for place in range(3))
    judge.judge([first, second])
    judge.judge([first])
    assert len(stub_of(judge).batches) == 1
    judge.judge([third])  # the second is forgotten, the first was asked for later
    judge.judge([first, third])
    assert len(stub_of(judge).batches) == 2
    judge.judge([second])
    assert len(stub_of(judge).batches) == 3


@pytest.mark.parametrize(
    "pair", [("", ""), (CLAIM, ""), ("", EVIDENCE), ("\ud800", "\udfff x"), ("茶" * 5_000, "x" * 1_000_000)]
)
def test_bad_input_is_judged(judge: EmbeddedJudge, pair: tuple[str, str]) -> None:
    (read,) = judge.judge([pair])
    assert 0 <= read.answer[0] <= read.answer[1] <= len(pair[1])
    assert 0.0 <= read.answerable <= 1.0
    assert all(0 <= start < end <= len(pair[0]) for start, end, _ in read.unsupported)
    assert judge.judge([]) == []


def test_threads_may_share_it(judge: EmbeddedJudge) -> None:
    wanted = judge.judge([(CLAIM, EVIDENCE)])
    found: list[bool] = []
    threads = [
        threading.Thread(
            target=lambda place=place: found.append(judge.judge([(CLAIM, EVIDENCE), (CLAIM, str(place))])[:1] == wanted)
        )
        for place in range(8)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == [True] * 8


def test_a_folder_without_it_is_named(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="judge-l6-int8"):
        EmbeddedJudge(folder=tmp_path)


@ships
def test_the_shipped_judge_reads_what_answers_and_what_does_not() -> None:
    judge = EmbeddedJudge()
    question = "How long does the battery last?"
    answers, silent = judge.judge([(question, EVIDENCE), (question, "Returns are free within thirty days.")])
    assert answers.relevance > 0.5 > silent.relevance
    assert "eleven" in EVIDENCE[slice(*answers.answer)]
    assert answers.answerable > silent.answerable


@ships
def test_the_shipped_judge_tells_support_from_silence() -> None:
    same, other = EmbeddedJudge().judge(
        [("The battery lasts eleven hours.", EVIDENCE), ("The strap is made of leather.", EVIDENCE)]
    )
    assert same.supports > 0.5 > other.supports
    assert max(each[2] for each in other.unsupported) > max(each[2] for each in same.unsupported)
