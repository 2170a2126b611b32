"""`shopwright train WORD`: the commands of training; see `train.commands` for what they do."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from functools import partial
from importlib.util import find_spec
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING

import typer
from rich.console import Console

from shopwright.config import Home, option
from shopwright.errors import ConfigError, MissingExtraError
from shopwright.flags import flags
from shopwright.train.shown import print_outcome

if TYPE_CHECKING:
    from shopwright.shop import Shop
    from shopwright.train.commands import Plan
    from shopwright.train.examples import Example
    from shopwright.train.recipe import Recipe

train = typer.Typer(
    help="Train the models of a shop; needs the extra: pip install 'shopwright[train]'.",
    no_args_is_help=True,
    rich_markup_mode=None,
)
console = Console(highlight=False, emoji=False)
_PROBLEMS_SHOWN = 20


@dataclass(frozen=True, slots=True)
class TrainingSettings:
    """What every training is told."""

    home: Path | None = option(None, "Folder of the shop; default ~/.shopwright.")
    data: Path | None = option(
        None, 'Judgements of your own: {"query", "product", "label" | "grade" | "clicks"} a line.'
    )
    catalogues: Path | None = option(
        None, "Folder of public catalogues (chorus, esci): train the models that ship, not those of a shop."
    )
    out: Path | None = option(None, "Folder of the trained model; default: that of the shop.")
    seed: int = option(0, "Of everything random.")

    def __post_init__(self) -> None:
        _check_numbers(self)


@dataclass(frozen=True, slots=True)
class EncoderTraining(TrainingSettings):
    """Training the encoder."""

    work: Path | None = option(None, "Folder of checkpoints; default: train/ in the shop's folder.")
    base: Path | None = option(None, "Folder of a BERT to start from, in place of the model that runs now.")
    passes: float = option(0.8, "How often every labelled query is seen.")
    steps: int | None = option(None, "Stop after so many steps, 1 or more, to try it out.")


@dataclass(frozen=True, slots=True)
class RerankerTraining(EncoderTraining):
    """Training the reranker, which needs more passes."""

    passes: float = option(1.6, "How often every labelled query is seen.")


@dataclass(frozen=True, slots=True)
class RewriterTraining(TrainingSettings):
    """Training the rewriter."""

    data: Path | None = option(None, "Rewrites of your own: query, tab, rewrites with ' | ' between them.")
    judgements: Path | None = option(
        None, 'Judgements of your own: {"query", "product", "label" | "grade" | "clicks"} a line.'
    )
    events: Path | None = option(None, "Log of shoppers' actions under GA4 names, JSON lines; see docs/rewrite.md.")
    work: Path | None = option(None, "Folder of the stages; default: train/rewriter in the shop's folder.")
    base: Path | None = option(None, "Checkpoint to start from, in place of the rewriter or language model that runs.")
    pairs: int = option(130_000, "Pairs of the supervised stage.")
    queries: int = option(1_500, "Queries whose candidates the search scores.")
    steps: int | None = option(None, "Stop each stage after so many steps, 1 or more, to try it out.")


@dataclass(frozen=True, slots=True)
class JudgeTraining:
    """Training the judge of claims and answers."""

    home: Path | None = option(None, "Folder of the shop; default ~/.shopwright.")
    data: Path | None = option(
        None, "Documents of your own with questions and claims, JSON lines; see docs/training.md."
    )
    sets: Path | None = option(None, "Folder of public sets (evidence/): train the judge that ships.")
    base: Path | None = option(None, "Folder of a BERT to start from, in place of the judge that runs now.")
    work: Path | None = option(None, "Folder of checkpoints; default: train/verify in the shop's folder.")
    out: Path | None = option(None, "Folder of the trained judge; default: that of the shop.")
    seed: int = option(0, "Of everything random.")
    steps: int | None = option(None, "Stop after so many steps, 1 or more, to try it out.")
    facts: bool = option(False, "Teach the language model facts of the shop's catalogue instead, closed book.")
    products: int = option(60, "With --facts: products that are taught, at most.")
    exposures: int = option(80, "With --facts: how often each fact is seen.")

    def __post_init__(self) -> None:
        _check_numbers(self)
        for name in ("data", "sets"):
            if self.facts and getattr(self, name) is not None:
                raise ConfigError(f"--facts and --{name}: the first teaches the catalogue of --home; leave one out")


@dataclass(frozen=True, slots=True)
class FusionTraining(TrainingSettings):
    """Choosing the weights of a score's parts."""

    tries: int = option(1_500, "Settings of the weights that are compared, 20 or more.")


