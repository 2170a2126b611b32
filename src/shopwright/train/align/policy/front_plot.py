"""A picture of Pareto fronts as one SVG that needs nothing else: a small panel for each pair of objectives.

    path.write_text(draw_fronts({"GRPO, conditioned": points, "soups": others}, "Four objectives, seed 0"))

A method has a colour, a mark of its own shape and a line through those of its points that no other of its points
dominates in the two objectives of the panel; the other points are hollow. So a policy may lie off the line of a panel
and still be on the front of all objectives. Intervals are drawn where points have them. A mark tells its name and its
figures when pointed at, a screen reader hears each method's best means. Colours are for light and dark pages.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape
from itertools import combinations

import numpy as np

from shopwright.errors import ConfigError
from shopwright.models.reward_objectives import OBJECTIVES
from shopwright.train.align.policy.front import Floats, Point, dominated

_LIGHT = ("#17708f", "#b3641a", "#6a4c93", "#3f7d3a", "#a63a50", "#5c6672")
_DARK = ("#4fb4d4", "#e0a050", "#b79ae0", "#83c57c", "#e5869a", "#9da8b3")
_SHAPES = (
    "M-4.5 0a4.5 4.5 0 1 0 9 0a4.5 4.5 0 1 0 -9 0Z",
    "M-4 -4H4V4H-4Z",
    "M0 -5.2L5 4H-5Z",
    "M0 -5.5L5.5 0L0 5.5L-5.5 0Z",
    "M0 5.2L5 -4H-5Z",
    "M-1.6 -5H1.6V-1.6H5V1.6H1.6V5H-1.6V1.6H-5V-1.6H-1.6Z",
)
_SIDE, _LEFT, _TOP, _ACROSS, _DOWN = 190, 62, 14, 268, 254
_HEAD, _ROW, _COLUMNS = 30, 20, 3
_LETTER = 7.4
"""Width of a letter of the legend, on average."""


def draw_fronts(fronts: Mapping[str, Sequence[Point]], title: str, objectives: Sequence[str] = OBJECTIVES) -> str:
    """The fronts of up to six methods as an SVG.

    Args:
        fronts: method -> its points; a method without points is left out.
        title: what is shown, e.g. with how many seeds.
        objectives: names of the K objectives, two or more.

    Raises:
        ConfigError: there is no point, there are too many methods, or a point has other objectives.
    """
    drawn = {name: points for name, points in fronts.items() if points}
    if not drawn or len(drawn) > len(_SHAPES):
        raise ConfigError(f"{len(drawn)} methods with points: expected 1 to {len(_SHAPES)} in one picture")
    if len(objectives) < 2 or any(
        len(each.objectives) != len(objectives) for every in drawn.values() for each in every
    ):
        raise ConfigError(f"expected points in the objectives {', '.join(objectives)}, two or more")
    pairs = list(combinations(range(len(objectives)), 2))
    columns = min(_COLUMNS, len(pairs))
    width = columns * _ACROSS + 10
    legend, below = _legend(list(drawn), width)
    panels = [
        f'<g transform="translate({_LEFT + place % columns * _ACROSS} {below + _TOP + place // columns * _DOWN})">'
        f"{_panel(drawn, pair, objectives)}</g>"
        for place, pair in enumerate(pairs)
    ]
    height = below + -(-len(pairs) // columns) * _DOWN + 6
    opening = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" role="img" class="fronts">'
    heard = f"<title>{escape(title)}</title><desc>{escape(_heard(drawn, objectives))}</desc>"
    head = f'<text class="head" x="8" y="20">{escape(title)}</text>'
    return "\n".join([opening, heard, f"<style>{_style()}</style>", head, legend, *panels, "</svg>\n"])


def _panel(fronts: Mapping[str, Sequence[Point]], pair: tuple[int, int], objectives: Sequence[str]) -> str:
    across, up = (_Axis(fronts, objective) for objective in pair)
    parts = [f'<rect class="paper" width="{_SIDE}" height="{_SIDE}"/>']
    for tick in across.ticks:
        x = across.place(tick)
        parts.append(f'<path class="grid" d="M{x:.1f} 0V{_SIDE}"/>')
        parts.append(f'<text class="soft" x="{x:.1f}" y="{_SIDE + 15}" text-anchor="middle">{tick:.4g}</text>')
    for tick in up.ticks:
        y = _SIDE - up.place(tick)
        parts.append(f'<path class="grid" d="M0 {y:.1f}H{_SIDE}"/>')
        parts.append(f'<text class="soft" x="-6" y="{y + 4:.1f}" text-anchor="end">{tick:.4g}</text>')
    parts.append(
        f'<text x="{_SIDE / 2:g}" y="{_SIDE + 32}" text-anchor="middle">{escape(objectives[pair[0]])} →</text>'
    )
    turned = f'transform="translate(-48 {_SIDE / 2:g}) rotate(-90)"'
    parts.append(f'<text {turned} text-anchor="middle">{escape(objectives[pair[1]])} →</text>')
    for method, points in enumerate(fronts.values()):
        parts.append(_method(points, method, pair, across, up))
    return "".join(parts)


def _method(points: Sequence[Point], method: int, pair: tuple[int, int], across: _Axis, up: _Axis) -> str:
    """A method's line, intervals and marks in one panel."""
    values_P2 = np.array([[point.objectives[each] for each in pair] for point in points])
    behind = dominated(values_P2)
    line = " ".join(f"{across.place(x):.1f},{_SIDE - up.place(y):.1f}" for x, y in sorted(values_P2[~behind].tolist()))
    parts = [f'<g class="m{method}"><polyline class="line" points="{line}"/>']
    for point, (x, y), hollow in zip(points, values_P2.tolist(), behind.tolist(), strict=True):
        left, top = across.place(x), _SIDE - up.place(y)
        if point.ci95 is not None:
            (low, high), (under, over) = (point.ci95[each] for each in pair)
            parts.append(
                f'<path class="interval" d="M{across.place(low):.1f} {top:.1f}H{across.place(high):.1f}'
                f'M{left:.1f} {_SIDE - up.place(under):.1f}V{_SIDE - up.place(over):.1f}"/>'
            )
        told = f"{point.name}: {', '.join(f'{value:.3f}' for value in point.objectives)}"
        parts.append(
            f'<path class="{"hollow" if hollow else "mark"}" d="{_SHAPES[method]}" '
            f'transform="translate({left:.1f} {top:.1f})"><title>{escape(told)}</title></path>'
        )
    return "".join([*parts, "</g>"])


