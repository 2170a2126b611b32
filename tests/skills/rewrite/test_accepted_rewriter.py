"""What was accepted is looked up; the model is asked for the rest, and is not loaded before."""

from __future__ import annotations

import logging
import shutil
from collections.abc import Sequence
from pathlib import Path

import orjson
import pytest

from shopwright.errors import ModelError
from shopwright.models.onnx_files import WEIGHTS
from shopwright.skills.rewrite import generator
from shopwright.skills.rewrite.accepted_rewriter import WEIGHT, Accepted, table_of, words_of
from shopwright.skills.rewrite.gate import FEATURES, FILE
from shopwright.skills.rewrite.generator import REWRITER
from shopwright.skills.rewrite.rewriter import Run, rewriter_of

WORDS = {"tent": 20, "light": 30, "fluorescent": 10}


class Shelf:
    """A catalogue of three words."""

    products = 100

    def frequency(self, word: str) -> int:
        return WORDS.get(word, 0)

    def titled(self, word: str) -> int:
        return self.frequency(word)

    def nearest(self, word: str) -> Sequence[tuple[str, int]]:
        return [(other, 2) for other in WORDS if other[0] == word[0]]


class Inner:
    """Says what it was asked."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, ...]] = []

    def rewrites(self, typed: Sequence[str], _: object) -> tuple[Run, ...]:
        self.asked.append(tuple(typed))
        return (Run(0, 1, ("tent",), 0.6),)


def test_a_known_query_is_looked_up_and_no_model_is_asked() -> None:
    inner = Inner()
    table = table_of({"Weed  EATER": ["string trimmer", "weed cutter"]})
    rewriter = Accepted(lambda: table, inner)
    assert rewriter.rewrites(["weed", "eater"], Shelf()) == [
        Run(0, 2, ("string", "trimmer"), WEIGHT),
        Run(0, 2, ("cutter",), WEIGHT),
    ]
    assert rewriter.knows(["weed", "eater"])
    assert inner.asked == []


def test_other_queries_go_to_the_model_and_without_one_stay() -> None:
    inner = Inner()
    table = table_of({"weed eater": ["string trimmer"]})
    assert Accepted(lambda: table, inner).rewrites(["eater"], Shelf()) == (Run(0, 1, ("tent",), 0.6),)
    assert inner.asked == [("eater",)]
    assert Accepted(lambda: table).rewrites(["weed", "eater", "blue"], Shelf()) == ()


def test_what_adds_no_word_does_nothing() -> None:
    table = table_of({"red nylon tent": ["tent"], "brolly": ["-", "the"]}, {"the"})
    assert list(Accepted(lambda: table).rewrites(["red", "nylon", "tent"], Shelf())) == []
    assert ("brolly",) not in table


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Crème-Brûlée  set", ("creme", "brulee", "set")),
        ("tent_tent TENT", ("tent",)),
        ("xj-200", ("xj", "200")),
        ("\ufeffbrolly\r", ("brolly",)),
        ("?!", ()),
        ("", ()),
    ],
)
def test_queries_are_read_as_the_search_reads_them(text: str, words: tuple[str, ...]) -> None:
    assert words_of(text) == words


def test_two_spellings_of_a_query_share_their_rewrites() -> None:
    assert table_of({"Brolly": ["umbrella"], "brolly!": ["parasol", "umbrella"]}) == {
        ("brolly",): (("umbrella",), ("parasol",))
    }


# ── the model of a shop ──


def folder(tmp_path: Path) -> Path:
    """A folder of models whose rewriter is the language model, never trained to rewrite."""
    for suffix in (".md", ".onnx", ".tokenizer.json"):
        shutil.copy(WEIGHTS / f"lm-s-int8{suffix}", tmp_path / f"{REWRITER}{suffix}")
    gate = {"features": FEATURES, "weights": [9.0] + [0.0] * (len(FEATURES) - 1)}
    (tmp_path / FILE).write_bytes(orjson.dumps(gate))
    return tmp_path


def test_the_model_is_loaded_with_the_first_doubtful_query(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    loaded = []
    model = generator.EmbeddedLanguageModel

    def load(name: str, place: Path) -> object:
        loaded.append(name)
        return model(name, place)

    monkeypatch.setattr(generator, "EmbeddedLanguageModel", load)
    rewriter = rewriter_of(folder(tmp_path))
    assert rewriter is not None
    assert rewriter.rewrites(["light", "tent"], Shelf()) == ()
    assert loaded == []
    for _ in range(2):
        runs = rewriter.rewrites(["flourescent", "light"], Shelf())
        assert Run(0, 1, ("fluorescent",), pytest.approx(1.0, abs=0.01)) in runs
    assert loaded == [REWRITER]


def test_a_damaged_model_costs_the_rewrites_and_not_the_search(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (folder(tmp_path) / f"{REWRITER}.onnx").write_bytes(b"half")
    rewriter = rewriter_of(tmp_path)
    assert rewriter is not None
    with caplog.at_level(logging.WARNING):
        assert [rewriter.rewrites(["flourescent"], Shelf()) for _ in range(3)] == [(), (), ()]
    assert len(caplog.records) == 1
    assert "searched without the rewriter" in caplog.text


def test_a_damaged_gate_is_refused_at_once(tmp_path: Path) -> None:
    (folder(tmp_path) / FILE).write_text("{}")
    with pytest.raises(ModelError, match="gate"):
        rewriter_of(tmp_path)
