import pytest

from shopwright.catalog.feeds.detect import Shape, detect
from shopwright.errors import FeedError


@pytest.mark.parametrize(
    ("head", "shape"),
    [
        ('<?xml version="1.0"?><rss><channel></channel></rss>', Shape("xml")),
        ("<feed xmlns='http://www.w3.org/2005/Atom'></feed>", Shape("xml")),
        ("<rss><item><description><![CDATA[<html>]]></description></item></rss>", Shape("xml")),
        ("<!DOCTYPE html><html></html>", Shape("html")),
        ('\n<script type="application/ld+json">{}</script>', Shape("html")),
        ('[{"id": 1}]', Shape("json")),
        ('{"products": [\n {"id": 1},\n {"id": 2}\n]}', Shape("json")),
        ('{"id": 1}', Shape("jsonl")),
        ('{"id": 1}\n{"id": 2}\n', Shape("jsonl")),
        ('{"id": 1, "tit\n{"id": 2}\n{"id": 3}\n{"id": 4}\n', Shape("jsonl")),
        ('{"id": 1}\njunk\njunk\n', Shape("jsonl")),
        ("id,title\n1,A\n", Shape("csv", ",")),
        ("id;title;price, EUR\n1;A;2,50\n", Shape("csv", ";")),
        ("id\ttitle\n1\tA, B, C\n", Shape("tsv", "\t")),
        ("id|title\n", Shape("csv", "|")),
        ("sep=;\nid;title\n", Shape("csv", ";")),
        ("\ufeffid,title\n", Shape("csv", ",")),
        ("PAR1...", Shape("parquet")),
    ],
)
def test_the_first_bytes_tell_the_container(head, shape):
    assert detect(head.encode(), "feed") == shape


@pytest.mark.parametrize(
    "head", [b"title\nFoo\n", b"A letter to a friend.\nHow are you?\n", b"\x89PNG\r\n" + bytes(200)]
)
def test_what_is_no_feed_is_refused_with_what_is_allowed(head):
    with pytest.raises(FeedError, match="Google Merchant XML or TSV"):
        detect(head, "feed")
