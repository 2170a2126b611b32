"""Messages that ask for ideas, and messages that want no suggestions.

    asks_ideas("what am I forgetting for the camping trip?")     # True
    asks_ideas("what do people think of it?")                    # False: their opinion of a product is asked for
    silences("no suggestions, please")                           # "only"
    silences("no suggestions please, just a tent under 100")     # "also"

An idea is something that the writer does not name. Goods that are named, also as a present, are none of this module's.
Rules in English.
"""

from __future__ import annotations

import re
from typing import Literal

from shopwright.search.lexical import FUNCTION_WORDS

Silence = Literal["", "also", "only"]
"""Whether a message wants no suggestions: not at all, beside something else, or nothing but that."""

_ODD = r"(?:unusual|unexpected|surprising|out\ of\ the\ ordinary|off\ ?beat|quirky|uncommon)"
_TAKE = r"(?:need|want|use|take|bring|pack|get|buy|consider|think\ of|add)"
_NOBODY = r"(?:nobody|no[-\ ]?one|hardly\ any(?:body|one)|few(?:\ people)?|not\ many(?:\ people)?)"
_NOT = (
    r"(?:do(?:es)?n['’]?t|do(?:es)?\ not|rarely|never|seldom|hardly|would(?:n['’]?t|\ not)|"
    r"have(?:n['’]?t|\ not)|did(?:n['’]?t|\ not))"
)
_THOUGHT = r"(?:thinks?|thought)\ (?:of|about)"
_IDEAS = re.compile(
    rf"""\b(?:surprise|inspire)\ (?:me|us|him|her|them|my)\b
    |\b(?:need|want|any|some|looking\ for)\ inspiration\b
    |(?:^|[,.;!?]\ )\W*(?:any\ |some\ |got\ any\ |give\ me\ (?:some\ )?)?(?:more|other|further)\ (?:ideas|suggestions)\b
    |\b(?:something|anything|things?|stuff)\ (?:that(?:['’]s|\ is|\ are)\ )?(?:\w+\ ){{0,2}}{_ODD}\b
    |\b{_ODD}\ (?:gift|present|idea|thing|extra)s?\b
    |\b(?:what|anything|something)\ (?:else|more)\ (?:that\ )?
       (?:(?:could|might|would|should|do|will|can)\ )?(?:i|we)\ (?:(?:could|might|would|should|will|also)\ )*{_TAKE}\b
    |\bwhat\ (?:am\ i|are\ we|(?:have|did)\ (?:i|we))\ (?:forget|forgot|miss|overlook)\w*
    |\b(?:am\ i|are\ we|(?:have|did)\ (?:i|we))\ (?:forget|forgot|miss|overlook)\w*\ (?:something|anything)\b
    |\bwhat\ (?:might|could|may)\ (?:i|we)\ be\ (?:forgetting|missing|overlooking)\b
    |\b(?:something|anything|what)\ (?:that\ )?(?:i|we)(?:['’]m|['’]re|\ am|\ are|\ might\ be|\ may\ be|['’]ve|\ have)?
       \ (?:forget|forgot|miss|overlook)\w*
    |\b{_NOBODY}\ (?:else\ )?(?:would\ )?(?:ever\ )?{_THOUGHT}\b
    |\b(?:people|most|others|i|we|beginners)\ (?:\w+\ )?(?:{_NOT}|not)\ (?:\w+\ )?{_THOUGHT}\b(?!\ \w+\ as\b)""",
    re.IGNORECASE | re.VERBOSE,
)
_CLAUSE = re.compile(r"[,;:.!?]\s")
_IDLE_WORDS = "please gift present keen get goes go them could might anything something"
_IDLE = FUNCTION_WORDS | set(_IDLE_WORDS.split())
_THINGS = r"(?:suggestions?|recommendations?|ideas|tips|extras)"
_SILENCE = re.compile(
    rf"""\b(?:no|without)\ (?:more\ |any\ |further\ |other\ |your\ )*{_THINGS}\b(?!\ (?:for|about|on|of)\b)
    |\bstop\ (?:making\ |giving\ (?:me\ )?|with\ (?:the\ |your\ |all\ )?)?(?:suggest\w*|recommend\w*|ideas|tips)\b
       (?:\ (?:me\ )?(?:things|stuff|more|anything|other\ things))?
    |\b(?:do\ not|don['’]?t)\ (?:suggest|recommend)\ (?:me\ )?
       (?:anything|things|stuff|any\ ?more|more)(?:\ else|\ more)?(?=\W*(?:$|please\b|just\b|thanks?\b|[.!,;]))
    |\bkeep\ your\ {_THINGS}\b
    |^\W*(?:please\W+)?never\ again\b""",
    re.IGNORECASE | re.VERBOSE,
)
_POLITE = re.compile(
    r"\b(?:please|thanks?|thank you|ok(?:ay)?|just|again|now|and|for|me|the|any\s?more)\b", re.IGNORECASE
)


def asks_ideas(text: str) -> bool:
    """Whether a message asks for what its writer does not think of."""
    return bool(_IDEAS.search(text)) and not silences(text)


def about(text: str) -> str:
    """What ideas are asked for, as it is said: the rest of the clause that asks; "" where it says no more."""
    for clause in _CLAUSE.split(text):
        if match := _IDEAS.search(clause):
            sides = (clause[match.end() :], clause[: match.start()])
            return next((side.strip(" ,.;:!?") for side in sides if _words(side)), "")
    return ""


def unsilenced(text: str) -> str:
    """A message without the words that want no suggestions."""
    return " ".join(_SILENCE.sub(" ", text).split()).strip(" ,.;!-")


def speaks_of_ideas(text: str) -> bool:
    """Whether a message asks for ideas, or wants none."""
    return bool(_IDEAS.search(text) or _SILENCE.search(text))


def silences(text: str) -> Silence:
    """Whether a message wants no suggestions, and whether it wants anything else."""
    rest, found = _SILENCE.subn(" ", text)
    if not found:
        return ""
    return "also" if re.search(r"\w", _POLITE.sub(" ", rest)) else "only"


def _words(text: str) -> set[str]:
    """The words of a text that say something."""
    return {word.lower() for word in re.findall(r"[^\W_]+", text)} - _IDLE
