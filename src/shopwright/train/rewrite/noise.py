"""How shoppers mistype: a query with the slips of fingers, ears and phones that search logs are full of.

A model of typing errors, not a log of them: letters left out, doubled, swapped or hit beside the key; vowels and
endings as they sound ("cieling", "addapter", "scizzors"); words run together or taken apart; units glued to their
numbers. Longer words go wrong oftener, first letters seldom, words with digits never.
"""

from __future__ import annotations

import re
from random import Random

_KEYBOARD = ("qwertyuiop", "asdfghjkl", "zxcvbnm")
_NEAR = {
    letter: row[max(place - 1, 0) : place] + row[place + 1 : place + 2]
    for row in _KEYBOARD
    for place, letter in enumerate(row)
}
_SOUNDS = (
    ("ie", "ei"), ("ei", "ie"), ("ph", "f"), ("ck", "k"), ("ck", "c"), ("c", "k"), ("k", "c"), ("s", "c"), ("c", "s"),
    ("z", "s"), ("s", "z"), ("ea", "ee"), ("ee", "ea"), ("ai", "a"), ("ay", "ey"), ("ou", "o"), ("oo", "u"),
    ("le", "el"), ("el", "le"), ("er", "or"), ("or", "er"), ("ar", "er"), ("er", "ar"), ("ance", "ence"),
    ("ence", "ance"), ("ant", "ent"), ("ent", "ant"), ("able", "ible"), ("ible", "able"), ("tion", "sion"),
    ("sion", "tion"), ("que", "k"), ("qu", "kw"), ("x", "cks"), ("y", "i"), ("i", "y"), ("e", "a"), ("a", "e"),
    ("i", "e"), ("e", "i"), ("o", "u"), ("u", "o"), ("gh", ""), ("h", ""), ("w", "wh"), ("wh", "w"), ("kn", "n"),
    ("wr", "r"), ("mb", "m"), ("t", "tt"), ("tt", "t"), ("ll", "l"), ("ss", "s"), ("nn", "n"), ("rr", "r"),
    ("mm", "m"), ("pp", "p"), ("cc", "c"), ("ff", "f"), ("dge", "ge"), ("ture", "cher"), ("eur", "er"), ("eau", "o"),
)  # fmt: skip
_UNIT = re.compile(r"(?<=\d) (?=(?:in|inch|ft|feet|mm|cm|m|lb|oz|gal|gallon|w|v|watt|volt|amp|pc|pack|x)\b)")
_LEAST = 3


def misspelled(text: str, chance: Random) -> str:
    """The text with one to three slips; as it is where there is nothing to get wrong."""
    words = text.split()
    places = [place for place, word in enumerate(words) if word.isalpha() and word.isascii() and len(word) > _LEAST]
    form = chance.random()
    if form < 0.08 and _UNIT.search(text):
        return _UNIT.sub("", text)
    if form < 0.2 and len(words) > 1:
        return _joined(words, chance)
    if not places:
        return text
    if form < 0.3:
        return _parted(words, places, chance)
    for _ in range(1 + (chance.random() < 0.25) + (chance.random() < 0.08)):
        place = chance.choices(places, [len(words[each]) for each in places])[0]
        words[place] = _slip(words[place], chance)
    return " ".join(words)


def _joined(words: list[str], chance: Random) -> str:
    place = chance.randrange(len(words) - 1)
    return " ".join([*words[:place], words[place] + words[place + 1], *words[place + 2 :]])


def _parted(words: list[str], places: list[int], chance: Random) -> str:
    place = chance.choice(places)
    word = words[place]
    if len(word) < 2 * _LEAST:
        return " ".join([*words[:place], _slip(word, chance), *words[place + 1 :]])
    cut = chance.randint(_LEAST, len(word) - _LEAST)
    return " ".join([*words[:place], word[:cut], word[cut:], *words[place + 1 :]])


def _slip(word: str, chance: Random) -> str:
    """One slip in a word of three letters or more."""
    if len(word) < _LEAST:
        return word
    at = chance.randrange(1, len(word)) if chance.random() > 0.04 else 0
    match chance.choices(range(6), (0.24, 0.12, 0.13, 0.11, 0.3, 0.1))[0]:
        case 0:
            return word[:at] + word[at + 1 :]
        case 1:
            return word[:at] + word[at] + word[at:]
        case 2:
            at = min(max(at, 1), len(word) - 2)
            return word[:at] + word[at + 1] + word[at] + word[at + 2 :]
        case 3:
            return word[:at] + chance.choice(_NEAR.get(word[at].lower(), "e") or "e") + word[at + 1 :]
        case 4:
            return _heard(word, chance)
        case _:
            return word[:at] + chance.choice(_NEAR.get(word[at].lower(), "e") or "e") + word[at:]


def _heard(word: str, chance: Random) -> str:
    """The word as it sounds to somebody who never saw it written."""
    found = [(old, new) for old, new in _SOUNDS if old in word[1:]]
    if not found:
        return word[:1] + word[2:]
    old, new = chance.choice(found)
    places = [match.start() for match in re.finditer(re.escape(old), word[1:])]
    at = 1 + chance.choice(places)
    return word[:at] + new + word[at + len(old) :]