@dataclass(frozen=True, slots=True)
class IntentTraining:
    """Learning which strategy to pick."""

    home: Path | None = option(None, "Folder of the shop; default ~/.shopwright.")
    log: Path | None = option(None, "Logged decisions as JSON lines, in place of those that the shop keeps.")
    out: Path | None = option(None, "File of the policy, not offered to the shop; default: policies/ in its folder.")
    report: Path | None = option(None, "HTML file of the report; default: beside the policy.")
    objective: str = option("dr", "dr (doubly robust) or ips (inverse propensity scoring).")
    clip: float = option(100.0, "Bound of the weights in judging; in learning it is 10 at most.")
    level: float = option(0.95, "Of the interval of the gain, whose lower end must be above 0.")
    seed: int = option(0, "Of everything random.")
    seeds: int = option(1, "Policies that are learned from as many seeds and averaged.")
    ray: bool = option(False, "Run folds and seeds on Ray instead of one after the other.")

    def __post_init__(self) -> None:
        _check_numbers(self)
        if self.objective not in ("dr", "ips"):
            raise ConfigError(f"--objective {self.objective!r}: use dr or ips")
        if not 0.5 <= self.level < 1:
            raise ConfigError(f"--level {self.level}: must be at least 0.5 and below 1")


@dataclass(frozen=True, slots=True)
class VisitTraining:
    """Learning from what shoppers open."""

    home: Path | None = option(None, "Folder of the shop; default ~/.shopwright.")
    seed: int = option(0, "Of everything random.")

    def __post_init__(self) -> None:
        _check_numbers(self)


@train.command("encoder")
@flags(EncoderTraining)
def train_encoder(settings: EncoderTraining) -> None:
    """Train the encoder of queries and products on judgements, clicks and generated queries."""
    _require_torch()
    from shopwright.models.embedded import DEFAULT_ENCODER
    from shopwright.train import commands
    from shopwright.train.encoder import EncoderSettings

    plan = _plan(DEFAULT_ENCODER, settings)
    print_outcome(commands.encoder(plan, EncoderSettings(passes=settings.passes), _say), plan.target, settings.steps)


@train.command("reranker")
@flags(RerankerTraining)
def train_reranker(settings: RerankerTraining) -> None:
    """Train the cross-encoder that reads query and product together."""
    _require_torch()
    from shopwright.models.pairs import DEFAULT_RERANKER
    from shopwright.train import commands
    from shopwright.train.reranker import RerankerSettings

    plan = _plan(DEFAULT_RERANKER, settings)
    print_outcome(commands.reranker(plan, RerankerSettings(passes=settings.passes), _say), plan.target, settings.steps)


@train.command("rewrite")
@flags(RewriterTraining)
def train_rewriter(settings: RewriterTraining) -> None:
    """Train the rewriter of queries: on pairs, then by what the search says of its rewrites."""
    _require_torch()
    from shopwright.train.rewrite.command import plan_of
    from shopwright.train.rewrite.run import rewriter

    place = Home.resolve(settings.home)
    work = settings.work or place.path / "train" / "rewriter"
    target = settings.out or place.models
    if settings.catalogues:
        from shopwright.train.recipe import packaged_recipe

        recipe, data = packaged_recipe(settings.catalogues), _PUBLIC_REWRITES
    else:
        recipe, data = _searched(place, settings.judgements), _OWN_REWRITES
    plan = plan_of(
        recipe,
        work,
        target,
        place.models,
        rewrites=settings.data,
        accepted=place.path / "rewrites.tsv",
        events=settings.events,
        base=settings.base,
        pairs=settings.pairs,
        queries=settings.queries,
        seed=settings.seed,
        steps=settings.steps,
        command=" ".join(["shopwright", *sys.argv[1:]]),
        data=data,
        report=_say,
    )
    print_outcome(rewriter(plan, _say), target, settings.steps)


@train.command("verify")
@flags(JudgeTraining)
def train_judge(settings: JudgeTraining) -> None:
    """Train the judge that reads a claim or question with evidence, and the thresholds over it."""
    if settings.facts:
        _teach_facts(settings)
        return
    if settings.data is None and settings.sets is None:
        raise ConfigError("--data is missing: name a file of documents, or --sets to train the judge that ships")
    _require_torch()
    from shopwright.models.judge import DEFAULT_JUDGE
    from shopwright.models.onnx_files import WEIGHTS, folder_of
    from shopwright.train.verify.run import JudgePlan, judge
    from shopwright.train.verify.written import read_documents

    place = Home.resolve(settings.home)
    parts = ([_PUBLIC_SETS] if settings.sets else []) + ([_OWN_DOCUMENTS] if settings.data else [])
    plan = JudgePlan(
        work=settings.work or place.path / "train" / "verify",
        target=settings.out or place.models,
        models=WEIGHTS if settings.sets else folder_of(DEFAULT_JUDGE, place.models),
        sets=settings.sets,
        own=tuple(read_documents(settings.data)) if settings.data else (),
        base=settings.base,
        command=" ".join(["shopwright", *sys.argv[1:]]),
        data="; ".join([_PACKAGED_DOCUMENTS, *parts]),
        seed=settings.seed,
        steps=settings.steps,
    )
    print_outcome(judge(plan, _say), plan.target, settings.steps)


