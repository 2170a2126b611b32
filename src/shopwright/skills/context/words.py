"""Words as recall counts them: lower case, function words dropped, the rest stemmed (Snowball, by tantivy).

What of a question says who is meant is taken out of it before it is searched with: every other turn of a conversation
names its speakers, so a name finds turns that address somebody and not those that answer (`Question`).

Simplification: English. Words of other languages are found whole.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass
from functools import cache
from typing import Any

from shopwright.models.onnx_files import clean
from shopwright.types.memory import ASSISTANT, SHOPPER

LONGEST = 20_000
"""Characters of one utterance that are read."""

_FUNCTION_WORDS = """
what who whom whose which when where why how do does did doing done has have had can could would will should might may
am i you he she we they him his her my your our me us about from many much any some so than being been were while after
before during
"""
_FUNCTION = tuple(_FUNCTION_WORDS.split())
"""Beside Lucene's short list: what questions are made of says nothing of what they ask for."""

_ABOUT_SHOPPER = re.compile(r"\b(?:I|i|we|I've|i've|I'd|i'd|I'm|i'm|my|our|me)\b")
_ABOUT_ASSISTANT = re.compile(
    r"\b(?:did|do|have|had|could|would|were|what|which|things?|ones?|products?|that)\s+(?:\w+\s+)?you\b"
    r"|\byou\s+(?:\w+\s+)?(?:said|told|showed|shown|show|recommended|suggested|promised|offered|mentioned|found|quoted)\b"
    r"|\byour\b",
    re.IGNORECASE,
)
_TOLD_BY_SHOPPER = re.compile(r"\bI(?:'d|'ve)?\s+(?:\w+\s+)?(?:say|said|told|tell|mention|mentioned|ask|asked)\b", re.I)


@cache
def _analyzer() -> Any:
    import tantivy

    builder = tantivy.TextAnalyzerBuilder(tantivy.Tokenizer.simple()).filter(tantivy.Filter.lowercase())
    builder = builder.filter(tantivy.Filter.stopword("english")).filter(tantivy.Filter.custom_stopword(list(_FUNCTION)))
    return builder.filter(tantivy.Filter.stemmer("english")).build()


def stems(text: str) -> list[str]:
    """The stems of a text's content words, in order, repeated as often as they are said."""
    found: list[str] = _analyzer().analyze(clean(text, LONGEST))
    return found


@dataclass(frozen=True, slots=True)
class Question:
    """What is searched for, and whose words are likelier to hold it.

    Args:
        text: the question without the names of speakers; the whole question when nothing else is in it.
        speaker: the one speaker that it is about, None when it is about none or several.
        named: whether it says that name, in place of "I" or "you".
    """

    text: str
    speaker: str | None
    named: bool = False


def read_question(question: str, speakers: Collection[str]) -> Question:
    """Take the names of speakers out of a question.

    Args:
        question: as it was asked; the first `LONGEST` characters are read.
        speakers: those of the conversation. In a shop's conversation "I" is the shopper and "you" the assistant.
    """
    question = question[:LONGEST]
    people = [name for name in speakers if name and name not in (SHOPPER, ASSISTANT)]
    named: list[str] = []
    text = question
    for name in sorted(people, key=len, reverse=True):
        text, count = re.subn(rf"(?<!\w){re.escape(name)}(?:['’]s)?(?!\w)", " ", text, flags=re.IGNORECASE)
        named += [name] * bool(count)
    text = " ".join(text.split())
    if not stems(text):
        text = question
    if len(named) == 1:
        return Question(text, named[0], named=True)
    return Question(text, None if named else _role(question, speakers))


def _role(question: str, speakers: Collection[str]) -> str | None:
    if SHOPPER not in speakers or ASSISTANT not in speakers:
        return None
    if _TOLD_BY_SHOPPER.search(question):
        return SHOPPER
    if _ABOUT_ASSISTANT.search(question):
        return ASSISTANT
    return SHOPPER if _ABOUT_SHOPPER.search(question) else None
