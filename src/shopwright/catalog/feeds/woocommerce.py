"""WooCommerce's product CSV: simple products, and variable ones whose variations follow as rows of their own.

A row of type "variation" belongs to the variable product that its `Parent` names ("id:123" or a SKU) when that product
is the last one before it, as the exporter writes them; any other variation is refused. "Attribute N name / value(s)"
are attributes of a simple product and options of a variation. Columns are the exporter's English ones.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from shopwright.catalog.feeds.build import Builder
from shopwright.errors import RowError
from shopwright.types import Product, Variant

_FIELDS = {
    "id": "id", "sku": "attr:sku", "name": "title", "short description": "highlights", "description": "description",
    "regular price": "price", "sale price": "sale_price", "date sale price starts": "sale_start",
    "date sale price ends": "sale_end", "in stock?": "availability", "stock": "stock", "categories": "category",
    "images": "images", "brands": "brand", "external url": "url", "parent": "variants", "type": "variants",
    "cross-sells": "related", "upsells": "related", "gtin, upc, ean, or isbn": "gtin", "tags": "attr:tags",
}  # fmt: skip
_MEASURES = ("weight", "length", "width", "height")
_ATTRIBUTES = 30

Row = tuple[int, dict[str, Any] | RowError]
Cells = dict[str, str]


def matches(columns: frozenset[str]) -> bool:
    """Whether these lower-case column names are WooCommerce's."""
    return {"name", "regular price", "type"} <= columns and bool({"parent", "attribute 1 name", "published"} & columns)


def shown_columns(columns: list[str]) -> dict[str, str]:
    """What becomes of each column of the header."""
    shown: dict[str, str] = {}
    for column in columns:
        folded = column.lower()
        numbered = folded.startswith("attribute ") and folded.endswith((" name", " value(s)"))
        measure = next((name for name in _MEASURES if folded.startswith(f"{name} (")), None)
        shown[column] = _FIELDS.get(folded) or (
            "attributes" if numbered else f"attr:{measure}" if measure else "ignored"
        )
    return shown


def products(rows: Iterator[Row], builder: Builder) -> Iterator[Product | RowError]:
    """Products with their variations."""
    parent: tuple[int, Cells] | None = None
    children: list[tuple[int, Cells]] = []
    for line, row in rows:
        if isinstance(row, RowError):
            yield row
            continue
        cells = {name.lower(): value.strip() for name, value in row.items() if isinstance(value, str) and value.strip()}
        if "variation" in cells.get("type", "").lower():
            if parent is not None and cells.get("parent", "") in _keys(parent[1]):
                children.append((line, cells))
            else:
                yield RowError(
                    f"variation {cells.get('id', '')!r} of {cells.get('parent', '')!r} does not follow its product: "
                    "keep the order of the export",
                    line,
                )
            continue
        if parent is not None:
            yield from _built(*parent, children, builder)
        parent, children = (line, cells), []
    if parent is not None:
        yield from _built(*parent, children, builder)


def _keys(cells: Cells) -> tuple[str, ...]:
    return tuple(key for key in (f"id:{cells.get('id', '')}", cells.get("sku", "")) if key)


def _built(
    line: int, cells: Cells, children: list[tuple[int, Cells]], builder: Builder
) -> Iterator[Product | RowError]:
    product_id = cells.get("id") or cells.get("sku", "")
    if cells.get("published") in ("0", "-1"):
        yield RowError(f"product {product_id!r} is not for sale: it is not published", line)
        return
    variants: list[Variant] = []
    for number, (row_line, child) in enumerate(children, start=1):
        try:
            variants.append(builder.variant(_offer(child, variation=True), product_id, number, row_line))
        except RowError as error:
            yield error
    if children and not variants:
        return
    record = {
        **_offer(cells, variation=False),
        "id": product_id,
        "title": cells.get("name"),
        "description": "\n\n".join(filter(None, (cells.get("short description"), cells.get("description")))),
        "brand": cells.get("brands"),
        "category": cells.get("categories", "").split(",")[0],
        "images": cells.get("images"),
        "related": {"accessory": cells.get("cross-sells", ""), "substitute": cells.get("upsells", "")},
        "variants": variants,
    }
    try:
        yield builder.product(record, line)
    except RowError as error:
        yield error


def _offer(cells: Cells, *, variation: bool) -> dict[str, Any]:
    named = {
        name: cells.get(f"attribute {place} value(s)", "")
        for place in range(1, _ATTRIBUTES + 1)
        if (name := cells.get(f"attribute {place} name"))
    }
    attributes: dict[str, Any] = {
        column: value for column, value in cells.items() if column.startswith(_MEASURES) and column.endswith(")")
    }
    if sku := cells.get("sku"):
        attributes["sku"] = sku
    if tags := [tag.strip() for tag in cells.get("tags", "").split(",") if tag.strip()]:
        attributes["tags"] = tags
    if not variation:
        attributes |= {name: _list(value) for name, value in named.items()}
    return {
        "id": cells.get("id") or cells.get("sku"),
        "options": named if variation else {},
        "price": cells.get("regular price"),
        "sale_price": cells.get("sale price"),
        "sale_start": cells.get("date sale price starts"),
        "sale_end": cells.get("date sale price ends"),
        "stock": cells.get("stock"),
        "availability": cells.get("in stock?"),
        "gtin": cells.get("gtin, upc, ean, or isbn"),
        "image": cells.get("images"),
        "attributes": attributes,
    }


def _list(value: str) -> str | list[str]:
    pieces = [piece.strip() for piece in value.split(",")]
    return pieces if len(pieces) > 1 and all(0 < len(piece) <= 40 for piece in pieces) else value
