"""Wants over any catalogue, by rule: for a shop for which nobody wrote any.

    uses = uses_of(Graph.packaged(), links)
    wants = wants_from(store.all_products(), 1_000, seed=0, uses=uses)

A product is picked, and what is liked about it is hidden: its category, some of its attributes, its brand now and then,
a price limit. The message says all of it, half of it, or hardly any: the kind of thing alone, or what it is for, as the
graph of common sense has it. The messages are plainer than what people write; the written wants of the demo shop are
the measure, these are for development and for load, and for a merchant who has no log yet.

Deterministic for a seed.
"""

from __future__ import annotations

import math
import random
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence

from shopwright.catalog.conditions import Condition, lowest_price
from shopwright.errors import ConfigError
from shopwright.knowledge.graph import Graph, kind_of, name_of
from shopwright.knowledge.links import Links
from shopwright.train.generate import misspelled
from shopwright.train.intent.shoppers.wants import Goods, Kind, Split, Want
from shopwright.types import Product

_OPENINGS = ("{}", "{} please", "looking for {}", "i need {}", "do you have {}", "hi, {}", "show me {}", "{}?")
_WISHES = ("something for {}", "what do i need for {}", "ideas for {}?", "{} - what have you got", "it is about {}")
_TORN = ("{} or {}?", "{} vs {}", "torn between {} and {}", "which is better, {} or {}")
_MOST_LIKED, _LONGEST = 3, 25
_ERRORS, _BRAND, _PRICE = 0.1, 0.15, 0.6
_HELD = 1 / 3
_USED_BY = ("uses", "met_by")
_NAMED = frozenset(("activity", "event", "place", "need", "season"))
_MIX = {"find": 0.6, "vague": 0.2, "several": 0.1, "compare": 0.1}
_ROOM = 8
"""Most draws for each want; what cannot be said of a catalogue is drawn again."""
Uses = Mapping[str, Sequence[str]]
"""What goods are for: names of uses, and the categories that serve each, as paths joined with " > "."""


def uses_of(graph: Graph, links: Links) -> dict[str, tuple[str, ...]]:
    """What a shop's categories are for, out of common sense: {"camping": ("Camping > Tents", ...)}."""
    found: dict[str, dict[str, None]] = {}
    for node, link in links.products.items():
        for edge in graph.into(node, *_USED_BY):
            if kind_of(edge.head) in _NAMED and link.categories:
                found.setdefault(name_of(edge.head), {})[link.categories[0]] = None
    return {name: tuple(paths) for name, paths in sorted(found.items())}


def wants_from(products: Iterable[Product], n: int, seed: int = 0, uses: Uses | None = None) -> list[Want]:
    """Wants that products of a catalogue would please.

    Args:
        products: those without a category are passed over.
        n: how many; fewer come back where a catalogue does not have that many different ones.
        seed: of everything drawn.
        uses: what goods are for; without it nothing is said of a use.

    Raises:
        ConfigError: no product has a category.
    """
    shelves: defaultdict[str, list[Product]] = defaultdict(list)
    for product in products:
        if product.category:
            shelves[" > ".join(product.category)].append(product)
    if not shelves:
        raise ConfigError("no product has a category: there is no kind of thing to ask for")
    return _Writer(dict(sorted(shelves.items())), uses or {}, random.Random(seed)).write(n)


