from __future__ import annotations

import re
from xml.etree import ElementTree

from shopwright.bench.plots import figure
from shopwright.bench.report import render
from shopwright.bench.task import Row

ROWS = [
    Row("search", "chorus", "ndcg@10", 0.77, 55, (0.7, 0.84), 1.0),
    Row("search", "chorus", "recall@100", 0.91, 55, (0.85, 0.95), 1.0),
    Row("search", "chorus", "ndcg@10:bm25", 0.74, 55, (0.67, 0.82), 1.0),
    Row("search", "chorus", "recall@100:bm25", 0.9, 55, (0.83, 0.94), 1.0),
    Row("search", "<hm>", "hybrid_p50_ms", 6.5, 300, None, 20.0),
    Row("search", "<hm>", "hybrid_p99_ms", 12.5, 300, None, 20.0),
    Row("search", "<hm>", "index_s:lancedb", 31.0, 105_542, None, 20.0),
]


def body(page: str) -> ElementTree.Element:
    return ElementTree.fromstring(page[page.index("<body>") : page.index("</html>")])  # it is well-formed


def test_each_measure_is_plotted_once_with_all_its_systems() -> None:
    root = body(render(ROWS, title="bench search"))
    plots = [[group.get("data-metric") for group in svg.iter("g")] for svg in root.iter("svg")]
    assert plots == [
        ["ndcg@10", "ndcg@10:bm25"],
        ["recall@100", "recall@100:bm25"],
        ["hybrid_p50_ms"],
        ["index_s:lancedb"],
    ]


def test_the_table_has_every_row() -> None:
    root = body(render(ROWS, title="bench search"))
    cells = [[cell.text for cell in line.iter("td")] for line in root.iter("tr")]
    lines = [line for line in cells if line]
    assert [(line[0], line[1]) for line in lines] == [(row.metric, figure(row.value)) for row in ROWS]
    assert lines[0] == ["ndcg@10", "0.770", "0.700 to 0.840", "55", "1.0"]


def test_the_report_stands_alone_and_escapes_names() -> None:
    page = render(ROWS, title="bench <search>", notes=["bm25s is not installed: pip install <it>"])
    assert "bench &lt;search&gt;" in page
    assert "&lt;hm&gt;" in page
    assert "pip install &lt;it&gt;" in page
    assert not any(word in page for word in ("http:", "https:", "<script", "src=", "@import"))


def test_every_colour_has_a_dark_and_a_light_form() -> None:
    page = render(ROWS, title="bench search")
    light, dark = re.findall(r":root \{(.*?)\}", page, re.DOTALL)
    assert page.index("prefers-color-scheme: dark") < page.index(dark)
    names = [set(re.findall(r"--(\w+): #", text)) for text in (light, dark)]
    assert names[0] == names[1] >= set(re.findall(r"var\(--(\w+)\)", page))
