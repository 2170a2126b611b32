from __future__ import annotations

from shopwright.bench.talkers import SHOWN, SearchTalker, ShopTalker
from shopwright.shop import Shop
from shopwright.types import Strategy


def test_the_shop_talks_in_one_session(tea_shop: Shop) -> None:
    talker = ShopTalker(tea_shop)
    first = talker.reply("a mug", None)
    assert first.session
    assert first.answer.cards
    assert first.steps
    assert talker.reply("which is the cheapest?", first.session).session == first.session


def test_the_baseline_shows_the_first_results_whatever_is_said(tea_shop: Shop) -> None:
    reply = SearchTalker(tea_shop).reply("mug", "s")
    assert reply.session == "s"
    assert reply.strategy is Strategy.SEARCH
    assert 0 < len(reply.answer.cards) <= SHOWN
    assert reply.answer.text == "Here is what I found."
