"""Whose words a feed uses: told from the names of its columns and the shape of its first rows.

| dialect | told by |
|---|---|
| schema.org | `@type` or `@graph`, or a page |
| acp | variants with amounts in minor units |
| shopify | `Handle` and `Variant Price`, or `URL handle` and `Price` |
| woocommerce | `Regular price`, `Type` and `Parent` |
| openai | `is_eligible_search` or `enable_search` |
| google | `id`, `title`, and one more of Google's own names |
| table | everything else: columns are guessed |
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Literal, get_args

from shopwright.catalog.feeds import acp, google, jsonld, openai, shopify, woocommerce
from shopwright.catalog.feeds.columns import IGNORED, ColumnMap
from shopwright.catalog.feeds.detect import Shape
from shopwright.catalog.feeds.guess import guess_columns, unclaimed_target
from shopwright.errors import ConfigError

Dialect = Literal["schema.org", "acp", "shopify", "woocommerce", "openai", "google", "table"]
DIALECTS: tuple[Dialect, ...] = get_args(Dialect)
MAPPED: tuple[Dialect, ...] = ("openai", "google", "table")
"""The dialects of one row an item, whose column map can be given."""


def checked_dialect(name: str) -> Dialect:
    """A dialect by its name.

    Raises:
        ConfigError: when there is none of this name.
    """
    for dialect in DIALECTS:
        if dialect == name:
            return dialect
    raise ConfigError(f"format {name!r} is not known: give one of {', '.join(DIALECTS)}, or none to have it detected")


def told(shape: Shape, sample: Sequence[Mapping[str, Any]]) -> Dialect:
    """The dialect of a feed by a sample of its rows."""
    names = {name for row in sample[:50] for name in row}
    folded = frozenset(name.lower() for name in names)
    words = {_word(name) for name in names}
    if shape.container == "html" or any(jsonld.is_node(row) for row in sample[:5]):
        return "schema.org"
    if any(acp.matches(row) for row in sample[:5]):
        return "acp"
    if shopify.matches(folded):
        return "shopify"
    if woocommerce.matches(folded):
        return "woocommerce"
    if openai.TELLING & words:
        return "openai"
    return "google" if words >= google.REQUIRED and google.TELLING & words else "table"


def column_map(dialect: Dialect, sample: Sequence[Mapping[str, Any]], given: Mapping[str, str]) -> ColumnMap:
    """The column map of a dialect of one row an item: its own words, what is given, and a guess for the rest."""
    if dialect == "table":
        return guess_columns(sample, given)
    aliases = google.ALIASES if dialect == "google" else {**dict.fromkeys(openai.IGNORED, IGNORED), **openai.ALIASES}
    values: dict[str, list[object]] = {}
    for row in sample:
        for column, value in row.items():
            values.setdefault(column, [])
            if value not in (None, ""):
                values[column].append(value)
    taken: set[str] = set()
    targets: dict[str, str] = {}
    for column, known in values.items():
        target = given.get(column) or aliases.get(_word(column)) or unclaimed_target(column, known, len(sample))
        targets[column] = target
        taken.add(target)
    return ColumnMap(
        {**given, **targets}, lambda column, value: aliases.get(_word(column)) or unclaimed_target(column, [value], 1)
    )


def preparation(dialect: Dialect) -> Callable[[dict[str, Any]], dict[str, Any]] | None:
    """What is done to a row before its columns are mapped."""
    return {"google": google.prepared, "openai": openai.prepared}.get(dialect)


def _word(column: str) -> str:
    return re.sub(r"[\s\-]+", "_", column.strip().lower().removeprefix("g:"))
