"""Shop texts that are no products: policies, answers to frequent questions, buying guides.

`read_documents` reads a Markdown, HTML or text file, or a folder of them. Front matter (YAML between `---` lines) may
give title, kind, category, updated and url; a title is otherwise the first heading or the file's name, a kind the name
of a folder on the way (`guides/`, `faq/`, `policies/`). HTML becomes text with its headings as Markdown `#`.

What not: no PDF or word-processor formats; Markdown stays as it was written. A file of more than 5 MB is refused: no
policy is that long, and a log file in the wrong folder should not become evidence.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import date, datetime
from pathlib import Path
from typing import Any

import yaml

from shopwright.catalog.text import clean_line, decode, html_to_text, plain_text, slug
from shopwright.errors import FeedError
from shopwright.types import Document

SUFFIXES = {
    ".md": "markdown",
    ".markdown": "markdown",
    ".html": "html",
    ".htm": "html",
    ".xhtml": "html",
    ".txt": "text",
}
KINDS = ("policy", "faq", "guide", "page")
_LARGEST = 5 << 20
_FRONT = re.compile(r"\A---[ \t]*\n(.*?\n)?---[ \t]*(?:\n|\Z)", re.DOTALL)
_HEADING = re.compile(r"^#{1,6}[ \t]+(.+?)[ \t]*#*$", re.MULTILINE)
_UNDERLINED = re.compile(r"\A\s*(\S[^\n]{0,200})\n(?:=+|-{3,})[ \t]*(?:\n|\Z)")
_FENCED = re.compile(r"^(```|~~~).*?^\1[ \t]*$", re.MULTILINE | re.DOTALL)
_HTML_TITLE = re.compile(r"<title[^>]*>([^<]{1,500})</title>", re.IGNORECASE)
_CHARSET = re.compile(rb"<meta[^>]{0,200}charset=[\"']?([\w-]{1,40})", re.IGNORECASE)


def read_documents(path: str | Path) -> Iterator[Document]:
    """Documents of a file, or of a folder and its subfolders in the order of their paths.

    The id is a slug of the path below the folder ("guides/how-to-choose.md" -> "guides-how-to-choose"). Hidden files,
    other suffixes and files without text are skipped.

    Raises:
        FeedError: when there is nothing to read, or a file cannot be read; documents before it were yielded.
    """
    root = Path(path)
    if root.is_dir():
        files = sorted(file for file in root.rglob("*") if _wanted(file, root))
        if not files:
            raise FeedError(f"{root}: holds no documents: put {', '.join(SUFFIXES)} files there")
    elif root.is_file():
        files, root = [root], root.parent
        if files[0].suffix.lower() not in SUFFIXES:
            raise FeedError(f"{files[0]}: documents are read from {', '.join(SUFFIXES)} files: rename or convert it")
    else:
        raise FeedError(f"{root}: there is no such file or folder: give one that exists")
    seen: dict[str, int] = {}
    for file in files:
        document = read_document(file, root)
        if document.text:
            seen[document.id] = count = seen.get(document.id, 0) + 1
            yield document if count == 1 else _renamed(document, f"{document.id}-{count}")


def read_document(file: Path, root: Path) -> Document:
    """One document. Its text may be empty.

    Args:
        file: a file of one of `SUFFIXES`.
        root: the folder from which its id counts.

    Raises:
        FeedError: when it cannot be read, is too large, or its front matter is no YAML mapping.
    """
    try:
        size = file.stat().st_size
        data = file.read_bytes() if size <= _LARGEST else b""
    except OSError as error:
        raise FeedError(f"{file}: cannot be read ({error.strerror or error}): check its permissions") from error
    if size > _LARGEST:
        raise FeedError(f"{file}: has {size:,} bytes, documents may have {_LARGEST:,}: split it")
    charset = _CHARSET.search(data[:4096])
    raw = decode(data, charset[1].decode() if charset else None).replace("\r\n", "\n").lstrip("\ufeff")
    front, body = _split_front(raw, file)
    form = SUFFIXES[file.suffix.lower()]
    text = html_to_text(body, headings=True, whole_page=True) if form == "html" else body
    text = plain_text(text)
    relative = file.relative_to(root).with_suffix("")
    return Document(
        id=slug(str(relative)) or slug(str(file.absolute().with_suffix(""))) or "document",
        title=_title(front, text, body, form) or _name(file),
        text=text,
        kind=_kind(front.get("kind"), relative),
        category=_category(front.get("category")),
        updated=_date(front.get("updated") or front.get("date")),
        url=_link(front.get("url")),
    )


def _wanted(file: Path, root: Path) -> bool:
    hidden = any(part.startswith((".", "_")) for part in file.relative_to(root).parts)
    return file.suffix.lower() in SUFFIXES and not hidden and file.is_file()


def _renamed(document: Document, name: str) -> Document:
    return Document(
        name, document.title, document.text, document.kind, document.category, document.updated, document.url
    )


def _split_front(raw: str, file: Path) -> tuple[Mapping[str, Any], str]:
    match = _FRONT.match(raw)
    if match is None:
        return {}, raw
    try:
        front = yaml.safe_load(match[1] or "")
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        reason = str(error).splitlines()[0]
        raise FeedError(f"{file}: the front matter is no YAML ({reason}): quote texts that hold a colon") from error
    if front is None or not isinstance(front, dict):
        return {}, raw[match.end() :] if front is None else raw  # a ruled-off text is no front matter
    return {str(key).lower(): value for key, value in front.items()}, raw[match.end() :]


def _title(front: Mapping[str, Any], text: str, body: str, form: str) -> str:
    if given := front.get("title"):
        return clean_line(str(given))
    if form == "text":
        return ""
    underlined = _UNDERLINED.match(text)
    heading = _HEADING.search(_FENCED.sub("", text))
    page = _HTML_TITLE.search(body) if form == "html" else None
    found = underlined or heading or page
    return clean_line(_unmarked(found[1])) if found else ""


def _name(file: Path) -> str:
    words = clean_line(re.sub(r"[-_]+", " ", file.stem)) or "Document"
    return words[0].upper() + words[1:]


def _unmarked(heading: str) -> str:
    """A heading without Markdown emphasis and links: "**Size** [guide](x)" -> "Size guide"."""
    return re.sub(r"(\*\*|__|\*|_|`)(?=\S)(.+?)(?<=\S)\1", r"\2", re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", heading))


def _kind(given: object, relative: Path) -> str:
    named = str(given or "").strip().lower()
    if named in KINDS:
        return named
    for part in (named, *(part.lower() for part in reversed(relative.parts[:-1])), relative.name.lower()):
        stem = part.rstrip("s").replace("policie", "policy")
        if stem in KINDS:
            return stem
    return "page"


def _category(value: object) -> tuple[str, ...]:
    pieces = value if isinstance(value, list) else str(value or "").split(">")
    return tuple(text for piece in pieces if (text := clean_line(str(piece))))


def _date(value: object) -> str | None:
    if isinstance(value, datetime):
        return value.date().isoformat()
    if isinstance(value, date):
        return value.isoformat()
    match = re.match(r"\d{4}(?:-\d{2}(?:-\d{2})?)?(?!\d)", str(value or ""), re.ASCII)
    return match[0] if match else None


def _link(value: object) -> str | None:
    text = clean_line(str(value or ""))
    return text if re.fullmatch(r"(?:https?://|/(?!/))\S+", text) else None
