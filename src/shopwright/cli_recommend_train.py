"""`shopwright train recommend` and `train codes`: learn from what visitors chose what a shopper may want."""

from __future__ import annotations

import sys
from importlib.util import find_spec
from pathlib import Path

import typer
from rich.console import Console

from shopwright.config import Home
from shopwright.errors import ConfigError, MissingExtraError
from shopwright.flags import flags
from shopwright.train.recommend.codes_plan import CodesTraining
from shopwright.train.recommend.plan import RecommendTraining

recommending = typer.Typer()
console = Console(highlight=False, emoji=False)


@recommending.command("recommend")
@flags(RecommendTraining)
def train_recommend(settings: RecommendTraining) -> None:
    """Learn from shoppers' events what they may want next, and judge it before it runs; needs no torch."""
    from shopwright.shop import Shop
    from shopwright.train.recommend.card import print_trained
    from shopwright.train.recommend.fitting import train
    from shopwright.train.recommend.visits import Catalogue

    place = _place(settings.home)
    with Shop.open(place.path) as shop:
        shop.fill_vectors()
        catalogue = Catalogue.of(shop.index.state)
        print_trained(train(shop.events.kept, catalogue, place.models, settings, _say, _command()))


@recommending.command("codes")
@flags(CodesTraining)
def train_codes(settings: CodesTraining) -> None:
    """Train a generator that writes what comes next as a semantic id, and judge what it adds before it runs."""
    if not all(map(find_spec, ("torch", "transformers"))):
        raise MissingExtraError("training", "train")
    from shopwright.shop import Shop
    from shopwright.train.recommend import codes_fitting
    from shopwright.train.recommend.card import print_trained
    from shopwright.train.recommend.visits import Catalogue

    place = _place(settings.home)
    with Shop.open(place.path) as shop:
        shop.fill_vectors()
        given = shop.events.kept, Catalogue.of(shop.index.state), place.models, place.path / "train", settings
        print_trained(codes_fitting.train_codes(*given, _say, _command()))


def _place(home: Path | None) -> Home:
    """The folder of the shop.

    Raises:
        ConfigError: there is no shop in it.
    """
    place = Home.resolve(home)
    if not (place.path / "store.db").is_file():
        raise ConfigError(f"home {place.path}: there is no shop; name its folder with --home")
    return place


def _command() -> str:
    return " ".join(["shopwright", *sys.argv[1:]])


def _say(line: str) -> None:
    console.print(line, markup=False)
