"""The tables of what fits what."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from shopwright.errors import ConfigError
from shopwright.knowledge.compatibility import Compatibility, read_levels, read_requirements, read_values
from shopwright.knowledge.goods import Goods

TABLE = Compatibility.packaged()


def test_kinds_are_known() -> None:
    kinds = Goods.packaged().kinds
    broader = {kind.under for kind in kinds.values()}
    for row in TABLE.requirements:
        assert row.kind in kinds
        assert row.other in kinds or row.other in broader


@pytest.mark.parametrize(
    ("name", "text", "values"),
    [
        ("socket", "Intel Z790, 1700, ATX", {"LGA1700"}),
        ("socket", "Ryzen 5 5600 CPU", {"AM4"}),
        ("socket", "Fan, 1700 RPM", set()),
        ("memory type", "4 DDR5", {"DDR5"}),
        ("module", "8GB SO-DIMM", {"SODIMM"}),
        ("form factor", "Micro ATX", {"Micro ATX"}),
        ("form factor", "E-ATX Gaming Case", {"E-ATX"}),
        ("plug", "Mini DisplayPort to HDMI", {"Mini DisplayPort", "HDMI"}),
        ("bulb base", "LED bulb E27", {"E27"}),
    ],
)
def test_values(name: str, text: str, values: set[str]) -> None:
    assert TABLE.stated(name, text) == values


def test_larger_cases_take_smaller_boards() -> None:
    assert "Mini ITX" in TABLE.accepted("form factor", frozenset({"ATX"}))
    assert "ATX" not in TABLE.accepted("form factor", frozenset({"Mini ITX"}))


def test_levels_name_the_longer_model() -> None:
    better, plain = TABLE.level("graphics card", "RTX4060 Ti 8GB"), TABLE.level("graphics card", "RTX4060 8GB")
    assert better
    assert plain
    assert better.level > plain.level
    assert TABLE.level("graphics card", "Lamp") is None


def test_signs_are_fast_on_long_texts() -> None:
    text = "ryzen 5 usb type atx " * 2_000
    started = time.perf_counter()
    TABLE.spoken(text)
    assert time.perf_counter() - started < 2.0


def test_damaged_files_are_refused_by_line(tmp_path: Path) -> None:
    path = tmp_path / "rows.tsv"
    path.write_text("h\na\tb\tc\tlikes\td\twhy\n")
    with pytest.raises(ConfigError, match="line 2: relation 'likes'"):
        read_requirements(path)
    path.write_text("h\nsocket\tA\t(\t\n")
    with pytest.raises(ConfigError, match="no regular expression"):
        read_values(path)
    path.write_text("h\ncpu\tx\tfast\t0\n")
    with pytest.raises(ConfigError, match="numbers"):
        read_levels(path)
