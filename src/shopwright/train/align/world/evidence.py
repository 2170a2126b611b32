"""What a prompt tells of a product: a short name, and facts as short texts.

    short_name("Lotusbank Root natural rubber yoga mat")   "Lotusbank Root yoga mat"
    facts_of(product, variant)                             {"price": "72.00 EUR", "rating": "4.2", "weight": "2.6 kg"}

One sellable item is taken for a product, with the price that is charged. What takes more than four words, ranges over
several values, or is not known is left out. A name in the plural would need other verbs, so it is cut to the model's
own name ("Saltfin Dioptre"), or called an option.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from shopwright.catalog.money import NO_CURRENCY
from shopwright.train.align.world.wording import Wording, kind_of, wordings
from shopwright.types import AttributeValue, Product, Quantity, Variant

_TAIL = re.compile(r"\s+(?:with|for|in|from|of|without)\s.*|[,;:(–—|/].*|\s-\s.*")
_SIZE = re.compile(r"(?<!\S)\d+(?:[.,]\d+)?\s?(?:g|kg|cm|mm|m|ml|l|litre|V|W|inch|pieces)(?!\w)")
_WORDS_A_NAME, _WORDS_A_VALUE, _PARTS = 4, 4, 3
_JOINTS = ("and", "&", "of", "the")
_SINGULAR = ("ss", "us", "is", "as", "os")


def short_name(title: str, brand: str | None = None) -> str:
    """At most four words that name a product, in the singular; "" where the title has none."""
    plain = title.removeprefix("The ").replace('"', "")
    cut = _SIZE.sub("", _TAIL.sub("", plain)).split() or plain.split()
    if not cut:
        return ""
    if _plural(cut[-1]):
        own = [word for word in cut[:-1] if word[:1].isupper()][:2]
        if len(own) < 2 and brand and brand.split()[0] not in own:
            own = [brand.split()[0], *own]
        return " ".join(own if len(own) > 1 else [*(own or cut[:1]), "option"])
    if len(cut) > _WORDS_A_NAME:
        cut = [word for word in cut[:2] + cut[-2:] if word not in _JOINTS]
    name = " ".join(cut)
    return name[:1].upper() + name[1:]


def facts_of(product: Product, variant: Variant | None = None) -> dict[str, str]:
    """What is known of an item, named as prompts name it."""
    facts: dict[str, str] = {}
    money = (variant and (variant.sale_price or variant.price)) or product.sale_price or product.price
    if money is not None:
        code = "" if money.currency == NO_CURRENCY else f" {money.currency}"
        facts["price"] = f"{money.amount:.2f}{code}"
    if product.rating is not None and product.rating.count:
        facts["rating"] = f"{product.rating.value:.1f}"
    availability = variant.availability if variant else product.availability
    if availability in ("in_stock", "out_of_stock"):
        facts["stock"] = "yes" if availability == "in_stock" else "no"
    if product.brand and len(product.brand.split()) <= _WORDS_A_VALUE:
        facts["brand"] = product.brand
    attributes: Mapping[str, AttributeValue] = {**product.attributes, **(variant.attributes if variant else {})}
    for attribute, value in attributes.items():
        text = told(value)
        wording = wordings().get(attribute)
        if text and (attribute, text) != ("pieces", "1") and (wording is None or _as_worded(wording, text)):
            facts.setdefault(wording.fact if wording else attribute.replace("_", " "), text)
    return facts


def told(value: AttributeValue) -> str:
    """A value as a prompt tells it; "" where that would be too long."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, Quantity):
        return f"{value.value:g} {value.unit}"
    if isinstance(value, float | int):
        return f"{value:g}"
    if isinstance(value, tuple):
        value = " and ".join(value) if len(value) < _PARTS else ", ".join(value[:-1]) + f" and {value[-1]}"
    return value if 0 < len(value.split()) <= _WORDS_A_VALUE and not set(value) & set(";:\n") else ""


def _as_worded(wording: Wording, text: str) -> bool:
    """Whether a value is of the kind that the words for it expect: no "warranty of lifetime"."""
    return wording.kind == "text" or wording.kind == kind_of(text)


def _plural(word: str) -> bool:
    return len(word) > 3 and word.endswith("s") and not word.endswith(_SINGULAR)
