from __future__ import annotations

import math
from xml.etree import ElementTree

from shopwright.bench.report import bars, figure, render
from shopwright.bench.task import Row

ROWS = [
    Row("search", "chorus", "ndcg@10", 0.77, 55, (0.7, 0.84), 1.0),
    Row("search", "chorus", "ndcg@10:bm25", 0.74, 55, (0.67, 0.82), 1.0),
    Row("search", "<hm>", "hybrid_p50_ms", 6.5, 300, None, 20.0),
    Row("search", "<hm>", "hybrid_p50_ms:noencode", math.nan, 0, None, 20.0),
]


def widths(svg: str) -> list[float]:
    root = ElementTree.fromstring(svg)
    return [float(node.attrib["width"]) for node in root.iter("rect")]


def test_bars_are_as_long_as_their_figures() -> None:
    ours, theirs = widths(bars(ROWS[:2]))
    assert ours / theirs == 0.77 / 0.74 or abs(ours / theirs - 0.77 / 0.74) < 0.01
    assert ours < 430  # a share is drawn against 1, not against the best


def test_an_interval_spans_its_bounds() -> None:
    root = ElementTree.fromstring(bars(ROWS[:1]))
    path = next(root.iter("path")).attrib["d"]
    assert path.startswith(f"M{190 + 430 * 0.7:.1f}")
    assert f"H{190 + 430 * 0.84:.1f}" in path


def test_a_missing_figure_has_no_bar() -> None:
    assert widths(bars(ROWS[2:])) == [430.0, 0.0]


def test_the_report_stands_alone_and_escapes_names() -> None:
    page = render(ROWS, title="bench <search>")
    assert "bench &lt;search&gt;" in page
    assert "&lt;hm&gt;" in page
    assert "prefers-color-scheme: dark" in page
    assert page.count("<svg") == 2
    assert not any(word in page for word in ("http:", "https:", "<script", "src=", "@import"))
    body = page[page.index("<body>") : page.index("</html>")]
    ElementTree.fromstring(body)  # well-formed


def test_figures_are_short() -> None:
    assert [figure(value) for value in (0.7612, 12.34, 12345.6, math.nan)] == ["0.761", "12.3", "12,346", "—"]
