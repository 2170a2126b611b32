from __future__ import annotations

import pytest

from shopwright.errors import CorpusError
from shopwright.sequences.log import Sessions


def test_clicks_lie_flat_and_know_their_session_and_place() -> None:
    sessions = Sessions.of([[4, 2, 4], [7], [1, 0]])
    assert sessions.items.tolist() == [4, 2, 4, 1, 0]
    assert sessions.session_of.tolist() == [0, 0, 0, 1, 1]
    assert sessions.position_of.tolist() == [0, 1, 2, 0, 1]
    assert sessions.lengths.tolist() == [3, 2]
    assert (len(sessions), sessions.count, sessions[1].tolist()) == (2, 5, [1, 0])


def test_a_part_keeps_the_items_and_counts_from_its_own_start() -> None:
    part = Sessions.of([[4, 2, 4], [3, 3], [1, 0]]).part(1, 3)
    assert part.items.tolist() == [3, 3, 1, 0]
    assert part.starts.tolist() == [0, 2, 4]
    assert part.count == 5


@pytest.mark.parametrize(
    ("lists", "count", "message"),
    [
        ([], None, "0 sessions, none with two clicks"),
        ([[1], [2]], None, "2 sessions, none with two clicks"),
        ([[1, -1]], None, "item numbers -1 to 1: must be 0 to 1"),
        ([[1, 9]], 5, "item numbers 1 to 9: must be 0 to 4"),
    ],
)
def test_sessions_that_teach_nothing_or_lie_outside_are_refused(
    lists: list[list[int]], count: int | None, message: str
) -> None:
    with pytest.raises(CorpusError, match=message):
        Sessions.of(lists, count)
