"""Files as records: JSON lines, a JSON array, Parquet, plain text; packed with gzip, bz2, xz, zip or zstd.

Each record comes out once, as a value or as `Refused` with its reason, so that counts add up. A line is read in
pieces of bounded size: one of 10 GB is refused by its number and is never in memory.

A file that is cut off or broken raises `CorpusError` after the records before the damage: a corpus is never silently
short. A file that is no text at all (a picture, a program) is one refused record.

Lines end in LF or CRLF; a file without any LF at its beginning whose lines end in CR is read by these.
Encodings: UTF-8, UTF-16 and UTF-32; a line that is none of these is read as Windows-1252 and counted.
"""

from __future__ import annotations

import io
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO, cast

import orjson

from shopwright.catalog.feeds import jsonrows, parquet
from shopwright.catalog.feeds.source import Source as Bytes
from shopwright.catalog.text import decode_line
from shopwright.errors import CorpusError, FeedError, RowError

Say = Callable[[str], None]
RECORD_BYTES = 4 << 20
_PIECE = 1 << 18
_BLOCK = 6_000
_BINARY = (
    b"\x89PNG",
    b"\xff\xd8\xff",
    b"GIF8",
    b"%PDF",
    b"\x7fELF",
    b"MZ\x90",
    b"RIFF",
    b"OggS",
    b"ID3",
    b"\xca\xfe\xba\xbe",
)
_ZSTD = b"\x28\xb5\x2f\xfd"
_TEXTS = frozenset((".txt", ".md", ".markdown", ".text", ".rst"))


@dataclass(frozen=True, slots=True)
class Refused:
    """A record that does not go in: why ("line too long", "no text" ...) and where it stands ("file:line")."""

    reason: str
    where: str


Record = tuple[str, Any]
"""Where it stands, and what: a mapping, a text, or `Refused`."""


def read_records(path: Path, say: Say, limit: int = RECORD_BYTES) -> Iterator[Record]:
    """The records of one file, recognised by what it holds; its suffix tells only plain text from JSON.

    Args:
        path: the file.
        say: is told of lines in another encoding.
        limit: the largest record in bytes.

    Raises:
        CorpusError: the file is missing, empty, cut off or damaged.
        MissingExtraError: Parquet or zstd without pyarrow.
    """
    try:
        with Bytes(path) as source:
            if source.head.startswith(_ZSTD):
                source.stream = cast(Any, _zstd(path))
                source.head = source.stream.peek(_PIECE)[: 1 << 16]
            yield from _recognised(source, say, limit)
            source.check()
    except FeedError as error:
        raise CorpusError(str(error).replace("export the feed again", "make or fetch it again")) from error
    except OSError as error:
        raise CorpusError(
            f"{path}: cannot be read to its end ({error}): the file is damaged, fetch it again"
        ) from error


def blocks(lines: Iterator[tuple[int, str | Refused]], size: int = _BLOCK) -> Iterator[tuple[int, str | Refused]]:
    """Lines of plain text gathered to documents of about `size` characters, cut at blank lines or before a heading."""
    kept: list[str] = []
    length, first, blank = 0, 1, True
    for number, line in lines:
        if isinstance(line, Refused):
            yield number, line
            continue
        heading = line.startswith("#") and length > size // 4
        if kept and ((blank and length >= size) or (blank and heading) or length >= 4 * size):
            yield first, "".join(kept)
            kept, length = [], 0
        if not kept:
            first = number
        kept.append(line)
        length += len(line)
        blank = not line.strip()
    if kept:
        yield first, "".join(kept)


def _recognised(source: Bytes, say: Say, limit: int) -> Iterator[Record]:
    path, head = source.path, source.head
    if head.startswith(b"PAR1"):
        yield from ((f"{path}:{number}", row) for number, row in parquet.rows(source))
    elif path.suffix.lower() == ".parquet":
        raise CorpusError(f"{path}: is no Parquet file, by its first bytes: make or fetch it again")
    elif _is_binary(head):
        yield str(path), Refused("binary file", str(path))
    elif _is_text(path):
        numbered = blocks(_texts(source, say, limit))
        yield from ((f"{path}:{number}", text) for number, text in numbered)
    elif head.lstrip()[:1] == b"[" or _is_one_object(head):
        for number, row in jsonrows.document(source):
            refused = isinstance(row, RowError)
            yield f"{path}:{number}", Refused("no JSON object", f"{path}:{number}") if refused else row
    else:
        yield from _json_lines(source, say, limit)


