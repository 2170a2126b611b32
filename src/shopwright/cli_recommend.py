"""`shopwright recommend`: what the shop would recommend to somebody in a place, with the reasons."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.console import Console
from rich.table import Table
from rich.text import Text

if TYPE_CHECKING:
    from shopwright.shop import Shop
    from shopwright.types import Recommendations

_PATIENCE_S = 60.0
"""How long to wait until a shop that was never asked has linked its common sense."""
console = Console(highlight=False, emoji=False)

HomeOption = Annotated[Path | None, typer.Option("--home", help="Folder of the shop; default ~/.shopwright.")]
SeenOption = Annotated[list[str] | None, typer.Option(help="Id of a product that was looked at; repeatable.")]


def recommend(
    context: typer.Context,
    product: Annotated[str, typer.Option(help="Id of the product whose page it is.")] = "",
    seen: SeenOption = None,
    basket: Annotated[list[str] | None, typer.Option(help="Id of a product in the basket; repeatable.")] = None,
    bought: Annotated[list[str] | None, typer.Option(help="Id of a product that was bought; repeatable.")] = None,
    said: Annotated[str, typer.Option(help="A wish in the shopper's words.")] = "",
    shopper: Annotated[str, typer.Option(help="Id of a shopper who agreed that something is kept.")] = "",
    session: Annotated[str, typer.Option(help="Id of a visit whose events count.")] = "",
    place: Annotated[
        str, typer.Option(help="home, product, basket, after or conversation; by default what the rest suggests.")
    ] = "",
    adventure: Annotated[
        float | None,
        typer.Option(help="From 0, what is expected, to 1, what surprises; by default as the dial stands."),
    ] = None,
    limit: Annotated[int, typer.Option(help="How many at most.")] = 10,
    explain: Annotated[bool, typer.Option("--explain", help="Say of each how it was found, step by step.")] = False,
    home: HomeOption = None,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object instead of a table.")] = False,
) -> None:
    """Recommend products to somebody, each with its reason."""
    if context.invoked_subcommand:
        return
    from shopwright.shop import Shop

    where = place or ("product" if product else "conversation" if said else "home")
    known: dict[str, Any] = {"product": product or None, "said": said, "shopper": shopper, "session": session}
    known |= {} if adventure is None else {"adventure": adventure}
    known |= {"seen": tuple(seen or ()), "basket": tuple(basket or ()), "bought": tuple(bought or ())}
    with Shop.open(home) as shop:
        shop.sense.follow()
        shop.sense.wait(_PATIENCE_S)
        found = shop.recommend(place=where, limit=limit, **known)
        if as_json:
            typer.echo(json.dumps(_record(shop, found, explain), ensure_ascii=False))
        else:
            _print(shop, found, explain)


def _record(shop: Shop, found: Recommendations, explain: bool) -> dict[str, Any]:
    products = shop.products([one.id for one in found.items])
    record = asdict(found)
    for one in record["items"]:
        if one["id"] in products:
            card = shop.card(products[one["id"]])
            one |= {"title": card.title, "price": card.price}
        if not explain:
            del one["chain"]
    return record


def _print(shop: Shop, found: Recommendations, explain: bool) -> None:
    products = shop.products([one.id for one in found.items])
    table = Table("", "Product", "Price", "As", "Why", box=None, header_style="bold")
    for number, one in enumerate(found.items, 1):
        if one.id not in products:
            continue
        card = shop.card(products[one.id])
        table.add_row(*map(Text, (str(number), card.title, card.price, one.purpose.replace("_", " "), one.reason)))
        for step in one.chain if explain else ():
            table.add_row("", *(Text(cell, "dim") for cell in ("", "", "", f"{step.text} [{step.source}]")))
    if found.items:
        console.print(table)
    for note in found.notes:
        console.print(note, markup=False, soft_wrap=True, style="dim")
