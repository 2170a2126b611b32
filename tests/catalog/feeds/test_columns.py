import pytest

from shopwright.catalog.feeds.columns import IGNORED, ColumnMap, checked_columns
from shopwright.errors import ConfigError


def ignore(column, value):
    return IGNORED


def column_map(**targets):
    return ColumnMap(targets, ignore, {"currency": "EUR"})


def test_a_row_becomes_a_record():
    columns = column_map(
        nr="id", main="category:1", sub="category:2", farbe="attr:colour", specs="attributes", x=IGNORED
    )
    row = {
        "sub": "Tents",
        "nr": 1,
        "farbe": "red",
        "main": "Camping",
        "specs": '{"weight": "1 kg"}',
        "x": 1,
        "empty": "",
    }
    assert columns.record(row) == {
        "currency": "EUR",
        "id": 1,
        "category": ("Camping", "Tents"),
        "attributes": {"colour": "red", "weight": "1 kg"},
    }


def test_columns_of_one_field_are_joined():
    columns = column_map(a="images", b="images", c="description", d="description")
    record = columns.record({"a": "/1.svg", "b": ["/2.svg"], "c": "Long text", "d": "More"})
    assert record["images"] == ["/1.svg", "/2.svg"]
    assert record["description"] == "Long text\n\nMore"


def test_units_in_a_column_name_survive():
    columns = ColumnMap({"Weight (g)": "attr:weight"}, ignore)
    assert columns.record({"Weight (g)": "300"})["attributes"] == {"weight (g)": "300"}


def test_columns_that_appear_late_are_learnt_once():
    asked = []

    def learn(column, value):
        asked.append(column)
        return "attr:late"

    columns = ColumnMap({"id": "id"}, learn)
    for _ in range(2):
        assert columns.record({"id": 1, "Late": "x"})["attributes"] == {"late": "x"}
    assert asked == ["Late"]
    assert columns.shown == {"id": "id", "Late": "attr:late"}


def test_a_merchants_map_is_checked():
    assert checked_columns({"a": "price_minor", "b": "attr:x", "c": "category:3", "d": "ignored"})
    with pytest.raises(ConfigError, match="'a' -> 'prize': the target must be one of id, title"):
        checked_columns({"a": "prize"})
    with pytest.raises(ConfigError, match="the feed's columns are id, title"):
        checked_columns({"name": "title"}, ["id", "title"])