def _teach_facts(settings: JudgeTraining) -> None:
    """`train verify --facts`: teach the language model what the shop's catalogue states."""
    _require_torch()
    from shopwright.shop import Shop
    from shopwright.train.facts.run import FactsPlan, run, start
    from shopwright.train.facts.teaching import FactsSettings

    place = Home.resolve(settings.home)
    work = settings.work or place.path / "train" / "facts"
    with Shop.open(place.path) as shop:
        products = list(shop.store.all_products())
        texts = [document.text for document in shop.store.documents()]
        texts += [review.text for product in products for review in shop.store.reviews(product.id)]
    if not products:
        raise ConfigError(f"the shop in {place.path} has no products: ingest a feed first")
    plan = FactsPlan(
        products,
        texts,
        settings.base or start(place.models, work),
        work,
        settings.out or place.models,
        count=settings.products,
        settings=FactsSettings(exposures=settings.exposures, seed=settings.seed),
        command=" ".join(["shopwright", *sys.argv[1:]]),
        steps=settings.steps,
    )
    print_outcome(run(plan, _say), plan.target, settings.steps)


@train.command("fusion")
@flags(FusionTraining)
def train_fusion(settings: FusionTraining) -> None:
    """Choose the weights of a score's parts on judged queries; needs no torch."""
    from tempfile import TemporaryDirectory

    from shopwright.models.embedded import DEFAULT_ENCODER, EmbeddedEncoder
    from shopwright.models.onnx_files import folder_of
    from shopwright.models.pairs import DEFAULT_RERANKER, EmbeddedPairScorer
    from shopwright.search.fusion import FILE, weights_of
    from shopwright.shop import Shop
    from shopwright.train.fusion_run import fusion
    from shopwright.train.judged import judged_examples, judged_sets
    from shopwright.train.recipe import CATALOGUES

    place = Home.resolve(settings.home)
    target = (settings.out or place.models) / FILE
    choose = partial(
        fusion,
        running=weights_of(place.models),
        target=target,
        scorer=EmbeddedPairScorer(DEFAULT_RERANKER, folder_of(DEFAULT_RERANKER, place.models)),
        gated=settings.catalogues is None,
        seed=settings.seed,
        tries=settings.tries,
        report=_say,
    )
    if settings.catalogues:
        encoder = EmbeddedEncoder(DEFAULT_ENCODER, folder_of(DEFAULT_ENCODER, place.models))
        with TemporaryDirectory(prefix="shopwright-") as folder:
            outcome = choose(judged_sets(settings.catalogues, CATALOGUES, Path(folder), encoder))
    else:
        with Shop.open(place.path) as shop:
            examples = _judgements(shop, settings.data)
            shop.fill_vectors()
            outcome = choose({"own": judged_examples(shop.index, shop.store.all_products(), examples)})
    print_outcome(outcome, target.parent)


@train.command("intent")
@flags(IntentTraining)
def train_intent(settings: IntentTraining) -> None:
    """Learn from logged decisions which strategy to pick, and judge it before it runs; needs no torch."""
    from typing import cast

    from shopwright.train.intent.command import run
    from shopwright.train.intent.learning import LearningSettings, Objective
    from shopwright.train.intent.run import TrainingPlan
    from shopwright.train.intent.shown import print_written

    objective = cast("Objective", settings.objective)
    learning = LearningSettings(objective=objective, clip=min(10.0, settings.clip), seed=settings.seed)
    plan = TrainingPlan(learning, clip=settings.clip, level=settings.level, seeds=settings.seeds, seed=settings.seed)
    written = run(
        Home.resolve(settings.home),
        plan,
        log=settings.log,
        out=settings.out,
        report=settings.report,
        ray=settings.ray,
        command=" ".join(["shopwright", *sys.argv[1:]]),
        say=_say,
    )
    print_written(written)


