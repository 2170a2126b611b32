from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shopwright.catalog.vocabulary import Vocabulary
from shopwright.skills.rewrite.reader import Reader
from shopwright.types import Context, Filter, Money, Product

CATEGORY = "category"


@pytest.fixture(scope="session")
def reader(vocabulary: Vocabulary) -> Reader:
    return Reader(vocabulary)


def by_field(filters: tuple[Filter, ...]) -> dict[str, Filter]:
    return {wanted.field: wanted for wanted in filters}


@pytest.mark.parametrize(
    ("message", "low", "high", "currency"),
    [
        ("a tent under 300", None, 300, None),
        ("tents below €300", None, 300, "EUR"),
        ("a tent for less than 1,200.50 euros", None, 1200.5, "EUR"),
        ("tent between 100 and 200 euros", 100, 200, "EUR"),
        ("50-80 quid tent", 50, 80, "GBP"),
        ("a tent around 50", 40, 60, None),
        ("tents over $100", 100, None, "USD"),
        ("tent, max 99.99", None, 99.99, None),
    ],
)
def test_prices(reader: Reader, message: str, low: float | None, high: float | None, currency: str | None) -> None:
    need = reader.read(message)
    assert by_field(need.filters)["price"] == Filter("price", "range", low=low, high=high, unit=currency)
    assert "tent" in need.goal


@pytest.mark.parametrize("message", ["a tent for 2 people", "about 3 tents", "is the 2nd tent ok"])
def test_counts_are_no_prices(reader: Reader, message: str) -> None:
    assert "price" not in by_field(reader.read(message).filters)


def test_measures_find_their_attribute(reader: Reader) -> None:
    filters = by_field(reader.read("a two-person tent under 2 kg").filters)
    assert filters["attr:weight"] == Filter("attr:weight", "range", high=2.0, unit="kg")
    assert filters["attr:capacity"] == Filter("attr:capacity", "range", low=2.0, high=2.0, unit="persons")
    assert "price" not in filters


def test_words_of_the_catalogue(reader: Reader) -> None:
    filters = by_field(reader.read("a waterproof Fellrunner tent in blue").filters)
    assert filters["brand"].values == ("Fellrunner",)
    assert filters["attr:waterproof"].values == ("true",)
    assert set(filters["attr:colour"].values) == {"blue", "sky blue"}
    assert filters[CATEGORY].values == ("Tents",)


@pytest.mark.parametrize(
    ("message", "expected"),
    [
        ("a tent not from Fellrunner", Filter("brand", "not", ("Fellrunner",))),
        ("sleeping bag without down", Filter("attr:filling", "not", ("down",))),
        ("earrings without nickel", Filter("attr:nickel_free", "is", ("true",))),
        ("nickel-free earrings", Filter("attr:nickel_free", "is", ("true",))),
    ],
)
def test_negations_in_the_shops_words(reader: Reader, message: str, expected: Filter) -> None:
    assert expected in reader.read(message).filters


def test_other_negations_are_words(reader: Reader) -> None:
    assert reader.read("a tent without poles").negations == ("poles",)


def test_spans_point_at_the_words(reader: Reader) -> None:
    message = "a waterproof tent under 300 euros"
    need = reader.read(message)
    said = {c.filter.field: message[slice(*c.span)].strip() for c in need.constraints}
    assert said == {"price": "under 300 euros", "attr:waterproof": "waterproof", "category": "tent"}


def test_recipient_occasion_and_budget(reader: Reader) -> None:
    need = reader.read("a birthday present for my father, under 80 euros")
    assert (need.recipient, need.occasion) == ("father", "birthday")
    assert need.budget == Money(Decimal("80.0"), "EUR")


@pytest.mark.parametrize(
    ("message", "ask"),
    [
        ("what is your most expensive tent?", "max:price"),
        ("which is the lightest sleeping bag?", "min:attr:weight"),
        ("how many brands of tents do you carry?", "count:brand"),
        ("how many tents do you have?", "count"),
        ("what brands of tents do you have?", "list:brand"),
        ("what is the price range of your tents?", "range:price"),
    ],
)
def test_questions_about_the_catalogue(reader: Reader, message: str, ask: str) -> None:
    assert reader.read(message).asks[0] == ask


class TestReferences:
    @pytest.fixture
    def context(self, products: dict[str, Product], reader: Reader) -> Context:
        shown = (products["lark"], products["tarn"], products["dune"])
        return Context(shown=shown, focus=(products["lark"],), need=reader.read("a tent under 300 euros"))

    @pytest.mark.parametrize(
        ("message", "expected"),
        [
            ("compare the first two", ("lark", "tarn")),
            ("how heavy is the second one?", ("tarn",)),
            ("the last one", ("dune",)),
            ("tell me more about number 2", ("tarn",)),
            ("the cheapest one", ("dune",)),
            ("which of them is the lightest?", ("dune",)),
            ("which is the best rated?", ("lark",)),
            ("the moss one", ("lark",)),
            ("is it waterproof?", ("lark",)),
            ("what do people say about the Tarn 3?", ("tarn",)),
            ("compare the Lark 2 and the Dune", ("lark", "dune")),
            ("compare them", ("lark", "tarn", "dune")),
        ],
    )
    def test_who_is_meant(self, reader: Reader, context: Context, message: str, expected: tuple[str, ...]) -> None:
        assert reader.read(message, context).references == expected

    def test_a_new_goal_points_at_nothing(self, reader: Reader, context: Context) -> None:
        need = reader.read("show me sleeping bags", context)
        assert need.references == ()
        assert not need.follow_up

    @pytest.mark.parametrize("message", ["in blue", "and in blue?", "only blue ones please"])
    def test_a_condition_refines_the_last_need(self, reader: Reader, context: Context, message: str) -> None:
        need = reader.read(message, context)
        filters = by_field(need.filters)
        assert filters["price"].high == 300
        assert filters[CATEGORY].values == ("Tents",)
        assert "blue" in filters["attr:colour"].values

    def test_a_new_price_replaces_the_old(self, reader: Reader, context: Context) -> None:
        assert by_field(reader.read("under 100 euros", context).filters)["price"].high == 100

    def test_a_name_in_a_first_message(self, reader: Reader, products: dict[str, Product]) -> None:
        need = reader.read("how heavy is the Lark 2?", Context(candidates=tuple(products.values())))
        assert need.references == ("lark",)
        assert "attr:weight" in need.asks


@pytest.mark.parametrize(
    "message", ["", "   ", "🙂", "¿", "\x00\x01", "a" * 100_000, "<script>alert(1)</script>", "1" * 500]
)
def test_odd_messages_are_read_without_harm(reader: Reader, message: str) -> None:
    assert reader.read(message).text == message


@given(st.text(max_size=200))
def test_any_text_is_read(vocabulary: Vocabulary, text: str) -> None:
    need = Reader(vocabulary).read(text)
    assert all(0 <= c.span[0] <= c.span[1] <= len(text) for c in need.constraints)
