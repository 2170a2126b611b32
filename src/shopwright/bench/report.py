"""A report as one HTML file that needs nothing else: bars with intervals, ours beside the baselines, and the figures.

Drawn by hand as inline SVG. Colours follow the reader's setting for dark or light; every bar has its figure as text, so
nothing rests on colour alone. Measures of different scale never share an axis.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from html import escape

from shopwright.bench.task import Row

_LABEL, _BARS, _FIGURE, _STEP, _THICK = 190, 430, 150, 28, 16
_STYLE = """
:root { color-scheme: light dark; --paper: #fdfcfa; --ink: #1d232b; --soft: #5c6672; --line: #d9d6cf;
        --ours: #1f6f8b; --base: #a9b4bd; --mark: #1d232b; }
@media (prefers-color-scheme: dark) {
  :root { --paper: #14181d; --ink: #e8e6e1; --soft: #9aa5b1; --line: #323a44;
          --ours: #56b3d1; --base: #566270; --mark: #e8e6e1; } }
body { background: var(--paper); color: var(--ink); font: 15px/1.5 system-ui, sans-serif; max-width: 62rem;
       margin: 2rem auto; padding: 0 1rem; }
h1 { font-size: 1.5rem; } h2 { font-size: 1.15rem; border-top: 1px solid var(--line); padding-top: 1rem; }
h3 { font-size: 1rem; margin: 1.2rem 0 .3rem; } p { color: var(--soft); margin: .2rem 0; }
svg { display: block; width: 100%; height: auto; max-width: 48rem; font: 13px system-ui, sans-serif; }
svg text { fill: var(--ink); } svg .soft { fill: var(--soft); }
svg .ours { fill: var(--ours); } svg .base { fill: var(--base); } svg .axis, svg .mark { stroke: var(--line); }
svg .mark { stroke: var(--mark); stroke-width: 1.5; fill: none; }
.wide { overflow-x: auto; margin: 1rem 0 2rem; }
table { border-collapse: collapse; font-variant-numeric: tabular-nums; }
th, td { text-align: left; padding: .15rem .9rem .15rem 0; border-bottom: 1px solid var(--line); }
td.number, th.number { text-align: right; }
"""


def render(rows: Sequence[Row], *, title: str) -> str:
    """The report of some rows as an HTML document, one section a set."""
    sets = dict.fromkeys((row.bench, row.set) for row in rows)
    sections = "\n".join(_section([row for row in rows if (row.bench, row.set) == key]) for key in sets)
    return (
        f'<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n<title>{escape(title)}</title>\n'
        f'<meta name="viewport" content="width=device-width, initial-scale=1">\n<style>{_STYLE}</style>\n</head>\n'
        f"<body>\n<h1>{escape(title)}</h1>\n"
        "<p>The first bar is the system, the others are baselines or variants, measured in the same run. "
        "The thin line is the 95 % bootstrap interval.</p>\n"
        f"{sections}\n</body>\n</html>\n"
    )


def bars(rows: Sequence[Row]) -> str:
    """The rows of one measure as an SVG: a bar each, its interval, its figure."""
    top = _top([_finite(value) for row in rows for value in (row.value, *(row.ci95 or ()))])
    height = _STEP * len(rows) + 6
    width = _LABEL + _BARS + _FIGURE
    name = rows[0].metric.partition(":")[0]
    words = "; ".join(f"{row.metric} {figure(row.value)}" for row in rows)
    parts = [
        f'<svg viewBox="0 0 {width} {height}" role="img" aria-label="{escape(name)}: {escape(words)}">',
        f'<line class="axis" x1="{_LABEL}" y1="0" x2="{_LABEL}" y2="{height}"/>',
    ]
    parts += [_bar(row, place, top) for place, row in enumerate(rows)]
    return "\n".join([*parts, "</svg>"])


def figure(value: float) -> str:
    """A figure for people: a dash for NaN, three decimals for small ones, fewer for large ones, no trailing zeros."""
    if not math.isfinite(value):
        return "—"
    if abs(value) >= 1000:
        return f"{value:,.0f}"
    return f"{value:.1f}" if abs(value) >= 10 else f"{value:.3f}"


def _section(rows: Sequence[Row]) -> str:
    measures: dict[str, list[Row]] = {}
    for row in rows:
        measures.setdefault(row.metric.partition(":")[0], []).append(row)
    drawn = "\n".join(f"<h3>{escape(measure)}</h3>\n{bars(some)}" for measure, some in measures.items())
    return f"<h2>{escape(rows[0].bench)} · {escape(rows[0].set)}</h2>\n{drawn}\n{_table(rows)}"


def _bar(row: Row, place: int, top: float) -> str:
    y = 3 + place * _STEP
    middle = y + _THICK / 2
    own = ":" not in row.metric
    label = row.metric.partition(":")[2] or row.metric
    x = _LABEL + _length(row.value, top)
    side = f'x="{_LABEL - 8}" y="{middle + 4:.1f}" text-anchor="end"'
    size = f'x="{_LABEL}" y="{y}" width="{x - _LABEL:.1f}" height="{_THICK}" rx="2"'
    parts = [
        f'<text {side} class="{"own" if own else "soft"}">{escape(label)}</text>',
        f'<rect {size} class="{"ours" if own else "base"}"/>',
    ]
    end = x
    if row.ci95 and all(math.isfinite(bound) for bound in row.ci95):
        low, end = (_LABEL + _length(bound, top) for bound in row.ci95)
        cap = f"M{low:.1f} {middle - 4:.1f}v8M{end:.1f} {middle - 4:.1f}v8"
        parts.append(f'<path class="mark" d="M{low:.1f} {middle:.1f}H{end:.1f}{cap}"/>')
    parts.append(f'<text x="{max(end, x) + 8:.1f}" y="{middle + 4:.1f}">{figure(row.value)}</text>')
    return "\n".join(parts)


def _table(rows: Sequence[Row]) -> str:
    names = ("value", "95 %", "n", "seconds")
    head = "<tr><th>measure</th>" + "".join(f'<th class="number">{name}</th>' for name in names) + "</tr>"
    body = "\n".join(_line(row) for row in rows)
    return f'<div class="wide"><table>\n<thead>{head}</thead>\n<tbody>\n{body}\n</tbody></table></div>'


def _line(row: Row) -> str:
    interval = f"{figure(row.ci95[0])} to {figure(row.ci95[1])}" if row.ci95 else ""
    cells = (figure(row.value), interval, f"{row.n:,}", f"{row.seconds:.1f}")
    numbers = "".join(f'<td class="number">{cell}</td>' for cell in cells)
    return f"<tr><td>{escape(row.metric)}</td>{numbers}</tr>"


def _top(values: Sequence[float]) -> float:
    """The value at which a full bar ends: 1 for shares, else the largest."""
    largest = max(values, default=0.0)
    return 1.0 if 0.2 < largest <= 1.0 else largest or 1.0


def _length(value: float, top: float) -> float:
    return _BARS * min(1.0, max(0.0, _finite(value) / top))


def _finite(value: float) -> float:
    return value if math.isfinite(value) else 0.0
