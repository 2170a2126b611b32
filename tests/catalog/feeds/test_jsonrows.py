import json

import pytest

from shopwright.catalog.feeds.jsonrows import document, lines
from shopwright.catalog.feeds.source import Source
from shopwright.errors import FeedError, RowError


@pytest.fixture
def parse(write):
    def read_rows(reader, content):
        with Source(write(content)) as source:
            return list(reader(source))

    return read_rows


def test_one_object_a_line(parse):
    assert parse(lines, '{"id": 1}\n\n{"id": 2}') == [(1, {"id": 1}), (3, {"id": 2})]


def test_a_bad_line_is_refused_with_its_number_and_the_rest_goes_in(parse):
    result = parse(lines, '{"id": 1}\n{"id": \n12\nnull\n"x"\n[[1]]\n{"id": 2}')
    assert [line for line, row in result if isinstance(row, RowError)] == [2, 3, 4, 5, 6]
    assert result[-1] == (7, {"id": 2})


def test_lines_that_are_nearly_json_are_read(parse):
    content = b'\xef\xbb\xbf{"id": NaN}\n' + '{"id": "Café"}\n'.encode("cp1252") + b'{"id": "a\tb"}\n'
    assert [row for _, row in parse(lines, content)] == [{"id": None}, {"id": "Café"}, {"id": "a\tb"}]


def test_nesting_too_deep_is_refused_not_a_crash(parse):
    deep = '{"a":' * 3_000 + "1" + "}" * 3_000
    assert isinstance(parse(lines, f"{deep}\n")[0][1], RowError)
    with pytest.raises(FeedError, match="nested too deeply"):
        parse(document, "[" * 100_000)


def test_products_inside_an_object_are_found(parse):
    inner = {"products": [{"id": 1}, {"id": 2}, 3], "currency": "EUR"}
    expected = [{"id": 1, "currency": "EUR"}, {"id": 2, "currency": "EUR"}]
    assert [row for _, row in parse(document, json.dumps(inner, indent=1))][:2] == expected
    assert [row for _, row in parse(lines, json.dumps(inner))][:2] == expected


def test_an_array_streams_over_the_edges_of_its_chunks(parse):
    rows = [{"id": number, "title": "x" * (number % 977)} for number in range(3_000)]
    assert [row for _, row in parse(document, json.dumps(rows))] == rows


def test_an_element_larger_than_a_chunk(parse):
    rows = [{"id": 1, "title": "x" * 2_000_000}, {"id": 2}]
    assert [row for _, row in parse(document, json.dumps(rows))] == rows


@pytest.mark.parametrize("rest", ["", ',{"id": 3', "junk]", ',{"id": }]'])
def test_an_array_that_breaks_gives_what_stood_before(write, rest):
    with Source(write('[{"id": 1}, {"id": 2}' + rest)) as source:
        iterator = document(source)
        assert [next(iterator)[1], next(iterator)[1]] == [{"id": 1}, {"id": 2}]
        with pytest.raises(FeedError, match="element 3"):
            next(iterator)