class _Axis:
    """Where the values of an objective lie on a side: their range and a little more, with round ticks."""

    def __init__(self, fronts: Mapping[str, Sequence[Point]], objective: int) -> None:
        found = [point.objectives[objective] for points in fronts.values() for point in points]
        found += [end for points in fronts.values() for point in points if point.ci95 for end in point.ci95[objective]]
        low, high = min(found), max(found)
        spread = (high - low) or max(abs(high), 1.0) * 0.1
        self._low, self._spread = low - 0.08 * spread, 1.16 * spread
        self.ticks = _ticks(self._low, self._low + self._spread)

    def place(self, value: float) -> float:
        return _SIDE * (value - self._low) / self._spread


def _ticks(low: float, high: float) -> list[float]:
    """Two to five round values within a range."""
    power = 10.0 ** np.floor(np.log10(high - low))
    step = next(part * power for part in (0.25, 0.5, 1.0, 2.0) if (high - low) / (part * power) <= 5.0)
    first, last = int(np.ceil(low / step)), int(np.floor(high / step))
    return [round(each * float(step), 12) for each in range(first, last + 1)]


def _legend(names: Sequence[str], width: int) -> tuple[str, int]:
    """The names of the methods beside their marks, in as many rows as they need, and where the panels begin."""
    parts, x, y = [], 14.0, _HEAD + 14.0
    for method, name in enumerate(names):
        needed = 36 + _LETTER * len(name)
        if x > 14 and x + needed > width:
            x, y = 14.0, y + _ROW
        parts.append(
            f'<g class="m{method}"><path class="mark" d="{_SHAPES[method]}" transform="translate({x:g} {y:g})"/>'
            f'<text x="{x + 11:g}" y="{y + 4.5:g}">{escape(name)}</text></g>'
        )
        x += needed
    return "".join(parts), int(y) + _ROW


def _heard(fronts: Mapping[str, Sequence[Point]], objectives: Sequence[str]) -> str:
    said = []
    for name, points in fronts.items():
        best_K: Floats = np.array([point.objectives for point in points]).max(axis=0)
        means = ", ".join(f"{each} {value:.3f}" for each, value in zip(objectives, best_K.tolist(), strict=True))
        said.append(f"{name}, {len(points)} points, at best: {means}")
    return "; ".join(said) + "."


def _style() -> str:
    def colours(values: Sequence[str]) -> str:
        return "".join(f".fronts .m{place} {{ color: {colour}; }} " for place, colour in enumerate(values))

    return (
        ".fronts { color-scheme: light dark; background: #fdfcfa; display: block; width: 100%; height: auto; "
        "font: 13px system-ui, sans-serif; } "
        ".fronts text { fill: #1d232b; font-variant-numeric: tabular-nums; } .fronts .head { font-weight: 600; "
        "font-size: 15px; } .fronts .soft { fill: #5c6672; font-size: 11px; } "
        ".fronts .paper { fill: none; stroke: #dfdcd5; } .fronts .grid { stroke: #dfdcd5; stroke-width: .6; } "
        ".fronts .line { fill: none; stroke: currentColor; stroke-width: 1.8; } "
        ".fronts .mark { fill: currentColor; stroke: currentColor; } "
        ".fronts .hollow { fill: none; stroke: currentColor; stroke-width: 1.4; } "
        ".fronts .interval { fill: none; stroke: currentColor; stroke-width: 1; opacity: .45; } "
        f"{colours(_LIGHT)}"
        "@media (prefers-color-scheme: dark) { .fronts { background: #14181d; } .fronts text { fill: #e8e6e1; } "
        ".fronts .soft { fill: #9da8b3; } .fronts .paper, .fronts .grid { stroke: #2d353e; } "
        f"{colours(_DARK)}}}"
    )
