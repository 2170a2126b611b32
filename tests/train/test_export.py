from __future__ import annotations

import sys
from pathlib import Path

import pytest

from shopwright.errors import MissingExtraError, ModelError
from shopwright.train.export import demo_titles, export_minilm


def test_another_checkpoint_than_the_published_one_is_refused(tmp_path: Path) -> None:
    (tmp_path / "model.safetensors").write_bytes(b"something else")
    with pytest.raises(ModelError, match="take the published file"):
        export_minilm(tmp_path, tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_a_missing_checkpoint_is_named(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match=r"model\.safetensors"):
        export_minilm(tmp_path, tmp_path / "out")


def test_without_torch_the_extra_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "model.safetensors").write_bytes(b"one's own")
    monkeypatch.setitem(sys.modules, "torch", None)
    with pytest.raises(MissingExtraError, match=r"shopwright\[train\]"):
        export_minilm(tmp_path, tmp_path / "out", sha256=None)


def test_the_comparison_has_titles_to_compare_on() -> None:
    assert len(demo_titles()) > 100
