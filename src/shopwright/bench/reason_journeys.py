"""`bench reason --set journeys`: whether a vague wish is met in all of its parts, over the demo shop.

    subgoal_recall            share of a wish's needed goals that a product shown meets, mean of the wishes
    subgoal_recall@6          the same of the first six products
    constraint_f1             conditions stated or demanded by common sense, against those of the sub-goals (micro F1)
    wrong_shown               share of wishes with something that must not be shown (an allergen, a taboo) that show it
    p50_ms, p95_ms            from the need to the sub-goals
    ...:search                baseline: the message as typed, searched once, as many products shown
    constraint_f1:reader      baseline: the conditions that the reader finds in the message

Twelve products are shown: the first ones of the sub-goals, by how surely each is needed; a second one of a sub-goal
counts as less sure than its first. What is left is filled from the one-shot search. Both ways show the same number. The
wishes are written (`wishes/DATASHEET.md`); rules were made, and the ranking was fitted, with those of the split dev in
sight. Showing one product for each goal scores 1, showing nothing 0.
"""

from __future__ import annotations

import tempfile
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from functools import partial
from operator import itemgetter
from pathlib import Path
from typing import Any

import numpy as np
import orjson

from shopwright.bench.catalogue import Catalogue
from shopwright.bench.task import BenchSet, Options, Row, mean_row
from shopwright.errors import ConfigError
from shopwright.knowledge.graph import Graph
from shopwright.knowledge.links import load_links
from shopwright.shop import Shop
from shopwright.skills.reason.subgoals import Reasoned, Reasoner
from shopwright.types import Filter, Product

