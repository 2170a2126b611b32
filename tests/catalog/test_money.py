from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shopwright.catalog.money import currency_code, format_money, minor_money, parse_money
from shopwright.errors import RowError
from shopwright.types import Money


@pytest.mark.parametrize(
    ("text", "amount", "currency"),
    [
        ("79.99 USD", "79.99", "USD"),
        ("1.299,00 EUR", "1299.00", "EUR"),
        ("$12", "12", "USD"),
        ("12,5", "12.5", "XXX"),
        ("€ 1 299", "1299", "EUR"),
        ("USD 79.99", "79.99", "USD"),
        ("£5", "5", "GBP"),
        ("1'299.00 CHF", "1299.00", "CHF"),
        ("€1.299,-", "1299", "EUR"),
        ("1.299", "1299", "XXX"),
        ("1,299", "1299", "XXX"),
        ("0.125", "0.125", "XXX"),
        ("1.250 KWD", "1.250", "KWD"),
        ("1,29,999.00 INR", "129999.00", "INR"),
        ("1.234.567,89", "1234567.89", "XXX"),
        ("$5.00 CAD", "5.00", "CAD"),
        ("6800 KES", "6800", "KES"),
        ("8 999,00 kr", "8999.00", "SEK"),
        ("１２ EUR", "12", "EUR"),
        (12, "12", "XXX"),
        (29.97, "29.97", "XXX"),
        (Decimal("3.10"), "3.10", "XXX"),
        ("0", "0", "XXX"),
    ],
)
def test_prices_as_shops_write_them(text, amount, currency):
    assert parse_money(text) == Money(Decimal(amount), currency)


@pytest.mark.parametrize(
    "text",
    [
        "call us",
        "",
        "-5",
        "−5",
        "(5)",
        "5-10 EUR",
        "12,99,5",
        "1e5",
        "12.50 €/kg",
        "5 FOO",
        "5 EUR USD",
        "9" * 20,
        None,
        True,
        float("nan"),
        float("inf"),
        1e300,
        "x" * 100,
    ],
)
def test_what_is_no_price_is_refused_with_its_value(text):
    with pytest.raises(RowError) as caught:
        parse_money(text)
    assert repr(text)[:40] in str(caught.value)


def test_the_currency_of_the_shop_fills_in_and_settles_shared_signs():
    assert parse_money("12", "EUR").currency == "EUR"
    assert parse_money("$12", "CAD").currency == "CAD"
    assert parse_money("$12", "EUR").currency == "USD"
    assert parse_money("12 USD", "EUR").currency == "USD"


def test_minor_units_follow_the_currency():
    assert minor_money(4995, "EUR") == Money(Decimal("49.95"), "EUR")
    assert minor_money(4995, "JPY") == Money(Decimal("4995"), "JPY")
    assert minor_money("4995", "KWD") == Money(Decimal("4.995"), "KWD")


@pytest.mark.parametrize(
    ("amount", "currency", "text"),
    [
        ("12.50", "EUR", "€12.50"),
        ("1299", "USD", "$1,299.00"),
        ("1299.5", "JPY", "¥1,300"),
        ("1299", "CHF", "CHF 1,299.00"),
        ("12.5", "XXX", "12.50"),
        ("0.125", "KWD", "KWD 0.125"),
        ("-3", "GBP", "-£3.00"),
    ],
)
def test_prices_for_people(amount, currency, text):
    assert format_money(Money(Decimal(amount), currency)) == text


def test_currencies_by_code_and_sign():
    assert currency_code("eur") == "EUR"
    assert currency_code("US$") == "USD"
    assert currency_code("quid") is None


@given(st.integers(0, 10**9), st.sampled_from(["EUR", "USD", "GBP", "CHF", "SEK", "XXX"]))
def test_what_is_written_can_be_read(cents, currency):
    money = Money(Decimal(cents).scaleb(-2), currency)
    assert parse_money(format_money(money)) == money


@given(st.one_of(st.text(max_size=80), st.integers(), st.floats(), st.none()))
def test_anything_is_a_price_or_is_refused(value):
    try:
        money = parse_money(value)
    except RowError:
        return
    assert money.amount.is_finite()
    assert money.amount >= 0
