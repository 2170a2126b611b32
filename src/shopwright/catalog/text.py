"""Texts from outside made into plain text: encodings decoded, HTML taken apart, junk removed.

What: `decode` for bytes, `clean_text` for a field, `html_to_text` for a document, `slug` for ids.

What not: no language is guessed and nothing is translated; bytes that are neither UTF-8, UTF-16 nor UTF-32 are read as
Windows-1252, so that other one-byte encodings (Cyrillic, Greek) and the multi-byte ones of East Asia must be declared.

A text longer than its limit is cut at a word and ends in " …": a shop's page or index has no use for a field of 10 MB,
and refusing the product for it would lose a sale. Who reads a feed is told of the cut by the feed's notes.

Left-to-right and right-to-left marks and isolates, and the joiners of Persian, Indic scripts and emoji, are text and
stay; embeddings and overrides, which can disguise a text, go.
"""

from __future__ import annotations

import codecs
import html
import re
import unicodedata

from lxml import etree

TITLE_LIMIT = 300
TEXT_LIMIT = 20_000
_HTML_LIMIT = 2_000_000
_ENTITY_PASSES = 3

_BOMS = (
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
    (codecs.BOM_UTF8, "utf-8-sig"),
)
_JUNK = dict.fromkeys((
    *range(0x09), 0x0E, 0x0F, *range(0x10, 0x20), *range(0x7F, 0x85), *range(0x86, 0xA0), 0xAD, 0x180E, 0x200B,
    *range(0x202A, 0x202F), 0x2060, *range(0xD800, 0xE000), *range(0xFDD0, 0xFDF0), 0xFEFF, *range(0xFFF9, 0xFFFC),
    0xFFFE, 0xFFFF,
))  # fmt: skip
_JUNK_OR_ODD = re.compile(
    "[\x00-\x09\x0b-\x1f\x7f-\xa0\xad\u1680\u180e\u2000-\u200b\u2028-\u202f\u205f\u2060\u3000\ud800-\udfff\ufdd0-\ufdef"
    "\ufeff\ufff9-\ufffb\ufffe\uffff]"
)
_BREAKS = re.compile("\r\n?|[\u2028\u2029\x85\x0b\x0c]")
_BLANKS = re.compile(r"[^\S\n]+")
_EDGES = re.compile(r" *\n *")
_GAPS = re.compile(r"\n{3,}")
_TAGS = (
    "a|abbr|address|area|article|aside|audio|b|base|bdi|bdo|big|blockquote|body|br|button|canvas|caption|center|cite|code|"
    "col|colgroup|data|dd|del|details|dfn|dialog|div|dl|dt|em|embed|fieldset|figcaption|figure|font|footer|form|frame|"
    "frameset|h[1-6]|head|header|hr|html|i|iframe|img|input|ins|kbd|label|legend|li|link|main|map|mark|math|meta|meter|"
    "nav|noscript|object|ol|optgroup|option|p|param|picture|pre|progress|q|s|samp|script|section|select|small|source|"
    "span|strike|strong|style|sub|summary|sup|svg|table|tbody|td|template|textarea|tfoot|th|thead|time|title|tr|tt|u|ul|"
    "var|video|wbr"
)
_TAG = re.compile(rf"<(?:/?(?:{_TAGS})(?=[\s/>])|!--|!doctype\b|!\[cdata\[|\?xml\b)", re.IGNORECASE)
_BLOCKS_LIST = """
address article aside blockquote body caption dd div dl dt fieldset figcaption figure footer form h1 h2 h3 h4 h5 h6
header hr li main nav ol p pre section table tbody thead tr ul option select details summary br title
"""
_BLOCKS = frozenset(_BLOCKS_LIST.split())
_SILENT_LIST = """
script style noscript template svg math iframe object embed head canvas audio video textarea
"""
_SILENT = frozenset(_SILENT_LIST.split())
_CHROME_LIST = """
nav footer form button select aside
"""
_CHROME = frozenset(_CHROME_LIST.split())
_CELLS = frozenset(("td", "th"))
_CELL_ENDS = (" ", " | ")
_PARAGRAPHS_LIST = """
p h1 h2 h3 h4 h5 h6 ul ol dl table blockquote pre section article title
"""
_PARAGRAPHS = frozenset(_PARAGRAPHS_LIST.split())
_SEPARATORS = re.compile(r"[\s!-/:-@\[-`{-~–—·•…×]+")
_WEAK, _STRONG, _AFTER_PREFIX = "\x1e", "\x1f", "\x1d"  # control characters, which no cleaned text holds
_PREFIXED = re.compile(r"\x1d[\s\x1e\x1f]*")
_MARKED = re.compile(r"[^\S\x1e\x1f]*[\x1e\x1f][\s\x1e\x1f]*")


