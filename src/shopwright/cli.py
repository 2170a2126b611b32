"""The command line: one function a command, which parses, calls the library and prints.

Text from a feed, a document, a model or an error is printed as it stands: rich's markup is for our own words alone.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from dataclasses import asdict
from itertools import zip_longest
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.progress import BarColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn
from rich.table import Column, Table
from rich.text import Text

from shopwright import __version__
from shopwright.cli_align import aligning
from shopwright.cli_dial import dial
from shopwright.cli_events import events
from shopwright.cli_intent import intent
from shopwright.cli_lm import lm
from shopwright.cli_memory import memory
from shopwright.cli_policy import policies
from shopwright.cli_recommend import recommend
from shopwright.cli_recommend_train import recommending
from shopwright.cli_rewrites import rewrites
from shopwright.cli_think import think
from shopwright.cli_train import train
from shopwright.cli_verify import verify
from shopwright.errors import ShopwrightError

if TYPE_CHECKING:
    from shopwright.search.report import Report
    from shopwright.search.rules import Rules
    from shopwright.types import Reason

app = typer.Typer(
    help="Turn a product feed into a shopping assistant: search, conversation and a page, offline.",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
)
console = Console(highlight=False, emoji=False)
_REFUSALS_SHOWN = 20

HomeOption = Annotated[Path | None, typer.Option("--home", help="Folder of the shop; default ~/.shopwright.")]
DemoHomeOption = Annotated[
    Path | None, typer.Option("--home", help="Folder of the demo shop; default ~/.shopwright/demo.")
]
ModelOption = Annotated[
    str | None, typer.Option("--model", help="OpenAI-compatible endpoint as URL#NAME, to read and word turns.")
]
HostOption = Annotated[str, typer.Option(help="Address to listen on.")]
PortOption = Annotated[int, typer.Option(help="Port to listen on.", min=0, max=65535)]


@app.command()
def demo(
    home: DemoHomeOption = None, model: ModelOption = None, host: HostOption = "127.0.0.1", port: PortOption = 8000
) -> None:
    """Open the demo shop in a browser page: fills the folder on the first run, then serves it."""
    from shopwright.config import Home
    from shopwright.serve.server import serve as run
    from shopwright.shop import Shop

    place = home or Home.resolve().path / "demo"
    with Shop.open(place, model=model) as shop:
        if shop.wants_demo:
            with console.status("Filling the demo shop"):
                report = shop.ingest_demo()
            console.print(f"{report.accepted} products in {report.seconds:.1f} s")
        run(shop, host=host, port=port)


@app.command()
def ingest(
    feed: Annotated[
        Path, typer.Argument(help="Product feed: Google Merchant, Shopify, JSON-LD, OpenAI / ACP, CSV, JSONL, Parquet.")
    ],
    home: HomeOption = None,
    full: Annotated[
        bool, typer.Option("--full", help="The feed is complete: remove products that it does not hold.")
    ] = False,
    currency: Annotated[str | None, typer.Option(help="ISO currency of prices that name none.")] = None,
    column: Annotated[
        list[str] | None, typer.Option(help="SOURCE=FIELD: overrides the guessed column map; repeatable.")
    ] = None,
    documents: Annotated[Path | None, typer.Option(help="Folder or file of policies, answers and guides.")] = None,
    name: Annotated[str | None, typer.Option(help="The shop's name, as the assistant uses it.")] = None,
    wait: Annotated[bool, typer.Option("--wait/--no-wait", help="Stay until every product has its vector.")] = True,
) -> None:
    """Read a product feed into the shop and index it."""
    from shopwright.shop import Shop

    columns = dict(_pair(item) for item in column or [])
    with Shop.open(home) as shop:
        with _progress() as bar:
            task = bar.add_task("reading", total=1.0)

            def rows(count: int, share: float | None) -> None:
                bar.update(task, description=f"reading, {count:,} rows", completed=share or 0.0)

            report = shop.ingest(feed, full=full, columns=columns or None, currency=currency, progress=rows)
            bar.update(task, completed=1.0)
        _print_report(report)
        if name:
            shop.name = name
        if documents:
            console.print(f"{shop.ingest_documents(documents)} documents")
        if wait:
            _wait_for_vectors(shop)


@app.command()
def search(
    query: Annotated[str, typer.Argument(help="What to search for.")],
    home: HomeOption = None,
    limit: Annotated[int, typer.Option(help="Number of results.", min=1, max=100)] = 10,
    why: Annotated[bool, typer.Option("--why", help="Say of each result what its score is made of.")] = False,
    rerank_ms: Annotated[float, typer.Option(help="Milliseconds to read the best results once more.", min=0)] = 0.0,
    literal: Annotated[
        bool, typer.Option("--literal", help="Search for what was typed, without correcting it.")
    ] = False,
) -> None:
    """Search the shop from the terminal."""
    from shopwright.shop import Shop

    with Shop.open(home) as shop:
        page = shop.search(query, limit=limit, explain=why, rerank_ms=rerank_ms, literal=literal)
        products = shop.products([hit.id for hit in page.hits])
        table = Table(
            "", "Product", "Brand", "Price", "Stock", *(["Why"] if why else []), box=None, header_style="bold"
        )
        for place, hit in enumerate(page.hits, 1):
            if hit.id in products:
                card = shop.card(products[hit.id], hit.variant_id)
                cells = (str(place), card.title, card.brand or "", card.price, card.stock)
                table.add_row(*map(Text, (*cells, _reasons(hit.why)) if why else cells))
        if page.searched:
            _line(f"showing results for {page.searched}; --literal searches for what was typed")
        console.print(table)
        console.print(f"{page.total} results in {sum(page.timings.values()):.1f} ms")


@app.command()
def report(
    home: HomeOption = None,
    days: Annotated[int, typer.Option(help="Days to look back, today included.", min=1, max=90)] = 30,
    limit: Annotated[int, typer.Option(help="Lines of each list.", min=1, max=1000)] = 10,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object instead of tables.")] = False,
) -> None:
    """Report on what shoppers searched for: queries without results, rescued, weak; words that no product has."""
    from shopwright.shop import Shop

    with Shop.open(home) as shop:
        found = shop.report(days, limit)
    if as_json:
        typer.echo(json.dumps(asdict(found), ensure_ascii=False))
    else:
        _print_searches(found)


searches = typer.Typer(help="The log of what shoppers searched for.", no_args_is_help=True, rich_markup_mode=None)
app.add_typer(searches, name="searches")


@searches.command("import")
def import_searches(
    file: Annotated[Path, typer.Argument(help="Lines of QUERY<TAB>COUNT, or JSON lines of query, count, results.")],
    home: HomeOption = None,
) -> None:
    """Add the log of another search to today's, all of it or, when a line is wrong, nothing."""
    from shopwright.catalog.search_file import read_searches
    from shopwright.shop import Shop

    with Shop.open(home) as shop:
        _line(f"{shop.searches.take(read_searches(file)):,} searches added")


