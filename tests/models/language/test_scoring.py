"""Long texts are cut so that every token is counted once."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from shopwright.models.language.scoring import windows


@given(st.integers(1, 2000), st.integers(2, 64))
def test_every_token_but_the_first_is_counted_once_within_the_context(count, context):
    pieces = windows(count, context)
    counted = [place for _, fresh, last in pieces for place in range(fresh, last)]
    assert counted == [*range(1, count)]
    assert all(last - first <= context and first < fresh for first, fresh, last in pieces)


def test_later_pieces_have_half_a_context_before_them():
    assert windows(20, 8) == [(0, 1, 8), (4, 8, 12), (8, 12, 16), (12, 16, 20)]
