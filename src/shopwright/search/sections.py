"""Documents cut into passages: at headings, then between paragraphs and sentences, to 40 to 200 words each."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from shopwright.types import Document

FEWEST_WORDS = 40
MOST_WORDS = 200
_HEADING = re.compile(r"^#{1,6}\s+(.*?)\s*#*$", re.MULTILINE)
_SENTENCE_END = re.compile(r"(?<=[.!?])\s+")


@dataclass(frozen=True, slots=True)
class Passage:
    """A piece of a document.

    Args:
        document_id, title, kind: of the document.
        heading: of the section; "" for what stands before the first one.
        text: plain text, 40 to 200 words unless the section itself is shorter.
    """

    document_id: str
    title: str
    kind: str
    heading: str
    text: str


def passages(document: Document) -> Iterator[Passage]:
    """The passages of a document, in order. A document without any words has none."""
    for heading, body in sections(document.text):
        for text in pieces(body):
            yield Passage(document.id, document.title, document.kind, heading, text)


def sections(text: str) -> Iterator[tuple[str, str]]:
    """(heading, body) of each section that has a body; the heading is "" before the first one."""
    heading, place = "", 0
    for match in _HEADING.finditer(text):
        if body := text[place : match.start()].strip():
            yield heading, body
        heading, place = match[1], match.end()
    if body := text[place:].strip():
        yield heading, body


def pieces(body: str) -> list[str]:
    """The body in pieces of at most `MOST_WORDS`, made of whole paragraphs or, where one is too long, sentences."""
    units = [unit for paragraph in re.split(r"\n\s*\n", body) for unit in _units(paragraph.strip())]
    found: list[list[str]] = []
    size = 0
    for unit in units:
        words = len(unit.split())
        if found and size + words <= MOST_WORDS:
            found[-1].append(unit)
            size += words
        elif words:
            found.append([unit])
            size = words
    joined = ["\n\n".join(group) for group in found]
    if len(joined) > 1 and len(joined[-1].split()) < FEWEST_WORDS:
        joined[-2:] = [f"{joined[-2]}\n\n{joined[-1]}"]
    return joined


def _units(paragraph: str) -> list[str]:
    """The paragraph, or runs of its sentences when it is too long; a longer sentence is cut between words."""
    if len(paragraph.split()) <= MOST_WORDS:
        return [paragraph] if paragraph else []
    runs: list[str] = []
    for sentence in _SENTENCE_END.split(paragraph):
        words = sentence.split()
        if runs and len(runs[-1].split()) + len(words) <= MOST_WORDS:
            runs[-1] = f"{runs[-1]} {sentence}"
        else:
            runs.extend(" ".join(words[i : i + MOST_WORDS]) for i in range(0, len(words), MOST_WORDS))
    return runs
