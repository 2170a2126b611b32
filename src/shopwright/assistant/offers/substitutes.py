"""What can be bought in place of a product: the same kind, alike in what it states, and no weaker than is allowed.

Named values (socket, memory type, plugs ...) that its title states must be shared; where nothing states them all, those
that both state. Measures of the title must be as good: of what more is better (capacity, speed, power) at most `loss`
less, of sizes that must be alike at most `loss` away. Where `knowledge/buying/levels.tsv` knows both models, their
levels stand for clock and core counts, which say little across families. Another offer of the very same model is no
alternative.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from shopwright.assistant.offers.finding import holds
from shopwright.assistant.offers.fit import values
from shopwright.assistant.offers.goals import read_goal
from shopwright.assistant.offers.identity import FAMILY, Title, compare
from shopwright.assistant.offers.kinds import kind_of
from shopwright.assistant.offers.properties import TITLE, facts, picture
from shopwright.catalog.offers import price_span
from shopwright.knowledge.compatibility import Compatibility
from shopwright.knowledge.goods import Goods
from shopwright.types import Product

SAME, SLIGHT, SOME = 0.05, 0.25, 0.4
"""Loss that nobody notices, a slight one, and any that still serves the purpose; shares of the original's measure."""

_CLAUSE = re.compile(r"\s*[,|(]|\s[-–]\s")
_SAME_SHARE = 0.8
_MORE_IS_BETTER = frozenset({"data", "frequency", "data rate", "power", "charge", "luminance", "resolution"})
_ALIKE = frozenset({"length", "volume", "mass", "voltage"})
_VALUES = (
    "socket", "memory type", "module", "registered", "form factor", "drive slot", "lens mount", "watch", "watch size",
    "platform", "bulb base", "capsule system", "strings", "cooling", "switches", "ear fit", "printing",
    "battery voltage",
)  # fmt: skip
"""Named values that must be shared where the product states them."""
_PLUGGED = frozenset({"cable", "accessory"})
_SAME_WORDS = re.compile(r"\bsame\s+((?:\w+\s*(?:,|and)?\s*){1,4})", re.IGNORECASE)
_DIMENSIONS = {
    "capacity": "data", "storage": "data", "memory": "data", "space": "data", "ram": "data",
    "size": "length", "radiator": "length", "length": "length", "diagonal": "length", "screen": "length",
    "speed": "frequency", "clock": "frequency", "frequency": "frequency", "refresh": "frequency",
    "power": "power", "wattage": "power", "output": "power",
}  # fmt: skip
"""Words for what must be the same -> what it is measured in."""
_SLIGHT = re.compile(r"\b(?:slight(?:ly)?|small|minor|little|bit|almost|nearly|comparable|similar)\b", re.IGNORECASE)
_NONE = re.compile(r"\b(?:same|equal|identical|no loss|without (?:any )?loss|at least as|just as)\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Substitute:
    """A product in another's place; `kept` is the share of the original's strength, 1 for all of it."""

    product: Product
    kept: float
    why: str


def tolerance(said: str) -> float:
    """How much may be lost, from the shopper's words: "with only a slight loss in performance"."""
    if _NONE.search(said):
        return SAME
    return SLIGHT if _SLIGHT.search(said) else SAME


def kept_measures(said: str) -> frozenset[str]:
    """Dimensions that must be stated and equal, from the shopper's words: "with the same radiator size"."""
    words = {word for match in _SAME_WORDS.finditer(said) for word in match[1].lower().replace(",", " ").split()}
    return frozenset(_DIMENSIONS[word] for word in words if word in _DIMENSIONS)


def substitutes(
    product: Product,
    candidates: Iterable[Product],
    cheaper: bool = False,
    *,
    loss: float = SAME,
    same: frozenset[str] = frozenset(),
) -> list[Substitute]:
    """What of the candidates can be bought in place of a product, the cheapest first.

    Args:
        cheaper: only what costs less now.
        loss: share of the original's strength that may be lost.
        same: dimensions that must be stated and equal.
    """
    kind, ceiling = _kind(product), _price(product)
    others = []
    for other in candidates:
        price = _price(other)
        dear = cheaper and (price is None or ceiling is None or price >= ceiling)
        if kind and _kind(other) == kind and not dear and not _same(product, other):
            others.append(other)
    for stated in (True, False):
        alike = (_alike(product, other, kind, loss, same, stated) for other in others)
        if found := [one for one in alike if one is not None]:
            return sorted(found, key=lambda one: (_price(one.product) is None, _price(one.product) or 0.0))
    return []


def _kind(product: Product) -> str:
    """The kind; of goods that no table knows the narrowest category."""
    return kind_of(product) or (product.category[-1] if product.category else "")


def _alike(
    product: Product, other: Product, kind: str, loss: float, same: frozenset[str], stated: bool
) -> Substitute | None:
    """The other as a substitute; with `stated` it must state every named value that the product's title does."""
    table = Compatibility.packaged()
    for name in _VALUES:
        left, right = values(product, name), values(other, name)
        needed = bool(right) or (stated and bool(table.stated(name, product.title)))
        if left and needed and not left & right:
            return None
    plugs = values(product, "plug")
    if plugs and not _PLUGGED.isdisjoint(Goods.packaged().chain(kind)) and plugs != values(other, "plug"):
        return None
    mine, theirs = table.level(kind, product.title), table.level(kind, other.title)
    if mine and theirs:
        kept = theirs.level / mine.level
        return Substitute(other, min(1.0, kept), f"about {kept:.0%} of its speed") if kept >= 1 - loss else None
    if mine:
        return None
    kept = 1.0
    for dimension, value in _measures(product).items():
        near = _measures(other).get(dimension)
        if near is None or not value:
            if dimension == "data" or dimension in same:
                return None
            continue
        share = near / value
        allowed = SAME if dimension in same else loss
        if share < 1 - allowed or ((dimension in _ALIKE or dimension in same) and share > 1 + allowed):
            return None
        kept = min(kept, share)
    left_size, right_size = picture(product), picture(other)
    if left_size and right_size and right_size[0] * right_size[1] < left_size[0] * left_size[1] * (1 - loss):
        return None
    return Substitute(other, kept, "the same kind with the same measures" if kept >= 1 - SAME else "nearly as good")


def _measures(product: Product) -> dict[str, float]:
    """The first measure of each dimension that a title states."""
    found: dict[str, float] = {}
    for fact in facts(product):
        if fact.place == TITLE and fact.dimension in _MORE_IS_BETTER | _ALIKE:
            found.setdefault(fact.dimension, fact.value)
    return found


def _same(product: Product, other: Product) -> bool:
    """Whether two offers are one product: the same id or title, or each title has the other's model."""
    if product.id == other.id and product.title == other.title:
        return True
    left, right = Title(product.title), Title(other.title)
    if [token.text for token in left.tokens] == [token.text for token in right.tokens]:
        return True
    return _has_model(product, other, right) and _has_model(other, product, left)


def _has_model(product: Product, other: Product, title: Title) -> bool:
    """Whether a title has the model that a product's title names, in the same size, if it names one."""
    named = read_goal(_CLAUSE.split(product.title)[0])
    if not named.model or any(holds(condition, other) is False for condition in named.conditions):
        return False
    ends = [place for place, token in enumerate(named.name, 1) if token.number or token.text in FAMILY]
    model = named.name[: max(ends, default=len(named.name))]
    found = compare(model, title, {})
    return len(model) > 1 and not found.lacking and not found.excess and found.share >= _SAME_SHARE


def _price(product: Product) -> float | None:
    span = price_span(product)
    return float(span[0].amount) if span else None
