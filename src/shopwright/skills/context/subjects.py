"""Words with which somebody changes the subject: "I'd like to discuss the warranty", "moving on to tents".

`opened_subject` gives what is named as the new subject, `closes_subject` whether a text ends one without naming the
next ("let's talk about something else"). Simplification: English, and only openings that say so; others are found by
similarity (`episodes`).
"""

from __future__ import annotations

import re

_VERB = (
    r"(?:discuss(?:ing)?|talk(?:ing)?\s+about|ask(?:ing)?\s+(?:you\s+)?about|speak(?:ing)?\s+about|"
    r"(?:move|moving|go|going)\s+on\s+(?:to|with)|switch(?:ing)?\s+to|turn(?:ing)?\s+to|(?:go|come)\s+back\s+to|"
    r"chat(?:ting)?\s+about|look(?:ing)?\s+at|focus(?:ing)?\s+on)"
)
_WISH = (
    r"(?:(?:i\s+would|i['’]d|we['’]d|we\s+would)\s+(?:also\s+|now\s+|next\s+)?(?:like|love|prefer)\s+to|"
    r"(?:i|we)\s+(?:also\s+|now\s+)?(?:want|need)\s+to|i\s+(?:also\s+)?wanted\s+to|"
    r"let['’]?s|let\s+us|(?:can|could|shall|may|should)\s+(?:we|i)|how\s+about\s+we|what\s+about)"
)
_NAMED = r"(?P<subject>[^.!?;\n]{3,120}?)(?=\s*(?:[.!?;\n]|$))"
_OPENINGS = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        rf"(?:^|[.!?,;:]\s*|\band\s+|\bso\s+|\bnow\s+){_WISH}\s+(?:now\s+|next\s+)?{_VERB}\s+{_NAMED}",
        rf"(?:^|[.!?]\s*)(?:(?:ok(?:ay)?|now|next|so|well|right)\W+)*(?:moving\s+on\s+to|turning\s+to|switching\s+to|"
        rf"as\s+for|speaking\s+of|regarding)\s+{_NAMED}",
        rf"(?:^|[.!?]\s*)(?:new|next|another|different)\s+(?:topic|subject|question)\s*(?::|is|would\s+be)\s*{_NAMED}",
    )
)
_LABEL = re.compile(
    r"^(?:(?:the|a|our|another|new|next)\s+)*(?:topic|subject|question|issue|theme|matter|idea)s?\s+(?:of|about|is|on)\s+"
    r"|^about\s+",
    re.IGNORECASE,
)
_TAIL = re.compile(
    r"\s*(?:,?\s+(?:please|now|next|instead|today|with you|for a (?:bit|moment|while|minute)|first)|"
    r",\s*(?:if|ok|shall|and\s+(?:i|we)|then)\b.*)$",
    re.IGNORECASE,
)
_GENERIC = re.compile(
    r"^(?:the\s+|a\s+|an\s+|our\s+|some\s+|any\s+)*(?:(?:next|another|other|different|new|same|else|more|last|few|it|that|"
    r"this|them|these|those|something|anything|completely|totally|entirely|topics?|subjects?|things?|ones?|questions?|"
    r"matters?|details?)\b\s*)+$",
    re.IGNORECASE,
)
_CLOSINGS = re.compile(
    r"\b(?:end|conclusion)\s+of\s+(?:our|this|the)\s+(?:discussion|conversation|topic|talk)\b"
    r"|\b(?:next|another|different|new|other)\s+(?:topic|subject)s?\s*[.!?]*\s*$"
    r"|\b(?:let['’]?s|can\s+we|could\s+we)\s+(?:talk\s+about|discuss|move\s+on\s+to|do)\s+something\s+else\b"
    r"|\b(?:change|changing)\s+(?:the\s+)?subject\b",
    re.IGNORECASE,
)


def opened_subject(text: str) -> str | None:
    """What a text names as its new subject, without "the topic of"; None when it opens none."""
    for pattern in _OPENINGS:
        for match in pattern.finditer(text[:2_000]):
            subject = _TAIL.sub("", _LABEL.sub("", match["subject"].strip(" \"'“”‘’,:"))).strip(" \"'“”‘’,:")
            if subject and not _GENERIC.match(subject):
                return subject
    return None


def closes_subject(text: str) -> bool:
    """Whether a text ends a subject and names no other: what comes next is about something else."""
    return _CLOSINGS.search(text[-2_000:]) is not None and opened_subject(text) is None
