from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shopwright.errors import ConfigError
from shopwright.knowledge.beyond import FOLDER, Beyond, When, own_tips, read_tips

LINE = "activity:baking\tbench scraper\t.80\t.60\tany\tcraft\tDough sticks to hands, and a scraper lifts it."


def _file(folder: Path, text: str, name: str = "beyond-test.tsv") -> Path:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def test_a_tip_keeps_its_place(tmp_path: Path) -> None:
    (tip,) = read_tips(_file(tmp_path, f"# by hand\n\n{LINE}\r\n"))
    assert (tip.head, tip.node, tip.sense, tip.surprise) == ("activity:baking", "product:bench scraper", 0.8, 0.6)
    assert tip.place == "beyond-test.tsv:3"


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("\tcraft", "", "6 columns"),
        ("activity:baking", "hobby:baking", "'hobby:baking'"),
        ("bench scraper", "", "tail ''"),
        (".80", "1.2", "sense '1.2'"),
        (".60", "high", "surprise 'high'"),
        ("any", "13-02", "when '13-02'"),
        ("any", "days:90-30", "when 'days:90-30'"),
        ("it.", "it", "full stop"),
    ],
)
def test_a_damaged_line_is_named_with_what_is_allowed(tmp_path: Path, old: str, new: str, told: str) -> None:
    path = _file(tmp_path, f"{LINE}\n{LINE.replace(old, new)}\n")
    with pytest.raises(ConfigError, match="line 2") as caught:
        read_tips(path)
    assert told in str(caught.value)
    assert "write" in str(caught.value)


def test_a_merchants_word_replaces_the_projects(tmp_path: Path) -> None:
    folder = tmp_path / "knowledge" / "beyond"
    folder.mkdir(parents=True)
    own = _file(folder, LINE.replace(".80", ".10"), "ours.tsv")
    assert own_tips(tmp_path) == [own]
    (tip,) = Beyond.read([_file(tmp_path, LINE), own]).of("activity:baking")
    assert (tip.sense, tip.place) == (0.1, "ours.tsv:1")


@given(first=st.integers(1, 12), last=st.integers(1, 12), month=st.integers(1, 12))
def test_months_go_over_the_new_year(first: int, last: int, month: int) -> None:
    when = When.parse(f"{first:02}-{last:02}")
    assert when is not None
    assert str(when) == f"{first:02}-{last:02}"
    inside = first <= month <= last if first <= last else month >= first or month <= last
    assert when.holds(month, None) == inside


def test_times_after_a_purchase() -> None:
    after, later = When.parse("after"), When.parse("days:30-90")
    assert after
    assert later
    assert [after.holds(5, days) for days in (None, 0, 400)] == [False, True, True]
    assert [later.holds(5, days) for days in (None, 29, 30, 90, 91)] == [False, False, True, True, False]


def test_the_packaged_tips_can_be_read_and_the_held_ones_are_kept_apart() -> None:
    files = sorted(FOLDER.glob("*.tsv"))
    held = {(tip.head, tip.tail) for path in files if path.name.startswith("held-") for tip in read_tips(path)}
    packaged = Beyond.packaged()
    assert packaged.tips
    assert held.isdisjoint((tip.head, tip.tail) for tip in packaged.tips)