@app.command()
def related(
    product_id: Annotated[str, typer.Argument(help="Id of a product or of one of its variants.")],
    home: HomeOption = None,
    limit: Annotated[int, typer.Option(help="Number of products in each list.", min=1, max=20)] = 6,
) -> None:
    """Show what can be bought in place of a product and what goes with it, with what speaks for each."""
    from shopwright.shop import Shop

    with Shop.open(home) as shop:
        product = shop.product(product_id)
        lists = {
            "In place of it": shop.substitutes(product.id, limit),
            "Goes with it": shop.complements(product.id, limit),
        }
        products = shop.products([hit.id for hits in lists.values() for hit in hits])
        _line(product.title, "bold")
        for name, hits in lists.items():
            if not hits:
                _line(f"{name}: nothing that the catalogue speaks for")
                continue
            table = Table(name, "Price", "Stock", "Why", box=None, header_style="bold")
            for hit in hits:
                card = shop.card(products[hit.id])
                table.add_row(*map(Text, (card.title, card.price, card.stock, _reasons(hit.why))))
            console.print(table)


train.add_typer(lm)
train.add_typer(think)
train.add_typer(recommending)
train.add_typer(aligning)
train.add_typer(policies)
app.add_typer(train, name="train")
app.add_typer(rewrites, name="rewrites")
app.add_typer(memory, name="memory")
app.add_typer(events, name="events")
app.add_typer(intent, name="intent")
app.command()(verify)
dial.callback(invoke_without_command=True)(recommend)
app.add_typer(dial, name="recommend")

