import pytest
from hypothesis import given
from hypothesis import strategies as st

from shopwright.catalog.units import (
    base,
    convert,
    dimension,
    find_quantities,
    format_quantity,
    parse_number,
    parse_quantity,
    unit_symbol,
)
from shopwright.errors import ConfigError
from shopwright.types import Quantity

SYMBOLS = [
    "kg",
    "g",
    "lb",
    "cm",
    "mm",
    "m",
    "in",
    "ft",
    "l",
    "ml",
    "h",
    "min",
    "W",
    "kWh",
    "V",
    "mAh",
    "GB",
    "TB",
    "GHz",
]


@pytest.mark.parametrize(
    ("text", "value", "unit"),
    [
        ("1,299.5 g", 1299.5, "g"),
        ("1.299,5 g", 1299.5, "g"),
        ("1 299 g", 1299, "g"),
        ("2.4kg", 2.4, "kg"),
        ("2,5 kg", 2.5, "kg"),
        ("1.500 kg", 1.5, "kg"),
        ("3,000 mm", 3000, "mm"),
        ('13"', 13, "in"),
        ("13-inch", 13, "in"),
        ("½ in", 0.5, "in"),
        ('1-1/2"', 1.5, "in"),
        ("20 h", 20, "h"),
        ("46 cm", 46, "cm"),
        ("-20 °C", -20, "°C"),
        ("2 persons", 2, "persons"),
        ("1 person", 1, "persons"),
        ("16 fl oz", 16, "fl oz"),
        ("5000 mAh", 5000, "mAh"),
        ("2700 K", 2700, "K"),
        ("80 %", 80, "%"),
        ("30 dB(A)", 30, "dB"),
        ("12 MP", 12, "MP"),
        ("300 km/h", 300, "km/h"),
    ],
)
def test_a_field_with_one_quantity_is_read(text, value, unit):
    assert parse_quantity(text) == Quantity(value, unit)


@pytest.mark.parametrize(
    "text", ["46 x 12 cm", "2 kg net", "12", "kg", "", "4K", "5G", "IP67", "3-in-1", "2 x 5 W", "10,5,3 kg", "20-30 l"]
)
def test_a_field_with_more_or_less_than_a_quantity_is_not(text):
    assert parse_quantity(text) is None


@pytest.mark.parametrize(
    ("text", "number"),
    [("1,299.5", 1299.5), ("1'299", 1299), ("12,5", 12.5), ("0,125", 0.125), ("1,29,999", 129999), ("3/4", 0.75)],
)
def test_numbers_are_read_as_people_write_them(text, number):
    assert parse_number(text) == number


def test_separators_that_make_no_sense_are_no_number():
    assert parse_number("1,2,3") is None
    assert parse_number("10.5.3") is None
    assert parse_number("1.299", dot_groups=True) == 1299


def test_under_two_kilograms_finds_1900_grams():
    assert base(Quantity(1900, "g")).value == 1.9
    assert base(Quantity(1900, "g")).value < base(Quantity(2, "kg")).value
    assert base(Quantity(3, "flurbs")) == Quantity(3, "flurbs")


def test_conversion_between_units_of_one_kind():
    assert convert(13, "inch", "cm") == pytest.approx(33.02)
    assert convert(100, "°F", "°C") == pytest.approx(37.7777778)
    assert convert(0, "K", "°C") == pytest.approx(-273.15)
    assert convert(1, "TB", "GB") == 1000


def test_conversion_between_kinds_names_both_units_and_the_remedy():
    with pytest.raises(ConfigError, match=r"'kg' measures mass and 'cm' length"):
        convert(1, "kg", "cm")
    with pytest.raises(ConfigError, match="'flurb' is not known"):
        convert(1, "flurb", "cm")


def test_dimension_and_symbol_know_synonyms():
    assert dimension("inches") == "length"
    assert dimension("Mbps") == "data rate"
    assert dimension("flurb") is None
    assert unit_symbol("KG") == "kg"
    assert unit_symbol("G") is None


@pytest.mark.parametrize(
    ("quantity", "text"),
    [
        (Quantity(2.4, "kg"), "2.4 kg"),
        (Quantity(1299.5, "g"), "1,299.5 g"),
        (Quantity(1, "persons"), "1 person"),
        (Quantity(80, "%"), "80%"),
        (Quantity(45, "°"), "45°"),
        (Quantity(-20, "°C"), "-20 °C"),
    ],
)
def test_quantities_are_written_for_people(quantity, text):
    assert format_quantity(quantity) == text


def found(text):
    return [(q.low.value, q.high.value, q.high.unit, text[q.start : q.end]) for q in find_quantities(text)]


def test_ranges_in_a_sentence():
    assert found("a 13-14 inch laptop between 1 and 2 kg") == [
        (13, 14, "in", "13-14 inch"),
        (1, 2, "kg", "between 1 and 2 kg"),
    ]
    assert found("20 to 30 l rucksack") == [(20, 30, "l", "20 to 30 l")]
    assert found("from 5 to 10 kg") == [(5, 10, "kg", "from 5 to 10 kg")]


def test_a_range_may_change_its_unit():
    (quantity,) = find_quantities("500 g - 1 kg of tea")
    assert (quantity.low, quantity.high) == (Quantity(500, "g"), Quantity(1, "kg"))


def test_single_quantities_in_a_sentence():
    assert found("tent for 2 people under 2.5kg") == [(2, 2, "persons", "2 people"), (2.5, 2.5, "kg", "2.5kg")]
    assert found('27" monitor 144hz') == [(27, 27, "in", '27"'), (144, 144, "Hz", "144hz")]
    assert found("13 in laptop") == [(13, 13, "in", "13 in")]


@pytest.mark.parametrize("before", ["max", "approx", "Max.", "a box", "a beer box of approx "])
def test_a_word_may_end_in_the_sign_of_multiplication(before):
    assert found(f"{before} 55 cm") == [(55, 55, "cm", "55 cm")]
    assert found(f"{before} 50 l, 3 kg") == [(50, 50, "l", "50 l"), (3, 3, "kg", "3 kg")]


@pytest.mark.parametrize(
    "text",
    [
        "2 in stock",
        "3 in 1 tool",
        '"tent 2" please',
        "90 x 200 cm mattress",
        "90x 200 cm",
        "90cmx 200 cm",
        "90 cmx 200 cm",
        '30"x 20"',
        "width x 200 cm",
        "90*200 cm",
        "90 × 200 cm",
        "4K tv",
        "iPhone 15 Pro",
        "USB3 hub",
    ],
)
def test_what_only_looks_like_a_quantity_is_left_alone(text):
    assert found(text) == []


@given(st.integers(1, 10**7), st.sampled_from(SYMBOLS))
def test_what_is_written_can_be_read(thousandths, unit):
    quantity = Quantity(thousandths / 1000, unit)
    assert parse_quantity(format_quantity(quantity)) == quantity


@given(st.floats(0.001, 1e6), st.sampled_from(SYMBOLS), st.sampled_from(SYMBOLS))
def test_conversion_there_and_back(value, one, other):
    if dimension(one) == dimension(other):
        assert convert(convert(value, one, other), other, one) == pytest.approx(value, rel=1e-9)


@given(st.text(max_size=60))
def test_no_text_breaks_the_readers(text):
    parse_quantity(text)
    for quantity in find_quantities(text):
        assert 0 <= quantity.start < quantity.end <= len(text)