def decode(data: bytes, declared: str | None = None) -> str:
    """Bytes as text, whatever wrote them. Never fails: see the module for what is tried.

    Args:
        data: all bytes, with or without a byte order mark.
        declared: an encoding that the file itself names; used when it is one that Python knows.
    """
    for mark, encoding in _BOMS:
        if data.startswith(mark):
            return data.decode(encoding, errors="replace")
    if wide := wide_encoding(data[:4096]):
        return data.decode(wide, errors="replace")
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        if declared and known_encoding(declared):
            return data.decode(declared, errors="replace")
    return "".join(decode_line(line) for line in data.splitlines(keepends=True))


def decode_line(line: bytes) -> str:
    """One line of a file that may mix encodings: UTF-8 if it is that, else Windows-1252, else Latin-1."""
    for encoding in ("utf-8", "cp1252"):
        try:
            return line.decode(encoding)
        except UnicodeDecodeError:
            continue
    return line.decode("latin-1")


def wide_encoding(head: bytes) -> str | None:
    """The wide encoding (UTF-16 or UTF-32) of a file by its first bytes, else None."""
    for mark, encoding in _BOMS[:4]:
        if head.startswith(mark):
            return encoding
    sample = head[: len(head) // 2 * 2]
    even, odd = sample[0::2].count(0), sample[1::2].count(0)
    half = len(sample) // 2
    if half >= 8 and odd > 0.4 * half and even < 0.05 * half:
        return "utf-16-le"
    if half >= 8 and even > 0.4 * half and odd < 0.05 * half:
        return "utf-16-be"
    return None


def known_encoding(name: str) -> bool:
    """Whether Python can decode text under this name (`rot13`, `zlib` and others are no text encodings)."""
    try:
        return bool(getattr(codecs.lookup(name), "_is_text_encoding", False))
    except (LookupError, ValueError):
        return False


def clean_text(value: str, limit: int = TEXT_LIMIT) -> str:
    """A field as plain text: no HTML, entities or control characters, NFC, white space collapsed, at most `limit` long.

    Block elements and line breaks become line breaks, of which at most two follow each other. Scripts and styles are
    dropped with their contents. Text that only looks like a tag ("<3", "(<= 3 l)") stays.
    """
    if _is_plain(value) and len(value) <= limit:
        return value
    value = value[:_HTML_LIMIT]
    for _ in range(_ENTITY_PASSES):
        if "<" in value and _TAG.search(value):
            value = html_to_text(value)
        elif "&" in value and (plain := html.unescape(value)) != value:
            value = plain
        else:
            break
    text = _tidy(value)
    if "<" in text and _TAG.search(text):  # hidden deeper than we unwrap: what would be a tag must not remain one
        text = _tidy(_TAG.sub(" ", text))
    return cut(text, limit)


def clean_line(value: str, limit: int = TITLE_LIMIT) -> str:
    """`clean_text` on one line, for titles, brands and values."""
    if _is_plain(value) and len(value) <= limit:
        return value
    text = clean_text(value, limit)
    return text if "\n" not in text else " ".join(text.split())


def plain_text(text: str) -> str:
    """A text that is no HTML, without junk, in NFC; its lines and their indentation stay."""
    text = _BREAKS.sub("\n", text).expandtabs(4).translate(_JUNK)
    return _GAPS.sub("\n\n", "\n".join(line.rstrip() for line in unicodedata.normalize("NFC", text).split("\n"))).strip(
        "\n"
    )


def cut(text: str, limit: int) -> str:
    """The text, cut at a word and ended by " …" when it is longer than `limit` characters."""
    if len(text) <= limit:
        return text
    head = text[: max(limit - 2, 0)]
    space = max(head.rfind(" "), head.rfind("\n"))
    return f"{(head[:space] if space > limit // 2 else head).rstrip()} …"


def html_to_text(markup: str, *, headings: bool = False, whole_page: bool = False) -> str:
    """HTML as text with a line a block. Malformed markup gives what a lenient parser makes of it.

    Args:
        markup: a fragment or a page.
        headings: write headings as Markdown `#`, list items with `- `, table cells apart by ` | `.
        whole_page: leave out navigation, footers, forms and asides.
    """
    parser = etree.HTMLParser(encoding="utf-8", remove_comments=True, remove_pis=True, no_network=True, huge_tree=True)
    source = f"<html><body>{markup}" if not whole_page else markup
    parser.feed(source.translate(_JUNK).encode("utf-8"))
    try:
        root = parser.close()
    except etree.XMLSyntaxError:  # nothing in it that is a document
        return ""
    if root is None:
        return ""
    text = "".join(_pieces(root, headings, _SILENT | _CHROME if whole_page else _SILENT))
    text = _PREFIXED.sub("", text)
    return _MARKED.sub(lambda match: "\n\n" if _STRONG in match[0] else "\n", text).strip()


def slug(text: str) -> str:
    """Letters and digits of any script in lower case, all else as single hyphens: "Größe M/L" -> "größe-m-l"."""
    return _SEPARATORS.sub("-", unicodedata.normalize("NFKC", text).translate(_JUNK).lower()).strip("-")


def plain_email(address: str) -> str:
    """An e-mail address as it is compared: without capitals and surrounding blanks."""
    return address.strip().casefold()


def _pieces(root: etree._Element, headings: bool, silent: frozenset[str]) -> list[str]:
    """The text of a tree in document order, with marks where blocks begin and end."""
    out: list[str] = []
    muted = 0
    for event, element in etree.iterwalk(root, events=("start", "end")):
        tag = element.tag if isinstance(element.tag, str) else ""
        mark = (_STRONG if headings and tag in _PARAGRAPHS else _WEAK) if tag in _BLOCKS else ""
        if event == "start":
            muted += tag in silent
            text = mark + (_prefix(tag) if headings else "") + (element.text or "")
        else:
            muted -= tag in silent
            end = mark or (_CELL_ENDS[headings] if tag in _CELLS else "")
            text = end + (element.tail or "") if not muted else ""
        if not muted:
            out.append(text)
    return out


def _prefix(tag: str) -> str:
    if len(tag) == 2 and tag[0] == "h" and tag[1].isdigit():
        return "#" * int(tag[1]) + " " + _AFTER_PREFIX
    return f"- {_AFTER_PREFIX}" if tag == "li" else ""


def _is_plain(value: str) -> bool:
    """Whether nothing needs to be done, which is so for most texts of most feeds."""
    return (
        value.isprintable()
        and (value.isascii() or unicodedata.is_normalized("NFC", value))
        and "<" not in value
        and "&" not in value
        and "  " not in value
        and value[:1] != " "
        and value[-1:] != " "
    )


def _tidy(text: str) -> str:
    """Without junk, in NFC, white space collapsed."""
    if text.isprintable() and "  " not in text and unicodedata.is_normalized("NFC", text):
        return text.strip()
    if _JUNK_OR_ODD.search(text):
        text = _BREAKS.sub("\n", text).translate(_JUNK)
    if not unicodedata.is_normalized("NFC", text):
        text = unicodedata.normalize("NFC", text)
    text = _BLANKS.sub(" ", text)
    return _GAPS.sub("\n\n", _EDGES.sub("\n", text)).strip()