rules = typer.Typer(
    help="Boost, bury, pin: the merchant's rules for result lists.", no_args_is_help=True, rich_markup_mode=None
)
app.add_typer(rules, name="rules")


@rules.command("list")
def list_rules(home: HomeOption = None) -> None:
    """Show the rules that are in force."""
    from shopwright.shop import Shop

    with Shop.open(home) as shop:
        _print_rules(shop.rules)
        _print_doubts(shop.doubt_rules())


@rules.command("check")
def check_rules(
    file: Annotated[Path, typer.Argument(help="JSON file of rules.")],
    home: HomeOption = None,
) -> None:
    """Check a file of rules, and against the shop whether its products exist; changes nothing."""
    from shopwright.search.rules import Rules
    from shopwright.shop import Shop

    wanted = Rules.load(file)
    with Shop.open(home) as shop:
        _line(f"{file}: {len(wanted)} rules can be set")
        _print_doubts(shop.doubt_rules(wanted))


@rules.command("preview")
def preview_rules(
    query: Annotated[str, typer.Argument(help="What a shopper searches for.")],
    file: Annotated[Path | None, typer.Option(help="Rules to look at; without it those in force.")] = None,
    home: HomeOption = None,
    limit: Annotated[int, typer.Option(help="Number of results.", min=1, max=100)] = 10,
) -> None:
    """Show a query's results without rules and with them, side by side; changes nothing."""
    from shopwright.search.rules import Rules
    from shopwright.shop import Shop

    wanted = Rules.load(file) if file else None
    with Shop.open(home) as shop:
        seen = shop.preview_rules(query, wanted, limit=limit)
        products = shop.products(sorted({hit.id for hit in (*seen.before, *seen.after)}))
        titles = {id: product.title for id, product in products.items()}
        table = Table("", "Without rules", "With rules", "Was", "Why", box=None, header_style="bold")
        for place, (before, after) in enumerate(zip_longest(seen.before, seen.after), 1):
            why = ", ".join(reason.note for reason in after.why if reason.part == "rule") if after else ""
            old, new = (titles.get(hit.id, hit.id) if hit else "" for hit in (before, after))
            was = str(seen.ranks.get(after.id, "new")) if after else ""
            table.add_row(*map(Text, (str(place), old, new, was if was != str(place) else "", why)))
        console.print(table)
        _print_doubts(shop.doubt_rules(wanted))


@rules.command("set")
def set_rules(
    file: Annotated[Path, typer.Argument(help="JSON file of rules; an empty list, [], ends them all.")],
    home: HomeOption = None,
) -> None:
    """Check a file of rules and put it in force; a running server follows at once."""
    from shopwright.search.rules import Rules
    from shopwright.shop import Shop

    wanted = Rules.load(file)
    with Shop.open(home) as shop:
        shop.rules = wanted
        _line(f"{len(wanted)} rules in force, kept in {shop.home.rules}")
        _print_doubts(shop.doubt_rules())


@app.command()
def chat(
    home: HomeOption = None,
    model: ModelOption = None,
    once: Annotated[str | None, typer.Option(help="Answer this message and end.")] = None,
) -> None:
    """Talk to the shop's assistant in the terminal; an empty line or Ctrl-D ends."""
    from shopwright.shop import Shop

    with Shop.open(home, model=model) as shop:
        session: str | None = None
        for message in [once] if once else iter(lambda: _prompt(), ""):
            turn = shop.chat(message, session_id=session)
            session = turn.session_id
            for note in turn.answer.notes:
                _line(note, "dim")
            _line(turn.answer.text)
            if turn.answer.table:
                _print_table(turn.answer.table)
            for place, card in enumerate(turn.answer.cards, 1):
                _line(f"  {place}. {card.title} · {card.price}{' · ' + card.stock if card.stock else ''}")
            if aside := turn.answer.aside:
                _line(f"  + {aside.title} · {aside.price}{' · ' + aside.stock if aside.stock else ''}")


