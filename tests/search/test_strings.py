from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from shopwright.search.strings import PackedStrings, PathTable, StringTable, ranges


@given(st.lists(st.text(max_size=8), max_size=12), st.randoms())
def test_packed_strings_come_back(strings: list[str], random: object) -> None:
    packed = PackedStrings.pack(strings)
    assert packed.unpack() == strings
    assert [packed[row] for row in range(len(packed))] == strings
    rows = np.array(sorted(range(len(strings)), key=lambda _: random.random()), np.int64)
    assert packed.take(rows).unpack() == [strings[row] for row in rows]
    assert packed.joined(packed).unpack() == strings * 2


def test_numbers_of_strings_never_change() -> None:
    table = StringTable(["red"])
    assert [table.code("blue"), table.code("red"), table.code("Red ")] == [1, 0, 2]
    assert table.matching("RED") == [0, 2]
    table.code("rEd")
    assert table.matching("red") == [0, 2, 3]


def test_paths_are_found_by_level_and_by_part() -> None:
    table = PathTable(["Camping > Tents > Trekking", "Camping > Tents", "Tents for Kids"])
    assert table.containing("tents") == [0, 1]
    assert table.containing("Camping > Tents") == [0, 1]
    assert table.containing("Tents > Trekking") == [0]
    assert table.containing("Camping > Trekking") == []


def test_ranges_are_laid_end_to_end() -> None:
    assert ranges(np.array([5, 9]), np.array([2, 1])).tolist() == [5, 6, 9]
    assert ranges(np.zeros(0, np.int64), np.zeros(0, np.int64)).tolist() == []
