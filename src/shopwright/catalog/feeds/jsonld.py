"""Products in the words of schema.org: JSON-LD in the script blocks of a page, a graph, or a list of nodes.

What: Product, ProductGroup with hasVariant, Offer, AggregateOffer, ItemList, references by `@id` inside one document,
additionalProperty and QuantitativeValue as attributes. Source: https://schema.org/Product and Google's documentation of
product variants.

What not: microdata and RDFa, JSON-LD contexts other than schema.org (names are compared as they are written), and pages
of more than 64 MB.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

from lxml import etree

from shopwright.catalog.feeds.source import MAX_LINE, Source
from shopwright.catalog.feeds.values import text_of
from shopwright.catalog.text import decode, slug
from shopwright.errors import FeedError, RowError

COLUMNS: Mapping[str, str] = {
    "name": "title", "description": "description", "productID, sku, @id": "id", "brand.name": "brand",
    "category": "category", "image": "images", "url": "url", "offers.price": "price",
    "offers.availability": "availability",
    "offers.inventoryLevel": "stock", "aggregateRating": "rating", "gtin": "gtin", "mpn": "mpn",
    "itemCondition": "condition", "releaseDate": "released", "additionalProperty": "attributes",
    "hasVariant": "variants", "isSimilarTo, isAccessoryOrSparePartFor": "related",
}  # fmt: skip
_DEPTH = 12
_PRODUCTS = frozenset(("Product", "ProductGroup", "IndividualProduct", "ProductModel", "Vehicle", "Car", "Book"))
_INSIDE = ("@graph", "mainEntity", "itemListElement", "item", "hasPart", "about", "offers", "itemOffered")
_TRAITS = ("color", "size", "material", "pattern", "weight", "width", "height", "depth", "audience", "countryOfOrigin")
_GTINS = ("gtin", "gtin13", "gtin14", "gtin12", "gtin8", "isbn")
_UNIT_CODES = {
    # UN/CEFACT recommendation 20
    "KGM": "kg", "GRM": "g", "MGM": "mg", "TNE": "t", "LBR": "lb", "ONZ": "oz", "MMT": "mm", "CMT": "cm", "MTR": "m",
    "KMT": "km", "INH": "in", "FOT": "ft", "LTR": "l", "MLT": "ml", "CLT": "cl", "MTK": "m²", "MTQ": "m³", "WTT": "W",
    "KWT": "kW", "KWH": "kWh", "VLT": "V", "AMP": "A", "HTZ": "Hz", "HUR": "h", "MIN": "min", "SEC": "s", "DAY": "days",
    "WEE": "weeks", "MON": "months", "ANN": "years", "CEL": "°C", "FAH": "°F", "KMH": "km/h", "BAR": "bar", "P1": "%",
    "C62": "pcs", "H87": "pcs", "2N": "dB", "4L": "MB", "E34": "GB", "DD": "°",
}  # fmt: skip
_SCRIPT_WRAP = re.compile(r"^\s*(?:<!--|//\s*<!\[CDATA\[|<!\[CDATA\[)|(?:-->|//\s*\]\]>|\]\]>)\s*;?\s*$")

Node = Mapping[str, Any]
Row = tuple[int, dict[str, Any] | RowError]


def page_rows(source: Source) -> Iterator[Row]:
    """Product nodes of a page, with the line where their script begins.

    Raises:
        FeedError: when the page is too large or holds no script of JSON-LD.
    """
    data = source.stream.read(MAX_LINE + 1)
    if len(data) > MAX_LINE:
        raise FeedError(f"{source.path}: a page of more than {MAX_LINE >> 20} MB: give a feed instead")
    source.check()
    parser = etree.HTMLParser(encoding="utf-8", no_network=True, huge_tree=True)
    charset = re.search(rb"charset=[\"']?([\w-]{1,40})", data[:4096], re.IGNORECASE)
    parser.feed(
        decode(data, charset[1].decode() if charset else None).replace("\0", "").encode("utf-8", errors="replace")
    )
    try:
        root = parser.close()
    except etree.XMLSyntaxError:
        root = None
    found = False
    for script in root.iter("script") if root is not None else ():
        if "ld+json" in (script.get("type") or "").lower():
            found = True
            yield from _script(script.text or "", _line(script))
    if not found:
        raise FeedError(f"{source.path}: the page holds no JSON-LD: give a page with schema.org products, or a feed")


def _line(element: etree._Element) -> int:
    line = element.sourceline
    return line if isinstance(line, int) else 1


def _script(text: str, line: int) -> Iterator[Row]:
    try:
        value = json.loads(_SCRIPT_WRAP.sub("", text), strict=False, parse_constant=lambda _: None)
    except (ValueError, RecursionError) as error:
        yield line, RowError(f"the JSON-LD is no valid JSON ({error}): mend the page's script", line)
        return
    for node in nodes(value):
        yield line, dict(node)


def nodes(value: object) -> Iterator[Node]:
    """The product nodes of a document, with what they refer to by `@id` put in place."""
    index: dict[str, Node] = {}
    _index(value, index, _DEPTH)
    tops = list(_tops(value, index, _DEPTH))
    inside = {id(variant) for node in tops for variant in _variants(node, tops, index)}
    for node in tops:
        if id(node) in inside and not _is(node, "ProductGroup"):
            continue
        variants = _variants(node, tops, index)
        yield (
            {**_resolved(node, index), "hasVariant": [_resolved(item, index) for item in variants]}
            if variants
            else (_resolved(node, index))
        )


def is_node(row: Mapping[str, Any]) -> bool:
    """Whether a row speaks JSON-LD."""
    return "@type" in row or "@graph" in row


def record(node: Node) -> dict[str, Any]:
    """A product node as a record."""
    offer = _offer(node.get("offers"))
    title = text_of(node.get("name"))
    product_id = next(
        filter(None, (text_of(node.get(key)) for key in ("productGroupID", "productID", "sku", "@id"))), ""
    )
    rating = node.get("aggregateRating")
    rating = rating if isinstance(rating, Mapping) else {}
    return {
        **offer,
        "id": product_id or _gtin(node) or text_of(node.get("mpn")) or text_of(node.get("url")) or slug(title),
        "title": title,
        "description": node.get("description"),
        "brand": _name(node.get("brand")) or _name(node.get("manufacturer")),
        "category": _category(node.get("category")),
        "images": node.get("image"),
        "url": node.get("url") or offer.get("url"),
        "gtin": _gtin(node),
        "mpn": node.get("mpn"),
        "condition": _plain(node.get("itemCondition")) or offer.get("condition"),
        "released": node.get("releaseDate"),
        "rating": rating.get("ratingValue"),
        "rating_count": rating.get("reviewCount") or rating.get("ratingCount"),
        "rating_best": rating.get("bestRating"),
        "attributes": _attributes(node),
        "related": {
            "accessory": _ids(node.get("isAccessoryOrSparePartFor")),
            "substitute": _ids(node.get("isSimilarTo")),
        },
        "variants": [_variant(item, node) for item in _list(node.get("hasVariant")) if isinstance(item, Mapping)],
    }


def _variant(node: Node, group: Node) -> dict[str, Any]:
    attributes = _attributes(node)
    varying = [text_of(name).rpartition("/")[2] for name in _list(group.get("variesBy"))] or ["color", "size"]
    options = {name: value for name in varying if isinstance(value := attributes.pop(name, None), str)}
    own = record({key: value for key, value in node.items() if key != "hasVariant"})
    kept = ("id", "title", "url", "gtin", "price", "list_price", "currency", "availability", "stock", "images")
    return {**{key: own.get(key) for key in kept}, "options": options, "attributes": attributes}


def _offer(value: object) -> dict[str, Any]:
    """What is charged: the cheapest offer, or the low price of an AggregateOffer."""
    offers = [item for item in _list(value) if isinstance(item, Mapping)]
    for item in list(offers):
        offers.extend(inner for inner in _list(item.get("offers")) if isinstance(inner, Mapping))
    read = [offer for item in offers if (offer := _one_offer(item))["price"] not in (None, "")]
    if not read:
        return _one_offer(offers[0]) if offers else {}
    return min(read, key=_amount)


def _one_offer(item: Node) -> dict[str, Any]:
    specifications = [spec for spec in _list(item.get("priceSpecification")) if isinstance(spec, Mapping)]
    struck = [
        spec
        for spec in specifications
        if "List" in text_of(spec.get("priceType")) or "Strike" in text_of(spec.get("priceType"))
    ]
    charged = next((spec for spec in specifications if spec not in struck), {})
    level = item.get("inventoryLevel")
    price = next(
        (p for p in (item.get("price"), charged.get("price"), item.get("lowPrice")) if p not in (None, "")), None
    )
    return {
        "price": price,
        "list_price": struck[0].get("price") if struck else None,
        "currency": item.get("priceCurrency") or charged.get("priceCurrency"),
        "availability": item.get("availability"),
        "condition": _plain(item.get("itemCondition")),
        "stock": level.get("value") if isinstance(level, Mapping) else level,
        "url": item.get("url"),
    }


def _amount(offer: Mapping[str, Any]) -> float:
    try:
        return float(text_of(offer["price"]).replace(",", ""))
    except ValueError:
        return float("inf")


def _attributes(node: Node) -> dict[str, Any]:
    found = {name: value for name in _TRAITS if (value := _measure(node.get(name))) not in (None, "")}
    for item in _list(node.get("additionalProperty")):
        if isinstance(item, Mapping) and (name := text_of(item.get("name")) or text_of(item.get("propertyID"))):
            found[name] = _measure(item)
    return found


def _measure(value: object) -> Any:
    """A plain value, or value and unit of a QuantitativeValue or PropertyValue."""
    if isinstance(value, Mapping):
        inner = value.get("value", value.get("name", value.get("suggestedGender")))
        unit = text_of(value.get("unitText")) or _UNIT_CODES.get(text_of(value.get("unitCode")), "")
        return {"value": inner, "unit": unit} if unit else _plain(inner)
    return [_plain(item) for item in value] if isinstance(value, list) else value


def _plain(value: object) -> Any:
    """A value without the address of schema.org in front of it: "https://schema.org/NewCondition" -> "New"."""
    text = _name(value) if isinstance(value, Mapping) else value
    if isinstance(text, str) and "schema.org/" in text:
        return text.rpartition("/")[2].removesuffix("Condition")
    return text


def _category(value: object) -> object:
    first = value[0] if isinstance(value, list) and value and isinstance(value[0], Mapping) else value
    return (_name(first) or text_of(first.get("codeValue"))) if isinstance(first, Mapping) else first


def _name(value: object) -> str:
    if isinstance(value, list):
        value = value[0] if value else None
    return text_of(value.get("name")) if isinstance(value, Mapping) else text_of(value)


def _ids(value: object) -> list[str]:
    items = [item for item in _list(value) if isinstance(item, Mapping)]
    return [text for item in items if (text := text_of(item.get("sku")) or text_of(item.get("productID")))]


def _gtin(node: Node) -> str:
    return next((text for name in _GTINS if (text := text_of(node.get(name)))), "")


def _is(node: Node, kind: str) -> bool:
    return any(text_of(item).rpartition("/")[2].rpartition(":")[2] == kind for item in _list(node.get("@type")))


def _list(value: object) -> list[Any]:
    return value if isinstance(value, list) else [] if value is None else [value]


def _index(value: object, index: dict[str, Node], depth: int) -> None:
    """All nodes by their `@id`; the fullest wins."""
    if depth <= 0:
        return
    if isinstance(value, Mapping):
        name = value.get("@id")
        if isinstance(name, str) and len(value) > len(index.get(name, ())):
            index[name] = value
    for inner in value.values() if isinstance(value, Mapping) else value if isinstance(value, list) else ():
        if isinstance(inner, Mapping | list):
            _index(inner, index, depth - 1)


def _tops(value: object, index: Mapping[str, Node], depth: int) -> Iterator[Node]:
    """Product nodes that stand in a page, list or graph rather than inside another product."""
    if depth <= 0:
        return
    if isinstance(value, list):
        for item in value:
            yield from _tops(item, index, depth - 1)
    elif isinstance(value, Mapping):
        node = index.get(text_of(value.get("@id")), value) if len(value) <= 2 else value
        if any(_is(node, kind) for kind in _PRODUCTS):
            yield node
        else:
            for key in _INSIDE:
                if isinstance(inner := node.get(key), Mapping | list):
                    yield from _tops(inner, index, depth - 1)


def _variants(node: Node, tops: list[Node], index: Mapping[str, Node]) -> list[Node]:
    """Variants that a group holds, refers to, or is referred to by."""
    held = [item for item in _list(node.get("hasVariant")) if isinstance(item, Mapping)]
    if held:
        return [index.get(text_of(item.get("@id")), item) for item in held]
    name = text_of(node.get("@id"))
    if not name or not _is(node, "ProductGroup"):
        return []
    return [
        item for item in tops
        if any(isinstance(ref, Mapping) and ref.get("@id") == name for ref in _list(item.get("isVariantOf")))
    ]  # fmt: skip


def _resolved(node: Node, index: Mapping[str, Node]) -> dict[str, Any]:
    """A node whose direct references ("offers": {"@id": ...}) are put in place."""

    def resolve(value: Any) -> Any:
        if isinstance(value, list):
            return [resolve(item) for item in value]
        return (
            index.get(value["@id"], value)
            if isinstance(value, Mapping) and set(value) == {"@id"} and isinstance(value["@id"], str)
            else value
        )

    return {key: resolve(value) for key, value in node.items()}
