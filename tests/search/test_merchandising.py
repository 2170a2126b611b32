from __future__ import annotations

import logging
from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from search.shelf import shop
from shopwright.models.scripted import HashingEncoder
from shopwright.search.embedded import EmbeddedIndex
from shopwright.search.merchandising import doubts, preview
from shopwright.search.rules import Rule, Rules
from shopwright.types import Filter, Hit, Money, Product, Quantity, SearchRequest, Variant

BRANDS, STOCK = ("Veil", "Quayside", "Larch"), ("in_stock", "out_of_stock", "preorder", "unknown")
MUGS = [
    Product(
        f"mug-{number:02}", f"Mug {'mug ' * (number % 3)}number {number}", brand=BRANDS[number % 3],
        category=("Kitchen", "Mugs"), price=Money(Decimal(10 + number), "EUR"), availability=STOCK[number % 4],
        attributes={"weight": Quantity(100.0 * number, "g")},
    )
    for number in range(24)
]  # fmt: skip
LAMP = Product("lamp", "Desk lamp", brand="Veil", price=Money(Decimal(80), "EUR"), availability="in_stock")
SHIRT = Product(
    "shirt",
    "Linen shirt",
    variants=(
        Variant("shirt-red", {"colour": "red"}, availability="out_of_stock"),
        Variant("shirt-blue", {"colour": "blue"}, availability="in_stock"),
    ),
)
EVERY = [*MUGS, LAMP, SHIRT]
VEIL = Filter("brand", values=("Veil",))
CHEAP = Filter("price", "range", high=15.0)


@pytest.fixture(scope="module")
def mugs(tmp_path_factory: pytest.TempPathFactory) -> Iterator[EmbeddedIndex]:
    built = shop(tmp_path_factory.mktemp("mugs"), *EVERY)
    yield built
    built.close()


def hits(index: EmbeddedIndex, query: str, *rules: Rule, filters: tuple[Filter, ...] = (), **more: object) -> list[Hit]:
    request = SearchRequest(query, filters, **{"limit": 100, "explain": True, **more})
    return list(index.search(request, rules=Rules(rules)).hits)


def ids(index: EmbeddedIndex, query: str, *rules: Rule, filters: tuple[Filter, ...] = (), **more: object) -> list[str]:
    return [hit.id for hit in hits(index, query, *rules, filters=filters, **more)]


def notes(hit: Hit) -> list[str]:
    return [reason.note for reason in hit.why if reason.part == "rule"]


# ── pin ──


def test_pinned_products_come_first_in_their_order(mugs: EmbeddedIndex) -> None:
    plain = ids(mugs, "mug")
    pinned = ids(mugs, "mug", Rule("ours", "pin", "mugs", ids=(plain[9], plain[4])))
    assert pinned == [plain[9], plain[4], *(id_ for id_ in plain if id_ not in (plain[9], plain[4]))]


def test_a_pinned_product_that_the_query_did_not_find_is_added(mugs: EmbeddedIndex) -> None:
    first = hits(mugs, "mug", Rule("light", "pin", "mug", ids=("gone", "lamp")), mode="lexical")[0]
    assert (first.id, notes(first)) == ("lamp", ["pinned by 'light'"])
    assert ids(mugs, "xyzzy", Rule("any", "pin", ids=("lamp",)), mode="lexical") == ["lamp"]


def test_a_pin_does_not_get_past_the_filters(mugs: EmbeddedIndex) -> None:
    rule = Rule("light", "pin", ids=("lamp", "mug-03"))
    assert ids(mugs, "mug", rule, filters=(CHEAP,))[0] == "mug-03"
    assert "lamp" not in ids(mugs, "mug", rule, filters=(CHEAP,))


def test_a_pin_may_have_conditions_of_its_own(mugs: EmbeddedIndex) -> None:
    in_stock = Filter("availability", values=("in_stock",))
    rule = Rule("while it lasts", "pin", ids=("mug-01", "mug-04"), filters=(in_stock,))
    assert ids(mugs, "mug", rule)[0] == "mug-04"
    assert "mug-01" not in [hit.id for hit in hits(mugs, "mug", rule) if notes(hit)]


def test_two_pins_of_one_product_show_it_once(mugs: EmbeddedIndex) -> None:
    rules = Rule("a", "pin", ids=("lamp", "mug-01")), Rule("b", "pin", ids=("mug-02", "lamp"))
    assert ids(mugs, "mug", *rules)[:4] == ["lamp", "mug-01", "mug-02", ids(mugs, "mug", *rules)[3]]
    assert ids(mugs, "mug", *rules).count("lamp") == 1


# ── boost and bury ──


