"""Single values of a feed, read with care: ids, texts, categories, pictures, numbers, codes and dates.

Every function takes what a feed may hold (text, number, list, mapping, nothing) and returns a value of our own types,
or None when there is none. `RowError` is raised only where a wrong value would mislead a shopper (a negative stock);
what is merely useless (a wrong GTIN, an unsafe link) is left out.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from math import isfinite

import orjson

from shopwright.catalog.text import TEXT_LIMIT, clean_line
from shopwright.errors import RowError
from shopwright.types import Availability, Rating, Relation

ID_LIMIT = 200
_URL_LIMIT = 2_000
_IMAGES = 50
_LEVELS = 10
_HIGHLIGHTS = 50

_AVAILABILITY: Mapping[Availability, str] = {
    "in_stock": "in_stock|instock|available|yes|true|1|y|limited_availability|limitedavailability|in_store_only|"
    "instoreonly|online_only|onlineonly|low_stock|lowstock|auf_lager|lieferbar|verfügbar|sofort_lieferbar|en_stock|"
    "disponible|disponibile|op_voorraad|made_to_order|madetoorder",
    "out_of_stock": "out_of_stock|outofstock|oos|sold_out|soldout|unavailable|not_available|no|false|0|n|discontinued|"
    "ausverkauft|nicht_verfügbar|nicht_auf_lager|nicht_lieferbar|rupture|épuisé|agotado|esaurito|uitverkocht|reserved",
    "preorder": "preorder|pre_order|presale|pre_sale|vorbestellung|vorbestellbar|coming_soon",
    "backorder": "backorder|back_order|on_backorder|onbackorder|backordered|nachbestellt",
}
_AVAILABLE_WORDS: dict[str, Availability] = {
    word: name for name, words in _AVAILABILITY.items() for word in words.split("|")
}
_RELATIONS: Mapping[str, Relation] = {
    "accessory": "accessory",
    "accessories": "accessory",
    "complementary": "accessory",
    "substitute": "substitute",
    "substitutes": "substitute",
    "similar": "substitute",
    "different_brand": "substitute",
    "required_part": "required_part",
    "part_of_set": "part_of_set",
    "often_bought_with": "often_bought_with",
}
_LEVEL_MARKS = re.compile(r"\s*(?:>+|»|›|→|::|\|)\s*|\s+/\s+")
_IMAGE_MARKS = re.compile(r"\s*[,|;]\s*(?=https?://|/)|\s+(?=https?://)")
_BULLETS = re.compile(r"\s*(?:\n|•|\|\||<br\s*/?>|</li>)\s*", re.IGNORECASE)
_DATE = re.compile(r"(\d{4}(?:-(?:0[1-9]|1[0-2])(?:-(?:0[1-9]|[12]\d|3[01]))?)?)(?=$|[T ])", re.ASCII)
_SAFE_URL = re.compile(r"(?:https?://[^\s<>\"']+|/(?!/)[^\s<>\"']*|//[^\s<>\"'/][^\s<>\"']*)", re.IGNORECASE)


def text_of(value: object) -> str:
    """A scalar as text: numbers without a needless ".0", lists by their first text, "" for anything else."""
    if isinstance(value, str):
        return value
    if isinstance(value, bool) or value is None:
        return ""
    if isinstance(value, int | float):
        whole = abs(value) < 1e18 and value == int(value)
        return str(int(value)) if whole else str(value) if abs(value) < 1e300 else ""
    if isinstance(value, list | tuple):
        return next((text for item in value if (text := text_of(item))), "")
    return ""


def read_id(value: object) -> str:
    """An id of at most 200 characters, "" when there is none.

    Raises:
        RowError: when it is longer.
    """
    text = clean_line(value if type(value) is str else text_of(value), TEXT_LIMIT)
    if len(text) > ID_LIMIT:
        raise RowError(f"id {text[:40]!r}... has {len(text)} characters: {ID_LIMIT} are allowed")
    return text


def read_availability(value: object) -> Availability:
    """The availability that a word of any shop system names ("InStock", "https://schema.org/SoldOut", true)."""
    if isinstance(value, bool):
        return "in_stock" if value else "out_of_stock"
    word = re.sub(r"[\s\-_]+", "_", text_of(value).strip().rpartition("schema.org/")[2].lower())
    return _AVAILABLE_WORDS.get(word, "unknown")


def read_stock(value: object) -> int | None:
    """How many there are, None when the feed does not say in digits.

    Raises:
        RowError: when it is negative.
    """
    try:
        number = float(text_of(value).replace(",", ""))
    except ValueError:
        return None
    if number < 0:
        raise RowError(f"stock {value!r} is negative: give 0 or more, or leave the field empty")
    return int(number) if number < 1e12 else None


def read_path(value: object) -> tuple[str, ...]:
    """A category path from "A > B > C", a list of levels, or a list written in JSON."""
    try:
        return _known_path(value)
    except TypeError:  # a list, which cannot be looked up
        return _path(value)


def _path(value: object) -> tuple[str, ...]:
    pieces = value
    if isinstance(value, str):
        parsed = json_in(value)
        pieces = _LEVEL_MARKS.split(value) if parsed is None else parsed
    if isinstance(pieces, list | tuple) and len(pieces) == 1 and isinstance(pieces[0], str):
        pieces = _LEVEL_MARKS.split(pieces[0])
    if not isinstance(pieces, list | tuple):
        return ()
    levels = (clean_line(text_of(piece)) for piece in pieces[:_LEVELS])
    return tuple(level for level in levels if level)


_known_path = lru_cache(maxsize=8192)(_path)  # a shop has far fewer categories than products


def read_list(value: object, limit: int = 500) -> tuple[str, ...]:
    """Short texts from a list, a list written in JSON, or a text with a line or bullet each."""
    if isinstance(value, str):
        value = json_in(value) or _BULLETS.split(value)
    if not isinstance(value, list | tuple):
        return ()
    texts = (clean_line(text_of(item), limit).lstrip("•*- ") for item in value[:_HIGHLIGHTS])
    return tuple(text for text in texts if text)


def read_ids(value: object) -> tuple[str, ...]:
    """Ids from a list, or from a text that separates them by commas or semicolons."""
    pieces = re.split(r"[,;|]", value) if isinstance(value, str) else value
    if not isinstance(pieces, list | tuple):
        return ()
    return tuple(
        dict.fromkeys(text for piece in pieces[: _LEVELS * 10] if (text := clean_line(text_of(piece), ID_LIMIT)))
    )


def read_related(value: object) -> dict[Relation, tuple[str, ...]]:
    """Related ids by relation; relations that we do not know are left out."""
    if not isinstance(value, Mapping):
        return {}
    found: dict[Relation, tuple[str, ...]] = {}
    for name, ids in value.items():
        relation = _RELATIONS.get(str(name).strip().lower().replace(" ", "_"))
        if relation is not None and (known := read_ids(ids)):
            found[relation] = found.get(relation, ()) + known
    return found


def read_url(value: object) -> str | None:
    """An address that is safe to link: http, https, or a path of the shop's own. Anything else is left out."""
    if isinstance(value, Mapping):
        value = value.get("url") or value.get("contentUrl") or value.get("@id")
    text = clean_line(text_of(value), _URL_LIMIT + 1)
    return text if _SAFE_URL.fullmatch(text) and len(text) <= _URL_LIMIT else None


