from __future__ import annotations

import pytest

from shopwright.errors import ConfigError
from shopwright.train.sessions import CART, CLICK, PURCHASE, MiningSettings, alike, at_least, mine, normal
from shopwright.types import Event
from train.simulated_log import simulate

ANY = MiningSettings(least_support=1, least_share=0, chance=1)


def session(name: str, *acts: tuple[str, float, str], shopper: str | None = None) -> list[Event]:
    """Acts are (event, seconds, query or product)."""
    return [
        Event(event, name, at, query=said, shopper_id=shopper)
        if event in ("search", "view_search_results")
        else Event(event, name, at, (said,) if said else (), shopper)
        for event, at, said in acts
    ]


def pairs(*events: Event, settings: MiningSettings = ANY) -> dict[tuple[str, str], int]:
    return {(step.query, step.rewrite): step.weight for step in mine(events, settings).steps}


def test_a_query_without_a_click_and_the_one_that_led_somewhere() -> None:
    acts = [("search", 0.0, "Hairdrier"), ("search", 20.0, "hair  dryer"), ("view_item", 25.0, "d1")]
    assert pairs(*session("a", *acts)) == {("hairdrier", "hair dryer"): CLICK}
    assert pairs(*session("a", *acts, ("add_to_cart", 40.0, "d1"))) == {("hairdrier", "hair dryer"): CART}
    assert pairs(*session("a", *acts, ("purchase", 900.0, "d1"))) == {("hairdrier", "hair dryer"): PURCHASE}
    assert pairs(*reversed(session("a", *acts))) == {
        ("hairdrier", "hair dryer"): CLICK
    }  # whatever the order of the log


def test_what_is_no_reformulation() -> None:
    click = ("view_item", 10.0, "d1")
    assert not pairs(
        *session("a", ("search", 0.0, "lamp"), click, ("search", 20.0, "desk lamp"), ("view_item", 25.0, "l"))
    )
    assert not pairs(
        *session("a", ("search", 0.0, "lamp"), ("search", 20.0, "desk lamp"))
    )  # nor did the second lead on
    assert not pairs(*session("a", ("search", 0.0, "lamp"), ("search", 700.0, "desk lamp"), ("view_item", 705.0, "l")))
    assert not pairs(
        *session("a", ("search", 0.0, "lamp"), ("view_search_results", 1.0, "Lamp"), ("view_item", 5.0, "l"))
    )
    assert not pairs(
        *session("a", ("search", 0.0, "lamp")), *session("b", ("search", 1.0, "desk lamp"), ("view_item", 5.0, "l"))
    )


def test_a_query_in_between_is_passed_over_when_the_later_one_is_alike() -> None:
    acts = [
        ("search", 0.0, "bluetoth speaker"),
        ("search", 9.0, "bt box"),
        ("search", 20.0, "bluetooth speaker"),
        ("select_item", 22.0, "s"),
    ]
    assert pairs(*session("a", *acts)) == {
        ("bluetoth speaker", "bluetooth speaker"): CLICK,
        ("bt box", "bluetooth speaker"): CLICK,  # right after it
    }
    acts[2] = ("search", 20.0, "garden gnome")
    assert pairs(*session("a", *acts)) == {("bt box", "garden gnome"): CLICK}


def test_one_shopper_votes_once() -> None:
    acts = [("search", 0.0, "lampp"), ("search", 5.0, "lamp"), ("view_item", 9.0, "l")]
    again = [event for n in range(9) for event in session(f"s{n}", *acts, shopper="one")]
    assert not pairs(*again, settings=MiningSettings())
    others = [event for n in range(9) for event in session(f"s{n}", *acts, shopper=f"shopper {n}")]
    (step,) = mine(others).steps
    assert (step.support, step.share, step.weight) == (9, 1.0, 9)


def test_a_query_that_mostly_does_well_stays() -> None:
    fine = [event for n in range(200) for event in session(f"f{n}", ("search", 0.0, "coat"), ("view_item", 2.0, "c"))]
    acts = [("search", 0.0, "coat"), ("search", 5.0, "rain coat"), ("view_item", 9.0, "r")]
    some = [event for n in range(9) for event in session(f"s{n}", *acts)]
    assert mine(some).rewrites()
    assert not mine([*fine, *some]).rewrites()


def test_programs_are_left_out_and_counted() -> None:
    bot = [
        event
        for n in range(99)
        for event in session("bot", ("search", n * 9.0, f"lampp {n}"), ("view_item", n * 9.0 + 1, "l"))
    ]
    mined = mine([*bot, *session("a", ("search", 0.0, "lampp"))], ANY)
    assert (mined.sessions, mined.bots, mined.failed, mined.bought) == (2, 1, 1, {})


def test_products_bought_belong_to_the_query_that_showed_them() -> None:
    acts = [
        ("search", 0.0, "tent"), ("view_item", 5.0, "t1"), ("search", 50.0, "Stove"), ("view_item", 60.0, "s1"),
        ("purchase", 2_000.0, "t1"), ("purchase", 2_001.0, "s1"), ("purchase", 2_002.0, "gift-card"),
    ]  # fmt: skip
    assert mine(session("a", *acts)).bought == {"tent": {"t1": 1}, "stove": {"s1": 1}}
    assert mine(session("a", ("search", 0.0, "tent"), ("purchase", 30.0, "t9"))).bought == {"tent": {"t9": 1}}


def test_planted_reformulations_are_found_in_a_simulated_log() -> None:
    log = simulate(sessions=6_000, seed=4)
    mined = mine(log.events)
    found = {(step.query, step.rewrite) for step in mined.steps}
    assert len(log.pairs) == 30
    assert len(found & log.pairs) / len(found) >= 0.95
    assert len(found & log.pairs) / len(log.pairs) >= 0.95
    assert (mined.sessions, mined.bots) == (log.sessions, log.bots)
    everything = mine(log.events, ANY).steps
    assert len(everything) > 10 * len(found)  # what the thresholds leave out
    rewrites = {rewrite.query: rewrite for rewrite in mined.rewrites()}
    assert (rewrites["mackintosh"].rewrites[0], rewrites["mackintosh"].kind) == ("rain coat", "own")


def test_likeness_is_of_words_or_letters() -> None:
    assert alike("rain coat", "coats")
    assert alike("raincoat", "rain coat")
    assert alike("bluetoth", "bluetooth")
    assert not alike("tent", "stove")
    assert not alike("?", "!")
    assert normal("  Ｔent\u00a0XL ") == "tent xl"


def test_chance_is_a_binomial_tail() -> None:
    assert at_least(0, 5, 0.5) == 1.0
    assert at_least(5, 5, 0.5) == pytest.approx(1 / 32)
    assert at_least(1, 2, 0.5) == pytest.approx(0.75)
    assert at_least(3, 9, 0.0) == 0.0
    assert at_least(3, 9, 1.0) == 1.0


@pytest.mark.parametrize("wrong", [{"minutes": 0}, {"least_share": 2}, {"chance": 0}, {"least_support": 0}])
def test_settings_that_cannot_work(wrong: dict[str, float]) -> None:
    with pytest.raises(ConfigError, match="are allowed"):
        MiningSettings(**wrong)
