"""Any text as clean plain text: what tokens are made from.

What: NFC; line ends; control, zero-width and override characters and lone surrogates removed; HTML taken apart and
entities read; mojibake ("donâ€™t") decoded; Markdown's pictures, template tags and link addresses dropped;
lines of a hard-wrapped paragraph joined; white space collapsed, but for the indentation of a line.

What not: case, quotes, dashes and emoji stay as they are: a model that reads shoppers must know what they type.
`normalise` is idempotent but for texts whose HTML was escaped more than three times.
"""

from __future__ import annotations

import html
import re

from shopwright.catalog.text import html_to_text, plain_text

_ENTITY = re.compile(r"&(?:#\d{1,7}|#x[0-9a-f]{1,6}|[a-z]\w{1,30});", re.IGNORECASE)
_PAGE = re.compile(r"<(?:!doctype html|html[\s>]|body[\s>])", re.IGNORECASE)
_HIDDEN = re.compile(r"<!--.*?(?:-->|\Z)|<(script|style|noscript|template)\b[^>]*>.*?(?:</\1\s*>|\Z)", re.I | re.S)
_BREAK = re.compile(
    r"</?(?:p|div|br|li|ul|ol|tr|table|tbody|thead|h[1-6]|section|article|header|footer|hr|dd|dt|dl|blockquote|"
    r"pre|nav|aside|"
    r"figure|figcaption|details|summary|form|main|title)\b[^<>]{0,500}>",
    re.IGNORECASE,
)
_CELL = re.compile(r"</?(?:td|th)\b[^<>]{0,500}>", re.IGNORECASE)
_INLINE = re.compile(
    r"</?(?:a|abbr|b|bdi|big|button|center|cite|code|del|em|font|i|iframe|img|input|ins|kbd|label|link|mark|meta|"
    r"object|option|"
    r"param|picture|q|s|samp|select|small|source|span|strike|strong|sub|sup|svg|path|textarea|time|tt|u|var|video|"
    r"wbr|caption|"
    r"col|colgroup|html|head|body)(?:\s[^<>]{0,2000})?/?>",
    re.IGNORECASE,
)
_SIGNS = {
    "€": 0x80, "‚": 0x82, "ƒ": 0x83, "„": 0x84, "…": 0x85, "†": 0x86, "‡": 0x87, "ˆ": 0x88,
    "‰": 0x89, "Š": 0x8A, "‹": 0x8B, "Œ": 0x8C, "Ž": 0x8E, "‘": 0x91, "’": 0x92, "“": 0x93,
    "”": 0x94, "•": 0x95, "–": 0x96, "—": 0x97, "˜": 0x98, "™": 0x99, "š": 0x9A, "›": 0x9B,
    "œ": 0x9C, "ž": 0x9E, "Ÿ": 0x9F,
}  # fmt: skip
"""Windows-1252's own characters in the bytes 80 to 9F; the other bytes are their own code points."""
_FOLLOW = "[\x80-\xbf" + "".join(_SIGNS) + "]"
_MOJIBAKE = re.compile(f"[\xc2-\xdf]{_FOLLOW}|[\xe0-\xef]{_FOLLOW}{{2}}|[\xf0-\xf4]{_FOLLOW}{{3}}")
_HYPHEN = re.compile(r"-\n(?<=[a-z]{2}-\n)(?=[a-z]{2})")
_WRAP = re.compile(r"\n(?<=[^\n]{45}\n)(?<![.!?:;|>]\n)(?=[a-z(])")
_BLANKS = re.compile(r"  (?<=\S  ) *")
_INVISIBLE = dict.fromkeys((*range(0x200B, 0x2010), *range(0x2060, 0x206A), 0xFE0E))
_JOINERS = {0x200C, 0x200D}
_ODD_SPACES = dict.fromkeys((0xA0, 0x1680, *range(0x2000, 0x200B), 0x202F, 0x205F, 0x3000), " ")
_CLEAN = {code: sign for code, sign in (_INVISIBLE | _ODD_SPACES).items() if code not in _JOINERS}
_UNCLEAN = re.compile("[" + "".join(map(re.escape, map(chr, _CLEAN))) + "]")
_ENTITY_PASSES = 3
_IMAGE = re.compile(r"!\[[^\]\n]{0,300}\]\((?:[^()\n]|\([^()\n]*\)){0,600}\)(?:\{[^{}\n]{0,200}\})?")
_REFERENCE = re.compile(r"\[!?[A-Z]+ ?\[[^\]\n]{0,100}\]\([^()\n]{0,300}\)\]", re.IGNORECASE)
_MARKDOWN_LINK = re.compile(r"(?<!!)\[([^\[\]\n]{1,300})\]\((?!\s)[^()\n]{1,600}\)")
_TEMPLATE = re.compile(r"\{%.{0,600}?%\}|\{\{.{0,300}?\}\}|\{:[^{}\n]{0,200}\}")
_CALLOUT = re.compile(r"^> ?\[!\w+[^\]\n]{0,600}\] *\n?", re.MULTILINE)


def normalise(text: str) -> str:
    """A text as described above; "" when nothing is left of it."""
    for _ in range(_ENTITY_PASSES):
        if "<" in text:
            text = _untagged(text)
        if "&" not in text or not _ENTITY.search(text):
            break
        text = html.unescape(text)
    if "](" in text or "{%" in text or "{:" in text or "{{" in text:
        text = _unlinked(text)
    if not text.isascii():
        text = repair(text)
        text = plain_text(text.translate(_CLEAN) if _UNCLEAN.search(text) else text)
    elif not text.isprintable():
        text = plain_text(text)
    if "\n" in text:
        text = _WRAP.sub(" ", _HYPHEN.sub("", text))
    return (_BLANKS.sub(" ", text) if "  " in text else text).strip()


def repair(text: str) -> str:
    """UTF-8 that was read as Windows-1252, turned back: "CafÃ©" is "Café". Only runs that are valid UTF-8 are changed.

    After ftfy's fix_encoding (Speer 2019), reduced to that one, by far most frequent, mistake.
    """
    for _ in range(2):
        fixed = _MOJIBAKE.sub(_decoded, text)
        if fixed == text:
            break
        text = fixed
    return text


def _decoded(match: re.Match[str]) -> str:
    try:
        return bytes(_SIGNS.get(sign, ord(sign)) for sign in match[0]).decode("utf-8")
    except (UnicodeDecodeError, ValueError):
        return match[0]


def _untagged(text: str) -> str:
    """Without markup. A whole page goes through a parser, Markdown with a few tags keeps its lines."""
    if _PAGE.search(text, 0, 2_000):
        return html_to_text(text, headings=True, whole_page=True)
    text = _HIDDEN.sub("", text)
    text = _CELL.sub(" ", _BREAK.sub("\n", text))
    return _INLINE.sub("", text)


def _unlinked(text: str) -> str:
    """Markdown without pictures, template tags and the addresses of links: a link is its words."""
    text = _REFERENCE.sub("product", _TEMPLATE.sub("", _IMAGE.sub("", text)))
    return _MARKDOWN_LINK.sub(r"\1", _CALLOUT.sub("", text))
