"""Peers that are installed are tested as they are; the rest by what is said of them, or with a stand-in."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import pytest

from shopwright.bench import peers as module
from shopwright.bench.peers import Bm25s, Corpus, LanceDb, Peer, Search, notes, peer_figures, peers
from shopwright.models.scripted import HashingEncoder

TEXTS = ["a light tent for two", "family tents, tents and more tents", "a frying pan", ""]
IDS = ["lark", "tarn", "skillet", "none"]
CORPUS = Corpus(TEXTS, TEXTS, HashingEncoder())


@pytest.fixture
def nothing_installed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "find_spec", lambda _: None)


@pytest.fixture
def fake_sbert(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    class SentenceTransformer:
        def __init__(self, name: str, **options: Any) -> None:
            assert Path(name).is_dir()
            assert options["local_files_only"], "nothing is downloaded"

        def encode(self, texts: list[str], **options: Any) -> Any:
            assert options["normalize_embeddings"]
            return HashingEncoder().encode(texts)

    stand_in = ModuleType("sentence_transformers")
    stand_in.SentenceTransformer = SentenceTransformer
    monkeypatch.setitem(sys.modules, "sentence_transformers", stand_in)
    monkeypatch.setattr(module, "_is_installed", lambda name: name == "sentence_transformers")
    (tmp_path / "config.json").write_text("{}")
    return tmp_path


@pytest.mark.usefixtures("nothing_installed")
def test_what_is_not_installed_is_a_line_and_not_an_error() -> None:
    assert notes() == [
        f"{name} is not installed: pip install 'shopwright[peers]'"
        for name in ("bm25s", "lancedb", "sentence-transformers")
    ]
    assert list(peers(IDS, CORPUS, 10)) == []
    assert list(peer_figures(CORPUS, ["tent", "pan"])) == []


def test_weights_come_from_a_named_folder_or_not_at_all(fake_sbert: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for named in ("", "sentence-transformers/all-MiniLM-L6-v2", str(fake_sbert / "none")):
        monkeypatch.setenv("SHOPWRIGHT_MINILM", named)
        assert list(peers(IDS, CORPUS, 10)) == []
        assert notes()[-1].startswith("sentence-transformers takes no part: set SHOPWRIGHT_MINILM to a folder")
    monkeypatch.setenv("SHOPWRIGHT_MINILM", str(fake_sbert))
    found = {suffix: ranker("a frying pan") for suffix, ranker in peers(IDS, CORPUS, 2)}
    assert list(found) == [":sbert"]
    assert found[":sbert"][0] == "skillet"
    assert len(found[":sbert"]) == 2
    assert len(notes()) == 2


def test_a_peer_is_open_only_while_it_is_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    log: list[str] = []

    def peer(name: str) -> Peer:
        @contextmanager
        def opened(corpus: Corpus) -> Iterator[Search]:
            log.append(f"{name} opened")
            yield lambda _, k: [len(corpus.words) - 1 - place for place in range(k)]
            log.append(f"{name} closed")

        return Peer(name, ("sys",), opened)

    monkeypatch.setattr(module, "PEERS", (peer("one"), peer("two")))
    for suffix, ranker in peers(IDS, CORPUS, 2):
        log.append(f"{suffix} {ranker('pan')}")
    assert log == [
        "one opened", ":one ['none', 'skillet']", "one closed",
        "two opened", ":two ['none', 'skillet']", "two closed",
    ]  # fmt: skip


def test_bm25s_stems_and_finds_only_what_has_a_word() -> None:
    pytest.importorskip("bm25s")
    pytest.importorskip("Stemmer")
    engine = Bm25s(TEXTS)
    assert sorted(engine.search("tents", 10)) == [0, 1]
    assert engine.search("fried pans", 10) == [2]
    assert engine.search("the of", 10) == []
    assert engine.search("unicorn", 1) == []


def test_lancedb_finds_by_words_and_by_meaning(tmp_path: Path) -> None:
    pytest.importorskip("lancedb")
    vectors = HashingEncoder().encode(TEXTS)
    engine = LanceDb(TEXTS, vectors, HashingEncoder(), tmp_path)
    assert engine.search("a frying pan", 10)[0] == 2
    assert len(engine.search('pan (OR: "x', 3)) == 3
    assert engine.search("  ", 3) == []


def test_speed_is_measured_of_what_has_an_index(monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("bm25s")
    pytest.importorskip("lancedb")
    texts = [f"{colour} tent no {i}" for i in range(100) for colour in ("red", "green", "blue")]
    figures = {figure.metric: figure for figure in peer_figures(Corpus(texts, texts, HashingEncoder()), ["red"] * 4)}
    assert set(figures) == {"index_s:bm25s", "lexical_p50_ms:bm25s", "index_s:lancedb", "hybrid_p50_ms:lancedb"}
    assert figures["index_s:bm25s"].n == 300
    assert figures["hybrid_p50_ms:lancedb"].n == 2
    assert np.all([figure.value > 0 for figure in figures.values()])
