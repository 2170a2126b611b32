from __future__ import annotations

from shopwright.shop import Shop
from shopwright.types import Turn


def rewritten(turn: Turn) -> str | None:
    """The self-contained query that the trace shows, if the message was rewritten."""
    return next((span.detail.get("self_contained") for span in turn.trace.spans if span.name == "context"), None)


def test_the_trace_shows_a_follow_up_as_a_query_of_its_own(shop: Shop) -> None:
    first = shop.chat("tent under 300 euros")
    assert rewritten(first) is None
    second = shop.chat("cheaper", session_id=first.session_id)
    assert rewritten(second) == "cheaper tent under 300 euros"
    assert "cheaper tent" in repr(second.trace.spans[0])


def test_a_wish_of_its_own_is_not_rewritten(shop: Shop) -> None:
    first = shop.chat("tent under 300 euros")
    assert rewritten(shop.chat("down sleeping bag", session_id=first.session_id)) is None
    assert rewritten(shop.chat("is it waterproof?", session_id=first.session_id)) is None


def test_conversations_do_not_mix(shop: Shop) -> None:
    shop.chat("tent under 300 euros")
    assert rewritten(shop.chat("under 200 euros")) is None
