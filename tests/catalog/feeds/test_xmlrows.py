import pytest

from shopwright.catalog.feeds.source import Source
from shopwright.catalog.feeds.xmlrows import rows
from shopwright.errors import FeedError

HEAD = '<?xml version="1.0"?><rss xmlns:g="http://base.google.com/ns/1.0"><channel>'
TAIL = "</channel></rss>"


@pytest.fixture
def items(write):
    def read_rows(content):
        with Source(write(content)) as source:
            return [row for _, row in rows(source)]

    return read_rows


def test_elements_become_columns_and_googles_win(items):
    item = "<item><title>RSS</title><g:title>Google</g:title><g:id>1</g:id><link>x</link><link>y</link></item>"
    assert items(HEAD + item + TAIL) == [{"title": "Google", "link": ["x", "y"], "id": "1"}]


def test_lines_are_those_of_the_items(write):
    with Source(write(HEAD + "\n<item><id>1</id></item>\n<item>\n<id>2</id></item>" + TAIL)) as source:
        assert [line for line, _ in rows(source)] == [2, 3]


def test_atom_links_and_nested_elements(items):
    feed = (
        '<feed xmlns="http://www.w3.org/2005/Atom"><entry><id>1</id><link href="https://x.com/1"/>'
        "<detail><name>Oak</name><value>yes</value></detail></entry></feed>"
    )
    assert items(feed) == [{"id": "1", "link": "https://x.com/1", "detail": {"name": "Oak", "value": "yes"}}]


def test_named_parameters_of_other_shop_systems(items):
    feed = '<shop><offers><offer id="7"><param name="Colour">red</param></offer></offers></shop>'
    assert items(feed) == [{"id": "7", "param": {"name": "Colour", "value": "red", "unit": None}}]


def test_markup_that_was_not_escaped_stays_markup(items):
    (row,) = items("<rss><item><description>a <b>b</b><br/>c</description></item></rss>")
    assert row["description"] == "<description>a <b>b</b><br/>c</description>"


def test_what_hand_made_feeds_get_wrong_is_mended(items):
    item = b"<item><title>A & B < C &nbsp;\x01 caf\xe9</title></item>"
    (row,) = items(HEAD.encode() + b"\n" + item + TAIL.encode())
    assert row == {"title": "A & B < C &nbsp; café"}


def test_a_declared_encoding_is_used(items):
    feed = '<?xml version="1.0" encoding="windows-1251"?><rss><item><title>Палатка</title></item></rss>'
    assert items(feed.encode("cp1251")) == [{"title": "Палатка"}]


def test_utf16_feeds(items):
    feed = '<?xml version="1.0" encoding="UTF-16"?><rss><item><title>Größe</title></item></rss>'
    assert items(feed.encode("utf-16")) == [{"title": "Größe"}]


@pytest.mark.parametrize(
    "entity", ['<!ENTITY x SYSTEM "file:///etc/hostname">', '<!ENTITY x "' + "y" * 100 + '">', "<!ENTITY % p 'q'> %p;"]
)
def test_entities_are_refused_not_expanded(items, entity):
    feed = f'<?xml version="1.0"?><!DOCTYPE rss [{entity}]><rss><item><title>&x;</title></item></rss>'
    with pytest.raises(FeedError, match="declares entities"):
        items(feed)


def test_a_feed_that_is_cut_off_gives_its_whole_items_and_then_an_error(write):
    content = HEAD + "<item><id>1</id></item><item><id>2</id></item><item><id>3</i"
    with Source(write(content)) as source:
        iterator = rows(source)
        found = [next(iterator)[1], next(iterator)[1]]
        with pytest.raises(FeedError, match="ends before <rss> is closed"):
            next(iterator)
    assert found == [{"id": "1"}, {"id": "2"}]


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        ("<rss><item><id>1</id></item></rss><rss/>", "goes on after its root"),
        ("<rss>" + "<a>" * 3_000 + "</rss>", "nested too deeply"),
        ("< not xml", "begins like XML but is none"),
    ],
)
def test_broken_documents_are_errors(items, content, reason):
    with pytest.raises(FeedError, match=reason):
        items(content)


def test_items_stream_over_the_edges_of_chunks(items):
    feed = (
        HEAD
        + "".join(f"<item><id>{number}</id><title>{'&amp;' * (number % 50)}</title></item>" for number in range(5_000))
        + TAIL
    )
    found = items(feed)
    assert [row["id"] for row in found] == [str(number) for number in range(5_000)]
    assert found[49]["title"] == "&" * 49
