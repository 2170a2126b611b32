from typing import Any

import pytest

from shopwright.train.intent.shoppers.playing import play, play_all, value
from shopwright.train.intent.shoppers.settings import ShopperSettings
from shopwright.train.intent.shoppers.shopper import Reaction, Shopper
from shopwright.train.intent.shoppers.wants import Want
from shopwright.types import Answer, Strategy

MIND = ShopperSettings()


def test_every_possible_strategy_is_played_once_and_a_question_answered(
    shopper: Shopper, tent: Want, tent_talker: Any
) -> None:
    played = play(tent, tent_talker, shopper, company=1)
    assert set(played.plays) == {Strategy.SEARCH, Strategy.ASK, Strategy.RECOMMEND}
    assert played.rules is Strategy.SEARCH
    assert played.is_decision
    assert played.plays[Strategy.ASK].reactions == (Reaction("summer", True),)
    assert tent_talker.said == ["a tent", "a tent", "summer", "a tent"]


def test_values(shopper: Shopper, tent: Want, tent_talker: Any) -> None:
    played = play(tent, tent_talker, shopper, company=1)
    values = {strategy: value(played, strategy, shopper, "phone") for strategy in Strategy}
    assert values[Strategy.RECOMMEND] == MIND.opens_wanted
    assert values[Strategy.SEARCH] == pytest.approx(MIND.opens_wanted * MIND.nearly)
    assert values[Strategy.ASK] == pytest.approx(MIND.phone_taps * (1 - MIND.taps_wrong) * MIND.opens_wanted)
    assert values[Strategy.COMPARE] == 0  # was not possible


def test_a_question_pays_where_those_who_say_the_same_want_different_things(
    shopper: Shopper, tent: Want, tent_talker: Any
) -> None:
    played = play(tent, tent_talker, shopper, company=12)
    assert {reaction.says for reaction in played.plays[Strategy.ASK].reactions if reaction} == {"summer", "winter"}
    assert tent_talker.said.count("winter") == 1  # one turn for all who say the same
    taps = MIND.phone_taps * (1 - MIND.taps_wrong)
    assert value(played, Strategy.ASK, shopper, "phone") == pytest.approx(taps * MIND.opens_wanted)
    assert value(played, Strategy.RECOMMEND, shopper, "phone") < MIND.opens_wanted


def test_a_question_in_place_of_an_answer_is_worth_what_insisting_brings(shopper: Shopper, tent_talker: Any) -> None:
    tent_talker.answers = {**tent_talker.answers, Strategy.HAND_OVER: Answer()}
    person = play(Want("w8", "a human please", "person"), tent_talker, shopper)
    assert value(person, Strategy.HAND_OVER, shopper, "phone") == MIND.told
    assert value(person, Strategy.ASK, shopper, "phone") == 0  # the rules, which search, do not help either
    learn = Want("w9", "is the tarn good", "learn", about="tarn")
    played = play(learn, tent_talker, shopper)
    usual = value(played, Strategy.SEARCH, shopper, "phone")
    assert usual > 0
    assert value(played, Strategy.ASK, shopper, "phone") == pytest.approx(MIND.insists * usual)


def test_goods_are_not_looked_for_where_none_are_shown(shopper: Shopper, tent: Want, tent_talker: Any) -> None:
    tent_talker.answers = {**tent_talker.answers, Strategy.HAND_OVER: Answer()}
    played = play(tent, tent_talker, shopper, company=1)
    assert value(played, Strategy.HAND_OVER, shopper, "desktop") == 0
    assert tent_talker.said.count("a tent") == 3


def test_progress(shopper: Shopper, tent: Want, tent_talker: Any) -> None:
    told: list[tuple[int, int]] = []
    assert len(list(play_all([tent, tent], tent_talker, shopper, lambda *at: told.append(at)))) == 2
    assert told == [(1, 2), (2, 2)]
