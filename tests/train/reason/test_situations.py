from __future__ import annotations

from pathlib import Path

import pytest

from shopwright.errors import ConfigError
from shopwright.models.scripted import HashingEncoder
from shopwright.train.reason.situations import encode_situations, read_situations


def test_every_written_situation_can_be_read_and_encoded() -> None:
    written = read_situations()
    assert len({one.text for one in written}) == len(written) > 1000
    situations = encode_situations(written[:20], HashingEncoder(256))
    assert situations.told[0].place == "situations-a.jsonl:1"


def test_a_damaged_line_is_named(tmp_path: Path) -> None:
    (tmp_path / "situations-x.jsonl").write_text('{"situation": "it leaks"}\n')
    with pytest.raises(ConfigError, match=r"situations-x\.jsonl line 1"):
        read_situations(tmp_path)
