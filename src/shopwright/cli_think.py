"""`shopwright train reason | plan`: the graph of common sense grows, and the planner of tool calls learns."""

from __future__ import annotations

import sys
from collections import Counter
from dataclasses import dataclass
from importlib.util import find_spec
from itertools import combinations
from pathlib import Path
from typing import TYPE_CHECKING

import typer
from rich.console import Console

from shopwright.config import EndpointConfig, Home, option
from shopwright.errors import ConfigError, MissingExtraError
from shopwright.flags import flags
from shopwright.train.reason.settings import ReasonTraining

if TYPE_CHECKING:
    from shopwright.knowledge.graph import Graph
    from shopwright.shop import Shop
    from shopwright.types import Product

think = typer.Typer()
console = Console(highlight=False, emoji=False)
_PAIRS = 200


@dataclass(frozen=True, slots=True)
class PlanTraining:
    """Training the planner of tool calls."""

    home: Path | None = option(None, "Folder of the shop; default ~/.shopwright.")
    data: Path | None = option(None, "Folder of public data with plans below tools/; default: written requests alone.")
    written: Path | None = option(None, "Folder of tool sets and requests of your own, in place of the packaged ones.")
    base: Path | None = option(None, "Folder of a BERT to start from; default: the shipped encoder.")
    begin: Path | None = option(None, "Weights of an earlier training to go on from: planner.pt in its --work.")
    work: Path | None = option(None, "Folder of checkpoints; default: train/plan in the shop's folder.")
    out: Path | None = option(None, "Folder of the trained planner; default: that of the shop.")
    steps: int | None = option(None, "Stop after so many steps, 1 or more, to try it out.")

    def __post_init__(self) -> None:
        if self.steps is not None and self.steps < 1:
            raise ConfigError(f"--steps {self.steps}: must be 1 or more")
        if self.begin is not None and not self.begin.is_file():
            raise ConfigError(f"--begin {self.begin}: there is no such file; name planner.pt in an earlier --work")


@think.command("plan")
@flags(PlanTraining)
def train_plan(settings: PlanTraining) -> None:
    """Train the planner that turns a request into tool calls, and say whether the shop's own turns use it."""
    if not all(map(find_spec, ("torch", "transformers", "onnx"))):
        raise MissingExtraError("training", "train")
    from shopwright.shop import Shop
    from shopwright.train.plan.run import PlannerPlan, planner
    from shopwright.train.shown import print_outcome

    place = Home.resolve(settings.home)
    with Shop.open(place.path) as shop:
        plan = PlannerPlan(
            work=settings.work or place.path / "train" / "plan",
            target=settings.out or place.models,
            data=settings.data,
            written=settings.written,
            begin=settings.begin,
            base=settings.base,
            rules=(lambda message: shop.chat(message).trace.plan) if shop.store.count() else None,
            command=" ".join(["shopwright", *sys.argv[1:]]),
            steps=settings.steps,
        )
        print_outcome(planner(plan, _say), plan.target, settings.steps)


@think.command("reason")
@flags(ReasonTraining)
def train_reason(settings: ReasonTraining) -> None:
    """Grow the graph of common sense: from an endpoint or ConceptNet, through rules and a critic, to a person."""
    from shopwright.knowledge.graph import Graph, own_files
    from shopwright.train.reason.grow import accept

    place = Home.resolve(settings.home)
    if settings.accept:
        _say(f"{accept(place.path)} edges are taken into the shop's graph; it is linked anew when the shop opens.")
        return
    graph = Graph.packaged(own_files(place.path))
    if settings.critic:
        _fit_critic(settings, graph)
    elif settings.ranking and settings.out:
        _fit_ranking(settings.ranking, settings.out, place, graph)
    elif settings.names:
        _encode_names(settings.names)
    elif settings.conceptnet:
        _join(settings.conceptnet, place, graph)
    else:
        _grow(settings, place, graph)


