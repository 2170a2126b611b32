"""Rows that share a group id become one product with variants.

The rule: rows of a group must follow each other, as every exporter writes them. A row of a group that was closed before
stands alone as a product of its own, under its own id, so that nothing is lost and memory stays small (a hash a group).

The product's title is the group's, or what the titles of its rows begin with; its options are the traits in which the
rows differ (colour, size, ...); what is equal in all rows is the product's, the rest the variant's.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from shopwright.catalog.feeds.build import Builder, best_availability, lowest_price
from shopwright.catalog.feeds.values import read_id, text_of
from shopwright.catalog.text import clean_line
from shopwright.errors import RowError
from shopwright.types import AttributeValue, Product, Variant

_TRAITS = (
    "colour",
    "size",
    "material",
    "pattern",
    "gender",
    "age_group",
    "style",
    "scent",
    "flavour",
    "capacity",
    "storage",
)
_ALWAYS = ("colour", "size")
_LARGEST = 2_000
_ENDS = re.compile(r"[\s\-–—,:;|/(\[]+$")

Entry = tuple[int, Mapping[str, Any] | RowError]


def grouped(records: Iterator[Entry], builder: Builder) -> Iterator[Product | RowError]:
    """Products of records, with neighbours of one `group_id` merged."""
    closed: set[int] = set()
    key, title, begins, members = "", "", 0, list[Product]()
    for line, record in records:
        if isinstance(record, RowError):
            yield record
            continue
        own_key = clean_line(text_of(record.get("group_id")))
        if members and (own_key != key or len(members) >= _LARGEST):
            builder.line = begins
            yield merged(key, title, members)
            closed.add(hash(key))
            members = []
        try:
            product = builder.product(record, line)
        except RowError as error:
            yield error
            continue
        if not own_key or product.variants:
            yield product
        elif hash(own_key) in closed:
            builder.note(
                line, f"item {product.id!r} is apart from its group {own_key!r} and stands alone: sort by group id"
            )
            yield product
        else:
            key = own_key
            begins = begins if members else line
            title = title if members else clean_line(text_of(record.get("group_title")))
            members.append(product)
    if members:
        builder.line = begins
        yield merged(key, title, members)


def merged(key: str, title: str, members: Sequence[Product]) -> Product:
    """One product of the rows of a group."""
    first = members[0]
    options = _options(members)
    common = {
        name: value
        for name, value in first.attributes.items()
        if all(member.attributes.get(name) == value for member in members)
    }
    variants = tuple(_variant(member, options, common) for member in members)
    price, sale_price = lowest_price(variants, None, None)
    counts = [member.stock for member in members]
    return Product(
        id=read_id(key[:200]),
        title=title or _common_title([member.title for member in members]),
        description=first.description,
        highlights=first.highlights,
        brand=first.brand,
        category=first.category,
        attributes=common,
        price=price,
        sale_price=sale_price,
        availability=best_availability([member.availability for member in members]),
        stock=sum(count for count in counts if count is not None) if None not in counts else None,
        variants=tuple({variant.id: variant for variant in reversed(variants)}.values())[::-1],
        images=tuple(dict.fromkeys(image for member in members for image in member.images))[:50],
        url=first.url,
        rating=next((member.rating for member in members if member.rating), None),
        mpn=first.mpn if all(member.mpn == first.mpn for member in members) else None,
        condition=first.condition,
        related=first.related,
        released=first.released,
    )


def _options(members: Sequence[Product]) -> tuple[str, ...]:
    """The traits by which a shopper picks one: those that differ, and colour and size where every row has them."""
    texts = [
        name
        for name in members[0].attributes
        if all(isinstance(member.attributes.get(name), str | float) for member in members)
    ]
    differing = [name for name in texts if len({member.attributes[name] for member in members}) > 1]
    chosen = [name for name in texts if name in _TRAITS and (name in differing or name in _ALWAYS)]
    return tuple(chosen or differing[:3])


def _variant(member: Product, options: Sequence[str], common: Mapping[str, AttributeValue]) -> Variant:
    own = {name: value for name, value in member.attributes.items() if name not in options and name not in common}
    return Variant(
        id=member.id,
        options={name: text_of(member.attributes[name]) for name in options},
        price=member.price,
        sale_price=member.sale_price,
        availability=member.availability,
        stock=member.stock,
        attributes=own,
        title=member.title,
        gtin=member.gtin,
        image=member.images[0] if member.images else None,
        url=member.url,
    )


def _common_title(titles: Sequence[str]) -> str:
    """What all titles begin with, cut at a word; the first title where that says too little."""
    low, high = min(titles), max(titles)  # what these two share, all share
    prefix = low[
        : next((place for place, pair in enumerate(zip(low, high, strict=False)) if len(set(pair)) > 1), len(low))
    ]
    if any(len(title) > len(prefix) and title[len(prefix)].isalnum() for title in titles):
        prefix = prefix[: max(prefix.rfind(" "), 0)]
    prefix = _ENDS.sub("", prefix)
    return prefix if len(prefix) >= max(4, len(titles[0]) // 3) else titles[0]