def test_a_boost_adds_its_share_of_the_best_score(mugs: EmbeddedIndex) -> None:
    deep = {hit.id: hit.score for hit in hits(mugs, "mug", limit=500)}
    boosted = {hit.id: hit for hit in hits(mugs, "mug", Rule("veil", "boost", ids=("mug-05",), amount=0.2))}
    assert boosted["mug-05"].score == pytest.approx(deep["mug-05"] + 0.2 * max(deep.values()))
    assert notes(boosted["mug-05"]) == ["boosted by 'veil'"]
    assert boosted["mug-05"].why[-1].value == pytest.approx(0.2 * max(deep.values()))
    assert boosted["mug-06"].score == pytest.approx(deep["mug-06"])
    assert not boosted["mug-06"].why or boosted["mug-06"].why[-1].part != "rule"


def test_the_largest_boost_and_bury_part_the_list(mugs: EmbeddedIndex) -> None:
    brand = {product.id: product.brand for product in EVERY}
    up = [brand[id_] for id_ in ids(mugs, "mug", Rule("up", "boost", filters=(VEIL,), amount=1.0))]
    down = [brand[id_] for id_ in ids(mugs, "mug", Rule("down", "bury", filters=(VEIL,), amount=1.0))]
    assert up == sorted(up, key=lambda name: name != "Veil")
    assert down == sorted(down, key=lambda name: name == "Veil")


def test_ids_and_filters_hold_together(mugs: EmbeddedIndex) -> None:
    rule = Rule("both", "boost", ids=("mug-03", "mug-04"), filters=(VEIL,), amount=0.1)
    assert [hit.id for hit in hits(mugs, "mug", rule) if notes(hit)] == ["mug-03"]


def test_boosts_add_up_and_each_is_told(mugs: EmbeddedIndex) -> None:
    rules = Rule("one", "boost", ids=("mug-03",), amount=0.3), Rule("two", "bury", filters=(VEIL,), amount=0.1)
    found = next(hit for hit in hits(mugs, "mug", *rules) if hit.id == "mug-03")
    assert notes(found) == ["boosted by 'one'", "buried by 'two'"]
    assert found.why[-1].value < 0 < found.why[-2].value


def test_without_a_query_a_boost_is_a_share_of_the_list(mugs: EmbeddedIndex) -> None:
    plain = ids(mugs, "", limit=100)
    moved = ids(mugs, "", Rule("up", "boost", ids=(plain[13],), amount=0.5))
    assert moved.index(plain[13]) == pytest.approx(13 - len(plain) / 2, abs=1)


def test_conditions_of_rule_and_request_meet_on_one_item(mugs: EmbeddedIndex) -> None:
    rule = Rule("stock", "boost", filters=(Filter("availability", values=("in_stock",)),), amount=0.2)
    for colour, told in (("red", []), ("blue", ["boosted by 'stock'"])):
        (hit,) = hits(mugs, "linen shirt", rule, filters=(Filter("attr:colour", values=(colour,)),))
        assert notes(hit) == told


# ── in stock first ──


def test_what_is_out_of_stock_goes_last_and_the_rest_stays(mugs: EmbeddedIndex) -> None:
    gone = {product.id for product in EVERY if product.availability == "out_of_stock"}
    plain = ids(mugs, "mug", limit=500)
    parted = hits(mugs, "mug", Rule("stock", "in_stock_first"))
    assert [hit.id for hit in parted] == sorted(plain, key=lambda id_: id_ in gone)
    assert {note for hit in parted for note in notes(hit)} == {"out of stock, put last by 'stock'"}
    assert {hit.id for hit in parted if notes(hit)} <= gone


def test_stock_is_that_of_what_passes(mugs: EmbeddedIndex) -> None:
    red = (Filter("attr:colour", values=("red",)),)
    rule = Rule("stock", "in_stock_first")
    assert ids(mugs, "shirt", rule, filters=red) == ["shirt"]
    assert ids(mugs, "mug", rule, Rule("p", "pin", ids=("mug-01",)))[0] == "mug-01", "a pin is above stock"


# ── when ──


def test_only_the_order_by_relevance_is_ruled(mugs: EmbeddedIndex) -> None:
    rule = Rule("light", "pin", ids=("lamp",))
    assert ids(mugs, "mug", rule, sort="price_asc") == ids(mugs, "mug", sort="price_asc")


def test_a_rule_whose_time_is_over_does_nothing(mugs: EmbeddedIndex) -> None:
    over = Rule("old", "pin", ids=("lamp",), until=date.today() - timedelta(days=1))
    assert ids(mugs, "mug", over) == ids(mugs, "mug")


def test_reasons_are_told_only_when_asked_for(mugs: EmbeddedIndex) -> None:
    rule = Rule("light", "pin", ids=("lamp",))
    assert hits(mugs, "mug", rule, explain=False)[0].why == ()


