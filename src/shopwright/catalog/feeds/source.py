"""The bytes of a feed: unpacked while they stream, with damage noted rather than raised.

What: gzip, bz2, xz and zip (with one member) are recognised by their first bytes and read in constant memory; lines
come out whole, with their numbers, and a line too long to be a product comes out as None.

What not: nothing is known here about formats. Text encodings are handled at the line: UTF-8 is passed through, UTF-16
and UTF-32 are turned into UTF-8, and what is neither is left to `catalog.text.decode_line`.

A damaged archive ends the stream where the readable part ends and leaves the reason in `Source.damage`; who reads
decides what to do with the part that came through.
"""

from __future__ import annotations

import bz2
import codecs
import gzip
import io
import lzma
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path
from types import TracebackType
from typing import Any, BinaryIO, cast

from shopwright.catalog.text import wide_encoding
from shopwright.errors import FeedError

HEAD = 1 << 16
MAX_LINE = 64 << 20
_CHUNK = 1 << 18
_DAMAGE = (EOFError, OSError, zlib.error, lzma.LZMAError, zipfile.BadZipFile, NotImplementedError, RuntimeError)


class Source:
    """One pass over a file. Use it as a context manager.

    Args:
        path: the file.

    Raises:
        FeedError: when there is no such file, it is empty, or it is an archive that does not hold one file.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self.damage: str | None = None
        self.stream: io.BufferedReader[Any]
        try:
            self._file: BinaryIO = path.open("rb")
            self.total_bytes = path.stat().st_size
        except OSError as error:
            raise FeedError(f"{path}: cannot be opened ({error.strerror or error}): give a file that exists") from error
        try:
            self.stream = io.BufferedReader(_Unpacked(self, _unpack(self._file, path)), _CHUNK)
            self.head = self._wide_to_utf8(self._peek())
        except BaseException:
            self._file.close()
            raise

    def __enter__(self) -> Source:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._file.close()

    @property
    def bytes_read(self) -> int:
        """How far the file itself (packed, if it is packed) has been read."""
        return self._file.tell() if not self._file.closed else self.total_bytes

    def lines(self) -> Iterator[tuple[int, bytes | None]]:
        """Lines with their 1-based numbers and their line ends; None for a line of more than 64 MB."""
        number = 0
        if b"\n" not in self.head and b"\r" in self.head:
            self.stream = io.BufferedReader(_Newlines(self.stream), _CHUNK)
        readline = self.stream.readline
        while line := readline(MAX_LINE):
            number += 1
            if len(line) >= MAX_LINE and not line.endswith(b"\n"):
                while line and not line.endswith(b"\n"):
                    line = readline(MAX_LINE)
                yield number, None
            else:
                yield number, line

    def check(self) -> None:
        """Raise what was noted about damage, after everything readable was read.

        Raises:
            FeedError: when the archive was cut off or broken.
        """
        if self.damage:
            raise FeedError(f"{self.path}: {self.damage}: the file is cut off or damaged, fetch it again")

    def _peek(self) -> bytes:
        """The first bytes, without moving; fewer only when the file holds fewer."""
        head = self.stream.read(HEAD)
        if not head.strip(b"\0 \t\r\n"):
            self.check()
            raise FeedError(f"{self.path}: the file is empty: export the feed again")
        self.stream = io.BufferedReader(_Chained(head, self.stream), _CHUNK)
        return head

    def _wide_to_utf8(self, head: bytes) -> bytes:
        """Turn a UTF-16 or UTF-32 stream into UTF-8, and drop a byte order mark."""
        if encoding := wide_encoding(head):
            self.stream = io.BufferedReader(_Transcoded(self.stream, encoding), _CHUNK)
            head = self.stream.peek(HEAD)
        if head.startswith(codecs.BOM_UTF8):
            self.stream.read(len(codecs.BOM_UTF8))
            head = head[len(codecs.BOM_UTF8) :]
        return head


def _unpack(file: BinaryIO, path: Path) -> BinaryIO:
    """The stream inside an archive, or the file itself."""
    magic = file.read(6)
    file.seek(0)
    if magic.startswith(b"\x1f\x8b"):
        return cast(BinaryIO, gzip.GzipFile(fileobj=file))
    if magic.startswith(b"BZh"):
        return cast(BinaryIO, bz2.BZ2File(file))
    if magic == b"\xfd7zXZ\x00":
        return cast(BinaryIO, lzma.LZMAFile(file))
    return _unzip(file, path) if magic.startswith(b"PK\x03\x04") else file


def _unzip(file: BinaryIO, path: Path) -> BinaryIO:
    try:
        archive = zipfile.ZipFile(file)
        members = [
            info for info in archive.infolist() if not info.is_dir() and not info.filename.startswith("__MACOSX")
        ]
        if len(members) != 1:
            names = ", ".join(info.filename for info in members[:5])
            raise FeedError(f"{path}: the archive holds {len(members)} files ({names}): pack one feed alone")
        return cast(BinaryIO, archive.open(members[0]))
    except _DAMAGE as error:
        raise FeedError(f"{path}: the zip archive cannot be opened ({error}): fetch it again") from error


class _Unpacked(io.RawIOBase):
    """An unpacking stream that ends where the archive breaks, and notes why."""

    def __init__(self, source: Source, inner: BinaryIO) -> None:
        self._source = source
        self._inner = inner

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: object) -> int:
        view = memoryview(cast(bytearray, buffer))
        try:
            data = cast(io.BufferedReader, self._inner).read1(len(view)) if not self._source.damage else b""
        except _DAMAGE as error:
            self._source.damage = str(error) or type(error).__name__
            return 0
        view[: len(data)] = data
        return len(data)


class _Chained(io.RawIOBase):
    """Bytes already taken, then the rest of their stream."""

    def __init__(self, head: bytes, rest: io.BufferedReader[Any]) -> None:
        self._head = head
        self._rest = rest

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: object) -> int:
        view = memoryview(cast(bytearray, buffer))
        if self._head:
            data, self._head = self._head[: len(view)], self._head[len(view) :]
        else:
            data = self._rest.read1(len(view))
        view[: len(data)] = data
        return len(data)


class _Transcoded(io.RawIOBase):
    """A stream of a wide encoding as UTF-8."""

    def __init__(self, inner: io.BufferedReader[Any], encoding: str) -> None:
        self._inner = inner
        self._decoder = codecs.getincrementaldecoder(encoding)(errors="replace")
        self._ready = b""

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: object) -> int:
        view = memoryview(cast(bytearray, buffer))
        while not self._ready:
            chunk = self._inner.read1(_CHUNK)
            self._ready = self._decoder.decode(chunk, final=not chunk).encode("utf-8", errors="replace")
            if not chunk and not self._ready:
                return 0
        data, self._ready = self._ready[: len(view)], self._ready[len(view) :]
        view[: len(data)] = data
        return len(data)


class _Newlines(io.RawIOBase):
    """A stream whose lines end in a carriage return alone, as old spreadsheet programs write them, with newlines."""

    def __init__(self, inner: io.BufferedReader[Any]) -> None:
        self._inner = inner

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: object) -> int:
        view = memoryview(cast(bytearray, buffer))
        data = self._inner.read1(len(view)).replace(b"\r", b"\n")
        view[: len(data)] = data
        return len(data)
