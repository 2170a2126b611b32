"""Wishes that need no catalogue to be understood: for whom, for which day, how many, in which order, to fit what.

Each finder returns what it read with its place, so that a shop whose words are all unknown is still understood.

Simplifications: the first recipient and the first occasion count; a number of goods is at most `MANY`; what a thing
must fit is told by a phrase ("fits", "compatible with"), or by "for" or the name of a model beside a thing that is made
to go with another.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from shopwright.catalog.units import unit_symbol
from shopwright.catalog.vocabulary import fold
from shopwright.skills.rewrite.english import (
    ACCESSORIES,
    COLOURS,
    COUNTERS,
    DEVICES,
    EVENT,
    FITS,
    GIVEN_TO,
    NO_COUNTED,
    NUMBER_WORDS,
    SORTS,
)
from shopwright.types import Sort

MANY = 250
"""The most goods that a number without a counter may mean."""


@dataclass(frozen=True, slots=True)
class Said:
    """Something read, and the characters that it stands on."""

    value: str
    start: int
    end: int


_MORE_NUMBERS = {
    "eleven": 11, "thirteen": 13, "fourteen": 14, "sixteen": 16, "seventeen": 17, "eighteen": 18, "nineteen": 19,
}  # fmt: skip
_WORDED = "|".join((*NUMBER_WORDS, *_MORE_NUMBERS))
_NUMERAL = rf"(?:\d{{1,3}}|{_WORDED}|(?:a |the )?couple(?: of)?|half a dozen|(?:a )?dozen|[٠-٩]{{1,3}})"
_COUNTED = re.compile(
    rf"(?<![\w.,/-])(?P<number>a|{_NUMERAL})\s+(?:\d[\d.]*\s?[a-z]+\s+)?(?P<counter>{COUNTERS})\s+(?:of\s+)?(?=[a-z\d])(?!with\b|in\b|for\b)",
    re.IGNORECASE,
)
_PIECES = re.compile(
    rf"(?<![\w.,/-])(?P<number>{_NUMERAL})\s*"
    r"(?:pcs|pieces|pc|packs|pairs|sets|of them|of these|of those|units|off|in total)\b",
    re.I,
)
_TIMES = re.compile(
    r"(?:(?<=\s)|^)(?:x|×)\s?(?P<after>\d{1,2})\b(?!\s*(?:cm|mm|m|in|x)\b)|(?<![\w.])(?P<before>\d{1,2})\s?[x×](?=\s+[a-z])",
    re.IGNORECASE,
)
_LAST = re.compile(rf"[,(]\s*(?P<number>{_NUMERAL})\s*(?:please|pls|total)?[)\s.!]*$", re.IGNORECASE)
_MAKE_IT = re.compile(
    rf"\b(?:make (?:it|that)|i['’]?ll (?:have|take)|quantity:?|qty:?)\s+(?P<number>{_NUMERAL})\b", re.IGNORECASE
)
_LEADING = re.compile(
    r"(?:^\W*|[,.:;]\s+|\b(?:need|want|buy|get|order|take|find|me|have|for|gimme|those|just|pls|please|"
    rf"also)\s+)(?P<number>{_NUMERAL})\s+(?P<rest>[^,.;:!?()]{{3,60}})",
    re.IGNORECASE,
)
_STOP = re.compile(
    r"\b(?:for|with|w/|without|under|below|over|above|around|about|that|which|in|at|to|from|made|by|and|or|but|no|not|"
    r"between|less|more|on|of|up|max|please|is|are|costs?|priced?|can|into)\b|[,.;:!?()]",
    re.IGNORECASE,
)
_OBJECT_END = re.compile(
    r"\s+(?:for|with(?!\s+(?:round|thru|a thru))|w/|without|under|below|over|above|around|that|which|who|made|but|not?|"
    r"between|less|please|pls|max|cheap|because|so|from|at|where|when|is|are|was|in|on|i|can|if|as|priced?|costs?|"
    r"and\s+(?:a|an|the|it|i|has|have|costs?|priced?|with|is|made|comes?|under|can)|"
    r"or\s+(?:a|an|the|any))\b|[,;:!?()<>\n|]|[.](?=\s|$)",
    re.IGNORECASE,
)
_FOR = re.compile(
    r"(?<!look)(?<!looking )(?<!searching )(?<!search )\b(?:for|4)\s+(?:(?:my|a|an|the|any|our|his|her|their)\s+)*",
    re.IGNORECASE,
)
_SUITED = re.compile(r"\b([a-z][\w+-]*)[- ]compatible\b(?!\s*(?:with|w/))", re.IGNORECASE)
_MODEL = re.compile(r"(?=[a-z0-9+.-]*\d)(?=[a-z0-9+.-]*[a-z])[a-z0-9+.-]{2,}$|(?:19|20)\d\d$|\d{3,4}$", re.IGNORECASE)
_MEASURE = re.compile(r"\d+(?:[.,]\d+)?-?[a-zµ°%\"″'²³]*$", re.IGNORECASE)
_WORD = re.compile(r"[\w+’'./-]*[\w+]")
_USES = {
    "travel", "home", "office", "kids", "men", "women", "adults", "children", "work", "school", "sale", "me", "it",
    "sport", "sports", "outdoor", "indoor", "christmas", "summer", "winter", "kitchen", "garden", "baby",
}  # fmt: skip
"""What follows "for" and is no thing to fit."""
_LONGEST = 6
_SORTS = tuple((code, re.compile(rf"\b(?:{pattern})\b", re.IGNORECASE)) for code, pattern in SORTS)
_CODES: dict[str, Sort] = {
    "price_asc": "price_asc", "price_desc": "price_desc", "rating": "rating", "newest": "newest",
}  # fmt: skip


def find_recipient(text: str) -> Said | None:
    """Whom it is for: "for my sister in law" -> "sister in law"."""
    match = GIVEN_TO.search(text)
    return Said(match["who"].lower(), *match.span("who")) if match else None


def find_occasion(text: str) -> Said | None:
    """The day or the event that it is for: "silver wedding anniversary"."""
    match = EVENT.search(text)
    return Said(match["what"].lower(), *match.span("what")) if match else None


def find_sort(text: str) -> tuple[Sort, Said] | None:
    """The order that is asked for."""
    for code, pattern in _SORTS:
        if match := pattern.search(text):
            return _CODES[code], Said(match[0].lower(), *match.span())
    return None


def find_quantity(text: str) -> tuple[int, Said] | None:
    """How many are wanted: "two pairs of socks" is 2, "x4" is 4; a pack of 12 is one pack."""
    for pattern in (_COUNTED, _PIECES, _MAKE_IT, _LAST):
        for match in pattern.finditer(text):
            number = _number(match["number"])
            if pattern is _COUNTED and match["number"].lower() == "a":
                number = 2 if match["counter"].lower().startswith("pair") else 0
            if number:
                return number, Said(match[0].strip().lower(), *match.span())
    for match in _TIMES.finditer(text):
        return int(match["after"] or match["before"]), Said(match[0].strip(), *match.span())
    for match in _LEADING.finditer(text):
        number = _number(match["number"])
        if 0 < number <= MANY and _several(match["rest"], number):
            return number, Said(match["number"].lower(), *match.span("number"))
    return None


def _several(rest: str, number: int) -> bool:
    """Whether a noun in the plural (the singular for one) follows, and no unit."""
    stop = _STOP.search(rest)
    words = rest[: stop.start() if stop else None].split()[:5]
    if not words or (stop and stop[0].lower() == "of"):
        return False
    first = words[0].lower()
    if NO_COUNTED.fullmatch(first.split("-")[0]) or (unit_symbol(first) and len(first) > 1) or first[0] in "-–/%":
        return False
    if number == 1:
        return True
    nouns = [word.lower() for word in words if not re.search(r"\d", word)]
    return any(word.endswith("s") and fold(word) != word for word in nouns)


def _number(text: str) -> int:
    text = text.lower()
    if "couple" in text:
        return 2
    if text in _MORE_NUMBERS:
        return _MORE_NUMBERS[text]
    if "dozen" in text:
        return 6 if text.startswith("half") else 12
    return int(text) if text.isdigit() else NUMBER_WORDS.get(text, 0)


def find_fits(text: str, taken: Sequence[tuple[int, int]] = ()) -> list[Said]:
    """What it must be compatible with: "fits a 2018 golf", "case for iphone 15", "wiper blades 2012 ford fiesta".

    Args:
        taken: places of other readings (the recipient, the occasion, prices), which are no such things.
    """
    found: list[Said] = []
    for match in FITS.finditer(text):
        found += _objects(text, match.end(), taken)
    if (suited := _SUITED.search(text)) and not re.match(r"(?:is|are|be)$", suited[1], re.IGNORECASE):
        found.append(Said(suited[1].lower(), *suited.span(1)))
    for match in _FOR.finditer(text):
        goods = text[: match.start()]
        said = [one for one in _objects(text, match.end(), taken) if one.value not in _USES]
        if said and (_goes_with(goods) or any(_names_model(one.value) or _is_device(one.value) for one in said)):
            found += [one for one in said if not any(a.start < one.end and one.start < a.end for a in found)]
    return found or _beside(text, taken)


def _objects(text: str, start: int, taken: Sequence[tuple[int, int]]) -> list[Said]:
    """The names that stand from here to the end of the phrase; "and" and "or" join several, with commas before."""
    end = stop.start() if (stop := _OBJECT_END.search(text, start)) else len(text)
    if stop and stop[0] == "," and (last := _LIST_END.match(text, stop.end())):
        end = last.end()
    end = min((a for a, b in taken if start < a < end), default=end)
    found = []
    for piece in re.finditer(r"(?:(?!\s+(?:and|or)\s+|,).)+", text[start:end]):
        words = list(_WORD.finditer(piece[0]))[:_LONGEST]
        while words and words[0][0].lower() in ("my", "a", "an", "the", "any", "our", "standard", "and", "or"):
            words = words[1:]
        if not words or _AMOUNT.match(words[0][0]):
            continue
        first, last_word = start + piece.start() + words[0].start(), start + piece.start() + words[-1].end()
        value = text[first:last_word].lower()
        if not any(a < last_word and first < b for a, b in taken):
            found.append(Said(value, first, last_word))
    return found


_LIST_END = re.compile(r"\s*[\w+-]+(?: [\w+-]+)? and [\w+-]+", re.IGNORECASE)
_AMOUNT = re.compile(r"(?!(?:19|20)\d\d$|\d{1,2}$|\d+cm$)\d+(?:[-–.]\d+)?(?:-?ish|[^\W\d]{1,3})?$")
"""A number with or without a unit, but no year and no number of a model."""


def _goes_with(goods: str) -> bool:
    """Whether the words before "for" end in a thing that is made to go with another."""
    words = [fold(word[0].lower()) for word in _WORD.finditer(goods)]
    return any(word in ACCESSORIES or word.partition("-")[2] in ACCESSORIES for word in words[-4:])


def _is_device(value: str) -> bool:
    return not DEVICES.isdisjoint(value.split())


def _names_model(value: str) -> bool:
    return any(_MODEL.match(word) and not _is_measure(word) for word in value.split())


def _is_measure(word: str) -> bool:
    if not _MEASURE.match(word):
        return False
    unit = re.sub(r"^\d+(?:[.,]\d+)?-?", "", word)
    return len(word) < 3 if not unit else unit_symbol(unit) is not None


def _beside(text: str, taken: Sequence[tuple[int, int]]) -> list[Said]:
    """A model's name right beside a thing that goes with another: "dyson v11 filter", "mats, toyota yaris 2021"."""
    words = [word for word in _WORD.finditer(text) if not any(a < word.end() and word.start() < b for a, b in taken)]
    heads = [i for i, word in enumerate(words) if fold(word[0].lower()) in ACCESSORIES]
    if not heads or _STOP.search(text, words[0].start(), words[heads[-1]].start()):
        return []
    head = heads[-1]
    after = _run(text, words[head + 1 :])
    if after and _names_model(" ".join(word[0] for word in after)):
        return [Said(text[after[0].start() : after[-1].end()].lower(), after[0].start(), after[-1].end())]
    before = words[: min(heads)]
    if before and min(heads) == head and _names_model(" ".join(word[0] for word in before[:4])):
        return [Said(text[before[0].start() : before[-1].end()].lower(), before[0].start(), before[-1].end())]
    return []


def _run(text: str, words: list[re.Match[str]]) -> list[re.Match[str]]:
    """The words up to a stop, a colour or a measure."""
    found: list[re.Match[str]] = []
    for word in words[:_LONGEST]:
        between = text[found[-1].end() : word.start()] if found else ""
        if _STOP.search(between + word[0]) or word[0].lower() in COLOURS or "," in between:
            break
        found.append(word)
    return found
