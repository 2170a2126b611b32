import pytest

from shopwright.catalog.feeds.source import Source
from shopwright.catalog.feeds.tabular import rows
from shopwright.errors import FeedError, RowError


@pytest.fixture
def table(write):
    def read_rows(content, delimiter=","):
        with Source(write(content)) as source:
            return list(rows(source, delimiter))

    return read_rows


def reasons(result):
    return [(line, row.reason) for line, row in result if isinstance(row, RowError)]


def test_rows_have_the_line_they_begin_on(table):
    assert table('id,title\n1,"two\nlines"\n\n2,b\n') == [
        (2, {"id": "1", "title": "two\nlines"}),
        (5, {"id": "2", "title": "b"}),
    ]


def test_unnamed_and_repeated_columns_get_numbers(table):
    assert table("id,,image,image\n1,2,3,4\n") == [(2, {"id": "1", "column 2": "2", "image": "3", "image 4": "4"})]


def test_preambles_are_skipped(table):
    assert table("sep=;\n;;\nid;title\n1;a\n", ";") == [(4, {"id": "1", "title": "a"})]


def test_quotes_inside_fields(table):
    assert table('id,title\n1,13" laptop\n2,"a ""b"""\n') == [
        (2, {"id": "1", "title": '13" laptop'}),
        (3, {"id": "2", "title": 'a "b"'}),
    ]


def test_a_quote_that_is_never_closed_costs_one_row(table):
    result = table('id,title\n1,"open\n2,b\n3,c\n')
    assert reasons(result) == [(2, "a quote is opened and never closed: close it, or double it inside a field")]
    assert [row["id"] for _, row in result[1:]] == ["2", "3"]


def test_a_quote_that_is_open_for_a_thousand_lines_costs_one_row(table):
    result = table('id,title\n1,"open\n' + "".join(f"{number},b\n" for number in range(2, 2_500)))
    assert [line for line, _ in reasons(result)] == [2]
    assert len(result) == 2_499


def test_a_row_with_too_many_fields_is_an_error_and_one_with_too_few_is_not(table):
    result = table("id,title,price\n1,a, b,3\n2,b\n3,c,4,,\n")
    assert reasons(result) == [(2, "the row has 4 fields and the header 3: quote fields that hold ','")]
    assert [row for _, row in result[1:]] == [{"id": "2", "title": "b"}, {"id": "3", "title": "c", "price": "4"}]


def test_lines_of_mixed_encodings_and_nul_bytes(table):
    result = table("id,title\n1,Café\n".encode() + "2,Café\n".encode("cp1252") + b"3,a\0b\n")
    assert [row["title"] for _, row in result] == ["Café", "Café", "ab"]


def test_a_table_without_a_header_is_refused(table):
    with pytest.raises(FeedError, match="has no header line"):
        table(",,\n,,\n")
