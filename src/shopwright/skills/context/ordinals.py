"""Which episode a question means by its place: "the second topic we discussed", "the last thing we talked about".

Counted from the beginning ("first", "3rd"), from the end ("last", "second to last", "the one before that"), or from
another episode ("what did we discuss before the tent?"), which is found by the words of its title.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from shopwright.skills.context.words import stems
from shopwright.types.memory import Episode

_ORDINALS_LIST = "first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth"
_ORDINALS = {word: number for number, word in enumerate(_ORDINALS_LIST.split(), 1)}
_ORDINAL = rf"(?P<ordinal>{'|'.join(_ORDINALS)}|\d{{1,3}}(?:st|nd|rd|th))"
_SUBJECT = r"(?:topic|subject|theme|issue|matter|discussion|conversation|episode)s?\b"
_TALKED = r"(?:discuss(?:ed|ing)?|talk(?:ed|ing)?|sp[eo]ak(?:e|ing)?|spoke|chat(?:ted|ting)?|cover(?:ed)?|ask(?:ed)?)\b"
_PLACES = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        rf"\b(?P<ordinal>{'|'.join(_ORDINALS)}|\d+(?:st|nd|rd|th))[\s-](?:to[\s-])?(?P<end>last)\b",
        r"\b(?P<end>penultimate|last but one|one before (?:that|last|this|the last))\b",
        rf"\b{_ORDINAL}\b",
        r"\b(?P<end>last|latest|final|most recent|previous)\b",
        r"\b(?P<begin>begin|began|start|started)\b",
    )
)
_MEANS_SUBJECT = re.compile(
    rf"\b{_SUBJECT}|\bthings?\s+(?:that\s+)?(?:we|i|you)\s+{_TALKED}|\b(?:we|i)\s+{_TALKED}(?:\s+about)?", re.IGNORECASE
)
_US = re.compile(r"\b(?:we|us|our|i|you|your)\b", re.IGNORECASE)
_BESIDE = re.compile(
    rf"\b(?P<side>before|after)\s+(?:(?:we|i|you)\s+)?(?:{_TALKED}\s+(?:about\s+)?)?(?P<what>[^?.!]+)", re.IGNORECASE
)


def asked_episode(question: str, episodes: Sequence[Episode]) -> Episode | None:
    """The episode that a question means by its place; None when it means none, or there is no such.

    Args:
        question: as it was asked.
        episodes: of the conversation, in order.
    """
    if not episodes or not asks_for_subject(question):
        return None
    if (beside := _BESIDE.search(question)) and (known := _titled(beside["what"], episodes)) is not None:
        place = known + (1 if beside["side"].lower() == "after" else -1)
        return episodes[place] if 0 <= place < len(episodes) else None
    for pattern in _PLACES:
        if match := pattern.search(question):
            place = _place(match.groupdict(), len(episodes))
            return episodes[place] if 0 <= place < len(episodes) else None
    return None


def asks_for_subject(question: str) -> bool:
    """Whether a question speaks of the subjects of its own conversation at all; cheaper than finding which.

    It says "we", "our", "I" or "you": the first topic of somebody's talk is another matter.
    """
    return _US.search(question) is not None and _MEANS_SUBJECT.search(question) is not None


def _place(parts: dict[str, str | None], count: int) -> int:
    """Which it is, from 0; out of range where there is no such."""
    ordinal = (parts.get("ordinal") or "").lower()
    number = _ORDINALS.get(ordinal) or int(ordinal[:-2] or 0) if ordinal else 1
    if end := (parts.get("end") or "").lower():
        back = 2 if end == "penultimate" or "one" in end else number
        return count - back if back > 0 else -1
    return number - 1


def _titled(words: str, episodes: Sequence[Episode]) -> int | None:
    """The episode whose title shares most with the words."""
    wanted = set(stems(words))
    shares = [len(wanted & set(stems(episode.title))) for episode in episodes]
    best = max(shares)
    return shares.index(best) if best else None