@app.command()
def serve(
    home: HomeOption = None, model: ModelOption = None, host: HostOption = "127.0.0.1", port: PortOption = 8000
) -> None:
    """Serve the page and the HTTP API of a shop that was ingested before."""
    from shopwright.serve.server import serve as run
    from shopwright.shop import Shop

    with Shop.open(home, model=model) as shop:
        run(shop, host=host, port=port)


@app.command()
def doctor(home: HomeOption = None, model: ModelOption = None) -> None:
    """Check the installation, the folder, the index and the endpoint, and say what to do about what is wrong."""
    from shopwright.doctor import examine

    findings = examine(home, model)
    for finding in findings:
        mark = "[green]ok[/green]  " if finding.ok else "[red]fail[/red]"
        console.print(f"{mark} {finding.name}: ", end="")
        console.print(finding.detail, markup=False, soft_wrap=True)
    if not all(finding.ok for finding in findings):
        raise typer.Exit(1)


@app.command()
def bench(
    word: Annotated[str, typer.Argument(help="search or assistant.")],
    data: Annotated[Path | None, typer.Option(help="Folder of benchmark data.")] = None,
    sets: Annotated[list[str] | None, typer.Option("--set", help="Only this set; repeatable.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object a line instead of a table.")] = False,
    report: Annotated[Path | None, typer.Option(help="Also write an HTML report with plots.")] = None,
    model: ModelOption = None,
) -> None:
    """Measure a part of the system on a data set."""
    from shopwright.bench.run import run_bench

    run_bench(word, data=data, sets=tuple(sets or ()), as_json=as_json, report=report, model=model)


@app.callback(invoke_without_command=True)
def _root(version: Annotated[bool, typer.Option("--version", help="Print the version and end.")] = False) -> None:
    if version:
        typer.echo(__version__)
        raise typer.Exit


def main() -> None:
    """Entry point: errors of ours are one line, not a trace."""
    try:
        app()
    except ShopwrightError as error:
        Console(stderr=True, highlight=False, emoji=False).print(
            Text.assemble(("error:", "red"), f" {error}"), soft_wrap=True
        )
        sys.exit(2)


def _reasons(why: Sequence[Reason]) -> str:
    """ "meaning 0.41, words 0.35 (tent)": the parts of a score."""
    return ", ".join(f"{one.part} {one.value:.2f}{f' ({one.note})' if one.note else ''}" for one in why)


def _pair(text: str) -> tuple[str, str]:
    source, mark, target = text.partition("=")
    if not mark or not source or not target:
        raise typer.BadParameter(f"--column {text!r}: expected SOURCE=FIELD, e.g. --column produktname=title")
    return source, target


def _prompt() -> str:
    try:
        return console.input("[bold]you ›[/bold] ").strip()
    except EOFError:
        return ""


def _progress() -> Progress:
    return Progress(
        SpinnerColumn(), TextColumn("{task.description}"), BarColumn(), TimeElapsedColumn(), console=console
    )


def _print_report(report: object) -> None:
    from shopwright.catalog.ingest import IngestReport

    if not isinstance(report, IngestReport):
        return
    _line(
        f"{report.source}: {report.format}, {report.accepted} accepted ({report.added} new, {report.changed} changed, "
        f"{report.unchanged} unchanged), {report.removed} removed, {report.refused} refused in {report.seconds:.1f} s"
    )
    if report.columns:
        _line("columns: " + ", ".join(f"{a} → {b}" for a, b in report.columns.items()), "dim")
    for note in report.notes[:5]:
        _line(f"  note: {note}", "dim")
    for line, reason in report.refusals[:_REFUSALS_SHOWN]:
        _line(f"  {f'line {line}' if line else 'line unknown'}: {reason}", "yellow")
    if report.refused > _REFUSALS_SHOWN:
        kept = len(report.refusals)
        which = "all" if kept == report.refused else f"the first {kept:,}"
        _line(f"  and {report.refused - _REFUSALS_SHOWN:,} more; {which} are in the store's ingest report", "yellow")


