"""What an offer says of itself that can be compared: quantities with their units, picture sizes, counts, words.

Read from typed attributes, the title and the description, in this order of trust. A quantity keeps the words around it,
so that "at least 16 GB of video memory" is compared with the memory and not with the first number of gigabytes.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from shopwright.catalog.units import base, dimension, find_quantities
from shopwright.catalog.vocabulary import fold
from shopwright.knowledge.goods import folded, plain
from shopwright.search.texts import attribute_words
from shopwright.types import Product, Quantity

ATTRIBUTE, TITLE, TEXT = 0, 1, 2
"""Where a fact stands, most trusted first."""

_TRANSFERS = re.compile(r"(?<=\d)\s?MT/s\b|(?<=\d)\s?Mhz\b", re.IGNORECASE)
_BOTH = re.compile(r"\b(\d+(?:[.,]\d+)?)\s?/\s?(\d+(?:[.,]\d+)?)\s?(MB/s|GB/s|GB|TB)\b", re.IGNORECASE)
"""Two of a kind at once: "R/W 7000/6000 MB/s", "8/128GB"."""
_PIXELS = re.compile(r"(?<!\d)(\d{3,5})\s?[x×*]\s?(\d{3,5})(?!\d)")
_NAMED_PIXELS = (
    (re.compile(r"\b8k\b", re.I), (7680, 4320)),
    (re.compile(r"\b(?:5k2k|wuhd)\b", re.I), (5120, 2160)),
    (re.compile(r"\b5k\b", re.I), (5120, 2880)),
    (re.compile(r"\b(?:4k(?: uhd)?|uhd|ultra[- ]hd|2160p)\b", re.I), (3840, 2160)),
    (re.compile(r"\buw-?qhd\b", re.I), (3440, 1440)),
    (re.compile(r"\b(?:w?qhd|1440p|2k)\b", re.I), (2560, 1440)),
    (re.compile(r"\b(?:full[- ]?hd|fhd|1080p)\b", re.I), (1920, 1080)),
    (re.compile(r"\b(?:hd ready|720p)\b", re.I), (1280, 720)),
)
_NEAR = 3


@dataclass(frozen=True, slots=True)
class Fact:
    """A quantity in the base unit of its dimension, the words around it, and where it stands."""

    dimension: str
    value: float
    near: frozenset[str]
    place: int


def facts(product: Product) -> tuple[Fact, ...]:
    """Every quantity that a product states, attributes first."""
    return (*_attributes(product), *_read(product.title, TITLE), *_read(_told(product), TEXT))


def pixels(text: str) -> tuple[int, int] | None:
    """The first picture size that a text states: "2560 x 1440", "4K"; None where there is none."""
    if match := _PIXELS.search(text):
        return int(match[1]), int(match[2])
    return next((size for pattern, size in _NAMED_PIXELS if pattern.search(text)), None)


def picture(product: Product) -> tuple[int, int] | None:
    """The picture size of a screen or camera, from its title before its attributes and description."""
    return (
        pixels(product.title)
        or pixels(" ".join(attribute_words(product.attributes.values())))
        or pixels(_told(product))
    )


def counted(text: str, noun: str) -> int | None:
    """How many of a thing a text counts: "8 DDR5" of "ddr5", "3x M.2", "USBx2", "6-core"; None where it does not."""
    said = plain(text)
    thing = re.escape(noun)
    match = re.search(rf"(?<![\d.])(\d{{1,3}})(?:\s?[x×]\s?|-|\s)(?:[\w-]+\s){{0,2}}{thing}", said) or re.search(
        rf"\b{thing}s?\s?(?:[x×]\s?|\()(\d{{1,2}})\b", said
    )
    return int(match[1]) if match else None


def words_of(product: Product) -> frozenset[str]:
    """The folded words of title, brand, category and attributes."""
    parts = [product.title, product.brand or "", *product.category, *attribute_words(product.attributes.values())]
    flags = [name.replace("_", " ") for name, value in product.attributes.items() if value is True]
    return frozenset(folded(" ".join((*parts, *flags))))


def told_words(product: Product) -> frozenset[str]:
    """The folded words of highlights and description."""
    return frozenset(folded(_told(product)))


def _told(product: Product) -> str:
    return " ".join((*product.highlights, product.description[:4000]))


def _attributes(product: Product) -> Iterator[Fact]:
    for name, value in product.attributes.items():
        if isinstance(value, Quantity):
            measured = base(value)
            if kind := dimension(measured.unit):
                yield Fact(kind, measured.value, frozenset(folded(name.replace("_", " "))), ATTRIBUTE)
        elif isinstance(value, str) and len(value) < 80:
            yield from _read(value, ATTRIBUTE, name.replace("_", " "))


def _apart(match: re.Match[str]) -> str:
    """Two quantities, each with its unit; of speeds the first is for reading and the second for writing."""
    names = ("read ", "write ") if match[3].lower().endswith("/s") else ("", "")
    return f"{names[0]}{match[1]} {match[3]}, {names[1]}{match[2]} {match[3]}"


@lru_cache(maxsize=200_000)
def _read(text: str, place: int, name: str = "") -> tuple[Fact, ...]:
    said = _BOTH.sub(_apart, _TRANSFERS.sub(" MHz", text))
    found = []
    for span in find_quantities(said):
        low, high = base(span.low), base(span.high)
        kind = dimension(high.unit)
        if kind is None:
            continue
        before = folded(said[max(0, span.start - 40) : span.start].rpartition(",")[2])[-_NEAR:]
        after = folded(said[span.end : span.end + 40].partition(",")[0])[:_NEAR]
        near = frozenset({*before, *after, *map(fold, folded(name))})
        found += [Fact(kind, value, near, place) for value in dict.fromkeys((low.value, high.value))]
    return tuple(found)