def _json_lines(source: Bytes, say: Say, limit: int) -> Iterator[Record]:
    others = 0
    for number, line in bounded_lines(_stream(source), limit):
        where = f"{source.path}:{number}"
        if line is None:
            yield where, Refused(f"record over {limit:,} bytes", where)
            continue
        if not line.strip():
            continue
        row, other = _parsed(line, where)
        others += other
        yield where, row
    if others:
        say(f"{source.path}: {others:,} lines are not UTF-8 and were read as Windows-1252")


def _parsed(line: bytes, where: str) -> tuple[Any, bool]:
    """The value of a line, and whether it was in another encoding."""
    try:
        return orjson.loads(line), False
    except orjson.JSONDecodeError:
        pass
    if b"\0" in line:
        return Refused("binary data", where), False
    text = decode_line(line)
    try:
        row = json.loads(text)
    except (ValueError, RecursionError):
        return Refused("no JSON", where), False
    return row, not _is_utf8(line)


def _texts(source: Bytes, say: Say, limit: int) -> Iterator[tuple[int, str | Refused]]:
    others = 0
    for number, line in bounded_lines(_stream(source), limit):
        where = f"{source.path}:{number}"
        if line is None:
            yield number, Refused(f"record over {limit:,} bytes", where)
        elif b"\0" in line:
            yield number, Refused("binary data", where)
        else:
            others += not _is_utf8(line)
            yield number, decode_line(line)
    if others:
        say(f"{source.path}: {others:,} lines are not UTF-8 and were read as Windows-1252")


def bounded_lines(stream: BinaryIO, limit: int) -> Iterator[tuple[int, bytes | None]]:
    """Lines with their 1-based numbers; None for a line of more than `limit` bytes, which is skipped piece by piece."""
    number = 0
    while line := stream.readline(limit + 1):
        number += 1
        if len(line) <= limit or line.endswith(b"\n"):
            yield number, line
            continue
        while line and not line.endswith(b"\n"):
            line = stream.readline(_PIECE)
        yield number, None


class _Returns(io.RawIOBase):
    """A stream whose CR are LF."""

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        data = self._stream.read(len(buffer)).replace(b"\r", b"\n")
        buffer[: len(data)] = data
        return len(data)


def _stream(source: Bytes) -> BinaryIO:
    returns = b"\r" in source.head and b"\n" not in source.head
    return io.BufferedReader(_Returns(source.stream), _PIECE) if returns else source.stream


def _is_utf8(line: bytes) -> bool:
    try:
        line.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def _is_binary(head: bytes) -> bool:
    """By magic numbers, or by bytes that no text holds in more than one place of a hundred."""
    if head.startswith(_BINARY):
        return True
    sample = head[: 1 << 14]
    control = sum(sample.count(code) for code in (*range(9), *range(14, 27), *range(28, 32)))
    return control * 100 > len(sample)


def _is_text(path: Path) -> bool:
    suffixes = [suffix.lower() for suffix in path.suffixes]
    packed = suffixes and suffixes[-1] in (".gz", ".bz2", ".xz", ".zip", ".zst")
    last = suffixes[-2] if packed and len(suffixes) > 1 else suffixes[-1] if suffixes else ""
    return last in _TEXTS


def _is_one_object(head: bytes) -> bool:
    """Whether a file is one JSON object over several lines: its first line opens an object and does not close it."""
    first, newline, _ = head.lstrip().partition(b"\n")
    return bool(newline) and first.strip() == b"{"


def _zstd(path: Path) -> BinaryIO:
    from shopwright.errors import MissingExtraError

    try:
        import pyarrow as pa
    except ImportError as error:
        raise MissingExtraError("reading zstd", "parquet") from error
    return cast(BinaryIO, io.BufferedReader(pa.input_stream(str(path), compression="zstd"), _PIECE))
