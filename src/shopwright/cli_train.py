"""`shopwright train WORD`: the commands of training; see `train.commands` for what they do."""

from __future__ import annotations

import sys
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.table import Table

from shopwright.errors import MissingExtraError

if TYPE_CHECKING:
    from shopwright.train.commands import Outcome, Plan
    from shopwright.train.recipe import Recipe

train = typer.Typer(
    help="Train the models of a shop; needs the extra: pip install 'shopwright[train]'.",
    no_args_is_help=True,
    rich_markup_mode=None,
)
console = Console(highlight=False, emoji=False)
_PROBLEMS_SHOWN = 20

HomeOption = Annotated[Path | None, typer.Option("--home", help="Folder of the shop; default ~/.shopwright.")]
DataOption = Annotated[
    Path | None,
    typer.Option(help='Judgements of your own: {"query", "product", "label" | "grade" | "clicks"} a line.'),
]
CataloguesOption = Annotated[
    Path | None,
    typer.Option(help="Folder of public catalogues (chorus, esci): train the models that ship, not those of a shop."),
]
OutOption = Annotated[Path | None, typer.Option(help="Folder of the trained model; default: that of the shop.")]
WorkOption = Annotated[Path | None, typer.Option(help="Folder of checkpoints; default: train/ in the shop's folder.")]
BaseOption = Annotated[
    Path | None, typer.Option(help="Folder of a BERT to start from, in place of the model that runs now.")
]
PassesOption = Annotated[float, typer.Option(help="How often every labelled query is seen.", min=0.0)]
SeedOption = Annotated[int, typer.Option(help="Of everything random.")]
StepsOption = Annotated[int | None, typer.Option(help="Stop after so many steps, to try it out.", min=1)]


@train.command("encoder")
def train_encoder(
    home: HomeOption = None,
    data: DataOption = None,
    catalogues: CataloguesOption = None,
    out: OutOption = None,
    work: WorkOption = None,
    base: BaseOption = None,
    passes: PassesOption = 0.8,
    seed: SeedOption = 0,
    steps: StepsOption = None,
) -> None:
    """Train the encoder of queries and products on judgements, clicks and generated queries."""
    _require_torch()
    from shopwright.models.embedded import DEFAULT_ENCODER
    from shopwright.train import commands
    from shopwright.train.encoder import EncoderSettings

    plan = _plan(DEFAULT_ENCODER, home, data, catalogues, out, work, base, seed, steps)
    _print(plan, commands.encoder(plan, EncoderSettings(passes=passes), _say))


@train.command("reranker")
def train_reranker(
    home: HomeOption = None,
    data: DataOption = None,
    catalogues: CataloguesOption = None,
    out: OutOption = None,
    work: WorkOption = None,
    base: BaseOption = None,
    passes: PassesOption = 1.6,
    seed: SeedOption = 0,
    steps: StepsOption = None,
) -> None:
    """Train the cross-encoder that reads query and product together."""
    _require_torch()
    from shopwright.models.pairs import DEFAULT_RERANKER
    from shopwright.train import commands
    from shopwright.train.reranker import RerankerSettings

    plan = _plan(DEFAULT_RERANKER, home, data, catalogues, out, work, base, seed, steps)
    _print(plan, commands.reranker(plan, RerankerSettings(passes=passes), _say))


def _require_torch() -> None:
    if not all(map(find_spec, ("torch", "transformers", "onnx"))):
        raise MissingExtraError("training", "train")


def _plan(
    name: str,
    home: Path | None,
    data: Path | None,
    catalogues: Path | None,
    out: Path | None,
    work: Path | None,
    base: Path | None,
    seed: int,
    steps: int | None,
) -> Plan:
    from shopwright.config import Home
    from shopwright.models.onnx_files import WEIGHTS, folder_of
    from shopwright.train.commands import Plan
    from shopwright.train.recipe import packaged_recipe

    place = Home.resolve(home)
    return Plan(
        recipe=packaged_recipe(catalogues) if catalogues else _own(place, data),
        work=work or place.path / "train",
        target=out or place.models,
        models=WEIGHTS if catalogues else folder_of(name, place.models),
        name=name,
        command=" ".join(["shopwright", *sys.argv[1:]]),
        data=_PUBLIC_DATA if catalogues else _OWN_DATA,
        seed=seed,
        steps=steps,
        base=base,
    )


_PUBLIC_DATA = (
    "the packaged judgements (src/shopwright/train/data, Apache-2.0) over the demo shop, the products of Chorus "
    "(Icecat, Open Content License, with attribution) and of ESCI (Amazon, Apache-2.0), and queries generated from them"
)
_OWN_DATA = "the catalogue of a shop, its own judgements, and the packaged ones of the demo shop"


def _own(place: object, data: Path | None) -> Recipe:
    """The recipe of a shop: its products, and its judgements when there are any."""
    from shopwright.config import Home
    from shopwright.errors import ConfigError
    from shopwright.shop import Shop
    from shopwright.train.examples import read_examples
    from shopwright.train.recipe import own_recipe

    assert isinstance(place, Home)
    if data is None:
        raise ConfigError("--data is missing: name a file of judgements, or --catalogues to train what ships")
    with Shop.open(place.path) as shop:
        products = list(shop.store.all_products())
    if not products:
        raise ConfigError(f"the shop in {place.path} has no products: ingest a feed first")
    read = read_examples(data, {product.id for product in products})
    for problem in read.problems[:_PROBLEMS_SHOWN]:
        _say(f"left out: {problem}")
    if len(read.problems) > _PROBLEMS_SHOWN:
        _say(f"left out: {len(read.problems) - _PROBLEMS_SHOWN} more lines")
    return own_recipe(products, read.examples)


def _print(plan: Plan, outcome: Outcome) -> None:
    for note in outcome.notes:
        _say(note)
    table = Table("Development queries", "runs now", "trained", box=None, header_style="bold")
    for metric, value in outcome.after.items():
        before = outcome.before.get(metric)
        table.add_row(metric, "-" if before is None else f"{before:.3f}", f"{value:.3f}")
    console.print(table)
    if outcome.promoted:
        _say(f"Better: written to {plan.target}; a shop takes it up when it is opened again.")
    elif plan.steps is not None:
        _say(f"A trial of {plan.steps} steps: written to {plan.target} without comparing.")
    else:
        _say("Not better: what runs now stays, nothing was written.")


def _say(line: str) -> None:
    console.print(line, markup=False)
