"""Plots of figures as inline SVG, drawn by hand: horizontal bars with intervals, ours beside baselines and peers.

    svg = draw(quality_bars(rows), "nDCG@10", "nDCG@10 on chorus")

A bar carries its figures as text, so nothing rests on colour alone, and a screen reader hears the plot's title and all
figures in a sentence. Colours are classes (`STYLE`), for dark and light pages. One plot has one scale: measures of
different scale never share an axis.
"""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from typing import Literal

from shopwright.bench.task import Row

Kind = Literal["ours", "part", "base", "peer"]

KINDS: dict[Kind, str] = {
    "ours": "Shopwright",
    "part": "a part or variant of it",
    "base": "baseline",
    "peer": "what one would pick instead",
}
_SYSTEMS: dict[str, tuple[str, Kind]] = {
    "": ("Shopwright", "ours"),
    "lexical": ("words alone", "part"),
    "dense": ("meaning alone", "part"),
    "noencode": ("no encoding", "part"),
    "bm25": ("BM25", "base"),
    "rrf": ("BM25 + encoder, by rank", "base"),
    "bm25s": ("bm25s", "peer"),
    "lancedb": ("LanceDB hybrid", "peer"),
    "sbert": ("sentence-transformers", "peer"),
}
_SYSTEMS |= {
    name: (label, "peer")
    for name, label in {
        "gpt-4-azure": "GPT-4",
        "gpt-3.5-turbo-azure": "GPT-3.5 Turbo",
        "Mixtral-8x7B-Instruct-v0.1": "Mixtral 8x7B",
        "Mistral-7B-Instruct-v0.2": "Mistral 7B",
        "llama-2-7b-chat": "Llama 2 7B",
        "llama-2-13b-chat": "Llama 2 13B",
        "llama-2-70b-chat": "Llama 2 70B",
        "Orca-2-7b": "Orca 2 7B",
        "Orca-2-13b": "Orca 2 13B",
        "aya-101": "Aya 101",
        "flan-t5-xxl": "Flan-T5 XXL",
    }.items()
}
_PARTS = {"store", "index", "vectors", "chat"}
_LATENCY = re.compile(r"(?:(?P<stage>\w+)_)?p(?P<percent>50|95|99)_ms(?::(?P<suffix>.+))?")

_LABEL, _BARS, _FIGURE, _NOTE = 160, 210, 46, 92
_WIDTH = _LABEL + _BARS + _FIGURE + _NOTE
_STEP, _THICK, _ABOVE, _BELOW = 26, 14, 4, 22

STYLE = """
:root { color-scheme: light dark; --paper: #fdfcfa; --ink: #1d232b; --soft: #5c6672; --line: #dfdcd5;
        --ours: #17708f; --part: #85bdd0; --base: #b4bcc4; --peer: #dd9a3c; }
@media (prefers-color-scheme: dark) {
  :root { --paper: #14181d; --ink: #e8e6e1; --soft: #9da8b3; --line: #2d353e;
          --ours: #4fb4d4; --part: #2c6478; --base: #55616c; --peer: #b47a29; } }
svg { display: block; width: 100%; height: auto; font: 13px system-ui, sans-serif; }
svg text { fill: var(--ink); font-variant-numeric: tabular-nums; }
svg .soft { fill: var(--soft); } svg .small { font-size: 11px; } svg .own { font-weight: 600; }
svg .grid { stroke: var(--line); } svg .axis { stroke: var(--soft); }
svg .mark { stroke: var(--ink); stroke-width: 1.5; fill: none; }
.ours { fill: var(--ours); background: var(--ours); } .part { fill: var(--part); background: var(--part); }
.base { fill: var(--base); background: var(--base); } .peer { fill: var(--peer); background: var(--peer); }
"""


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar.

    Args:
        metric: the row that it stands for.
        label: what is written on its left.
        kind: whose it is.
        value: its length.
        span: where the thin line over it begins and ends.
        note: what is written after the value.
    """

    metric: str
    label: str
    kind: Kind
    value: float
    span: tuple[float, float] | None = None
    note: str = ""


def figure(value: float) -> str:
    """A figure for people: a dash for NaN, three decimals up to 1, fewer for larger ones."""
    if not math.isfinite(value):
        return "—"
    if abs(value) >= 1000:
        return f"{value:,.0f}"
    return f"{value:.{3 if abs(value) <= 1 else 2 if abs(value) < 10 else 1}f}"


def interval(row: Row) -> str:
    """The row's 95 % interval in words, empty where it has none."""
    return f"{figure(row.ci95[0])} to {figure(row.ci95[1])}" if row.ci95 else ""


def is_latency(metric: str) -> bool:
    """Whether a metric is a percentile in milliseconds ("hybrid_p50_ms:lancedb")."""
    return _LATENCY.fullmatch(metric) is not None


def system(suffix: str) -> tuple[str, Kind]:
    """How the system of a metric's suffix is called, and whose it is."""
    return _SYSTEMS.get(suffix, (suffix, "part" if suffix in _PARTS else "base"))


def measure_bars(rows: Sequence[Row]) -> list[Bar]:
    """A bar for each row of one measure, with its interval."""
    bars = []
    for row in rows:
        suffix = row.metric.partition(":")[2]
        label, kind = system(suffix)
        bars.append(Bar(row.metric, label, kind, row.value, row.ci95, interval(row)))
    return bars


