import json
import signal
import subprocess
import sys
import warnings
from random import Random

import pytest

from shopwright.catalog.lock import FolderLock
from shopwright.errors import ConfigError, CorpusError
from shopwright.train.corpus import packing, stages
from shopwright.train.corpus.build import added_up, build
from shopwright.train.corpus.decontaminate import Contaminants
from shopwright.train.corpus.settings import CorpusSettings
from shopwright.train.corpus.shards import PackedCorpus, is_held_out
from shopwright.train.corpus.sources import Source, read
from shopwright.train.corpus.tokenizer import load_tokenizer
from train.texts import NOUNS, VERBS, prose

pytest.importorskip("rensa")
pytest.importorskip("py3langid")

QUESTION = "Which of the four lighthouses on the northern coast was the first to be lit by electricity in 1887?"


def card(seed: int) -> str:
    generator = Random(seed)
    values = " ".join(
        f"{noun}: {generator.choice(VERBS)} {generator.choice(NOUNS)}." for noun in generator.sample(NOUNS, 8)
    )
    return f"{values} delivery in two to four days from our own store, returns within thirty days of the delivery"


def write(folder, **texts):
    folder.mkdir(parents=True, exist_ok=True)
    for name, each in texts.items():
        (folder / f"{name}.jsonl").write_text("".join(json.dumps({"text": text}) + "\n" for text in each))
    return folder


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """Two sources of clean prose with a defect of each kind, and a benchmark."""
    folder = tmp_path_factory.mktemp("corpus") / "data"
    (folder / "evidence").mkdir(parents=True)
    (folder / "evidence" / "asked.jsonl").write_text(json.dumps({"question": QUESTION}) + "\n")
    first = [prose(seed) for seed in range(100)]
    kept = next(text for text in first if not is_held_out(text))
    first += [
        kept.upper().lower(),
        kept.replace("The", "A", 1),
        QUESTION + " Nobody knows, and the books are silent about it.",
    ]
    first += ["Write to anna.meier@example.com about it. " + prose(900), "dfk jhw qpz " * 60, ""]
    return write(folder, first=first, second=[prose(seed) for seed in range(1000, 1060)])


@pytest.fixture(scope="module")
def whole(folder):
    """The corpus of these sources, built without interruption."""
    said = []
    manifest = build(settings(folder, "whole"), sources(folder), said.append)
    assert any("tokenizer" in line for line in said)
    return manifest


@pytest.fixture
def data(folder, tmp_path):
    """The same sources, to build from into a folder of the test's own."""
    (tmp_path / "data").symlink_to(folder)
    return tmp_path / "data"


@pytest.fixture(autouse=True, scope="module")
def _small_parts():
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(stages, "_PART", 40)
        yield


def sources(data):
    return [
        Source("first", (data / "first.jsonl",), "general", "CC0"),
        Source("second", (data / "second.jsonl",), "domain"),
    ]


def settings(data, name="corpus", **more):
    return CorpusSettings(out=data.parent / name, benchmarks=data, vocabulary=800, **more)


def test_a_corpus_from_sources(folder, whole):
    counts = whole.counts["first"]
    assert counts["read"] == 106
    assert counts["removed:exact_duplicate"] == counts["removed:near_duplicate"] == counts["removed:contaminated"] == 1
    assert counts["replaced:email"] == 1
    assert sum(number for name, number in counts.items() if name.startswith("domain_score:")) == 104
    added_up(whole.counts)
    corpus = PackedCorpus(folder.parent / "whole", verify=True)
    tokenizer = load_tokenizer(corpus.folder / "tokenizer.json")
    for split in ("train", "valid"):
        texts = [
            tokenizer.decode(ids[:-1].tolist())
            for name in corpus.sources(split)
            for ids in corpus.documents(name, split)
        ]
        assert texts
        assert all(is_held_out(text) == (split == "valid") for text in texts)
        assert not any("lighthouses" in text or "anna.meier" in text for text in texts)
    assert sum(info.weight for info in whole.sources.values()) == pytest.approx(1)
    assert not (corpus.folder / "work").exists()
    page = (corpus.folder / "datasheet.html").read_text()
    assert all(word in page for word in ("first", "near duplicate", "CC0", "Scores by source", f"{counts['read']:,}"))


