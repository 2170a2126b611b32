"""`bench plan` and `bench reason`, set `malls`: shopping tasks over several shops' exports, with gold offers.

    DIR/tools/malls/tasks.jsonl       id, category, task (English), gold and gold_cart_checkout (addresses of offers)
    DIR/tools/malls/*.csv             one shop's WooCommerce export a file

Each file is read by our feed reader and becomes a shop. A task is one call of `Mall.run` with its text; what comes back
is compared as a set: with `gold_cart_checkout` where the task ends in a cart (then what lies in the carts counts, or
what was ordered where it ends in a checkout), else with `gold`. An address belongs to the product of whose title its
last part is made. Rows that have the same title in the same shop are one offer.

`f1`, `precision` and `recall` are means over tasks, `completion` is the share of tasks with exactly the gold set;
`f1:KIND` is the mean over tasks of a kind. Gold may name offers that no file has: `gold:absent` counts them, and
`f1:reachable` is the mean over tasks with what is left of the gold, tasks with nothing left being left out.
`f1:bm25` is a search by the task's phrase (`baselines.Bm25`, five best titles over all shops, the cheapest of them
where the task asks for it), in the same run. `seconds` is the mean time of a task.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import orjson

from shopwright.assistant.offers.errands import read_errand
from shopwright.assistant.offers.finding import Offer, cheapest
from shopwright.assistant.offers.mall import Mall, Outcome, Storefront, page_key
from shopwright.bench.baselines import Bm25
from shopwright.bench.task import BenchSet, NeededFile, Options, Row, mean_row
from shopwright.catalog.feeds import open_feed
from shopwright.errors import ConfigError
from shopwright.models.embedded import EmbeddedEncoder
from shopwright.models.pairs import EmbeddedPairScorer
from shopwright.types import Product

REASONED = ("vague", "substitute", "compatible")
"""Kinds of tasks that need common sense: parts of their names."""
_FOLDER = "tools/malls"
_CURRENCY = "EUR"
_BM25 = 5

Key = tuple[str, str]
"""An offer: the name of its shop and the key of its page; or "" and an address that no shop has."""


@dataclass(frozen=True, slots=True)
class MallTask:
    """A task with what must be found, and whether that is what lies in the cart in the end."""

    id: str
    kind: str
    text: str
    gold: frozenset[str]
    in_cart: bool = False


Solver = Callable[[str], Sequence[Offer]]
"""Gives the offers that a task's text asks for."""


def read_tasks(path: Path) -> list[MallTask]:
    """The tasks of a file.

    Raises:
        ConfigError: a line is no task.
    """
    found = []
    for number, line in enumerate(path.read_bytes().splitlines(), 1):
        try:
            record = orjson.loads(line)
            cart = record.get("gold_cart_checkout") or []
            kind = record["category"].lower().removeprefix("webmall_")
            found.append(MallTask(record["id"], kind, record["task"], frozenset(cart or record["gold"]), bool(cart)))
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise ConfigError(f"{path} line {number}: no task ({error!r}); write id, category, task, gold") from error
    return found


def read_shops(folder: Path) -> list[Storefront]:
    """A shop for each export of a folder."""
    shops = []
    for path in sorted(folder.glob("*.csv")):
        products = [item for item in open_feed(path, currency=_CURRENCY) if isinstance(item, Product)]
        shops.append(Storefront(path.stem, products))
    if not shops:
        raise ConfigError(f"{folder}: no export of a shop; put *.csv files there")
    return shops


def in_the_end(outcome: Outcome) -> list[Offer]:
    """What a task ended in: what was ordered, else what lies in the carts, else what was found."""
    if outcome.errand.act == "checkout":
        return [line.offer for order in outcome.orders for line in order.lines]
    if outcome.errand.act == "cart":
        return [line.offer for cart in outcome.carts for line in cart.lines]
    return list(outcome.offers)


