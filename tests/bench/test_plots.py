from __future__ import annotations

import math
from xml.etree import ElementTree

import pytest

from shopwright.bench.plots import draw, figure, interval, is_latency, latency_bars, measure_bars
from shopwright.bench.task import Row

QUALITY = [
    Row("search", "chorus", "ndcg@10", 0.7654321, 55, (0.7, 0.84), 1.0),
    Row("search", "chorus", "ndcg@10:lexical", 0.74, 55, (0.66, 0.8), 1.0),
    Row("search", "chorus", "ndcg@10:bm25", 0.7, 55, (0.67, 0.82), 1.0),
    Row("search", "chorus", "ndcg@10:lancedb", 0.72, 55, (0.65, 0.8), 1.0),
    Row("search", "chorus", "ndcg@10:<odd>", math.nan, 0),
]
SPEED = [
    Row("search", "hm", "lexical_p50_ms", 1.5, 300),
    Row("search", "hm", "lexical_p99_ms", 4.0, 300),
    Row("search", "hm", "hybrid_p50_ms", 6.5, 300),
    Row("search", "hm", "hybrid_p99_ms", 13.25, 300),
    Row("search", "hm", "lexical_p50_ms:bm25s", 2.5, 300),
    Row("search", "hm", "hybrid_p50_ms:lancedb", 22.0, 300),
]


def plotted(svg: str) -> list[ElementTree.Element]:
    return list(ElementTree.fromstring(svg).iter("g"))


def scale(svg: str) -> float:
    """The value of a bar one unit long, read off the two outermost marks of the axis."""
    root = ElementTree.fromstring(svg)
    lines = [float(line.attrib["x1"]) for line in root.iter("line")]
    marks = [float(text.text or "") for text in root.iter("text") if text.get("text-anchor") == "middle"]
    return (marks[-1] - marks[0]) / (lines[-1] - lines[0])


def test_every_number_of_a_quality_plot_is_that_of_its_row() -> None:
    svg = draw(measure_bars(QUALITY), "nDCG@10", "nDCG@10 of five systems")
    groups, unit = plotted(svg), scale(svg)
    assert [group.get("data-metric") for group in groups] == [row.metric for row in QUALITY]
    for group, row in zip(groups, QUALITY, strict=True):
        texts = [text.text for text in group.iter("text")]
        assert float(group.attrib["data-value"]) == row.value or math.isnan(row.value)
        assert texts[1] == figure(row.value)
        width = float(group.findall("rect")[0].attrib["width"])
        assert width * unit == pytest.approx(0.0 if math.isnan(row.value) else row.value, abs=unit)
        if row.ci95 is None:
            assert not group.findall("path")
            continue
        assert (float(group.attrib["data-low"]), float(group.attrib["data-high"])) == row.ci95
        assert texts[2] == interval(row) == f"{figure(row.ci95[0])} to {figure(row.ci95[1])}"
        left, rest = group.findall("path")[0].attrib["d"].removeprefix("M").split(" ", 1)
        right = rest.partition("H")[2].partition("m")[0]
        origin = float(group.findall("rect")[0].attrib["x"])
        for drawn, bound in zip((left, right), row.ci95, strict=True):
            assert (float(drawn) - origin) * unit == pytest.approx(bound, abs=unit)


def test_a_share_is_drawn_against_one_and_not_against_the_best() -> None:
    svg = draw(measure_bars(QUALITY), "nDCG@10", "")
    widths = [float(rect.attrib["width"]) for rect in ElementTree.fromstring(svg).iter("rect")]
    assert widths[0] * scale(svg) == pytest.approx(0.765, abs=0.005)
    assert widths[-1] == 0.0


def test_latencies_pair_their_percentiles_and_stand_by_stage() -> None:
    bars = latency_bars(SPEED)
    assert [bar.metric for bar in bars] == [
        "lexical_p50_ms", "lexical_p50_ms:bm25s", "hybrid_p50_ms", "hybrid_p50_ms:lancedb",
    ]  # fmt: skip
    assert [(bar.value, bar.span) for bar in bars] == [
        (1.5, (1.5, 4.0)),
        (2.5, None),
        (6.5, (6.5, 13.25)),
        (22.0, None),
    ]
    assert [bar.note for bar in bars] == ["p99 4.00", "", "p99 13.2", ""]
    assert [bar.label for bar in bars] == ["lexical", "lexical, bm25s", "hybrid", "hybrid, LanceDB"]
    assert [bar.kind for bar in bars] == ["ours", "peer", "ours", "peer"]
    turns = latency_bars([Row("assistant", "hard", "p50_ms", 20.0, 9), Row("assistant", "hard", "p95_ms", 90.0, 9)])
    assert [(bar.label, bar.span, bar.note) for bar in turns] == [("Shopwright", (20.0, 90.0), "p95 90.0")]


def test_what_is_a_latency() -> None:
    assert all(is_latency(name) for name in ("p50_ms", "hybrid_p99_ms:noencode"))
    assert not any(is_latency(name) for name in ("index_s", "ndcg@10", "p50_msx"))


def test_a_plot_is_read_out_with_all_its_figures() -> None:
    root = ElementTree.fromstring(draw(measure_bars(QUALITY[:2]), "nDCG@10 on <x>", "Two bars"))
    assert root.get("role") == "img"
    assert root.findtext("title") == "nDCG@10 on <x>"
    said = "Two bars: Shopwright 0.765 (0.700 to 0.840); words alone 0.740 (0.660 to 0.800)."
    assert root.findtext("desc") == said


def test_systems_are_told_apart_by_name_and_kind() -> None:
    bars = measure_bars(QUALITY)
    assert [bar.label for bar in bars] == ["Shopwright", "words alone", "BM25", "LanceDB hybrid", "<odd>"]
    assert [bar.kind for bar in bars] == ["ours", "part", "base", "peer", "base"]


@pytest.mark.parametrize(
    ("largest", "top"), [(0.05, 0.05), (0.3, 1.0), (1.0, 1.0), (1.2, 1.5), (22.0, 30.0), (242.0, 300.0), (9.9e4, 1e5)]
)
def test_scales_end_at_round_numbers(largest: float, top: float) -> None:
    svg = draw(measure_bars([Row("b", "s", "m", largest, 1)]), "", "")
    root = ElementTree.fromstring(svg)
    marks = [float(text.text or "") for text in root.iter("text") if text.get("text-anchor") == "middle"]
    assert marks[0] == 0
    assert marks[-1] == pytest.approx(top)


def test_nothing_measured_is_drawn_as_nothing() -> None:
    assert ">—<" in draw(measure_bars([Row("b", "s", "m", math.nan, 0)]), "", "")


def test_figures_are_short() -> None:
    values = (0.7612, 1.0, 6.5, 12.34, 12345.6, math.nan)
    assert [figure(value) for value in values] == ["0.761", "1.000", "6.50", "12.3", "12,346", "—"]
