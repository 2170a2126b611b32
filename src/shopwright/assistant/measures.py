"""Facts over many products: how many, which values, from what to what, and which product is at one end."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence

from shopwright.assistant.results import Facts
from shopwright.assistant.stated import attribute_values, find_attribute
from shopwright.catalog.money import format_money
from shopwright.catalog.offers import attribute_text, price_span, stars_text
from shopwright.catalog.units import base
from shopwright.errors import ToolError
from shopwright.types import AttributeValue, Product, Quantity


def measure_facts(measure: str, products: Sequence[Product], limit: int) -> Facts:
    """The fact that `measure` asks for (codes as in `skills.rewrite.asks`).

    Raises:
        ToolError: for a code that does not exist.
    """
    kind, _, what = measure.partition(":")
    if kind == "count" and not what:
        return Facts(measure, len(products), len(products), tuple(p.id for p in products[:limit]))
    if kind in ("count", "list"):
        return _values(measure, what, products)
    if kind == "range":
        return _range(measure, products)
    if kind in ("min", "max"):
        return _extreme(measure, kind, what, products, limit)
    raise ToolError(f"measure {measure!r}: use count, count:FIELD, list:FIELD, range:price, min:WHAT or max:WHAT")


def _number(value: AttributeValue) -> tuple[float, str] | None:
    if isinstance(value, Quantity):
        return base(value).value, attribute_text(value)
    return (value, attribute_text(value)) if type(value) is float else None


def _values(measure: str, field: str, products: Sequence[Product]) -> Facts:
    counts: Counter[str] = Counter()
    stated = 0
    for product in products:
        values = _field_values(product, field)
        stated += bool(values)
        counts.update(values)
    return Facts(measure, len(products), stated, values=tuple(counts.most_common()), what=field)


def _field_values(product: Product, field: str) -> set[str]:
    if field == "brand":
        return {product.brand} if product.brand else set()
    if field == "category":
        return {product.category[0]} if product.category else set()
    name = field.removeprefix("attr:")
    values = {variant.options[name] for variant in product.variants if name in variant.options}
    if not values and (found := find_attribute(product, name)):
        values = set(found[1]) if isinstance(found[1], tuple) else {attribute_text(found[1])}
    return values


def _range(measure: str, products: Sequence[Product]) -> Facts:
    spans = [span for product in products if (span := price_span(product))]
    if not spans:
        return Facts(measure, len(products))
    low = min((span[0] for span in spans), key=lambda money: money.amount)
    high = max((span[1] for span in spans), key=lambda money: money.amount)
    return Facts(measure, len(products), len(spans), text=f"{format_money(low)} to {format_money(high)}", what="price")


def _extreme(measure: str, end: str, what: str, products: Sequence[Product], limit: int) -> Facts:
    read = _reader(what, end)
    rows = [(value, product) for product in products if (value := read(product)) is not None]
    if not rows:
        return Facts(measure, len(products), what=what)
    rows.sort(key=lambda row: row[0][0], reverse=end == "max")
    (_, text), _ = rows[0]
    return Facts(
        measure, len(products), len(rows), tuple(product.id for _, product in rows[:limit]), text=text, what=what
    )


def _reader(what: str, end: str) -> Callable[[Product], tuple[float | str, str] | None]:
    def price(product: Product) -> tuple[float | str, str] | None:
        span = price_span(product)
        money = span[0 if end == "min" else 1] if span else None
        return (float(money.amount), format_money(money)) if money else None

    def rating(product: Product) -> tuple[float | str, str] | None:
        return (
            (product.rating.value, stars_text(product.rating.value))
            if product.rating and product.rating.count > 1
            else None
        )

    def released(product: Product) -> tuple[float | str, str] | None:
        return (product.released, product.released) if product.released else None

    def attribute(product: Product) -> tuple[float | str, str] | None:
        values = [found for value in attribute_values(product, what.removeprefix("attr:")) if (found := _number(value))]
        return (min(values) if end == "min" else max(values)) if values else None

    return {"price": price, "rating": rating, "released": released}.get(what, attribute)
