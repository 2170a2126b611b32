"""`shopwright train WORD`: the commands of training; see `train.commands` for what they do."""

from __future__ import annotations

import sys
from functools import partial
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.table import Table

from shopwright.errors import MissingExtraError

if TYPE_CHECKING:
    from shopwright.config import Home
    from shopwright.shop import Shop
    from shopwright.train.commands import Plan
    from shopwright.train.examples import Example
    from shopwright.train.outcome import Outcome
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
    _print(commands.encoder(plan, EncoderSettings(passes=passes), _say), plan.target, steps)


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
    _print(commands.reranker(plan, RerankerSettings(passes=passes), _say), plan.target, steps)


@train.command("fusion")
def train_fusion(
    home: HomeOption = None,
    data: DataOption = None,
    catalogues: CataloguesOption = None,
    out: OutOption = None,
    seed: SeedOption = 0,
    tries: Annotated[int, typer.Option(help="Settings of the weights that are compared.", min=20)] = 1_500,
) -> None:
    """Choose the weights of a score's parts on judged queries; needs no torch."""
    from tempfile import TemporaryDirectory

    from shopwright.config import Home
    from shopwright.models.embedded import DEFAULT_ENCODER, EmbeddedEncoder
    from shopwright.models.onnx_files import folder_of
    from shopwright.models.pairs import DEFAULT_RERANKER, EmbeddedPairScorer
    from shopwright.search.fusion import FILE, weights_of
    from shopwright.shop import Shop
    from shopwright.train.fusion_run import fusion
    from shopwright.train.judged import judged_examples, judged_sets
    from shopwright.train.recipe import CATALOGUES

    place = Home.resolve(home)
    target = (out or place.models) / FILE
    choose = partial(
        fusion,
        running=weights_of(place.models),
        target=target,
        scorer=EmbeddedPairScorer(DEFAULT_RERANKER, folder_of(DEFAULT_RERANKER, place.models)),
        gated=catalogues is None,
        seed=seed,
        tries=tries,
        report=_say,
    )
    if catalogues:
        encoder = EmbeddedEncoder(DEFAULT_ENCODER, folder_of(DEFAULT_ENCODER, place.models))
        with TemporaryDirectory(prefix="shopwright-") as folder:
            outcome = choose(judged_sets(catalogues, CATALOGUES, Path(folder), encoder))
    else:
        with Shop.open(place.path) as shop:
            examples = _judgements(shop, data)
            shop.fill_vectors()
            outcome = choose({"own": judged_examples(shop.index, shop.store.all_products(), examples)})
    _print(outcome, target.parent)


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


def _own(place: Home, data: Path | None) -> Recipe:
    """The recipe of a shop: its products and its judgements."""
    from shopwright.shop import Shop
    from shopwright.train.recipe import own_recipe

    with Shop.open(place.path) as shop:
        return own_recipe(list(shop.store.all_products()), _judgements(shop, data))


def _judgements(shop: Shop, data: Path | None) -> list[Example]:
    """A merchant's judgements of the products of a shop; what is left out is told."""
    from shopwright.errors import ConfigError
    from shopwright.train.examples import read_examples

    if data is None:
        raise ConfigError("--data is missing: name a file of judgements, or --catalogues to train what ships")
    known = {product.id for product in shop.store.all_products()}
    if not known:
        raise ConfigError(f"the shop in {shop.home.path} has no products: ingest a feed first")
    read = read_examples(data, known)
    for problem in read.problems[:_PROBLEMS_SHOWN]:
        _say(f"left out: {problem}")
    if len(read.problems) > _PROBLEMS_SHOWN:
        _say(f"left out: {len(read.problems) - _PROBLEMS_SHOWN} more lines")
    return read.examples


def _print(outcome: Outcome, target: Path, steps: int | None = None) -> None:
    for note in outcome.notes:
        _say(note)
    table = Table("Development queries", "runs now", "trained", box=None, header_style="bold")
    for metric, value in outcome.after.items():
        before = outcome.before.get(metric)
        table.add_row(metric, "-" if before is None else f"{before:.3f}", f"{value:.3f}")
    console.print(table)
    if outcome.promoted:
        _say(f"Better: written to {target}; a shop takes it up when it is opened again.")
    elif steps is not None:
        _say(f"A trial of {steps} steps: written to {target} without comparing.")
    else:
        _say("Not better: what runs now stays, nothing was written.")


def _say(line: str) -> None:
    console.print(line, markup=False)
