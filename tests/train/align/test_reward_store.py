"""A store of reward data: what goes in, what does not, and that a failure changes nothing."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from math import nan
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

pytest.importorskip("pyarrow")

from shopwright.catalog.lock import FolderLock
from shopwright.errors import ConfigError, CorpusError, StoreError
from shopwright.train.align.examples import Comparison, Ids, Response, Row, Score, Splits, Unread, prompt_id
from shopwright.train.align.flaws import EMPTY, ENDLESS, LONGEST, flaw_of
from shopwright.train.align.store import MANIFEST, RewardStore

FIRST = Response("Which tent for two?", "A dome tent.", "a", "made")
SECOND = Response("Which tent for two?", "A dome tent of 2.1 kg, since two must carry it.", "b", "made")
OTHER = Response("Which stove?", "A gas stove.", "a", "made")
BETTER = Comparison(FIRST.prompt_id, FIRST.id, SECOND.id, 0.8, "anna", source="made")
DEEP = Score(SECOND.prompt_id, SECOND.id, "depth", 0.75, "anna", 2.0, "made")


def test_what_goes_in_comes_out(tmp_path: Path) -> None:
    rows: list[Row] = [FIRST, SECOND, OTHER, BETTER, DEEP]
    report = RewardStore(tmp_path).append(rows)
    assert report.stored == {"prompts": 2, "responses": 3, "comparisons": 1, "scores": 1}
    store = RewardStore(tmp_path)
    assert store.counts() == report.stored
    assert dict(store.prompts()) == {one.prompt_id: one.prompt for one in (FIRST, OTHER)}
    assert [(one.id, one.prompt, one.system, one.text) for one in store.responses()] == [
        (one.id, one.prompt_id, one.system, one.text) for one in (FIRST, SECOND, OTHER)
    ]
    (compared,), (scored,) = list(store.comparisons()), list(store.scores())
    assert (replace(compared, label=0.8), scored) == (BETTER, DEEP)
    (scores,) = store.batches("scores")
    assert scores.to_pylist()[0] | {"key": 0} == {
        "key": 0, "prompt": DEEP.prompt, "response": DEEP.response, "objective": "depth", "value": 0.75, "weight": 2.0,
        "annotator": "anna", "source": "made",
    }  # fmt: skip


def test_the_same_again_goes_in_once(tmp_path: Path) -> None:
    store = RewardStore(tmp_path)
    turned = replace(BETTER, first=SECOND.id, second=FIRST.id, label=0.2)
    first = store.append([FIRST, SECOND, FIRST, BETTER, turned, DEEP])
    assert first.again == {"responses": 1, "comparisons": 1}
    again = store.append([replace(FIRST, system="c"), SECOND, BETTER, DEEP, replace(BETTER, label=0.1)])
    assert (again.stored, again.again) == ({"comparisons": 1}, {"responses": 2, "comparisons": 1, "scores": 1})
    assert store.counts() == {"prompts": 1, "responses": 2, "comparisons": 2, "scores": 1}


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        (replace(BETTER, label=nan), "a label that is no number"),
        (replace(BETTER, label=-1.0), "a label outside 0 to 1"),
        (replace(DEEP, value=1.01), "a value outside 0 to 1"),
        (replace(DEEP, weight=nan), "a weight that is not above 0"),
        (replace(BETTER, second=FIRST.id), "a response compared with itself"),
        (replace(BETTER, second=7), "a judgement of a response that is not there"),
        (replace(BETTER, second=OTHER.id), "a judgement across prompts"),
        (replace(BETTER, annotator=""), "no objective or no annotator"),
        (replace(FIRST, prompt=" "), "a response without a prompt"),
        (replace(FIRST, text="\ud800"), "a text that is no Unicode"),
        (Unread("a line too long", "file:3"), "a line too long"),
    ],
)
def test_what_nobody_can_learn_from_is_refused_and_counted(tmp_path: Path, row: Row | Unread, reason: str) -> None:
    report = RewardStore(tmp_path).append([FIRST, SECOND, OTHER, row])
    assert (report.read, report.refused) == (4, {reason: 1})
    assert report.places[reason] == ["file:3"] or report.places[reason] in ([], ["row 4"])
    assert RewardStore(tmp_path).counts()["comparisons"] == 0


def test_a_source_that_breaks_leaves_the_store_as_it_was(tmp_path: Path) -> None:
    store = RewardStore(tmp_path)
    store.append([FIRST])
    before = {path.name: path.read_bytes() for path in tmp_path.iterdir()}

    def broken() -> Iterator[Row]:
        yield SECOND
        raise CorpusError("cut off")

    with pytest.raises(CorpusError, match="cut off"):
        store.append(broken())
    assert {path.name for path in tmp_path.iterdir()} == before.keys()
    assert RewardStore(tmp_path).counts()["responses"] == 1
    assert store.append([SECOND]).stored["responses"] == 1


def test_what_a_kill_left_behind_is_not_read(tmp_path: Path) -> None:
    for name in ("responses-00000.parquet", "responses-00000.parquet.part"):
        (tmp_path / name).write_bytes(b"PAR1, half of it")
    store = RewardStore(tmp_path)
    assert not store.counts().total()
    store.append([FIRST])
    assert [one.text for one in RewardStore(tmp_path).responses()] == [FIRST.text]


def test_one_writer_at_a_time(tmp_path: Path) -> None:
    store = RewardStore(tmp_path)
    lock = FolderLock(tmp_path / "lock")
    assert lock.acquire()
    with pytest.raises(StoreError, match="another process"):
        store.append([FIRST])
    lock.release()
    other = RewardStore(tmp_path)
    other.append([FIRST])
    assert store.append([FIRST]).again == {"responses": 1}, "what another wrote meanwhile is known"


def test_damage_is_told(tmp_path: Path) -> None:
    RewardStore(tmp_path).append([FIRST])
    shard = tmp_path / "responses-00000.parquet"
    whole = shard.read_bytes()
    shard.write_bytes(whole[:-9])
    with pytest.raises(CorpusError, match="bytes, the manifest says"):
        RewardStore(tmp_path)
    shard.write_bytes(b"x" * len(whole))
    with pytest.raises(CorpusError, match="cannot be read"):
        list(RewardStore(tmp_path).responses())
    shard.unlink()
    with pytest.raises(CorpusError, match="missing"):
        RewardStore(tmp_path)
    (tmp_path / MANIFEST).write_text("[]")
    with pytest.raises(CorpusError, match="no manifest"):
        RewardStore(tmp_path)


def test_a_source_can_be_taken_out(tmp_path: Path) -> None:
    store = RewardStore(tmp_path)
    own = replace(OTHER, source="shop")
    kept = replace(SECOND, text="None.")
    told = Comparison(FIRST.prompt_id, FIRST.id, kept.id, 0.1, "anna")
    store.append([FIRST, replace(SECOND, source="shop"), own, kept, BETTER, replace(DEEP, source="made"), told])
    assert store.drop("shop") == {"prompts": 1, "responses": 2, "comparisons": 1, "scores": 1}
    again = RewardStore(tmp_path)
    assert [one.text for one in again.responses()] == [FIRST.text, kept.text]
    assert not any(b"stove" in path.read_bytes() for path in tmp_path.iterdir())
    assert again.append([own]).stored == {"prompts": 1, "responses": 1}


def test_flaws() -> None:
    refrain = "Another bug bites the dust, yeah\nand another one found, in line {}\n"
    fine = ("5", "🐱😺", "高级牛肉", "ha " * 20, "".join(map(refrain.format, range(40))), "- a tent\n" * 10)
    assert [flaw_of(text) for text in fine] == [""] * len(fine)
    assert [flaw_of(text) for text in ("", " \n", "```\n```", "...")] == [EMPTY] * 4
    endless = ("word " * LONGEST, "It costs 5, " + "since it is good, " * 30, "牛肉" * 200, "a" * 400)
    assert [flaw_of(text) for text in endless] == [ENDLESS] * 4


@given(st.lists(st.text(min_size=1), unique=True, max_size=30))
def test_a_prompt_stays_in_its_part(prompts: list[str]) -> None:
    import numpy as np

    splits = Splits()
    ids: Ids = np.array([prompt_id(text) for text in prompts], np.uint64)
    masks = [splits.mask(ids, split).tolist() for split in ("train", "valid", "test")]
    assert [sum(each) for each in zip(*masks, strict=True)] == [1] * len(prompts)
    for number, text in enumerate(prompts):
        assert masks[("train", "valid", "test").index(splits.of(prompt_id(text)))][number]


def test_prompts_of_the_same_words_fall_into_one_part() -> None:
    one, other = prompt_id("Which tent, for two?"), prompt_id("which  TENT for two")
    assert one != other
    assert one >> 32 == other >> 32
    parts = [Splits().of(prompt_id(f"prompt {number}")) for number in range(4_000)]
    assert parts.count("train") == pytest.approx(2_800, abs=120)
    assert parts.count("test") == pytest.approx(600, abs=80)
    with pytest.raises(ConfigError, match=r"0\.9 and 0\.3"):
        Splits(0.9, 0.3)