@pytest.mark.parametrize("stage", ["score", "decontaminate"])
def test_an_interrupted_build_goes_on_and_ends_the_same(data, whole, monkeypatch, stage):
    with monkeypatch.context() as patch:
        patch.setattr(stages, stage, _killed)
        with pytest.raises(KeyboardInterrupt):
            build(settings(data), sources(data), lambda _: None)
    assert not (data.parent / "corpus" / "corpus.json").exists()
    said = []
    again = build(settings(data), sources(data), said.append)
    assert (again.counts, again.shards) == (whole.counts, whole.shards)
    assert not any(line.startswith("clean") for line in said)


_KILLED_WHILE_WRITING = """
import os, signal, sys
from pathlib import Path
from shopwright.train.corpus import checkpoints, stages
from shopwright.train.corpus.build import build
from shopwright.train.corpus.decontaminate import Contaminants
from shopwright.train.corpus.settings import CorpusSettings
from shopwright.train.corpus.sources import Source, read

stages._PART = 40
data, stage = Path(sys.argv[1]), sys.argv[2]
whole_file = checkpoints.whole_file

def killed(path):
    if path.match(f"{stage}/first/000001.jsonl.gz"):
        path.with_name(path.name + ".part").write_bytes(b"half of it")
        os.kill(os.getpid(), signal.SIGKILL)
    return whole_file(path)

checkpoints.whole_file = killed
sources = [Source("first", (data / "first.jsonl",), "general", "CC0"), Source("second", (data / "second.jsonl",), "domain")]
build(CorpusSettings(out=data.parent / "corpus", benchmarks=data, vocabulary=800), sources, lambda _: None)
"""


@pytest.mark.parametrize("stage", ["clean", "final"])
def test_a_process_killed_while_it_writes_leaves_a_build_that_goes_on(data, whole, stage):
    ended = subprocess.run([sys.executable, "-c", _KILLED_WHILE_WRITING, str(data), stage], check=False)
    assert ended.returncode == -signal.SIGKILL
    again = build(settings(data), sources(data), lambda _: None)
    assert (again.counts, again.shards) == (whole.counts, whole.shards)
    assert again.tokenizer_sha256 == whole.tokenizer_sha256


def test_two_processes_build_the_same_corpus(data, whole):
    manifest = build(settings(data, workers=2), sources(data), lambda _: None)
    assert (manifest.counts, manifest.shards) == (whole.counts, whole.shards)


@pytest.mark.slow
def test_ray_builds_the_same_corpus(data, whole):
    ray = pytest.importorskip("ray")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # Ray's own
        ray.init(num_cpus=1, include_dashboard=False, log_to_driver=False, logging_level="ERROR")
        try:
            manifest = build(settings(data, ray=True), sources(data), lambda _: None)
        finally:
            ray.shutdown()
    assert (manifest.counts, manifest.shards) == (whole.counts, whole.shards)


def test_a_part_that_was_cut_off_is_done_again(data, whole, monkeypatch):
    with monkeypatch.context() as patch:
        patch.setattr(packing, "tokenizer", _killed)
        with pytest.raises(KeyboardInterrupt):
            build(settings(data), sources(data), lambda _: None)
    work = data.parent / "corpus" / "work"
    (work / "clean-second.json").unlink()
    (work / "clean" / "second" / "000001.json").unlink()
    (work / "clean" / "second" / "000001.jsonl.gz").write_bytes(b"cut")
    assert build(settings(data), sources(data), lambda _: None).shards == whole.shards


