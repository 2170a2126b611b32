"""What is recommended in which place, what never is, and what is said of it."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from assistant.recommending.stand import NOW, PRODUCTS, Behaviour, Scored, Sense, Stand, good
from shopwright.assistant.recommending.dial import SETTINGS, SUBJECT, Dial
from shopwright.assistant.recommending.reasons import holds
from shopwright.catalog.events.decisions import NO_TURN, Decisions
from shopwright.errors import ConfigError, NotFoundError
from shopwright.skills.recommend.supposing.trail import Proposed, Supposed, Thoughts
from shopwright.types import Candidate, ChainStep, Filter, Recommendations, RecommendRequest

IDS = [product.id for product in PRODUCTS]
PEGS = Candidate(
    "hammer", "knowledge", "goes_with", 0.8, "lark", (ChainStep("tent → hammer", "beyond-home.tsv:7"),),
    "Frozen ground takes no peg by hand.",
)  # fmt: skip


def ids(found: Recommendations, purpose: str = "") -> list[str]:
    return [one.id for one in found.items if purpose in ("", one.purpose)]


def ask(stand: Stand, **known: Any) -> Recommendations:
    return stand.recommending().recommend(RecommendRequest(**known))


def test_a_page_has_what_goes_with_it_and_what_stands_in_for_it(stand: Stand) -> None:
    found = ask(stand, place="product", product="lark")
    reasons = {one.id: one.reason for one in found.items}
    assert ids(found, "goes_with")[0] == "pegs"
    assert reasons["pegs"] == "An accessory of “Lark 2 trekking tent”."
    assert ids(found, "instead")[0] == "tarn"
    assert "stands in for “Lark 2 trekking tent”" in reasons["tarn"]
    assert reasons.get("hammer", "") == "Made for trekking tents."
    assert not {"lark", "sold", "gone", "sheet"} & {*reasons}  # itself, sold out, unknown, made for another tent only
    only = ask(stand, place="product", product="lark", purpose="instead")
    assert {one.purpose for one in only.items} == {"instead"}
    assert [(one.purpose, one.id) for one in found.items][:2] == [("goes_with", "pegs"), ("instead", "tarn")]


def test_nothing_known_of_anybody_shows_the_best_rated_of_every_department(stand: Stand) -> None:
    found = ask(stand, limit=5)
    departments = {stand.goods.department(stand.goods.row(key)) for key in ids(found)}
    assert departments >= {"Outdoor", "Kitchen", "Pantry"}
    assert any("Nothing is known of this shopper" in note for note in found.notes)
    assert ids(found)[0] == ids(ask(stand, adventure=1.0))[0] != "rare"  # nothing speaks for what nobody rated
    assert "Rated 4.9 of 5 stars, the mean of 8 ratings." in [one.reason for one in ask(stand, adventure=0.0).items]


def test_what_others_look_at_is_counted(lively: Stand) -> None:
    for visit in range(7):
        lively.did(f"v{visit}", ("view_item", ["pan"]), ("view_item", ["dune"]) if visit % 2 else ("search", []))
    found = ask(lively, adventure=0.0)
    assert ids(found)[0] == "pan"
    assert found.items[0].reason == "Looked at 7 times here in the last 30 days."
    assert found.items[0].chain[0].source == "7 views, 0 purchases in 30 days"
    assert found.notes == ()
    told = {one.id: one.reason for one in found.items}
    assert told["tea"] == "New: it came out on 10 November 2025."


def test_what_is_new_and_old_dates_are_no_reason(tmp_path: Path) -> None:
    made = Stand(
        tmp_path,
        [good("a", "A book", "Books", released="2019-01-01"), good("b", "B book", "Books", released="2025-11-20")],
    )
    assert [one.source for one in ask(made).items if one.id == "a"] == ["popular"]
    assert next(one.source for one in ask(made, seen=("a",)).items if one.id == "b") in ("new", "meaning")
    made.close()


def test_counts_of_visits_are_said_as_they_are(stand: Stand) -> None:
    written = [
        Scored("pan", 0.4, "lark", 14),
        Scored("pot", 0.3, "lark", 3),
        Scored("brook", 0.1, "lark"),
        Scored("tea"),
    ]
    asked = RecommendRequest(place="product", product="lark", purpose="next")
    found = stand.recommending(Behaviour(written, 100)).recommend(asked)
    told = {one.id: one.reason for one in found.items}
    assert told["pan"] == "Often looked at together with “Lark 2 trekking tent”: 14 of 100 visits."
    assert told["pot"] == "Looked at together with “Lark 2 trekking tent”: 3 of 100 visits."
    assert told["brook"].startswith("You looked at “Lark 2 trekking tent”, and")
    assert told["tea"] == "Chosen from what shoppers look at and buy here."
    assert {"14 of 100 visits", "3 of 100 visits"} <= {one.chain[0].source for one in found.items}
    uncounted = stand.recommending(Behaviour(written)).recommend(asked)
    assert "Looked at together with “Lark 2 trekking tent” in 3 visits." in [one.reason for one in uncounted.items]


def test_a_figure_that_the_facts_do_not_hold_is_not_said() -> None:
    assert holds("Looked at together with “Lark 2”: 14 of 100 visits.", ("Lark 2 trekking tent", "14 of 100 visits"))
    assert not holds(
        "Looked at together with “Lark 2”: 15 of 100 visits.", ("Lark 2 trekking tent", "14 of 100 visits")
    )


def test_common_sense_says_why_and_from_what(stand: Stand) -> None:
    sense = Sense(Thoughts((Proposed(PEGS, 0.6, "peg hammer", "product:tent", "in the basket"),)))
    asked = RecommendRequest(place="basket", basket=("lark",))
    (one,) = [one for one in stand.recommending(sense=sense).recommend(asked).items if one.source == "knowledge"]
    assert one.reason == "“Lark 2 trekking tent” is in your basket. Frozen ground takes no peg by hand."
    assert one.chain == PEGS.chain
    assert sense.trails[0].basket == ("lark",)
    page = stand.recommending(sense=sense).recommend(RecommendRequest(place="product", product="lark"))
    assert "Frozen ground takes no peg by hand." in [one.reason for one in page.items]
    said = RecommendRequest(place="conversation", said="we hike in winter")
    stand.recommending(sense=sense).recommend(said)
    assert (sense.trails[-1].said, sense.trails[-1].nodes) == ("we hike in winter", {"activity:hiking": 0.9})


def test_what_a_person_avoids_is_not_recommended(stand: Stand) -> None:
    seen = ("eider",)
    assert "brook" in ids(ask(stand, seen=seen))
    vegan = Thoughts(supposed=(Supposed("condition:vegan", 1.0, ()),))
    assert "brook" not in ids(stand.recommending(sense=Sense(vegan)).recommend(RecommendRequest(seen=seen)))
    dry = Thoughts(avoided=(Filter("attr:waterproof", "not", ("true",)),))
    found = stand.recommending(sense=Sense(dry)).recommend(RecommendRequest(seen=("lark",)))
    assert not {"tarn", "dune"} & {*ids(found)}


def test_filters_hold_and_the_dial_is_told(stand: Stand) -> None:
    found = ask(stand, filters=(Filter("category", "is", ("Kitchen",)),), adventure=0.8)
    assert {*ids(found)} == {"pan", "pot"}
    assert (found.adventure, found.policy, found.propensity) == (0.8, "asked", 1.0)
    assert ask(stand).policy == "default"


def test_what_was_bought_or_is_in_the_basket_does_not_come_again(stand: Stand) -> None:
    for known in ({"basket": ("pegs",)}, {"bought": ("pegs",)}, {"never": ("pegs",)}):
        assert "pegs" not in ids(ask(stand, place="after" if "bought" in known else "home", seen=("lark",), **known))
    found = ask(stand, place="after", bought=("lark",))
    assert ids(found)[0] == "pegs"
    assert "lark" not in ids(found)


# ── bad input ──


def test_unknown_ids_are_left_out_and_counted(stand: Stand) -> None:
    found = ask(stand, seen=("gone", "away", "lark"), basket=("gone",))
    assert "2 of the named products are not in this shop, or not any more." in found.notes
    assert "pegs" in ids(found)


@pytest.mark.parametrize(
    ("seen", "notes"),
    [
        (("lark",) * 100_000, ()),
        (tuple(f"x{number}" for number in range(100_000)), ("100,000 of",)),
        (("rare",), ()),
        (("bare", "\ud800", "a\0b"), ("2 of",)),
        (tuple(IDS), ()),
    ],
)
def test_odd_histories_are_taken(stand: Stand, seen: Sequence[str], notes: Sequence[str]) -> None:
    found = ask(stand, seen=tuple(seen))
    assert found.items
    assert [note for note in found.notes if "of the named" in note][: len(notes)] == [
        note for note in found.notes if note.startswith(tuple(notes) or "-")
    ]


def test_a_visit_of_many_events_counts_with_its_last(lively: Stand) -> None:
    lively.did("long", *[("view_item", ["pan"])] * 2_000, ("view_item", ["lark"]))
    found = ask(lively, session="long")
    assert "pegs" in ids(found)


@pytest.mark.parametrize(
    ("known", "said"),
    [
        ({"adventure": 1.5}, "adventure 1.5"),
        ({"adventure": float("nan")}, "adventure nan"),
        ({"limit": 0}, "give 1 to 100"),
        ({"limit": 101}, "give 1 to 100"),
        ({"place": "cellar"}, "home, product, basket"),
        ({"purpose": "fun"}, "for_you, goes_with"),
        ({"place": "product"}, "name the one whose page it is"),
        ({"filters": (Filter("colour"),)}, "filter field 'colour'"),
    ],
)
def test_what_cannot_be_is_refused(stand: Stand, known: dict[str, Any], said: str) -> None:
    with pytest.raises(ConfigError, match=said):
        ask(stand, **known)


def test_a_page_of_no_product_is_not_found(stand: Stand) -> None:
    with pytest.raises(NotFoundError, match="'nowhere'"):
        ask(stand, place="product", product="nowhere")


def test_an_empty_shop_has_nothing_to_recommend(tmp_path: Path) -> None:
    made = Stand(tmp_path, ())
    found = ask(made, seen=("lark",))
    assert (found.items, found.notes[-1]) == ((), "Nothing sensible is left to recommend here.")
    made.close()


some = st.lists(st.sampled_from([*IDS, "gone", ""]), max_size=5).map(tuple)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    some, some, some, some, st.sampled_from(["home", "product", "basket", "after", "conversation"]),
    st.floats(0, 1), st.integers(1, 20), st.sampled_from(["", "a tent for winter"]),
)  # fmt: skip
def test_whatever_is_known_the_rules_hold(
    stand: Stand,
    seen: tuple[str, ...],
    basket: tuple[str, ...],
    bought: tuple[str, ...],
    never: tuple[str, ...],
    place: Any,
    adventure: float,
    limit: int,
    said: str,
) -> None:
    asked = RecommendRequest(
        place, None, "lark" if place == "product" else None, seen, basket, bought, said, adventure, limit, never=never
    )
    found = stand.recommending().recommend(asked)
    shown = ids(found)
    assert len(shown) == len({*shown}) <= limit
    assert not {*shown} & {*basket, *bought, *never, "sold", asked.product}
    for one in found.items:
        assert one.reason.endswith((".", "”"))
        assert one.chain
        assert all(0.0 <= part <= 1.0 for part in (one.relevance, one.unexpectedness, one.timeliness))
    assert found == stand.recommending().recommend(asked)


# ── the dial ──


def test_chance_sets_the_dial_and_tells_how_likely_it_was(lively: Stand) -> None:
    recommending = lively.recommending(dial=Dial(0.6, random.Random(3)))
    for turn in range(60):
        lively.did(f"d{turn}", ("view_item", ["lark"]), at=NOW)
        recommending.recommend(RecommendRequest(session=f"d{turn}"))
    recommending.recommend(RecommendRequest(session="d0", adventure=0.9))
    recommending.recommend(RecommendRequest())
    logged = list(Decisions(lively.store).read(subject=SUBJECT))
    assert len(logged) == 60  # what was asked for, and what belongs to no visit, teaches nothing
    chances = {one.strategy: one.propensity for one in logged}
    assert chances == pytest.approx({"recommend:0.2": 0.2, "recommend:0.5": 0.6, "recommend:0.8": 0.2})
    assert {one.turn for one in logged} == {NO_TURN}
    assert logged[0].features["place:home"] == 1.0
    assert list(Decisions(lively.store).read()) == []
    assert SETTINGS == (0.2, 0.5, 0.8)


def test_the_same_shop_answers_the_same_without_exploring(stand: Stand) -> None:
    asked = RecommendRequest(seen=("lark",), session="v")
    assert ask(stand, seen=("lark",), session="v") == stand.recommending().recommend(replace(asked))