BENCH, SET = "reason", "journeys"
FILE = Path(__file__).parent / "wishes" / "wishes.jsonl"
SHOWN, FEW = 12, 6
_A_GOAL = 4
"""Products looked at for each sub-goal."""
_AGAIN = 0.3
"""How sure a further product of a sub-goal is beside the one before."""
_CLOSE = 0.02
"""Part by which bounds may differ and still be the same."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """Products by category or by id: a goal of a wish, or what must not be shown for it.

    Args:
        name: of the goal, or why it must not be.
        categories: paths of which a product's begins with one.
        families: ids of products.
        constraints: conditions on them.
        needed: False for a welcome extra.
    """

    name: str
    categories: tuple[tuple[str, ...], ...] = ()
    families: frozenset[str] = frozenset()
    constraints: tuple[Filter, ...] = ()
    needed: bool = True

    @classmethod
    def parse(cls, record: Mapping[str, Any]) -> Wanted:
        """Read a goal, or an entry of what is wrong."""
        return cls(
            record.get("name") or record.get("why", ""),
            tuple(tuple(path) for path in record.get("categories", ())),
            frozenset(record.get("families", ())),
            tuple(_filter(one) for one in record.get("constraints", ())),
            record.get("needed", True),
        )

    def met_by(self, product: Product) -> bool:
        """Whether a product is one of them."""
        return product.id in self.families or any(product.category[: len(path)] == path for path in self.categories)


@dataclass(frozen=True, slots=True)
class Wish:
    """A written wish with what it needs."""

    id: str
    text: str
    kind: str
    goals: tuple[Wanted, ...]
    wrong: tuple[Wanted, ...] = ()
    split: str = "dev"

    @property
    def needed(self) -> tuple[Wanted, ...]:
        """The goals that must be met."""
        return tuple(goal for goal in self.goals if goal.needed)

    @property
    def constraints(self) -> tuple[Filter, ...]:
        """The conditions of all goals, each once."""
        return tuple(dict.fromkeys(one for goal in self.goals for one in goal.constraints))


@dataclass(frozen=True, slots=True)
class Shown:
    """What came of a wish: products in the order in which they are shown, conditions, and how long it took."""

    wish: Wish
    products: tuple[Product, ...]
    constraints: tuple[Filter, ...] = ()
    seconds: float = 0.0


def load_wishes(file: Path = FILE) -> list[Wish]:
    """The packaged wishes; [] while there are none.

    Raises:
        ConfigError: a line is no wish, or an id stands twice.
    """
    wishes: dict[str, Wish] = {}
    lines = file.read_bytes().splitlines() if file.exists() else []
    for number, line in enumerate(lines, 1):
        try:
            record = orjson.loads(line)
            goals, wrong = (tuple(map(Wanted.parse, record.get(name, ()))) for name in ("goals", "wrong"))
            wish = Wish(record["id"], record["wish"], record["kind"], goals, wrong, record["split"])
        except (orjson.JSONDecodeError, KeyError, TypeError, AttributeError) as error:
            raise ConfigError(f"{file} line {number}: {error!r}; a wish has id, wish, kind, goals and split") from error
        if wish.id in wishes:
            raise ConfigError(f"{file} line {number}: {wish.id!r} stands twice; give each wish an id of its own")
        wishes[wish.id] = wish
    return list(wishes.values())


def see_that_they_measure(wishes: Iterable[Wish], catalogue: Catalogue) -> None:
    """Refuse goals that no product meets, and wishes whose goals are what must not be shown.

    Raises:
        ConfigError: naming the first twenty.
    """
    products = list(catalogue.products.values())
    listed = list(wishes)
    problems = [f"{wish.id}: no goal is needed" for wish in listed if not wish.needed]
    problems += [
        f"{wish.id}: nothing in the catalogue is {goal.name!r}"
        for wish in listed
        for goal in (*wish.goals, *wish.wrong)
        if not any(goal.met_by(product) for product in products)
    ]
    if problems:
        raise ConfigError("wishes that measure nothing; correct them:\n" + "\n".join(problems[:20]))


def gold(wish: Wish, catalogue: Catalogue) -> Shown:
    """One product for each goal, none of those that must not be shown, and the conditions as they are written."""
    every = [one for one in catalogue.products.values() if not any(wrong.met_by(one) for wrong in wish.wrong)]
    chosen = (next((product for product in every if goal.met_by(product)), None) for goal in wish.needed)
    return Shown(wish, tuple({one.id: one for one in chosen if one}.values()), wish.constraints)


def recall(shown: Shown, first: int = SHOWN) -> float:
    """Share of the needed goals that one of the first products meets."""
    goals = shown.wish.needed
    met = sum(any(goal.met_by(product) for product in shown.products[:first]) for goal in goals)
    return met / len(goals) if goals else float("nan")


def shows_wrong(shown: Shown) -> float:
    """1 where something is shown that must not be; NaN for a wish without such."""
    if not shown.wish.wrong:
        return float("nan")
    return float(any(wrong.met_by(product) for wrong in shown.wish.wrong for product in shown.products[:SHOWN]))


def same(one: Filter, other: Filter) -> bool:
    """Whether two conditions say the same: of a text, one value in common; of a range, the same bounds."""
    if (one.field, one.op) != (other.field, other.op):
        return False
    if one.op == "range":
        return _near(one.low, other.low) and _near(one.high, other.high)
    return bool({value.lower() for value in one.values} & {value.lower() for value in other.values})


def constraint_f1(every: Sequence[Shown]) -> float:
    """F1 of all conditions of all wishes; a condition on several sub-goals counts once a wish."""
    hits = found = wanted = 0
    for shown in every:
        mine = tuple(one for one in dict.fromkeys(shown.constraints) if one.field != "category")
        right = [one for one in mine if any(same(one, other) for other in shown.wish.constraints)]
        hits += sum(any(same(one, other) for other in mine) for one in shown.wish.constraints)
        found += len(mine) - len(right) + len({_said(one) for one in right})
        wanted += len(shown.wish.constraints)
    return 2 * hits / (found + wanted) if found + wanted else float("nan")


def score(set_name: str, every: Sequence[Shown], seconds: float, suffix: str = "") -> Iterator[Row]:
    """The rows of one way to answer."""
    mean = partial(mean_row, BENCH, set_name, seconds=seconds)
    yield mean(f"subgoal_recall{suffix}", [recall(shown) for shown in every])
    yield mean(f"subgoal_recall@{FEW}{suffix}", [recall(shown, FEW) for shown in every])
    yield mean(f"wrong_shown{suffix}", [shows_wrong(shown) for shown in every])


class Journeys:
    """The two ways to answer a wish in one shop."""

    def __init__(self, shop: Shop) -> None:
        self.shop = shop
        graph = Graph.packaged()
        self.reasoner = Reasoner(graph, load_links(shop.store, graph, shop.encoder), shop.encoder).prepare()
        self.reasoner.goals(shop.assistant.reader.read("hello"))

    def reasoned(self, wish: Wish) -> Shown:
        """The products of the sub-goals, those of the one-shot search behind them."""
        need = self.shop.assistant.reader.read(wish.text)
        started = time.perf_counter()
        reasoned = self.reasoner.goals(need, most=SHOWN)
        seconds = time.perf_counter() - started
        columns = [self._found(reasoned, place) for place in range(len(reasoned.goals))]
        found = [
            (-goal.confidence * _AGAIN**place, key)
            for goal, column in zip(reasoned.goals, columns, strict=True)
            for place, key in enumerate(column)
        ]
        ids = dict.fromkeys([*(key for _, key in sorted(found, key=itemgetter(0))), *self._search(wish.text)])
        conditions = tuple(one for goal in reasoned.goals for one in goal.need.filters) or need.filters
        return Shown(wish, self._products(list(ids)[:SHOWN]), conditions, seconds)

    def searched(self, wish: Wish) -> Shown:
        """The one-shot search, and the conditions that the reader finds."""
        need = self.shop.assistant.reader.read(wish.text)
        return Shown(wish, self._products(self._search(wish.text)), need.filters)

    def _found(self, reasoned: Reasoned, place: int) -> list[str]:
        goal = reasoned.goals[place]
        need = goal.need
        filters = [{key: value for key, value in asdict(one).items() if value is not None} for one in need.filters]
        found = self.shop.assistant.tools.search(
            query=goal.query, filters=filters, without=need.negations, limit=_A_GOAL, kind=""
        )
        return list(found.ids)

    def _search(self, text: str) -> list[str]:
        return [hit.id for hit in self.shop.search(text, limit=SHOWN).hits]

    def _products(self, ids: Sequence[str]) -> tuple[Product, ...]:
        products = self.shop.products(ids)
        return tuple(products[key] for key in ids if key in products)


def measure(wishes: Sequence[Wish], _: Options) -> Iterator[Row]:
    """Fill a demo shop in a temporary folder and yield what `measure_in` measures there."""
    with tempfile.TemporaryDirectory(prefix="bench-") as folder, Shop.open(folder) as shop:
        shop.ingest_demo()
        shop.wait()
        yield from measure_in(shop, wishes)


def measure_in(shop: Shop, wishes: Sequence[Wish]) -> Iterator[Row]:
    """The rows of all wishes, of each split and of each kind."""
    see_that_they_measure(wishes, Catalogue.read(shop.store))
    journeys = Journeys(shop)
    started = time.perf_counter()
    ours = [journeys.reasoned(wish) for wish in wishes]
    seconds = time.perf_counter() - started
    baseline = [journeys.searched(wish) for wish in wishes]
    for name, belongs in _parts(wishes):
        mine = [shown for shown in ours if belongs(shown.wish)]
        theirs = [shown for shown in baseline if belongs(shown.wish)]
        yield from score(name, mine, seconds)
        yield from score(name, theirs, seconds, ":search")
        n = sum(len(shown.wish.constraints) for shown in mine)
        yield Row(BENCH, name, "constraint_f1", constraint_f1(mine), n, None, seconds)
        yield Row(BENCH, name, "constraint_f1:reader", constraint_f1(theirs), n, None, seconds)
    took = np.array([1000 * shown.seconds for shown in ours])
    for metric, share in (("p50_ms", 50), ("p95_ms", 95)):
        yield Row(BENCH, SET, metric, float(np.percentile(took, share)), len(took), None, seconds)


def wish_sets(file: Path = FILE) -> tuple[BenchSet, ...]:
    """The set `journeys`, where there are wishes."""
    wishes = load_wishes(file)
    return (BenchSet(SET, partial(measure, wishes)),) if wishes else ()


def _parts(wishes: Sequence[Wish]) -> Iterator[tuple[str, Any]]:
    yield SET, lambda _wish: True
    for split in ("dev", "held"):
        if any(wish.split == split for wish in wishes):
            yield f"{SET}_{split}", lambda wish, split=split: wish.split == split
    for kind in dict.fromkeys(wish.kind for wish in wishes):
        yield f"{SET}_{kind}", lambda wish, kind=kind: wish.kind == kind


def _filter(record: Mapping[str, Any]) -> Filter:
    values = record.get("values", record.get("value", ()))
    several = values if isinstance(values, list | tuple) else (values,)
    texts = tuple(str(value).lower() if isinstance(value, bool) else str(value) for value in several)
    return Filter(record["field"], record["op"], texts, record.get("low"), record.get("high"), record.get("unit"))


def _near(one: float | None, other: float | None) -> bool:
    if one is None or other is None:
        return one is other
    return abs(one - other) <= _CLOSE * max(abs(one), abs(other))


def _said(one: Filter) -> tuple[str, str, float | None, float | None]:
    """A condition without its values: those with one in common are the same."""
    return one.field, one.op, one.low, one.high
