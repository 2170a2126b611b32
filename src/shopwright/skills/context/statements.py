"""The sentences of a message in which somebody states something about themselves: no questions, nothing supposed.

A sentence that ends in a question keeps what is stated before it ("I'm allergic to nuts, is this "
    "safe?"). Sentences on
what was once ("used to"), on what is supposed ("if I wear 43") and those that ask to forget are left out.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

LONGEST = 20_000
"""Letters of a message that are read."""

_ENDS = re.compile(r"(?<=[.!?;\n])(?<!\b[A-Za-z]\.)\s+|\n+|\s+[-–—]{1,2}\s+")
_ASKING = (
    r"(?:do|does|did|is|are|was|were|can|could|would|should|will|has|have you|am i|may|might|what|which|who|whose|"
    r"where|when|why|how|any(?:thing|body|one)?|isn['’]t|aren['’]t|don['’]t you|shall)\b"
)
_QUESTION = re.compile(
    rf"^(?:and |but |so |then |also |ok(?:ay)?,? |hi,? |hello,? |please,? )*{_ASKING}", re.IGNORECASE
)
_TURN = re.compile(rf"[,:]\s*(?:and |but |so )?{_ASKING}", re.IGNORECASE)
_UNREAL = re.compile(
    r"\b(?:if|unless|suppose|imagine|whether|used to|no longer|not any ?more|any ?more|once was|back when|"
    r"forget(?: that| about)?|pretend|would be|wish i)\b",
    re.IGNORECASE,
)
_KEEPS = re.compile(r"^(?:please )?(?:don['’]t|do not|never) forget(?: that)?\s+", re.IGNORECASE)
_CURLY = str.maketrans({"’": "'", "‘": "'", "“": '"', "”": '"'})


def statements(message: str) -> Iterator[str]:
    """The sentences that state something, with straight quotes, as they were said else."""
    for sentence in _ENDS.split(message[:LONGEST].translate(_CURLY)):
        text = _KEEPS.sub("", sentence.strip())
        if text.endswith("?"):
            text = _before_the_question(text)
        if text and not _QUESTION.match(text) and not _UNREAL.search(text):
            yield text


def _before_the_question(text: str) -> str:
    """What a sentence says before it asks; "" when it only asks."""
    turns = [match.start() for match in _TURN.finditer(text)]
    return text[: turns[0]] if turns else ""
