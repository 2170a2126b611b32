"""What counts of somebody: events, refusals, what they let the shop keep; and that the forgotten does not."""

from __future__ import annotations

import pytest

from assistant.recommending.stand import DAY, NOW, Sense, Stand
from shopwright.assistant.recommending.knowing import LATEST, Knowing, Known
from shopwright.catalog.memory import Memory
from shopwright.catalog.nevers import Nevers
from shopwright.errors import NotFoundError
from shopwright.skills.recommend.supposing.trail import Thoughts
from shopwright.types import Preference, RecommendRequest

ANNA = "5f0c9d3e7a1b48f2a6d4c8e0b7319f52"
LIST = "view_item_list:recommendations"


def known(stand: Stand, request: RecommendRequest) -> Known:
    return Knowing(stand.events, stand.profiles, Nevers(stand.store)).of(request, stand.goods, NOW)


def test_events_of_the_visit_are_read(lively: Stand) -> None:
    lively.did(
        "v", ("view_item", ["pan"]), ("view_item", ["lark"]), ("add_to_cart", ["lark"]), ("add_to_cart", ["pegs"]),
        ("remove_from_cart", ["pegs"]), ("purchase", ["pan"]), ("view_item", ["pan"]),
    )  # fmt: skip
    found = known(lively, RecommendRequest(session="v", seen=("dune",)))
    assert (found.seen, found.basket, found.bought) == (("lark", "pan", "dune"), ("lark",), ("pan",))
    assert found.bought_days["pan"] == pytest.approx(120 / DAY, rel=0.01)
    assert found.history[-1] == "lark"  # what is in the basket was chosen last


def test_what_was_shown_and_left_alone_grows_stale(lively: Stand) -> None:
    shown = [(LIST, ["pegs", "tarn"])] * 3
    lively.did("v", ("view_item", ["lark"]), *shown, ("view_item_list:search", ["pegs"]), ("select_item", ["tarn"]))
    found = known(lively, RecommendRequest(session="v", shown={"eider": 2, "pegs": 1, "gone": 4}))
    assert found.shown == {"pegs": 4, "eider": 2}
    asked = RecommendRequest(seen=("lark",))
    fresh = lively.recommending().recommend(asked)
    tired = lively.recommending().recommend(RecommendRequest(seen=("lark",), shown={"pegs": 30}))
    places = [[one.id for one in found.items].index("pegs") for found in (fresh, tired)]
    assert places[0] < places[1]


def test_a_long_history_counts_with_its_latest(stand: Stand) -> None:
    assert LATEST >= 100
    found = known(stand, RecommendRequest(seen=("pan",) * 100_000 + ("lark", "lark-x", "pan")))
    assert found.seen == ("lark", "pan")


# ── refusals ──


def test_never_again_holds_for_the_visit_until_it_is_undone(lively: Stand) -> None:
    recommending, asked = lively.recommending(), RecommendRequest(seen=("lark",), session="v")
    recommending.nevers.add("pegs", session_id="v")
    assert "pegs" not in [one.id for one in recommending.recommend(asked).items]
    assert "pegs" in [one.id for one in recommending.recommend(RecommendRequest(seen=("lark",), session="w")).items]
    assert recommending.nevers.remove("pegs", session_id="v")
    assert "pegs" in [one.id for one in recommending.recommend(asked).items]


def test_a_shopper_who_did_not_agree_is_not_known(lively: Stand) -> None:
    lively.did("v", ("view_item", ["lark"]), shopper=ANNA)
    with pytest.raises(NotFoundError, match="has not agreed"):
        lively.recommending().nevers.add("pegs", shopper_id=ANNA)
    found = known(lively, RecommendRequest(shopper=ANNA))
    assert found.seen == ()
    assert "has not agreed" in found.notes[0]


def test_what_a_shopper_told_reaches_common_sense(lively: Stand) -> None:
    lively.profiles.give_consent(ANNA, NOW)
    lively.profiles.keep(ANNA, Preference("diet", "vegan", "I am vegan", "s", 0, NOW))
    lively.profiles.keep(ANNA, Preference("dislike", "wool", "I hate wool", "s", 0, NOW))
    lively.profiles.keep(ANNA, Preference("size", "shoes 44", "I wear 44", "s", 0, NOW))
    sense = Sense(Thoughts())
    lively.recommending(sense=sense).recommend(RecommendRequest(shopper=ANNA))
    assert sense.trails[0].profile == ("vegan", "no wool")
    assert sense.trails[0].month == 11


def test_a_shopper_who_was_forgotten_is_a_stranger(lively: Stand) -> None:
    lively.profiles.give_consent(ANNA, NOW)
    lively.did("old", ("view_item", ["lark"]), ("purchase", ["tarn"]), shopper=ANNA, at=NOW - 40 * DAY)
    recommending, asked = lively.recommending(), RecommendRequest(shopper=ANNA)
    recommending.nevers.add("hammer", shopper_id=ANNA)
    stranger = recommending.recommend(RecommendRequest())
    known_one = recommending.recommend(asked)
    assert [one.id for one in known_one.items] != [one.id for one in stranger.items]
    assert "tarn" not in [one.id for one in known_one.items]
    done = Memory(lively.store).forget_shopper(ANNA)
    assert (done.rows["nevers"], done.rows["events"]) == (1, 2)
    assert Nevers(lively.store).of(ANNA) == frozenset()
    after = recommending.recommend(asked)
    assert after.items == recommending.recommend(RecommendRequest()).items
    assert "has not agreed" in after.notes[0]
