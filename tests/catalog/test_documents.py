import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from shopwright.catalog.documents import read_documents
from shopwright.errors import FeedError

GUIDE = """---
title: "How to choose a tent: a start"
kind: guide
category: Camping > Tents
updated: 2026-04-02
url: /guides/tents
---
# Another heading

Weigh it first.
"""


def write(root, name, text):
    path = root / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


def test_front_matter_is_read(tmp_path):
    (document,) = read_documents(write(tmp_path, "choose-a-tent.md", GUIDE))
    assert document.id == "choose-a-tent"
    assert document.title == "How to choose a tent: a start"
    assert document.kind == "guide"
    assert document.category == ("Camping", "Tents")
    assert document.updated == "2026-04-02"
    assert document.url == "/guides/tents"
    assert document.text == "# Another heading\n\nWeigh it first."


def test_a_folder_is_read_in_order_with_ids_and_kinds_from_its_paths(tmp_path):
    write(tmp_path, "policies/returns.md", "# **Returns** and [refunds](x)\n\n30 days.")
    write(tmp_path, "faq/can-i-pay-later.txt", "Yes.")
    write(tmp_path, "about.html", "<title>About us | Shop</title><nav>menu</nav><p>Since 1998.")
    write(tmp_path, ".hidden/secret.md", "no")
    write(tmp_path, "picture.png", b"\x89PNG")
    write(tmp_path, "empty.md", "  \n")
    documents = {document.id: document for document in read_documents(tmp_path)}
    assert list(documents) == ["about", "faq-can-i-pay-later", "policies-returns"]
    assert documents["about"].title == "About us | Shop"
    assert documents["about"].kind == "page"
    assert "menu" not in documents["about"].text
    assert documents["faq-can-i-pay-later"].title == "Can i pay later"
    assert documents["faq-can-i-pay-later"].kind == "faq"
    assert documents["policies-returns"].title == "Returns and refunds"
    assert documents["policies-returns"].kind == "policy"


def test_html_headings_become_markdown_and_scripts_go(tmp_path):
    page = "<html><body><h1>Shipping</h1><script>x()</script><h2>Abroad</h2><p>5 days</p></body></html>"
    (document,) = read_documents(write(tmp_path, "shipping.html", page))
    assert document.title == "Shipping"
    assert document.text == "# Shipping\n\n## Abroad\n\n5 days"


def test_an_underlined_heading_is_a_title_and_code_is_not(tmp_path):
    (one,) = read_documents(write(tmp_path, "a.md", "Warranty\n========\nTwo years."))
    (two,) = read_documents(write(tmp_path, "b.md", "```\n# comment\n```\n## Care\nWash."))
    assert (one.title, two.title) == ("Warranty", "Care")


def test_other_encodings_and_line_ends(tmp_path):
    (document,) = read_documents(write(tmp_path, "a.md", "# Größe\r\nÜber".encode("cp1252")))
    assert (document.title, document.text) == ("Größe", "# Größe\nÜber")


def test_a_rule_at_the_top_is_no_front_matter(tmp_path):
    (document,) = read_documents(write(tmp_path, "a.md", "---\nJust a text\n---\nmore"))
    assert document.text.startswith("---")


def test_equal_ids_get_a_number(tmp_path):
    write(tmp_path, "returns.md", "one")
    write(tmp_path, "returns.txt", "two")
    assert [document.id for document in read_documents(tmp_path)] == ["returns", "returns-2"]


def test_what_cannot_be_read_says_why(tmp_path):
    with pytest.raises(FeedError, match="no such file"):
        list(read_documents(tmp_path / "nothing.md"))
    with pytest.raises(FeedError, match="holds no documents"):
        list(read_documents(tmp_path))
    with pytest.raises(FeedError, match="front matter is no YAML"):
        list(read_documents(write(tmp_path, "bad.md", "---\ntitle: [\n---\nx")))
    with pytest.raises(FeedError, match="may have"):
        list(read_documents(write(tmp_path, "big.txt", b"x" * (6 << 20))))
    with pytest.raises(FeedError, match="are read from"):
        list(read_documents(write(tmp_path, "a.pdf", "x")))


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.binary(max_size=300), st.sampled_from(["x.md", "x.html", "x.txt"]))
def test_any_bytes_are_a_document_or_an_error(tmp_path, data, name):
    path = write(tmp_path, name, data)
    try:
        for document in read_documents(path):
            assert document.title
            assert document.text
    except FeedError:
        pass
