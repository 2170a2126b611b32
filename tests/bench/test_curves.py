from __future__ import annotations

from xml.etree import ElementTree

import pytest

from shopwright.bench.curves import draw_curves
from shopwright.bench.report import render
from shopwright.bench.task import Row

ROWS = [
    Row("verify", "made", "aurc", 0.1, 9, curve=((0.2, 0.0), (0.5, 0.1), (1.0, 0.4))),
    Row("verify", "made", "aurc:bm25", 0.3, 9, curve=((0.1, 0.5), (0.6, 0.3), (1.0, 0.4))),
    Row("verify", "made", "aurc:<odd>", 0.4, 9),
]


def test_the_points_are_where_the_axes_say() -> None:
    root = ElementTree.fromstring(draw_curves(ROWS[:2], "risk <x>", "answered", "wrong"))
    lines = list(root.iter("line"))
    texts = [text for text in root.iter("text") if (text.text or "").replace(".", "").isdigit()]
    heights = [
        (float(text.get("y", "")) - 4, float(text.text or "")) for text in texts if text.get("text-anchor") == "end"
    ]
    widths = [
        (float(text.get("x", "")), float(text.text or "")) for text in texts if text.get("text-anchor") == "middle"
    ]
    assert [float(line.attrib["y1"]) for line in lines] == pytest.approx([y for y, _ in heights])
    (bottom, zero), (top, most) = heights[0], heights[-1]
    (left, none), (right, whole) = widths[0], widths[-1]
    assert (zero, most, none, whole) == (0, 1, 0, 1)
    for row, group in zip(ROWS, root.iter("g"), strict=False):
        assert group.get("data-metric") == row.metric
        points = [tuple(map(float, pair.split(","))) for pair in group[0].attrib["points"].split()]
        assert points == [
            (pytest.approx(left + x * (right - left), abs=0.1), pytest.approx(bottom + y * (top - bottom), abs=0.1))
            for x, y in row.curve
        ]


def test_lines_are_named_apart_and_read_out() -> None:
    root = ElementTree.fromstring(draw_curves(ROWS[:2], "risk <x>", "answered", "wrong"))
    names = [group[1] for group in root.iter("g")]
    assert [name.text for name in names] == ["Shopwright", "BM25"]
    assert abs(float(names[0].attrib["y"]) - float(names[1].attrib["y"])) >= 15  # both lines end at .4
    assert root.findtext("title") == "risk <x>"
    assert "Shopwright: 0.100 at 0.25, 0.100 at 0.5, 0.400 at 0.75, 0.400 at 1" in (root.findtext("desc") or "")


def test_a_report_draws_the_curves_beside_the_bars() -> None:
    page = render([*ROWS, Row("verify", "made", "auroc", 0.8, 9)], title="bench verify")
    body = ElementTree.fromstring(page[page.index("<body>") : page.index("</html>")])
    plots = [[group.get("data-metric") for group in svg.iter("g")] for svg in body.iter("svg")]
    assert plots == [["aurc", "aurc:bm25", "aurc:<odd>"], ["auroc"], ["aurc", "aurc:bm25"]]
    assert "share of wrong answers over the share of questions answered" in page


def test_a_curve_is_for_the_report_alone() -> None:
    assert "curve" not in ROWS[0].record()
