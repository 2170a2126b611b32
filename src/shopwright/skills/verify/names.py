"""Proper names of a claim that the evidence does not hold, word by word.

What: `names_of` finds words that are written as names (capitals, inner capitals, letters with digits); `Roll` is the
words of the evidence and knows a name in another case, with or without accents, in the possessive or the plural, as an
initial, as an acronym ("USA" for "United States"), glued or apart ("SoundCore", "Sound Core", "AS-18", "AS18").

What not: no dictionary of people and places. A sentence's first word counts only with inner capitals or digits.
Demonyms ("Australian") are words here. Where the evidence is written in another script, names are not compared.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

_TOKEN = re.compile(r"[^\W_](?:[^\W_]|[&.'’_-](?=[^\W_]))*\+?")
_LOOKS = re.compile(r"[A-ZÀ-ÖØ-ÞĀ-Ž]")
_MODEL = re.compile(r"(?=.*[A-Za-z].*)(?=.*\d)[A-Za-z0-9]+(?:[-./][A-Za-z0-9]+)*\+?\Z")
_MEASURE = re.compile(
    r"\d[\d.,]*(?:[kK]?[wWvVaAgGmMlLhHsScCfFbB]{1,3}|st|nd|rd|th|s|in|inch|ft|px|mAh|kWh|Wh|Hz|kHz|MHz|GHz|rpm|fps|"
    r"dpi|K|p|k|bn|am|pm|-.*)|\d+[xX]\d*|[xX]\d+",
    re.I,
)
_DEMONYM = re.compile(
    r".{2,}(?:ian|ians|ean|eans|ish|ese|ani|aeli|ic|ist|ists|ism)\Z"
    r"|(?:american|african|mexican|german|roman|french|dutch|greek|swiss|czech|slovak|thai|welsh|arab|turk|dane|swede|"
    r"finn|pole|scot|briton|cuban|jewish|muslim|catholic|latin|western|eastern|northern|southern|central)s?\Z"
)
_LOWER_LIST = (
    "i i'm i've i'll i'd a an the and or but if in on at to for from by of as it its is are was were be this that "
    "these those he she his her they their them we our you your my me there here not no yes with without after "
    "before during while when where who which what why how than then so up out over under all both each every one "
    "tv tvs pc pcs dvd ok ceo usb led lcd id q a faq am pm mr mrs ms miss dr prof sir st no. vs etc km cm mm kg "
    "mm ml hz wi-fi wifi web internet english earth sun moon god bc ad ce bce dj"
)
_LOWER = frozenset(_LOWER_LIST.split())
_CALENDAR_LIST = (
    "january february march april may june july august september october november december jan feb mar apr jun jul "
    "aug sep sept oct nov dec monday tuesday wednesday thursday friday saturday sunday christmas easter"
)
_CALENDAR = frozenset(_CALENDAR_LIST.split())
_SAME = {
    "france": "french", "spain": "spanish", "poland": "polish", "wales": "welsh", "netherlands": "dutch holland",
    "greece": "greek", "uk": "british britain kingdom england", "britain": "british uk",
    "us": "american u.s usa america united", "usa": "american us u.s america united", "u.s": "american us usa united",
    "america": "american us usa", "united": "us usa uk u.s u.k", "states": "us usa u.s american",
    "kingdom": "uk u.k british", "denmark": "danish", "switzerland": "swiss", "thailand": "thai", "ireland": "irish",
    "england": "english", "scotland": "scottish", "portugal": "portuguese", "germany": "german deutschland",
    "university": "college univ", "street": "st", "saint": "st", "mount": "mt", "doctor": "dr", "corporation": "corp",
    "company": "co", "limited": "ltd", "incorporated": "inc", "championships": "championship", "television": "tv",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Name:
    """A word of a claim that is written as a name; `first` tells that it begins a sentence."""

    text: str
    start: int
    end: int
    first: bool
    model: bool = False


def plain(text: str) -> str:
    """Small letters without accents."""
    if text.isascii():
        return text.lower()
    decomposed = unicodedata.normalize("NFKD", text.casefold())
    return "".join(char for char in decomposed if not unicodedata.combining(char)).replace("’", "'")


def names_of(text: str) -> list[Name]:
    """The words of a claim that are written as names, in order."""
    tokens = list(_TOKEN.finditer(text))
    letters = [token for token in tokens if token[0][0].isalpha()]
    high = sum(token[0][0].isupper() for token in letters)
    shouted = len(letters) > 4 and high > 0.7 * len(letters)  # a headline: capitals say nothing
    found = []
    for token in tokens:
        word = token[0]
        before = text[: token.start()].rstrip(" \"'“‘(*[")
        first = not before or before[-1] in ".!?:;\n-–•|"
        model = _MODEL.match(word) is not None and not _MEASURE.fullmatch(word)
        inner = word[1:] != word[1:].lower() and not word.isupper()
        if not (model or inner or (_LOOKS.match(word) and not shouted)):
            continue
        if not model and plain(word) in _LOWER | _CALENDAR:
            continue
        if len(word) == 1:
            continue
        found.append(Name(word, token.start(), token.end(), first and not model and not inner, model))
    return found


class Roll:
    """The words of pieces of evidence, as names are looked up in them."""

    def __init__(self, texts: Sequence[str]) -> None:
        self._text = "\n".join(texts)

    @cached_property
    def _plain(self) -> str:
        return plain(self._text)

    @cached_property
    def words(self) -> frozenset[str]:
        """Every word, small and without accents; those with marks inside also in parts."""
        found = set()
        for token in _TOKEN.findall(self._plain):
            found.add(token)
            found.update(re.split(r"[&.'_-]", token))
        return frozenset(found)

    @cached_property
    def _stems(self) -> frozenset[str]:
        return frozenset(word[:5] for word in self.words if len(word) >= 5)

    @cached_property
    def _squeezed(self) -> str:
        return re.sub(r"[^\w\n]|_", "", self._plain)

    @cached_property
    def _initials(self) -> str:
        """First letters of words in a row, of capitalised words without the small ones between them."""
        words = re.findall(r"[^\W\d_]+", self._text)
        every = "".join(word[0] for word in words).lower()
        high = "".join(word[0] for word in words if word[0].isupper()).lower()
        return f"{every}\n{high}"

    @cached_property
    def other_script(self) -> bool:
        """Whether most letters are not Latin."""
        sample = [char for char in self._text[:20_000] if char.isalpha()]
        return sum(ord(char) > 0x24F for char in sample) * 2 > len(sample)

    def holds(self, name: Name) -> bool:
        """Whether the evidence has the name, in any of the ways that people write it."""
        word = plain(name.text).replace("’", "'")
        word = re.sub(r"'s?$", "", word)
        if word in self.words or word.rstrip("s") in self.words or f"{word}s" in self.words:
            return True
        if name.model:
            return re.sub(r"[^\w]|_", "", word) in self._squeezed
        if any(other in self.words for other in _SAME.get(word, "").split()):
            return True
        letters = re.sub(r"[^a-z]", "", word)
        if len(name.text) <= 6 and name.text.replace(".", "").isupper():
            return (len(letters) >= 2 and letters in self._initials.rpartition("\n")[2]) or (
                len(letters) >= 3 and letters in self._initials
            )
        parts = [part for part in re.split(r"[-.'&]", word) if len(part) > 1]
        if len(parts) > 1 and all(part in self.words or part in _LOWER for part in parts):
            return True
        if len(letters) >= 6 and re.sub(r"[^\w]|_", "", word) in self._squeezed:
            return True
        return word[:5] in self._stems if len(word) >= 5 else word in self._stems

    def rivals(self, name: Name) -> list[str]:
        """Models of the evidence that differ from the named one in their digits alone ("AS-20" for "AS-18")."""
        skeleton = re.sub(r"[\W\d_]", "", plain(name.text))
        found = {}
        for token in _TOKEN.findall(self._text):
            alike = len(skeleton) > 1 and _MODEL.match(token) and not _MEASURE.fullmatch(token)
            if alike and re.sub(r"[\W\d_]", "", plain(token)) == skeleton:
                found[plain(token)] = token
        return list(found.values())


def missing(text: str, roll: Roll) -> list[Name]:
    """The names of a claim that the evidence does not hold; demonyms and first words are left alone."""
    if roll.other_script or not roll.words:
        return []
    return [
        name
        for name in names_of(text)
        if not name.first and (name.model or not _DEMONYM.match(plain(name.text))) and not roll.holds(name)
    ]
