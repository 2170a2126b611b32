"""Shopify's product CSV, in the export's header ("Handle", "Variant Price") and the newer one ("URL handle", "Price").

Rows that follow each other with the same handle are one product: the first carries the texts, each row with options or
a price is a variant, the others add pictures. Drafts, archived products and gift cards' internals are not for sale in
the shop and are reported as refused. Metafields ("Fabric (product.metafields.shopify.fabric)") become attributes under
their key, since labels are in the shop's language and keys are not.

Two things that are Shopify's own: a negative quantity means oversold and counts as 0, and "Compare At Price" is the
regular price when it is the higher one. A variant's id is made from handle and options, because SKUs repeat in
practice.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from shopwright.catalog.attributes import attribute_name
from shopwright.catalog.feeds.build import Builder
from shopwright.catalog.feeds.values import read_path
from shopwright.catalog.text import clean_line
from shopwright.errors import RowError
from shopwright.types import Product

_NAMES: Mapping[str, tuple[str, ...]] = {
    # Our word -> the column in either header, in lower case.
    "handle": ("handle", "url handle"),
    "title": ("title",),
    "description": ("body (html)", "description"),
    "vendor": ("vendor",),
    "category": ("product category", "google shopping / google product category"),
    "type": ("type",),
    "tags": ("tags",),
    "published": ("published", "published on online store"),
    "status": ("status",),
    "sku": ("variant sku", "sku"),
    "barcode": ("variant barcode", "barcode"),
    "price": ("variant price", "price"),
    "compare": ("variant compare at price", "compare-at price"),
    "quantity": ("variant inventory qty", "inventory quantity"),
    "tracker": ("variant inventory tracker", "inventory tracker"),
    "policy": ("variant inventory policy", "continue selling when out of stock"),
    "grams": ("variant grams", "weight value (grams)"),
    "weight_unit": ("variant weight unit", "weight unit for display"),
    "image": ("image src", "product image url"),
    "variant_image": ("variant image", "variant image url"),
    "gender": ("google shopping / gender",),
    "age_group": ("google shopping / age group",),
    "condition": ("google shopping / condition",),
    "mpn": ("google shopping / mpn", "google shopping / manufacturer part number (mpn)"),
}
_FIELDS = {
    "handle": "id", "title": "title", "description": "description", "vendor": "brand", "category": "category",
    "type": "attr:product_type", "tags": "attr:tags", "sku": "attr:sku", "barcode": "gtin", "price": "price",
    "compare": "list_price", "quantity": "stock", "tracker": "availability", "policy": "availability",
    "grams": "attr:weight", "weight_unit": "attr:weight", "image": "images", "variant_image": "images",
    "gender": "attr:gender", "age_group": "attr:age_group", "condition": "condition", "mpn": "mpn",
    "published": "ignored", "status": "ignored",
}  # fmt: skip
_METAFIELD = re.compile(r"(.+) \(product\.metafields\.([\w-]+)\.([\w-]+)\)")
_HIDDEN_SPACES = ("shopify--", "mm-google-shopping", "reviews", "seo", "judgeme", "loox")
_GRAMS = {"kg": 1000.0, "g": 1.0, "lb": 453.59237, "oz": 28.349523125}

Row = tuple[int, dict[str, Any] | RowError]


def matches(columns: frozenset[str]) -> bool:
    """Whether these lower-case column names are one of Shopify's headers."""
    old = {"handle", "title"} <= columns and bool({"variant price", "option1 name", "body (html)"} & columns)
    new = {"url handle", "title"} <= columns and bool({"price", "option1 name"} & columns)
    return old or new


def shown_columns(columns: list[str]) -> dict[str, str]:
    """What becomes of each column of the header."""
    return {column: _target(column) for column in columns}


def products(rows: Iterator[Row], builder: Builder) -> Iterator[Product | RowError]:
    """One product for each run of rows with the same handle."""
    group: list[tuple[int, dict[str, str]]] = []
    for line, row in rows:
        if isinstance(row, RowError):
            yield row
            continue
        cells = {name.lower(): value for name, value in row.items() if isinstance(value, str) and value.strip()}
        handle = _cell(cells, "handle")
        if group and handle != _cell(group[0][1], "handle"):
            yield from _built(group, builder)
            group = []
        group.append((line, cells))
    if group:
        yield from _built(group, builder)


def _built(group: list[tuple[int, dict[str, str]]], builder: Builder) -> Iterator[Product | RowError]:
    line, head = group[0]
    status = _cell(head, "status").lower()
    if status in ("draft", "archived", "unlisted"):
        yield RowError(f"product {_cell(head, 'handle')!r} is not for sale: its status is {status!r}", line)
        return
    if _cell(head, "published").lower() == "false" and status != "active":
        yield RowError(f"product {_cell(head, 'handle')!r} is not for sale: it is not published", line)
        return
    record = _record(head)
    record["images"] = [url for _, cells in group if (url := _cell(cells, "image"))]
    names = [_clean(head.get(f"option{place} name", "")) for place in (1, 2, 3)]
    rows = [(row_line, cells) for row_line, cells in group if _is_variant(cells)]
    options = [_options(cells, names) for _, cells in rows]
    if len(rows) == 1 and not options[0]:
        single = _variant(rows[0][1], {})
        record = {**single, **record, "attributes": {**record["attributes"], **single["attributes"]}}
    else:
        for name in {attribute_name(name)[0] for chosen in options for name in chosen}:
            record["attributes"].pop(name, None)  # what a variant is chosen by is no trait of the whole product
        record["variants"] = []
        for number, ((row_line, cells), chosen) in enumerate(zip(rows, options, strict=True), start=1):
            try:
                record["variants"].append(builder.variant(_variant(cells, chosen), record["id"], number, row_line))
            except RowError as error:
                yield error
        if rows and not record["variants"]:
            return
    try:
        yield builder.product(record, line)
    except RowError as error:
        yield error


