"""`shopwright events WORD`: what shoppers did: bring it in from a file, look at what is kept.

To delete it: `shopwright memory forget`. It opens the store alone, no model and no index.
"""

from __future__ import annotations

import json
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table
from rich.text import Text

from shopwright.errors import ConfigError

if TYPE_CHECKING:
    from shopwright.catalog.events.kept import Events
    from shopwright.catalog.events.report import EventReport

events = typer.Typer(
    help="What shoppers did in the shop: import a log, look at it.", no_args_is_help=True, rich_markup_mode=None
)
console = Console(highlight=False, emoji=False)
_LINES = 5

HomeOption = Annotated[Path | None, typer.Option("--home", help="Folder of the shop; default ~/.shopwright.")]
JsonOption = Annotated[bool, typer.Option("--json", help="One JSON object instead of tables.")]


@events.command("import")
def import_log(
    file: Annotated[
        Path, typer.Argument(help="GA4 export, Segment, Google retail events, JSON lines, CSV; packed too.")
    ],
    home: HomeOption = None,
    format: Annotated[
        str | None, typer.Option(help="ga4, segment, retail, simple or table; told from the content without it.")
    ] = None,
    column: Annotated[
        list[str] | None, typer.Option(help="SOURCE=FIELD: what a column is, where its name does not say; repeatable.")
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """Read a log of events into the store, all of it or, when the file is damaged, nothing; again does no harm."""
    from shopwright.catalog.events.importing import import_events

    columns = dict(_pair(item) for item in column or [])
    with _opened(home) as kept, _progress() as bar:
        task = bar.add_task("reading", total=1.0)

        def told(count: int, share: float) -> None:
            bar.update(task, description=f"reading, {count:,} events", completed=share)

        report = import_events(kept, file, format=format, columns=columns or None, progress=told)
        bar.update(task, completed=1.0)
    if as_json:
        typer.echo(json.dumps(report.record(), ensure_ascii=False))
    else:
        _print_report(report)


@events.command("show")
def show_events(home: HomeOption = None, as_json: JsonOption = False) -> None:
    """Show what is kept: events by name, days, products, sessions that are doubted, decisions of the assistant."""
    from shopwright.catalog.events.decisions import Decisions

    with _opened(home) as kept:
        totals, (logged, settled) = kept.totals(), Decisions(kept.store).count()
    if as_json:
        typer.echo(json.dumps(asdict(totals) | {"decisions": logged, "settled": settled}, ensure_ascii=False))
        return
    if totals.names:
        number = sum(totals.names.values())
        _line(f"{number:,} events of {totals.sessions:,} sessions from {totals.first} to {totals.last}")
        _line(f"{totals.bots:,} sessions look like bots, {totals.poisoned:,} like poison: kept, and not learned from")
        _rows(("Event", "Times"), list(totals.names.items()))
        top = [(one.product, one.views, one.carts, one.purchases) for one in totals.top]
        _rows(("Product", "Views", "Carts", "Purchases"), top)
    else:
        _line("No events: the page sends them, and shopwright events import FILE brings a log.")
    _line(f"{logged:,} decisions of the assistant, {settled:,} with their outcome")


@events.command("simulate")
def simulate_visits(
    file: Annotated[Path, typer.Argument(help="File to write, one GA4 event a line.")],
    visits: Annotated[int, typer.Option(help="How many visits.")] = 1_000,
    seed: Annotated[int, typer.Option(help="Of everything random.")] = 0,
    days: Annotated[int, typer.Option(help="How many days ago the first of them is.")] = 30,
    home: HomeOption = None,
) -> None:
    """Write the events of simulated shoppers over the shop's products, to try things out; nothing is brought in."""
    from shopwright.train.intent.shoppers.visits import write_visits

    if visits < 1 or days < 1:
        raise ConfigError(f"--visits {visits}, --days {days}: give 1 or more")
    with _opened(home) as kept:
        start = time.time() - days * 86_400
        count = write_visits(list(kept.store.all_products()), file, visits, seed, start)
    _line(f"{count:,} events of {visits:,} simulated visits: bring them in with shopwright events import {file}")


@contextmanager
def _opened(home: Path | None) -> Iterator[Events]:
    """The events of the shop in a folder.

    Raises:
        ConfigError: there is no shop.
    """
    from shopwright.catalog.events.kept import Events
    from shopwright.catalog.store import Store
    from shopwright.config import Home, Settings

    place = Home.resolve(home)
    if not (place.path / "store.db").is_file():
        raise ConfigError(f"home {place.path}: there is no shop; name its folder with --home")
    with closing(Store(place.store_url)) as store:
        yield Events(store, Settings.read(place.settings).events_days)


def _pair(text: str) -> tuple[str, str]:
    source, mark, target = text.partition("=")
    if not mark or not source or not target:
        raise ConfigError(f"--column {text!r}: give SOURCE=FIELD, e.g. --column kunde=shopper")
    return source, target


def _progress() -> Progress:
    return Progress(TextColumn("{task.description}"), BarColumn(), TimeElapsedColumn(), console=Console(stderr=True))


def _print_report(report: EventReport) -> None:
    rate = report.read / max(report.seconds, 1e-9)
    _line(f"{report.source}: {report.format}, {report.read:,} lines in {report.seconds:.1f} s ({rate:,.0f} a second)")
    refused, others = sum(report.refused.values()), sum(report.others.values())
    _line(
        f"{report.stored:,} stored, {report.duplicates:,} there already, {refused:,} refused, {others:,} left out, "
        f"{report.out_of_order:,} out of order, {report.unknown:,} with a product that the catalogue lacks"
    )
    _rows(("Refused", "Events"), list(report.refused.items()))
    _rows(("Marked: kept, not learned from", "Events"), list(report.marked.items()))
    _rows(("Left out: not of commerce", "Events"), _most(report.others))
    for reason, lines in report.lines.items():
        for number, detail in lines[:_LINES]:
            _line(f"  {reason}, {f'line {number}' if number else 'several lines'}: {detail}", "yellow")


def _most(counts: Mapping[str, int]) -> list[tuple[str, int]]:
    return sorted(counts.items(), key=lambda pair: -pair[1])[:_LINES]


def _rows(names: Sequence[str], rows: Sequence[Sequence[object]]) -> None:
    if rows:
        table = Table(*names, box=None, header_style="bold")
        for row in rows:
            table.add_row(*(Text(f"{cell:,}" if isinstance(cell, int) else str(cell)) for cell in row))
        console.print(table)


def _line(text: str, style: str = "") -> None:
    console.print(text, markup=False, style=style, soft_wrap=True)
