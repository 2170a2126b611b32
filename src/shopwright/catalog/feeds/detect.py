"""What a file holds, from its first bytes: never from its name.

Two questions, apart from each other. The *container* is how rows are written (XML, HTML, JSON, JSON lines, delimited
text, Parquet); the *dialect* is whose words the rows use (Google Merchant, Shopify, ...), see `dialects`.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import orjson

from shopwright.catalog.text import decode
from shopwright.errors import FeedError

Container = Literal["xml", "html", "json", "jsonl", "csv", "tsv", "parquet"]
KNOWN = (
    "Google Merchant XML or TSV, Shopify CSV, WooCommerce CSV, schema.org JSON-LD in a page or a graph, the OpenAI or "
    "ACP product feed, and any CSV, TSV, JSON, JSON lines or Parquet with a header"
)
_HTML = re.compile(r"<!doctype html|<html[\s>]|<head[\s>]|<body[\s>]|<script[\s>]|application/ld\+json", re.IGNORECASE)
_DELIMITERS = (",", ";", "\t", "|")


@dataclass(frozen=True, slots=True)
class Shape:
    """How the rows of a file are written. `delimiter` is set for delimited text."""

    container: Container
    delimiter: str = ","


def detect(head: bytes, name: str) -> Shape:
    """The shape of a file by its first bytes, unpacked and in UTF-8.

    Raises:
        FeedError: when they begin no container that we know.
    """
    if head.startswith(b"PAR1"):
        return Shape("parquet")
    text = decode(head).lstrip("\ufeff \t\r\n")
    if text.count("\0") > max(16, len(text) // 100):
        raise FeedError(f"{name}: holds binary data, not a feed: give {KNOWN}")
    if text.startswith("<"):
        xml = text.startswith("<?xml") and not re.search(r"<html[\s>]", text[:2000], re.IGNORECASE)
        return Shape("html" if not xml and _HTML.search(text) and not re.match(r"<(rss|feed)\b", text) else "xml")
    if text.startswith("["):
        return Shape("json")
    if text.startswith("{"):
        return Shape("jsonl" if _has_object_lines(text) else "json")
    return _delimited(text, name)


def _has_object_lines(text: str) -> bool:
    """Whether the first line, or most lines, are objects of their own: one broken line does not hide what a file is."""
    lines = text.splitlines()
    whole = [line.strip() for line in (lines[:-1] if len(lines) > 1 else lines)[:20] if line.strip()]
    return len(lines) == 1 or _is_object(lines[0]) or sum(map(_is_object, whole)) > len(whole) / 2


def _is_object(line: str) -> bool:
    if not (line.startswith("{") and line.rstrip().endswith("}")):
        return False
    try:
        orjson.loads(line)
    except ValueError:
        return False
    return True


def _delimited(text: str, name: str) -> Shape:
    lines = [line for line in text.splitlines()[:20] if line.strip()]
    declared = re.fullmatch(r"sep=(.)", lines[0]) if lines else None
    if declared and declared[1] in _DELIMITERS:
        return _shape(declared[1])
    counts = {mark: _columns(lines, mark) for mark in _DELIMITERS}
    best = max(_DELIMITERS, key=lambda mark: counts[mark])
    if counts[best] < 2:
        first = lines[0][:60] if lines else ""
        raise FeedError(f"{name}: begins with {first!r}, which is no feed that can be read: give {KNOWN}")
    return _shape(best)


def _shape(delimiter: str) -> Shape:
    return Shape("tsv" if delimiter == "\t" else "csv", delimiter)


def _columns(lines: Sequence[str], delimiter: str) -> int:
    try:
        return len(next(csv.reader(lines[:1], delimiter=delimiter), []))
    except csv.Error:
        return 0