def read_images(value: object) -> tuple[str, ...]:
    """Addresses of pictures, without repetition."""
    found: dict[str, None] = {}
    for item in _flat(value):
        url = read_url(item)
        if url is not None:
            found[url] = None
        if len(found) >= _IMAGES:
            break
    return tuple(found)


def _flat(value: object) -> Iterator[object]:
    if isinstance(value, str):
        parsed = json_in(value)
        yield from _IMAGE_MARKS.split(value) if parsed is None else parsed
    elif isinstance(value, list | tuple):
        for item in value:
            yield from _flat(item) if isinstance(item, str | list | tuple) else (item,)
    elif value is not None:
        yield value


def read_gtin(value: object) -> str | None:
    """The first valid GTIN (8, 12, 13 or 14 digits with a right check digit, GS1 General Specifications 7.9)."""
    for item in value if isinstance(value, list | tuple) else (value,):
        digits = re.sub(r"[\s\-'`]", "", text_of(item))
        if digits.isascii() and digits.isdigit() and len(digits) in (8, 12, 13, 14) and digits.strip("0"):
            total = sum(int(digit) * (3 if place % 2 else 1) for place, digit in enumerate(reversed(digits)))
            if total % 10 == 0:
                return digits
    return None


def read_rating(value: object, count: object = None, best: object = None) -> Rating | None:
    """A rating on the scale of 1 to 5, converted when the feed names another best value.

    Args:
        value: the mean, a pair of mean and count, or a mapping with `value` and `count`.
        count: how many ratings there are; 0 when unknown.
        best: the highest possible mean where it is not 5.
    """
    mean_value, counted = value, count
    if isinstance(value, Mapping):
        mean_value, counted = value.get("value"), value.get("count", count)
    elif isinstance(value, list | tuple) and len(value) == 2:
        mean_value, counted = value
    mean, top = _float(mean_value), _float(best) or 5.0
    if mean is None or not 0 < mean <= top:
        return None
    return Rating(round(mean * 5.0 / top, 2) if top != 5.0 else mean, int(max(_float(counted) or 0.0, 0.0)))


def _float(value: object) -> float | None:
    text = text_of(value).strip()
    try:
        number = float(
            text.replace(",", ".")
            if text.count(",") == 1 and "." not in text and len(text) < 5
            else text.replace(",", "")
        )
    except ValueError:
        return None
    return number if isfinite(number) and abs(number) < 1e12 else None


def read_date(value: object) -> str | None:
    """The date part of an ISO 8601 date or time: "2009-12-10T00:00:00Z" -> "2009-12-10"; "2025-03" stays."""
    match = _DATE.match(text_of(value).strip())
    return match[1] if match else None


def read_time(value: object, *, end: bool = False) -> datetime | None:
    """A moment from ISO 8601, in UTC unless it says otherwise. A bare date means its start, or with `end` its end."""
    text = text_of(value).strip()
    try:
        moment = datetime.fromisoformat(text)
        if len(text) == 10 and end:
            moment += timedelta(days=1)
    except (ValueError, OverflowError):
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def json_in(text: str) -> list[object] | None:
    """The list that a text is in JSON, or None when it is no such text."""
    if not (text.startswith("[") and text.rstrip().endswith("]")):
        return None
    try:
        value = orjson.loads(text)
    except ValueError:
        return None
    return value if isinstance(value, list) else None


def json_object_in(value: object) -> object:
    """A mapping or list written as JSON text, unpacked; anything else as it is."""
    if isinstance(value, str) and value[:1] in ("{", "["):
        try:
            return orjson.loads(value)
        except ValueError:
            return None
    return value