def _record(head: Mapping[str, str]) -> dict[str, Any]:
    attributes: dict[str, Any] = {
        name: value for name in ("gender", "age_group") if (value := _cell(head, name)) and value.lower() != "unisex"
    }
    kind, path = _cell(head, "type"), _category(head)
    if kind and (not path or kind.lower() != path[-1].lower()):
        attributes["product_type"] = kind
    if tags := [tag.strip() for tag in _cell(head, "tags").split(",") if tag.strip()]:
        attributes["tags"] = tags
    related: dict[str, str] = {}
    for column, value in head.items():
        match = _METAFIELD.fullmatch(column)
        if match and match[3] in ("complementary_products", "related_products"):
            related["accessory" if match[3].startswith("c") else "substitute"] = value
        elif match and not match[2].startswith(_HIDDEN_SPACES):
            attributes.setdefault(_metafield_name(match[3]), value)
    return {
        "id": _cell(head, "handle"),
        "title": _cell(head, "title"),
        "description": _cell(head, "description"),
        "brand": _cell(head, "vendor"),
        "category": path or ((kind,) if kind else ()),
        "condition": _cell(head, "condition"),
        "mpn": _cell(head, "mpn"),
        "attributes": attributes,
        "related": related,
    }


def _is_variant(cells: Mapping[str, str]) -> bool:
    return bool(_cell(cells, "price")) or any(cells.get(f"option{place} value") for place in (1, 2, 3))


def _options(cells: Mapping[str, str], names: list[str]) -> dict[str, str]:
    """Option values by name. "Title: Default Title" is how Shopify writes that there are none."""
    values = [_clean(cells.get(f"option{place} value", "")) for place in (1, 2, 3)]
    pairs = [
        (name or f"option {place}", value) for place, (name, value) in enumerate(zip(names, values, strict=True), 1)
    ]
    return {
        name: value for name, value in pairs if value and (name.lower(), value.lower()) != ("title", "default title")
    }


def _variant(cells: Mapping[str, str], options: Mapping[str, str]) -> dict[str, Any]:
    attributes: dict[str, Any] = {"sku": sku} if (sku := _cell(cells, "sku").lstrip("'")) else {}
    if weight := _weight(cells):
        attributes["weight"] = weight
    quantity, tracked = _cell(cells, "quantity"), _cell(cells, "tracker")
    oversold = quantity.startswith("-") and quantity[1:].isdigit()
    sells_on = _cell(cells, "policy").lower() in ("continue", "true")
    empty = oversold or quantity == "0"
    return {
        "options": options,
        "price": _cell(cells, "price"),
        "list_price": _cell(cells, "compare"),
        "stock": ("0" if oversold else quantity) if tracked else None,
        "availability": ("backorder" if sells_on else "out_of_stock")
        if tracked and empty
        else None
        if tracked
        else "in_stock",
        "gtin": _cell(cells, "barcode").lstrip("'"),
        "image": _cell(cells, "variant_image"),
        "attributes": attributes,
    }


def _category(head: Mapping[str, str]) -> tuple[str, ...]:
    path = _cell(head, "category")
    return () if not path or path.isdigit() else read_path(path)


def _weight(cells: Mapping[str, str]) -> dict[str, Any] | None:
    """The weight in the unit that the shop displays."""
    unit = _cell(cells, "weight_unit").lower() or "g"
    try:
        grams = float(_cell(cells, "grams"))
    except ValueError:
        return None
    return {"value": round(grams / _GRAMS[unit], 6), "unit": unit} if grams > 0 and unit in _GRAMS else None


def _metafield_name(key: str) -> str:
    return "colour" if key in ("color-pattern", "color") else attribute_name(key)[0]


def _cell(cells: Mapping[str, str], name: str) -> str:
    return next((cells[column].strip() for column in _NAMES[name] if column in cells), "")


def _clean(value: str) -> str:
    return clean_line(value, 120)


def _target(column: str) -> str:
    folded = column.lower()
    for name, columns in _NAMES.items():
        if folded in columns:
            return _FIELDS[name]
    if re.fullmatch(r"option[123] (name|value)", folded):
        return "options"
    match = _METAFIELD.fullmatch(folded)
    if match and match[3] in ("complementary_products", "related_products"):
        return "related"
    if match and not match[2].startswith(_HIDDEN_SPACES):
        return f"attr:{_metafield_name(match[3])}"
    return "ignored"
