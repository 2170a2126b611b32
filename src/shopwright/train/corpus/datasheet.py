"""The datasheet of a corpus: one HTML file that says what came in, what went out and why, with samples of each.

Everything in it comes from the manifest and the records of the build; it needs no network and follows the reader's
light or dark theme. After "Datasheets for Datasets" (Gebru et al. 2018): composition, collection, cleaning, uses.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from html import escape
from pathlib import Path
from typing import Any

import numpy as np

from shopwright.train.corpus.files import write_whole
from shopwright.train.corpus.settings import CorpusSettings
from shopwright.train.corpus.shards import Manifest

Bars = Sequence[tuple[str, float]]


@dataclass(frozen=True, slots=True)
class Facts:
    """What a datasheet tells.

    Args:
        manifest: of the corpus.
        settings: it was built with.
        samples: (source, text) by what became of them, as in the counts.
        pairs: near-duplicates, each with the text that was kept.
        score: how each scorer was learned, by its name; without those that were not.
        scores: what they say, by source and scorer: the mean, and counts in tenths of the range.
        known: n-grams that were looked for, of benchmarks and of held-out documents.
        lengths: tokens of each document.
    """

    manifest: Manifest
    settings: CorpusSettings
    samples: Mapping[str, Sequence[tuple[str, str]]]
    pairs: Sequence[Sequence[str]]
    score: Mapping[str, Any]
    scores: Mapping[str, Mapping[str, Mapping[str, Any]]]
    known: Mapping[str, int]
    lengths: Sequence[int]


def lengths(folder: Path, manifest: Manifest) -> list[int]:
    """Tokens of each document of a corpus."""
    ends = (np.fromfile(folder / f"{shard.file}.idx", np.uint64).astype(np.int64) for shard in manifest.shards)
    return [int(length) for each in ends for length in np.diff(each, prepend=0)]


def write(path: Path, facts: Facts) -> None:
    """Write the datasheet, whole or not at all."""
    write_whole(path, page(facts).encode())


def page(facts: Facts) -> str:
    """The HTML of a datasheet."""
    totals = _totals(facts.manifest)
    replaced = {name.partition(":")[2]: number for name, number in totals.items() if name.startswith("replaced:")}
    sections = [
        "<h1>Datasheet of a training corpus</h1>",
        _tiles(facts, totals),
        "<h2>What came in, what went out</h2>",
        "<p>Every document that was read is in exactly one of the three: kept, removed by a rule, or refused as no "
        "document at all.</p>",
        _flow(facts.manifest),
        "<h2>Why documents went</h2>",
        _figure(_bars(_reasons(totals, "removed"), "--cut"), "Removed documents by rule."),
        _figure(_bars(_reasons(totals, "refused"), "--rest"), "Records refused as no document of their own, by reason.")
        if _reasons(totals, "refused")
        else "",
        "<h2>Sources</h2>",
        _sources(facts.manifest),
        "<h2>Personal data</h2>",
        _figure(_bars(sorted(replaced.items(), key=lambda bar: -bar[1]), "--keep"), "Pieces replaced by a placeholder.")
        if replaced
        else "<p>None was found.</p>",
        "<h2>Length of documents</h2>",
        _figure(_bars(_histogram(facts.lengths), "--rest"), "Kept documents by number of tokens."),
        "<h2>Duplicates, benchmarks, score</h2>",
        _methods(facts, totals),
        *_likeness(facts.scores),
        "<h2>Samples</h2>",
        *(_sample(name, texts) for name, texts in sorted(facts.samples.items())),
        _pairs(facts.pairs),
        "<h2>Settings</h2>",
        _settings(facts.settings),
    ]
    title = "<title>Datasheet of a training corpus</title>"
    head = f'<meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1">{title}'
    head += f"<style>{_style()}</style>"
    return f'<!doctype html>\n<html lang="en"><head>{head}</head><body>{"".join(sections)}</body></html>\n'


def _style() -> str:
    return Path(__file__).with_suffix(".css").read_text(encoding="utf-8")


def _totals(manifest: Manifest) -> dict[str, int]:
    totals: dict[str, int] = {}
    for numbers in manifest.counts.values():
        for name, number in numbers.items():
            totals[name] = totals.get(name, 0) + number
    return totals


def _tiles(facts: Facts, totals: Mapping[str, int]) -> str:
    tokens, size = _size(facts.manifest, None, "train")
    held = _size(facts.manifest, None, "valid")[0]
    domain = sum(
        _size(facts.manifest, name, "train")[0]
        for name, info in facts.manifest.sources.items()
        if info.kind == "domain"
    )
    tiles = [
        (f"{totals['read']:,}", "documents read"),
        (f"{totals['kept']:,}", f"kept ({totals['kept'] / max(1, totals['read']):.1%})"),
        (_short(tokens), "tokens to train on"),
        (_short(held), "tokens held out"),
        (f"{domain / max(1, tokens):.1%}", "of the tokens from the domain"),
        (f"{size / max(1, tokens):.2f}", f"bytes a token ({facts.manifest.vocabulary:,} pieces)"),
    ]
    return (
        '<div class="tiles">'
        + "".join(f'<div class="tile"><b>{b}</b><span>{s}</span></div>' for b, s in tiles)
        + "</div>"
    )


def _flow(manifest: Manifest) -> str:
    """One stacked bar a source: kept, removed, refused, as shares of what was read."""
    rows = []
    for place, (name, numbers) in enumerate(manifest.counts.items()):
        read, x, y = max(1, numbers["read"]), 170.0, 8 + place * 28
        parts = [
            ("--keep", numbers["kept"]),
            ("--cut", sum(number for key, number in numbers.items() if key.startswith("removed:"))),
            ("--rest", sum(number for key, number in numbers.items() if key.startswith("refused:"))),
        ]
        bar = f'<text x="160" y="{y + 14}" text-anchor="end">{escape(name)}</text>'
        for colour, number in parts:
            width = 640 * number / read
            where = f'x="{x:.1f}" y="{y}" width="{width:.1f}" height="20"'
            bar += f'<rect {where} fill="var({colour})"><title>{number:,}</title></rect>'
            x += width
        rows.append(f'{bar}<text class="soft" x="822" y="{y + 14}">{numbers["kept"]:,} of {read:,}</text>')
    key = "".join(
        f'<i style="background:var({c})"></i>{t}'
        for c, t in (("--keep", "kept"), ("--cut", "removed"), ("--rest", "refused"))
    )
    return _figure(_svg(rows, 16 + 28 * len(rows)), f'<span class="key">{key}</span>')


def _sources(manifest: Manifest) -> str:
    rows = []
    for name, info in manifest.sources.items():
        numbers = manifest.counts.get(name, {})
        tokens, size = _size(manifest, name, "train")
        rows.append(
            [
                escape(name),
                info.kind,
                f"{numbers.get('read', 0):,}",
                f"{numbers.get('kept', 0):,}",
                f"{tokens:,}",
                f"{_size(manifest, name, 'valid')[0]:,}",
                f"{size / tokens:.2f}" if tokens else "",
                f"{info.weight:.1%}",
                escape(info.licence) or "not stated",
            ]
        )
    names = ["source", "kind", "read", "kept", "tokens", "held out", "bytes/token", "share drawn", "licence"]
    return _table(names, rows)


def _methods(facts: Facts, totals: Mapping[str, int]) -> str:
    quality, domain = facts.score.get("quality"), facts.score.get("domain")
    asked, held = facts.known.get("benchmarks", 0), facts.known.get("held_out", 0)

    def number(name: str) -> str:
        return f"{totals.get(name, 0):,}"

    lines = [
        f"{number('removed:exact_duplicate')} documents were equal to another but for case, spaces and punctuation; "
        f"{number('removed:near_duplicate')} shared at least {facts.settings.threshold:.0%} of their word 5-grams "
        "with a better or earlier one (Jaccard similarity, verified exactly).",
        f"{asked:,} n-grams of benchmarks were looked for: {number('removed:contaminated')} documents were dropped for "
        f"them, sentences were cut out of {number('cut:contaminated')}. For {held:,} n-grams of held-out documents it "
        f"was {number('removed:held_out')} and {number('cut:held_out')}.",
        f"The quality score was learned from {quality['examples']:,} texts (AUROC {quality['auroc']:.3f} "
        f"against damaged copies); {number('removed:quality_score')} documents were below "
        f"{facts.settings.least_score:g}."
        if quality
        else "There was too little text to learn a quality score from.",
        f"The domain score was learned from {domain['examples']:,} texts (AUROC {domain['auroc']:.3f}, the domain's "
        f"sources against the general ones); {number('removed:domain_score')} documents of the domain were below "
        f"{facts.settings.least_domain:g}."
        if domain
        else "A domain score needs texts of the domain and general ones; there were not both.",
    ]
    return "".join(f"<p>{line}</p>" for line in lines)


def _likeness(scores: Mapping[str, Mapping[str, Mapping[str, Any]]]) -> list[str]:
    """A table of the scores of each source, where there are any: the mean and a small histogram."""
    names = [name for name in ("quality", "domain") if any(name in each for each in scores.values())]
    if not names:
        return []
    rows = [
        [escape(source), *(cell for name in names for cell in _score_cells(each.get(name)))]
        for source, each in scores.items()
    ]
    head = ["source", *(title for name in names for title in (f"mean {name}", f"{name}, 0 to 1"))]
    return ["<h2>Scores by source</h2>", "<p>Of all documents that the rules left.</p>", _table(head, rows)]


def _score_cells(score: Mapping[str, Any] | None) -> tuple[str, str]:
    if score is None:
        return "", ""
    counts = score["histogram"]
    largest = max(counts) or 1
    bars = "".join(
        f'<rect x="{place * 12}" y="{24 - height:.1f}" width="10" height="{height:.1f}" fill="var(--keep)">'
        f"<title>{place / 10:.1f} to {(place + 1) / 10:.1f}: {count:,}</title></rect>"
        for place, count in enumerate(counts)
        for height in (max(1.0 if count else 0.0, 24 * count / largest),)
    )
    return f"{score['mean']:.3f}", f'<svg class="small" viewBox="0 0 120 24" role="img">{bars}</svg>'


def _sample(name: str, texts: Sequence[tuple[str, str]]) -> str:
    spread = texts[:: max(1, len(texts) // 6)][:6]
    inner = "".join(f"<pre><small>{escape(source)}</small>{escape(text)}</pre>" for source, text in spread)
    return f"<details><summary>{escape(_title(name))}</summary>{inner}</details>"


def _pairs(pairs: Sequence[Sequence[str]]) -> str:
    if not pairs:
        return ""
    inner = "".join(
        f"<pre><small>removed</small>{escape(gone)}</pre><pre><small>kept in its place</small>{escape(kept)}</pre>"
        for gone, kept in pairs
    )
    return f"<details><summary>near-duplicates beside what was kept</summary>{inner}</details>"


def _settings(settings: CorpusSettings) -> str:
    rows = [[escape(name), escape(str(value))] for name, value in asdict(settings).items() if name != "out"]
    return _table(["setting", "value"], rows)


def _histogram(values: Sequence[int]) -> list[tuple[str, float]]:
    """Counts by powers of two."""
    powers = np.bincount(np.log2(np.maximum(1, np.array(values or [1]))).astype(np.int64))
    return [(f"{2**power:,} to {2 ** (power + 1) - 1:,}", float(count)) for power, count in enumerate(powers) if count]


def _bars(bars: Bars, colour: str) -> str:
    largest = max((value for _, value in bars), default=0.0) or 1.0
    rows = []
    for place, (name, value) in enumerate(bars):
        y, width = 8 + place * 26, max(1.0, 620 * value / largest)
        rows.append(
            f'<text x="230" y="{y + 14}" text-anchor="end">{escape(name)}</text>'
            f'<rect x="240" y="{y}" width="{width:.1f}" height="18" rx="2" fill="var({colour})"/>'
            f'<text class="soft" x="{246 + width:.1f}" y="{y + 14}">{value:,.0f}</text>'
        )
    return _svg(rows, 16 + 26 * len(rows))


def _svg(rows: Sequence[str], height: int) -> str:
    return f'<svg viewBox="0 0 960 {height}" role="img">{"".join(rows)}</svg>'


def _figure(svg: str, caption: str) -> str:
    return f"<figure>{svg}<figcaption>{caption}</figcaption></figure>"


def _table(names: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    head = "".join(
        f'<th class="text">{name}</th>' if place == len(names) - 1 else f"<th>{name}</th>"
        for place, name in enumerate(names)
    )
    body = "".join(
        "<tr>"
        + "".join(
            f'<td class="text">{cell}</td>' if place == len(row) - 1 else f"<td>{cell}</td>"
            for place, cell in enumerate(row)
        )
        + "</tr>"
        for row in rows
    )
    return f'<div class="wide"><table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table></div>'


def _reasons(totals: Mapping[str, int], kind: str) -> list[tuple[str, float]]:
    """Why documents were "removed" or "refused", most frequent first."""
    found = [(name.partition(":")[2], float(number)) for name, number in totals.items() if name.startswith(f"{kind}:")]
    return sorted(((name.replace("_", " "), number) for name, number in found), key=lambda bar: -bar[1])


def _short(number: int) -> str:
    return f"{number / 1e9:.2f} B" if number >= 1e9 else f"{number / 1e6:.2f} M" if number >= 1e6 else f"{number:,}"


def _title(name: str) -> str:
    kind, _, rest = name.partition(":")
    return (rest if kind == "removed" else f"{kind}: {rest}" if rest else kind).replace("_", " ")


def _size(manifest: Manifest, source: str | None, split: str) -> tuple[int, int]:
    shards = [shard for shard in manifest.shards if shard.split == split and source in (None, shard.source)]
    return sum(shard.tokens for shard in shards), sum(shard.text_bytes for shard in shards)
