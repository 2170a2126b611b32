"""Sizes that a sentence states of the shopper or of somebody of theirs: "I take a 41 in trainers" is "shoes 41".

Simplification: a bare number from 34 to 50 is a shoe size of the EU, a letter is one of clothes.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

_LETTERS = {"extra small": "XS", "extra large": "XL", "small": "S", "medium": "M", "large": "L"}
_THINGS = {
    "shoes": "shoes? foot feet boots? trainers? sneakers? sandals? heels? footwear slippers? runners?",
    "clothes": "clothes clothing tops? shirts? t-shirts? tees? dress dresses jackets? coats? jumpers? everything",
    "waist": "waist trousers jeans pants belts?",
    "ring": "rings? finger",
    "gloves": "gloves? hands?",
    "hat": "hats? helmets? head",
    "bra": "bras?",
}
_THING = {name: re.compile(rf"\b(?:{'|'.join(words.split())})\b", re.IGNORECASE) for name, words in _THINGS.items()}
_ANY = "|".join(word for words in _THINGS.values() for word in words.split())
_SIZE = (
    r"(?:(?P<before>EU|US|UK)\s*)?(?P<size>\d{1,2}(?:[.,]5)?(?![\d.,]*\d)(?!\s*(?:mm|cm|kg|g|euros?|pounds?|dollars?|"
    r"[€$£%]|years?|months?|times|of|minutes|hours|days|people|persons)\b)|(?:X{0,3}[SL]|M|extra small|extra "
    r"large|small|"
    r"medium|large))(?:\s*(?P<after>EU|US|UK))?(?![\w'-])"
)
_HOW = r"(?:\s+(?:usually|normally|always|generally|mostly|typically|now|about|roughly|actually|also|just))*"
_HABIT = r"(?:usually|normally|always|generally|mostly|typically)"
_NAMED = rf"(?:\s+(?:in|for|on|with)\s+(?:my\s+|the\s+|a\s+)?(?P<thing>{_ANY})|\s+(?P<next>{_ANY}))?"
_OWN = re.compile(
    rf"\b(?:I|we)(?:{_HOW}\s+(?:wear|take|fit){_HOW}|\s+{_HABIT}\s+(?:buy|need))\s+(?:a\s+|an\s+)?"
    rf"(?P<sized>size\s+)?{_SIZE}{_NAMED}|"
    rf"\b(?:I'm|I am){_HOW}\s+(?P<article>a\s+|an\s+)?(?P<bsized2>size\s+"
    rf")?{_SIZE.replace('<', '<b')}{_NAMED.replace('<', '<b')}",
    re.IGNORECASE,
)
_MINE = re.compile(
    rf"\bmy\s+(?P<what>{_ANY})(?:'s)?(?:\s+(?:size|measurement))?\s+(?:is|are)\s+(?:a\s+|an\s+)?(?:size\s+)?{_SIZE}|"
    rf"\bmy\s+size\s+is\s+(?:a\s+|an\s+)?{_SIZE.replace('<', '<b')}{_NAMED.replace('<', '<b')}",
    re.IGNORECASE,
)
_HAVE = re.compile(rf"\bI\s+have\s+(?:a\s+)?size\s+{_SIZE}\s+(?P<thing>{_ANY})", re.IGNORECASE)
_IS_MINE = re.compile(
    rf"(?P<what>\b(?:{_ANY})\s+)?(?:size\s+)?{_SIZE}\s+(?:is|are)\s+(?:mine\b|my\s+size\b|what\s+I\s+(?:wear|"
    rf"take)\b)",
    re.IGNORECASE,
)
_AND = re.compile(
    rf"^,?\s*(?:and|but)?\s*(?:a\s+|an\s+)?(?:size\s+)?{_SIZE}\s+(?:in|on|for)\s+(?P<thing>{_ANY})", re.IGNORECASE
)
_JOINT = re.compile(r"[,;:]|\s(?:and|but)\s")
_THEIRS = re.compile(
    rf"(?:\b(?:wears|takes|needs)\s+(?:a\s+|an\s+)?(?:size\s+)?|\b(?:is|'s)\s+(?:a\s+|an\s+)(?:size\s+"
    rf")?){_SIZE}{_NAMED}",
    re.IGNORECASE,
)


def own_sizes(sentence: str) -> Iterator[str]:
    """Sizes of the one who speaks."""
    for pattern in (_OWN, _MINE, _HAVE, _IS_MINE):
        for match in pattern.finditer(sentence):
            found = match.groupdict()
            second = found.get("bsize")
            if second and pattern is _OWN and not _is_a_size(found):
                continue
            if value := _value(found, "b" if second else "", _clause(sentence, match)):
                yield value
                yield from _more(sentence[match.end() :])


def sizes_of_others(sentence: str) -> Iterator[str]:
    """Sizes of somebody else, in a sentence that is about them."""
    for match in _THEIRS.finditer(sentence):
        if value := _value(match.groupdict(), "", _clause(sentence, match)):
            yield value


def _clause(sentence: str, match: re.Match[str]) -> str:
    """The part of a sentence around a match, from comma or "and" to comma or "and"."""
    before = _JOINT.split(sentence[: match.start()])[-1]
    return before + match.group() + _JOINT.split(sentence[match.end() :])[0]


def _is_a_size(found: dict[str, str | None]) -> bool:
    """Whether "I'm ..." tells a size and not an age: "a 44", "size 44", "a medium", "39 in shoes"."""
    named = found.get("bthing") or found.get("bnext") or found.get("bbefore") or found.get("bafter")
    letter = not str(found["bsize"])[0].isdigit()
    return bool(named or found["article"] or found["bsized2"]) or (letter and str(found["bsize"]).isupper())


def _more(rest: str) -> Iterator[str]:
    """Sizes in a list behind the first one: "... and M on top"."""
    while match := _AND.match(rest):
        if value := _value(match.groupdict(), "", ""):
            yield value
        rest = rest[match.end() :]


def _value(found: dict[str, str | None], prefix: str, sentence: str) -> str:
    size = str(found[f"{prefix}size"])
    size = _LETTERS.get(size.casefold(), size.upper()).replace(",", ".")
    system = (found.get(f"{prefix}before") or found.get(f"{prefix}after") or "").upper()
    named = found.get(f"{prefix}thing") or found.get(f"{prefix}next") or found.get("what")
    sized = bool(found.get("sized") or found.get("bsized2"))
    thing = _thing_of(named or "") or _thing_of(sentence) or _usual(size, system, sized)
    return " ".join(part for part in (thing, system, size) if part) if thing else ""


def _thing_of(words: str) -> str:
    return next((name for name, pattern in _THING.items() if pattern.search(words)), "")


def _usual(size: str, system: str, sized: bool) -> str:
    """What a size without a thing is of, `sized` when it was called a size; "" where nobody knows."""
    if not size[0].isdigit():
        return "clothes"
    if system or 34 <= float(size) <= 50:
        return "shoes"
    return "clothes" if sized and 4 <= float(size) <= 32 else ""
