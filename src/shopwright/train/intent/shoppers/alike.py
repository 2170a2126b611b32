"""Shoppers who say the same and want something else: what a message leaves open, others fill in otherwise.

A written want is one shopper's. No strategy can know which of those who say "headphones for the train" it has before
it; what counts is how it does on average over all of them. `alike` gives some, the written one first. The kind of thing
stays, and every condition that the message tells; one that it keeps to itself is taken from a product of the kind that
is drawn at random: its value of the attribute, its brand, a price a little above its own.

Simplifications: a condition counts as told when a number or a word of it stands in the message; everybody who says the
same is after the same kinds of things; each of them is as likely.
"""

from __future__ import annotations

import random
import re
from dataclasses import replace

from shopwright.catalog.conditions import Condition, field_values, lowest_price
from shopwright.catalog.offers import attribute_text
from shopwright.catalog.vocabulary import fold, words
from shopwright.train.intent.shoppers.sold import Sold
from shopwright.train.intent.shoppers.wants import OF_GOODS, Goods, Want
from shopwright.types import Product

SHOPPERS = 6
"""Who say the same, with the written one."""
_ABOVE = 1.15
"""A price that somebody would pay, over that of the product they have in mind."""
_NUMBER = re.compile(r"\d+(?:[.,]\d+)?")
_SMALL = 2
"""Letters up to which a word of a value tells nothing."""


def alike(want: Want, sold: Sold, n: int = SHOPPERS, seed: int = 0) -> tuple[Want, ...]:
    """Shoppers who say what this one says, this one first.

    Args:
        want: as written.
        sold: what the catalogue has.
        n: how many, 1 or more.
        seed: of what is drawn; the same for the same want.
    """
    if want.kind not in OF_GOODS or want.kind == "stroll":
        return (want,)
    draws = random.Random(f"{seed} {want.id}")
    others = [tuple(_other(want.text, goods, sold, draws) for goods in want.goods) for _ in range(n - 1)]
    return (want, *(replace(want, goods=goods) for goods in others))


def _other(text: str, goods: Goods, sold: Sold, draws: random.Random) -> Goods:
    """The goods of somebody who has another product of the kind in mind."""
    kept = [condition for condition in goods.where if condition.field == "category" or is_told(text, condition)]
    hidden = [condition for condition in goods.where if condition not in kept]
    candidates = sold.fitting(tuple(kept)) if kept else ()
    if not hidden or not candidates:
        return goods
    meant = draws.choice(candidates)
    drawn = [found for condition in hidden if (found := _of(condition, meant)) is not None]
    return replace(goods, where=(*kept, *drawn))


def is_told(text: str, condition: Condition) -> bool:
    """Whether a message says a condition: its number, or a word of its value, or of the name of what is yes or no."""
    numbers = {float(found.replace(",", ".")) for found in _NUMBER.findall(text)}
    value = condition.value
    if isinstance(value, bool):
        return bool(_told_words(condition.field.removeprefix("attr:").replace("_", " ")) & _told_words(text))
    values = value if isinstance(value, list | tuple) else [value]
    for each in values:
        if isinstance(each, int | float):
            if float(each) in numbers:
                return True
        elif _told_words(str(each)) & _told_words(text):
            return True
    return False


def _told_words(text: str) -> set[str]:
    return {fold(word) for word in words(text) if len(word) > _SMALL or word.isdigit()}


def _of(condition: Condition, product: Product) -> Condition | None:
    """The condition as somebody has it who means this product; None where the product says nothing of it."""
    if condition.field == "price":
        price = lowest_price(product)
        return None if price is None else replace(condition, op="<=", value=round(price * _ABOVE, 2))
    values = list(field_values(product, condition.field))
    if not values:
        return None
    first = values[0]
    return replace(condition, op="=", value=first if isinstance(first, bool | int | float) else attribute_text(first))
