"""`shopwright rewrites WORD`: other words for what shoppers ask, from a large model or by hand; see `collecting`."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.table import Table
from rich.text import Text

if TYPE_CHECKING:
    from shopwright.collecting import Tried

rewrites = typer.Typer(
    help="Other words for what shoppers ask: collect them from a large model, look at them.",
    no_args_is_help=True,
    rich_markup_mode=None,
)
console = Console(highlight=False, emoji=False)

HomeOption = Annotated[Path | None, typer.Option("--home", help="Folder of the shop; default ~/.shopwright.")]


@rewrites.command("collect")
def collect_rewrites(
    model: Annotated[str, typer.Option("--model", help="OpenAI-compatible endpoint as URL#NAME.")],
    home: HomeOption = None,
    days: Annotated[int, typer.Option(help="Days of the log to look back, today included.", min=1, max=90)] = 30,
    most: Annotated[int, typer.Option(help="Queries that are sent at most.", min=1, max=10_000)] = 200,
    least: Annotated[
        int, typer.Option(help="Only queries that were asked so often; a rare one may be about a person.", min=1)
    ] = 2,
    queries: Annotated[Path | None, typer.Option(help="File with a query on each line, in place of the log.")] = None,
) -> None:
    """Ask a large model for other words for queries that find little; keep those that find what was meant."""
    from shopwright.collecting import collect, doubtful_queries, read_queries
    from shopwright.config import EndpointConfig
    from shopwright.models.endpoint import EndpointModel
    from shopwright.shop import Shop

    config = EndpointConfig.parse(model)
    texts = read_queries(queries)[:most] if queries else []
    with Shop.open(home) as shop, closing(EndpointModel(config)) as endpoint:
        if not queries:
            texts = doubtful_queries(shop.report(days, most, least), most)
        if not texts:
            where = queries or f"the log of {days} days, asked {least} times or more"
            _line(f"No doubtful queries in {where}: shopwright report shows what is asked.")
            return
        done = collect(shop, endpoint, texts, _tell)
        _line(
            f"{done.asked} queries asked, {done.known} had rewrites already; "
            f"{len(done.accepted)} of {len(done.tried)} rewrites accepted"
        )
        if done.failed:
            _line(f"{done.failed} answers of the model could not be used")


@rewrites.command("show")
def show_rewrites(
    query: Annotated[str, typer.Argument(help="What a shopper searches for.")], home: HomeOption = None
) -> None:
    """Show what the shop's rewriters make of a query, and what each rewrite finds on its own."""
    from shopwright.collecting import made
    from shopwright.shop import Shop

    with Shop.open(home) as shop:
        found = made(shop, query)
        if not found:
            _line(f"{query}: searched as it stands")
            return
        products = shop.products([one.first for one in found if one.first])
        table = Table("Rewrite", "From", "Weight", "Finds", "First", box=None, header_style="bold")
        for one in found:
            title = products[one.first].title if one.first in products else ""
            table.add_row(*map(Text, (one.query, one.source, f"{one.weight:.2f}", f"{one.total:,}", title)))
        console.print(table)


@rewrites.command("list")
def list_rewrites(home: HomeOption = None) -> None:
    """Show the accepted rewrites that are in force."""
    from shopwright.assistant.accepted import FILE, recorded
    from shopwright.config import Home

    place = Home.resolve(home).path
    found = recorded(place)
    for query, others in found.items():
        _line(f"{query}: {' | '.join(others)}")
    _line(f"{len(found)} queries with accepted rewrites, kept in {place / FILE}")


def _tell(one: Tried) -> None:
    what = one.refused or f"accepted, {one.found} new, worth {one.before:.2f} before and {one.after:.2f} now"
    _line(f"{one.query} > {one.rewrite}: {what}")


def _line(text: str) -> None:
    console.print(text, markup=False, soft_wrap=True)