def test_a_unit_that_the_shop_does_not_know_is_a_warning(mugs: EmbeddedIndex, caplog: pytest.LogCaptureFixture) -> None:
    odd = Rule("odd unit", "boost", filters=(Filter("attr:weight", "range", high=1.0, unit="blorp"),), amount=1.0)
    with caplog.at_level(logging.WARNING):
        assert ids(mugs, "mug", odd) == ids(mugs, "mug", odd) == ids(mugs, "mug", limit=500)
    assert len(caplog.records) == 1
    assert "rule 'odd unit' does nothing: unit 'blorp'" in caplog.text


def test_the_index_asks_for_the_rules_in_force(tmp_path: Path, mugs: EmbeddedIndex) -> None:
    rules = [Rules()]
    index = EmbeddedIndex(tmp_path, HashingEncoder(), lambda: rules[0])
    index.apply([("lamp", LAMP), ("mug-01", MUGS[1])], 1)
    assert [hit.id for hit in index.search(SearchRequest("mug")).hits] == ["mug-01"]
    rules[0] = Rules((Rule("light", "pin", ids=("lamp",)),))
    assert [hit.id for hit in index.search(SearchRequest("mug")).hits] == ["lamp", "mug-01"]


# ── whatever the rules are ──

IDS = st.lists(st.sampled_from([product.id for product in EVERY] + ["gone"]), min_size=1, max_size=4, unique=True).map(
    tuple
)
FILTERS = st.lists(st.sampled_from([VEIL, CHEAP, Filter("brand", "not", ("Larch",))]), max_size=2).map(tuple)
NAMES = st.text("abcdefgh", min_size=1, max_size=5)
QUERIES = st.sampled_from(["", "mug", "lamp", "number"])
RULES = st.lists(
    st.one_of(
        st.builds(Rule, NAMES, st.sampled_from(["boost", "bury"]), QUERIES, IDS, FILTERS, st.floats(0.01, 1)),
        st.builds(Rule, NAMES, st.just("boost"), QUERIES, st.just(()), st.just((VEIL,)), st.floats(0.01, 1)),
        st.builds(Rule, NAMES, st.just("pin"), QUERIES, IDS, FILTERS),
        st.builds(Rule, NAMES, st.just("in_stock_first"), QUERIES),
    ),
    max_size=5,
    unique_by=lambda rule: rule.name,
)


@settings(max_examples=150, deadline=None, derandomize=True, database=None)
@given(RULES, st.sampled_from(["mug", "desk lamp", "", "number 7", "xyzzy"]), FILTERS, st.integers(1, 7))
def test_no_hit_is_lost_or_doubled_and_filters_hold(
    mugs: EmbeddedIndex, rules: list[Rule], query: str, filters: tuple[Filter, ...], limit: int
) -> None:
    plain, ruled = ids(mugs, query, filters=filters), ids(mugs, query, *rules, filters=filters)
    assert len(ruled) == len(set(ruled))
    assert set(plain) <= set(ruled)
    pinned = {id_ for rule in rules if rule.action == "pin" for id_ in rule.ids}
    assert set(ruled) - set(plain) <= pinned
    assert set(ruled) <= set(ids(mugs, "", filters=filters)), "filters hold"
    pages = [ids(mugs, query, *rules, filters=filters, offset=at, limit=limit) for at in range(0, len(ruled), limit)]
    assert [id_ for page in pages for id_ in page] == ruled, "pages fit together"


# ── looking beforehand ──


def test_a_preview_tells_where_each_product_was(mugs: EmbeddedIndex) -> None:
    seen = preview(mugs.search, "mug", Rules((Rule("light", "pin", ids=("lamp", "mug-07")),)), 5)
    assert [hit.id for hit in seen.after[:2]] == ["lamp", "mug-07"]
    assert len(seen.before) == len(seen.after) == 5
    assert seen.before[0].id == seen.after[2].id
    assert seen.ranks["mug-07"] == ids(mugs, "mug", limit=500).index("mug-07") + 1


def test_what_looks_wrong_is_said(mugs: EmbeddedIndex) -> None:
    rules = Rules(
        (
            Rule("gone", "pin", ids=("lamp", "vase")),
            Rule("nobody", "boost", filters=(Filter("brand", values=("Nobody",)),), amount=0.1),
            Rule("unit", "boost", filters=(Filter("attr:weight", "range", low=1.0, unit="blorp"),), amount=0.1),
            Rule("fine", "boost", filters=(VEIL,), amount=0.1),
        )
    )
    known = {product.id for product in EVERY}
    said = doubts(mugs.search, rules, lambda wanted: known.intersection(wanted))
    assert said[:2] == [
        "rule 1 ('gone'): no product has the id 'vase'",
        "rule 2 ('nobody'): no product meets its filters now",
    ]
    assert said[2].startswith("rule 3 ('unit'): unit 'blorp'")
    assert len(said) == 3
