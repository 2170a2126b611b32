"""Pieces of evidence: texts with a name and a kind, read from the files of whoever checks an answer.

    read_pieces(["docs/", "products.csv"])

A text (.txt, .md, .html) is one piece under its path, a row of a table (.csv, .tsv) or of a list (.jsonl, .json) one
under its path and number. A row that has a `text` is that text, and may name its `source`, `kind` and `date`; of any
other row the cells are told, "weight: 1.9 kg", a line each, after its title or name.

Unlike a feed, evidence is taken whole or not at all: a row that cannot be read ends the reading with its number, since
a verdict over half of the evidence would be a guess.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, get_args

import orjson

from shopwright.catalog.documents import SUFFIXES as TEXTS
from shopwright.catalog.documents import read_document
from shopwright.catalog.feeds import tabular
from shopwright.catalog.feeds.detect import detect
from shopwright.catalog.feeds.source import Source
from shopwright.catalog.text import decode, wide_encoding
from shopwright.errors import ConfigError, FeedError, RowError

PieceKind = Literal["document", "product", "review", "shop", "shopper"]
"""What a piece is: a text, the shop's record of a product, a customer's opinion, a fact that the shop states, or what
the shopper typed, which is evidence of nothing."""
KINDS: tuple[PieceKind, ...] = get_args(PieceKind)
LARGEST = 5 << 20
"""Bytes of a file."""
_TABLES = (".csv", ".tsv")
_LISTS = (".jsonl", ".ndjson", ".json")
SUFFIXES = (*TEXTS, *_TABLES, *_LISTS)
_TITLES = ("title", "name")
_DEEPEST = 6


@dataclass(frozen=True, slots=True)
class Piece:
    """A piece of evidence.

    Args:
        text: what it says.
        source: its name for a person: a path, a title; "" is named by its place.
        kind: one of `KINDS`.
        date: ISO date, when known.
    """

    text: str
    source: str = ""
    kind: PieceKind = "document"
    date: str | None = None


def piece_kind(value: object) -> PieceKind:
    """A kind by its name.

    Raises:
        ConfigError: it is none.
    """
    if value not in KINDS:
        raise ConfigError(f"kind {value!r} of a piece of evidence: expected one of {', '.join(KINDS)}")
    return value


def read_pieces(paths: Iterable[str | Path]) -> list[Piece]:
    """The pieces of files and of folders with all that is below them, by path. Empty files give none.

    Raises:
        FeedError: a path that does not exist, a folder without such files, a file that cannot be read.
        ConfigError: a row of a kind that there is not.
    """
    return [piece for path in paths for file in _files(Path(path)) for piece in _read(*file)]


def read_answer(path: Path) -> str:
    """The text of a file that holds an answer, whatever its name.

    Raises:
        FeedError: it cannot be read or holds no text.
    """
    return decode(_bytes(path))


def decoded(data: bytes, name: str) -> str:
    """Bytes as text.

    Raises:
        FeedError: they are too many, or no text.
    """
    return decode(_checked(data, len(data), name))


def _files(path: Path) -> list[tuple[Path, Path]]:
    """The files of a path, each with the folder from which its name counts."""
    if path.is_dir():
        below = sorted(file for file in path.rglob("*") if file.suffix.lower() in SUFFIXES and file.is_file())
        shown = [file for file in below if not any(part.startswith(".") for part in file.relative_to(path).parts)]
        if not shown:
            raise FeedError(f"{path}: holds no evidence: put {', '.join(SUFFIXES)} files there")
        return [(file, path) for file in shown]
    if not path.is_file():
        raise FeedError(f"{path}: there is no such file or folder: give evidence that exists")
    if path.suffix.lower() not in SUFFIXES:
        raise FeedError(f"{path}: evidence is read from {', '.join(SUFFIXES)} files: rename or convert it")
    return [(path, path.parent)]


def _read(file: Path, root: Path) -> Iterator[Piece]:
    name, suffix, data = str(file.relative_to(root)), file.suffix.lower(), _bytes(file)
    if not data.strip(b"\0 \t\r\n\xef\xbb\xbf"):
        return
    if suffix in TEXTS:
        document = read_document(file, root)
        if document.text:
            titled = document.title if document.title.lower() not in document.text.lower() else ""
            yield Piece(f"{titled}\n\n{document.text}".strip(), name, date=document.updated)
        return
    rows = _table(file, "\t" if suffix == ".tsv" else ",") if suffix in _TABLES else _list(file, data)
    for number, row in rows:
        piece = _piece(row, f"{name}:{number}")
        if piece.text.strip():
            yield piece


def _bytes(path: Path) -> bytes:
    try:
        size = path.stat().st_size
        data = path.read_bytes() if size <= LARGEST else b""
    except OSError as error:
        raise FeedError(f"{path}: cannot be read ({error.strerror or error}): give a file of text") from error
    return _checked(data, size, str(path))


def _checked(data: bytes, size: int, name: str) -> bytes:
    if size > LARGEST:
        raise FeedError(f"{name}: has more than {LARGEST:,} bytes, which is all that is read: split it")
    if b"\0" in data[:8192] and wide_encoding(data[:4096]) is None:
        raise FeedError(f"{name}: holds binary data, not text: convert it to one of {', '.join(SUFFIXES)}")
    return data


def _table(file: Path, delimiter: str) -> Iterator[tuple[int, object]]:
    with Source(file) as source:
        with suppress(FeedError):  # one column
            delimiter = detect(source.head, str(file)).delimiter
        for number, row in tabular.rows(source, delimiter):
            if isinstance(row, RowError):
                raise FeedError(f"{file}: {row}")
            yield number, row


def _list(file: Path, data: bytes) -> Iterator[tuple[int, object]]:
    """The rows of JSON lines or of a JSON array, or the one object of a file, with their numbers."""
    text = decode(data)
    try:
        whole = orjson.loads(text)
    except ValueError as error:
        if file.suffix.lower() == ".json":
            raise FeedError(f"{file}: no valid JSON ({error}): give an array of objects, or a text") from error
    else:
        yield from enumerate(whole if isinstance(whole, list) else [whole], start=1)
        return
    for number, line in enumerate(text.splitlines(), start=1):
        if not line.strip():
            continue
        try:
            yield number, orjson.loads(line)
        except ValueError as error:
            raise FeedError(f"{file}: line {number}: no valid JSON ({error}): give one object a line") from error


def _piece(row: object, name: str) -> Piece:
    if not isinstance(row, Mapping):
        return Piece("\n".join(_told("", row)), name)
    if isinstance(row.get("text"), str) and row["text"].strip():
        title = next((str(row[key]) for key in _TITLES if row.get(key)), "")
        text = f"{title}\n\n{row['text']}" if title else row["text"]
        date = row.get("date")
        return Piece(text, str(row.get("source") or name), piece_kind(row.get("kind") or "document"), _day(date))
    titles = [str(row[key]) for key in row if str(key).lower() in _TITLES and row[key]]
    rest = {key: value for key, value in row.items() if str(key).lower() not in _TITLES}
    return Piece("\n".join([*titles, *_told("", rest)]), name)


def _told(label: str, value: Any, depth: int = 0) -> Iterator[str]:
    """ "weight: 1.9 kg", a line for each value of a row, however it is nested."""
    if isinstance(value, Mapping) and depth < _DEEPEST:
        for key, inner in value.items():
            yield from _told(f"{label} {str(key).replace('_', ' ')}".strip(), inner, depth + 1)
    elif isinstance(value, list) and any(isinstance(item, Mapping | list) for item in value) and depth < _DEEPEST:
        for item in value:
            yield from _told(label, item, depth + 1)
    else:
        said = ", ".join(map(_said, value)) if isinstance(value, list) else _said(value)
        if said:
            yield f"{label}: {said}" if label else said


def _said(value: object) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return "" if value is None else " ".join(str(value).split())


def _day(value: object) -> str | None:
    return value if isinstance(value, str) else None
