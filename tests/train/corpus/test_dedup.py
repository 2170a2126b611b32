from random import Random

import numpy as np
import pytest

from shopwright.errors import ConfigError
from shopwright.train.corpus.dedup import (
    DedupSettings,
    Sketches,
    SketchWriter,
    exact_duplicates,
    exact_key,
    near_duplicates,
)

WORDS = [f"word{number}" for number in range(3000)]


def document(seed: int, length: int = 150) -> list[str]:
    return Random(seed).choices(WORDS, k=length)


def copy(words: list[str], edits: int, seed: int = 0) -> list[str]:
    changed = list(words)
    for place in Random(seed).sample(range(len(words)), edits):
        changed[place] = f"edit{seed}x{place}"
    return changed


def test_exact_duplicates_differ_in_case_spaces_and_punctuation_only():
    texts = ["Red shoes, size 42.", "blue shoes", "red  SHOES size 42", "!!!", "???"]
    keys = np.array([exact_key(text) for text in texts], np.uint64)
    assert exact_duplicates(keys, np.array([0.1, 0.5, 0.9, 0, 0])).tolist() == [2, -1, -1, -1, -1]
    assert exact_duplicates(keys[:0], np.zeros(0)).tolist() == []


def test_near_copies_go_and_the_best_of_them_stays():
    pytest.importorskip("rensa")
    first, other = document(1), document(2)
    texts = [" ".join(each) for each in (first, other, copy(first, 2), copy(first, 60))]
    sketches = Sketches.of(texts, DedupSettings())
    assert near_duplicates(sketches, np.array([0.0, 0, 1, 0])).tolist() == [2, -1, -1, -1]
    assert near_duplicates(sketches, np.zeros(4)).tolist() == [-1, -1, 0, -1]
    assert near_duplicates(sketches, np.zeros(4), np.array([1, 2, 3])).tolist() == [-1] * 4


def test_nothing_goes_through_a_chain_of_neighbours():
    pytest.importorskip("rensa")
    chain = [document(3, 200)]
    for step in range(8):
        chain.append([*chain[-1][6:], *document(100 + step, 6)])
    sketches = Sketches.of([" ".join(each) for each in chain], DedupSettings(threshold=0.8))
    twins = near_duplicates(sketches, np.zeros(len(chain)))
    kept = np.flatnonzero(twins < 0)
    assert 1 < len(kept) < len(chain)
    sets = [{tuple(each[start : start + 5]) for start in range(196)} for each in chain]
    for gone in np.flatnonzero(twins >= 0):
        mine, its = sets[gone], sets[twins[gone]]
        assert twins[gone] in kept
        assert len(mine & its) / len(mine | its) >= 0.8


def test_empty_documents_are_no_duplicates_of_each_other():
    pytest.importorskip("rensa")
    assert near_duplicates(Sketches.of(["", " .", ""], DedupSettings()), np.zeros(3)).tolist() == [-1] * 3
    assert near_duplicates(Sketches.of([], DedupSettings()), np.zeros(0)).tolist() == []


def test_sketches_on_disk_go_on_after_the_last_whole_document(tmp_path):
    pytest.importorskip("rensa")
    settings, texts = DedupSettings(), [" ".join(document(seed)) for seed in range(6)]
    with SketchWriter(tmp_path, settings) as writer:
        writer.add(texts[:4])
    with (tmp_path / "ends.u64").open("ab") as file:
        file.write(b"half")
    hashes = tmp_path / "hashes.u32"
    hashes.write_bytes(hashes.read_bytes()[:-4])
    with SketchWriter(tmp_path, settings) as writer:
        assert writer.documents == 3
        writer.add(texts[3:])
    stored, expected = Sketches.open(tmp_path, settings), Sketches.of(texts, settings)
    assert np.array_equal(stored.matrix, expected.matrix)
    assert np.array_equal(stored.hashes, expected.hashes)
    assert np.array_equal(stored.ends, expected.ends)


@pytest.mark.parametrize("values", [{"threshold": 0.0}, {"threshold": 1.2}, {"ngram": 0}, {"permutations": 4}])
def test_settings_out_of_range_are_refused(values):
    with pytest.raises(ConfigError, match=next(iter(values))):
        DedupSettings(**values)