class _Writer:
    def __init__(self, shelves: Mapping[str, list[Product]], uses: Uses, draws: random.Random) -> None:
        self._shelves, self._draws = shelves, draws
        self._paths = list(shelves)
        self._sizes = [math.sqrt(len(shelves[path])) for path in self._paths]
        inside = {
            name: [path for path in self._paths if any(f"{path} > ".startswith(f"{other} > ") for other in paths)]
            for name, paths in uses.items()
        }
        self._uses = {name: paths for name, paths in inside.items() if paths}

    def write(self, n: int) -> list[Want]:
        ways = {"find": self._find, "vague": self._vague, "several": self._several, "compare": self._compare}
        found: dict[str, Want] = {}
        for _ in range(n * _ROOM):
            if len(found) == n:
                break
            kind: Kind = self._draws.choices(("find", "vague", "several", "compare"), list(_MIX.values()))[0]
            if (made := ways[kind]()) is None:
                continue
            text, goods = made
            text = misspelled(text, self._draws) if self._draws.random() < _ERRORS else text
            split: Split = "held" if self._draws.random() < _HELD else "train"
            found.setdefault(text, Want(f"g-{len(found) + 1:05d}", text, kind, goods, "", split))
        return list(found.values())

    def _find(self) -> tuple[str, tuple[Goods, ...]]:
        """One kind of thing; all, half or nothing of what is liked is said."""
        path, product = self._product()
        liked = self._liked(product)
        said = liked[: self._draws.choice((len(liked), math.ceil(len(liked) / 2), 0))]
        before = [words for words, _, first in said if first]
        after = [words for words, _, first in said if not first]
        text = self._draws.choice(_OPENINGS).format(" ".join((*before, _called(path), *after)))
        return text, (self._goods(path, [condition for _, condition, _ in liked]),)

    def _vague(self) -> tuple[str, tuple[Goods, ...]] | None:
        """A use; some of what serves it would please."""
        return self._for_use(1, needed=False)

    def _several(self) -> tuple[str, tuple[Goods, ...]] | None:
        """A use that takes several kinds of things."""
        return self._for_use(2, needed=True)

    def _for_use(self, least: int, *, needed: bool) -> tuple[str, tuple[Goods, ...]] | None:
        wide = [name for name, paths in self._uses.items() if len(paths) >= least]
        if not wide:
            return None
        use = self._draws.choice(wide)
        paths = self._draws.sample(self._uses[use], min(len(self._uses[use]), self._draws.randint(least, 3)))
        goods = tuple(self._goods(path, [], needed=needed) for path in paths)
        return self._draws.choice(_WISHES).format(use), goods

    def _compare(self) -> tuple[str, tuple[Goods, ...]] | None:
        """Two products of one shelf, by their titles."""
        path, one = self._product()
        others = [other for other in self._shelves[path] if other.title != one.title]
        if not others:
            return None
        pair = (one, self._draws.choice(others))
        titles = [each.title.split(",")[0].lower() for each in pair]
        goods = tuple(Goods(each.title, (Condition("title", "=", each.title),)) for each in pair)
        return self._draws.choice(_TORN).format(*titles), goods

    def _product(self) -> tuple[str, Product]:
        path = self._draws.choices(self._paths, self._sizes)[0]
        return path, self._draws.choice(self._shelves[path])

    def _liked(self, product: Product) -> list[tuple[str, Condition, bool]]:
        """What is liked about a product: the words for it, the condition, and whether they stand before the kind."""
        found: list[tuple[str, Condition, bool]] = []
        for name, value in product.attributes.items():
            field, label = f"attr:{name}", name.replace("_", " ")
            if value is True:
                found.append(
                    (f"with {label}" if " " in label else label, Condition(field, "=", True), " " not in label)
                )
            elif isinstance(value, str) and 0 < len(value) <= _LONGEST and not any(map(str.isdigit, value)):
                found.append((value.lower(), Condition(field, "=", value), True))
        self._draws.shuffle(found)
        found = found[: self._draws.randint(0, _MOST_LIKED - 1)]
        if product.brand and self._draws.random() < _BRAND:
            found.append((f"from {product.brand}", Condition("brand", "=", product.brand), False))
        price = lowest_price(product)
        if price and self._draws.random() < _PRICE:
            limit = _rounded_up(price * self._draws.uniform(1.05, 1.5))
            found.append((f"under {limit:g}", Condition("price", "<=", limit), False))
        return [each for each in found if each[1].holds(product)]

    def _goods(self, path: str, liked: Sequence[Condition], *, needed: bool = True) -> Goods:
        return Goods(_called(path), (Condition("category", "=", path.split(" > ")[-1]), *liked), needed)


def _called(path: str) -> str:
    return path.split(" > ")[-1].lower()


def _rounded_up(price: float) -> float:
    """The next price that people would name: two figures, the second a 0 or 5."""
    step = 5 * 10 ** (math.floor(math.log10(price)) - 1)
    return math.ceil(price / step) * step