def _print_searches(found: Report) -> None:
    if not found.searches:
        _line(
            f"No searches in {found.days} days: the page logs them, and shopwright searches import FILE brings a log."
        )
        return
    nothing, rescued = (100 * part / found.searches for part in (found.unanswered, found.rescued))
    _line(f"{found.searches:,} searches in {found.days} days, {found.queries:,} different ones")
    _line(f"{found.unanswered:,} ({nothing:.1f} %) found nothing, {found.rescued:,} ({rescued:.1f} %) were rescued")
    for band in found.bands:
        _line(f"  {band.name}: {band.queries:,} queries, {band.searches:,} searches, {band.unanswered:,} found nothing")
    for title, asked in (
        ("Most asked", found.most_asked), ("Without results", found.without_results), ("Few have all of it", found.weak)
    ):  # fmt: skip
        rows = [(one.query, one.searched, one.times, one.results, one.matching) for one in asked]
        _print_rows((title, "Searched as", "Times", "Results", "Have all of it"), rows)
    rescues = [(one.query, one.searched, one.times, one.as_typed, one.as_searched) for one in found.rescues]
    _print_rows(("Rescued", "Searched as", "Times", "Before", "After"), rescues)
    gaps = [
        (gap.word, gap.times, ", ".join(gap.queries), ", ".join(gap.near), gap.rule, gap.source) for gap in found.gaps
    ]
    _print_rows(("No product has", "Times", "Asked as", "Spelled nearly so", "Synonyms to consider", "By"), gaps)


def _print_rows(names: Sequence[str], rows: Sequence[Sequence[object]]) -> None:
    if rows:
        table = Table(*names, box=None, header_style="bold")
        for row in rows:
            table.add_row(*(Text("" if cell is None else str(cell)) for cell in row))
        console.print()
        console.print(table)


def _print_rules(rules: Rules) -> None:
    from shopwright.serve.filters import label_filter

    table = Table("", "Rule", "Does", "When the query has", "Products", "Days", box=None, header_style="bold")
    for number, rule in enumerate(rules, 1):
        share = f" {rule.amount:.0%}" if rule.amount else ""
        which = [", ".join(rule.ids), *map(label_filter, rule.filters)]
        days = f"{rule.since or ''} to {rule.until or ''}" if rule.since or rule.until else ""
        cells = (str(number), rule.name, rule.action + share, rule.query, "; ".join(filter(None, which)), days)
        table.add_row(*map(Text, cells))
    if rules:
        console.print(table)
    else:
        _line("No rules are in force; shopwright rules set FILE puts some there.")


def _print_doubts(doubts: list[str]) -> None:
    for doubt in doubts:
        _line(f"  note: {doubt}", "yellow")


def _line(text: str, style: str = "") -> None:
    """A line as it is, whatever stands in it; a pipe gets it whole, a terminal wrapped at words."""
    console.print(text, markup=False, style=style, soft_wrap=not console.is_terminal)


def _print_table(table: object) -> None:
    from shopwright.types import Table as Comparison

    if isinstance(table, Comparison):
        shown = Table(Column(), *(Column(Text(title)) for title in table.headers), header_style="bold")
        for name, cells in table.rows:
            shown.add_row(Text(name), *(Text(cell or "—") for cell in cells))
        console.print(shown)


def _wait_for_vectors(shop: object) -> None:
    from shopwright.shop import Shop

    if isinstance(shop, Shop) and shop.index.coverage < 1.0:
        with _progress() as bar:
            task = bar.add_task("encoding (lexical search is ready)", total=1.0)
            while not shop.wait(0.5):
                bar.update(task, completed=shop.index.coverage)
            bar.update(task, completed=1.0)