def test_cards_are_not_dropped_for_the_wording_that_they_share():
    cards = [card(seed) for seed in range(60)]
    held = next(text for text in cards if is_held_out(text))
    other = next(text for text in cards if not is_held_out(text))
    copy = next(text for n in range(99) if not is_held_out(text := f"{held} {n}"))
    known = Contaminants.of([held])

    def fate(text, structured):
        return stages._uncontaminated(text, (), known.find([text])[0], structured)

    assert known.find([other])[0]
    assert fate(other, True) == (other, "")
    assert fate(other, False) == fate(copy, True) == fate(copy, False) == (None, "removed:held_out")
    assert fate(held, True) == (held, "")
    asked = Contaminants.of([other]).find([other])[0]
    assert stages._uncontaminated(other, asked, (), True) == (None, "removed:contaminated")


def test_texts_of_the_domain_that_are_like_general_ones_can_be_removed(data, tmp_path):
    shopping = [card(seed) + ". " + card(seed + 500) for seed in range(60)]
    mixed = write(tmp_path / "mixed", shop=[*shopping, *(prose(seed) for seed in range(5000, 5006))])
    found = [sources(data)[0], Source("shop", (mixed / "shop.jsonl",), "domain")]
    manifest = build(settings(data, least_domain=0.5), found, lambda _: None)
    assert manifest.counts["shop"]["removed:domain_score"] == 6
    assert "removed:domain_score" not in manifest.counts["first"]


def test_records_behind_carriage_returns_are_read(tmp_path):
    path = tmp_path / "old.jsonl"
    path.write_bytes(b"\r".join(json.dumps({"text": prose(seed)}).encode() for seed in range(3)))
    items = list(read(Source("old", (path,), "general"), lambda _: None))
    assert [getattr(item, "text", None) for item in items] == [prose(seed) for seed in range(3)]


def test_other_settings_over_an_unfinished_build_are_refused(data, monkeypatch):
    with monkeypatch.context() as patch:
        patch.setattr(stages, "score", _killed)
        with pytest.raises(KeyboardInterrupt):
            build(settings(data), sources(data), lambda _: None)
    with pytest.raises(ConfigError, match="threshold"):
        build(settings(data, threshold=0.7), sources(data), lambda _: None)


def test_what_stands_in_the_way_is_named(data):
    out = data.parent / "corpus"
    with pytest.raises(ConfigError, match="at least one"):
        build(settings(data), [], lambda _: None)
    with pytest.raises(ConfigError, match="first, first"):
        build(settings(data), sources(data)[:1] * 2, lambda _: None)
    with pytest.raises(ConfigError, match="language xx"):
        build(settings(data, languages=("en", "xx")), sources(data), lambda _: None)
    out.mkdir()
    lock = FolderLock(out / ".lock")
    assert lock.acquire()
    with pytest.raises(CorpusError, match="another process"):
        build(settings(data), sources(data), lambda _: None)
    lock.release()
    (out / "corpus.json").touch()
    with pytest.raises(ConfigError, match="finished corpus"):
        build(settings(data), sources(data), lambda _: None)


def test_a_full_disk_leaves_no_corpus_and_no_halves(data, monkeypatch):
    def full(*_):
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr("os.fsync", full)
        with pytest.raises(CorpusError, match=r"No space left.*Free space"):
            build(settings(data), sources(data), lambda _: None)
    out = data.parent / "corpus"
    assert not [path for path in out.rglob("*") if path.suffix in (".part", ".bin")]
    assert not (out / "corpus.json").exists()
    build(settings(data), sources(data), lambda _: None)


def test_counts_that_do_not_add_up_are_an_error():
    with pytest.raises(CorpusError, match="source news: 5 documents were read"):
        added_up({"news": {"read": 5, "kept": 3, "removed:language": 1, "cut:contaminated": 1}})


def test_contradictions_name_both_flags(tmp_path):
    with pytest.raises(ConfigError, match=r"--ray.*--workers 3"):
        CorpusSettings(out=tmp_path, ray=True, workers=3)


def _killed(*_):
    raise KeyboardInterrupt