def latency_bars(rows: Sequence[Row]) -> list[Bar]:
    """A bar for each median, with a line to its 99th or 95th percentile; systems that do the same stand together."""
    percentiles: dict[tuple[str, str], dict[str, Row]] = {}
    for row in rows:
        if found := _LATENCY.fullmatch(row.metric):
            place = (found["stage"] or "", found["suffix"] or "")
            percentiles.setdefault(place, {})[found["percent"]] = row
    stages = dict.fromkeys(stage for stage, _ in percentiles)
    bars = []
    for stage in stages:
        for (of, suffix), both in percentiles.items():
            if of == stage:
                bars.append(_latency_bar(stage, suffix, both))
    return bars


def draw(bars: Sequence[Bar], title: str, about: str) -> str:
    """The bars as an SVG.

    Args:
        bars: from the top down.
        title: the plot's name, e.g. the measure.
        about: what the figures are, as the beginning of the description.
    """
    top, ticks = scale([bound for bar in bars for bound in (bar.value, *(bar.span or ()))])
    bottom = _ABOVE + _STEP * len(bars)
    said = "; ".join(f"{bar.label} {figure(bar.value)}{f' ({bar.note})' if bar.note else ''}" for bar in bars)
    parts = [
        f'<svg viewBox="0 0 {_WIDTH} {bottom + _BELOW}" role="img">',
        f"<title>{escape(title)}</title><desc>{escape(f'{about}: {said}.')}</desc>",
    ]
    for tick in ticks:
        x = _LABEL + _length(tick, top)
        parts.append(f'<line class="{"grid" if tick else "axis"}" x1="{x:.1f}" y1="0" x2="{x:.1f}" y2="{bottom}"/>')
        parts.append(f'<text class="soft small" x="{x:.1f}" y="{bottom + 15}" text-anchor="middle">{tick:g}</text>')
    parts += [_drawn(bar, _ABOVE + place * _STEP, top) for place, bar in enumerate(bars)]
    return "\n".join([*parts, "</svg>"])


def scale(values: Sequence[float]) -> tuple[float, list[float]]:
    """The value at which an axis ends (1 for shares, else a round one), and the values that are marked."""
    largest = max((value for value in values if math.isfinite(value)), default=0.0)
    if largest <= 0:
        return 1.0, [0.0]
    if 0.2 < largest <= 1.0:
        return 1.0, [0.0, 0.25, 0.5, 0.75, 1.0]
    power = 10.0 ** math.floor(math.log10(largest))
    round_ones = ((1, 4), (1.5, 3), (2, 4), (3, 3), (4, 4), (5, 5), (6, 3), (8, 4), (10, 4))
    factor, parts = next(one for one in round_ones if one[0] * power >= largest * (1 - 1e-9))
    return factor * power, [factor * power * place / parts for place in range(parts + 1)]


def _drawn(bar: Bar, y: int, top: float) -> str:
    """A bar as a group that carries its exact figures as data."""
    middle = y + _STEP / 2
    low, high = bar.span or (math.nan, math.nan)
    data = f'data-metric="{escape(bar.metric)}" data-value="{bar.value!r}"'
    if bar.span:
        data += f' data-low="{low!r}" data-high="{high!r}"'
    side, end = f'y="{middle + 4.5:g}" text-anchor="end"', f'y="{middle + 4.5:g}"'
    own = ' class="own"' if bar.kind == "ours" else ""
    size = f'y="{middle - _THICK / 2:g}" width="{_length(bar.value, top):.1f}" height="{_THICK}" rx="2"'
    parts = [
        f"<g {data}>",
        f'<text{own} x="{_LABEL - 10}" {side}>{escape(bar.label)}</text>',
        f'<rect class="{bar.kind}" x="{_LABEL}" {size}/>',
    ]
    if math.isfinite(low) and math.isfinite(high):
        left, right = _LABEL + _length(low, top), _LABEL + _length(high, top)
        parts.append(f'<path class="mark" d="M{left:.1f} {middle:g}H{right:.1f}m0 -4v8M{left:.1f} {middle - 4:g}v8"/>')
    parts.append(f'<text{own} x="{_LABEL + _BARS + _FIGURE}" {side}>{figure(bar.value)}</text>')
    if bar.note:
        parts.append(f'<text class="soft small" x="{_LABEL + _BARS + _FIGURE + 8}" {end}>{escape(bar.note)}</text>')
    return "\n".join([*parts, "</g>"])


def _latency_bar(stage: str, suffix: str, both: dict[str, Row]) -> Bar:
    name, kind = system(suffix)
    label = (
        stage if kind == "ours" and stage else f"{name}" if not stage else f"{stage}, {name.removesuffix(' hybrid')}"
    )
    (first, row), *later = sorted(both.items())
    if not later:
        return Bar(row.metric, label, kind, row.value, None, "" if first == "50" else f"p{first}")
    last, late = later[-1]
    return Bar(row.metric, label, kind, row.value, (row.value, late.value), f"p{last} {figure(late.value)}")


def _length(value: float, top: float) -> float:
    return _BARS * min(1.0, max(0.0, value / top)) if math.isfinite(value) else 0.0
