"""Records of a file for the readers of reward data: values of the right kind, or why not."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from math import nan
from pathlib import Path
from typing import Any

from shopwright.errors import CorpusError
from shopwright.train.align.examples import Unread
from shopwright.train.corpus.records import Refused, read_records


def mappings(path: Path) -> Iterator[tuple[str, Mapping[str, Any] | Unread]]:
    """Where each record of a file stands, and what it is.

    Raises:
        CorpusError: the file is missing, cut off or damaged.
    """
    for where, record in read_records(path, say=lambda _: None):
        if isinstance(record, Refused):
            yield where, Unread(record.reason, where)
        elif isinstance(record, Mapping):
            yield where, record
        else:
            yield where, Unread("a record that is no mapping", where)


def number(value: object) -> float:
    """A number; NaN for what is none."""
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return nan
    try:
        return float(value)
    except ValueError:
        return nan


def file_in(folder: Path, *names: str) -> Path:
    """The first of some files that is there.

    Raises:
        CorpusError: none is.
    """
    for name in names:
        if (folder / name).is_file():
            return folder / name
    raise CorpusError(f"{folder} holds none of {', '.join(names)}: name the folder that the data were unpacked into")
