"""Whether a message tells a situation ("we move on Saturday and own nothing for the kitchen") or asks for goods.

A weighted count of what marks a story: length, clauses, people and pronouns; against it a request's opening words and
conditions that goods must meet. On the first messages of the project's conversations and on its wishes (README of
`bench reason`), at the threshold: 88 % of the wishes of either half are told, and 4 % of the other messages.

Simplification: English openings; the weights are set by hand on the development half.
"""

from __future__ import annotations

import re

from shopwright.types import Need

TOLD = 2.5
"""Score from which a message tells a situation."""
_WORD, _CLAUSE, _PERSON, _REQUEST, _CONDITION = 0.08, 0.35, 0.5, -1.5, -0.5
_MOST_PERSONS, _FREE = 4, 1
_CLAUSES = re.compile(r"[.!?;:]\s|,\s")
_PERSONS = re.compile(
    r"\b(?:i|we|he|she|they|my|our|his|her|their|mum|mom|dad|gran\w*|uncle|aunt|nephew|niece|son|daughter|wife|husband|"
    r"friends?|baby|dog|cat)\b",
    re.IGNORECASE,
)
_OPENING = re.compile(
    r"\W*(?:(?:hi|hello|hey|good (?:morning|evening))\b[,!. ]*)?(?:please )?"
    r"(?:i(?:['’]m| am)? (?:need|want|would like|['’]d like|look|am looking|search)|looking|show|find|do you|have you|"
    r"what|which|how|is|are|can|could|compare|search|give me|got any|any)\b",
    re.IGNORECASE,
)


def tells_situation(need: Need) -> bool:
    """Whether common sense is asked for: a story that does not say which goods it takes."""
    return not need.references and story_score(need) > TOLD


def story_score(need: Need) -> float:
    """How much of a story a message is; 0 for a bare request, about 3 for three sentences about somebody."""
    text = need.text
    conditions = sum(c.filter.field.startswith("attr:") for c in need.constraints)
    return (
        _WORD * len(text.split())
        + _CLAUSE * len(_CLAUSES.findall(text))
        + _PERSON * min(len(_PERSONS.findall(text)), _MOST_PERSONS)
        + _REQUEST * bool(_OPENING.match(text))
        + _CONDITION * max(0, conditions - _FREE)
    )
