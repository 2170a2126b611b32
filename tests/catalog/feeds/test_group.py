from shopwright.catalog.feeds.build import Builder
from shopwright.catalog.feeds.group import grouped
from shopwright.errors import RowError

ROWS = [
    {"id": "a", "title": "Jacket - Red / S", "group_id": "g", "price": "20", "stock": 1,
     "attributes": {"colour": "red", "size": "S", "material": "wool", "weight": "300 g"}},
    {"id": "b", "title": "Jacket - Red / M", "group_id": "g", "price": "18", "stock": 0,
     "attributes": {"colour": "red", "size": "M", "material": "wool", "weight": "320 g"}},
]  # fmt: skip
SINGLE = {"id": "x", "title": "Scarf"}


def products(*rows):
    builder = Builder("EUR")
    return list(grouped(iter(enumerate(rows, start=2)), builder)), builder


def test_neighbours_of_one_group_become_variants():
    (jacket, scarf), _ = products(*ROWS, SINGLE)
    assert (jacket.id, jacket.title, scarf.id) == ("g", "Jacket - Red", "x")
    assert jacket.attributes == {"colour": "red", "material": "wool"}
    assert [variant.options for variant in jacket.variants] == [
        {"colour": "red", "size": "S"},
        {"colour": "red", "size": "M"},
    ]
    assert [list(variant.attributes) for variant in jacket.variants] == [["weight"], ["weight"]]
    assert (jacket.price.amount, jacket.stock, jacket.availability) == (18, 1, "in_stock")


def test_a_row_apart_from_its_group_stands_alone_and_is_noted():
    (jacket, scarf, late), builder = products(ROWS[0], SINGLE, ROWS[1])
    assert (jacket.id, scarf.id, late.id) == ("g", "x", "b")
    assert builder.notes == ["line 4: item 'b' is apart from its group 'g' and stands alone: sort by group id"]


def test_a_refused_row_does_not_end_its_group():
    (error, jacket), _ = products(ROWS[0], {"id": "c", "title": "", "group_id": "g"}, ROWS[1])
    assert isinstance(error, RowError)
    assert error.line == 3
    assert len(jacket.variants) == 2


def test_a_title_that_has_nothing_in_common_is_the_first():
    (jacket,), _ = products(ROWS[0] | {"title": "Red one"}, ROWS[1] | {"title": "Blue one"})
    assert jacket.title == "Red one"
    (jacket,), _ = products(ROWS[0] | {"title": "Shirt"}, ROWS[1] | {"title": "Shirts"})
    assert jacket.title == "Shirt"
