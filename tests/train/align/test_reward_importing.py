"""Readers of reward data, each on a small file of its layout."""

from __future__ import annotations

import gzip
import json
import lzma
from pathlib import Path

import pytest

pytest.importorskip("pyarrow")

from shopwright.errors import CorpusError
from shopwright.train.align.examples import Comparison, Response, Score, Unread
from shopwright.train.align.importing.alpaca import alpaca_rows
from shopwright.train.align.importing.aspects import aspect_rows
from shopwright.train.align.importing.spans import objective_scores, span_rows
from shopwright.train.align.pairs import pair_count
from shopwright.train.align.store import RewardStore


def jsonl(*records: object) -> bytes:
    return b"".join(json.dumps(record).encode() + b"\n" for record in records)


def test_comparisons_with_a_baseline(tmp_path: Path) -> None:
    folder = tmp_path / "eval"
    folder.mkdir()
    (folder / "prompts.jsonl").write_bytes(jsonl({"id": "p", "text": "Which tent?"}, {"id": "q"}))
    texts = ("A dome tent.", "A tarp.", "A tunnel tent.", "A tarp.")
    given = [{"id": f"r{n}", "prompt": "p", "model": f"m{n}", "text": text} for n, text in enumerate(texts)]
    (folder / "responses.jsonl.xz").write_bytes(lzma.compress(jsonl(*given, {"id": "r9", "prompt": "x", "text": ""})))
    lines = ("p\tr0\tr1\t0.25\tv", "p\tr0\tr2\t0.9\tv", "p\tr0\tr3\t0.25\tv", "p\tr0\tr2\tnan\tv", "p\tr0\tr2\t-1\tv",
             "p\tr0\tr8\t0.5\tv", "p\tr0")  # fmt: skip
    (folder / "preferences.tsv").write_text("\n".join(lines) + "\n")
    store = RewardStore(tmp_path / "store")
    report = store.append(alpaca_rows(folder))
    assert report.stored == {"prompts": 1, "responses": 3, "comparisons": 2}
    assert report.again == {"responses": 1, "comparisons": 1}, "the same text of two systems is one response"
    assert report.refused == {
        "a prompt without text": 1,
        "a response to an unknown prompt": 1,
        "a label that is no number": 1,
        "a label outside 0 to 1": 1,
        "a preference among responses that the file does not hold": 1,
        "a preference of 2 columns, not 5": 1,
    }
    assert pair_count(store).pairs == 3
    assert [one.system for one in store.responses()] == ["m0", "m1", "m2"]


def test_a_missing_or_cut_file_imports_nothing(tmp_path: Path) -> None:
    store = RewardStore(tmp_path / "store")
    with pytest.raises(CorpusError, match="holds none of"):
        store.append(alpaca_rows(tmp_path))
    (tmp_path / "prompts.jsonl").write_bytes(jsonl({"id": "p", "text": "Which tent?"}))
    packed = lzma.compress(jsonl(*({"id": n, "prompt": "p", "text": f"text {n}"} for n in range(500))))
    (tmp_path / "responses.jsonl.xz").write_bytes(packed[:-40])
    with pytest.raises(CorpusError):
        store.append(alpaca_rows(tmp_path))
    assert not RewardStore(tmp_path / "store").counts().total()


def test_scores_on_their_scales(tmp_path: Path) -> None:
    path = tmp_path / "scores.jsonl.gz"
    row = {"task": "sfhot", "source": "confirm(area=north)", "context": None, "output": "In the north?"}
    talk = {"task": "topical_chat", "source": "Hi.", "context": "A fact.", "output": "Hello.", "scores": {"overall": 3}}
    rows = row | {"scores": {"naturalness": 3.5, "charm": 1}}, talk, row | {"task": "new"}, row
    path.write_bytes(gzip.compress(jsonl(*rows)))
    read = list(aspect_rows(path))
    first, second = Response("confirm(area=north)", "In the north?", "sfhot", "unieval"), read[3]
    assert read[0] == first
    assert read[1] == Score(first.prompt_id, first.id, "naturalness", 0.5, "sfhot", source="unieval")
    assert isinstance(second, Response)
    assert second.prompt == "Hi.\n\nA fact."
    assert [one.reason for one in read if isinstance(one, Unread)] == [
        "an aspect of unknown scale: sfhot charm",
        "a task of unknown scale: new",
        "an output without source, text or scores",
    ]
    assert isinstance(read[4], Score)
    assert read[4].value == 0.5


def test_error_spans_become_scores() -> None:
    text = "0123456789"
    assert objective_scores(text, {"errors": [], "missing-info": []}) == {"accuracy": 1, "relevance": 1, "coverage": 1}
    spans = [("Wrong-Grounding", 0, 4), ("Unverifiable", 2, 5), ("Redundant", 8, 99), ("Else", 0, 9)]
    errors = [{"error type": kind, "start": start, "end": end} for kind, start, end in spans]
    missing = [
        {"error type": kind} for kind in ("Missing-Answer", "Missing-Major-Auxiliary", "Missing-Minor-Auxiliary")
    ]
    found = objective_scores(text, {"errors": errors, "missing-info": missing})
    assert found == pytest.approx({"accuracy": 0.5, "relevance": 0.8, "coverage": 1 / 2.75})


def test_span_feedback(tmp_path: Path) -> None:
    path = tmp_path / "feedback.json"
    row = {"question": "Who?", "passages": [["Title", "Ann did."]]} | {
        f"prediction {n}": f"It {n}." for n in (1, 2, 3, 4)
    }
    feedback = {"errors": [{"error type": "Irrelevant", "start": 0, "end": 3}], "missing-info": []}
    broken = {"errors": [{"error type": "Irrelevant", "start": None, "end": 3}]}
    rows = [
        row | {"feedback": feedback, "preference": [1, 0, 2, 1, 1, 7]},
        row | {"question": "When?", "feedback": broken, "preference": [1]},
    ]
    path.write_text(json.dumps(rows))
    read = list(span_rows(path))
    assert [one.label for one in read if isinstance(one, Comparison)] == [0.0, 0.5, 1.0, 0.0, 0.0]
    scores = {one.objective: one.value for one in read if isinstance(one, Score)}
    assert scores == pytest.approx({"accuracy": 1.0, "relevance": 0.4, "coverage": 1.0})
    assert [one.reason for one in read if isinstance(one, Unread)] == [
        "a preference '7': 0, 1 or 2 between two predictions",
        "marked errors that cannot be read",
        "a preference that is not of six pairs",
    ]
    report = RewardStore(tmp_path / "store").append(read)
    assert report.stored == {"prompts": 2, "responses": 8, "comparisons": 5, "scores": 3}