def _fit_critic(settings: ReasonTraining, graph: Graph) -> None:
    from shopwright.knowledge.critic import FILE, fit
    from shopwright.models.embedded import EmbeddedEncoder

    critic, figures = fit(graph, EmbeddedEncoder(), settings.seed)
    target = settings.out / FILE.name if settings.out else FILE
    critic.write(target)
    told = ", ".join(f"{name} {value:.3f}" for name, value in figures.items())
    _say(f"On edges that it was not fitted on: {told}. Written to {target}.")


def _fit_ranking(wishes: Path, out: Path, place: Home, graph: Graph) -> None:
    from shopwright.knowledge.links import load_links
    from shopwright.shop import Shop
    from shopwright.train.reason.ranking import RankingPlan, fit

    if not wishes.is_file():
        raise ConfigError(f"--ranking {wishes}: there is no such file; name one with a wish and its goals a line")
    with Shop.open(place.path) as shop:
        products = list(shop.store.all_products())
        if not products:
            raise ConfigError(f"the shop in {place.path} has no products: ingest a feed first")
        links = load_links(shop.store, graph, shop.encoder)
        fit(RankingPlan(graph, links, shop.encoder, products, shop.assistant.reader.read, wishes), out, _say)
    _say(f"Written to {out}.")


def _encode_names(file: Path) -> None:
    from shopwright.knowledge.graph import Graph
    from shopwright.models.embedded import EmbeddedEncoder
    from shopwright.train.reason.naming import write_names

    _say(f"{write_names(Graph.packaged(), EmbeddedEncoder(), file)} names encoded into {file}.")


def _join(file: Path, place: Home, graph: Graph) -> None:
    from shopwright.knowledge.conceptnet import read_conceptnet, write_edges
    from shopwright.knowledge.graph import own_folder
    from shopwright.models.embedded import EmbeddedEncoder

    edges = read_conceptnet(file, graph, EmbeddedEncoder())
    target = own_folder(place.path) / "conceptnet.tsv"
    write_edges(edges, target)
    _say(f"{len(edges)} triples are worth joining; written to {target}. Delete the file to leave them out.")


def _grow(settings: ReasonTraining, place: Home, graph: Graph) -> None:
    from shopwright.models.embedded import EmbeddedEncoder
    from shopwright.models.endpoint import EndpointModel
    from shopwright.shop import Shop
    from shopwright.train.reason.grow import GrowPlan, grow, propose

    with Shop.open(place.path) as shop:
        products = list(shop.store.all_products())
        if not products:
            raise ConfigError(f"the shop in {place.path} has no products: ingest a feed first")
        plan = GrowPlan(
            EndpointModel(EndpointConfig.parse(settings.model or "")),
            graph,
            EmbeddedEncoder(),
            products,
            _together(shop, {product.id: product for product in products}),
            [query for query, _ in shop.searches.popular()],
            settings.count,
            settings.least,
            seed=settings.seed,
        )
        grown = grow(plan, _say)
    for why, count in grown.refused.items():
        _say(f"{count} refused: {why}")
    if not grown.edges:
        _say(f"{grown.proposed} edges were proposed, none of them stood.")
        return
    path = propose(grown.edges, place.path)
    _say(f"{len(grown.edges)} edges wait in {path}: delete what is wrong, then run it again with --accept.")


def _together(shop: Shop, products: dict[str, Product]) -> list[tuple[Product, Product]]:
    """Pairs of products that stand in the same orders, most often first."""
    from shopwright.catalog.customers import all_orders

    pairs: Counter[tuple[str, str]] = Counter()
    for order in all_orders(shop.store):
        pairs.update(combinations(sorted({item["product"] for item in order["items"]} & products.keys()), 2))
    return [(products[one], products[other]) for (one, other), _ in pairs.most_common(_PAIRS)]


def _say(line: str) -> None:
    console.print(line, markup=False)
