from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import orjson
import pytest
from hand_made import calibrated, write_calibration

from shopwright.errors import ConfigError, ModelError
from shopwright.skills.verify import calibrated as module
from shopwright.skills.verify.calibrated import FILE, read_calibrated


def test_what_was_written_is_read(tmp_path: Path) -> None:
    assert read_calibrated(write_calibration(tmp_path)) == calibrated()


def test_a_new_training_is_seen_at_once(tmp_path: Path) -> None:
    read_calibrated(write_calibration(tmp_path))
    (tmp_path / FILE).write_bytes(orjson.dumps(replace(calibrated(), marked=0.25).record()))
    assert read_calibrated(tmp_path).marked == 0.25


def test_a_folder_without_one_gets_the_shipped_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    shipped, own = tmp_path / "shipped", tmp_path / "own"
    shipped.mkdir()
    own.mkdir()
    monkeypatch.setattr(module, "WEIGHTS", write_calibration(shipped))
    assert read_calibrated(own) == calibrated()


@pytest.mark.parametrize(
    "content",
    [b"", b"[]", b"{}", b"null", orjson.dumps({**calibrated().record(), "support": {"names": ["a"]}})],
)
def test_a_damaged_file_is_named_with_the_remedy(content: bytes, tmp_path: Path) -> None:
    (tmp_path / FILE).write_bytes(content)
    with pytest.raises(ModelError, match=r"verifier\.json.*shopwright train verify"):
        read_calibrated(tmp_path)


def test_scores_without_their_truth_are_refused(tmp_path: Path) -> None:
    (tmp_path / FILE).write_bytes(orjson.dumps({**calibrated().record(), "correct": [1]}))
    with pytest.raises(ModelError, match="100 scores but 1 answers"):
        read_calibrated(tmp_path)


def test_a_promise_answers_less_the_more_it_promises() -> None:
    loose, strict = calibrated().promise(0.2), calibrated().promise(0.05)
    assert loose.threshold <= strict.threshold
    with pytest.raises(ConfigError):
        calibrated().promise(0.0)
