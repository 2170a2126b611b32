"""Curves as inline SVG, beside the bars of `plots`: a line a system, named at its end, over shares from 0 to 1.

    svg = draw_curves(rows, "risk over coverage on squad2", "answered", "wrong")

A line that is not ours is dashed as well as coloured, and each is heard with a few of its points. Made for the
risk-coverage curve: the axis across is a share, the one upwards begins at 0.
"""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

from shopwright.bench.plots import scale, system
from shopwright.bench.task import Row

CURVE_STYLE = """
svg .line { fill: none; stroke-width: 2; } svg .line:not(.ours) { stroke-dasharray: 5 3; }
svg .line.ours { stroke: var(--ours); } svg .line.part { stroke: var(--part); }
svg .line.base { stroke: var(--base); } svg .line.peer { stroke: var(--peer); }
"""
_LEFT, _TOP, _WIDE, _HIGH, _RIGHT, _BELOW = 52, 8, 300, 190, 156, 40
_APART = 15
"""How far apart the names of two lines stand at least."""
_HEARD = (0.25, 0.5, 0.75, 1.0)


def draw_curves(rows: Sequence[Row], title: str, across: str, up: str) -> str:
    """The curves of some rows as one SVG.

    Args:
        rows: each with a `curve` of points (share from 0 to 1, value from 0 on), rising in the first.
        title: the plot's name.
        across, up: what the two axes count.
    """
    top, ticks = scale([y for row in rows for _, y in row.curve])
    heard = "; ".join(f"{system(row.metric.partition(':')[2])[0]}: {_said(row)}" for row in rows)
    parts = [
        f'<svg viewBox="0 0 {_LEFT + _WIDE + _RIGHT} {_TOP + _HIGH + _BELOW}" role="img">',
        f"<title>{escape(title)}</title><desc>{escape(f'{up} at a share {across}. {heard}.')}</desc>",
    ]
    for tick in ticks:
        y = _y(tick, top)
        parts.append(
            f'<line class="{"grid" if tick else "axis"}" x1="{_LEFT}" y1="{y}" x2="{_LEFT + _WIDE}" y2="{y}"/>'
        )
        parts.append(f'<text class="soft small" x="{_LEFT - 6}" y="{y + 4:g}" text-anchor="end">{tick:.3g}</text>')
    for share in (0.0, *_HEARD):
        place = f'x="{_LEFT + _WIDE * share:g}" y="{_TOP + _HIGH + 15}"'
        parts.append(f'<text class="soft small" {place} text-anchor="middle">{share:g}</text>')
    middle = f'x="{_LEFT + _WIDE / 2:g}" y="{_TOP + _HIGH + 32}" text-anchor="middle"'
    parts.append(f'<text class="soft small" {middle}>{escape(f"{across} →   {up} ↑")}</text>')
    ends = _places([_y(row.curve[-1][1], top) for row in rows])
    parts += [_line(row, end, top) for row, end in zip(rows, ends, strict=True)]
    return "\n".join([*parts, "</svg>"])


def _line(row: Row, end: float, top: float) -> str:
    """A line as a group that carries its measure, with its name where it ends."""
    name, kind = system(row.metric.partition(":")[2])
    points = " ".join(f"{_LEFT + _WIDE * x:.1f},{_y(y, top)}" for x, y in row.curve)
    own = ' class="own"' if kind == "ours" else ""
    return (
        f'<g data-metric="{escape(row.metric)}"><polyline class="line {kind}" points="{points}"/>'
        f'<text{own} x="{_LEFT + _WIDE + 8}" y="{end + 4:.1f}">{escape(name)}</text></g>'
    )


def _y(value: float, top: float) -> float:
    return round(_TOP + _HIGH * (1 - min(1.0, max(0.0, value / top))), 1)


def _places(ends: Sequence[float]) -> list[float]:
    """Where the names stand: at the end of their lines, moved apart upwards where they would touch."""
    placed: dict[int, float] = {}
    above = float(_TOP + _HIGH + _APART)
    for number in sorted(range(len(ends)), key=lambda each: -ends[each]):
        above = placed[number] = min(ends[number], above - _APART)
    return [placed[number] for number in range(len(ends))]


def _said(row: Row) -> str:
    """The curve in words: its value at a few shares."""
    values = [(share, next((y for x, y in row.curve if x >= share - 1e-9), row.curve[-1][1])) for share in _HEARD]
    return ", ".join(f"{y:.3f} at {share:g}" for share, y in values)
