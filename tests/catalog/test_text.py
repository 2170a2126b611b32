import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shopwright.catalog.text import clean_line, clean_text, cut, decode, html_to_text, known_encoding, plain_text, slug


@pytest.mark.parametrize(
    ("markup", "text"),
    [
        ("plain", "plain"),
        ("  two   spaces ", "two spaces"),
        ("<p>One.<br>Two</p><p>Three</p>", "One.\nTwo\nThree"),
        ("<ul>\n <li>one</li>\n <li>two</li></ul>", "one\ntwo"),
        ("<b>bold</b>text", "boldtext"),
        ("<td>a</td><td>b</td>", "a b"),
        ("Tent<script>alert(1)</script> two", "Tent two"),
        ("Tent<style>p {}</style>", "Tent"),
        ("<!-- note -->x", "x"),
        ("Tom &amp; Jerry", "Tom & Jerry"),
        ("Tom &amp;amp; Jerry &lt;b&gt;bold&lt;/b&gt;", "Tom & Jerry bold"),
        ("&lt;script&gt;alert(1)&lt;/script&gt;safe", "safe"),
        ("a < b and <3 and (<= 3 l)", "a < b and <3 and (<= 3 l)"),
        ("<GORE-TEX> jacket", "<GORE-TEX> jacket"),
        ("AT&T", "AT&T"),
        ("a\x00b\x07\u200b\ufeffc\xad", "abc"),
        ("a\r\nb\u2028c\n\n\n\nd", "a\nb\nc\n\nd"),
        ("cafe\u0301", "café"),
        ("a\xa0b\u3000c", "a b c"),
        ("x\ud800y", "xy"),
    ],
)
def test_html_and_junk_become_plain_text(markup, text):
    assert clean_text(markup) == text


@pytest.mark.parametrize(
    "text", ["שלום עולם", "مرحبا\u200fabc", "نیم\u200cفاصله", "日本語テント", "👨\u200d👩\u200d👧", "हिन्दी"]
)
def test_scripts_of_the_world_stay(text):
    assert clean_text(text) == text
    assert clean_text(f"<b>{text}</b>") == text


def test_overrides_that_disguise_a_text_go():
    assert clean_text("safe\u202egpj.exe\u202c") == "safegpj.exe"


def test_tags_hidden_by_entities_and_junk_do_not_come_out():
    for hidden in ("<scr\u200bipt>alert(1)</scr\u200bipt>", "<scr&#8203;ipt>x", "&amp;amp;lt;img src=x&amp;amp;gt;"):
        assert "<script" not in clean_text(hidden)
        assert "<img" not in clean_text(hidden)


def test_a_long_text_is_cut_at_a_word_and_says_so():
    text = clean_text("word " * 2_000_000)
    assert len(text) <= 20_000
    assert text.endswith("word …")
    assert cut("one two three", 9) == "one two …"
    assert cut("one", 9) == "one"


def test_a_line_has_no_line_breaks():
    assert clean_line("<p>One</p><p>Two</p>") == "One Two"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32"])
def test_unicode_encodings_are_recognised(encoding):
    text = "id;title\n1;Größe – 日本\n" * 3
    assert decode(text.encode(encoding)).lstrip("\ufeff") == text


def test_lines_of_different_encodings_are_read_each_in_its_own():
    data = "Café utf\n".encode() + "Café cp1252 €\n".encode("cp1252") + b"bad \x81 byte"
    assert decode(data) == "Café utf\nCafé cp1252 €\nbad \x81 byte"


def test_a_declared_encoding_is_used_where_utf8_fails():
    assert decode("Привет".encode("cp1251"), "windows-1251") == "Привет"
    assert decode(b"abc", "rot13") == "abc"
    assert not known_encoding("rot13")


def test_html_keeps_headings_as_markdown():
    page = (
        "<html><head><title>T</title></head><body><nav>menu</nav><h1>Returns</h1><p>Within 30 days.</p><p>Free.</p>"
        "<ul><li><p>unused</p></li><li>boxed</li></ul><table><tr><td>a</td><td>1</td></tr></table><footer>(c)</footer>"
    )
    assert html_to_text(page, headings=True, whole_page=True) == (
        "# Returns\n\nWithin 30 days.\n\nFree.\n\n- unused\n\n- boxed\n\na | 1 |"
    )


def test_plain_text_keeps_its_lines():
    assert plain_text("# A\r\n\r\n\r\n\r\n- b\x00  \n  c\n") == "# A\n\n- b\n  c"


def test_slugs():
    assert slug("Größe M/L") == "größe-m-l"
    assert slug("  guides/How to choose: a tent ") == "guides-how-to-choose-a-tent"
    assert slug("हिन्दी") == "हिन्दी"


@given(st.text(alphabet=st.sampled_from("ab<>&;/\"'= \n\x00!-#123scriptltgamp\u200b\ud800é"), max_size=80))
def test_any_markup_becomes_text_that_is_stable(markup):
    text = clean_text(markup)
    assert "<script" not in text.lower()
    assert not any(unicodedata.category(char) in ("Cc", "Cs") for char in text if char != "\n")
    assert unicodedata.is_normalized("NFC", text)


@given(st.binary(max_size=200))
def test_any_bytes_decode(data):
    assert isinstance(decode(data), str)
