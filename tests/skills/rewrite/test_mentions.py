from __future__ import annotations

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shopwright.catalog.vocabulary import Vocabulary, build_vocabulary
from shopwright.skills.rewrite.reader import LONGEST, Reader
from shopwright.types import Filter, Need, Product, Variant

GOODS = [
    Product(
        "1", "Oval glasses", attributes={"frame_material": "plastic"}, variants=(Variant("1a", {"size": "eu:43"}),)
    ),
    Product("2", "Sword stand", attributes={"material": "brass chrome", "pattern": "plaid"}),
    Product("3", "Phone case", attributes={"pack": "case"}, variants=(Variant("3a", {"color": "04"}),)),
    *(Product(f"c{i}", f"Case number {i}") for i in range(20)),
]


@pytest.fixture(scope="module")
def reader() -> Reader:
    return Reader(build_vocabulary(GOODS))


@pytest.fixture(scope="module")
def stranger() -> Reader:
    """A reader that knows no shop."""
    return Reader(Vocabulary())


def said(need: Need, name: str) -> list[tuple[str, ...]]:
    return [mention.filter.values for mention in need.mentions if mention.filter.field == name]


def test_values_of_a_catalogue_without_categories(reader: Reader) -> None:
    need = reader.read("a wooden stand made of brass chrome with a plaid design, in color option 04, and one in EU 43")
    assert said(need, "attr:material") == [("brass chrome",)]
    assert said(need, "attr:pattern") == [("plaid",)]
    assert said(need, "attr:color") == [("04",)]
    assert said(need, "attr:size") == [("eu:43",)]


def test_a_bare_number_or_a_word_of_the_goods_is_no_value(reader: Reader) -> None:
    need = reader.read("a case that holds 04 pens")
    assert said(need, "attr:color") == []
    assert said(need, "attr:pack") == []


def test_several_things_in_one_message(reader: Reader) -> None:
    need = reader.read("(1) a stand priced above 24 pesos; (2) glasses from 55 to 66 pesos with free shipping")
    prices = [(m.filter.low, m.filter.high) for m in need.mentions if m.filter.field == "price"]
    assert prices == [(24, None), (55, 66)]
    assert need.services == ("free_shipping",)


def test_a_shop_that_knows_none_of_the_words(stranger: Reader) -> None:
    message = "two pairs of zorgs for my nephew's birthday, no quux, under 30 euros, best rated, fits a 2018 golf"
    need = stranger.read(message)
    assert need.quantity == 2
    assert need.fits == ("2018 golf",)
    assert said(need, "recipient") == [("nephew",)]
    assert said(need, "occasion") == [("birthday",)]
    assert said(need, "sort") == [("rating",)]
    assert said(need, "kind") == [("zorgs",)]
    filters = [mention.filter for mention in need.mentions]
    assert Filter("text", "not", ("quux",)) in filters
    assert Filter("price", "range", high=30, unit="EUR") in filters


def test_every_mention_has_its_place_and_a_confidence(stranger: Reader) -> None:
    message = "black leather boots size 42, not suede, under 80"
    need = stranger.read(message)
    places = {message[slice(*mention.span)].strip() for mention in need.mentions}
    assert {"black", "leather", "boots", "size 42", "suede", "under 80"} <= places
    assert all(0 < mention.confidence <= 1 for mention in need.mentions)
    assert [m.span for m in need.mentions] == sorted(m.span for m in need.mentions)


def test_a_budget_beside_a_voucher_is_no_price_of_a_product(stranger: Reader) -> None:
    need = stranger.read("crayons. My budget is 425 and I have a voucher: 34 off when the total price exceeds 170")
    assert need.voucher is not None
    assert (need.voucher.threshold, need.voucher.amount) == (170, 34)
    assert said(need, "price") == []


@pytest.mark.parametrize(
    "message",
    [
        "word " * 10_000,
        "🙂" * 5_000,
        "def f(x): return [y for y in x if y > 10]\n" * 300,
        "'; DROP TABLE products; --" * 200,
        "я ищу палатку до 100 евро " * 300,
        "1" * 5_000,
        "no " * 3_000,
        "3 x 3 x " * 1_000,
    ],
)
def test_time_is_bounded(stranger: Reader, message: str) -> None:
    started = time.perf_counter()
    need = stranger.read(message)
    assert time.perf_counter() - started < 5
    assert all(mention.span[1] <= LONGEST for mention in need.mentions)


@settings(deadline=None)
@given(st.text(alphabet=st.sampled_from("0123456789 .,-x€$£%+'\"\nabefornotwithmax"), max_size=120))
def test_any_text_is_read(text: str) -> None:
    need = Reader(Vocabulary()).read(text)
    assert all(0 <= start <= end <= len(text) for start, end in (mention.span for mention in need.mentions))
