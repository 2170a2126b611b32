"""Which sources a corpus is built from: named by flags, listed in a file, a shop's own, or the public ones."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Iterator
from dataclasses import fields
from pathlib import Path
from typing import Any, Literal

from shopwright.errors import ConfigError
from shopwright.train.corpus.inputs import CorpusInputs
from shopwright.train.corpus.sources import Source, public_sources, shop_sources

_KNOWN = {each.name for each in fields(Source)}
_TUPLES = ("paths", "fields")


def gather(inputs: CorpusInputs) -> tuple[Source, ...]:
    """The sources.

    Raises:
        ConfigError: there are none, a file is not there, or the list holds what no source has.
    """
    found = (
        *_named(inputs.domain, "domain"),
        *_named(inputs.general, "general"),
        *(_listed(inputs.listed) if inputs.listed else ()),
        *(shop_sources(inputs.home) if inputs.home else ()),
        *(public_sources(inputs.public) if inputs.public else ()),
    )
    if not found:
        raise ConfigError("no source: give at least one of --domain, --general, --listed, --home, --public")
    return found


def _named(paths: Iterable[Path], kind: Literal["general", "domain"]) -> Iterator[Source]:
    for path in paths:
        if not path.exists():
            raise ConfigError(f"--{kind} {path}: there is no such file or folder")
        stem = path.name.split(".")[0]
        yield Source("".join(sign if sign.isalnum() else "_" for sign in stem), (path,), kind)


def _listed(path: Path) -> Iterator[Source]:
    try:
        tables = tomllib.loads(path.read_text(encoding="utf-8")).get("source", [])
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise ConfigError(f"--listed {path}: {error}") from error
    if not tables:
        raise ConfigError(f'--listed {path}: no [[source]] in it; e.g. [[source]] name = "guides" paths = ["guides/"]')
    for table in tables:
        yield _source(table, path)


def _source(table: dict[str, Any], path: Path) -> Source:
    if unknown := sorted(set(table) - _KNOWN):
        raise ConfigError(f"{path}: a source has no {unknown[0]!r}; it has {', '.join(sorted(_KNOWN))}")
    if missing := {"name", "paths"} - set(table):
        raise ConfigError(f"{path}: a source without {' and '.join(sorted(missing))}")
    for key in _TUPLES:
        if not isinstance(table.get(key, []), list):
            raise ConfigError(f"{path}: {key} = {table[key]!r}: expected a list, such as [{table[key]!r}]")
    values: dict[str, Any] = {key: tuple(value) if key in _TUPLES else value for key, value in table.items()}
    return Source(**values | {"paths": tuple(path.parent / each for each in values["paths"])})
