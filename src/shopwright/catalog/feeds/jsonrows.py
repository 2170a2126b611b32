"""JSON lines, a JSON array, or one JSON object that holds a list of products: rows as mappings.

An array streams: one element is in memory at a time. A single object is read whole and may have 64 MB.
"""

from __future__ import annotations

import codecs
import json
from collections.abc import Iterator, Mapping
from typing import Any

import orjson

from shopwright.catalog.feeds.source import MAX_LINE, Source
from shopwright.catalog.text import decode, decode_line
from shopwright.errors import FeedError, RowError

_CHUNK = 1 << 18
_LISTS = ("products", "items", "data", "results", "offers", "entries", "catalog", "feed")
_HOLDERS = frozenset(_LISTS)
_SPACE = " \t\r\n"

Row = tuple[int, dict[str, Any] | RowError]


def lines(source: Source) -> Iterator[Row]:
    """One object a line. A line that is none is an error of its own; empty lines are skipped."""
    for number, line in source.lines():
        if line is None:
            yield number, RowError(f"the line is longer than {MAX_LINE >> 20} MB: no product is", number)
            continue
        try:
            row = orjson.loads(line)
        except orjson.JSONDecodeError:
            if line.isspace():
                continue
            row = _lenient(line, number)
        if type(row) is dict and _HOLDERS.isdisjoint(row):
            yield number, row
        else:
            yield from ((number, inner) for inner in unwrapped(row, number))


def document(source: Source) -> Iterator[Row]:
    """The elements of an array, or the products of one object, numbered from 1.

    Raises:
        FeedError: where the text stops being JSON, after what stood before it.
    """
    if source.head.lstrip()[:1] == b"[":
        yield from _array(source)
        return
    data = source.stream.read(MAX_LINE + 1)
    if len(data) > MAX_LINE:
        raise FeedError(
            f"{source.path}: one JSON object of more than {MAX_LINE >> 20} MB: write an object a line instead"
        )
    try:
        row = orjson.loads(decode(data))
    except orjson.JSONDecodeError as error:
        source.check()
        raise FeedError(f"{source.path}: no valid JSON ({error}): export the feed again") from error
    yield from enumerate(unwrapped(row, 1), start=1)


def unwrapped(row: object, number: int) -> Iterator[dict[str, Any] | RowError]:
    """The products of a row: itself, or those of a list that it holds under a name such as "products"."""
    if isinstance(row, RowError):
        yield row
    elif isinstance(row, list):
        for item in row:
            yield item if isinstance(item, dict) else _no_object(item, number)
    elif not isinstance(row, dict):
        yield _no_object(row, number)
    else:
        holder = row if "id" not in row and "title" not in row else {}
        found = next((value for name in _LISTS if _is_table(value := holder.get(name))), None)
        if found is None:
            yield row
        else:
            shared = {key: value for key, value in row.items() if key == "currency"}
            for item in found:
                yield {**shared, **item} if isinstance(item, Mapping) else _no_object(item, number)


def _is_table(value: object) -> bool:
    return isinstance(value, list) and bool(value) and isinstance(value[0], Mapping)


def _lenient(line: bytes, number: int) -> object:
    """A line that is not valid at first sight: another encoding, a byte order mark, NaN, control characters."""
    text = decode_line(line).strip("\ufeff\0" + _SPACE)
    try:
        return json.loads(text, strict=False, parse_constant=lambda _: None)
    except RecursionError:
        return RowError("the line is nested too deeply: give one flat object a product", number)
    except ValueError as error:
        shown = text[:60] + ("..." if len(text) > 60 else "")
        return RowError(f"the line is no JSON object ({error}): {shown!r}", number)


def _no_object(value: object, number: int) -> RowError:
    shown = repr(value)[:60]
    return RowError(f"{shown} is no JSON object: give one object a product, with an id and a title", number)


def _array(source: Source) -> Iterator[Row]:
    """Elements one by one. The buffer grows only while an element is incomplete, and at most to 64 MB."""
    scan = json.JSONDecoder(strict=False, parse_constant=lambda _: None).raw_decode
    decoder = codecs.getincrementaldecoder("utf-8")(errors="replace")
    buffer, place, number, wanted, ended = "", -1, 0, 0, False
    while True:
        if not ended and (place < 0 or len(buffer) - place <= wanted):
            chunk = source.stream.read(max(_CHUNK, wanted))
            ended = not chunk
            buffer = buffer[max(place, 0) :] + decoder.decode(chunk, final=ended)
            place = 0 if place >= 0 else buffer.find("[") + 1
        place = _skip(buffer, place)
        if place < len(buffer) and buffer[place] == "]":
            return
        try:
            if place >= len(buffer):
                raise ValueError("the array is not closed")
            value, end = scan(buffer, place)
            if end >= len(buffer) and not ended:  # a number or word may go on in the next chunk
                raise ValueError("incomplete")
        except RecursionError as error:
            raise FeedError(f"{source.path}: element {number + 1} is nested too deeply: give flat objects") from error
        except ValueError as error:
            if ended or len(buffer) - place > MAX_LINE:
                source.check()
                raise FeedError(
                    f"{source.path}: element {number + 1} is no valid JSON ({error}): export the feed again"
                ) from error
            wanted = max(2 * (len(buffer) - place), _CHUNK)
            continue
        place, wanted, number = end, 0, number + 1
        for inner in unwrapped([value] if not isinstance(value, list) else value, number):
            yield number, inner


def _skip(buffer: str, place: int) -> int:
    """The place of the next character that is neither space nor comma."""
    while place < len(buffer) and buffer[place] in ", \t\r\n\ufeff":
        place += 1
    return place
