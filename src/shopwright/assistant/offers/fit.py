"""Whether one product works with another: fits, does not, or unknown, and why.

What must agree between two kinds is in `knowledge/buying/compatibility.tsv`; here it is read out of products: named
values (socket AM4, DDR5, Micro ATX) and measures (capacity, power, length). One thing that does not agree is enough to
say no, one that agrees and nothing against it to say yes. The merchant's own relations come before all, and a text that
says what it is for ("for Apple Watch Series 8") counts where the tables know nothing of the two kinds.

Unknown is an answer: a product that does not state what matters is neither sold as fitting nor turned away.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from shopwright.assistant.offers.identity import FAMILY, Title, compare, tokens
from shopwright.assistant.offers.kinds import kind_of, own_name
from shopwright.assistant.offers.properties import TEXT, TITLE, Fact, facts
from shopwright.catalog.units import base, format_quantity
from shopwright.knowledge.compatibility import Compatibility, Requirement
from shopwright.knowledge.goods import Goods, folded
from shopwright.search.texts import attribute_words
from shopwright.types import Product, Quantity, Relation

Verdict = Literal["fits", "does_not", "unknown"]

_MEASURES: Mapping[str, tuple[str, frozenset[str]]] = {
    "capacity": ("data", frozenset({"capacity", "storage", "ssd", "hdd"})),
    "frequency": ("frequency", frozenset({"speed", "clock"})),
    "power": ("power", frozenset({"power", "output", "watt"})),
    "TDP": ("power", frozenset({"tdp", "cooling"})),
    "length": ("length", frozenset({"length", "long"})),
    "gpu clearance": ("length", frozenset({"gpu", "graphic", "card", "vga"})),
    "radiator": ("length", frozenset({"radiator", "liquid", "aio", "cooler"})),
    "fan size": ("length", frozenset({"fan"})),
    "screen size": ("length", frozenset({"screen", "display", "monitor", "laptop"})),
    "diameter": ("length", frozenset({"diameter", "blade", "wheel"})),
}
"""Dimension of a measure, and the words beside which it stands."""
_USUAL: Mapping[tuple[str, str], str] = {
    ("motherboard", "module"): "DIMM",
    ("desktop pc", "module"): "DIMM",
    ("laptop", "module"): "SODIMM",
    ("mini pc", "module"): "SODIMM",
}
"""What is so unless a product says otherwise."""
_MOST_WORDS = 600
_MERCHANT: tuple[Relation, ...] = ("accessory", "required_part", "part_of_set")
_FOR = re.compile(r"\b(?:for|fits|compatible with|suitable for|works with|passend f[uü]r|pour|para|per)\b", re.I)


@dataclass(frozen=True, slots=True)
class Judged:
    """A product, whether it works with the other one, and the reason in words."""

    product: Product
    verdict: Verdict
    why: str


def compatible(product: Product, kind: str, candidates: Iterable[Product]) -> list[Judged]:
    """What of the candidates works with a product, those that fit first.

    Args:
        kind: of which a candidate must be, in any of its names; "" for any.
    """
    goods = Goods.packaged()
    wanted = kind if kind in goods.kinds else goods.named(kind)
    judged = [
        judge(product, other)
        for other in candidates
        if (other.id, other.title) != (product.id, product.title) and (not kind or _is_kind(other, kind, wanted))
    ]
    order = {"fits": 0, "unknown": 1, "does_not": 2}
    return sorted(judged, key=lambda one: order[one.verdict])


def _is_kind(product: Product, kind: str, known: str | None) -> bool:
    """Whether a product is of a kind; a kind that no table knows must be named by title or category."""
    own = kind_of(product)
    if known is not None:
        return own is not None and Goods.packaged().is_a(own, known)
    return set(folded(kind)) <= set(folded(" ".join((product.title, *product.category))))


def judge(product: Product, other: Product) -> Judged:
    """Whether `other` works with `product`."""
    if any(other.id in product.related.get(relation, ()) for relation in _MERCHANT):
        return Judged(other, "fits", "the shop names it as made for it")
    goods = Goods.packaged()
    owned, bought = kind_of(product), kind_of(other)
    rows: tuple[Requirement, ...] = ()
    if owned and bought:
        rows = Compatibility.packaged().between(goods.chain(bought), goods.chain(owned))
    held = [(row, *_holds(row, other, product)) for row in rows]
    if against := [why for _, answer, why in held if answer is False]:
        return Judged(other, "does_not", "; ".join(against))
    if agreed := [why for _, answer, why in held if answer]:
        return Judged(other, "fits", "; ".join(agreed))
    if _names(other, product):
        return Judged(other, "fits", "its text says that it is made for it")
    missing = [row.property for row, answer, _ in held if answer is None]
    return Judged(other, "unknown", f"not stated: {', '.join(missing)}" if missing else "nothing is known of the two")


def values(product: Product, name: str) -> frozenset[str]:
    """The named values of a property that a product states: attributes and title, else its description."""
    table = Compatibility.packaged()
    shown = " ".join((product.title, *attribute_words(product.attributes.values())))
    found = table.stated(name, shown) or table.stated(name, _told(product))
    usual = _USUAL.get((kind_of(product) or "", name))
    return found or (frozenset({usual}) if usual else frozenset())


def measure(product: Product, name: str) -> Fact | None:
    """The measure of that name that a product states; None where it does not."""
    if name == "system power":
        level = Compatibility.packaged().level(kind_of(product) or "", product.title)
        return Fact("power", level.system_power, frozenset(), TITLE) if level and level.system_power else None
    dimension, near = _MEASURES[name]
    every = [fact for fact in facts(product) if fact.dimension == dimension]
    named = [fact for fact in every if fact.near & near]
    plain = [fact for fact in every if fact.place != TEXT]
    own = name in ("capacity", "frequency", "power", "screen size")
    chosen = (plain if own else []) or [fact for fact in named if fact.place != TEXT] or named or (every if own else [])
    return chosen[0] if chosen else None


def _told(product: Product) -> str:
    return " ".join((*product.highlights, product.description[:_MOST_WORDS]))


Answer = tuple[bool | None, str]


def _holds(row: Requirement, bought: Product, owned: Product) -> Answer:
    """Whether a requirement holds between the thing that is bought and the one that is owned, and why."""
    match row.relation:
        case "any":
            return True, row.why
        case "names":
            first, second = (owned, bought) if row.turned else (bought, owned)
            return (True, row.why) if _names(first, second) else (None, row.why)
        case "is":
            stated = values(owned if row.turned else bought, row.property if not row.turned else row.other_property)
            return (row.value in stated if stated else None), f"{row.value}: {row.why}"
        case "same" | "within":
            return _agree(row, bought, owned)
        case _:
            return _measured(row, bought, owned)


def _agree(row: Requirement, bought: Product, owned: Product) -> Answer:
    if row.property == "brand":
        left, right = _brand(bought), _brand(owned)
        return (left == right if left and right else None), f"brand {left}: {row.why}"
    table = Compatibility.packaged()
    here, there = values(bought, row.property), values(owned, row.other_property)
    if not here or not there:
        return None, row.why
    if row.relation == "within":
        inner, outer = (there, here) if row.turned else (here, there)
        fits = bool(inner & table.accepted(row.property, outer))
    else:
        fits = bool(table.accepted(row.property, here) & table.accepted(row.property, there))
    said = (
        f"{row.property} {_listed(here)}" if here == there else f"{row.property} {_listed(here)} and {_listed(there)}"
    )
    return fits, f"{said}: {row.why}"


def _measured(row: Requirement, bought: Product, owned: Product) -> Answer:
    left, right = measure(bought, row.property), measure(owned, row.other_property)
    if left is None or right is None:
        return None, row.why
    slack = 0.03 * right.value
    match row.relation:
        case "at_least":
            fits = left.value >= right.value - slack
        case "at_most":
            fits = left.value <= right.value + slack
        case _:
            fits = abs(left.value - right.value) <= slack
    return fits, f"{row.property} {_amount(left)}, {row.other_property} {_amount(right)}: {row.why}"


def _names(text_of: Product, product: Product) -> bool:
    """Whether a product's text says, after "for" or the like, the name of another one."""
    name = tokens(own_name(product.title).split(",")[0])[:6]
    kinds = set(folded(" ".join(Goods.packaged().chain(kind_of(product) or ""))))
    long = any(token.number and len(token.text) > 1 for token in name)
    model = tuple(token for token in name if token.text not in kinds and not (long and len(token.text) == 1))
    if not any(token.number or token.text in FAMILY for token in model):
        return False
    for text in (text_of.title, *re.split(r"(?<=[.!?])\s+", _told(text_of))):
        said = _FOR.search(text)
        if said is None or compare(model, Title(text[said.end() :]), {}, model=False).lacking:
            continue
        if compare(model, Title(text), {}, model=False).share >= 0.7:
            return True
    return False


def _brand(product: Product) -> str:
    first = tokens(product.title)
    return (product.brand or (first[0].text if first else "")).lower()


def _listed(values: Sequence[str] | frozenset[str]) -> str:
    return ", ".join(sorted(values))


def _amount(fact: Fact) -> str:
    unit = base(Quantity(1.0, {"data": "GB", "power": "W", "length": "cm", "frequency": "Hz"}[fact.dimension])).unit
    if fact.dimension == "frequency" and fact.value >= 1e6:
        return format_quantity(Quantity(fact.value / 1e6, "MHz"))
    return format_quantity(Quantity(fact.value, unit))
