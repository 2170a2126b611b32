"""XML feeds (RSS 2.0, Atom, and any list of <item>, <entry>, <product> or <offer>): rows as mappings.

Streams with elements cleared behind the reader. No entity is expanded, no document type or network is read, and a file
that declares entities is refused. What hand-made feeds get wrong is mended on the way: bytes of another encoding,
control characters, bare "&" and "<". Namespaces are dropped, but an element of Google's namespace beats another of the
same name.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator
from typing import Any

from lxml import etree

from shopwright.catalog.feeds.source import Source
from shopwright.catalog.text import decode_line, known_encoding
from shopwright.errors import FeedError, RowError

_ITEMS = ("item", "entry", "product", "offer", "shopitem", "SHOPITEM", "Product", "Item")
_GOOGLE = "http://base.google.com/ns/"
_CHUNK = 1 << 16
_HELD = 64
_DEPTH = 4
_REPEATS = 500
_CONTROLS = bytes(code for code in range(0x20) if code not in (0x09, 0x0A, 0x0D))
_BARE_AND = re.compile(rb"&(?!(?:#\d{1,7}|#x[0-9a-fA-F]{1,6}|[a-zA-Z][a-zA-Z0-9]{0,30});)")
_BARE_LESS = re.compile(rb"<(?![A-Za-z_/!?])")
_DECLARED = re.compile(rb"""<\?xml[^>]{0,200}encoding\s*=\s*["']([\w.:-]{1,40})["']""")
_MARKUP_LIST = """
p br b i strong em ul ol li div span h1 h2 h3 h4 table a u img
"""
_MARKUP = frozenset(_MARKUP_LIST.split())

Row = tuple[int, dict[str, Any] | RowError]


def rows(source: Source) -> Iterator[Row]:
    """Items with the line they begin on.

    Raises:
        FeedError: when it is no XML, declares entities, is cut off, or goes on after its end.
    """
    stream = _Mended(source)
    parser = etree.iterparse(
        stream,
        events=("start", "end"),
        tag=tuple(f"{{*}}{name}" for name in _ITEMS),
        recover=True,
        huge_tree=True,
        resolve_entities=False,
        load_dtd=False,
        no_network=True,
        remove_comments=True,
        remove_pis=True,
        encoding="utf-8",
    )
    depth = 0
    held: Row | None = None  # the last item is held back: in a file that is cut off it is not whole
    try:
        for event, element in parser:
            depth += 1 if event == "start" else -1
            if event == "end" and depth == 0:
                if held is not None:
                    yield held
                held = (element.sourceline or 0, _item(element))
                _forget(element)
    except etree.XMLSyntaxError as error:
        source.check()
        raise FeedError(f"{source.path}: cannot be read as XML ({error}): export the feed again") from error
    whole = stream.ended_with(parser.root)
    if held is not None and whole:
        yield held
    source.check()
    _check_end(source, parser, whole)


def _check_end(source: Source, parser: Any, whole: bool) -> None:
    """Refuse what a lenient parser would pass over in silence."""
    kinds = {entry.type_name for entry in parser.error_log}
    if parser.root is None or "ERR_DOCUMENT_EMPTY" in kinds:
        raise FeedError(f"{source.path}: begins like XML but is none: export the feed again")
    if "ERR_DOCUMENT_END" in kinds:
        raise FeedError(f"{source.path}: the XML goes on after its root element: keep one document in a file")
    if "ERR_RESOURCE_LIMIT" in kinds:
        raise FeedError(f"{source.path}: the XML is nested too deeply: export the feed again")
    if not whole:
        raise FeedError(f"{source.path}: the XML ends before <{_local(parser.root)}> is closed: fetch the file again")


def _forget(element: etree._Element) -> None:
    """Free an element and everything before it."""
    element.clear()
    parent = element.getparent()
    while parent is not None and element.getprevious() is not None:
        del parent[0]


def _item(element: etree._Element) -> dict[str, Any]:
    row: dict[str, Any] = {name: value for name, value in element.attrib.items() if isinstance(name, str)}
    google: dict[str, Any] = {}
    for child in element:
        if isinstance(child.tag, str):
            target = google if child.tag.startswith(f"{{{_GOOGLE}") else row
            _put(target, _local(child), _value(child, 1))
    return {**row, **google}


def _put(row: dict[str, Any], name: str, value: object) -> None:
    if value in ("", None):
        row.setdefault(name, "")
    elif not row.get(name):
        row[name] = value
    elif not isinstance(row[name], list):
        row[name] = [row[name], value]
    elif len(row[name]) < _REPEATS:
        row[name].append(value)


def _value(element: etree._Element, depth: int) -> object:
    """Text, or a mapping for an element of elements. Markup that was not escaped comes back as markup."""
    children = [child for child in element if isinstance(child.tag, str)]
    if not children or depth >= _DEPTH:
        text = "".join(map(str, element.itertext())).strip()
        if "name" in element.attrib and text:
            return {"name": element.get("name"), "value": text, "unit": element.get("unit")}
        return text or element.get("href") or ""
    if all(_local(child).lower() in _MARKUP for child in children):
        return etree.tostring(element, encoding="unicode", with_tail=False)
    inner: dict[str, Any] = {}
    for child in children:
        _put(inner, _local(child), _value(child, depth + 1))
    return inner


def _local(element: etree._Element) -> str:
    return str(element.tag).rpartition("}")[2]


class _Mended:
    """The bytes of a feed as UTF-8 that an XML parser accepts."""

    def __init__(self, source: Source) -> None:
        self._source = source
        self._rest = b""
        self._tail = b""
        declared = _DECLARED.match(source.head.lstrip())
        encoding = declared[1].decode("ascii").lower() if declared else "utf-8"
        foreign = not encoding.startswith(("utf-8", "utf8", "utf-16", "utf16", "utf-32")) and known_encoding(encoding)
        self._decoder = codecs.getincrementaldecoder(encoding)(errors="replace") if foreign else None

    def read(self, _size: int = -1) -> bytes:
        """The next piece of the file, b"" at its end."""
        while True:
            chunk = self._source.stream.read1(_CHUNK)
            data = self._rest + (self._decode(chunk) if self._decoder else chunk)
            if chunk:
                cut = max(data.rfind(b"&", -_HELD), data.rfind(b"<", -_HELD), data.rfind(b"\n"))
                cut = cut if cut > 0 or len(data) < 4 * _CHUNK else len(data) - 4
                data, self._rest = data[:cut], data[cut:]
            else:
                self._rest = b""
            if data or not chunk:
                return self._mend(data)

    def ended_with(self, root: etree._Element | None) -> bool:
        """Whether the last thing in the file is the end tag of its root."""
        if root is None:
            return False
        name = re.escape(_local(root).encode())
        end = rb"(?:</(?:[^<>\s]+:)?" + name + rb"\s*>|/>)\s*(?:<!--(?:(?!-->).)*-->\s*)*\Z"
        return re.search(end, self._tail, re.DOTALL) is not None

    def _decode(self, chunk: bytes) -> bytes:
        assert self._decoder is not None
        return self._decoder.decode(chunk, final=not chunk).encode("utf-8", errors="replace")

    def _mend(self, data: bytes) -> bytes:
        data = data.translate(None, _CONTROLS)
        try:
            data.decode("utf-8")
        except UnicodeDecodeError:
            data = "".join(decode_line(line) for line in data.splitlines(keepends=True)).encode("utf-8")
        if b"<!ENTITY" in self._tail[-8:] + data:
            raise FeedError(
                f"{self._source.path}: the XML declares entities, which feeds have no need for: remove them"
            )
        data = _BARE_LESS.sub(b"&lt;", _BARE_AND.sub(b"&amp;", data))
        self._tail = (self._tail + data)[-1024:]
        return data
