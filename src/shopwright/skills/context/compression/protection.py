"""What must not be dropped: numbers with their units, negations with what they deny, ids, names, quoted words.

A number takes the word behind it along ("12 hours", "3 motors"), a negation the two nearest content words on both sides
("batteries are not included" keeps "batteries not included"): alone they would say nothing, or something else.
"""

from __future__ import annotations

import re
from collections.abc import Collection

import numpy as np
from numpy.typing import NDArray

from shopwright.skills.context.compression.words import CONTENT, ID, MARK, NEGATION, NUMBER, Words

_QUOTED = re.compile(r"[\"“”„«]([^\"“”„«»\n]{2,200})[\"“”»]")
_CLAUSE = 24
_BY = frozenset(("x", "×", "by"))
_REACH, _DENIED = 6, 2
"""Words within which a negation finds what it denies, and how many content words it takes along on either side."""


def protected_words(words: Words, query: str = "", names: Collection[str] = ()) -> NDArray[np.bool_]:
    """Which words must stay, shape (W,).

    Args:
        query: words that stand in quotation marks in it are protected where the text has them, and so is what the text
            quotes and the query says.
        names: brands and the like, found as whole words whatever their case.
    """
    safe = np.isin(words.kind, (NUMBER, NEGATION, ID))
    _with_units(words, safe)
    _with_scope(words, safe)
    for pattern in _patterns(words.text, query, names):
        for match in pattern.finditer(words.text):
            first = int(np.searchsorted(words.ends, match.start(), "right"))
            safe[first : int(np.searchsorted(words.starts, match.end(), "left"))] = True
    return safe


def last_sentence(words: Words) -> NDArray[np.bool_]:
    """Which words are in the last sentence, shape (W,)."""
    return np.asarray(words.sentence == words.sentences - 1)


def clauses(words: Words) -> NDArray[np.int64]:
    """The number of the clause of each word, from 0, shape (W,); a clause of over `_CLAUSE` words is several."""
    begins = np.ones(len(words.kind), np.bool_)
    begins[1:] = words.closes[:-1] | (np.diff(words.sentence) > 0)
    places = np.arange(len(begins))
    begins |= (places - np.maximum.accumulate(np.where(begins, places, 0))) % _CLAUSE == 0
    return np.asarray(np.cumsum(begins) - 1)


def _with_units(words: Words, safe: NDArray[np.bool_]) -> None:
    numbers = np.flatnonzero((words.kind == NUMBER) & ~words.closes)
    numbers = numbers[numbers + 1 < len(words.kind)]
    behind = numbers + 1
    behind = behind[words.sentence[behind] == words.sentence[numbers]]
    safe[behind[words.kind[behind] == CONTENT]] = True
    for place in behind[words.kind[behind] != CONTENT].tolist():  # "12 in", inches where nothing follows
        after = place + 1
        ends = after >= len(words.kind) or words.closes[place] or words.kind[after] == MARK
        if words.forms[words.form[place]] == "in" and (ends or words.forms[words.form[after]] in _BY):
            safe[place] = True


def _with_scope(words: Words, safe: NDArray[np.bool_]) -> None:
    for place in np.flatnonzero(words.kind == NEGATION).tolist():
        for step in (1, -1):
            found = 0
            for other in range(place + step, place + step * (_REACH + 1), step):
                if not 0 <= other < len(safe) or words.sentence[other] != words.sentence[place]:
                    break
                if words.closes[other if step < 0 else other - 1] or found == _DENIED:
                    break
                if words.kind[other] == CONTENT:
                    safe[other] = True
                    found += 1


def _patterns(text: str, query: str, names: Collection[str]) -> list[re.Pattern[str]]:
    """What finds the names and the quoted words in the text."""
    asked = query.casefold()
    phrases = {match[1].strip() for match in _QUOTED.finditer(query)}
    if asked:
        phrases |= {match[1].strip() for match in _QUOTED.finditer(text) if match[1].strip().casefold() in asked}
    wanted = sorted(
        (phrase for phrase in {*names, *phrases} if phrase.strip()), key=lambda phrase: (-len(phrase), phrase)
    )
    if not wanted:
        return []
    return [re.compile(rf"(?<!\w)(?:{'|'.join(map(re.escape, wanted))})(?!\w)", re.IGNORECASE)]