def judge(
    bench: str, tasks: Sequence[MallTask], mall: Mall, solve: Solver, suffix: str = "", *, kinds: bool = True
) -> Iterator[Row]:
    """The rows of a solver over the tasks."""
    started = time.perf_counter()
    found = {task.id: {_key(offer) for offer in solve(task.text)} for task in tasks}
    seconds = time.perf_counter() - started
    gold = {task.id: {_address(mall, address) for address in task.gold} for task in tasks}
    scores = {task.id: overlap(found[task.id], gold[task.id]) for task in tasks}
    for place, metric in enumerate(("f1", "precision", "recall")):
        yield mean_row(bench, "malls", f"{metric}{suffix}", [scores[task.id][place] for task in tasks], seconds)
    exact = [float(found[task.id] == gold[task.id]) for task in tasks]
    yield mean_row(bench, "malls", f"completion{suffix}", exact, seconds)
    if not kinds:
        return
    left = {key: {offer for offer in offers if offer[0]} for key, offers in gold.items()}
    reachable = [overlap(found[task.id], left[task.id])[0] for task in tasks if left[task.id]]
    yield mean_row(bench, "malls", f"f1{suffix}:reachable", reachable, seconds)
    for kind in sorted({task.kind for task in tasks}):
        of_kind = [scores[task.id][0] for task in tasks if task.kind == kind]
        yield mean_row(bench, "malls", f"f1{suffix}:{kind}", of_kind, seconds)
    absent = sum(len(gold[task.id]) - len(left[task.id]) for task in tasks)
    yield Row(bench, "malls", "gold:absent", float(absent), sum(map(len, gold.values())))
    yield Row(bench, "malls", f"seconds{suffix}", seconds / max(1, len(tasks)), len(tasks), seconds=seconds)


def overlap(found: set[Key], gold: set[Key]) -> tuple[float, float, float]:
    """F1, precision and recall of a set; all 1 when both are empty."""
    if not found and not gold:
        return 1.0, 1.0, 1.0
    hits = len(found & gold)
    precision, recall = hits / len(found) if found else 0.0, hits / len(gold) if gold else 0.0
    return (2 * precision * recall / (precision + recall) if hits else 0.0), precision, recall


def bm25(shops: Sequence[Storefront]) -> Solver:
    """The baseline: one search with the task's phrase."""
    offers = [Offer(shop.name, product) for shop in shops for product in shop.products]
    index = Bm25([offer.product.title for offer in offers])

    def solve(text: str) -> list[Offer]:
        errand = read_errand(text)
        query = " ".join(errand.phrases) or " ".join(errand.pointed)
        best = [offers[place] for place in index.search(query, _BM25)]
        return cheapest(best) if errand.cheapest else best

    return solve


def _measure(bench: str, reasoned: bool, options: Options) -> Iterator[Row]:
    folder = (options.data or Path()) / _FOLDER
    tasks = read_tasks(folder / "tasks.jsonl")
    if reasoned:
        tasks = [task for task in tasks if any(part in task.kind for part in REASONED)]
    shops = read_shops(folder)
    mall = Mall(shops, EmbeddedEncoder(), EmbeddedPairScorer())
    yield from judge(bench, tasks, mall, lambda text: in_the_end(mall.run(text)))
    yield from judge(bench, tasks, mall, bm25(shops), ":bm25", kinds=False)


def _key(offer: Offer) -> Key:
    return offer.shop, page_key(offer.product.title)


def _address(mall: Mall, address: str) -> Key:
    offer = mall.pointed(address)
    return _key(offer) if offer else ("", address.rstrip("/"))


def measure_plan(options: Options) -> Iterator[Row]:
    """All tasks."""
    return _measure("plan", False, options)


def measure_reason(options: Options) -> Iterator[Row]:
    """The vague, substitute and compatible tasks."""
    return _measure("reason", True, options)


_FILES = (NeededFile(f"{_FOLDER}/tasks.jsonl", "shopping tasks with gold offers; beside it one *.csv export a shop"),)
PLAN = BenchSet("malls", measure_plan, _FILES)
REASON = BenchSet("malls", measure_reason, _FILES)
