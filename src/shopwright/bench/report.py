"""A report as one HTML file that needs nothing else: for each set its plots (`plots`) and a table of figures."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

from shopwright.bench.curves import CURVE_STYLE, draw_curves
from shopwright.bench.plots import KINDS, STYLE, Bar, draw, figure, interval, is_latency, latency_bars, measure_bars
from shopwright.bench.task import Row

_NAMES = {
    "ndcg@10": "nDCG@10",
    "recall@100": "Recall@100",
    "index_s": "seconds to index, vectors known",
    "lexical_ready_s": "seconds until words are searchable",
    "dense_ready_s": "seconds until meaning is searchable",
    "ann_recall@10": "share of the ten nearest found",
    "qps": "queries a second, one thread",
    "disk_mb": "megabytes on disk",
    "rss_mb": "megabytes of memory after the start",
    "restart_s": "seconds from the start to an answer",
    "encode_s": "seconds to encode the texts",
    "train_s": "seconds to learn",
    "ms_per_list": "milliseconds a list",
    "serendipity": "share of places that are right and not expected",
    "unexpected": "share of places that are not expected",
    "novelty": "bits of self-information of what is listed",
    "coverage": "share of the catalogue that is ever listed",
    "ild": "unlikeness within a list",
    "aurc": "area under the risk-coverage curve",
    "auroc": "AUROC, right answers above wrong ones",
    "coverage@risk5": "share answered at 5 % wrong, in hindsight",
    "coverage@risk10": "share answered at 10 % wrong, in hindsight",
    "promised@risk5": "share answered under a promise of 5 %",
    "promised@risk10": "share answered under a promise of 10 %",
    "violations": "share of promises of 10 % broken",
    "violations@risk5": "share of promises of 5 % broken",
    "ece": "expected calibration error",
    "brier": "Brier score",
}
_CURVES = {
    "aurc": ("share of wrong answers over the share of questions answered", "answered", "wrong"),
    "dial": ("what is found over what surprises, from a safe to an adventurous dial", "not expected", "recall@10"),
    "auc": ("who is pleasantly surprised, over the dial", "adventure", "AUC"),
}
_STYLE = f"""{STYLE}{CURVE_STYLE}
body {{ background: var(--paper); color: var(--ink); font: 15px/1.5 system-ui, sans-serif; max-width: 66rem;
       margin: 2rem auto; padding: 0 1rem; }}
h1 {{ font-size: 1.5rem; margin-bottom: .3rem; }}
h2 {{ font-size: 1.2rem; border-top: 1px solid var(--line); margin-top: 2.2rem; padding-top: 1.2rem; }}
p, figcaption span {{ color: var(--soft); margin: .2rem 0; }}
.plots {{ display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 26rem), 1fr)); gap: 1.2rem 2rem; }}
figure {{ margin: 0; }} figcaption {{ font-weight: 600; margin-bottom: .3rem; }}
figcaption span {{ font-weight: 400; }}
.legend {{ list-style: none; display: flex; flex-wrap: wrap; gap: .2rem 1.4rem; padding: 0; margin: .8rem 0 0; }}
.legend i {{ display: inline-block; width: .8rem; height: .8rem; border-radius: 2px; margin-right: .45rem; }}
summary {{ cursor: pointer; color: var(--soft); margin-top: 1.2rem; }}
.wide {{ overflow-x: auto; }}
table {{ border-collapse: collapse; font-variant-numeric: tabular-nums; }}
th, td {{ text-align: left; padding: .15rem .9rem .15rem 0; border-bottom: 1px solid var(--line); }}
td.number, th.number {{ text-align: right; }}
"""


def render(rows: Sequence[Row], *, title: str, notes: Sequence[str] = ()) -> str:
    """The report of some rows as an HTML document.

    Args:
        rows: of any number of sets.
        title: its heading.
        notes: lines on what is not in it, shown below the heading.
    """
    sets = dict.fromkeys((row.bench, row.set) for row in rows)
    sections = "\n".join(_section([row for row in rows if (row.bench, row.set) == key]) for key in sets)
    said = "\n".join(f"<p>{escape(note)}</p>" for note in notes)
    return (
        f'<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8"/>\n<title>{escape(title)}</title>\n'
        f'<meta name="viewport" content="width=device-width, initial-scale=1"/>\n<style>{_STYLE}</style>\n</head>\n'
        f"<body>\n<h1>{escape(title)}</h1>\n"
        "<p>All systems are measured in the same run over the same data. The thin line over a bar is the 95 % "
        "bootstrap interval; over a latency it ends at the 99th (or 95th) percentile.</p>\n"
        f"{_legend()}\n{said}\n{sections}\n</body>\n</html>\n"
    )


def _legend() -> str:
    items = "".join(f'<li><i class="{kind}"></i>{escape(name)}</li>' for kind, name in KINDS.items())
    return f'<ul class="legend">{items}</ul>'


def _section(rows: Sequence[Row]) -> str:
    measures: dict[str, list[Row]] = {}
    for row in rows:
        if not is_latency(row.metric):
            measures.setdefault(row.metric.partition(":")[0], []).append(row)
    plots = [_plot(measure_bars(some), _NAMES.get(name, name), some) for name, some in measures.items()]
    if late := [row for row in rows if is_latency(row.metric)]:
        plots.insert(0, _plot(latency_bars(late), "milliseconds a request (median)", late))
    plots += [_curves(name, some) for name, some in measures.items() if any(row.curve for row in some)]
    drawn = "\n".join(plots)
    table = f"<details><summary>All figures</summary>{_table(rows)}</details>"
    return f'<h2>{escape(rows[0].bench)} · {escape(rows[0].set)}</h2>\n<div class="plots">\n{drawn}\n</div>\n{table}'


def _plot(bars: Sequence[Bar], title: str, rows: Sequence[Row]) -> str:
    most = max(row.n for row in rows)
    counted = f" <span>n = {most:,}</span>" if most > 1 else ""
    svg = draw(bars, f"{title} on {rows[0].set}", f"{title}, {len(bars)} bars")
    return f"<figure>\n<figcaption>{escape(title)}{counted}</figcaption>\n{svg}\n</figure>"


def _curves(name: str, rows: Sequence[Row]) -> str:
    """The curves behind the figures of one measure, in one plot."""
    title, across, up = _CURVES.get(name, (name, "", ""))
    svg = draw_curves([row for row in rows if row.curve], f"{title} on {rows[0].set}", across, up)
    return f"<figure>\n<figcaption>{escape(title)}</figcaption>\n{svg}\n</figure>"


def _table(rows: Sequence[Row]) -> str:
    names = ("value", "95 %", "n", "seconds")
    head = "<tr><th>measure</th>" + "".join(f'<th class="number">{name}</th>' for name in names) + "</tr>"
    body = "\n".join(_line(row) for row in rows)
    return f'<div class="wide"><table>\n<thead>{head}</thead>\n<tbody>\n{body}\n</tbody></table></div>'


def _line(row: Row) -> str:
    cells = (figure(row.value), interval(row), f"{row.n:,}", f"{row.seconds:.1f}")
    numbers = "".join(f'<td class="number">{cell}</td>' for cell in cells)
    return f"<tr><td>{escape(row.metric)}</td>{numbers}</tr>"
