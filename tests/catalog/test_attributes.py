import pytest
from hypothesis import given
from hypothesis import strategies as st

from shopwright.catalog.attributes import attribute_name, attribute_value, read_attributes, snake_case
from shopwright.types import Quantity


@pytest.mark.parametrize(
    ("value", "typed"),
    [
        ("yes", True),
        ("False", False),
        (True, True),
        ("3", 3.0),
        (7, 7.0),
        ("-2.5", -2.5),
        ("2.4 kg", Quantity(2.4, "kg")),
        ("46 x 12 cm", "46 x 12 cm"),
        ("0123", "0123"),
        ("1234567890123456", "1234567890123456"),
        ("10,100,1000", "10,100,1000"),
        ("ripstop nylon", "ripstop nylon"),
        ("<b>red</b> &amp; blue", "red & blue"),
        (["USB-C", "USB-C", 3, True], ("USB-C", "USB-C", "3", "yes")),
        ("n/a", None),
        ("-", None),
        ([], None),
        (float("nan"), None),
        (10**400, None),
        ({"a": 1}, None),
    ],
)
def test_values_are_typed(value, typed):
    assert attribute_value(value) == typed


def test_semicolons_are_a_list_only_where_the_format_has_no_other():
    assert attribute_value("s; m; l", lists=True) == ("s", "m", "l")
    assert attribute_value("s; m; l") == "s; m; l"
    assert attribute_value("Wash cold; never iron.", lists=True) == "Wash cold; never iron."


@pytest.mark.parametrize(
    ("key", "name", "unit"),
    [
        ("Weight (g)", "weight", "g"),
        ("Akkulaufzeit [h]", "akkulaufzeit", "h"),
        ("screenSize", "screen_size", None),
        ("USBPorts", "usb_ports", None),
        ("Port(s)", "port", None),
        ("Play time (s)", "play_time", "s"),
        ("operating_temperature__t_t_", "operating_temperature_t_t", None),
        ("Größe", "größe", None),
        ("Color", "colour", None),
        ("वजन", "वजन", None),
        ("children's age", "childrens_age", None),
        ("Unnamed: 0", "", None),
        ("", "", None),
        ("42", "", None),
        ("???", "", None),
    ],
)
def test_names_are_normalised(key, name, unit):
    assert attribute_name(key) == (name, unit)


def test_units_come_from_the_name_only_for_numbers():
    assert read_attributes({"Weight (g)": 300, "storage_gb": "512", "runtime_h": "8 or more", "size_l": 5}) == {
        "weight": Quantity(300, "g"),
        "storage": Quantity(512, "GB"),
        "runtime_h": "8 or more",
        "size_l": 5.0,
    }
    plain = {
        "players_min": 2.0,
        "teeth_per_inch": 14.0,
        "number_of_years": 3.0,
        "width_w": 30.0,
        "battery_watt_hours": 50.0,
    }
    assert read_attributes(plain) == plain
    assert read_attributes({"weight_g": "1.2 kg"}) == {"weight_g": Quantity(1.2, "kg")}


def test_nested_and_named_values():
    assert read_attributes({"case": {"width": "3 cm", "depth": 4}}) == {
        "case_width": Quantity(3, "cm"),
        "case_depth": 4.0,
    }
    assert read_attributes({"weight": {"value": 2, "unit": "kg"}}) == {"weight": Quantity(2, "kg")}
    assert read_attributes([{"name": "Material", "value": "oak"}, "junk", {"value": 1}]) == {"material": "oak"}
    assert read_attributes("junk") == {}


def test_the_first_of_two_equal_names_wins_and_their_number_is_bounded():
    assert read_attributes({"color": "red", "colour": "blue"}) == {"colour": "red"}
    assert len(read_attributes({f"a{number}": "x" for number in range(2_000)})) == 400


def test_long_values_are_cut():
    (value,) = read_attributes({"note": "word " * 10_000}).values()
    assert len(value) <= 1_000


def test_snake_case():
    assert snake_case("Screen Size") == snake_case("screen-size") == snake_case("screenSize") == "screen_size"


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=12), inner, max_size=4),
    max_leaves=12,
)


@given(JSON)
def test_any_json_gives_typed_attributes(value):
    for name, typed in read_attributes(value).items():
        assert name
        assert isinstance(typed, str | bool | float | Quantity | tuple)
