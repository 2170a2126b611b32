from __future__ import annotations

import gzip
import json
from pathlib import Path

import numpy as np
import pytest

from shopwright.bench import context_compression as bench
from shopwright.bench.context_compression import Case, compression_rows, speed_row, survival
from shopwright.bench.task import Options
from shopwright.errors import ConfigError
from shopwright.models.language.engine import EmbeddedLanguageModel

PARAGRAPH = (
    "Larch is a wood. It grows in the Alps, not by the sea, up to 2000 metres. Foxes live there. People ski. Bye."
)
SPOKEN = Case("squad2", PARAGRAPH, "where does larch grow?", answers=("the Alps",))
PLACED = Case("wice", PARAGRAPH, "Larch grows high.", wanted=((((17, 71)),), ((72, 90), (91, 102))))


def count(text: str) -> int:
    return len(text.split())


def test_gold_scores_one_and_empty_scores_nothing() -> None:
    for case in (SPOKEN, PLACED):
        assert survival(case, case.text, [(0, len(case.text))]) == 1.0
        assert survival(case, "", []) == 0.0


def test_places_survive_by_their_letters_and_the_best_alternative_counts() -> None:
    assert survival(PLACED, "", [(72, 102)]) == 1.0
    assert 0.0 < survival(PLACED, "", [(17, 40)]) < 1.0


def test_rows_of_gold_and_nothing() -> None:
    every = {"squad2": [SPOKEN], "wice": [PLACED]}
    whole = {"": lambda case, _: (case.text, [(0, len(case.text))])}
    rows = {(row.set, row.metric): row.value for row in compression_rows(every, whole, count)}
    for rate in ("50", "33", "20"):
        for metric in ("answer_kept", "numbers_kept", "negations_kept", "over", "rate"):
            assert rows["compression", f"{metric}@{rate}"] == 1.0
    assert rows["compression_wice", "answer_kept@50"] == 1.0
    nothing: dict[str, bench.System] = {"": lambda *_: ("", [])}
    rows = {(row.set, row.metric): row.value for row in compression_rows(every, nothing, count)}
    assert rows["compression", "answer_kept@50"] == rows["compression", "numbers_kept@50"] == 0.0
    assert rows["compression", "rate_error@50"] == pytest.approx(0.5, abs=0.05)


def test_baselines_keep_to_the_budget_and_the_system_finds_the_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bench, "Surprisal", lambda _: lambda words: np.ones(len(words.starts)))
    systems = bench.systems_of(count, EmbeddedLanguageModel("lm-s-int8"), None)
    assert list(systems) == ["", "sentence", "budget", "truncation", "random", "bm25", "selfinfo"]
    for name, system in systems.items():
        text, kept = system(SPOKEN, 12)
        if name not in ("", "sentence"):
            assert count(text) <= 12
        assert "".join(text.split()) == "".join("".join(PARAGRAPH[start:end] for start, end in kept).split())
    assert survival(SPOKEN, *systems["budget"](SPOKEN, 16)) == 1.0


def test_the_files_are_read(tmp_path: Path) -> None:
    folder = tmp_path / "evidence"
    (folder / "wice").mkdir(parents=True)
    squad = {"context": PARAGRAPH, "question": "where?", "answers": ["the Alps"], "answerable": True}
    none = {**squad, "answers": [], "answerable": False}
    (folder / "squad2.jsonl.gz").write_bytes(gzip.compress(f"{json.dumps(squad)}\n{json.dumps(none)}\n".encode()))
    claim = {"claim": "It is.", "evidence": ["A.", "It is so."], "supporting_sentences": [[1]]}
    (folder / "wice" / "claims.jsonl").write_text(json.dumps(claim))
    rows = [{"question": "q", "ASIN": "a", "candidate": f"number {each}", "label": "2" if each == 3 else "0"}
            for each in range(6)]  # fmt: skip
    (folder / "epqa.jsonl.gz").write_bytes(gzip.compress("\n".join(map(json.dumps, rows)).encode()))
    found = bench.cases(tmp_path)
    assert [len(some) for some in found.values()] == [1, 1, 1]
    ((start, end),) = found["epqa"][0].wanted[0]
    assert found["epqa"][0].text[start:end] == "number 3"
    assert found["wice"][0].wanted == (((3, 12),),)
    (only,) = bench.SETS
    assert only.missing(tmp_path) == ()
    with pytest.raises(ConfigError, match="--data"):
        next(only.run(Options()))


def test_speed_is_told_in_characters() -> None:
    row = speed_row([PLACED], lambda text: len(text) // 4)
    assert (row.metric, row.n) == ("chars_per_s", 1_000_000)
    assert row.value == pytest.approx(1_000_000 / row.seconds)