@train.command("visits")
@flags(VisitTraining)
def train_visits(settings: VisitTraining) -> None:
    """Learn from shoppers' events where a visit goes next and whether it ends in a purchase; needs no torch."""
    from contextlib import closing

    from shopwright.catalog.events.kept import Events
    from shopwright.catalog.store import Store
    from shopwright.skills.intent.sessions.model import SessionSettings
    from shopwright.train.intent.shown import print_visits
    from shopwright.train.intent.visits import train_visits

    place = Home.resolve(settings.home)
    if not (place.path / "store.db").is_file():
        raise ConfigError(f"home {place.path}: there is no shop; name its folder with --home")
    with closing(Store(place.store_url)) as store:
        print_visits(train_visits(Events(store, 0), place.models, SessionSettings(seed=settings.seed), _say))


def _check_numbers(settings: object) -> None:
    least_of = {
        "seed": 0,
        "passes": 0,
        "steps": 1,
        "tries": 20,
        "pairs": 64,
        "queries": 8,
        "products": 2,
        "exposures": 1,
        "seeds": 1,
        "clip": 1,
    }
    for name, least in least_of.items():
        value = getattr(settings, name, None)
        if value is not None and not (isinstance(value, int | float) and value >= least):
            raise ConfigError(f"--{name} {value!r}: expected a number of at least {least}")


def _require_torch() -> None:
    if not all(map(find_spec, ("torch", "transformers", "onnx"))):
        raise MissingExtraError("training", "train")


def _plan(name: str, settings: EncoderTraining) -> Plan:
    from shopwright.models.onnx_files import WEIGHTS, folder_of
    from shopwright.train.commands import Plan
    from shopwright.train.recipe import packaged_recipe

    place, catalogues = Home.resolve(settings.home), settings.catalogues
    return Plan(
        recipe=packaged_recipe(catalogues) if catalogues else _own(place, settings.data),
        work=settings.work or place.path / "train",
        target=settings.out or place.models,
        models=WEIGHTS if catalogues else folder_of(name, place.models),
        name=name,
        command=" ".join(["shopwright", *sys.argv[1:]]),
        data=_PUBLIC_DATA if catalogues else _OWN_DATA,
        seed=settings.seed,
        steps=settings.steps,
        base=settings.base,
    )


_PUBLIC_DATA = (
    "the packaged judgements (src/shopwright/train/data, Apache-2.0) over the demo shop, the products of Chorus "
    "(Icecat, Open Content License, with attribution) and of ESCI (Amazon, Apache-2.0), and queries generated from them"
)
_OWN_DATA = "the catalogue of a shop, its own judgements, and the packaged ones of the demo shop"


_PUBLIC_REWRITES = (
    "the project's own rewrites and judgements (src/shopwright/train/data, Apache-2.0) and synonyms "
    "(src/shopwright/knowledge, Apache-2.0), over the demo shop, the products of Chorus (Icecat, Open Content License, "
    "with attribution) and of ESCI (Amazon, Apache-2.0); typing errors are generated"
)
_OWN_REWRITES = "the catalogue of a shop, its rewrites, sessions and judgements, and the packaged ones"
_PACKAGED_DOCUMENTS = "the project's own documents (src/shopwright/train/verify/written, Apache-2.0)"
_PUBLIC_SETS = (
    "ePQA, SemiPQA and hetPQA (Amazon, CDLA-Sharing), Factcheck-GPT (Apache-2.0), WiCE (ODC-BY and CC BY-SA) and SQuAD "
    "2.0 (CC BY-SA), of each what was not kept for calibration; wrong claims are made by rule"
)
_OWN_DOCUMENTS = "a merchant's own documents"
_GENERATED = 2_000


def _searched(place: Home, judgements: Path | None) -> Recipe:
    """The recipe of a shop for what is tried on its search; without judgements, on queries made from its catalogue."""
    from shopwright.shop import Shop
    from shopwright.train.generate import generated_examples
    from shopwright.train.recipe import own_recipe

    if judgements is not None:
        return _own(place, judgements)
    with Shop.open(place.path) as shop:
        products = list(shop.store.all_products())
    if not products:
        raise ConfigError(f"the shop in {place.path} has no products: ingest a feed first")
    return own_recipe(products, list(islice(generated_examples(products), _GENERATED)))


def _own(place: Home, data: Path | None) -> Recipe:
    """The recipe of a shop: its products and its judgements."""
    from shopwright.shop import Shop
    from shopwright.train.recipe import own_recipe

    with Shop.open(place.path) as shop:
        return own_recipe(list(shop.store.all_products()), _judgements(shop, data))


def _judgements(shop: Shop, data: Path | None) -> list[Example]:
    """A merchant's judgements of the products of a shop; what is left out is told."""
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


def _say(line: str) -> None:
    console.print(line, markup=False)
