"""The report on a learned policy as one HTML file that a merchant can read and that needs nothing else.

It says first whether the policy may run and why not, then where it wins, where it loses and where there is no data, on
how much each figure rests, what was left out, and whether the shop changed meanwhile. Plots are inline SVG; every
figure stands beside its mark as text, and the words win, loses and no data beside the colours.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from html import escape

import numpy as np

from shopwright.train.intent.drift import Drift
from shopwright.train.intent.gating import Part
from shopwright.train.intent.run import Training

_SHOWN = 12
_NAME, _PLOT, _TEXT, _STEP = 230, 260, 190, 24
_STYLE = """
:root { color-scheme: light dark; --paper: #fdfcfa; --ink: #1d232b; --soft: #5c6672; --line: #dfdcd5;
        --wins: #17708f; --loses: #b3541e; --open: #8b949d; }
@media (prefers-color-scheme: dark) {
  :root { --paper: #14181d; --ink: #e8e6e1; --soft: #9da8b3; --line: #2d353e; --wins: #4fb4d4; --loses: #e08a4f; } }
body { background: var(--paper); color: var(--ink); font: 15px/1.5 system-ui, sans-serif; max-width: 60rem;
       margin: 2rem auto; padding: 0 1rem; }
h1 { font-size: 1.5rem; margin-bottom: .3rem; }
h2 { font-size: 1.15rem; border-top: 1px solid var(--line); margin-top: 2rem; padding-top: 1rem; }
p { margin: .3rem 0; } .soft { color: var(--soft); } .verdict { font-size: 1.1rem; font-weight: 600; }
table { border-collapse: collapse; font-variant-numeric: tabular-nums; }
th, td { text-align: left; padding: .15rem .9rem .15rem 0; border-bottom: 1px solid var(--line); }
td.number, th.number { text-align: right; } .wide { overflow-x: auto; }
svg { display: block; width: 100%; height: auto; margin: .8rem 0; font: 13px system-ui, sans-serif; }
svg text { fill: var(--ink); font-variant-numeric: tabular-nums; } svg text.soft { fill: var(--soft); }
svg line { stroke-width: 2; } svg .axis { stroke: var(--soft); stroke-width: 1; }
svg .wins { stroke: var(--wins); fill: var(--wins); }
svg .loses { stroke: var(--loses); fill: var(--loses); } svg .open { stroke: var(--open); fill: var(--open); }
"""


def render(training: Training, title: str, command: str) -> str:
    """The report as an HTML document.

    Args:
        training: what came of it.
        title: the heading.
        command: how it was made.
    """
    verdict = training.verdict
    sections = [
        _verdict(training),
        _list("Read this first", training.warnings),
        _plot("Where it wins", [part for part in verdict.parts if part.says == "wins"], _BY_LUCK),
        _plot("Where it loses", [part for part in verdict.parts if part.says == "loses"], _BY_LUCK),
        _no_data([part for part in verdict.parts if part.says == "no data"]),
        _strategies(training),
        _rests_on(training),
        _drift(training.drift),
        _list("What was left out, and why", training.told or ("nothing",)),
    ]
    return (
        f'<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8"/>\n<title>{escape(title)}</title>\n'
        f'<meta name="viewport" content="width=device-width, initial-scale=1"/>\n<style>{_STYLE}</style>\n</head>\n'
        f"<body>\n<h1>{escape(title)}</h1>\n{''.join(sections)}"
        f'<p class="soft">Made by <code>{escape(command)}</code></p>\n</body>\n</html>\n'
    )


_BY_LUCK = (
    "Each line is one part of the decisions, and what a decision there would earn more or less with the new policy. "
    "Among many parts, a few win or lose by luck: one part is a hint, not a finding."
)


def _verdict(training: Training) -> str:
    verdict, gain = training.verdict, training.verdict.gain
    said = (
        f"The policy {training.policy.name} may be tried: it earns more than {training.against}."
        if verdict.promoted
        else f"The policy {training.policy.name} should not run: {training.against} stays."
    )
    rows = [
        ("the new policy", verdict.value.value, verdict.value.interval(verdict.level)),
        (training.against, verdict.running.value, verdict.running.interval(verdict.level)),
        ("difference", gain.gain, (gain.low, gain.high)),
    ]
    cells = [(name, f"{value:.4f}", f"{low:.4f} to {high:.4f}") for name, value, (low, high) in rows]
    table = _table(("reward of a decision, 0 to 1", "estimate", f"{verdict.level:.0%} interval"), cells)
    whole = Part("all decisions", gain.n, gain.ess, gain.gain, gain.low, gain.high)
    reasons = "".join(f"<li>{escape(reason)}</li>" for reason in verdict.reasons)
    return (
        f'<p class="verdict">{escape(said)}</p>\n{f"<ul>{reasons}</ul>" if reasons else ""}{table}\n'
        f'{_forest([whole], "Gain over all decisions")}\n<p class="soft">Learned from {training.learned:,} decisions, '
        f"judged on {training.judged:,} others, of other sessions.</p>\n"
    )


def _plot(title: str, parts: Sequence[Part], note: str) -> str:
    if not parts:
        return f"<h2>{title}</h2>\n<p>Nowhere for sure.</p>\n"
    shown = sorted(parts, key=lambda part: -abs(part.gain) * math.sqrt(part.n))[:_SHOWN]
    more = f'<p class="soft">{len(parts) - len(shown)} more.</p>\n' if len(parts) > len(shown) else ""
    return f'<h2>{title}</h2>\n<p class="soft">{note}</p>\n{_forest(shown, title)}\n{more}'


def _no_data(parts: Sequence[Part]) -> str:
    if not parts:
        return "<h2>Where there is no data</h2>\n<p>Every part holds enough decisions like the policy's.</p>\n"
    rows = [(part.name, f"{part.n:,}", f"{part.ess:.0f}") for part in parts[: 3 * _SHOWN]]
    head = ("part", "decisions", "of them worth")
    return (
        '<h2>Where there is no data</h2>\n<p class="soft">Here the log has too few decisions like those of the policy. '
        f"Nothing can be said.</p>\n{_table(head, rows)}\n"
    )


def _strategies(training: Training) -> str:
    wants = {
        part.name.removeprefix("would do: "): part.n / max(1, training.judged)
        for part in training.verdict.parts
        if part.name.startswith("would do: ")
    }
    rows = [
        (name, f"{count:,}", "" if math.isnan(reward) else f"{reward:.4f}", f"{wants.get(name, 0.0):.0%}")
        for name, (count, reward) in training.taken.items()
    ]
    made = ", ".join(f"{name or 'no name'} ({count:,})" for name, count in training.policies.items())
    head = ("strategy", "taken in the log", "mean reward there", "new policy's first choice")
    return (
        f'<h2>Strategies</h2>\n{_table(head, rows)}\n<p class="soft">A strategy that earned more in the log need '
        f"not be better: it may have been taken where shoppers buy anyway. Made by: {escape(made)}.</p>\n"
    )


def _rests_on(training: Training) -> str:
    support = training.verdict.support
    facts = [
        f"{support.n:,} decisions judged on, worth {support.ess:,.0f} that the new policy would have taken itself "
        "(effective sample size)",
        f"weights: mean {support.mean_weight:.2f} (1 when the logged probabilities are right), largest "
        f"{support.max_weight:,.1f}, {support.clipped:.1%} of them bounded, which takes {support.cut_mass:.1%} away",
    ]
    unseen = ", ".join(list(training.taken)[action] for action in support.unseen)
    if support.unseen:
        facts.append(f"{support.unseen_mass:.1%} of what it would do was never tried: {unseen}")
    rows = []
    for name, one in training.estimates.items():
        low, high = one.interval(training.verdict.level)
        rows.append((name, f"{one.value:.4f}", f"{low:.4f} to {high:.4f}", f"{one.ess:,.0f}"))
    table = _table(("estimator", "value", f"{training.verdict.level:.0%} interval", "effective sample"), rows)
    note = (
        "Estimators that differ by more than their intervals are a sign of wrong probabilities or of too little data."
    )
    return f'{_list("What the figures rest on", facts)}{table}\n<p class="soft">{note}</p>\n'


def _drift(drift: Drift) -> str:
    rows = [
        (one.name, f"{one.before:.3f}", f"{one.after:.3f}", f"{one.psi:.2f}", f"{one.ks:.2f}")
        for one in drift.drifted[:_SHOWN]
    ]
    found = (
        _table(("feature", "mean before", "mean now", "stability index", "distance (KS)"), rows)
        if rows
        else "<p>No feature moved far.</p>"
    )
    reward = "<p>Too few decisions to say whether the reward changed.</p>"
    if drift.reward is not None:
        change = drift.reward
        reward = (
            f"<p>The mean reward changed from {change.before:.4f} to {change.after:.4f} (chance of that by luck: "
            f"{change.chance:.2g}). Older decisions may no longer tell.</p>"
            if change.found
            else "<p>The mean reward did not change for sure.</p>"
        )
    return (
        f'<h2>Did the shop change meanwhile?</h2>\n<p class="soft">The newest {drift.newer:,} decisions against the '
        f"{drift.older:,} before them.</p>\n{found}\n{reward}\n"
    )


def _forest(parts: Sequence[Part], title: str) -> str:
    """Gains with their intervals on one axis, 0 marked."""
    ends = [abs(end) for part in parts for end in (part.low, part.high, part.gain) if math.isfinite(end)]
    reach = max(ends, default=1.0) or 1.0
    high = _STEP * len(parts) + 26
    heard = "; ".join(
        f"{part.name} {part.gain:+.4f}, {part.low:+.4f} to {part.high:+.4f}, {part.says}" for part in parts
    )
    middle = _NAME + _PLOT / 2
    lines = [
        f'<svg viewBox="0 0 {_NAME + _PLOT + _TEXT} {high}" role="img">',
        f"<title>{escape(title)}</title><desc>{escape(heard)}.</desc>",
        f'<line class="axis" x1="{middle:g}" y1="0" x2="{middle:g}" y2="{high - 22}"/>',
    ]
    for value in (-reach, 0.0, reach):
        x = middle + _PLOT / 2 * value / reach
        lines.append(f'<text class="soft" x="{x:.1f}" y="{high - 6}" text-anchor="middle">{value:+.3g}</text>')
    lines += [_row(part, place, middle, reach) for place, part in enumerate(parts)]
    return "\n".join([*lines, "</svg>"])


def _row(part: Part, place: int, middle: float, reach: float) -> str:
    y = place * _STEP + _STEP / 2

    def at(value: float) -> float:
        return middle + _PLOT / 2 * float(np.clip(value / reach, -1, 1)) if math.isfinite(value) else middle

    kind = part.says if part.says in ("wins", "loses") else "open"
    name = part.name if len(part.name) <= 34 else part.name[:33] + "…"
    return (
        f'<g data-part="{escape(part.name)}" data-gain="{part.gain!r}">'
        f'<text x="{_NAME - 10}" y="{y + 4.5:g}" text-anchor="end">{escape(name)}</text>'
        f'<line class="{kind}" x1="{at(part.low):.1f}" y1="{y:g}" x2="{at(part.high):.1f}" y2="{y:g}"/>'
        f'<circle class="{kind}" cx="{at(part.gain):.1f}" cy="{y:g}" r="4"/>'
        f'<text x="{_NAME + _PLOT + 10}" y="{y + 4.5:g}">{part.gain:+.4f} {part.says}</text>'
        f'<text class="soft" x="{_NAME + _PLOT + _TEXT}" y="{y + 4.5:g}" text-anchor="end">{part.n:,}</text></g>'
    )


def _list(title: str, lines: Iterable[str]) -> str:
    items = "".join(f"<li>{escape(line)}</li>" for line in lines)
    return f"<h2>{title}</h2>\n<ul>{items}</ul>\n" if items else ""


def _table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    kinds = ["", *[' class="number"'] * (len(head) - 1)]
    top = "".join(f"<th{kind}>{escape(name)}</th>" for kind, name in zip(kinds, head, strict=True))
    body = "\n".join(
        "<tr>" + "".join(f"<td{kind}>{escape(cell)}</td>" for kind, cell in zip(kinds, row, strict=True)) + "</tr>"
        for row in rows
    )
    return f'<div class="wide"><table>\n<thead><tr>{top}</tr></thead>\n<tbody>\n{body}\n</tbody></table></div>'
