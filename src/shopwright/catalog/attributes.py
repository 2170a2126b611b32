"""Typed attributes from the texts, numbers and lists of a feed.

`{"Weight (g)": 300, "waterproof": "yes", "screenSize": "13 in"}` becomes
`{"weight": Quantity(300, "g"), "waterproof": True, "screen_size": Quantity(13, "in")}`.

What: names in snake_case, units taken from the name, yes and no, numbers, quantities of known units, lists; all else
stays text. What not: compound sizes ("46 x 12 cm") and ranges ("20-30 l") are text; nothing is translated, only the
American "color" is written "colour", so that one word names one thing.

Simplifications: numbers with leading zeros or more than 15 digits are codes and stay text; "10,100" is text, because
lists are written like that too; values that say that there is no value ("n/a", "-") are dropped.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache
from math import isfinite

from shopwright.catalog.text import clean_line
from shopwright.catalog.units import parse_quantity, unit_symbol
from shopwright.types import AttributeValue, Quantity

VALUE_LIMIT = 1_000
NAME_LIMIT = 100
COUNT_LIMIT = 400
_LIST_LIMIT = 200
_CACHED_LENGTH = 100

_WORDS = re.compile(r"[^\s!-&(-/:-@\[-`{-~–—·•…×]+")
_HUMPS = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")
_BRACKET = re.compile(r"(.+?)(\s*)[(\[]\s*([^()\[\]]{1,12})\s*[)\]]\s*")
_NUMBER = re.compile(r"[-+−]?(?:0|[1-9]\d{0,14})(?:\.\d{1,12})?", re.ASCII)
_BOOLEANS = {"yes": True, "true": True, "no": False, "false": False}
_NOTHING = frozenset(
    ("", "-", "--", "---", "–", "—", "n/a", "#n/a", "na", "nan", "null", "none provided", "not specified", "?")
)
_SUFFIX_UNITS_LIST = """
g kg mg lb lbs oz mm cm km inch inches feet ft ml liter liters litre litres watt watts kw volt volts mah wh kwh hz
khz mhz ghz gb mb tb mp db hours hrs mins minutes sec seconds days months years rpm psi bar pct percent celsius
w h v lm dpi ppi
"""
_SUFFIX_UNITS = frozenset(_SUFFIX_UNITS_LIST.split())
_NOT_BEFORE_UNITS = frozenset(("per", "of", "x", "watt", "width", "height"))  # teeth_per_inch, number_of_years, width_w
_PLACEHOLDERS = frozenset(
    ("", "value", "values", "nan", "null", "none", "undefined", "unnamed", "attribute", "attributes")
)


@lru_cache(maxsize=8192)
def attribute_name(key: str) -> tuple[str, str | None]:
    """The name and unit that a key stands for: "Weight (g)" -> ("weight", "g"), "screenSize" -> ("screen_size", None).

    The name is "" when the key names nothing ("", "unnamed: 0", or only signs). A unit at the end of a snake_case key
    ("weight_g") is only meant where the value is a number, see `read_attribute`.
    """
    key = clean_line(key, limit=10 * NAME_LIMIT)
    unit = None
    match = _BRACKET.fullmatch(key)
    if match:
        plural = match[3] == "s" and not match[2]  # "Port(s)"
        unit = None if plural else unit_symbol(match[3])
        key = match[1] if unit or plural else key
    name = snake_case(key)[:NAME_LIMIT].strip("_")
    return ("", None) if name in _PLACEHOLDERS or name.startswith("unnamed_") or name.isdigit() else (name, unit)


@lru_cache(maxsize=8192)
def snake_case(key: str) -> str:
    """A name of any style in snake_case: "screenSize", "Screen Size" and "screen-size" are "screen_size"."""
    words = [word.lower().replace("’", "").replace("'", "") for word in _WORDS.findall(_HUMPS.sub(" ", key))]
    return "_".join({"color": "colour", "colors": "colours"}.get(word, word) for word in words if word)


@lru_cache(maxsize=8192)
def _split_unit(name: str) -> tuple[str, str | None]:
    """A name without the unit that it ends in: "weight_g" -> ("weight", "g"), but "players_min" is a minimum."""
    stem, _, last = name.rpartition("_")
    is_unit = last in _SUFFIX_UNITS and stem.rpartition("_")[2] not in _NOT_BEFORE_UNITS
    return (stem, unit_symbol(last)) if is_unit and stem and not stem[-1].isdigit() else (name, None)


def read_attribute(key: str, value: object, *, lists: bool = False) -> tuple[str, AttributeValue] | None:
    """One attribute, typed.

    Args:
        key: the name as the feed writes it.
        value: a text, number, boolean, list, or a mapping with `value` and `unit`.
        lists: whether "a; b" is a list, as in formats that have no other way to write one.

    Returns:
        Name and value, or None when the key is no attribute or the value says nothing.
    """
    if type(value) is str and len(value) <= _CACHED_LENGTH:
        return _read_text(key, value, lists)
    unit = None
    if isinstance(value, dict) and "value" in value:
        unit = unit_symbol(str(value.get("unit") or ""))
        value = value["value"]
    return _named(key, attribute_value(value, lists=lists), unit)


@lru_cache(maxsize=1 << 16)
def _read_text(key: str, text: str, lists: bool) -> tuple[str, AttributeValue] | None:
    """Most attributes of a feed repeat from product to product."""
    return _named(key, _from_text(text, lists), None)


def _named(key: str, typed: AttributeValue | None, unit: str | None) -> tuple[str, AttributeValue] | None:
    name, named_unit = attribute_name(key)
    if typed is None or not name:
        return None
    if isinstance(typed, float):
        unit = unit or named_unit
        if unit is None:
            name, unit = _split_unit(name)
        if unit is not None:
            return name, Quantity(typed, unit)
    return name, typed


def attribute_value(value: object, *, lists: bool = False) -> AttributeValue | None:
    """The typed value of a text, number, boolean or list; None when it says nothing."""
    if isinstance(value, str):
        return _from_text(value, lists)
    if isinstance(value, bool):
        return value
    if isinstance(value, float | int):
        return float(value) if abs(value) < 1e18 and isfinite(value) else None
    if isinstance(value, list | tuple):
        return _list(value)
    return None


def read_attributes(source: object, *, lists: bool = False) -> dict[str, AttributeValue]:
    """Attributes from a mapping, or from a list of `{"name": ..., "value": ...}`. A mapping inside is flattened once.

    The first of two keys that mean the same name wins. At most 400 attributes are kept.
    """
    found: dict[str, AttributeValue] = {}
    for key, value in attribute_pairs(source):
        if isinstance(value, dict) and "value" not in value:
            for inner, inner_value in value.items():
                _keep(found, read_attribute(f"{key} {inner}", inner_value, lists=lists))
        else:
            _keep(found, read_attribute(key, value, lists=lists))
        if len(found) >= COUNT_LIMIT:
            break
    return found


def _keep(found: dict[str, AttributeValue], attribute: tuple[str, AttributeValue] | None) -> None:
    if attribute is not None and attribute[0] not in found:
        found[attribute[0]] = attribute[1]


def attribute_pairs(source: object) -> Iterable[tuple[str, object]]:
    """Keys and raw values of a mapping, or of a list of `{"name": ..., "value": ...}`."""
    if isinstance(source, dict):
        return source.items()
    if isinstance(source, list | tuple):
        rows = (row for row in source if isinstance(row, dict))
        return ((name, row.get("value")) for row in rows if isinstance(name := row.get("name", row.get("key")), str))
    return ()


def _from_text(text: str, lists: bool) -> AttributeValue | None:
    text = clean_line(text, VALUE_LIMIT)
    folded = text.lower()
    if folded in _NOTHING:
        return None
    if folded in _BOOLEANS:
        return _BOOLEANS[folded]
    if _NUMBER.fullmatch(text):
        return float(text.replace("−", "-"))
    if (text[0].isdigit() or text[0] in "-+−½¼¾⅓⅔⅛⅜⅝⅞") and (quantity := parse_quantity(text)) is not None:
        return quantity
    if lists and "; " in text:
        return _separated(text)
    return text


def _separated(text: str) -> AttributeValue:
    """ "l; m; s" as a list, where the pieces are short and no sentences."""
    pieces = [piece.strip() for piece in text.split(";")]
    short = all(piece and len(piece) <= 40 and not piece.endswith((".", "!", "?")) for piece in pieces)
    return tuple(dict.fromkeys(pieces)) if short else text


def _list(values: Iterable[object]) -> AttributeValue | None:
    texts: list[str] = []
    for value in values:
        if isinstance(value, str):
            text = clean_line(value, VALUE_LIMIT)
        elif isinstance(value, bool):
            text = "yes" if value else "no"
        elif isinstance(value, int | float) and abs(value) < 1e18:
            text = str(int(value)) if value == int(value) else str(value)
        else:
            continue
        if text.lower() not in _NOTHING:
            texts.append(text)
        if len(texts) >= _LIST_LIMIT:
            break
    return tuple(texts) or None
