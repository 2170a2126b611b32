from html.parser import HTMLParser

import pytest

from shopwright.train.corpus.datasheet import Facts, page
from shopwright.train.corpus.settings import CorpusSettings
from shopwright.train.corpus.shards import Manifest, Shard, SourceInfo


@pytest.fixture
def facts(tmp_path):
    shards = [
        Shard("train/news-00000", "news", "train", 6, 1200, 4800, ""),
        Shard("valid/news-00000", "news", "valid", 1, 90, 300, ""),
    ]
    counts = {"news": {"read": 10, "kept": 7, "removed:too_short": 2, "refused:no text": 1, "replaced:email": 3}}
    manifest = Manifest(800, "", {"news": SourceInfo("general", "CC0 <1>", 1.0)}, shards, counts)
    samples = {"kept": [("news", "Fine <b>text</b>.")], "removed:too_short": [("news", "Hm.")]}
    score = {name: {"examples": 50, "auroc": 0.97} for name in ("quality", "domain")}
    scores = {"first": {"domain": {"mean": 0.125, "histogram": [5, 1, 0, 0, 0, 0, 0, 0, 0, 2]}}}
    return Facts(
        manifest, CorpusSettings(out=tmp_path), samples, [["a copy", "its original"]], score, scores, {}, [5, 9, 300]
    )


def test_it_says_what_came_in_and_went_out(facts):
    html = page(facts)
    for said in (
        "10",
        "7 of 10",
        "too short",
        "no text",
        "Scores by source",
        "0.125",
        "0.9 to 1.0: 2",
        "domain score was learned from 50 texts",
        "1,200",
        "4.00",
        "email",
        "a copy",
        "its original",
        "256 to 511",
    ):
        assert said in html


def test_texts_cannot_break_the_page(facts):
    html = page(facts)
    assert "Fine &lt;b&gt;text" in html
    assert "CC0 &lt;1&gt;" in html
    tags = []

    class Parser(HTMLParser):
        def handle_starttag(self, tag, _attrs):
            if tag not in ("meta", "rect"):
                tags.append(tag)

        def handle_startendtag(self, tag, _attrs):
            pass

        def handle_endtag(self, tag):
            if tag != "rect":
                assert tags.pop() == tag

    Parser().feed(html)
    assert tags == []


def test_it_needs_no_network_and_follows_the_theme(facts):
    html = page(facts)
    assert "prefers-color-scheme:dark" in html
    assert "http" not in html
    assert "<script" not in html


def test_nothing_to_show_is_still_a_page(facts):
    empty = Facts(Manifest(800, "", {}, [], {"news": {"read": 0, "kept": 0}}), facts.settings, {}, [], {}, {}, {}, [])
    assert "too little text" in page(empty)
