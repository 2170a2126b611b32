"""Which words of a text a query found, as plain (text, matched) pieces: the page decides how they look.

A word matches when its stem is one of the query's stems. Long texts are shown as the window with the most matches.
Nothing is escaped here, because nothing becomes HTML here.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Callable, Collection
from functools import lru_cache

Pieces = tuple[tuple[str, bool], ...]

_WORD = re.compile(r"[^\W_]+")
WINDOW = 200
_LETTERS_KEPT = 3


def highlight(text: str, stems: Collection[str], stem: Callable[[str], str], window: int = WINDOW) -> Pieces:
    """The text, or its best window of about `window` characters, cut into matched and other pieces.

    Args:
        text: plain text.
        stems: the query's stems.
        stem: gives the stem of one word.

    Returns:
        Pieces that joined give the text (or the window, with "…" where it was cut); () when no word matches.
    """
    words = _likely(frozenset(stems)) if text.isascii() else _WORD
    found = [(match.start(), match.end()) for match in words.finditer(text) if stem(match[0]) in stems]
    if not found:
        return ()
    start, end = _window(text, found, window)
    pieces: list[tuple[str, bool]] = []
    place = start
    for left, right in found:
        if left < start or right > end:
            continue
        pieces.append((text[place:left], False))
        pieces.append((text[left:right], True))
        place = right
    pieces.append((text[place:end], False))
    if start > 0:
        pieces[0] = ("… " + pieces[0][0], False)
    if end < len(text):
        pieces[-1] = (pieces[-1][0] + " …", False)
    return tuple((piece, matched) for piece, matched in pieces if piece)


@lru_cache(256)
def _likely(stems: frozenset[str]) -> re.Pattern[str]:
    """Finds the words that begin like a stem (its last letter may change): a tenth of the work of stemming all."""
    beginnings = {stem[:-1] if len(stem) > _LETTERS_KEPT else stem[:1] for stem in stems}
    return re.compile(rf"(?<![^\W_])(?:{'|'.join(map(re.escape, sorted(beginnings)))})[^\W_]*", re.IGNORECASE)


def _window(text: str, found: list[tuple[int, int]], width: int) -> tuple[int, int]:
    """(start, end) of the window that holds most matches, moved to the limits of words."""
    if len(text) <= width:
        return 0, len(text)
    words = [text[left:right].lower() for left, right in found]
    ends = [right for _, right in found]
    best = most = 0
    for first, (left, _) in enumerate(found):
        held = len(set(words[first : bisect_right(ends, left + width)]))
        if held > most:
            best, most = first, held
    start = max(0, found[best][0] - width // 5)
    start = 0 if start == 0 else text.rfind(" ", 0, start) + 1
    end = min(len(text), start + width)
    if end < len(text):
        cut = text.rfind(" ", start, end)
        end = cut if cut > found[best][1] else end
    return start, end
