r"""Filters in a URL: the compact form of `types.Filter`, written `FIELD:OP:VALUES`.

    brand:is:Fellrunner|Tarn        any of two brands
    category:is:Camping & Hiking > Tents
    attr:material:not:leather       none of the values
    price:range:10..80              inclusive bounds, either may be left out
    attr:weight:range:..2kg         a unit may follow the last bound

`|` separates values; `\|` and `\\` stand for the characters themselves. Not covered: nesting and "or" between fields,
which the search has no use for.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable

from shopwright.errors import ConfigError
from shopwright.types import Filter

FIELDS = ("price", "brand", "category", "availability", "rating", "on_sale")
"""The fields that every shop has; any other property is `attr:NAME`."""

_FORM = re.compile(r"(?P<field>attr:.+?|[a-z_]+):(?P<op>is|not|range):(?P<values>.*)", re.DOTALL)
_NUMBER = r"-?\d{1,15}(?:\.\d{1,9})?(?:e[+-]?\d{1,2})?"
_UNIT = r"[^\d\s.,:|-][^\d|:]{0,15}?"
_RANGE = re.compile(rf"\s*(?P<low>{_NUMBER})?\s*\.\.\s*(?P<high>{_NUMBER})?\s*(?P<unit>{_UNIT})?\s*")
_VALUE = re.compile(r"(?:\\.|[^|\\])+|(?<=\|)(?=\|)", re.DOTALL)
_PLAIN = {"true": "yes", "false": "no"}
_EXAMPLES = "brand:is:Fellrunner|Tarn, price:range:10..80 or attr:weight:range:..2kg"


def parse_filter(text: str) -> Filter:
    """Read one compact filter.

    Raises:
        ConfigError: when the text is not of the form, names no known field, or has bounds that no number satisfies.
    """
    form = _FORM.fullmatch(text)
    if form is None:
        raise ConfigError(f"filter {_short(text)}: expected FIELD:OP:VALUES with OP is, not or range, e.g. {_EXAMPLES}")
    field, values = form["field"], form["values"]
    if field not in FIELDS and not field.startswith("attr:"):
        raise ConfigError(f"filter {_short(text)}: unknown field {field!r}; use {', '.join(FIELDS)} or attr:NAME")
    if form["op"] == "range":
        return _parse_range(field, values, text)
    chosen = tuple(value for value in (_unescape(part).strip() for part in _VALUE.findall(values)) if value)
    if not chosen:
        raise ConfigError(f"filter {_short(text)}: no value after {form['op']!r}; write one, e.g. {_EXAMPLES}")
    return Filter(field, "not" if form["op"] == "not" else "is", chosen)


def format_filter(filter: Filter) -> str:
    """The compact form of a filter: `parse_filter(format_filter(f)) == f` for filters that the form can express."""
    if filter.op == "range":
        return f"{filter.field}:range:{_bound(filter.low)}..{_bound(filter.high)}{filter.unit or ''}"
    return f"{filter.field}:{filter.op}:{'|'.join(_escape(value) for value in filter.values)}"


def label_filter(filter: Filter) -> str:
    """A filter in words, for a chip: "Brand: Fellrunner or Tarn", "Weight up to 2 kg", "Material: not leather"."""
    name = label_field(filter.field)
    if filter.op == "range":
        return f"{name} {_label_range(filter)}"
    if filter.field == "on_sale":
        on_sale = (filter.values[:1] == ("true",)) == (filter.op == "is")
        return "On sale" if on_sale else "Not on sale"
    values = " or ".join(_PLAIN.get(value, value.replace("_", " ")) for value in filter.values)
    return f"{name}: {values}" if filter.op == "is" else f"{name}: not {values}"


def label_field(field: str) -> str:
    """A field's name as shown to a shopper: "attr:waterproof_rating" is "Waterproof rating"."""
    name = field.removeprefix("attr:").replace("_", " ").strip()
    return name[:1].upper() + name[1:]


def parse_filters(texts: Iterable[str]) -> tuple[Filter, ...]:
    """Read several compact filters; all of them hold. Raises `ConfigError` as `parse_filter` does."""
    return tuple(parse_filter(text) for text in texts)


def _parse_range(field: str, values: str, text: str) -> Filter:
    bounds = _RANGE.fullmatch(values)
    if bounds is None or (bounds["low"] is None and bounds["high"] is None):
        raise ConfigError(
            f"filter {_short(text)}: expected LOW..HIGH with one bound or both, e.g. {field}:range:10..80"
        )
    low = None if bounds["low"] is None else float(bounds["low"])
    high = None if bounds["high"] is None else float(bounds["high"])
    if low is not None and high is not None and low > high:
        raise ConfigError(f"filter {_short(text)}: {low:g} is more than {high:g}; write the smaller bound first")
    return Filter(field, "range", low=low, high=high, unit=bounds["unit"] or None)


def _label_range(filter: Filter) -> str:
    unit = f" {filter.unit}" if filter.unit else ""
    if filter.low is None:
        return f"up to {_bound(filter.high)}{unit}"
    if filter.high is None:
        return f"from {_bound(filter.low)}{unit}"
    return f"{_bound(filter.low)} to {_bound(filter.high)}{unit}"


def _bound(value: float | None) -> str:
    if value is None or not math.isfinite(value):
        return ""
    return str(int(value)) if value == int(value) and abs(value) < 1e15 else repr(value)


def _escape(value: str) -> str:
    return value.replace("\\", "\\\\").replace("|", "\\|")


def _unescape(value: str) -> str:
    return re.sub(r"\\(.)", r"\1", value, flags=re.DOTALL)


def _short(text: str) -> str:
    return repr(text if len(text) <= 80 else text[:77] + "...")
